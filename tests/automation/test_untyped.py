"""Programs without an SDK: they name resources by tokens, and inputs and outputs are plain dictionaries."""

import pulumi

from project import (
    CONNECTION,
    INTERFACE_ENDPOINT,
    RESOURCE_CONFIGURATION,
    RESOURCE_GATEWAY,
    SECURITY_GROUP,
    api_key,
    custom,
    private,
)


def test_component(project):
    """A program without an SDK can create the component; it gets every output, and outputs that cannot exist are None."""

    def program():
        component = private("private", {**project.network(), "tags": {"stage": "one"}})
        pulumi.export("url", component.statesEndpoint["url"])
        pulumi.export("group", component.endpointSecurityGroupId)
        # The stack does not keep an output that is None, so the program exports these as text.
        absent = pulumi.Output.all(component.executeApiEndpoint, component.gatewaySecurityGroupId, component.resourceGatewayId)
        pulumi.export("absent", absent.apply(str))
        pulumi.export("policy", component.executionRolePolicy)
        pulumi.export("statesUrl", component.statesUrl)

    assert project.preview(program).change_summary == {"create": 5}
    outputs = project.up(program)
    assert outputs["url"].startswith("https://")
    assert outputs["group"].startswith("sg-")
    assert outputs["absent"] == "[None, None, None]"
    assert "sts:GetCallerIdentity" in outputs["policy"], "a policy that allows nothing"
    assert outputs["statesUrl"] == outputs["url"]
    project.unchanged(program)
    project.finish()


def each_resource(project):
    """Registers one resource of each type; later ones use earlier ones. Returns them by type."""
    group = custom(SECURITY_GROUP, "group", {"vpcId": project.vpc, "tags": {"stage": "one"}})
    network = project.network() | {"securityGroupIds": [group.id]}
    endpoint = custom(
        INTERFACE_ENDPOINT, "endpoint", network | {"service": "execute-api", "privateDnsEnabled": False}
    )
    gateway = custom(RESOURCE_GATEWAY, "gateway", network)
    configuration = custom(
        RESOURCE_CONFIGURATION,
        "configuration",
        {"resourceGatewayId": gateway.id, "ports": ["443"], "target": {"vpcEndpointId": endpoint.id}},
    )
    connection = custom(
        CONNECTION, "connection", {"resourceConfigurationArn": configuration.arn, "auth": api_key("a-key-7f3a")}
    )
    resources = (group, endpoint, gateway, configuration, connection)
    return dict(zip((SECURITY_GROUP, INTERFACE_ENDPOINT, RESOURCE_GATEWAY, RESOURCE_CONFIGURATION, CONNECTION), resources))


# An output of each type that only reading the object can give.
TELLING = {
    SECURITY_GROUP: "tagsAll",
    INTERFACE_ENDPOINT: "regionalDnsName",
    RESOURCE_GATEWAY: "status",
    RESOURCE_CONFIGURATION: "domainName",
    CONNECTION: "secretArn",
}


def test_get_of_each_resource(project):
    """A program can read each type of resource by its id alone; reading neither changes nor destroys the object."""

    def make():
        for token, resource in each_resource(project).items():
            pulumi.export(f"{token} id", resource.id)
            pulumi.export(token, getattr(resource, TELLING[token]))

    made = project.up(make)
    other = project.another_stack("reader")

    def get():
        for token, name in TELLING.items():
            found = custom(token, "found", {}, pulumi.ResourceOptions(id=made[f"{token} id"]))
            pulumi.export(token, getattr(found, name))

    found = other.up(get)
    assert found == {token: made[token] for token in TELLING}
    assert project.emulator.operations()[-1] == "CreateConnection", "reading changed something"
    other.unchanged(get)
    other.stack.refresh(color="never", expect_no_changes=True, suppress_progress=True)
    assert other.finish() == []
    project.unchanged(make)
    project.finish()


def test_get_of_an_id_that_does_not_exist(project):
    """Reading an id that does not exist fails with an error that says so, and does not return an empty resource."""

    def program():
        custom(SECURITY_GROUP, "found", {}, pulumi.ResourceOptions(id="sg-0123456789abcdef0"))

    said = project.fails(program)
    assert "there is no SecurityGroup `sg-0123456789abcdef0` in eu-west-1" in said, said
    project.finish()
