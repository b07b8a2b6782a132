"""Programs around the component: nesting, moving, dependencies, a changing number of APIs."""

import pulumi

from project import COMPONENT, CONNECTION, INTERFACE_ENDPOINT, SECURITY_GROUP, api_key, custom, private

STATES_ONLY = {"endpoints": {"syncStates": False}}


def test_moving_under_a_component_with_an_alias(project):
    """A component that moves under another one keeps all of its objects, if it has an alias for its old place."""
    moved = False

    def program():
        options = pulumi.ResourceOptions()
        if moved:
            outer = pulumi.ComponentResource("test:index:Platform", "platform")
            options = pulumi.ResourceOptions(
                parent=outer, aliases=[pulumi.Alias(name="private", parent=pulumi.ROOT_STACK_RESOURCE)]
            )
        private("renamed" if moved else "private", project.network() | STATES_ONLY, options)

    project.up(program)
    before = {row["id"] for row in project.emulator.made()}
    moved = True
    changes, calls = project.changed(program)
    assert (changes, calls) == ({"create": 1}, []), "more was made than the outer component"
    assert {row["id"] for row in project.emulator.made()} == before
    project.unchanged(program)
    project.finish()


def test_ignore_changes_with_wildcards(project):
    """`ignoreChanges` takes wildcards and paths in lists and maps: those parts stay, and the rest of the change is made."""
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
    """A changed `replacementTrigger` replaces a resource with unchanged inputs. The new object is created first."""
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
    """A resource that depends on the component is created after all of its children and deleted before them."""

    def program():
        component = private("private", project.network() | STATES_ONLY)
        # `depends_on` is an Output, as when a function returns the resource.
        options = pulumi.ResourceOptions(depends_on=pulumi.Output.from_input([component]))
        custom(CONNECTION, "after", {"auth": api_key("one")}, options)

    project.up(program)
    calls = project.emulator.operations()
    assert calls.index("CreateConnection") > calls.index("CreateVpcEndpoint")
    calls = project.finish()
    assert calls.index("DeleteConnection") < calls.index("DeleteVpcEndpoints")


def test_outputs_of_the_component_carry_their_dependencies(project):
    """A resource that uses an output of the component is deleted before the child that the output comes from."""

    def program():
        component = private("private", project.network() | STATES_ONLY)
        # The endpoint `user` depends on one child, the group, and only through the output.
        endpoint = project.network() | {"service": "execute-api", "privateDnsEnabled": False}
        inputs = endpoint | {"securityGroupIds": [component.endpointSecurityGroupId]}
        custom(INTERFACE_ENDPOINT, "user", inputs)
        rule = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "description": component.statesEndpoint["id"]}
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


def test_adding_and_removing_apis(project):
    """With APIs from a loop, new APIs are created, removed ones are deleted, and the others stay unchanged."""
    names = []

    def program():
        apis = {name: {"domainName": f"{name}.example.com", "auth": api_key(name)} for name in names}
        component = private("private", project.network() | STATES_ONLY | {"privateApis": apis})
        pulumi.export("connections", component.connections)

    creating = ["CreateResourceConfiguration", "CreateConnection"]
    gateway = ["CreateSecurityGroup", "CreateResourceGateway"]
    # Names, and the number of creates and deletes for them. The first `up` also creates the endpoint and its group.
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
