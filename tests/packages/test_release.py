"""The workflow that publishes a release: its scripts, and the policy about versions."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml

import registries
from conftest import PLUGIN
from languages import ROOT, run
from test_artefacts import TARBALL, VERSION

sys.path.insert(0, str(ROOT / "scripts"))

import release_notes  # noqa: E402
import verify_release  # noqa: E402

RELEASE = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text())
PRERELEASE = "0.2.0-rc.1"
URL = "github://api.github.com/acme"
CHANGELOG = """\
# Changelog

## Unreleased

- Later.

## 1.0.0-rc.1

- A [page](docs/live.md#cost), a [site](https://acme.example) and a [heading](#changelog).

### Fixed

- More.

## 0.9.0 (2026-11-28)

- Older.

## 0.8.0

"""


def test_notes_are_the_section_of_the_version():
    notes = release_notes.section(CHANGELOG, "1.0.0-rc.1")
    assert notes.startswith("- A [page]") and notes.endswith("### Fixed\n\n- More.")
    assert release_notes.section(CHANGELOG, "0.9.0") == "- Older."
    # No section, an empty one, and one of another version.
    assert [release_notes.section(CHANGELOG, version) for version in ("1.0.0", "0.8.0", "0.9")] == ["", "", ""]


def test_links_of_notes_leave_the_repository():
    linked = release_notes.with_links(release_notes.section(CHANGELOG, "1.0.0-rc.1"), "https://git.example/blob/v1")
    assert "(https://git.example/blob/v1/docs/live.md#cost)" in linked
    assert "(https://acme.example)" in linked and "(#changelog)" in linked


def test_a_release_without_notes_fails():
    finished = subprocess.run([sys.executable, ROOT / "scripts" / "release_notes.py", "77.0.0"], capture_output=True, text=True)
    assert (finished.returncode, finished.stdout) == (1, "")
    assert "says nothing about 77.0.0" in finished.stderr


def check(directory, tag, version, url=URL, **environment):
    """Runs the workflow's first step on a repository with this version and plugin URL. Returns its exit status and outputs."""
    [script] = [step["run"] for step in RELEASE["jobs"]["version"]["steps"] if step.get("id") == "check"]
    (directory / "sdk").mkdir(parents=True)
    (directory / "Cargo.toml").write_text(f'[package]\nversion = "{version}"\n')
    (directory / "sdk" / "schema.json").write_text(json.dumps({"pluginDownloadURL": url} if url else {}))
    outputs = directory / "outputs"
    settings = {"GITHUB_REF_NAME": tag, "GITHUB_OUTPUT": str(outputs), "PRIVATE": "false", "REGISTRIES": "", **environment}
    finished = subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=directory, env=os.environ | settings, capture_output=True)
    return finished.returncode, dict(line.split("=", 1) for line in outputs.read_text().splitlines()) if outputs.exists() else {}


@pytest.mark.parametrize(
    ("version", "settings", "expected"),
    [
        ("1.2.3", {}, ("false", "yaml go")),
        ("1.2.3", {"REGISTRIES": "npm pypi nuget"}, ("false", "yaml go typescript python csharp")),
        ("1.2.3", {"PRIVATE": "true", "REGISTRIES": "pypi"}, ("false", "yaml python")),
        ("1.2.3-rc.1", {}, ("true", "yaml go")),
        ("1.2.3-alpha.12", {}, ("true", "yaml go")),
    ],
)
def test_versions_that_are_released(version, settings, expected, tmp_path):
    status, outputs = check(tmp_path / "repository", f"v{version}", version, **settings)
    assert status == 0
    assert (outputs["version"], outputs["prerelease"], outputs["languages"]) == (version, *expected)
    assert set(outputs["languages"].split()) <= set(verify_release.RUNTIMES)


@pytest.mark.parametrize(
    ("tag", "version", "url"),
    [
        ("v1.2.4", "1.2.3", URL),
        ("v1.2.3-next.1", "1.2.3-next.1", URL),
        ("v1.2.3-rc1", "1.2.3-rc1", URL),
        ("v1.2.3+build", "1.2.3+build", URL),
        ("v1.2.3", "1.2.3", "https://plugins.acme.example"),
        ("v1.2.3", "1.2.3", None),
    ],
)
def test_versions_that_are_refused(tag, version, url, tmp_path):
    assert check(tmp_path / "repository", tag, version, url) == (1, {})


def test_a_prerelease_in_every_language(tmp_path):
    """Each SDK has the version in the form of its registry, and asks the engine for the same plugin."""
    schema = json.loads((ROOT / "sdk" / "schema.json").read_text())
    (tmp_path / "schema.json").write_text(json.dumps(schema | {"version": PRERELEASE}))
    settings = {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly"}
    run("go", "run", ".", tmp_path / "schema.json", tmp_path / "sdk", cwd=ROOT / "tools" / "sdk", env=os.environ | settings)
    assert json.loads((tmp_path / "sdk/nodejs/package.json").read_text())["version"] == PRERELEASE
    # PEP 440.
    assert re.search(r'^  version = "(.*)"$', (tmp_path / "sdk/python/pyproject.toml").read_text(), re.MULTILINE)[1] == "0.2.0rc1"
    [project] = (tmp_path / "sdk/dotnet").glob("*.csproj")
    assert f"<Version>{PRERELEASE}</Version>" in project.read_text()
    plugins = [*tmp_path.glob("sdk/*/**/pulumi-plugin.json")]
    assert {json.loads(file.read_text())["version"] for file in plugins} == {PRERELEASE} and len(plugins) == 3


def start(*arguments):
    command = [sys.executable, ROOT / "scripts" / "start_plugin.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_a_plugin_that_starts(bin):
    finished = start(bin / PLUGIN, VERSION)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert re.fullmatch(rf"{PLUGIN} {re.escape(VERSION)} serves \d+ resources\n", finished.stdout)
    assert "not 77.0.0" in start(bin / PLUGIN, "77.0.0").stderr


@pytest.mark.parametrize(
    ("serves", "said"),
    [("exit 1", "printed ''"), ("echo listening", "printed 'listening'"), ("echo 1; sleep 60", "Connection refused")],
)
def test_a_plugin_that_does_not_start(serves, said, tmp_path):
    broken = tmp_path / PLUGIN
    broken.write_text(f'#!/bin/sh\n[ "$1" != --version ] || {{ echo {PLUGIN} {VERSION}; exit; }}\n{serves}\n')
    broken.chmod(0o755)
    finished = start(broken, VERSION)
    assert finished.returncode == 1 and said in finished.stderr


@pytest.fixture
def published(tmp_path, monkeypatch, packages, serve):
    """Puts an organization's values into the copy of sdk/ that the verification reads. Yields the copy and the plugin's server."""
    sdk = tmp_path / "sdk"
    shutil.copytree(ROOT / "sdk", sdk, ignore=shutil.ignore_patterns("bin", "obj", "node_modules"))
    url, asked = serve(packages)
    schema = json.loads((sdk / "schema.json").read_text())
    (sdk / "schema.json").write_text(json.dumps(schema | {"pluginDownloadURL": url}))
    monkeypatch.setattr(verify_release, "SDK", sdk)
    monkeypatch.setattr(verify_release, "WAIT", 0.1)
    return sdk, asked


def verification(tmp_path, language, seconds=0):
    (tmp_path / language).mkdir()
    return verify_release.Project(tmp_path / language / "project", language, VERSION, seconds)


def test_verification_in_yaml(published, tmp_path):
    """The plugin comes from the server that the SDKs name, and answers a preview."""
    project = verification(tmp_path, "yaml")
    project.install()
    project.preview()
    assert published[1] == [(f"/{TARBALL}", 200)]


def test_verification_fails_without_a_plugin(published, tmp_path, monkeypatch):
    """It waits for a package that is not published, and then fails."""
    project = verification(tmp_path, "yaml", seconds=1)
    project.version = "77.0.0"
    with pytest.raises(SystemExit, match="(?s)yaml: pulumi plugin install.* failed:.*404"):
        project.install()
    assert len(published[1]) > 1


def test_verification_in_typescript(published, tmp_path, packages):
    """The package comes from a registry, and the program compiles with it. A preview needs the language host."""
    upstream = run("npm", "config", "get", "registry").strip()
    documents = {}
    with registries.served(registries.npm(documents, "npm-token", upstream)) as address:
        (tmp_path / ".npmrc").write_text(f"//{address}/:_authToken=npm-token\n")
        [tarball] = packages.glob("*.tgz")
        run("npm", "publish", "--registry", f"http://{address}/", tarball, cwd=tmp_path)
        project = verification(tmp_path, "typescript")
        project.environment |= {"npm_config_registry": f"http://{address}/", "npm_config_prefer_offline": "true"}
        project.install()
    about = json.loads((project.directory / "node_modules" / "pulumi-private-step-functions" / "package.json").read_text())
    assert about["version"] == VERSION


def test_verification_in_python(published, tmp_path, packages):
    project = verification(tmp_path, "python")
    # In place of an index. The dependencies are those of this test.
    project.environment |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(packages), "PIP_NO_DEPS": "1"}
    project.install()
    [installed] = project.directory.glob("venv/lib/python*/site-packages/pulumi_private_step_functions")
    program = (project.directory / "__main__.py").read_text().splitlines()[0]
    command = [sys.executable, "-c", f"{program}\nprint(functions.__file__, functions.SecurityGroup.__name__)"]
    said = run(*command, env=os.environ | {"PYTHONPATH": str(installed.parent)})
    assert said.split() == [str(installed / "__init__.py"), "SecurityGroup"]


def pinned(directory):
    """Returns the version of the Pulumi CLI that a directory of tools/ pins."""
    return re.search(r"github.com/pulumi/pulumi/pkg/v3 v(\S+)", (ROOT / "tools" / directory / "go.mod").read_text())[1]


def test_the_policy_names_the_tested_clis():
    policy = (ROOT / "docs" / "versioning.md").read_text()
    assert re.findall(r"^\| (oldest supported|newest tested) \| (\S+) \|$", policy, re.MULTILINE) == [
        ("oldest supported", pinned("pulumi-oldest")),
        ("newest tested", pinned("pulumi")),
    ]


@pytest.mark.parametrize("name", ["docs/publishing.md", "docs/versioning.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(name):
    """To a file of the repository, and to a heading in it."""
    links = re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", (ROOT / name).read_text())
    assert links
    for file, anchor in links:
        target = (ROOT / name).parent / file if file else ROOT / name
        assert target.is_file(), file
        headings = re.findall(r"^#+ (.*)$", target.read_text(), re.MULTILINE) if anchor else []
        assert not anchor or anchor in [re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings], anchor
