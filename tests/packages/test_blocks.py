"""The code blocks of the pages: each is run, compiled or listed with a reason, and the commands of the tasks work as they stand."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib

import pytest
import yaml

from languages import ROOT
from test_artefacts import VERSION

LISTED = tomllib.loads((ROOT / "tests" / "packages" / "blocks.toml").read_text())
PAGES = [ROOT / "README.md", ROOT / "examples" / "README.md", *sorted((ROOT / "examples").glob("*/README.md"))]
PAGES += sorted((ROOT / "docs").rglob("*.md"))
# Blocks that show output or a diagram. tests/fixtures and scripts/demo.py compare the output of docs/demo.md.
SHOWN = {"text", "console", "json", ""}
SCHEMA = json.loads((ROOT / "schema.json").read_text())
# The commands of a task, with the example that they run in.
TASKS = [
    pytest.param(ROOT / found[1], found[2], id=f"{page.stem}-{found[1].split('/')[-2]}")
    for page in PAGES
    for found in re.finditer(r"(?ms)^<!-- runs in (\S+) -->\n```sh\n(.*?)^```$", page.read_text())
]


def blocks(page):
    """Yields the language and the text of each code block."""
    for _, language, text in re.findall(r"(?ms)^(`{3,})(\w*)\n(.*?)^\1$", page.read_text()):
        yield language, text


def commands_and_programs():
    return [(page, language, text) for page in PAGES for language, text in blocks(page) if language not in SHOWN]


def test_every_block_is_listed():
    found = {(str(page.relative_to(ROOT)), text.split("\n")[0]) for page, _, text in commands_and_programs()}
    listed = {(page, line) for page, lines in LISTED.items() for line in lines}
    assert found - listed == set(), "not in tests/packages/blocks.toml"
    assert listed - found == set(), "in tests/packages/blocks.toml, but on no page"


def test_every_listed_test_exists():
    for page, lines in LISTED.items():
        for line, proof in lines.items():
            if proof.startswith("not run: "):
                continue
            name, _, test = proof.partition("::")
            file = ROOT / name if "/" in name else ROOT / "tests" / "packages" / name
            assert file.is_file(), f"{page}: {line}: {proof}"
            assert not test or re.search(rf"(?m)^def {test}\(", file.read_text()), f"{page}: {line}: {proof}"


@pytest.mark.parametrize("page, language, text", commands_and_programs())
def test_a_block_is_well_formed(page, language, text):
    """Commands are Bash, their scripts and targets exist, and YAML can be read."""
    if language == "yaml":
        yaml.safe_load(text)
    if language == "sh":
        checked = subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True)
        assert checked.returncode == 0, checked.stderr
        targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text()))
        assert set(re.findall(r"\bmake ([a-z-]+)", text)) <= targets
        files = re.findall(r"(?:^|\s)((?:scripts|tests|tools|examples)/[\w./-]+)", text)
        assert [file for file in files if not (ROOT / file).exists()] == []


def test_configuration_keys():
    """Each key of the provider that a command sets is one that it has."""
    texts = "".join(text for _, language, text in commands_and_programs() if language == "sh")
    keys = set(re.findall(r"private-step-functions:(\w+)[. \[]", texts)) - {"index"}
    assert {"region", "profile", "ignoreTags", "ownershipTags"} <= keys
    assert keys - SCHEMA["config"]["variables"].keys() == set()


def test_yaml_fits_the_schema():
    """Resources and functions of this package in YAML blocks have properties and arguments that the schema knows."""
    seen = set()
    for page, language, text in commands_and_programs():
        if language == "yaml":
            for kind, name, given in uses(yaml.safe_load(text)):
                token = f"private-step-functions:index:{name}"
                known = SCHEMA["resources"][token]["inputProperties"] if kind == "type" else arguments(SCHEMA["functions"][token])
                assert set(given) <= known.keys(), f"{page.name}: {name}"
                seen.add(name)
    assert {"PrivateStepFunctions", "SecurityGroup", "diagnoseConnection"} <= seen


def uses(value):
    """Yields each resource and function of this package in a program: its kind, its name, and what it is given."""
    if isinstance(value, list):
        for each in value:
            yield from uses(each)
    if isinstance(value, dict):
        for kind, given in (("type", "properties"), ("function", "arguments")):
            name = str(value.get(kind, ""))
            if name.startswith("private-step-functions:"):
                yield kind, name.rsplit(":", 1)[1], value.get(given, {})
        for each in value.values():
            yield from uses(each)


def arguments(function):
    return function.get("inputs", {}).get("properties", {})


def test_excerpts_are_current():
    """The pages of the tasks show the resources of the examples."""
    checked = subprocess.run([sys.executable, ROOT / "scripts" / "excerpts.py", "--check"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("example, commands", TASKS)
def test_the_commands_of_a_task(example, commands, account, plugin):
    """A newcomer runs them in the example's directory, with the plugin and without credentials, and sees a preview."""
    account.run("pulumi", "plugin", "install", "resource", "private-step-functions", VERSION, "--file", plugin)
    for name in [name for name in account.environment if name.startswith("AWS_") and name != "AWS_ENDPOINT_URL"]:
        del account.environment[name]
    account.environment["AWS_REGION"] = "eu-west-1"
    project = account.directory / "project"
    shutil.copytree(example, project)
    for command in commands.splitlines():
        shown = account.run(*shlex.split(command), cwd=project)
    assert command == "pulumi preview"
    program = yaml.safe_load((project / "Pulumi.yaml").read_text())
    for resource in program["resources"]:
        assert re.search(rf" {resource} +create", shown), shown
    # Every value of the program is set, those with a default excepted.
    config = yaml.safe_load((project / "Pulumi.dev.yaml").read_text())["config"]
    needed = {f"{program['name']}:{key}" for key, value in program["config"].items() if "default" not in value}
    assert needed == config.keys()
    secret = {key for key, value in program["config"].items() if value.get("secret")}
    assert {key.split(":")[1] for key, value in config.items() if isinstance(value, dict) and "secure" in value} == secret
