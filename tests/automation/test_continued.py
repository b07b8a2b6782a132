"""`--continue-on-error`: the engine skips resources that depend on a failed one, and continues with the rest of the program.

Since a version after 3.260, the engine answers for a skipped resource in the same way as for one that `--target` leaves out, and
requests a preview of it from the provider during the update.
"""

import pulumi
import pytest
from pulumi import automation

from project import CONNECTION, INTERFACE_ENDPOINT, SECURITY_GROUP, api_key, custom, private


def continued(project, program):
    """Runs `up --continue-on-error`, which must fail. Returns what it printed."""
    with pytest.raises(automation.CommandError) as failed:
        project.run(project.stack.up, program=program, continue_on_error=True)
    text = str(failed.value)
    assert "panic" not in text and "goroutine" not in text, text
    return text


def names(project):
    return {end.split("::")[-1] for end in project.stored() if not end.startswith(("Stack", "urn"))}


def test_a_resource_that_depends_on_one_that_failed(project):
    """A resource that depends on a failed one is not created and makes no AWS call; the next `up` creates both."""
    project.emulator.fail("CreateSecurityGroup", "access_denied")

    def program():
        group = custom(SECURITY_GROUP, "group", {"vpcId": project.vpc})
        inputs = project.network() | {"service": "states", "securityGroupIds": [group.id]}
        endpoint = custom(INTERFACE_ENDPOINT, "endpoint", inputs)
        # This connection needs an output of the endpoint, which is missing. So its description is unknown.
        custom(CONNECTION, "needs", {"auth": api_key("one"), "description": endpoint.id})
        custom(CONNECTION, "apart", {"auth": api_key("two")})

    continued(project, program)
    assert names(project) == {"apart"}
    assert sorted(project.emulator.operations()) == ["CreateConnection", "CreateSecurityGroup"]
    changes, _ = project.changed(program)
    assert changes == {"create": 3}
    project.unchanged(program)
    project.finish()


def test_an_update_that_depends_on_one_that_failed(project):
    """When the update of a resource fails, a resource with an input from it keeps its old value."""
    stage = "first stage"

    def program():
        first = custom(CONNECTION, "first", {"auth": api_key("one"), "description": stage})
        custom(CONNECTION, "second", {"auth": api_key("one"), "description": first.description})

    project.up(program)
    stage = "second stage"
    project.emulator.fail("UpdateConnection", "access_denied")
    before = len(project.emulator.journal())
    continued(project, program)
    assert project.emulator.operations(before) == ["UpdateConnection"]
    assert project.stored()["Connection::second"]["inputs"]["description"] == "first stage"
    assert project.changed(program) == ({"update": 2}, ["UpdateConnection", "UpdateConnection"])
    project.unchanged(program)
    project.finish()


def test_a_component_that_depends_on_a_resource_that_failed(project):
    """A component that depends on a failed resource names the resources still to be made; the next `up` creates them."""
    project.emulator.fail("CreateSecurityGroup", "access_denied")

    def program():
        group = custom(SECURITY_GROUP, "group", {"vpcId": project.vpc})
        inputs = project.network()
        given = {"syncStates": False, "securityGroupIds": [group.id]}
        private("private", inputs | {"endpoints": given})
        after = pulumi.ResourceOptions(depends_on=[group])
        private("after", inputs | {"endpoints": {"states": False}}, after)

    text = continued(project, program)
    assert "not created yet: private-states. " in text
    assert "not created yet: after-endpoints, after-sync-states. " in text
    assert project.emulator.made() == []
    project.up(program)
    assert len(project.emulator.made("vpc-endpoint")) == 2
    project.unchanged(program)
    project.finish()


def test_a_child_that_failed(project):
    """A component with a failed resource fails and names it; resources that do not depend on the component are created."""
    project.emulator.fail("CreateVpcEndpoint", "access_denied")

    def program():
        component = private("private", project.network() | {"endpoints": {"syncStates": False}})
        custom(CONNECTION, "needs", {"auth": api_key("one"), "description": component.statesEndpoint["id"]})
        custom(CONNECTION, "apart", {"auth": api_key("two")})

    text = continued(project, program)
    assert "failed: private-states" in text
    project.up(program)
    assert len(project.emulator.made("vpc-endpoint")) == 1
    assert len(project.emulator.made("connection")) == 2
    project.unchanged(program)
    project.finish()
