"""Private hosted zones that seeds make, listed by VPC through boto3."""

import json
import urllib.error

import pytest

from prerequisites import Prerequisites
from waiting import refused

THEIRS = "210987654321"


@pytest.fixture
def s(client, control):
    return Prerequisites(client, control)


def test_zones_of_a_vpc(s, client):
    route53 = client("route53")
    ask = lambda vpc: route53.list_hosted_zones_by_vpc(VPCId=vpc, VPCRegion="us-east-1")
    assert ask(s.vpc)["HostedZoneSummaries"] == [] and ask(s.vpc)["MaxItems"] == "100"
    made = [
        s.seed("hosted-zone", VPCId=s.vpc, Name="states.us-east-1.amazonaws.com", OwningAccount=THEIRS),
        s.seed("hosted-zone", VPCId=s.vpc, Name="example.com."),
        s.seed("hosted-zone", VPCId=s.vpc, Name="efs.us-east-1.amazonaws.com", OwningService="efs.amazonaws.com"),
    ]
    shown = ask(s.vpc)["HostedZoneSummaries"]
    assert [row["HostedZoneId"] for row in shown] == [row["HostedZoneId"] for row in made]
    assert [(row["Name"], row["Owner"]) for row in shown] == [
        ("states.us-east-1.amazonaws.com.", {"OwningAccount": THEIRS}),
        ("example.com.", {"OwningAccount": "123456789012"}),
        ("efs.us-east-1.amazonaws.com.", {"OwningService": "efs.amazonaws.com"}),
    ]
    assert ask(s.other_vpc)["HostedZoneSummaries"] == []
    refused("InvalidInput", 400, route53.list_hosted_zones_by_vpc, VPCId=s.vpc, VPCRegion="eu-west-1")
    for wrong in ("0", "101", "many"):
        refused("InvalidInput", 400, route53.list_hosted_zones_by_vpc, VPCId=s.vpc, VPCRegion="us-east-1", MaxItems=wrong)


@pytest.mark.parametrize("zone, service, conflicts", [
    ({"Name": "states.us-east-1.amazonaws.com", "OwningAccount": THEIRS}, "states", "states.us-east-1.amazonaws.com"),
    ({"Name": "States.us-east-1.api.aws."}, "states", "states.us-east-1.api.aws"),
    ({"Name": "execute-api.us-east-1.amazonaws.com"}, "execute-api", "*.execute-api.us-east-1.amazonaws.com"),
    ({"Name": "a.states.us-east-1.amazonaws.com"}, "states", None),
    ({"Name": "us-east-1.amazonaws.com"}, "states", None),
    ({"Name": "states.us-east-1.amazonaws.com", "OwningService": "efs.amazonaws.com"}, "states", None),
])
def test_a_zone_conflicts_with_a_private_name(s, client, zone, service, conflicts):
    ec2 = client("ec2")
    s.seed("hosted-zone", VPCId=s.vpc, **zone)
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [s.vpc]}])["Subnets"]
    wanted = {
        "VpcId": s.vpc, "VpcEndpointType": "Interface", "ServiceName": f"com.amazonaws.us-east-1.{service}",
        "SubnetIds": [subnets[0]["SubnetId"]],
    }
    if conflicts:
        error = refused("InvalidParameter", 400, ec2.create_vpc_endpoint, **wanted, PrivateDnsEnabled=True)
        assert f"conflicting DNS domain for {conflicts} in the VPC {s.vpc}" in error["Error"]["Message"]
        ec2.create_vpc_endpoint(**wanted, PrivateDnsEnabled=False)
    else:
        ec2.create_vpc_endpoint(**wanted, PrivateDnsEnabled=True)


def test_the_list_does_not_make_a_region(s, client, control):
    """What a Region begins with gets its ids at its first use. A question about hosted zones is none."""
    refused("InvalidInput", 400, client("route53").list_hosted_zones_by_vpc, VPCId=s.vpc, VPCRegion="eu-west-1")
    assert {row["region"] for row in control("resources")["resources"]} == {"us-east-1"}


@pytest.mark.parametrize("body, why", [
    ({"VPCId": "vpc-" + "0" * 17, "Name": "example.com"}, "there is no VPC"),
    ({"Name": ""}, "Name is not the name"),
    ({"Name": "example.com", "OwningAccount": "me"}, "OwningAccount is not an account id"),
    ({"Name": "example.com", "OwningAccount": THEIRS, "OwningService": "efs.amazonaws.com"}, "either"),
])
def test_a_wrong_zone_is_refused(s, control, body, why):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        control("seed", {"kind": "hosted-zone", "VPCId": s.vpc, **body})
    assert why in json.load(refusal.value)["message"]
