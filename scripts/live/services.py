"""Reads requests and answers of the four services with the models that botocore ships."""

import functools
import json
import re
import urllib.parse

import botocore.parsers
import botocore.session

NAMES = ("ec2", "sts", "vpc-lattice", "events")
SESSION = botocore.session.Session()


@functools.cache
def model(service):
    return SESSION.get_service_model(service)


def operation(service, method, target, headers, body):
    """Returns the name of a request's operation, or None if the model has no such operation."""
    protocol = model(service).metadata["protocol"]
    if protocol == "json":
        return headers.get("x-amz-target", "").rpartition(".")[2] or None
    if protocol in ("ec2", "query"):
        return dict(urllib.parse.parse_qsl(body)).get("Action")
    path = urllib.parse.urlsplit(target).path
    return next((name for name, verb, pattern in templates(service) if verb == method and pattern.fullmatch(path)), None)


@functools.cache
def templates(service):
    """Returns the operations of a REST service with their methods and paths, longer paths first."""
    found = []
    for name in model(service).operation_names:
        http = model(service).operation_model(name).http
        path = urllib.parse.urlsplit(http["requestUri"]).path
        parts = re.split(r"\{[^}]*\}", path)
        found.append((name, http["method"], re.compile("[^/]+".join(map(re.escape, parts)))))
    return sorted(found, key=lambda one: -len(one[2].pattern))


def answer(service, name, status, headers, body):
    """Parses an answer as botocore's clients do, without the metadata that differs from call to call."""
    parser = botocore.parsers.create_parser(model(service).metadata["protocol"])
    shape = model(service).operation_model(name).output_shape
    said = parser.parse({"status_code": status, "headers": headers, "body": body.encode()}, shape)
    said.pop("ResponseMetadata", None)
    return json.loads(json.dumps(said, default=str))


def is_read(name):
    return name.startswith(("Describe", "Get", "List"))
