"""Interface endpoints and their network interfaces through boto3."""

import json

import pytest

from waiting import active, gone, holds, refused

STATES = "com.amazonaws.us-east-1.states"
DENY = json.dumps({"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}})


@pytest.fixture
def network(ec2):
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    subnets = sorted(ec2.describe_subnets()["Subnets"], key=lambda subnet: subnet["AvailabilityZone"])
    return vpc, [subnet["SubnetId"] for subnet in subnets]


@pytest.fixture
def create(ec2, network):
    vpc, subnets = network

    def create(**changes):
        arguments = {"VpcId": vpc, "VpcEndpointType": "Interface", "ServiceName": STATES, "SubnetIds": subnets[:1]}
        return ec2.create_vpc_endpoint(**{**arguments, **changes})["VpcEndpoint"]

    return create


@pytest.fixture
def available(ec2):
    def available(endpoint, until=lambda _: True):
        look = lambda: ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])["VpcEndpoints"][0]
        return active(look, "available", "State", until)

    return available


def test_life(ec2, network, create, available, control):
    vpc, subnets = network
    tags = [{"Key": "a", "Value": "1"}]
    made = create(SubnetIds=subnets, TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": tags}])
    id = made["VpcEndpointId"]
    assert made["State"] == "pending" and made["PrivateDnsEnabled"] and made["Tags"] == tags
    assert made.get("DnsEntries", []) == [] and made["Groups"][0]["GroupName"] == "default"
    refused("InvalidVpcEndpointId.NotFound", 400, ec2.describe_vpc_endpoints, VpcEndpointIds=[id])
    shown = available(made)
    names = [entry["DnsName"] for entry in shown["DnsEntries"]]
    assert len(names) == 6 and names[0].startswith(f"{id}-")
    assert set(names[-2:]) == {"states.us-east-1.amazonaws.com", "states.us-east-1.api.aws"}
    assert json.loads(shown["PolicyDocument"])["Statement"][0]["Principal"] == "*"

    by_owner = [{"Name": "description", "Values": [f"*{id}"]}]
    interfaces = ec2.describe_network_interfaces(Filters=by_owner)["NetworkInterfaces"]
    assert {i["NetworkInterfaceId"] for i in interfaces} == set(shown["NetworkInterfaceIds"])
    assert {i["SubnetId"] for i in interfaces} == set(subnets)
    assert all(i["InterfaceType"] == "vpc_endpoint" and i["RequesterManaged"] for i in interfaces)
    listed = ec2.describe_vpc_endpoints(Filters=[{"Name": "service-name", "Values": [STATES]}])["VpcEndpoints"]
    assert [endpoint["VpcEndpointId"] for endpoint in listed] == [id]

    answer = ec2.delete_vpc_endpoints(VpcEndpointIds=[id, "vpce-0123"])
    (failure,) = answer["Unsuccessful"]
    assert (failure["ResourceId"], failure["Error"]["Code"]) == ("vpce-0123", "InvalidVpcEndpointId.NotFound")
    assert ec2.describe_vpc_endpoints(VpcEndpointIds=[id])["VpcEndpoints"][0]["State"] == "deleting"
    outlived = []

    def interfaces_left():
        shown = ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-endpoint-id", "Values": [id]}])["VpcEndpoints"]
        left = ec2.describe_network_interfaces(Filters=by_owner)["NetworkInterfaces"]
        if left and all(endpoint["State"] == "deleted" for endpoint in shown):
            outlived.append(left)
        return left or None

    gone(interfaces_left)
    assert outlived, "they outlive the endpoint"
    gone(lambda: ec2.describe_vpc_endpoints(VpcEndpointIds=[id]))
    assert control("resources?beyond-start") == {"resources": []}


def test_client_token(ec2, create):
    made = create(ClientToken="token-1")
    assert create(ClientToken="token-1")["VpcEndpointId"] == made["VpcEndpointId"]
    refused(
        "IdempotentParameterMismatch",
        400,
        ec2.create_vpc_endpoint,
        VpcId=made["VpcId"],
        ServiceName=STATES,
        ClientToken="token-1",
    )


def test_private_dns_conflict(ec2, network, create, available):
    vpc, subnets = network
    first = available(create())
    error = refused(
        "InvalidParameter",
        400,
        ec2.create_vpc_endpoint,
        VpcId=vpc,
        VpcEndpointType="Interface",
        ServiceName=STATES,
        SubnetIds=subnets[:1],
    )
    assert "conflicting DNS domain" in error["Error"]["Message"]
    second = available(create(PrivateDnsEnabled=False))
    assert len(second["DnsEntries"]) == 2
    ec2.modify_vpc_endpoint(VpcEndpointId=first["VpcEndpointId"], PrivateDnsEnabled=False)
    available(first, lambda endpoint: not endpoint["PrivateDnsEnabled"])


def test_modify(ec2, network, create, available):
    vpc, subnets = network
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    endpoint = available(create())
    id, default = endpoint["VpcEndpointId"], endpoint["Groups"][0]["GroupId"]
    ec2.modify_vpc_endpoint(
        VpcEndpointId=id,
        AddSubnetIds=subnets[1:2],
        RemoveSubnetIds=subnets[:1],
        AddSecurityGroupIds=[group],
        RemoveSecurityGroupIds=[default],
        PolicyDocument=DENY,
    )
    stale = ec2.describe_vpc_endpoints(VpcEndpointIds=[id])["VpcEndpoints"][0]
    assert stale["SubnetIds"] == subnets[:1]
    refused("OperationInProgress", 400, ec2.modify_vpc_endpoint, VpcEndpointId=id, ResetPolicy=True)
    shown = available(endpoint, lambda endpoint: endpoint["SubnetIds"] == subnets[1:2])
    assert shown["PolicyDocument"] == DENY and [g["GroupId"] for g in shown["Groups"]] == [group]
    interfaces = lambda: ec2.describe_network_interfaces(Filters=[{"Name": "group-id", "Values": [group]}])
    holds(lambda: [i["SubnetId"] for i in interfaces()["NetworkInterfaces"]] == subnets[1:2])


@pytest.mark.parametrize(
    "code, changes",
    [
        ("InvalidServiceName", {"ServiceName": "com.amazonaws.us-east-1.statess"}),
        ("InvalidParameter", {"VpcEndpointType": "Gateway"}),
        ("InvalidVpcID.NotFound", {"VpcId": "vpc-0123"}),
        ("InvalidSubnetId.NotFound", {"SubnetIds": ["subnet-0123"]}),
        ("InvalidGroup.NotFound", {"SecurityGroupIds": ["sg-0123"]}),
        ("InvalidPolicyDocument", {"PolicyDocument": "{}"}),
        ("InvalidParameter", {"DnsOptions": {"DnsRecordIpType": "ipv6"}}),
        ("InvalidParameterValue", {"IpAddressType": "ipv5"}),
    ],
)
def test_refused(ec2, network, control, code, changes):
    vpc, subnets = network
    arguments = {"VpcId": vpc, "VpcEndpointType": "Interface", "ServiceName": STATES, "SubnetIds": subnets[:1]}
    refused(code, 400, ec2.create_vpc_endpoint, **{**arguments, **changes})
    assert control("resources?beyond-start") == {"resources": []}


def test_one_subnet_a_zone(ec2, network, create):
    vpc, subnets = network
    zone = ec2.describe_subnets(SubnetIds=subnets[:1])["Subnets"][0]["AvailabilityZone"]
    other = ec2.create_subnet(VpcId=vpc, CidrBlock="172.31.64.0/28", AvailabilityZone=zone)["Subnet"]["SubnetId"]
    refused(
        "DuplicateSubnetsInSameZone",
        400,
        ec2.create_vpc_endpoint,
        VpcId=vpc,
        VpcEndpointType="Interface",
        ServiceName=STATES,
        SubnetIds=[subnets[0], other],
    )
    create(SubnetIds=[other])
    assert ec2.describe_subnets(SubnetIds=[other])["Subnets"][0]["AvailableIpAddressCount"] == 10
    refused("DependencyViolation", 400, ec2.delete_subnet, SubnetId=other)


def test_services(ec2):
    answer = ec2.describe_vpc_endpoint_services(ServiceNames=[STATES])
    (details,) = answer["ServiceDetails"]
    assert answer["ServiceNames"] == [STATES] and details["PrivateDnsName"] == "states.us-east-1.amazonaws.com"
    assert details["VpcEndpointPolicySupported"] and not details["AcceptanceRequired"]
    assert "com.amazonaws.us-east-1.sync-states" in ec2.describe_vpc_endpoint_services()["ServiceNames"]
    refused("InvalidServiceName", 400, ec2.describe_vpc_endpoint_services, ServiceNames=["com.amazonaws.x.y"])


def test_throttling(ec2):
    codes = [attempt(ec2) for _ in range(6)]
    assert codes[:4] == [None] * 4 and codes[-1] == "RequestLimitExceeded"


def attempt(ec2):
    try:
        ec2.delete_vpc_endpoints(VpcEndpointIds=["vpce-0123"])
    except ec2.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
