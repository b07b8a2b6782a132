"""The command `adopt` for programs that are not in YAML: a transform that imports what exists."""

import json
import pathlib
import subprocess

import pulumi

from project import PACKAGE, private


def adopt(project, language):
    """Runs the command for a component `private`. Returns its output, and the transform that it wrote."""
    settings = json.loads((project.directory / "project/Pulumi.yaml").read_text())
    plugin = pathlib.Path(settings["plugins"]["providers"][0]["path"]) / f"pulumi-resource-{PACKAGE}"
    out = project.directory / language
    run = subprocess.run(
        [plugin, "adopt", project.vpc, "--name", "private", "--format", language, "--out", out],
        env=project.options.env_vars,
        capture_output=True,
        text=True,
        check=True,
    )
    (written,) = out.glob("existing.*")
    return run.stdout, written.read_text()


def test_a_transform_imports_what_exists(project):
    """With the transform of `adopt`, `pulumi up` imports the parts of a component, and without it nothing changes."""
    inputs = {**project.network(), "privateApis": {"billing": {"domainName": "billing.example.com"}}}
    project.up(lambda: private("private", inputs))
    made = sorted(row["id"] for row in project.emulator.made())

    said, transform = adopt(project, "python")
    assert "transforms=[existing]" in said and "The preview after the import shows no change." in said
    module = {}
    exec(compile(transform, "existing.py", "exec"), module)  # noqa: S102

    again = project.another_stack("again")
    changes, calls = again.changed(
        lambda: private("private", inputs, pulumi.ResourceOptions(transforms=[module["existing"]]))
    )
    # Two groups, two endpoints, a gateway, a configuration and a connection; the component and the stack have no object in AWS.
    assert changes["import"] == 7 and changes["create"] == 2, changes
    # The connection has a header that says nothing, whose value the provider knows.
    assert calls == [], calls
    again.unchanged(lambda: private("private", inputs))
    assert sorted(row["id"] for row in project.emulator.made()) == made
    again.finish()
    assert project.emulator.made() == []


def test_a_transform_in_each_language_has_every_part(project):
    """The transforms in TypeScript, Python and Go have the same ids."""
    project.up(lambda: private("private", project.network()))
    parts = ("SecurityGroup::private-endpoints", "InterfaceEndpoint::private-states", "InterfaceEndpoint::private-sync-states")
    for language in ("typescript", "python", "go"):
        said, transform = adopt(project, language)
        assert "pulumi import" not in said and "pulumi preview --diff" in said
        for part in parts:
            assert transform.count(f"{PACKAGE}:index:{part}") == 1, transform
    project.finish()
