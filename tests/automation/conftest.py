"""One emulator process for all tests, a fresh project in it for each test, and its promise beside each failure."""

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
    # Fast, but slow enough that what lingers is still there at the next call.
    command = [request.config.getoption("bin") / "aws-emulator", "--port", "0", "--speed", "20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield Emulator(process.stdout.readline().strip())
        process.terminate()


@pytest.fixture(scope="session")
def command():
    """The CLI; made once, since it asks for its version."""
    return automation.PulumiCommand()


@pytest.fixture
def project(request, emulator, command, tmp_path):
    return Project(emulator, tmp_path, request.config.getoption("bin").resolve(), command)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    report = (yield).get_result()
    if report.failed and item.obj.__doc__:
        report.sections.append(("What a user may rely on", item.obj.__doc__))
