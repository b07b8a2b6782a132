"""Prepares and runs the example of each language from the packed SDK, as a user who has only the packages does."""

import copy
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

ROOT = pathlib.Path(__file__).parents[2]
DRIVERS = pathlib.Path(__file__).parent / "drivers"
# Files that running an example in the repository leaves there.
ONLY_YAML = shutil.ignore_patterns("Pulumi.yaml")
LEFTOVERS = shutil.ignore_patterns("node_modules", "package-lock.json", "venv", "bin", "Pulumi.*.yaml")


class Yaml:
    """The YAML example. The CLI includes the language host for YAML, and the example needs no SDK."""

    name = host = "yaml"

    def __init__(self, project, packages):
        shutil.copytree(ROOT / "examples" / self.name, project, ignore=LEFTOVERS)
        self.project = project
        self.install(packages)

    def install(self, packages):
        """Installs the SDK."""

    def compile(self):
        """Compiles the program."""

    def with_program(self, program, project):
        """Returns the same in a new directory, with another program."""
        shutil.copytree(self.project, project, symlinks=True, ignore=LEFTOVERS)
        other = copy.copy(self)
        other.project = project
        shutil.copytree(program, project, dirs_exist_ok=True, ignore=None if self.name == "yaml" else ONLY_YAML)
        other.compile()
        return other

    @staticmethod
    def pulumi(operation, *flags):
        """Returns the command that a user with the language host runs."""
        approval = [] if operation == "preview" else ["--yes", "--skip-preview"]
        return ["pulumi", operation, "--non-interactive", "--color", "never", *approval, *flags]

    # The other languages override this with the Automation API, which needs no language host.
    automation = pulumi


class TypeScript(Yaml):
    name, host = "typescript", "nodejs"

    def install(self, packages):
        [tarball] = packages.glob("*.tgz")
        run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", tarball, cwd=self.project)
        # Outside the project, so that the project has only the user's files.
        self.driver = self.project.parent / "drive.mjs"
        shutil.copy(DRIVERS / "drive.mjs", self.driver)
        self.modules = self.project / "node_modules"
        self.compile()

    def compile(self):
        modules = self.project / "node_modules"
        if not modules.exists():
            modules.symlink_to(self.modules)
        run("npx", "tsc", cwd=self.project)

    def automation(self, operation, *flags):
        return ["node", self.driver, operation, *flags]


class Python(Yaml):
    name = host = "python"

    def install(self, packages):
        [wheel] = packages.glob("*.whl")
        run(sys.executable, "-m", "venv", self.project / "venv")
        self.python = self.project / "venv" / "bin" / "python"
        run(self.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel)

    def automation(self, operation, *flags):
        return [self.python, DRIVERS / "drive.py", operation, *flags]


class Go(Yaml):
    name = host = "go"

    def install(self, packages):
        [packed] = packages.glob("sdk-go-*.tar.gz")
        with tarfile.open(packed) as archive:
            archive.extractall(self.project.parent, filter="data")
        sdk = self.project.parent / "sdk" / "go"
        self.module = next(line.split()[1] for line in (sdk / "go.mod").read_text().splitlines() if line.startswith("module "))
        shutil.copytree(DRIVERS / "go", self.project / "drive")
        self.go("mod", "edit", f"-replace={self.module}={sdk}")
        self.compile()

    def compile(self):
        self.driver = self.project.parent / "drive"
        self.go("build", "-o", self.driver, "./drive")

    def go(self, *arguments):
        run("go", *arguments, cwd=self.project, env={**os.environ, "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local"})

    def automation(self, operation, *flags):
        return [self.driver, self.project, operation, *flags]


def run(*command, **options):
    finished = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    assert finished.returncode == 0, f"{command}\n{finished.stdout}\n{finished.stderr}"
    return finished.stdout
