"""Measures in each language the time to install the packages and to run the first preview, and the length of the examples.

Usage: build/venv/bin/python tests/packages/measure.py [--bin DIR]   DIR holds the plugin and the emulator: target/debug

It installs the plugin first, from the development build. Package managers and Go use their caches: with empty ones, most of the
time is for downloads, and in Go for compiling the Pulumi SDK. It needs the tools that `make test` installs.
"""

import argparse
import pathlib
import subprocess
import tempfile
import time

from account import Account
from conftest import PLUGIN, pack, stripped
from languages import ROOT, Go, Python, TypeScript, Yaml

SOURCES = {
    "yaml": (["Pulumi.yaml"], "#"),
    "typescript": (["index.ts"], "//"),
    "python": (["__main__.py"], "#"),
    "go": (["main.go", "stack/stack.go"], "//"),
    "csharp": (["Program.cs"], "//"),
}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--bin", type=pathlib.Path, default=ROOT / "target" / "debug")
    bin = options.parse_args().bin.resolve()
    with tempfile.TemporaryDirectory(prefix="private-step-functions-measure-") as scratch:
        scratch = pathlib.Path(scratch)
        packages = pack(ROOT, stripped(bin / PLUGIN, scratch / PLUGIN), scratch / "packages")
        print(f"{'':12}{'install':>10}{'preview':>10}   seconds")
        for language in (Yaml, TypeScript, Python, Go):
            installed, previewed = first_preview(language, bin, scratch / language.name, packages)
            print(f"{language.name:12}{installed:>10.1f}{previewed:>10.1f}")
    print(f"\n{'':12}{'lines':>10}   without blank ones and comments")
    for name, (sources, comment) in SOURCES.items():
        print(f"{name:12}{sum(lines(ROOT / 'examples' / name / source, comment) for source in sources):>10}")


def first_preview(language, bin, directory, packages):
    """Returns the seconds for preparing the project, and for its first preview."""
    (directory / "account").mkdir(parents=True)
    emulator = [bin / "aws-emulator", "--port", "0"]
    with subprocess.Popen(emulator, stdout=subprocess.PIPE, text=True) as process:
        account = Account(process.stdout.readline().strip(), directory / "account")
        account.install(packages)
        start = time.monotonic()
        example = language(directory / "project", packages)
        installed = time.monotonic() - start
        account.configure(example.project)
        start = time.monotonic()
        account.run(*example.automation("preview"), cwd=example.project)
        previewed = time.monotonic() - start
        process.terminate()
    return installed, previewed


def lines(path, comment):
    code = (line.strip() for line in path.read_text().splitlines())
    return sum(bool(line) and not line.startswith(comment) for line in code)


if __name__ == "__main__":
    main()
