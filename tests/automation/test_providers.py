"""Explicit providers: configuration in every form that SDKs send, and the ways to set the provider of a resource."""

import json

import pulumi
import pytest

from project import PACKAGE, POLLING, SECURITY_GROUP, custom, private

# Generated SDKs send a value that is not a string unchanged or as JSON text, depending on the language.
SHAPES = {"native": lambda value: value, "JSON text": json.dumps, "native output": pulumi.Output.from_input}


def provider(name="explicit", opts=None, **config):
    return pulumi.ProviderResource(PACKAGE, name, {"polling": POLLING, **config}, opts)


def group_of(project, name, **options):
    return custom(SECURITY_GROUP, name, {"vpcId": project.vpc}, pulumi.ResourceOptions(**options))


@pytest.mark.parametrize("shape", SHAPES)
def test_configuration_in_every_shape(project, shape):
    """Numbers, lists and objects in a provider's configuration can be native values, JSON text, or outputs."""

    def program():
        wrap = SHAPES[shape]
        configured = provider(
            region="eu-west-1",
            maxRetries=wrap(3),
            allowedAccountIds=wrap(["123456789012"]),
            defaultTags=wrap({"tags": {"owner": "platform", "cost": "12"}}),
            endpoints=wrap({"ec2": project.emulator.url}),
            secretKey=pulumi.Output.secret("key-7f3a"),
            accessKey="AKIAEXPLICITEXPLICIT",
        )
        group = group_of(project, "group", provider=configured)
        pulumi.export("tags", group.tagsAll)

    assert project.up(program)["tags"] == {"owner": "platform", "cost": "12"}
    assert "key-7f3a" not in str(project.stored())
    # No resource uses a default provider.
    assert [name for name in project.stored() if name.endswith("default")] == []
    project.unchanged(program)
    project.finish()


@pytest.mark.parametrize(
    "key, value, complaint",
    [
        ("maxRetries", "many", "maxRetries"),
        ("defaultTags", {"tags": {"owner": ["a", "list"]}}, "defaultTags.tags.owner"),
        ("regoin", "eu-west-1", "regoin"),
    ],
)
def test_a_mistake_in_the_configuration(project, key, value, complaint):
    """The error for a mistake in an explicit provider names the key, and nothing is created."""

    def program():
        group_of(project, "group", provider=provider(**{key: value}))

    said = project.fails(program)
    assert complaint in said, said
    assert project.emulator.operations() == []
    project.finish()


# The ways to set the provider of a component. All have the same effect.
WAYS = {
    "provider": lambda one: {"provider": one},
    "a list": lambda one: {"providers": [one]},
    "a map": lambda one: {"providers": {PACKAGE: one}},
}


@pytest.mark.parametrize("way", WAYS)
def test_children_are_made_by_the_provider_of_the_component(project, way):
    """The provider of a component creates each of its children, whichever option sets it."""

    def program():
        tagged = provider(defaultTags={"tags": {"by": "explicit"}})
        inputs = project.network() | {"endpoints": {"syncStates": False}}
        private("private", inputs, pulumi.ResourceOptions(**WAYS[way](tagged)))

    project.up(program)
    stored = project.stored()
    for child in ("SecurityGroup::private-endpoints", "InterfaceEndpoint::private-states"):
        assert "::explicit::" in stored[child]["provider"]
        assert stored[child]["outputs"]["tagsAll"] == {"by": "explicit"}
    assert f"{PACKAGE}::default" not in str(stored)
    project.unchanged(program)
    project.finish()


def test_a_component_of_the_program_passes_its_provider_on(project):
    """Inside a component of the program, our component uses the provider of the outer one."""

    def program():
        outer = pulumi.ComponentResource("test:index:Platform", "platform", {}, pulumi.ResourceOptions(providers=[
            provider(defaultTags={"tags": {"by": "platform"}})
        ]))
        inputs = project.network() | {"endpoints": {"states": False}}
        inner = private("private", inputs, pulumi.ResourceOptions(parent=outer))
        outer.register_outputs({"endpoint": inner.syncStatesEndpoint})
        pulumi.export("endpoint", inner.syncStatesEndpoint["id"])

    project.up(program)
    stored = project.stored()
    assert stored["InterfaceEndpoint::private-sync-states"]["outputs"]["tagsAll"] == {"by": "platform"}
    assert "test:index:Platform$" in stored["PrivateStepFunctions::private"]["urn"]
    assert "sync-states" in stored["Platform::platform"]["outputs"]["endpoint"]["url"]
    project.unchanged(program)
    project.finish()


def test_a_configuration_that_other_resources_make(project):
    """If a provider's configuration is unknown in the preview, the preview succeeds, and the update creates everything."""

    def program():
        first = group_of(project, "first")
        second = provider(defaultTags=first.arn.apply(lambda arn: {"tags": {"beside": arn}}))
        group = group_of(project, "second", provider=second)
        pulumi.export("tags", pulumi.Output.all(group.tagsAll, first.arn))

    assert project.preview(program).change_summary == {"create": 4}
    tags, arn = project.up(program)["tags"]
    assert tags == {"beside": arn}
    project.unchanged(program)
    project.finish()
