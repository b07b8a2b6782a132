"""The emulator refuses requests that break the models, with the service's own code, also where botocore does not check them."""

import pytest
from botocore.exceptions import ClientError

from broken_requests import broken_requests
from models import implemented, operation
from prerequisites import Prerequisites
from test_table import unvalidated  # noqa: F401, a fixture
from valid import REQUESTS

OPERATIONS = [(service, name) for service, names in implemented().items() for name in names]
# A JSON value of the wrong type makes the request malformed (Smithy, restJson1 and awsJson1.1: malformed requests).
CODES = {
    "ec2": lambda rule: "MissingParameter" if rule == "missing" else "InvalidParameterValue",
    "sts": lambda rule: "ValidationError",
    "vpc-lattice": lambda rule: "SerializationException" if rule == "type" else "ValidationException",
    "events": lambda rule: "SerializationException" if rule == "type" else "ValidationException",
    "kms": lambda rule: "SerializationException" if rule == "type" else "ValidationException",
    "route53": lambda rule: "InvalidInput",
    "servicequotas": lambda rule: "SerializationException" if rule == "type" else "IllegalArgumentException",
}
# The models state no rule for their parameters that a request can break on the wire.
UNBOUND = {"ec2:DeleteSecurityGroup", "ec2:DescribeAvailabilityZones", "sts:GetCallerIdentity"}


@pytest.mark.faster
@pytest.mark.parametrize("service, name", OPERATIONS)
def test_refused(client, control, unvalidated, service, name):  # noqa: F811
    shape = operation(service, name).input_shape
    base = REQUESTS[f"{service}:{name}"](Prerequisites(client, control))
    before = control("resources")
    wrong, count = [], 0
    for request, broken in broken_requests(service, shape, base) if shape is not None else ():
        count += 1
        try:
            unvalidated(f"{service}:{name}", **request)
            code = "accepted"
        except ClientError as error:
            code = error.response["Error"]["Code"]
        if code != CODES[service](broken.rule):
            wrong.append((broken, code))
    assert wrong == []
    assert control("resources") == before
    assert (count == 0) == (f"{service}:{name}" in UNBOUND)
