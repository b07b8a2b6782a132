"""The actions in src/policy_lint/catalog.rs are the operations that botocore knows, and come through the endpoints that it calls."""

import pathlib
import re

import botocore.session
import pytest

TABLE = (pathlib.Path(__file__).parents[2] / "src" / "policy_lint" / "catalog.rs").read_text()
# Permissions without an operation: TestState needs the first, the role of a state machine the second.
WITHOUT_OPERATION = {"sync": {"RevealSecrets"}, "role": {"InvokeHTTPEndpoint"}}


def listed(kind):
    return set(re.findall(rf'^    {kind}\("(\w+)"', TABLE, re.MULTILINE))


@pytest.mark.parametrize("kind, prefix", [("at", None), ("sync", "sync-")])
def test_the_actions_are_the_operations(kind, prefix):
    service = botocore.session.Session().get_service_model("stepfunctions")
    models = map(service.operation_model, service.operation_names)
    operations = {model.name for model in models if (model.endpoint or {}).get("hostPrefix") == prefix}
    assert listed(kind) - WITHOUT_OPERATION.get(kind, set()) == operations, (
        "botocore knows other operations than src/policy_lint/catalog.rs: look up their resource types in the Service "
        "Authorization Reference, and change the table"
    )


def test_the_other_actions_are_permissions():
    permissions = WITHOUT_OPERATION["sync"] | WITHOUT_OPERATION["role"]
    assert {name for name in permissions if f'"{name}"' in TABLE} == permissions
