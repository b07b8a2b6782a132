"""Checks C# without its compiler: the SDK and the example parse as C#, and the example sets only properties of the SDK."""

import tree_sitter
import tree_sitter_c_sharp

from languages import ROOT

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_c_sharp.language()))
SDK = sorted((ROOT / "sdk" / "dotnet").rglob("*.cs"))
EXAMPLE = ROOT / "examples" / "csharp" / "Program.cs"


def test_everything_is_csharp():
    assert len(SDK) > 20
    assert [path.name for path in [*SDK, EXAMPLE] if parsed(path).has_error] == []


def test_the_example_sets_only_properties_of_the_sdk():
    declared = {}
    for path in SDK:
        for declaration in nodes(parsed(path), "class_declaration"):
            body = declaration.child_by_field_name("body")
            names = [name(member) for member in body.named_children if member.type == "property_declaration"]
            declared[name(declaration)] = set(names)
    known, unknown = 0, []
    for creation in nodes(parsed(EXAMPLE), "object_creation_expression"):
        kind = text(creation.child_by_field_name("type")).split(".")[-1]
        settings = creation.child_by_field_name("initializer")
        if kind not in declared or settings is None:
            continue
        for setting in settings.named_children:
            if setting.type == "assignment_expression":
                known += 1
                if (left := text(setting.child_by_field_name("left"))) not in declared[kind]:
                    unknown.append(f"{kind}.{left}")
    assert unknown == []
    assert known > 10


def parsed(path):
    return PARSER.parse(path.read_bytes()).root_node


def nodes(node, kind):
    for child in node.named_children:
        if child.type == kind:
            yield child
        yield from nodes(child, kind)


def name(node):
    return text(node.child_by_field_name("name"))


def text(node):
    return node.text.decode()
