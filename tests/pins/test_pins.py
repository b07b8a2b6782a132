"""Tests scripts/pins.py without a network: the pins that it finds, how it reads the registries' answers, and its verdicts."""

import json
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import pins  # noqa: E402

RULES = {
    "limit": [{"names": ["aws-*"], "days": 30}, {"names": ["*"], "days": 100}],
    "within": [{"name": "held", "version": "5", "reason": "a test"}],
}


def found(registry):
    return {(pin.name, pin.file) for pin in pins.pins() if pin.registry == registry}


def test_every_action_is_found():
    """pins.py finds each `uses:` of another repository, in whatever form it is pinned."""
    used = set()
    for file in (ROOT / ".github/workflows").glob("*.yml"):
        uses = re.findall(r"uses: (?!\./)([\w.-]+/[\w.-]+)", file.read_text())
        used |= {(name, f".github/workflows/{file.name}") for name in uses}
    assert len(used) > 10
    assert used == {(name, file) for name, file in found("github") if file != "rust-toolchain.toml"}


def test_every_tool_is_found():
    modules = {file for _, file in found("go")}
    assert modules == {f"tools/{name}/go.mod" for name in ("actionlint", "clients", "pulumi", "pulumi-yaml", "sdk")}
    assert ("github.com/pulumi/pulumi/pkg/v3", "tools/pulumi/go.mod") in found("go")
    assert not any(file.startswith("tools/pulumi/") and "pkg/v3" not in name for name, file in found("go"))
    assert {name for name, _ in found("npm")} == {"@aws-sdk/client-sfn", "@pulumi/pulumi", "@types/node", "typescript"}


def test_every_direct_package_is_found():
    """Every direct package in tools/pins.toml is in the requirements, and pins.py reads every file of tools/python."""
    assert set(pins.settings()["direct"]) == {name for name, file in found("pypi") if file.endswith("requirements.txt")}
    assert {file for _, file in found("pypi")} == {f"tools/python/{file.name}" for file in (ROOT / "tools/python").glob("*.txt")}


def test_every_crate_is_found():
    command = ["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1"]
    packages = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)["packages"]
    dependencies = [dependency for package in packages for dependency in package["dependencies"]]
    declared = {dependency["name"] for dependency in dependencies if not dependency.get("path")}
    assert declared == {name for name, _ in found("crates")}


def test_every_pin_has_a_limit():
    answers = {pin.key: {pin.version: "2026-01-01"} for pin in pins.pins()}
    assert pins.judge(pins.pins(), answers, pins.settings()) == []


@pytest.mark.parametrize(
    "read, answer, expected",
    [
        (
            pins.from_go,
            {"Version": "v3.259.0", "Time": "2026-08-20T01:02:03Z", "Update": {"Version": "v3.276.0", "Time": "2026-11-12T12:59:22Z"}},
            {"v3.259.0": "2026-08-20", "v3.276.0": "2026-11-12"},
        ),
        (pins.from_go, {"Version": "v1.7.12", "Time": "2026-03-30T14:11:30Z"}, {"v1.7.12": "2026-03-30"}),
        (
            pins.from_npm,
            {
                "versions": ["5.9.3"],
                "time": {"created": "2012-10-01T15:35:39.553Z", "5.9.3": "2025-09-30T21:19:38.784Z", "5.9.4": "2025-10-01T00:00:00.000Z"},
            },
            {"5.9.3": "2025-09-30"},
        ),
        (
            pins.from_pypi,
            {
                "versions": ["1.0", "1.0.1", "1.1", "1.2"],
                "files": [
                    {"filename": "a_b-1.0-py3-none-any.whl", "upload-time": "2026-02-02T10:00:00Z", "yanked": False},
                    {"filename": "a_b-1.0.tar.gz", "upload-time": "2026-02-01T10:00:00Z", "yanked": False},
                    {"filename": "a_b-1.0.1.tar.gz", "upload-time": "2026-01-01T10:00:00Z", "yanked": "broken"},
                    {"filename": "a_b-1.1.tar.gz", "upload-time": "2026-03-01T10:00:00Z", "yanked": "broken"},
                ],
            },
            {"1.0": "2026-02-01"},
        ),
        (
            pins.from_crates,
            '{"name":"strsim","vers":"0.11.1","yanked":false,"pubtime":"2024-04-02T22:18:09Z"}\n'
            '{"name":"strsim","vers":"0.12.0","yanked":true,"pubtime":"2025-01-01T00:00:00Z"}\n',
            {"0.11.1": "2024-04-02"},
        ),
        (
            pins.from_github,
            [
                {"tag_name": "v7.0.1", "published_at": "2026-07-17T08:00:00Z", "draft": False, "prerelease": False},
                {"tag_name": "v8.0.0-beta", "published_at": "2026-08-17T08:00:00Z", "draft": False, "prerelease": True},
                {"tag_name": "v8.0.0", "published_at": None, "draft": True, "prerelease": False},
            ],
            {"v7.0.1": "2026-07-17"},
        ),
    ],
)
def test_answers_of_registries(read, answer, expected):
    assert read(answer) == expected


@pytest.mark.parametrize(
    "name, version, answer, newest, days, is_old",
    [
        # Name, pinned version, the registry's answer; then the newest version or the problem, or None if there is no verdict.
        ("a", "1.0", {"1.0": "2026-01-01"}, None, 0, False),
        ("a", "1.0", {"1.0": "2026-01-01", "1.1": "2026-04-11"}, "1.1", 100, False),
        ("a", "1.0", {"1.0": "2026-01-01", "1.1": "2026-04-12"}, "1.1", 101, True),
        ("aws-sdk-ec2", "1.9.0", {"1.9.0": "2026-01-01", "1.10.0": "2026-02-01"}, "1.10.0", 31, True),
        ("a", "1.0", {"1.0": "2026-01-01", "2.0rc1": "2026-11-01", "2.0-beta": "2026-11-01"}, None, 0, False),
        ("a", "1.0", {"1.0": "2026-01-01", "1.0.post1": "2026-06-01"}, "1.0.post1", 151, True),
        ("a", "v3.5.1+incompatible", {"v3.5.1+incompatible": "2026-01-01"}, None, 0, False),
        # A later fix of an older version is not newer. A newer version with an earlier release date counts as 0 days behind.
        ("a", "2.0", {"2.0": "2026-01-01", "1.9": "2026-12-01"}, None, 0, False),
        ("a", "1.9", {"2.0": "2026-01-01", "1.9": "2026-12-01"}, "2.0", 0, False),
        ("held", "5.1", {"5.1": "2026-01-01", "5.2": "2026-01-11", "6.0": "2026-11-01", "50.0": "2026-11-01"}, "5.2", 10, False),
        ("a", "1.0", {"1.1": "2026-01-01"}, "the registry does not have this version", 0, True),
        ("a", "1.0", None, "it was not looked up", 0, True),
        ("a", "1.0", "looking it up failed: 503", "looking it up failed: 503", 0, True),
    ],
)
def test_verdicts(name, version, answer, newest, days, is_old):
    pin = pins.Pin("pypi", name, version, "requirements.txt")
    verdicts = pins.judge([pin], {pin.key: answer}, RULES)
    if newest is None:
        assert verdicts == []
        assert pins.page(verdicts) == "Every pin is the newest version.\n"
        return
    (verdict,) = verdicts
    assert (verdict.problem or verdict.newest).startswith(newest)
    assert (verdict.days, verdict.is_old) == (days, is_old)
    assert pins.page(verdicts).startswith(f"{int(is_old)} of these are older")
    assert (f"| **{name} {version}** |" in pins.page(verdicts)) == is_old


def test_judging_from_the_command_line(tmp_path, monkeypatch, capsys):
    """The exit status is 1 if a pin is too old, and the oldest pin is listed first."""
    answers = {pin.key: {pin.version: "2026-01-01"} for pin in pins.pins()}
    file = tmp_path / "answers.json"
    monkeypatch.setattr(sys, "argv", ["pins.py", "judge", str(file)])
    file.write_text(json.dumps(answers))
    pins.main()
    assert capsys.readouterr().out == "Every pin is the newest version.\n"
    slightly, badly = (pin for pin in pins.pins() if pin.name in ("strsim", "mypy"))
    answers[slightly.key]["999.0"] = "2026-01-02"
    answers[badly.key]["999.0"] = "2027-01-01"
    file.write_text(json.dumps(answers))
    with pytest.raises(SystemExit) as ended:
        pins.main()
    assert ended.value.code == 1
    rows = [line for line in capsys.readouterr().out.splitlines() if "999.0" in line]
    assert badly.name in rows[0] and slightly.name in rows[1]
