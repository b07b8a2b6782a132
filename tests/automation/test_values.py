"""Values of inputs and outputs: outputs in every leaf, unknown containers, secrets."""

import pulumi
import pytest

from project import COMPONENT, INTERFACE_ENDPOINT, SECURITY_GROUP, api_key, custom, private


def vpc_and_subnets():
    """Registers a network in the same program, so that its ids are unknown in a preview."""
    vpc = pulumi.CustomResource("testnet:index:Vpc", "vpc", {"cidrBlock": "10.20.0.0/16"})
    subnets = [
        pulumi.CustomResource(
            "testnet:index:Subnet",
            zone,
            {"vpcId": vpc.id, "cidrBlock": f"10.20.{index}.0/24", "availabilityZone": f"eu-west-1{zone}"},
        )
        for index, zone in enumerate("ab")
    ]
    return vpc, subnets


def leaves(value, wrap):
    """Returns the same value with each leaf wrapped."""
    if isinstance(value, dict):
        return {name: leaves(item, wrap) for name, item in value.items()}
    if isinstance(value, list):
        return [leaves(item, wrap) for item in value]
    return wrap(value)


# The component's inputs with values in every leaf that the test makes an output.
EVERYTHING = {
    "endpoints": {
        "executeApi": True,
        "privateDnsEnabled": False,
        "ipAddressType": "ipv4",
        "dnsRecordIpType": "ipv4",
        "allowedCidrBlocks": ["10.0.0.0/8"],
        "statesPolicy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]},
    },
    "policy": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": ["states:StartExecution"], "Resource": "*"}],
    },
    "resourceGateway": {
        "ipAddressType": "IPV4",
        "ipv4AddressesPerEni": 2,
        "dnsResolution": "PUBLIC",
        "targetCidrBlocks": ["10.20.0.0/16"],
    },
    "privateApis": {
        "orders": {
            "domainName": "orders.internal.example.com",
            "ports": ["443"],
            "auth": {"apiKey": {"name": "x-api-key", "value": "a-key"}},
            "invocationParameters": {"headers": [{"key": "x-tenant", "value": "one", "secret": True}]},
            "urls": ["https://orders.internal.example.com/*"],
            "description": "Orders",
        }
    },
    "tags": {"stage": "one"},
}
CHILDREN = 9  # two groups, three endpoints, gateway, configuration, connection, and the component


def test_outputs_in_every_leaf(project):
    """Each leaf of an input can be an output of another resource: the preview shows every child, the update creates them."""

    def program():
        vpc, subnets = vpc_and_subnets()
        inputs = leaves(EVERYTHING, lambda leaf: vpc.id.apply(lambda _: leaf))
        inputs |= {"vpcId": vpc.id, "subnetIds": [subnet.id for subnet in subnets]}
        # This input decides whether a resource exists, so it stays known.
        inputs["endpoints"]["executeApi"] = True
        component = private("private", inputs)
        pulumi.export("orders", component.connections["orders"]["arn"])
        pulumi.export("policy", component.executionRolePolicy)

    preview = project.preview(program)
    assert preview.change_summary == {"create": CHILDREN + 4}, preview.stdout
    outputs = project.up(program)
    assert outputs["orders"] in outputs["policy"]
    assert project.last.summary.resource_changes == {"create": CHILDREN + 4}
    project.unchanged(program)
    # The VPC is deleted last, because every child depends on it.
    calls = project.finish()
    assert calls.index("DeleteVpc") == len(calls) - 1, calls


@pytest.mark.parametrize("secret", [False, True], ids=["unknown", "secret and unknown"])
def test_an_unknown_container(project, secret):
    """If all of `privateApis` is an output, the preview says what it leaves out, and the update creates it."""

    def program():
        vpc, subnets = vpc_and_subnets()
        apis = vpc.id.apply(lambda _: {"orders": {"domainName": "orders.example.com", "auth": api_key("a-key-7f3a")}})
        inputs = {"vpcId": vpc.id, "subnetIds": [subnet.id for subnet in subnets], "endpoints": {"syncStates": False}}
        component = private("private", inputs | {"privateApis": pulumi.Output.secret(apis) if secret else apis})
        pulumi.export("connections", component.connections)

    preview = project.preview(program)
    assert "`privateApis` is not known yet" in preview.stderr, preview.stderr
    assert "private-orders" not in preview.stdout
    outputs = project.up(program)
    assert outputs["connections"]["orders"]["state"] == "ACTIVE"
    assert project.last.outputs["connections"].secret is secret
    assert "a-key-7f3a" not in str(project.stored())
    project.unchanged(program)
    project.finish()


def test_unknown_switches_for_endpoints(project):
    """If a switch for an endpoint is an output, the preview says what it leaves out, and the update follows the switch."""

    def program():
        vpc, subnets = vpc_and_subnets()
        endpoints = {"states": True, "syncStates": vpc.id.apply(lambda _: True), "executeApi": vpc.id.apply(lambda _: False)}
        inputs = {"vpcId": vpc.id, "subnetIds": [subnet.id for subnet in subnets], "endpoints": endpoints}
        component = private("private", inputs)
        pulumi.export("syncStates", component.syncStatesEndpoint["id"])

    preview = project.preview(program)
    for switch in ("syncStates", "executeApi"):
        assert f"`endpoints.{switch}` is not known yet" in preview.stderr, preview.stderr
    assert "private-states" in preview.stdout and "private-sync-states" not in preview.stdout
    assert project.up(program)["syncStates"].startswith("vpce-")
    assert len(project.emulator.made("vpc-endpoint")) == 2
    project.unchanged(program)
    project.finish()


def test_outputs_made_from_secrets_are_secret(project):
    """An output made from a secret is secret in the program and encrypted in the state; other outputs are not."""
    def program():
        inputs = project.network() | {
            "endpoints": {"states": False, "syncStates": False},
            "privateApis": {
                "hidden": {"domainName": pulumi.Output.secret("hidden-2b8e.example.com"), "auth": api_key("key-9c1d")},
                "open": {"domainName": "open.example.com", "auth": api_key(pulumi.Output.secret("key-7f3a"))},
            },
        }
        component = private("private", inputs)
        for name in ("connections", "executionRolePolicy", "resourceGatewayId", "gatewaySecurityGroupId"):
            output = getattr(component, name)
            pulumi.export(name, output)

    project.up(program)
    secret = {name: output.secret for name, output in project.last.outputs.items()}
    assert secret == {
        "connections": True,
        "executionRolePolicy": True,
        "resourceGatewayId": False,
        "gatewaySecurityGroupId": False,
    }
    assert project.last.outputs["connections"].value["hidden"]["domainName"] == "hidden-2b8e.example.com"
    stored = str(project.stored())
    for text in ("hidden-2b8e", "key-9c1d", "key-7f3a"):
        assert text not in stored
    assert "open.example.com" in stored
    project.unchanged(program)
    project.finish()
