"""Transforms: a program changes the inputs and options of other resources, such as the component's children."""

import pulumi

from project import COMPONENT, INTERFACE_ENDPOINT, SECURITY_GROUP, private

ONE_ENDPOINT = {"endpoints": {"syncStates": False}}


def test_of_the_component_reach_its_children(project):
    """A transform on the component receives the component and every child, and AWS gets the changed inputs."""
    seen = set()

    def program():
        def tag(args):
            seen.add((args.type_, args.name, args.custom))
            if args.type_ == INTERFACE_ENDPOINT:
                return pulumi.ResourceTransformResult({**args.props, "tags": {"from": "transform"}}, args.opts)
            return None

        component = private("private", {**project.network(), **ONE_ENDPOINT}, pulumi.ResourceOptions(transforms=[tag]))
        pulumi.export("id", component.statesEndpoint["id"])

    project.up(program)
    assert seen == {
        (COMPONENT, "private", False),
        (SECURITY_GROUP, "private-endpoints", True),
        (INTERFACE_ENDPOINT, "private-states", True),
    }
    stored = project.stored()
    assert stored["InterfaceEndpoint::private-states"]["inputs"]["tags"] == {"from": "transform"}
    assert stored["InterfaceEndpoint::private-states"]["outputs"]["tagsAll"] == {"from": "transform"}
    assert "tags" not in stored["SecurityGroup::private-endpoints"]["inputs"]
    project.unchanged(program)
    project.finish()


def test_of_the_stack_reach_everything(project):
    """A transform of the stack sets options that the component does not pass on: ignoreChanges, as our warning advises."""
    stage = "one"

    def program():
        def keep_tags(args):
            if args.type_ == SECURITY_GROUP:
                options = pulumi.ResourceOptions(ignore_changes=["tags"])
                return pulumi.ResourceTransformResult(args.props, pulumi.ResourceOptions.merge(args.opts, options))
            return None

        pulumi.runtime.register_resource_transform(keep_tags)
        private("private", {**project.network(), **ONE_ENDPOINT, "tags": {"stage": stage}})

    project.up(program)
    stage = "two"
    changes, calls = project.changed(program)
    # The component has the new tag in its own inputs. Of its children, only the endpoint takes it.
    assert set(calls) == {"CreateTags"} and len(calls) == 1, calls
    stored = project.stored()
    assert stored["SecurityGroup::private-endpoints"]["outputs"]["tags"] == {"stage": "one"}
    assert stored["InterfaceEndpoint::private-states"]["outputs"]["tags"] == {"stage": "two"}
    assert changes["update"] >= 1
    project.finish()


def test_an_input_that_a_transform_makes_invalid_is_refused(project):
    """If a transform makes an input of a child invalid, the error names the child, and AWS is not called for it."""

    def program():
        def spoil(args):
            if args.type_ == INTERFACE_ENDPOINT:
                return pulumi.ResourceTransformResult({**args.props, "ipAddressType": "ipv5"}, args.opts)
            return None

        private("private", {**project.network(), **ONE_ENDPOINT}, pulumi.ResourceOptions(transforms=[spoil]))

    said = project.fails(program)
    assert "private-states" in said and "ipAddressType" in said and "ipv5" in said, said
    assert "CreateVpcEndpoint" not in project.emulator.operations()
    project.finish()


def test_of_the_component_itself(project):
    """A transform can change the component's own inputs; the component creates its children from the changed ones."""

    def program():
        def narrow(args):
            if args.type_ == COMPONENT:
                return pulumi.ResourceTransformResult({**args.props, "endpoints": {"states": False}}, args.opts)
            return None

        pulumi.runtime.register_resource_transform(narrow)
        component = private("private", project.network())
        pulumi.export("states", component.statesEndpoint)
        pulumi.export("syncStates", component.syncStatesEndpoint["id"])

    outputs = project.up(program)
    assert outputs.get("states") is None and outputs["syncStates"].startswith("vpce-")
    assert len(project.emulator.made("vpc-endpoint")) == 1
    project.finish()
