"""Explicit providers: configuration in every shape that SDKs send, and the ways a provider reaches resources."""

import json

import pulumi
import pytest

from project import PACKAGE, POLLING, SECURITY_GROUP, custom, private

# What generated SDKs do to a value that is no string, depending on the language: nothing, or JSON text.
SHAPES = {"native": lambda value: value, "JSON text": json.dumps, "native output": pulumi.Output.from_input}


def provider(name="explicit", opts=None, **config):
    return pulumi.ProviderResource(PACKAGE, name, {"polling": POLLING, **config}, opts)


def group_of(project, name, **options):
    return custom(SECURITY_GROUP, name, {"vpcId": project.vpc}, pulumi.ResourceOptions(**options))


@pytest.mark.parametrize("shape", SHAPES)
def test_configuration_in_every_shape(project, shape):
    """Numbers, lists and objects of a provider's configuration may come as themselves, as JSON text, or as outputs."""

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
    # Nothing was made with a default provider.
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
    """A mistake in an explicit provider is told with its key before anything is made."""

    def program():
        group_of(project, "group", provider=provider(**{key: value}))

    said = project.fails(program)
    assert complaint in said, said
    assert project.emulator.operations() == []
    project.finish()


# How a component gets its provider; all of them mean the same.
WAYS = {
    "provider": lambda one: {"provider": one},
    "a list": lambda one: {"providers": [one]},
    "a map": lambda one: {"providers": {PACKAGE: one}},
}


@pytest.mark.parametrize("way", WAYS)
def test_children_are_made_by_the_provider_of_the_component(project, way):
    """However a component gets its provider, each of its children is made by that one, in its process."""

    def program():
        tagged = provider(defaultTags={"tags": {"by": "explicit"}})
        inputs = project.network() | {"endpoints": {"synchronous": False}}
        private("private", inputs, pulumi.ResourceOptions(**WAYS[way](tagged)))

    project.up(program)
    stored = project.stored()
    for child in ("SecurityGroup::private-endpoints", "InterfaceEndpoint::private-states"):
        assert "::explicit::" in stored[child]["provider"]
        assert stored[child]["outputs"]["tagsAll"] == {"by": "explicit"}
    assert f"{PACKAGE}::default" not in str(stored)
    project.unchanged(program)
    project.finish()


def test_a_component_of_the_users_hands_its_provider_down(project):
    """Inside a component of the user's, ours takes the provider that the outer one was given."""

    def program():
        outer = pulumi.ComponentResource("test:index:Platform", "platform", {}, pulumi.ResourceOptions(providers=[
            provider(defaultTags={"tags": {"by": "platform"}})
        ]))
        inputs = project.network() | {"endpoints": {"standard": False}}
        inner = private("private", inputs, pulumi.ResourceOptions(parent=outer))
        outer.register_outputs({"endpoint": inner.synchronousEndpoint})
        pulumi.export("endpoint", inner.synchronousEndpoint["id"])

    project.up(program)
    stored = project.stored()
    assert stored["InterfaceEndpoint::private-sync-states"]["outputs"]["tagsAll"] == {"by": "platform"}
    assert "test:index:Platform$" in stored["PrivateStepFunctions::private"]["urn"]
    assert "sync-states" in stored["Platform::platform"]["outputs"]["endpoint"]["url"]
    project.unchanged(program)
    project.finish()


def test_a_configuration_that_other_resources_make(project):
    """A provider whose configuration is not known yet: the preview does without it, the update makes everything."""

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
