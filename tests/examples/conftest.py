"""The packages and the examples, made ready once, and emulated accounts."""

import contextlib
import functools
import pathlib
import shutil
import subprocess
import sys

import pytest

from account import Account
from languages import ROOT, run


def pytest_addoption(parser):
    parser.addoption(
        "--bin", type=pathlib.Path, default=ROOT / "target" / "debug", help="directory of the built plugin and emulator"
    )


@pytest.fixture(scope="session")
def bin(request):
    return request.config.getoption("bin").resolve()


@pytest.fixture(scope="session")
def packages(bin, tmp_path_factory):
    """Everything that is published, made from the development build of the plugin."""
    out = tmp_path_factory.mktemp("packages") / "out"
    plugin = out.parent / "plugin"
    shutil.copy(bin / "pulumi-resource-private-step-functions", plugin)
    run("strip", plugin)
    platform = f"{run('go', 'env', 'GOOS').strip()}-{run('go', 'env', 'GOARCH').strip()}"
    run(sys.executable, ROOT / "scripts" / "package.py", "--out", out, "--platform", f"{platform}={plugin}")
    return out


@pytest.fixture(scope="session")
def example(packages, tmp_path_factory):
    """The example of a language with its packages installed; a test may use it after another."""
    return functools.cache(lambda language: language(tmp_path_factory.mktemp(language.name) / "project", packages))


@pytest.fixture(scope="session")
def new_account(bin, packages, tmp_path_factory):
    """An account with the packed plugin installed, for a with statement."""

    @contextlib.contextmanager
    def emulated():
        command = [bin / "aws-emulator", "--port", "0", "--speed", "20"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as emulator:
            try:
                account = Account(emulator.stdout.readline().strip(), tmp_path_factory.mktemp("account"))
                account.install(packages)
                yield account
            finally:
                emulator.terminate()

    return emulated
