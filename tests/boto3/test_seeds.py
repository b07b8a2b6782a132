"""Situations that no AWS call of the emulator makes, made with `POST /_emulator/seed`."""

import json
import urllib.error

import pytest

from prerequisites import Prerequisites, STATES, through
from waiting import active, refused

REGION, THEIRS = "us-east-1", "210987654321"


@pytest.fixture
def s(client, control):
    return Prerequisites(client, control)


@pytest.fixture
def seed(control):
    """Makes a situation: `seed("subnet", SubnetId=…)`."""
    return lambda kind, **members: control("seed", {"kind": kind, **members})


def subnet_of(s, id):
    return s.ec2.describe_subnets(SubnetIds=[id])["Subnets"][0]


def test_a_shared_subnet_and_vpc(s, seed):
    seed("vpc", VpcId=s.vpc, OwnerId=THEIRS)
    seed("subnet", SubnetId=s.subnets[0], OwnerId=THEIRS)
    assert s.ec2.describe_vpcs(VpcIds=[s.vpc])["Vpcs"][0]["OwnerId"] == THEIRS
    shared = subnet_of(s, s.subnets[0])
    assert shared["OwnerId"] == THEIRS and shared["SubnetArn"] == f"arn:aws:ec2:{REGION}:{THEIRS}:subnet/{s.subnets[0]}"
    assert subnet_of(s, s.subnets[1])["OwnerId"] == "123456789012"
    refused("OperationNotPermitted", 400, s.ec2.create_vpc_endpoint, **s.new_endpoint())
    s.ec2.create_vpc_endpoint(**s.new_endpoint(SubnetIds=s.subnets[1:2]))


def test_a_subnet_with_only_ipv6(s, seed):
    assert subnet_of(s, s.subnets[0])["Ipv6CidrBlockAssociationSet"] == []
    seed("subnet", SubnetId=s.subnets[0], Ipv6Native=True)
    only = subnet_of(s, s.subnets[0])
    assert only["Ipv6Native"] and "CidrBlock" not in only and only["AvailableIpAddressCount"] == 0
    (block,) = only["Ipv6CidrBlockAssociationSet"]
    assert block["Ipv6CidrBlock"].endswith("::/64") and block["Ipv6CidrBlockState"] == {"State": "associated"}
    assert len(s.ec2.describe_vpcs(VpcIds=[s.vpc])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"]) == 1
    found = s.ec2.describe_subnets(Filters=[{"Name": "ipv6-native", "Values": ["true"]}])["Subnets"]
    assert [row["SubnetId"] for row in found] == s.subnets[:1]
    s.lattice.create_resource_gateway(**s.new_gateway(ipAddressType="IPV6"))


def test_where_a_subnet_is(s, seed):
    outpost = f"arn:aws:outposts:{REGION}:123456789012:outpost/op-1234567890abcdef0"
    seed("subnet", SubnetId=s.subnets[0], OutpostArn=outpost)
    assert subnet_of(s, s.subnets[0])["OutpostArn"] == outpost and "OutpostArn" not in subnet_of(s, s.subnets[1])
    seed("subnet", SubnetId=s.subnets[0], AvailabilityZone="us-east-1-lax-1a", AvailabilityZoneId="use1-lax1-az1")
    moved = subnet_of(s, s.subnets[0])
    assert (moved["AvailabilityZone"], moved["AvailabilityZoneId"]) == ("us-east-1-lax-1a", "use1-lax1-az1")
    # What another seed does not name stays.
    assert moved["OutpostArn"] == outpost
    error = refused("InvalidParameter", 400, s.ec2.create_vpc_endpoint, **s.new_endpoint())
    assert "does not support the availability zone" in error["Error"]["Message"]


def test_free_addresses(s, seed):
    seed("subnet", SubnetId=s.subnets[0], AvailableIpAddressCount=1)
    assert subnet_of(s, s.subnets[0])["AvailableIpAddressCount"] == 1
    s.ec2.create_vpc_endpoint(**s.new_endpoint(PrivateDnsEnabled=False))
    assert subnet_of(s, s.subnets[0])["AvailableIpAddressCount"] == 0
    more = s.new_endpoint(PrivateDnsEnabled=False)
    refused("InsufficientFreeAddressesInSubnet", 400, s.ec2.create_vpc_endpoint, **more)
    gateway = s.lattice.create_resource_gateway(**s.new_gateway())["id"]
    active(lambda: s.lattice.get_resource_gateway(resourceGatewayIdentifier=gateway), "CREATE_FAILED")
    seed("subnet", SubnetId=s.subnets[0], AvailableIpAddressCount=20)
    s.ec2.create_vpc_endpoint(**more)


def test_an_endpoint_service(s, seed):
    look = lambda: s.ec2.describe_vpc_endpoint_services(ServiceNames=[STATES])["ServiceDetails"][0]
    usual = look()
    assert usual["AvailabilityZoneIds"] == [f"use1-az{n}" for n in range(1, 5)] and not usual["AcceptanceRequired"]
    service = lambda **members: seed("endpoint-service", region=REGION, ServiceName=STATES, **members)
    service(VpcEndpointPolicySupported=False)
    assert look() == {**usual, "VpcEndpointPolicySupported": False}
    with_policy = s.new_endpoint(PolicyDocument=json.dumps(
        {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "states:*", "Resource": "*"}}
    ))
    refused("InvalidParameter", 400, s.ec2.create_vpc_endpoint, **with_policy)
    service(VpcEndpointPolicySupported=True, AvailabilityZones=["us-east-1b"], SupportedIpAddressTypes=["ipv6"])
    assert (look()["AvailabilityZoneIds"], look()["SupportedIpAddressTypes"]) == (["use1-az2"], ["ipv6"])
    refused("InvalidParameter", 400, s.ec2.create_vpc_endpoint, **s.new_endpoint(SubnetIds=s.subnets[1:2]))
    service(SupportedIpAddressTypes=["ipv4"], AcceptanceRequired=True, Owner=THEIRS)
    refused("InvalidParameter", 400, s.ec2.create_vpc_endpoint, **s.new_endpoint(SubnetIds=s.subnets[:1]))
    assert look()["Owner"] == THEIRS and look()["AcceptanceRequired"]
    made = s.ec2.create_vpc_endpoint(**s.new_endpoint(SubnetIds=s.subnets[1:2]))["VpcEndpoint"]["VpcEndpointId"]
    endpoint = lambda state: active(
        lambda: s.ec2.describe_vpc_endpoints(VpcEndpointIds=[made])["VpcEndpoints"][0], state, "State"
    )
    assert endpoint("pendingAcceptance")["DnsEntries"] == []
    seed("vpc-endpoint", VpcEndpointId=made, State="available")
    assert endpoint("available")["DnsEntries"]


@pytest.mark.parametrize("state", ["failed", "rejected", "expired", "deleting", "partial"])
def test_the_state_of_an_endpoint(s, seed, state):
    look = lambda: s.ec2.describe_vpc_endpoints(VpcEndpointIds=[s.endpoint])["VpcEndpoints"][0]
    assert look()["State"] == "available"
    reason = {"LastError": {"Code": "InsufficientFreeAddresses", "Message": "no more"}, "FailureReason": "no room"}
    seed("vpc-endpoint", VpcEndpointId=s.endpoint, State=state, **reason)
    assert {name: look()[name] for name in ("State", *reason)} == {"State": state, **reason}
    refused("IncorrectState", 400, s.ec2.modify_vpc_endpoint, VpcEndpointId=s.endpoint, ResetPolicy=True)
    seed("vpc-endpoint", VpcEndpointId=s.endpoint, State="available")
    assert "LastError" not in look()
    s.ec2.delete_vpc_endpoints(VpcEndpointIds=[s.endpoint])


def test_the_state_of_a_route(s, seed):
    target = {"RouteTableId": s.route_table, "DestinationCidrBlock": "10.9.0.0/16"}
    s.ec2.create_route(**target, TransitGatewayId="tgw-" + "1" * 17)
    seed("route", **target, State="blackhole")
    filters = [{"Name": "route.state", "Values": ["blackhole"]}]
    (table,) = s.ec2.describe_route_tables(Filters=filters)["RouteTables"]
    assert [row["State"] for row in table["Routes"]] == ["active", "blackhole"]


def test_the_state_of_a_connection(s, seed):
    target = {"region": REGION, "Name": s.connection}
    seed("connection", **target, ConnectionState="FAILED_CONNECTIVITY", StateReason="no answer")
    for shown in (s.events.describe_connection(Name=s.connection), s.events.list_connections()["Connections"][0]):
        assert (shown["ConnectionState"], shown["StateReason"]) == ("FAILED_CONNECTIVITY", "no answer")
    seed("connection", **target, ConnectionState="AUTHORIZED")
    assert "StateReason" not in s.events.describe_connection(Name=s.connection)


def test_the_status_of_lattice_objects(s, seed):
    configuration, gateway = {"resourceConfigurationIdentifier": s.configuration["id"]}, {"resourceGatewayIdentifier": s.gateway}
    seed("resource-configuration", id=s.configuration["id"], status="CREATE_FAILED", failureReason="unknown name")
    shown = s.lattice.get_resource_configuration(**configuration)
    assert (shown["status"], shown["failureReason"]) == ("CREATE_FAILED", "unknown name")
    refused("ValidationException", 400, s.events.create_connection,
            **s.new_connection(InvocationConnectivityParameters=through(s.configuration["arn"])))
    seed("resource-configuration", id=s.configuration["id"], status="ACTIVE")
    assert "failureReason" not in s.lattice.get_resource_configuration(**configuration)
    seed("resource-gateway", id=s.gateway, status="DELETE_FAILED")
    assert s.lattice.get_resource_gateway(**gateway)["status"] == "DELETE_FAILED"
    assert s.lattice.list_resource_gateways()["items"][0]["status"] == "DELETE_FAILED"


def test_a_failed_association(s, seed):
    failure = {"status": "CREATE_FAILED", "failureCode": "InternalError", "failureReason": "no room"}
    seed("service-network-resource-association", id=s.association, **failure)
    shown = s.lattice.get_service_network_resource_association(serviceNetworkResourceAssociationIdentifier=s.association)
    assert {name: shown[name] for name in failure} == failure
    (listed,) = s.lattice.list_service_network_resource_associations(
        resourceConfigurationIdentifier=s.configuration["id"]
    )["items"]
    assert listed["failureCode"] == "InternalError" and "failureReason" not in listed


def test_endpoints_and_associations_of_others_hold_a_configuration(s, seed):
    id = s.configuration["id"]
    held = seed("resource-endpoint-association", resourceConfigurationId=id, vpcEndpointOwner=THEIRS)
    look = lambda **more: s.lattice.list_resource_endpoint_associations(resourceConfigurationIdentifier=id, **more)["items"]
    (shown,) = look()
    assert (shown["id"], shown["vpcEndpointId"], shown["vpcEndpointOwner"]) == (held["id"], held["vpcEndpointId"], THEIRS)
    assert look(vpcEndpointOwner="123456789012") == [] and len(look(vpcEndpointId=held["vpcEndpointId"])) == 1
    refused("ValidationException", 400, s.lattice.delete_resource_configuration, resourceConfigurationIdentifier=id)
    made = seed("unmanaged-association", resourceConfigurationId=id)
    joined = seed(
        "service-network-vpc-endpoint-association", region=REGION, serviceNetworkId=made["serviceNetworkId"],
    )
    (through_network,) = s.lattice.list_service_network_vpc_endpoint_associations(
        serviceNetworkIdentifier=made["serviceNetworkId"]
    )["items"]
    assert through_network["vpcEndpointId"] == joined["vpcEndpointId"]
    association = s.lattice.get_service_network_resource_association(
        serviceNetworkResourceAssociationIdentifier=made["id"]
    )
    assert association["resourceConfigurationId"] == id and not association["isManagedAssociation"]


def test_an_interface_of_something_else(s, seed):
    made = seed("network-interface", SubnetId=s.subnets[0], Groups=[s.group], Description="ELB app/orders/1", InterfaceType="interface")
    look = lambda **filters: s.ec2.describe_network_interfaces(
        Filters=[{"Name": name.replace("_", "-"), "Values": [value]} for name, value in filters.items()]
    )["NetworkInterfaces"]
    (shown,) = look(description="ELB app/orders/*")
    assert (shown["NetworkInterfaceId"], shown["PrivateIpAddress"]) == (made["NetworkInterfaceId"], made["PrivateIpAddress"])
    assert [group["GroupId"] for group in shown["Groups"]] == [s.group]
    refused("DependencyViolation", 400, s.ec2.delete_security_group, GroupId=s.group)


NONE = "0" * 17
# Seeds that are refused, each with a part of the message.
WRONG = [
    ({"kind": "moon"}, "unknown variant `moon`"),
    ({"SubnetId": "subnet-1"}, "missing field `kind`"),
    ({"kind": "subnet", "SubnetId": "subnet-" + NONE}, "there is no subnet subnet-0"),
    ({"kind": "subnet", "SubnetId": "subnet-" + NONE, "Colour": "red"}, "unknown field `Colour`"),
    ({"kind": "subnet", "SubnetId": "subnet-" + NONE, "OwnerId": "me"}, "OwnerId is not an account id"),
    ({"kind": "vpc", "VpcId": "vpc-" + NONE, "OwnerId": THEIRS}, "there is no VPC"),
    ({"kind": "network-interface", "SubnetId": "subnet-" + NONE}, "there is no subnet"),
    ({"kind": "network-interface", "SubnetId": "subnet-" + NONE, "InterfaceType": "moon"}, "InterfaceType is none of"),
    ({"kind": "vpc-endpoint", "VpcEndpointId": "vpce-" + NONE, "State": "Failed"}, "State is none of pendingAcceptance"),
    ({"kind": "vpc-endpoint", "VpcEndpointId": "vpce-" + NONE, "State": "failed"}, "there is no endpoint"),
    ({"kind": "endpoint-service", "region": "moon", "ServiceName": STATES}, "region is not a Region"),
    ({"kind": "endpoint-service", "region": REGION, "ServiceName": "states"}, "there is no endpoint service"),
    ({"kind": "endpoint-service", "region": REGION, "ServiceName": STATES, "AvailabilityZones": ["us-east-1z"]}, "there is no zone"),
    ({"kind": "endpoint-service", "region": REGION, "ServiceName": STATES, "SupportedIpAddressTypes": ["dualstack"]}, "none of ipv4, ipv6"),
    ({"kind": "route", "RouteTableId": "rtb-" + NONE, "State": "blackhole"}, "one of DestinationCidrBlock"),
    ({"kind": "route", "RouteTableId": "rtb-" + NONE, "DestinationCidrBlock": "10.0.0.0/8", "State": "active"}, "there is no route table"),
    ({"kind": "connection", "region": REGION, "Name": "c", "ConnectionState": "FAILED"}, "ConnectionState is none of"),
    ({"kind": "connection", "region": REGION, "Name": "c", "ConnectionState": "ACTIVE"}, "there is no connection c"),
    ({"kind": "connection", "Name": "c", "ConnectionState": "ACTIVE"}, "missing field `region`"),
    ({"kind": "resource-gateway", "id": "rgw-" + NONE, "status": "ACTIVE"}, "there is no resource gateway"),
    ({"kind": "resource-gateway", "id": "rgw-" + NONE, "status": "GONE"}, "status is none of ACTIVE"),
    ({"kind": "resource-configuration", "id": "rcfg-" + NONE, "status": "ACTIVE"}, "there is no resource configuration"),
    ({"kind": "resource-share", "resourceConfigurationId": "rcfg-" + NONE, "principal": THEIRS}, "there is no resource configuration"),
    ({"kind": "resource-endpoint-association", "resourceConfigurationId": "rcfg-" + NONE}, "there is no resource configuration"),
    ({"kind": "unmanaged-association", "resourceConfigurationId": "rcfg-" + NONE}, "there is no resource configuration"),
    ({"kind": "service-network-resource-association", "id": "snra-" + NONE, "status": "ACTIVE"}, "there is no association"),
    ({"kind": "service-network-vpc-endpoint-association", "region": REGION, "serviceNetworkId": "n"}, "begins with sn-"),
]


@pytest.mark.parametrize("body, why", WRONG)
def test_a_wrong_seed_is_refused(control, body, why):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        control("seed", body)
    assert refusal.value.code == 400
    assert why in json.load(refusal.value)["message"]


def test_a_refused_seed_changes_nothing(s, control):
    before = subnet_of(s, s.subnets[0])
    for wrong in [{"AvailableIpAddressCount": 10**6}, {"Ipv6Native": False}, {"Ipv6Native": True, "AvailableIpAddressCount": 1}]:
        body = {"kind": "subnet", "SubnetId": s.subnets[0], "OwnerId": THEIRS, **wrong}
        with pytest.raises(urllib.error.HTTPError):
            control("seed", body)
    assert subnet_of(s, s.subnets[0]) == before
