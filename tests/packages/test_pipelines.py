"""The pipelines for GitLab and Azure, and the Dockerfile: their commands, without GitLab, Azure and Docker."""

import os
import re
import shutil
import subprocess

import pytest
import yaml

import registries
from conftest import PLUGIN
from languages import ROOT, run
from test_artefacts import TARBALL, VERSION
from test_release import pinned


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
    assert ["ARG", f"PULUMI_VERSION={pinned('pulumi')}"] in dockerfile()


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
