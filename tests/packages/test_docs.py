"""The package's pages match the schema and the SDKs."""

import json
import re
import subprocess
import sys

import pytest
import yaml

from conftest import ACME
from languages import ROOT

SCHEMA = json.loads((ROOT / "schema.json").read_text())
INDEX, INSTALLATION = ((ROOT / "docs" / name).read_text() for name in ("_index.md", "installation-configuration.md"))


@pytest.mark.parametrize("page", [INDEX, INSTALLATION], ids=["_index", "installation-configuration"])
def test_front_matter(page):
    """Each page has the front matter that the Pulumi Registry requires."""
    about = yaml.safe_load(page.split("---\n")[1])
    assert about.keys() == {"title", "meta_desc", "layout"}
    assert about["title"].startswith(SCHEMA["displayName"])
    assert about["layout"] == "package"
    # Search engines show the description.
    assert 50 <= len(about["meta_desc"]) <= 160


def test_every_configuration_key_is_documented():
    """With its type, whether it is secret, and the names inside it."""
    rows = dict(re.findall(r"^\| `(\w+)` \| ((?:\w|, )+ \| .*) \|$", INSTALLATION, re.MULTILINE))
    variables = SCHEMA["config"]["variables"]
    assert list(rows) == list(variables)
    for key, variable in variables.items():
        type_ = SCHEMA["types"][variable["$ref"].removeprefix("#/types/")] if "$ref" in variable else variable
        properties = type_.get("properties", {})
        kind, meaning = rows[key].split(" | ", 1)
        assert kind == type_["type"] + (", secret" if variable.get("secret") else "")
        assert [value["value"] for value in type_.get("enum", []) if f"`{value['value']}`" not in meaning] == []
        assert [name for name in properties if f"`{name}`" not in meaning] == []
        for name in variable.get("defaultInfo", {}).get("environment", []):
            assert f"`{name}`" in meaning
        if "default" in variable:
            assert json.dumps(variable["default"]).strip('"') in meaning


def test_pages_and_examples_are_current():
    """`make sdk` would change neither the pages nor the examples."""
    for script in ("pages.py", "examples.py"):
        checked = subprocess.run([sys.executable, ROOT / "scripts" / script, "--check"], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
    component = SCHEMA["resources"]["private-step-functions:index:PrivateStepFunctions"]["description"]
    [example] = re.findall(r"(?s)```yaml\n.*?\n```", INDEX)
    assert example in component


def test_the_tutorial_shows_its_programs():
    """Whole and in order. scripts/pages.py holds each part to the file that it comes from, and `make tutorial` checks the files."""
    page = (ROOT / "docs" / "tutorial.md").read_text()
    shown = re.findall(r"^<!-- (\S+?/\S+?)(?: part (\d))? -->$", page, re.MULTILINE)
    for file in ("typescript/index.ts", "python/__main__.py"):
        program = (ROOT / "examples" / "tutorial" / file).read_text()
        parts = re.findall(r"^(?://|#) (\d)\. ", program, re.MULTILINE)
        assert len(parts) == 6
        assert [part for name, part in shown if name == file] == ["0", *parts]
    others = {file for file, part in shown if not part}
    assert others == {f"typescript/{name}" for name in ("Pulumi.yaml", "package.json", "tsconfig.json", "caller.py")}


def test_every_value_of_a_publisher_is_documented():
    page = (ROOT / "docs" / "publishing.md").read_text()
    documented = re.findall(r"^\| `(\w+)` \| ", page, re.MULTILINE)
    assert documented == list(ACME) == list(json.loads((ROOT / "publisher.json").read_text()))
