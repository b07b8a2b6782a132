"""An organization sets its values only in publisher.json, and all packages have them."""

import json
import re
import tarfile
import zipfile

import pytest

from conftest import ACME, ACME_ROOT, ACME_VERSION, PLATFORM, PLUGIN
from languages import run

SCOPED = f"@{ACME['npmScope']}/pulumi-private-step-functions"
GO_MODULE = ACME["repository"].removeprefix("https://") + "/sdk/go"


@pytest.fixture(scope="module")
def acme_sdk(acme):
    """Generates the SDKs in the copy of the repository, as `make sdk` does."""
    run(ACME_ROOT / "scripts" / "sdk.sh", acme.parent / PLUGIN, ACME_ROOT / "sdk")
    return ACME_ROOT / "sdk"


def test_names(acme):
    assert sorted(path.name for path in acme.iterdir()) == sorted([
        f"acme-platform-pulumi-private-step-functions-{ACME_VERSION}.tgz",
        "checksums.txt",
        f"{PLUGIN}-v{ACME_VERSION}-{PLATFORM}.tar.gz",
        f"{PLUGIN}-v{ACME_VERSION}.cdx.json",
        f"pulumi_private_step_functions-{ACME_VERSION}-py3-none-any.whl",
        f"pulumi_private_step_functions-{ACME_VERSION}.tar.gz",
        "schema.json",
        f"sdk-go-v{ACME_VERSION}.tar.gz",
    ])  # fmt: skip
    run("sha256sum", "--check", "--strict", "--quiet", "checksums.txt", cwd=acme)


def test_schema(acme):
    """The schema has the values that a registry shows, and the server where the engine looks for the plugin."""
    schema = json.loads((acme / "schema.json").read_text())
    assert {key: schema[key] for key in ("version", "publisher", "namespace", "repository", "homepage", "pluginDownloadURL")} == {
        "version": ACME_VERSION,
        "publisher": ACME["publisher"],
        "namespace": ACME["organization"],
        "repository": ACME["repository"],
        "homepage": ACME["repository"],
        "pluginDownloadURL": ACME["pluginDownloadUrl"],
    }


def test_node(acme):
    texts = read(next(acme.glob("*.tgz")))
    package = json.loads(texts["package/package.json"])
    assert (package["name"], package["repository"], package["homepage"]) == (SCOPED, ACME["repository"], ACME["repository"])
    assert package["author"] == ACME["publisher"]
    assert package["pulumi"]["server"] == ACME["pluginDownloadUrl"]
    assert f'pluginDownloadURL: "{ACME["pluginDownloadUrl"]}"' in texts["package/utilities.js"]
    assert f"npm install {SCOPED}" in texts["package/README.md"]
    # The examples in the documentation use the organization's package too.
    assert imported(texts, r'from "([^"@]*pulumi-private-step-functions)"') == set()


def test_python(acme):
    [wheel] = acme.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        about = packed.read(f"pulumi_private_step_functions-{ACME_VERSION}.dist-info/METADATA").decode()
        plugin = json.loads(packed.read("pulumi_private_step_functions/pulumi-plugin.json"))
        utilities = packed.read("pulumi_private_step_functions/_utilities.py").decode()
    assert f"Project-URL: Repository, {ACME['repository']}" in about
    assert f"\nAuthor: {ACME['publisher']}\n" in about
    assert plugin["server"] == ACME["pluginDownloadUrl"]
    assert ACME["pluginDownloadUrl"] in utilities


def test_go(acme):
    texts = read(next(acme.glob("sdk-go-*")))
    assert texts["sdk/go/go.mod"].startswith(f"module {GO_MODULE}\n")
    plugin = json.loads(texts["sdk/go/privatestepfunctions/pulumi-plugin.json"])
    assert plugin["server"] == ACME["pluginDownloadUrl"]
    assert f'PluginDownloadURL("{ACME["pluginDownloadUrl"]}")' in texts["sdk/go/privatestepfunctions/internal/pulumiUtilities.go"]
    assert {path.split("/sdk/go")[0] for path in imported(texts, r'"([^"\s]*/sdk/go/[^"\s]*)"')} == {GO_MODULE.removesuffix("/sdk/go")}


def test_dotnet(acme_sdk):
    [project] = (acme_sdk / "dotnet").glob("*.csproj")
    assert project.name == "Acme.Platform.PrivateStepFunctions.csproj"
    texts = {path.name: path.read_text() for path in [*(acme_sdk / "dotnet").rglob("*.cs"), project]}
    for tag, value in [("Authors", "publisher"), ("Company", "publisher"), ("PackageProjectUrl", "repository")]:
        assert f"<{tag}>{ACME[value]}</{tag}>" in texts[project.name]
    assert "namespace Acme.Platform.PrivateStepFunctions\n" in texts["Connection.cs"]
    assert [name for name, text in texts.items() if "Pulumi Corp" in text or "Pulumi.PrivateStepFunctions" in text] == []
    assert "dotnet add package Acme.Platform.PrivateStepFunctions\n" in (acme_sdk / "dotnet" / "README.md").read_text()


def test_pages(acme_sdk):
    """`make sdk` also writes the page that the Pulumi Registry shows: commands and links of the published packages."""
    run("python3", ACME_ROOT / "scripts" / "pages.py")
    page = (ACME_ROOT / "docs" / "installation-configuration.md").read_text()
    for registry, name, command in [
        ("www.npmjs.com/package", SCOPED, "npm install"),
        ("pypi.org/project", "pulumi_private_step_functions", "pip install"),
        ("pkg.go.dev", GO_MODULE, "go get"),
        ("www.nuget.org/packages", "Acme.Platform.PrivateStepFunctions", "dotnet add package"),
    ]:
        assert f", [`{name}`](https://{registry}/{name}):\n\n```sh\n{command} {name}\n```\n" in page
    assert "-replace" not in page
    assert f"pulumi plugin install resource private-step-functions {ACME_VERSION} --server {ACME['pluginDownloadUrl']}\n" in page


def test_examples(acme_sdk):
    """`make sdk` also makes the example programs use the organization's SDKs."""
    run("python3", ACME_ROOT / "scripts" / "examples.py")
    examples = ACME_ROOT / "examples"
    package = json.loads((examples / "typescript" / "package.json").read_text())
    assert package["dependencies"][SCOPED] == ACME_VERSION
    assert f'from "{SCOPED}"' in (examples / "typescript" / "index.ts").read_text()
    assert f"\npulumi-private-step-functions=={ACME_VERSION}\n" in (examples / "python" / "requirements.txt").read_text()
    module = (examples / "go" / "go.mod").read_text()
    assert f"\t{GO_MODULE} v{ACME_VERSION}\n" in module and f"replace {GO_MODULE} => ../../sdk/go\n" in module
    assert f'"{GO_MODULE}/privatestepfunctions"' in (examples / "go" / "stack" / "stack.go").read_text()
    package = f'Include="Acme.Platform.PrivateStepFunctions" Version="{ACME_VERSION}"'
    assert package in (examples / "csharp" / "PrivateOrders.csproj").read_text()
    assert "PrivateStepFunctions = Acme.Platform.PrivateStepFunctions;" in (examples / "csharp" / "Program.cs").read_text()


def read(archive):
    with tarfile.open(archive) as packed:
        return {member.name: packed.extractfile(member).read().decode() for member in packed if member.isfile()}


def imported(texts, pattern):
    return {found for text in texts.values() for found in re.findall(pattern, text)}
