"""Two answers, or two refusals, of two AWSs: where they differ when names, times and order do not count."""

import datetime
import json
import re

from botocore.exceptions import ClientError

ID = re.compile(r"\b(vpce-svc|vpc-cidr-assoc|subnet-cidr-assoc|ela-attach|eni-attach|vpce|vpc|subnet|sgr|sg|eni|pl|dopt)-[0-9a-f]{8,17}\b")


def outcome(make):
    """What a call came to: its answer in plain values, or its error code."""
    try:
        answer = make()
    except ClientError as error:
        return error.response["Error"]["Code"]
    except Exception as error:  # the other AWS is not able to answer at all, or answers what boto3 cannot read
        return type(error).__name__
    return plain({name: value for name, value in answer.items() if name != "ResponseMetadata"})


def plain(value):
    """Ids by their kind only, times as such, lists in one order; what is empty counts as absent."""
    if isinstance(value, dict):
        members = {name: plain(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member not in ([], {}, "", None)}
    if isinstance(value, list):
        return sorted((plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, datetime.datetime):
        return "a time"
    if isinstance(value, str):
        return ID.sub(lambda found: f"{found[1]}-…", value)
    return value


def differences(ours, theirs, path=""):
    """Triples of a path, what we have there and what they have; None is nothing. Items of lists have no number."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted(ours.keys() | theirs.keys()):
            yield from differences(ours.get(name), theirs.get(name), f"{path}.{name}" if path else name)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for one, other in zip(ours, theirs):
            yield from differences(one, other, path)
    elif ours != theirs:
        yield path, ours, theirs
