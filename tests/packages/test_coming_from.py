"""docs/coming-from.md names every input, and no property that the schema does not have."""

import json
import re

import pytest

from languages import ROOT

SCHEMA = json.loads((ROOT / "schema.json").read_text())
PAGE = (ROOT / "docs" / "coming-from.md").read_text()
RESOURCES = {token.rsplit(":", 1)[1]: resource for token, resource in SCHEMA["resources"].items()}
SECTIONS = dict(re.findall(r"(?ms)^## (\w+)\n(.*?)(?=^## |\Z)", PAGE))


def names(section):
    """Returns the property paths in the first column of the section's tables."""
    cells = re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE)
    return [path for cell in cells for path in re.findall(r"`([^`]+)`", cell)]


def objects(spec):
    """Returns the tokens of the object types in a property: its own type, or that of its items, values or alternatives."""
    reference = spec.get("$ref", "").removeprefix("#/types/")
    if "properties" in SCHEMA["types"].get(reference, {}):
        return [reference]
    inner = [spec[key] for key in ("items", "additionalProperties") if key in spec] + spec.get("oneOf", [])
    return [token for each in inner for token in objects(each)]


def resolve(resource, path):
    """Returns the owner of the property at the path and the property's name, or nothing if the schema has no such property."""
    owner, properties = None, resource["properties"] | resource["inputProperties"]
    for name in path.split("."):
        if name not in properties:
            return None
        found = owner, name
        owner = next(iter(objects(properties[name])), None)
        properties = SCHEMA["types"][owner]["properties"] if owner else {}
    return found


def nested(properties):
    """Returns every property of the object types in these properties, at any depth, with its owner."""
    found = set()
    for spec in properties.values():
        for token in objects(spec):
            inner = SCHEMA["types"][token]["properties"]
            found |= {(token, name) for name in inner} | nested(inner)
    return found


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_input_has_a_row(resource):
    rows = {resolve(RESOURCES[resource], path) for path in names(SECTIONS[resource])}
    inputs = {(None, name) for name in RESOURCES[resource]["inputProperties"]}
    assert inputs - rows == set()


def test_every_property_inside_an_input_has_a_row():
    """Several inputs share a type: a row under one of them is enough."""
    rows = {resolve(RESOURCES[resource], path) for resource in RESOURCES for path in names(SECTIONS[resource])}
    inner = set().union(*(nested(resource["inputProperties"]) for resource in RESOURCES.values()))
    assert inner - rows == set()


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_row_names_a_property(resource):
    assert [path for path in names(SECTIONS[resource]) if resolve(RESOURCES[resource], path) is None] == []
