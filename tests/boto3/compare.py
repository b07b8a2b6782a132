"""Compares the answers or errors of two emulators of AWS, without ids, times and order."""

import datetime
import json
import re

from botocore.exceptions import ClientError

ID = re.compile(r"\b(vpce-svc|vpc-cidr-assoc|subnet-cidr-assoc|ela-attach|eni-attach|vpce|vpc|subnet|sgr|sg|eni|pl|dopt|aclassoc|acl|rtbassoc|rtb|igw)-[0-9a-f]{8,17}\b")


def outcome(make):
    """Returns the result of a call: its answer in plain values, or its error code."""
    try:
        answer = make()
    except ClientError as error:
        return error.response["Error"]["Code"]
    except Exception as error:  # the other emulator gives no answer, or one that boto3 cannot parse
        return type(error).__name__
    return plain({name: value for name, value in answer.items() if name != "ResponseMetadata"})


def plain(value):
    """Replaces ids by their kind and times by one text, sorts lists, and removes empty members."""
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
    """Yields a path, our value and their value for each difference; None for a missing value. Paths have no list indexes."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted(ours.keys() | theirs.keys()):
            yield from differences(ours.get(name), theirs.get(name), f"{path}.{name}" if path else name)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for one, other in zip(ours, theirs):
            yield from differences(one, other, path)
    elif ours != theirs:
        yield path, ours, theirs
