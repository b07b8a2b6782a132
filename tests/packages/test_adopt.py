"""The transforms that `adopt` writes work in TypeScript and Go (tests/automation has Python), and docs/adopt.md shows the same code."""

import re
import shutil
import subprocess

import pytest

from languages import DRIVERS, ROOT, Go, TypeScript, Yaml

PROGRAM = DRIVERS.parent / "programs" / "adopted"
PAGE = (ROOT / "docs" / "adopt.md").read_text()
LANGUAGES = pytest.mark.parametrize("language, file", [(TypeScript, "existing.ts"), (Go, "stack/existing.go")], ids=["typescript", "go"])


@LANGUAGES
def test_a_transform(language, file, plugin, example, new_account, tmp_path):
    with new_account() as account:
        made = example(Yaml).with_program(PROGRAM, tmp_path / "made" / "project")
        account.configure(made.project)
        account.run(*made.automation("up"), cwd=made.project)
        before = account.left()

        [vpc, *_] = account.ec2("DescribeVpcs", "vpcId")
        name = "typescript" if language is TypeScript else "go"
        command = [plugin, "adopt", vpc, "--name", "main", "--format", name, "--out", tmp_path / "out"]
        subprocess.run(command, env=account.environment, check=True, capture_output=True, timeout=60)
        program = tmp_path / "program"
        shutil.copytree(PROGRAM, program)
        [written] = (tmp_path / "out").glob("existing.*")
        (program / file).write_text(written.read_text().replace("package main", "package stack"))

        ready = example(language).with_program(program, tmp_path / "work" / "project")
        account.configure(ready.project)
        shown = account.run(*ready.automation("up"), cwd=ready.project)
        assert len(re.findall(r"^ = +private-step-functions:index:\S+ \S+ imported", shown, re.MULTILINE)) == 3, shown
        assert account.left() == before
        account.run(*ready.automation("destroy"), cwd=ready.project)
        assert account.left() == []


@LANGUAGES
def test_the_page_shows_the_code(language, file):
    """Every line of a block on the page is in the file that `adopt` writes, but for ids and the line that uses the transform."""
    fence = "typescript" if language is TypeScript else "go"
    [block] = re.findall(rf"(?ms)^```{fence}\n(.*?)^```$", PAGE)
    source = (ROOT / "src" / "adopt" / "transform.rs").read_text()
    lines = [line for line in block.splitlines() if line and "vpce-" not in line and "PrivateStepFunctions(" not in line]
    missing = [line for line in lines if line.removeprefix("export ") not in source]
    assert len(lines) > 5 and missing == []
