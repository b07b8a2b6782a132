"""Checks values against the service models that botocore ships, and reads requests from the wire.

botocore's own validation checks only required members, types and lower bounds. This one checks everything that the models state:
upper bounds, patterns, enums and unions too.
"""

import collections
import functools
import importlib.util
import pathlib
import re
import urllib.parse

import botocore.session

ROOT = pathlib.Path(__file__).parents[2]
SESSION = botocore.session.get_session()
MASK = "***"  # the emulator's journal shows this in place of a secret (journal.rs)

Broken = collections.namedtuple("Broken", "path rule")


@functools.cache
def shapes():
    """Returns the script that lists the emulator's operations."""
    spec = importlib.util.spec_from_file_location("shapes", ROOT / "tests" / "aws-emulator" / "shapes.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def implemented():
    """Returns the operations of the emulator, by service. `shapes.py` lists them."""
    return {service: sorted(names.split()) for service, names in shapes().OPERATIONS.items()}


def in_botocore(service):
    """Returns botocore's name of a service, which may differ from the one that requests are signed for."""
    return shapes().BOTOCORE.get(service, service)


@functools.cache
def model(service):
    return SESSION.get_service_model(in_botocore(service))


@functools.cache
def operation(service, name):
    return model(service).operation_model(name)


def protocol(service):
    return model(service).metadata["protocol"]


@functools.cache
def pattern(text):
    """Converts a pattern of a model to Python. Models use Java's syntax, in which \\w and \\d are ASCII."""
    # Only STS uses Unicode categories: letters, separators and numbers, always together at the start of a class.
    categories = r"\p{L}\p{Z}\p{N}"
    if categories in text:
        return re.compile(text.replace(categories, r"\w\s"))
    return re.compile(text, re.ASCII)


def problems(shape, value, path=()):
    """Yields every broken rule with its path. A masked secret counts as valid, because its text is unknown."""
    at = ".".join(str(part) for part in path)
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            yield Broken(at, "type")
            return
        yield from (Broken(".".join([*map(str, path), name]), "missing")
                    for name in shape.required_members if value.get(name) is None)
        if getattr(shape, "is_tagged_union", False) and len(value) != 1:
            yield Broken(at, "union")
        for name, member in value.items():
            if name not in shape.members:
                yield Broken(".".join([*map(str, path), name]), "unknown")
            elif member is not None:
                yield from problems(shape.members[name], member, (*path, name))
    elif kind == "list":
        if not isinstance(value, list):
            yield Broken(at, "type")
            return
        yield from bounds(shape, len(value), at, "length")
        for index, item in enumerate(value):
            yield from problems(shape.member, item, (*path, index))
    elif kind == "map":
        if not isinstance(value, dict):
            yield Broken(at, "type")
            return
        yield from bounds(shape, len(value), at, "length")
        for key, item in value.items():
            yield from problems(shape.key, key, (*path, "key"))
            yield from problems(shape.value, item, (*path, key))
    else:
        yield from scalar(shape, value, at)


# Python types of JSON values. A timestamp in a form is ISO text.
TYPES = {"string": str, "boolean": bool, "integer": int, "long": int, "double": (int, float), "timestamp": (int, float, str)}


def scalar(shape, value, at):
    if not isinstance(value, TYPES[shape.type_name]) or (isinstance(value, bool) and shape.type_name != "boolean"):
        yield Broken(at, "type")
    elif shape.type_name in ("integer", "long", "double"):
        yield from bounds(shape, value, at, "range")
    elif shape.type_name == "string" and value != MASK:
        yield from bounds(shape, len(value), at, "length")
        if shape.enum and value not in shape.enum:
            yield Broken(at, "enum")
        if "pattern" in shape.metadata and not pattern(shape.metadata["pattern"]).fullmatch(value):
            yield Broken(at, "pattern")


def bounds(shape, size, at, rule):
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if (low is not None and size < low) or (high is not None and size > high):
        yield Broken(at, rule)


def read(service, name, request):
    """Returns the parameters of a journaled request (method, path, body) by member name, without the emulator's own parser."""
    shape = operation(service, name).input_shape
    if shape is None:
        return {}
    if protocol(service) in ("ec2", "query"):
        form = {k: v for k, v in request["body"].items() if k not in ("Action", "Version")}
        return from_form(service, shape, tree(form))
    if protocol(service) == "json":
        return request["body"] or {}
    return from_rest(service, name, shape, request)


def tree(form):
    """Converts a form to nested dicts: `Filter.1.Name=a` becomes {"Filter": {"1": {"Name": "a"}}}."""
    root = {}
    for name, value in form.items():
        *parents, last = name.split(".")
        node = root
        for part in parents:
            node = node.setdefault(part, {})
        node[last] = value
    return root


def query_name(service, shape, name):
    if protocol(service) == "ec2":
        wire = shape.serialization.get("queryName") or shape.serialization.get("name", name)
        return wire[0].upper() + wire[1:]
    return shape.serialization.get("name", name)


def from_form(service, shape, node):
    kind = shape.type_name
    if kind == "structure":
        names = {query_name(service, member, name): (name, member) for name, member in shape.members.items()}
        return {
            names[wire][0] if wire in names else wire: from_form(service, names[wire][1], child) if wire in names else child
            for wire, child in node.items()
        }
    if kind == "list":
        if protocol(service) == "query" and not shape.serialization.get("flattened"):
            node = node.get("member", {}) if isinstance(node, dict) else {}
        return [from_form(service, shape.member, node[index]) for index in sorted(node, key=int)]
    if kind == "boolean" and node in ("true", "false"):
        return node == "true"
    if kind in ("integer", "long") and re.fullmatch(r"-?\d+", str(node)):
        return int(node)
    return node


def from_rest(service, name, shape, request):
    path, _, query = request["path"].partition("?")
    template = operation(service, name).http["requestUri"].partition("?")[0]
    labels = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template))
    params = {key: urllib.parse.unquote(value) for key, value in re.fullmatch(labels, path).groupdict().items()}
    given = urllib.parse.parse_qs(query, keep_blank_values=True, strict_parsing=bool(query))
    for member, inner in shape.members.items():
        wire = inner.serialization.get("name", member)
        if inner.serialization.get("location") == "querystring" and wire in given:
            values = given.pop(wire)
            if inner.type_name == "list":
                params[member] = values
            else:
                params[member] = from_form(service, inner, values[-1])
    return {**params, **given, **(request["body"] or {})}
