"""Programs work with the oldest versions of Pulumi's SDKs that our packages accept, and of Go."""

import fnmatch
import json
import os
import re
import tarfile

import pytest

from languages import Go, Python, TypeScript, run
from test_artefacts import member
from test_examples import check


def oldest(language, packages):
    """Returns the oldest version of Pulumi's SDK that the package of this language accepts."""
    name, path, pattern = {
        TypeScript: ("*.tgz", "package/package.json", r'"@pulumi/pulumi": "\^(.*)"'),
        Python: ("pulumi_*.tar.gz", "*/pyproject.toml", r'"pulumi>=([\d.]+),<4'),
        Go: ("sdk-go-*.tar.gz", "sdk/go/go.mod", r"github.com/pulumi/pulumi/sdk/v3 v(\S+)"),
    }[language]
    [archive] = packages.glob(name)
    with tarfile.open(archive) as packed:
        [path] = fnmatch.filter(packed.getnames(), path)
    return re.search(pattern, member(archive, path).decode())[1]


def pinned(language, project, packages, version):
    """Returns the example of a language with this version of Pulumi's SDK."""
    ready = language(project, packages)
    if language is TypeScript:
        options = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        run("npm", "install", *options, f"@pulumi/pulumi@{version}", cwd=project)
        installed = json.loads((project / "node_modules" / "@pulumi" / "pulumi" / "package.json").read_text())["version"]
        # The declarations fit the older ones of Pulumi's SDK too.
        run("npx", "tsc", cwd=project)
    elif language is Python:
        run(ready.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"pulumi=={version}")
        installed = run(ready.python, "-c", "import importlib.metadata as m; print(m.version('pulumi'))").strip()
    else:
        # Without the newer requirements of the example's own go.mod.
        (project / "go.mod").write_text(f"module private-orders\n\ngo {go_version(packages)}\n")
        (project / "go.sum").unlink(missing_ok=True)
        sdk = project.parent / "sdk" / "go"
        ready.go("mod", "edit", f"-replace={ready.module}={sdk}", f"-require=github.com/pulumi/pulumi/sdk/v3@v{version}")
        ready.go("mod", "tidy")
        ready.go("build", "-o", ready.driver, "./drive")
        installed = run("go", "list", "-m", "-f", "{{.Version}}", "github.com/pulumi/pulumi/sdk/v3", cwd=project).strip()[1:]
        # Nothing that is required raises the version of Go.
        assert run("go", "list", "-m", "-f", "{{.GoVersion}}", cwd=project).strip() == go_version(packages)
    assert installed == version
    return ready


def go_version(packages):
    [go] = packages.glob("sdk-go-*.tar.gz")
    return re.search(r"^go (\S+)$", member(go, "sdk/go/go.mod").decode(), re.MULTILINE)[1]


@pytest.mark.parametrize("language", [TypeScript, Python, Go], ids=lambda language: language.name)
def test_the_example_with_the_oldest_sdk(language, packages, new_account, tmp_path):
    ready = pinned(language, tmp_path / "project", packages, oldest(language, packages))
    with new_account() as account:
        account.configure(ready.project)
        account.run(*ready.automation("up"), cwd=ready.project)
        check(account.outputs(ready.project))
        account.run(*ready.automation("up", "--expect-no-changes"), cwd=ready.project)
        account.run(*ready.automation("destroy"), cwd=ready.project)
        assert account.left() == []


def test_the_go_module_is_complete(packages, tmp_path):
    """It compiles with exactly the versions in its go.mod and go.sum."""
    [packed] = packages.glob("sdk-go-*.tar.gz")
    with tarfile.open(packed) as archive:
        archive.extractall(tmp_path, filter="data")
    environment = os.environ | {"GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local"}
    run("go", "vet", "./...", cwd=tmp_path / "sdk" / "go", env=environment)
