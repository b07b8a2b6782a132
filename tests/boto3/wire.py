"""Checks the emulator's raw answers against botocore's output shapes: everything on the wire is in the model, and valid.

botocore's parsers drop unknown members and accept missing ones, so this module checks the bytes before they parse them.
"""

import json
import re
import xml.etree.ElementTree

from models import operation, problems, protocol

# Rules of the model that AWS's own answers break: (service, last member of the path, rule), and how that is known.
AWS_BREAKS = {
    ("ec2", "State", "enum"): "an endpoint's state is lower-case on the wire, capitalised in the model (docs/aws-behavior.md, `endpoint-state-case`)",
    ("events", "SecretArn", "pattern"): "EventBridge's secrets are called events!connection/…, the pattern has no exclamation mark"
    " (docs/aws-behavior.md, Connection)",
    ("events", "ResourceAssociationArn", "pattern"): "the pattern leaves no room for the id of an association",
}

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def check(service, name, response):
    """Asserts that a raw response matches the model. `response` is botocore's dict of status, headers and body."""
    status, body = response["status_code"], response["body"]
    find = failure if status >= 300 else success
    found = [str(problem) for problem in find(service, name, status, response["headers"], body)]
    assert not found, f"{service}:{name} answered {status} {body!r}: {found}"


def success(service, name, status, headers, body):
    model = operation(service, name)
    shape = model.output_shape
    if protocol(service) in ("ec2", "query", "rest-xml"):
        if status != 200:
            yield f"status {status}"
        root = parsed(body, f"{name}Response")
        if protocol(service) == "query":
            metadata = root.find("ResponseMetadata")
            assert metadata is not None and metadata.findtext("RequestId")
            root = root.find(f"{name}Result")
            answer = {} if shape is None else from_xml(service, shape, root)
        elif protocol(service) == "rest-xml":
            answer = from_xml(service, shape, root)
        else:
            identifier = root.find("requestId")
            assert identifier is not None and identifier.text
            root.remove(identifier)
            # botocore ignores the content of an answer without an output shape; EC2 sends `return`.
            answer = {} if shape is None else from_xml(service, shape, root)
    else:
        if status != model.http.get("responseCode", 200):
            yield f"status {status}"
        answer = json.loads(body) if body else {}
        if status == 204 and body:
            yield "a 204 has a body"
        yield from nulls(answer)
        if shape is None:
            return
    if shape is not None:
        yield from judged(service, shape, answer)


def failure(service, name, status, headers, body):
    """Checks the envelope of an error and, if the model has the error for this operation, its members and status."""
    if protocol(service) in ("ec2", "query", "rest-xml"):
        ec2 = protocol(service) == "ec2"
        root = parsed(body, "Response" if ec2 else "ErrorResponse")
        error = root.find("Errors/Error" if ec2 else "Error")
        if not root.findtext("RequestID" if ec2 else "RequestId"):
            yield "no request id"
        code, message, members = error.findtext("Code"), error.findtext("Message"), {}
        if not ec2 and error.findtext("Type") not in ("Sender", "Receiver"):
            yield "no type of error"
    elif protocol(service) == "json":
        members = json.loads(body)
        code, message = members.pop("__type"), members.get("message")
    else:
        code, members = headers.get("x-amzn-errortype"), json.loads(body)
        message = members.get("message")
    if not code or not message:
        yield "no code or no message"
    for shape in operation(service, name).error_shapes:
        if shape.error_code != code:
            continue
        expected = shape.metadata.get("error", {}).get("httpStatusCode")
        if expected is not None and expected != status:
            yield f"status {status} instead of {expected}"
        for member, inner in shape.members.items():
            if inner.serialization.get("location") == "header":
                if member in members:
                    yield f"{member} is in the body"
                if inner.serialization["name"] in headers:
                    members[member] = typed(inner, headers[inner.serialization["name"]])
        # Every error has a message, even if its shape has none.
        if "message" not in shape.members:
            members.pop("message", None)
        elif "message" not in members:
            members["message"] = message
        yield from judged(service, shape, members)


def judged(service, shape, answer):
    for problem in problems(shape, answer):
        if (service, problem.path.rsplit(".", 1)[-1], problem.rule) not in AWS_BREAKS:
            yield problem


def nulls(value, path=""):
    """Yields members that are null. AWS leaves out absent members."""
    if isinstance(value, dict):
        for name, member in value.items():
            if member is None:
                yield f"{path}.{name} is null"
            yield from nulls(member, f"{path}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from nulls(item, path)


def parsed(body, root):
    """Parses the document and removes its namespace."""
    tree = xml.etree.ElementTree.fromstring(body)
    for element in tree.iter():
        element.tag = element.tag.rpartition("}")[2]
    assert tree.tag == root, tree.tag
    return tree


def from_xml(service, shape, element):
    """Converts an element to a value with member names of the model."""
    kind, text = shape.type_name, element.text or ""
    if kind == "structure":
        names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
        answer = {}
        for child in element:
            name = names.get(child.tag, child.tag)
            assert name not in answer, f"{child.tag} twice"
            answer[name] = from_xml(service, shape.members[name], child) if name in shape.members else child.text
        return answer
    if kind == "list":
        wire = shape.member.serialization.get("name", "item" if protocol(service) == "ec2" else "member")
        assert all(child.tag == wire for child in element), [child.tag for child in element]
        return [from_xml(service, shape.member, child) for child in element]
    return typed(shape, text)


def typed(shape, text):
    """Converts a text to the type in the model. A text that does not parse becomes a value of the wrong type."""
    kind = shape.type_name
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind in ("integer", "long"):
        return int(text) if re.fullmatch(r"-?\d+", text) else text
    if kind == "timestamp":
        return text if ISO.fullmatch(text) else False
    return text
