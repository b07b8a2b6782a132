"""Fixtures: our packages and those of another organization, and the examples, prepared once; emulated accounts; file servers."""

import contextlib
import functools
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading

import pytest

from account import Account
from languages import ROOT, run

PLUGIN = "pulumi-resource-private-step-functions"
PLATFORM = "-".join(run("go", "env", "GOOS", "GOARCH").split())
# The content of publisher.json in the copy of the repository of another organization.
ACME = {
    "publisher": "Acme, Inc.",
    "organization": "acme",
    "repository": "https://git.acme.example/platform/private-step-functions",
    "npmScope": "acme-platform",
    "dotnetNamespace": "Acme.Platform",
    "pluginDownloadUrl": "https://plugins.acme.example/pulumi",
}
# The version of its packages, which is newer than ours.
ACME_VERSION = "0.2.0"
# Its copy of the repository.
ACME_ROOT = ROOT / "build" / "acme"


def pytest_addoption(parser):
    parser.addoption(
        "--bin", type=pathlib.Path, default=ROOT / "target" / "debug", help="directory of the built plugin and emulator"
    )


@pytest.fixture(scope="session")
def bin(request):
    return request.config.getoption("bin").resolve()


@pytest.fixture(scope="session")
def plugin(bin, tmp_path_factory):
    """Strips the development build. A release build would take longer than all tests together."""
    return stripped(bin / PLUGIN, tmp_path_factory.mktemp("plugin") / PLUGIN)


@pytest.fixture(scope="session")
def packages(plugin, tmp_path_factory):
    """Packs everything that is published."""
    return pack(ROOT, plugin, tmp_path_factory.mktemp("packages") / "out")


@pytest.fixture(scope="session")
def acme(bin, tmp_path_factory):
    """Packs a copy of the repository with the values of another organization and a newer version."""
    copy = ACME_ROOT
    version = f'version = "{ACME_VERSION}"'
    take(copy, {
        "publisher.json": lambda _: json.dumps(ACME),
        "Cargo.toml": lambda text: re.sub(r'^version = ".*"', version, text, count=1, flags=re.MULTILINE),
        "Cargo.lock": lambda text: re.sub(r'(name = "pulumi-private-step-functions"\n)version = ".*"', rf"\1{version}", text),
    })  # fmt: skip
    # Share our intermediate build results, so that Cargo builds only what differs. Our final results stay unchanged.
    shared = {"CARGO_BUILD_BUILD_DIR": str(bin.parent), "CARGO_TARGET_DIR": str(copy / "target")}
    run("cargo", "build", "--quiet", "--locked", "--workspace", "--bin", PLUGIN, cwd=copy, env=os.environ | shared)
    plugin = stripped(copy / "target" / "debug" / PLUGIN, tmp_path_factory.mktemp("acme") / PLUGIN)
    return pack(copy, plugin, plugin.parent / "out")


@pytest.fixture(scope="session")
def example(packages, tmp_path_factory):
    """Returns the example of a language with its packages installed. Tests share it."""
    return functools.cache(lambda language: language(tmp_path_factory.mktemp(language.name) / "project", packages))


@pytest.fixture(scope="session")
def empty_account(bin, tmp_path_factory):
    """Returns a context manager for an account and a Pulumi installation without plugins."""

    @contextlib.contextmanager
    def emulated(speed=20):
        command = [bin / "aws-emulator", "--port", "0", "--speed", str(speed)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as emulator:
            try:
                yield Account(emulator.stdout.readline().strip(), tmp_path_factory.mktemp("account"))
            finally:
                emulator.terminate()

    return emulated


@pytest.fixture(scope="session")
def new_account(empty_account, packages):
    """Returns a context manager for an account with the packed plugin installed."""

    @contextlib.contextmanager
    def emulated(**options):
        with empty_account(**options) as account:
            account.install(packages)
            yield account

    return emulated


@pytest.fixture
def account(empty_account):
    with empty_account() as account:
        yield account


@pytest.fixture
def serve():
    """Serves a directory over HTTP without encryption. Returns the URL, and a list to which each request is added."""
    servers = []

    def start(directory):
        asked = []

        class Files(http.server.SimpleHTTPRequestHandler):
            def log_request(self, code="-", size="-"):
                asked.append((self.path, int(code)))

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=directory))
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}", asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def stripped(binary, to):
    shutil.copy(binary, to)
    run("strip", to)
    return to


def pack(repository, plugin, out, **options):
    # A copy has no commit, so take the time from this repository.
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or run("git", "log", "-1", "--format=%ct", cwd=ROOT).strip()
    # A development build is linked to the C library of this machine.
    command = [sys.executable, repository / "scripts" / "package.py", "--dynamic", "--out", out]
    command += ["--platform", f"{PLATFORM}={plugin}"]
    run(*command, env=os.environ | {"SOURCE_DATE_EPOCH": epoch} | options.pop("env", {}), **options)
    return out


def take(copy, edits):
    """Copies the working tree, with edits. Does not write unchanged files, so that Cargo builds only what has changed."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=ROOT).split("\0")
    for name in filter(None, listed):
        source, target = ROOT / name, copy / name
        if not source.is_file():
            continue
        content = source.read_bytes()
        if name in edits:
            content = edits[name](content.decode()).encode()
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_bytes() != content:
            target.write_bytes(content)
            shutil.copymode(source, target)
    modules = copy / "tools" / "node" / "node_modules"
    if not modules.is_symlink():
        modules.symlink_to(ROOT / "tools" / "node" / "node_modules")
