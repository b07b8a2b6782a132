"""What a program can build around the component: nesting, moving, dependencies, a number of APIs that changes."""

import pulumi

from project import COMPONENT, CONNECTION, INTERFACE_ENDPOINT, SECURITY_GROUP, api_key, custom, private

STANDARD = {"endpoints": {"synchronous": False}}


def test_moving_under_a_component_with_an_alias(project):
    """A component that moves under another keeps all of its children, if an alias says where it was."""
    moved = False

    def program():
        options = pulumi.ResourceOptions()
        if moved:
            outer = pulumi.ComponentResource("test:index:Platform", "platform")
            options = pulumi.ResourceOptions(
                parent=outer, aliases=[pulumi.Alias(name="private", parent=pulumi.ROOT_STACK_RESOURCE)]
            )
        private("renamed" if moved else "private", project.network() | STANDARD, options)

    project.up(program)
    before = {row["id"] for row in project.emulator.made()}
    moved = True
    changes, calls = project.changed(program)
    assert (changes, calls) == ({"create": 1}, []), "more was made than the outer component"
    assert {row["id"] for row in project.emulator.made()} == before
    project.unchanged(program)
    project.finish()


def test_ignore_changes_with_wildcards(project):
    """`ignoreChanges` takes wildcards, for parts of lists and maps too: those stay, the rest of the change is made."""
    stage = "one"

    def program():
        rule = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "description": stage}
        rules = [rule | {"cidrIpv4": "10.0.0.0/8"}, rule | {"cidrIpv4": "172.16.0.0/12"}]
        group = custom(
            SECURITY_GROUP,
            "group",
            {"vpcId": project.vpc, "ingress": rules, "tags": {"stage": stage, "by": stage}},
            pulumi.ResourceOptions(ignore_changes=["ingress[*].description", "tags.stage"]),
        )
        pulumi.export("ingress", group.ingress)
        pulumi.export("tags", group.tagsAll)

    project.up(program)
    stage = "two"
    changes, calls = project.changed(program)
    assert (changes, calls) == ({"update": 1}, ["CreateTags"])
    outputs = {name: output.value for name, output in project.last.outputs.items()}
    assert [rule["description"] for rule in outputs["ingress"]] == ["one", "one"]
    assert outputs["tags"] == {"stage": "one", "by": "two"}
    project.finish()


def test_replacement_trigger(project):
    """A changed `replacementTrigger` replaces a resource whose inputs are the same, the new one before the old."""
    trigger = "one"

    def program():
        options = pulumi.ResourceOptions(replacement_trigger=trigger)
        group = custom(SECURITY_GROUP, "group", {"vpcId": project.vpc}, options)
        pulumi.export("id", group.id)

    first = project.up(program)["id"]
    trigger = "two"
    _, calls = project.changed(program)
    assert (calls[0], calls[-1]) == ("CreateSecurityGroup", "DeleteSecurityGroup")
    assert project.last.outputs["id"].value != first
    project.unchanged(program)
    project.finish()


def test_depends_on_the_component(project):
    """What depends on the component is made after all of its children, and goes before any of them."""

    def program():
        component = private("private", project.network() | STANDARD)
        # An output of the resource, as it comes from a function that makes it.
        options = pulumi.ResourceOptions(depends_on=pulumi.Output.from_input([component]))
        custom(CONNECTION, "after", {"auth": api_key("one")}, options)

    project.up(program)
    calls = project.emulator.operations()
    assert calls.index("CreateConnection") > calls.index("CreateVpcEndpoint")
    calls = project.finish()
    assert calls.index("DeleteConnection") < calls.index("DeleteVpcEndpoints")


def test_outputs_of_the_component_carry_their_dependencies(project):
    """What is made from an output of the component goes before the child that the output came from."""

    def program():
        component = private("private", project.network() | STANDARD)
        # Of all the children only the group is depended on, and only through the output.
        endpoint = project.network() | {"service": "execute-api", "privateDnsEnabled": False}
        inputs = endpoint | {"securityGroupIds": [component.endpointSecurityGroupId]}
        custom(INTERFACE_ENDPOINT, "user", inputs)
        rule = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "description": component.standardEndpoint["id"]}
        custom(SECURITY_GROUP, "described", {"vpcId": project.vpc, "egress": [rule | {"cidrIpv4": "10.0.0.0/8"}]})

    project.up(program)
    stored = project.stored()
    states, group = stored["InterfaceEndpoint::private-states"], stored["SecurityGroup::private-endpoints"]
    user, described = stored["InterfaceEndpoint::user"], stored["SecurityGroup::described"]
    assert group["urn"] in user["propertyDependencies"]["securityGroupIds"]
    assert states["urn"] not in user["dependencies"]
    assert states["urn"] in described["propertyDependencies"]["egress"]
    project.finish()
    deleted = project.emulator.deleted
    assert deleted(user["id"]) < deleted(group["id"])
    assert deleted(described["id"]) < deleted(states["id"])


def test_a_number_of_apis_that_changes(project):
    """APIs in a loop: those that are added are made, those that are left out go, and nothing happens to the others."""
    names = []

    def program():
        apis = {name: {"domainName": f"{name}.example.com", "auth": api_key(name)} for name in names}
        component = private("private", project.network() | STANDARD | {"privateApis": apis})
        pulumi.export("connections", component.connections)

    creating = ["CreateResourceConfiguration", "CreateConnection"]
    gateway = ["CreateSecurityGroup", "CreateResourceGateway"]
    # Names, and how often something is made or removed for them. The first `up` makes the endpoint and its group too.
    steps = [
        (["a", "b"], {"CreateSecurityGroup": 2, "CreateResourceGateway": 1} | dict.fromkeys(creating, 2)),
        (["a", "b", "c", "d"], dict.fromkeys(creating, 2)),
        (["d"], {"DeleteConnection": 3}),
        ([], {"DeleteConnection": 1, "DeleteResourceGateway": 1, "DeleteSecurityGroup": 1}),
    ]
    for apis, expected in steps:
        names = apis
        _, calls = project.changed(program)
        for call in [*gateway, *creating, "DeleteConnection", "DeleteResourceGateway", "DeleteSecurityGroup"]:
            assert calls.count(call) == expected.get(call, 0), (apis, call, calls)
        assert set(project.last.outputs["connections"].value) == set(apis)
    project.unchanged(program)
    project.finish()
