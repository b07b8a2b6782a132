"""The private ways of docs/publishing.md: hosts that demand a token, registries of a company, Pulumi Cloud. All of them on loopback."""

import json
import os
import pathlib
import re
import sys
import tarfile

import pytest

import registries
from languages import ROOT, run
from test_artefacts import TARBALL, VERSION
from test_installation import INSTALL, installed, refusal

PAGE = (ROOT / "docs" / "publishing.md").read_text()
NPM = "pulumi-private-step-functions"
# The Go module of an organization with a repository on GitHub.
MODULE = f"github.com/acme/{NPM}/sdk/go"


def block(start):
    """Returns the commands of the page that begin with `start`."""
    [found] = [text for text in re.findall(r"(?s)^```\w+\n(.*?)^```$", PAGE, re.MULTILINE) if text.startswith(start)]
    return found


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return registries.certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusting(account, certificate):
    """An account that trusts the certificate of the servers here."""
    account.environment["SSL_CERT_FILE"] = str(certificate.parent / "public.pem")
    return account


def works(account):
    """The engine starts the installed plugin."""
    assert installed(account) == [("private-step-functions", VERSION)]
    schema = json.loads(account.run("pulumi", "package", "get-schema", f"private-step-functions@{VERSION}"))
    assert schema["version"] == VERSION


@pytest.mark.parametrize("host", ["github", "gitlab"])
def test_a_private_project(host, trusting, packages, certificate):
    """The engine sends the token from its environment, and finds the plugin in the release."""
    place, variable = {"github": ("acme", "GITHUB_TOKEN"), "gitlab": ("42", "GITLAB_TOKEN")}[host]
    handler = getattr(registries, host)(place, f"v{VERSION}", packages / TARBALL, "the-token")
    with registries.served(handler, certificate) as address:
        command = [*INSTALL, "--server", f"{host}://{address}/{place}"]
        for wrong in ("", "another-token"):
            trusting.environment[variable] = wrong
            assert "404 HTTP error fetching plugin" in refusal(trusting, *command)
        trusting.environment[variable] = "the-token"
        trusting.run(*command)
    works(trusting)


def test_a_server_with_a_password(account, packages):
    """The password is in the environment, not in the URL that SDKs and programs contain. The CLI does not print it."""
    # The page's line, for the server here instead of one with DNS name and certificate.
    [override] = re.findall(r'^export (PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES)="(.*)=https://reader:', PAGE, re.MULTILINE)
    command = [*INSTALL, "--server", "https://plugins.acme.example"]
    with registries.served(registries.files(packages, "reader", "a-password")) as address:
        account.environment[override[0]] = f"{override[1]}=http://reader:wrong-password@{address}"
        assert "wrong-password" not in refusal(account, *command)
        account.environment[override[0]] = f"{override[1]}=http://reader:a-password@{address}"
        assert "a-password" not in account.run(*command)
    works(account)


@pytest.fixture(scope="module")
def npm_registry():
    """A private registry of npm. Yields its URL, and what is published in it."""
    published = {}
    upstream = run("npm", "config", "get", "registry").strip()
    with registries.served(registries.npm(published, "npm-token", upstream)) as address:
        yield f"http://{address}/", published


def npm(registry, directory, *command):
    (directory / ".npmrc").write_text(f"{registry.removeprefix('http:')}:_authToken=npm-token\n")
    return run("npm", *command, "--registry", registry, cwd=directory)


def test_npm(packages, npm_registry, tmp_path):
    """The package goes into a private registry and comes out again, byte for byte. A prerelease does not become the latest."""
    registry, published = npm_registry
    [tarball] = packages.glob("*.tgz")
    npm(registry, tmp_path, "publish", tarball)
    npm(registry, tmp_path, "pack", NPM)
    assert (tmp_path / tarball.name).read_bytes() == tarball.read_bytes()

    with tarfile.open(tarball) as packed:
        packed.extractall(tmp_path, filter="data")
    about = json.loads((tmp_path / "package" / "package.json").read_text())
    (tmp_path / "package" / "package.json").write_text(json.dumps(about | {"version": "9.0.0-rc.1"}))
    npm(registry, tmp_path, "publish", "--tag", "next", "./package")
    assert published[NPM]["dist-tags"] == {"latest": VERSION, "next": "9.0.0-rc.1"}


def test_python_index(packages, serve, tmp_path):
    """A file server with directory listings is an index for pip."""
    [place] = re.findall(r"^`(simple/.*/)`\.$", PAGE, re.MULTILINE)
    (tmp_path / place).mkdir(parents=True)
    for package in packages.glob("pulumi_*"):
        os.link(package, tmp_path / place / package.name)
    url, _ = serve(tmp_path)
    pip = [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
    run(*pip, "--index-url", f"{url}/simple/", "--dest", tmp_path / "got", f"pulumi_private_step_functions=={VERSION}")
    [wheel] = packages.glob("*.whl")
    assert (tmp_path / "got" / wheel.name).read_bytes() == wheel.read_bytes()


@pytest.fixture(scope="module")
def go_module(packages, tmp_path_factory):
    """Returns a function that packs the Go module under the path that the repository of an organization gives it."""

    def pack(module):
        directory = tmp_path_factory.mktemp("module")
        [packed] = packages.glob("sdk-go-*.tar.gz")
        with tarfile.open(packed) as archive:
            archive.extractall(directory, filter="data")
        old = re.search(r"^module (\S+)$", (directory / "sdk" / "go" / "go.mod").read_text(), re.MULTILINE)[1]
        for file in (directory / "sdk" / "go").rglob("*"):
            if file.suffix in (".go", ".mod"):
                file.write_text(file.read_text().replace(old, module))
        return directory

    return pack


def fetch(module, directory, proxies=(), **environment):
    """Fetches the module into an empty cache. Its dependencies come from the cache of this machine, if they are there."""
    directory.mkdir()
    downloaded = pathlib.Path(run("go", "env", "GOMODCACHE").strip()) / "cache" / "download"
    places = [*proxies, downloaded.as_uri(), run("go", "env", "GOPROXY").strip()]
    settings = {"GOPROXY": ",".join(places), "GOMODCACHE": str(directory / "cache"), "GOENV": "off", "GOTOOLCHAIN": "local"}
    settings |= {"GOFLAGS": "-mod=mod -modcacherw", **environment}
    for command in (["mod", "init", "program"], ["get", f"{module}@v{VERSION}"], ["mod", "download", module]):
        run("go", *command, cwd=directory, env=os.environ | settings)
    assert f"{module} v{VERSION}" in (directory / "go.mod").read_text()
    assert list((directory / "cache" / f"{module}@v{VERSION}" / "privatestepfunctions").glob("*.go"))


def test_go_from_a_private_repository(go_module, tmp_path):
    """The tag sdk/go/v... of a repository is the module's version."""
    repository = go_module(MODULE)
    git = ["git", "-c", "user.name=acme", "-c", "user.email=acme@acme.example", "-C", repository]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "v"], ["tag", f"sdk/go/v{VERSION}"]):
        run(*git, *command)
    # As the page has it, but with a directory instead of the token.
    [private] = re.findall(r"^go env -w (GOPRIVATE)=(.*)$", PAGE, re.MULTILINE)
    assert MODULE.startswith(f"{private[1]}/")
    instead = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{repository.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": f"https://github.com/acme/{NPM}",
    }
    fetch(MODULE, tmp_path / "program", **{private[0]: private[1]}, **instead)


def test_go_from_a_static_proxy(go_module, tmp_path):
    """The page's commands write the files of a module proxy. The toolchain accepts them, without the public checksum database."""
    module = re.search(r"^module=(.*)$", block("module="), re.MULTILINE)[1]
    source = go_module(module)
    (tmp_path / "build" / "packages").mkdir(parents=True)
    with tarfile.open(tmp_path / "build" / "packages" / f"sdk-go-v{VERSION}.tar.gz", "w:gz") as packed:
        packed.add(source / "sdk", "sdk")
    commands = re.sub(r"(?m)^version=.*$", f"version=v{VERSION}", block("module="))
    run("bash", "-euo", "pipefail", "-c", commands, cwd=tmp_path)

    nowhere = re.search(r"GONOSUMDB=(\S+)", block("go env -w GOPROXY"))[1]
    fetch(module, tmp_path / "program", [(tmp_path / "goproxy").as_uri()], GONOSUMDB=nowhere)


def test_pulumi_cloud(account, packages):
    """`pulumi package publish`, as the page has it, sends the packed schema and the pages to the registry."""
    command = block("pulumi package publish").replace("build/packages", str(packages)).replace("\\\n", "").split()
    uploads = {}
    with registries.served(registries.pulumi_cloud(uploads, "cloud-token")) as address:
        account.environment |= {"PULUMI_BACKEND_URL": f"http://{address}", "PULUMI_ACCESS_TOKEN": "cloud-token"}
        account.run(*command, cwd=ROOT)
    assert json.loads(uploads["schema"])["version"] == VERSION
    assert uploads["index"] == (ROOT / "docs" / "_index.md").read_bytes()
    assert uploads["installationConfiguration"] == (ROOT / "docs" / "installation-configuration.md").read_bytes()
    path = "registry/packages/private/acme/private-step-functions/versions"
    assert [call.split(path)[1] for call in uploads["calls"] if path in call] == ["", f"/{VERSION}/complete"]
