"""Runs all commands on the example of each language, with the packed SDK and the packed plugin.

Each must give the same outputs, and make the same AWS calls in each step.
"""

import collections
import difflib
import json
import shutil

import pytest

from account import changes, neutral
from languages import Go, Python, TypeScript, Yaml

# The calls that the YAML program must make. The other programs must make the same calls, with the same parameters.
CHANGES = {
    "preview": {},
    "create": {
        "AuthorizeSecurityGroupEgress": 1,
        "AuthorizeSecurityGroupIngress": 1,
        "CreateConnection": 2,
        "CreateResourceConfiguration": 2,
        "CreateResourceGateway": 1,
        "CreateSecurityGroup": 2,
        "CreateVpcEndpoint": 3,
        "RevokeSecurityGroupEgress": 2,
    },
    "again": {},
    "update": {"AuthorizeSecurityGroupIngress": 1, "RevokeSecurityGroupIngress": 1},
    "destroy": {
        "DeleteConnection": 2,
        "DeleteResourceConfiguration": 2,
        "DeleteResourceGateway": 1,
        "DeleteSecurityGroup": 2,
        "DeleteVpcEndpoints": 3,
    },
}


def ways():
    """Yields each language with the Automation API, and also with `pulumi` if the language host is on PATH."""
    for language in [TypeScript, Python, Go]:
        yield pytest.param(language, language.automation, id=language.name)
        if shutil.which(f"pulumi-language-{language.host}"):
            yield pytest.param(language, lambda _, *words: Yaml.pulumi(*words), id=f"{language.name}-pulumi-up")


@pytest.fixture(scope="module")
def yaml_life(example, new_account):
    return live(example(Yaml), Yaml.pulumi, new_account)


def test_yaml(yaml_life):
    counts = {step: dict(collections.Counter(call.split()[0] for call in yaml_life[step])) for step in CHANGES}
    assert counts == CHANGES


@pytest.mark.parametrize("language, command", list(ways()))
def test_outputs_and_calls_are_those_of_yaml(language, command, example, new_account, yaml_life):
    ready = example(language)
    life = live(ready, lambda *words: command(ready, *words), new_account)
    expected, found = (json.dumps(each, indent=2, sort_keys=True).splitlines() for each in (yaml_life, life))
    assert "\n".join(difflib.unified_diff(expected, found, "yaml", language.name, lineterm="")) == ""


def live(example, command, new_account):
    """Runs preview, up, up, an update and destroy. Returns the outputs, and the changing calls of each step."""
    with new_account() as account:
        account.configure(example.project)
        story = {}

        def step(name, operation, *flags):
            before = len(account.journal())
            account.run(*command(operation, *flags), cwd=example.project)
            story[name] = changes(account.journal()[before:])

        step("preview", "preview")
        step("create", "up")
        outputs = account.outputs(example.project)
        check(outputs)
        # The languages write the keys of JSON in different orders.
        plain = outputs | {name: json.loads(outputs[name]) for name in ("definition", "executionRolePolicy")}
        story["outputs"] = json.loads(neutral(json.dumps(plain, sort_keys=True)))
        step("again", "up", "--expect-no-changes")
        account.run("pulumi", "config", "set", "--path", "callerCidrBlocks[0]", "172.31.0.0/16", cwd=example.project)
        step("update", "up")
        step("destroy", "destroy")
        assert account.left() == []
        return story


def check(outputs):
    """Asserts that the outputs have everything that a state machine needs."""
    definition = json.loads(outputs["definition"])
    assert definition["StartAt"] == "GetOrder"
    for state in definition["States"].values():
        arn = state["Arguments"]["InvocationConfig"]["ConnectionArn"]
        assert arn.startswith("arn:aws:events:eu-west-1:123456789012:connection/"), arn
        assert arn in outputs["executionRolePolicy"]
    assert outputs["statesUrl"].startswith("https://states.")
    assert outputs["syncStatesUrl"].startswith("https://sync-states.")
