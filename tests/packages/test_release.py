"""What publishes a release: the workflow's scripts, the pipelines for GitLab and Azure, and the Dockerfile."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request

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


def dockerfile():
    """Returns the instructions of the Dockerfile, as (name, text)."""
    text = (ROOT / "tools" / "docker" / "Dockerfile").read_text()
    text = re.sub(r"(?m)^#.*\n", "", text).replace("\\\n", "")
    return [line.split(" ", 1) for line in text.splitlines() if line]


def build_image(packages, home):
    """Runs the step that installs the plugin, on directories of this machine."""
    [step] = [text for name, text in dockerfile() if name == "RUN"]
    script = re.sub(r"^--mount=type=bind,target=/packages +", "", step).replace("/packages", str(packages))
    machine = {"PULUMI_HOME": str(home), "TARGETARCH": "amd64" if "amd64" in TARBALL else "arm64"}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
    return subprocess.run(["sh", "-c", script], env=inherited | machine, capture_output=True, text=True)


def test_the_image_has_the_plugin(packages, tmp_path):
    built = build_image(packages, tmp_path / "home")
    assert built.returncode == 0, built.stderr
    plugin = tmp_path / "home" / "plugins" / f"resource-private-step-functions-v{VERSION}" / PLUGIN
    assert run(plugin, "--version").split() == [PLUGIN, VERSION]
    # Every user may write, because the engine does.
    assert (tmp_path / "home" / "plugins").stat().st_mode & 0o777 == 0o777
    assert ["ENV", "PULUMI_HOME=/opt/pulumi-home"] in dockerfile() and ["ENTRYPOINT", "[]"] in dockerfile()


@pytest.mark.parametrize("damage", ["content", "checksum"])
def test_no_image_of_a_wrong_tarball(damage, packages, tmp_path):
    copy = shutil.copytree(packages, tmp_path / "packages")
    if damage == "content":
        (copy / TARBALL).write_bytes((copy / TARBALL).read_bytes() + b"more")
    else:
        lines = (copy / "checksums.txt").read_text().splitlines(keepends=True)
        (copy / "checksums.txt").write_text("".join(line for line in lines if TARBALL not in line))
    assert build_image(copy, tmp_path / "home").returncode != 0
    assert not (tmp_path / "home").exists()


def test_the_image_has_the_pinned_cli():
    pinned = re.search(r"github.com/pulumi/pulumi/pkg/v3 v(\S+)", (ROOT / "tools" / "pulumi" / "go.mod").read_text())[1]
    assert ["ARG", f"PULUMI_VERSION={pinned}"] in dockerfile()


def gitlab():
    jobs = yaml.safe_load((ROOT / "tools" / "ci" / "gitlab.yml").read_text())
    return {name: job for name, job in jobs.items() if isinstance(job, dict) and "stage" in job}


def azure():
    [job] = yaml.safe_load((ROOT / "tools" / "ci" / "azure.yml").read_text())["jobs"]
    return job["steps"]


def scripts():
    """Yields each script of the pipelines, in bash."""
    for name, job in gitlab().items():
        yield f"gitlab {name}", "\n".join(job["script"])
    for step in azure():
        script = step.get("bash") or step.get("inputs", {}).get("inlineScript")
        if script:
            yield f"azure {step['displayName']}", re.sub(r"\$\{\{.*?\}\}|\$\(\w+\)", "value", script)


@pytest.mark.parametrize("script", [text for _, text in scripts()], ids=[name for name, _ in scripts()])
def test_pipelines_are_bash_with_files_that_exist(script):
    run("bash", "-n", "-c", script)
    for name in re.findall(r"\b(?:scripts|sdk|tools)/[\w./-]+", script):
        assert (ROOT / name).exists(), name
    for target in re.findall(r"\bmake (\w+)", script):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE), target


def test_the_release_on_gitlab_is_where_the_engine_looks(tmp_path, packages):
    """A link for each platform, with the path that the engine asks for and the file that the job `plugins` uploads."""
    job = gitlab()
    assert {name: job[name]["stage"] for name in job} == {
        "package": "package", "plugins": "publish", "npm": "publish", "pypi": "publish", "nuget": "publish", "release": "release",
    }  # fmt: skip
    uploaded = re.search(r'"(\$REGISTRY/generic/.*/)\$\{file##\*/\}"', job["plugins"]["script"][0])[1]
    links = job["release"]["release"]["assets"]["links"]
    assert [link["name"] for link in links] == [f"{PLUGIN}-$CI_COMMIT_TAG-linux-{arch}.tar.gz" for arch in ("amd64", "arm64")]
    for link in links:
        assert (link["filepath"], link["url"]) == (f"/{link['name']}", f"{uploaded}{link['name']}")


def test_the_upload_to_gitlab(tmp_path, packages):
    """The job sends each plugin, the schema and the checksums to the package registry, with the job's token."""
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "packages").symlink_to(packages)
    received = {}

    class Registry(registries.Handler):
        def answer(self, path, content):
            assert self.headers["JOB-TOKEN"] == "job-token"
            received[path] = content
            return {}

    with registries.served(Registry) as address:
        settings = {"REGISTRY": f"http://{address}", "CI_JOB_TOKEN": "job-token", "CI_COMMIT_TAG": f"v{VERSION}"}
        run("bash", "-euo", "pipefail", "-c", gitlab()["plugins"]["script"][0], cwd=tmp_path, env=os.environ | settings)
    base = f"/generic/private-step-functions/v{VERSION}"
    assert received[f"{base}/{TARBALL}"] == (packages / TARBALL).read_bytes()
    assert {path.rsplit("/", 1)[1] for path in received} >= {"schema.json", "checksums.txt", TARBALL}


@pytest.mark.parametrize(("tag", "expected"), [("v1.2.3", "latest"), ("v1.2.3-rc.1", "next")])
@pytest.mark.parametrize("pipeline", ["gitlab", "azure"])
def test_a_prerelease_is_not_the_latest_on_npm(pipeline, tag, expected, tmp_path):
    """Runs the script with a program in place of npm that prints its arguments."""
    if pipeline == "gitlab":
        script = gitlab()["npm"]["script"][-1]
    else:
        [script] = [step["bash"] for step in azure() if step.get("displayName") == "npm"]
    (tmp_path / "npm").write_text('#!/bin/sh\necho "$@"\n')
    (tmp_path / "npm").chmod(0o755)
    settings = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "REGISTRY": "r", "CI_COMMIT_TAG": tag, "BUILD_SOURCEBRANCHNAME": tag}
    assert f"--tag {expected} " in run("bash", "-c", script, env=os.environ | settings)
