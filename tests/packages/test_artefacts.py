"""The packages: names, contents, checksums."""

import json
import re
import tarfile
import tomllib
import zipfile

from conftest import PLATFORM, PLUGIN
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from languages import ROOT, run
from license_expression import get_spdx_licensing

VERSION = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]["version"]
# Python's spelling of a prerelease, 0.2.0rc1 for 0.2.0-rc.1.
PYTHON_VERSION = re.sub(r"-(alpha|beta|rc)\.", lambda found: {"alpha": "a", "beta": "b", "rc": "rc"}[found[1]], VERSION)
TARBALL = f"{PLUGIN}-v{VERSION}-{PLATFORM}.tar.gz"


def test_names(packages):
    """Each package has the name that its user expects: the engine, npm, PyPI, `go get`."""
    assert sorted(path.name for path in packages.iterdir()) == sorted([
        "checksums.txt",
        f"pulumi-private-step-functions-{VERSION}.tgz",
        TARBALL,
        f"{PLUGIN}-v{VERSION}.cdx.json",
        f"pulumi_private_step_functions-{PYTHON_VERSION}-py3-none-any.whl",
        f"pulumi_private_step_functions-{PYTHON_VERSION}.tar.gz",
        "schema.json",
        f"sdk-go-v{VERSION}.tar.gz",
    ])  # fmt: skip


def test_checksums(packages):
    """`sha256sum --check` verifies every package."""
    verified = run("sha256sum", "--check", "--strict", "checksums.txt", cwd=packages).splitlines()
    others = sorted(path.name for path in packages.iterdir() if path.name != "checksums.txt")
    assert sorted(verified) == [f"{name}: OK" for name in others]


def test_plugin(packages):
    """The plugin is at the top of the archive, is executable, and has no owner from the machine that packed it."""
    with tarfile.open(packages / TARBALL) as packed:
        members = {member.name: member for member in packed.getmembers()}
    assert {name: member.mode for name, member in members.items()} == {"LICENSE": 0o644, "README.md": 0o644, PLUGIN: 0o755}
    assert {(member.uid, member.gid, member.uname, member.gname) for member in members.values()} == {(0, 0, "", "")}


def test_schema(packages, plugin):
    """The packed schema is the one that the plugin serves, except that its examples are in more languages."""
    served = json.loads(run("pulumi", "package", "get-schema", plugin))
    assert without_texts(json.loads((packages / "schema.json").read_text())) == without_texts(served)
    assert served["version"] == VERSION


def without_texts(value):
    if isinstance(value, dict):
        return {key: without_texts(inner) for key, inner in value.items() if key != "description"}
    return [without_texts(inner) for inner in value] if isinstance(value, list) else value


def test_sdks_know_the_plugin(packages):
    """Each SDK tells the engine which plugin it needs, and the plugin's version."""
    wanted = {"resource": True, "name": "private-step-functions", "version": VERSION}
    [node] = packages.glob("*.tgz")
    package = json.loads(member(node, "package/package.json"))
    assert package["pulumi"] == wanted
    assert package["version"] == VERSION
    [go] = packages.glob("sdk-go-*.tar.gz")
    assert json.loads(member(go, "sdk/go/privatestepfunctions/pulumi-plugin.json")) == wanted
    [wheel] = packages.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        assert json.loads(packed.read("pulumi_private_step_functions/pulumi-plugin.json")) == wanted
        assert "pulumi_private_step_functions/py.typed" in packed.namelist()


def test_metadata(packages):
    """npm and PyPI show who made a package, and refuse languages that are too old for it."""
    [node], [wheel] = packages.glob("*.tgz"), packages.glob("*.whl")
    publisher = json.loads((ROOT / "publisher.json").read_text())["publisher"]
    package = json.loads(member(node, "package/package.json"))
    assert (package["author"], package["engines"]) == (publisher, {"node": ">=18"})
    with zipfile.ZipFile(wheel) as packed:
        about = packed.read(f"pulumi_private_step_functions-{VERSION}.dist-info/METADATA").decode()
    assert f"\nAuthor: {publisher}\n" in about and "\nRequires-Python: >=3.10\n" in about
    assert "\nClassifier: Programming Language :: Python :: 3 :: Only\n" in about
    # Marks for the Pulumi Registry are no keywords.
    assert not [keyword for keyword in package["keywords"] if "/" in keyword]
    assert not re.search("^Keywords: .*/", about, re.MULTILINE)
    schema = json.loads((packages / "schema.json").read_text())
    assert schema["publisher"] == publisher and "kind/native" in schema["keywords"]


def test_nobody_else_is_named_as_the_author(packages):
    for archive in [*packages.glob("*.tgz"), *packages.glob("pulumi_*.tar.gz"), *packages.glob("sdk-go-*")]:
        with tarfile.open(archive) as packed:
            texts = {item.name: packed.extractfile(item).read() for item in packed if item.isfile()}
        assert [name for name, text in texts.items() if b"Pulumi Corp" in text] == [], archive
    [project] = (ROOT / "sdk" / "dotnet").glob("*.csproj")
    assert f"<Authors>{json.loads((packages / 'schema.json').read_text())['publisher']}</Authors>" in project.read_text()
    assert re.search(r"<(PackageProjectUrl|RepositoryUrl)></\1>", project.read_text()) is None


def test_go_accepts_the_path_of_its_module(packages):
    [go] = packages.glob("sdk-go-*")
    path = member(go, "sdk/go/go.mod").decode().split()[1]
    assert "." in path.split("/")[0]


def test_every_package_has_the_license(packages):
    text = (ROOT / "LICENSE").read_bytes()
    for archive in packages.glob("*.*gz"):
        with tarfile.open(archive) as packed:
            [name] = [name for name in packed.getnames() if re.fullmatch(r"(.*/)?LICENSE", name)]
        assert member(archive, name) == text, archive
    [wheel] = packages.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        [name] = [name for name in packed.namelist() if name.endswith("/LICENSE")]
        assert packed.read(name) == text


def member(archive, name):
    with tarfile.open(archive) as packed:
        return packed.extractfile(name).read()


def test_bill_of_materials(packages):
    """It follows CycloneDX's schema, and lists every crate of the plugin with license and checksum, and no crate of the tests."""
    text = (packages / f"{PLUGIN}-v{VERSION}.cdx.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bill = json.loads(text)
    components = {component["bom-ref"]: component for component in bill["components"]}

    manifest = tomllib.loads((ROOT / "Cargo.toml").read_text())
    named = {component["name"] for component in components.values()}
    assert set(manifest["dependencies"]) <= named
    assert not {"aws-emulator", "insta", "proptest", "protox"} & named

    locked = {(crate["name"], crate["version"]): crate for crate in tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]}
    licensing = get_spdx_licensing()
    for component in components.values():
        crate = locked[component["name"], component["version"]]
        # Crates of this repository have no checksum, because they are not from a registry.
        expected = [{"alg": "SHA-256", "content": crate["checksum"]}] if "source" in crate else None
        assert component.get("hashes") == expected, component["name"]
        [terms] = component["licenses"]
        assert licensing.validate(terms["expression"]).errors == [], component["name"]

    # Every component is a direct or indirect dependency of the plugin.
    graph = {entry["ref"]: entry["dependsOn"] for entry in bill["dependencies"]}
    reached, open_ends = set(), [bill["metadata"]["component"]["bom-ref"]]
    while open_ends:
        reference = open_ends.pop()
        open_ends += [] if reference in reached else graph[reference]
        reached.add(reference)
    assert reached - {bill["metadata"]["component"]["bom-ref"]} == set(components)
