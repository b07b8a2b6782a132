"""The control plane, and faults as boto3 sees them."""

import time

import pytest
from botocore.exceptions import ConnectionClosedError

from waiting import refused


@pytest.mark.parametrize(
    "kind, code, status",
    [
        ("throttle", "RequestLimitExceeded", 503),
        ("internal", "InternalError", 500),
        ("access_denied", "UnauthorizedOperation", 403),
    ],
)
def test_error_faults(ec2, control, kind, code, status):
    control("faults", {"operation": "DescribeVpcs", "nth": 2, "kind": kind})
    ec2.describe_vpcs()
    refused(code, status, ec2.describe_vpcs)
    ec2.describe_vpcs()


@pytest.mark.parametrize("kind, made", [("reset_before", 0), ("reset_after", 1)])
def test_resets(ec2, control, kind, made):
    control("faults", {"operation": "CreateVpc", "service": "ec2", "kind": kind})
    with pytest.raises(ConnectionClosedError):
        ec2.create_vpc(CidrBlock="10.0.0.0/16")
    rows = control("resources?beyond-start")["resources"]
    assert len([row for row in rows if row["type"] == "vpc"]) == made
    assert control("journal")["calls"][-1]["outcome"] == kind.replace("_", " ")


def test_a_refusal_has_the_format_of_each_service(ec2, lattice, events, control):
    def plan(operation, code, status=400):
        error = {"code": code, "message": "no more", "status": status}
        control("faults", {"operation": operation, "kind": "refuse", "error": error})

    plan("DescribeVpcs", "VpcLimitExceeded")
    refused("VpcLimitExceeded", 400, ec2.describe_vpcs)
    ec2.describe_vpcs()
    plan("ListResourceGateways", "ServiceQuotaExceededException", 402)
    refused("ServiceQuotaExceededException", 402, lattice.list_resource_gateways)
    plan("ListConnections", "LimitExceededException")
    refused("LimitExceededException", 400, events.list_connections)


def test_slow(ec2, control):
    control("faults", {"operation": "*", "kind": "slow", "delay": 0.4})
    begin = time.monotonic()
    ec2.describe_vpcs()
    assert time.monotonic() - begin >= 0.4


def test_throttling_has_the_code_of_each_service(lattice, events, sts, control):
    control("faults", {"operation": "*", "kind": "throttle", "times": 3})
    refused("ThrottlingException", 429, lattice.list_resource_gateways)
    refused("ThrottlingException", 400, events.list_connections)
    refused("Throttling", 400, sts.get_caller_identity)


def test_journal(ec2, control):
    ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}], MaxResults=5)
    (call,) = control("journal")["calls"]
    assert (call["service"], call["operation"], call["outcome"]) == ("ec2", "DescribeVpcs", "ok")
    assert call["parameters"] == {"Filters": [{"Name": "is-default", "Values": ["true"]}], "MaxResults": 5}
    assert call["request"]["method"] == "POST" and call["request"]["body"]["Filter.1.Name"] == "is-default"
