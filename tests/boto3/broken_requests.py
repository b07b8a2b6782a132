"""Makes requests that break one rule of the service model in one place, for each member and each rule."""

import re

from models import Broken, pattern, problems, protocol

# A valid text for each shape whose pattern or bounds exclude the default text, by service and name of the shape.
FITS = {
    "vpc-lattice": {
        "DomainVerificationIdentifier": "dv-" + "0" * 17, "ResourceConfigurationIdentifier": "rcfg-" + "0" * 17,
        "ResourceGatewayIdentifier": "rgw-" + "0" * 17, "SecurityGroupId": "sg-" + "0" * 17, "VpcId": "vpc-" + "0" * 17,
        "ResourceEndpointAssociationIdentifier": "rea-" + "0" * 17, "VpcEndpointId": "vpce-" + "0" * 17,
        "VpcEndpointOwner": "123456789012", "ServiceNetworkIdentifier": "sn-" + "0" * 17, "ServiceNetworkResourceAssociationIdentifier": "snra-" + "0" * 17,
        "WildcardArn": "arn:aws:rds:us-east-1:123456789012:cluster:a", "PortRange": "443", "SubnetId": "subnet-" + "0" * 17,
        "Arn": "arn:aws:vpc-lattice:us-east-1:123456789012:resourcegateway/rgw-" + "0" * 17, "IpAddress": "10.0.0.1",
    },
    "sts": {"arnType": "arn:aws:iam::123456789012:role/me", "tokenCodeType": "123456"},
    "route53": {"VPCId": "vpc-" + "0" * 17},
    "servicequotas": {"ServiceCode": "vpc", "QuotaCode": "L-29B6F2EB"},
    "events": {"ResourceConfigurationArn": "", "HttpsEndpoint": "https://login.example.com/token"},
}
# Protocols in whose requests every value is text.
TEXT = ("ec2", "query", "rest-xml")
# Texts such that for every pattern, one of them does not match.
UNFIT = ["é é", " ", "\x00", "--", ":", "x:y z!", "\x7f" * 20, "ü" * 3, "a b" * 7, "\u2028\x01" * 10]


def fits(service, shape):
    """Returns a small value that the model allows."""
    kind, low = shape.type_name, shape.metadata.get("min", 0)
    if kind == "structure":
        members = shape.required_members or (sorted(shape.members)[:1] if getattr(shape, "is_tagged_union", False) else [])
        return {name: fits(service, shape.members[name]) for name in members}
    if kind == "list":
        return [fits(service, shape.member) for _ in range(low)]
    if kind == "map":
        return {f"key{n}": fits(service, shape.value) for n in range(low)}
    if kind in ("integer", "long"):
        return low
    if kind == "boolean":
        return False
    return shape.enum[0] if shape.enum else FITS.get(service, {}).get(shape.name, "a" * max(low, 1))


def places(shape, path=(), inside=()):
    """Yields every part of a shape with its path: members by name, items by number, values of maps by key."""
    yield path, shape
    if shape.name in inside:
        return
    inside = (*inside, shape.name)
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield from places(member, (*path, name), inside)
    elif shape.type_name == "list":
        yield from places(shape.member, (*path, 0), inside)
    elif shape.type_name == "map":
        yield from places(shape.value, (*path, "key0"), inside)


def with_value(service, shape, base, path, value):
    """Returns `base`, a value of this shape or None, with another value at a path. Adds the parts that the path requires."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if shape.type_name == "structure":
        whole = fits(service, shape) if base is None else dict(base)
        if getattr(shape, "is_tagged_union", False):
            whole = {step: whole[step]} if step in whole else {}
        whole[step] = with_value(service, shape.members[step], whole.get(step), rest, value)
        return whole
    if shape.type_name == "list":
        first = base[0] if base else None
        return [with_value(service, shape.member, first, rest, value), *(base or [])[1:]]
    inner = with_value(service, shape.value, None, rest, value)
    return {**(base or {}), step: inner}


def at(base, path):
    """Returns the value at a path, or None."""
    for step in path:
        try:
            base = base[step]
        except (KeyError, IndexError, TypeError):
            return None
    return base


def wrong_values(service, shape, here):
    """Yields values that break one rule of a shape, each with the rule. `here` is the value in a valid request."""
    kind, low, high = shape.type_name, shape.metadata.get("min"), shape.metadata.get("max")
    good = here if here else fits(service, shape)
    if kind == "structure":
        for name in shape.required_members:
            yield "missing", {key: value for key, value in good.items() if key != name}
        if getattr(shape, "is_tagged_union", False):
            yield "union", {name: fits(service, shape.members[name]) for name in sorted(shape.members)[:2]}
    elif kind in ("list", "map"):
        def sized(count):
            if kind == "map":
                return {f"key{n}": fits(service, shape.value) for n in range(count)}
            item = fits(service, shape.member)
            if item == {} and shape.member.members:
                # A form cannot represent an empty structure.
                name, member = next(iter(shape.member.members.items()))
                item = {name: fits(service, member)}
            return [item] * count
        if low:
            yield "length", sized(low - 1)
        if high:
            yield "length", sized(high + 1)
    elif kind in ("integer", "long"):
        yield "type", "many"
        if low is not None:
            yield "range", low - 1
        if high is not None:
            yield "range", high + 1
    elif kind == "boolean":
        # In a form, botocore writes `true` for every true value.
        if protocol(service) not in TEXT:
            yield "type", "maybe"
    elif kind == "string":
        if protocol(service) not in TEXT:
            yield "type", 7
        if low:
            yield "length", good[: low - 1]
        if high:
            yield "length", good + (good[-1:] or "a") * (high + 1 - len(good))
        if shape.enum:
            yield "enum", "nonsense"
        if "pattern" in shape.metadata:
            fitting = [text for text in UNFIT if (low or 0) <= len(text) <= (high or 10**6)]
            unfit = [text for text in fitting if not pattern(shape.metadata["pattern"]).fullmatch(text)]
            yield "pattern", unfit[0] if unfit else None


def broken_requests(service, shape, base):
    """Yields requests, each with the rule that it breaks. Skips requests that cannot be sent (see `unwritable`)."""
    for path, inner in places(shape):
        for rule, value in wrong_values(service, inner, at(base, path)):
            if value is None or unwritable(service, shape, path, inner, value):
                continue
            request = with_value(service, shape, base, path, value)
            found = list(problems(shape, request))
            # One value can break several rules: a text that is too long also breaks a pattern that counts characters.
            assert rule in {problem.rule for problem in found}, (path, rule, value, found)
            yield request, Broken(".".join(map(str, path)), rule)


def unwritable(service, shape, path, inner, value):
    """Reports whether a value cannot be sent: a form cannot represent an empty structure, a path has no empty segments, and a
    number in a path is text."""
    if protocol(service) in ("ec2", "query") and value == {} and path:
        return True
    location = shape.members[path[0]].serialization.get("location") if path else None
    if location == "uri":
        return not value or not isinstance(value, str)
    if location == "querystring":
        return inner.type_name == "string" and not isinstance(value, str)
    if not path and rule_of_uri(shape, value):
        return True
    return bool(re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", value)) if isinstance(value, str) and location == "header" else False


def rule_of_uri(shape, value):
    """Reports whether a request lacks a member that is part of its path."""
    return any(
        member.serialization.get("location") == "uri" and name not in value for name, member in shape.members.items()
    )
