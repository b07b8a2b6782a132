"""Provides one emulator process for all tests and a new project for each test, and prints a failed test's docstring."""

import pathlib
import subprocess

import pytest
from pulumi import automation

from project import ROOT, Emulator, Project


def pytest_addoption(parser):
    parser.addoption(
        "--bin", type=pathlib.Path, default=ROOT / "target" / "debug", help="directory of the built plugin and emulator"
    )


@pytest.fixture(scope="session")
def emulator(request):
    # Fast, but slow enough that an object that AWS releases late still exists at the next call.
    command = [request.config.getoption("bin") / "aws-emulator", "--port", "0", "--speed", "20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield Emulator(process.stdout.readline().strip())
        process.terminate()


@pytest.fixture(scope="session")
def command():
    """Returns the CLI. Created once, because creating it runs `pulumi version`."""
    return automation.PulumiCommand()


@pytest.fixture
def project(request, emulator, command, tmp_path):
    return Project(emulator, tmp_path, request.config.getoption("bin").resolve(), command)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    report = (yield).get_result()
    if report.failed and item.obj.__doc__:
        report.sections.append(("What a user may rely on", item.obj.__doc__))
