"""The ways in which users install the plugin. Each test uses only the packed files, and the plugin is not on PATH."""

import hashlib
import json
import re
import shutil
import subprocess

import pytest

from conftest import PLUGIN
from languages import ROOT, run
from test_artefacts import TARBALL, VERSION

INSTALL = ["pulumi", "plugin", "install", "resource", "private-step-functions", VERSION]
PROGRAM = """\
name: installed
runtime: yaml
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties:
      vpcId: {vpc}
"""


@pytest.fixture
def project(account):
    """Writes a program with one resource."""
    assert shutil.which(PLUGIN, path=account.environment["PATH"]) is None
    path = account.directory / "project"
    path.mkdir()
    (path / "Pulumi.yaml").write_text(PROGRAM.format(vpc=account.ec2("DescribeVpcs", "vpcId")[0]))
    account.run("pulumi", "stack", "init", "test", cwd=path)
    return path


def installed(account):
    return [(plugin["name"], plugin["version"]) for plugin in json.loads(account.run("pulumi", "plugin", "ls", "--json"))]


def works(account, project):
    assert installed(account) == [("private-step-functions", VERSION)]
    planned = json.loads(account.run("pulumi", "preview", "--json", cwd=project))
    assert [step["op"] for step in planned["steps"] if step["urn"].endswith(":SecurityGroup::group")] == ["create"]


def refusal(account, *command):
    finished = subprocess.run(list(map(str, command)), env=account.environment, capture_output=True, text=True, timeout=600)
    assert finished.returncode != 0, finished.stdout
    assert installed(account) == []
    return finished.stdout + finished.stderr


def checksum(packages):
    return re.search(rf"^(\w+)  {re.escape(TARBALL)}$", (packages / "checksums.txt").read_text(), re.MULTILINE)[1]


def test_from_a_file(account, project, packages):
    account.run(*INSTALL, "--file", packages / TARBALL)
    works(account, project)


def test_from_a_file_server(account, project, packages, serve):
    url, asked = serve(packages)
    account.run(*INSTALL, "--server", url)
    assert asked == [(f"/{TARBALL}", 200)]
    works(account, project)


def test_a_wrong_checksum_is_refused(account, packages, serve):
    wrong = hashlib.sha256(b"something else").hexdigest()
    said = refusal(account, *INSTALL, "--server", serve(packages)[0], "--checksum", wrong)
    assert f"invalid checksum, expected {wrong}" in said


@pytest.fixture(scope="module")
def encrypted(packages, tmp_path_factory):
    """Serves the packages over HTTP/2, as GitHub does. Returns the URL and the certificate to trust."""
    directory = tmp_path_factory.mktemp("encrypted")
    program = directory / "fileserver"
    run("go", "build", "-o", program, ROOT / "tests" / "packages" / "fileserver.go")
    certificate = directory / "certificate.pem"
    with subprocess.Popen([program, packages, certificate], stdout=subprocess.PIPE, text=True) as server:
        yield server.stdout.readline().strip(), certificate
        server.terminate()


def test_the_right_checksum_is_accepted(account, project, packages, encrypted):
    url, account.environment["SSL_CERT_FILE"] = encrypted[0], str(encrypted[1])
    wrong = hashlib.sha256(b"something else").hexdigest()
    assert f"invalid checksum, expected {wrong}, actual {checksum(packages)}" in refusal(
        account, *INSTALL, "--server", url, "--checksum", wrong
    )
    account.run(*INSTALL, "--server", url, "--checksum", checksum(packages))
    works(account, project)


def test_over_http_1_the_right_checksum_is_accepted_too(account, project, packages, serve):
    """Pulumi before 3.268.0 fails: its checksum leaves out data that arrives with the end of the answer (docs/publishing.md)."""
    account.run(*INSTALL, "--server", serve(packages)[0], "--checksum", checksum(packages))
    works(account, project)


def test_acquired_by_a_program(account, project, packages, serve):
    """The first command on a program with the plugin's server installs the plugin, and so does one that uses only the state."""
    url, asked = serve(packages)
    program = project / "Pulumi.yaml"
    program.write_text(f"{program.read_text()}    options: {{ version: {VERSION}, pluginDownloadURL: {url} }}\n")
    del account.environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"]
    account.run("pulumi", "up", "--yes", "--skip-preview", "--non-interactive", cwd=project)
    assert installed(account) == [("private-step-functions", VERSION)]
    # Act as another machine, without the plugin.
    shutil.rmtree(account.directory / "home" / "plugins")
    account.run("pulumi", "destroy", "--yes", "--skip-preview", "--non-interactive", cwd=project)
    assert asked == [(f"/{TARBALL}", 200)] * 2
    works(account, project)
    assert account.left() == []


@pytest.mark.parametrize("source", ["name", "binary", "schema"])
def test_package_add(source, account, project, packages, plugin):
    """`pulumi package add` reads the schema from the installed plugin, a binary or a file, and the program still works."""
    account.run(*INSTALL, "--file", packages / TARBALL)
    what = {"name": f"private-step-functions@{VERSION}", "binary": plugin, "schema": packages / "schema.json"}[source]
    account.run("pulumi", "package", "add", what, cwd=project)
    declared = (project / "sdks" / "private-step-functions" / f"private-step-functions-{VERSION}.yaml").read_text()
    assert "private-step-functions" in declared
    works(account, project)


def test_package_add_from_a_file_server(account, project, packages, serve):
    """One command installs the plugin and writes its server into the project, so that other users get the plugin too."""
    url, _ = serve(packages)
    account.run("pulumi", "package", "add", f"private-step-functions@{VERSION}", "--server", url, cwd=project)
    assert f"pluginDownloadURL: {url}" in (project / "Pulumi.yaml").read_text()
    works(account, project)
    # Act as another user, without the plugin.
    shutil.rmtree(account.directory / "home" / "plugins")
    del account.environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"]
    account.run("pulumi", "preview", "--non-interactive", cwd=project)
    works(account, project)


def test_get_schema(account, packages, plugin):
    """The schema of the installed plugin is the one that the binary serves."""
    account.run(*INSTALL, "--file", packages / TARBALL)
    schema = account.run("pulumi", "package", "get-schema", f"private-step-functions@{VERSION}")
    assert json.loads(schema) == json.loads(account.run("pulumi", "package", "get-schema", plugin))
