"""Quotas as settings of an account and Region, the errors above them, and Service Quotas."""

import json
import urllib.error

import pytest

from prerequisites import Prerequisites, https
from waiting import refused

# Name of a seed, service and code in Service Quotas, default.
QUOTAS = [
    ("interface-endpoints-per-vpc", "vpc", "L-29B6F2EB", 50),
    ("security-groups", "vpc", "L-E79EC296", 2500),
    ("rules-per-security-group", "vpc", "L-0EA8095F", 60),
    ("security-groups-per-interface", "vpc", "L-2AFB9258", 5),
    ("resource-gateways-per-vpc", "vpc-lattice", "L-0DCA4434", 500),
    ("resource-configurations", "vpc-lattice", "L-5FF8F9B9", 2000),
    ("connections", "events", "L-595D6D42", 3000),
]


@pytest.fixture
def s(client, control):
    return Prerequisites(client, control)


@pytest.mark.parametrize("name, service, code, default", QUOTAS)
def test_service_quotas_shows_the_setting(s, client, name, service, code, default):
    quotas, ask = client("servicequotas"), {"ServiceCode": service, "QuotaCode": code}
    shown = quotas.get_aws_default_service_quota(**ask)["Quota"]
    assert (shown["Value"], shown["QuotaCode"], shown["Adjustable"]) == (default, code, True)
    assert shown["QuotaArn"] == f"arn:aws:servicequotas:us-east-1::{service}/{code}"
    if service == "vpc":
        assert quotas.get_service_quota(**ask)["Quota"]["Value"] == default
    else:
        refused("NoSuchResourceException", 400, quotas.get_service_quota, **ask)
    s.quota(name, 2)
    shown = quotas.get_service_quota(**ask)["Quota"]
    assert shown["Value"] == 2 and shown["QuotaArn"] == f"arn:aws:servicequotas:us-east-1:123456789012:{service}/{code}"
    assert quotas.get_aws_default_service_quota(**ask)["Quota"]["Value"] == default
    # Another Region has quotas of its own.
    elsewhere = client("servicequotas", region_name="eu-west-1")
    assert elsewhere.get_aws_default_service_quota(**ask)["Quota"]["Value"] == default
    if service != "vpc":
        refused("NoSuchResourceException", 400, elsewhere.get_service_quota, **ask)


def test_quotas_without_a_setting(client):
    quotas = client("servicequotas")
    fixed = quotas.get_service_quota(ServiceCode="vpc", QuotaCode="L-3248932A")["Quota"]
    assert (fixed["Value"], fixed["Adjustable"]) == (20480, False)
    refused("NoSuchResourceException", 400, quotas.get_service_quota, ServiceCode="events", QuotaCode="L-29B6F2EB")


@pytest.mark.parametrize("body, why", [
    ({"name": "moons", "value": 1}, "unknown variant `moons`"),
    ({"name": "connections", "value": -1}, "invalid value"),
    ({"name": "endpoint-policy-characters", "value": 1}, "this quota is fixed"),
])
def test_a_wrong_quota_is_refused(control, body, why):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        control("seed", {"kind": "quota", "region": "us-east-1", **body})
    assert why in json.load(refusal.value)["message"]


def test_ec2(s):
    s.quota("interface-endpoints-per-vpc", 1)
    more = s.new_endpoint(PrivateDnsEnabled=s.endpoint is None)
    refused("VpcEndpointLimitExceeded", 400, s.ec2.create_vpc_endpoint, **more)
    s.quota("security-groups-per-interface", 1)
    two = [s.make_group("a"), s.make_group("b")]
    limit = "SecurityGroupsPerInterfaceLimitExceeded"
    refused(limit, 400, s.ec2.create_vpc_endpoint, **{**more, "SecurityGroupIds": two})
    refused(limit, 400, s.ec2.modify_vpc_endpoint, VpcEndpointId=s.endpoint, AddSecurityGroupIds=two)
    s.quota("security-groups", 3)
    new = {"GroupName": "c", "Description": "d", "VpcId": s.vpc}
    refused("SecurityGroupLimitExceeded", 400, s.ec2.create_security_group, **new)
    s.quota("security-groups", 4)
    s.ec2.create_security_group(**new)


def test_a_prefix_list_counts_with_its_largest_size(s):
    s.quota("rules-per-security-group", 3)
    add = lambda permissions: s.ec2.authorize_security_group_ingress(GroupId=s.group, IpPermissions=permissions)
    by_list = [{"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": s.prefix_list}]}]
    add(https())
    refused("RulesPerSecurityGroupLimitExceeded", 400, lambda: add(by_list))
    s.quota("rules-per-security-group", 4)
    add(by_list)


def test_connections(s):
    s.quota("connections", 1)
    assert s.connection
    refused("LimitExceededException", 400, s.events.create_connection, **s.new_connection(Name="more"))
