"""VPC Lattice through boto3: every operation of the emulator, and how it behaves like AWS."""

import pytest
from botocore.exceptions import ClientError

from waiting import active, gone, refused, steady


@pytest.fixture
def network(ec2):
    vpc = ec2.describe_vpcs(Filters=[{"Name": "isDefault", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    return vpc, [subnet["SubnetId"] for subnet in subnets]


@pytest.fixture
def gateway(lattice, network):
    vpc, subnets = network
    made = lattice.create_resource_gateway(name="gate", vpcIdentifier=vpc, subnetIds=subnets)
    return active(lambda: lattice.get_resource_gateway(resourceGatewayIdentifier=made["id"]))


def configure(lattice, gateway, name="orders", **extra):
    arguments = {
        "type": "SINGLE",
        "portRanges": ["443"],
        "resourceGatewayIdentifier": gateway["id"],
        "resourceConfigurationDefinition": {"dnsResource": {"domainName": "orders.example.com"}},
    }
    made = lattice.create_resource_configuration(name=name, **{**arguments, **extra})
    return steady(lambda: lattice.get_resource_configuration(resourceConfigurationIdentifier=made["arn"]))


def test_gateway_create_read_and_defaults(lattice, ec2, network):
    vpc, subnets = network
    made = lattice.create_resource_gateway(name="gate", vpcIdentifier=vpc, subnetIds=subnets, tags={"a": "1"})
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert made["status"] == "CREATE_IN_PROGRESS" and made["vpcIdentifier"] == vpc and "vpcId" not in made
    got = active(lambda: lattice.get_resource_gateway(resourceGatewayIdentifier=made["arn"]))
    assert got["vpcId"] == vpc and "vpcIdentifier" not in got
    assert (got["ipAddressType"], got["ipv4AddressesPerEni"]) == ("IPV4", 16)
    assert got["resourceConfigDnsResolution"] == "PUBLIC"
    groups = ec2.describe_security_groups(GroupIds=got["securityGroupIds"])["SecurityGroups"]
    assert [group["GroupName"] for group in groups] == ["default"]
    assert (got["createdAt"] <= got["lastUpdatedAt"]) and got["serviceManaged"] is False
    listed = lattice.list_resource_gateways()["items"]
    assert [(item["id"], item["vpcIdentifier"]) for item in listed] == [(made["id"], vpc)]


def test_gateway_takes_addresses_and_releases_them_late(lattice, ec2, network, gateway):
    vpc, subnets = network
    interfaces = lambda: ec2.describe_network_interfaces(
        Filters=[{"Name": "group-id", "Values": gateway["securityGroupIds"]}]
    )["NetworkInterfaces"]
    assert sorted(i["SubnetId"] for i in interfaces()) == sorted(subnets)
    assert [len(i["PrivateIpAddresses"]) for i in interfaces()] == [16] * len(subnets)
    lattice.delete_resource_gateway(resourceGatewayIdentifier=gateway["id"])
    gone(lambda: lattice.get_resource_gateway(resourceGatewayIdentifier=gateway["id"]))
    assert interfaces(), "they outlive the gateway"
    gone(lambda: interfaces() or None)


def test_gateway_update(lattice, ec2, network, gateway):
    vpc, _ = network
    group = ec2.create_security_group(GroupName="other", Description="other", VpcId=vpc)["GroupId"]
    identifier = {"resourceGatewayIdentifier": gateway["id"]}

    def update():
        try:
            return lattice.update_resource_gateway(**identifier, securityGroupIds=[group])
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise

    answer = active(update, status="UPDATE_IN_PROGRESS")
    assert answer["vpcId"] == vpc and "ipv4AddressesPerEni" not in answer
    refused("ConflictException", 409, lattice.update_resource_gateway, **identifier, securityGroupIds=[group])
    active(lambda: lattice.get_resource_gateway(**identifier), until=lambda got: got["securityGroupIds"] == [group])
    lattice.update_resource_gateway(**identifier, resourceConfigDnsResolution="IN_VPC")
    active(
        lambda: lattice.get_resource_gateway(**identifier),
        until=lambda got: got["resourceConfigDnsResolution"] == "IN_VPC",
    )


def test_gateway_refusals(lattice, network):
    vpc, subnets = network
    create = lambda **arguments: {
        "name": "gate", "vpcIdentifier": vpc, "subnetIds": subnets, "clientToken": "t", **arguments
    }
    for wrong in ({"subnetIds": ["subnet-00000000000000000"]}, {"securityGroupIds": ["sg-00000000000000000"]},
                  {"vpcIdentifier": "vpc-00000000000000000"}):
        refused("ResourceNotFoundException", 404, lattice.create_resource_gateway, **create(**wrong))
    for wrong in ({"name": "rgw-gate"}, {"name": "ga--te"}, {"subnetIds": [subnets[0]] * 2}, {"subnetIds": []},
                  {"ipAddressType": "IPV6", "ipv4AddressesPerEni": 3}):
        error = refused("ValidationException", 400, lattice.create_resource_gateway, **create(**wrong))
        assert error["reason"] == "fieldValidationFailed" and error["fieldList"][0]["name"]
    made = lattice.create_resource_gateway(**create())
    assert lattice.create_resource_gateway(**create())["id"] == made["id"]
    refused("ConflictException", 409, lattice.create_resource_gateway, **create(name="other"))
    taken = refused("ConflictException", 409, lattice.create_resource_gateway, **create(clientToken="u"))
    assert (taken["resourceId"], taken["resourceType"]) == (made["id"], "RESOURCE_GATEWAY")


def test_gateway_without_enough_addresses_fails_without_a_reason(lattice, ec2, network):
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]

    def create_subnet():
        try:
            return ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/28")["Subnet"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidVpcID.NotFound":
                raise

    subnet = active(create_subnet, until=lambda _: True)["SubnetId"]
    made = lattice.create_resource_gateway(name="gate", vpcIdentifier=vpc, subnetIds=[subnet])
    failed = active(
        lambda: lattice.get_resource_gateway(resourceGatewayIdentifier=made["id"]), status="CREATE_FAILED"
    )
    assert "failureReason" not in failed


def test_configuration_create_read_list(lattice, gateway):
    made = configure(lattice, gateway, portRanges=["8443", "443-443"])
    assert made["portRanges"] == ["443", "8443"] and made["protocol"] == "TCP"
    assert made["allowAssociationToShareableServiceNetwork"] is True
    definition = {"dnsResource": {"domainName": "orders.example.com", "ipAddressType": "IPV4"}}
    assert made["resourceConfigurationDefinition"] == definition
    configure(lattice, gateway, name="billing")
    pages = lattice.get_paginator("list_resource_configurations").paginate(
        resourceGatewayIdentifier=gateway["id"], PaginationConfig={"PageSize": 1}
    )
    assert sorted(item["name"] for page in pages for item in page["items"]) == ["billing", "orders"]


def test_configuration_update_in_place(lattice, gateway):
    address = lambda ip: {"ipResource": {"ipAddress": ip}}
    made = configure(lattice, gateway, resourceConfigurationDefinition=address("10.0.0.1"))
    lattice.update_resource_configuration(
        resourceConfigurationIdentifier=made["id"], portRanges=["80"],
        resourceConfigurationDefinition=address("10.0.0.2"), allowAssociationToShareableServiceNetwork=False,
    )
    got = active(
        lambda: lattice.get_resource_configuration(resourceConfigurationIdentifier=made["id"]),
        until=lambda got: got["portRanges"] == ["80"],
    )
    assert got["resourceConfigurationDefinition"] == address("10.0.0.2")
    assert got["allowAssociationToShareableServiceNetwork"] is False


def test_configuration_refusals(lattice, gateway):
    base = {"name": "orders", "type": "SINGLE", "portRanges": ["443"], "resourceGatewayIdentifier": gateway["id"]}
    dns = {"dnsResource": {"domainName": "orders.example.com"}}
    for wrong in ({"resourceConfigurationDefinition": {"ipResource": {"ipAddress": "8.8.8.8"}}},
                  {"resourceConfigurationDefinition": dns, "portRanges": ["99999"]},
                  {"resourceConfigurationDefinition": dns, "protocol": "TCP_UDP"},
                  {"resourceConfigurationDefinition": {"dnsResource": {"domainName": "localhost"}}}, {}):
        refused("ValidationException", 400, lattice.create_resource_configuration, **{**base, **wrong})
    unknown = {"resourceGatewayIdentifier": "rgw-00000000000000000", "resourceConfigurationDefinition": dns}
    refused("ResourceNotFoundException", 404, lattice.create_resource_configuration, **{**base, **unknown})
    made = configure(lattice, gateway)
    error = refused("ValidationException", 400, lattice.update_resource_configuration,
                    resourceConfigurationIdentifier=made["id"], resourceConfigurationDefinition=dns)
    assert "cannot modify" in error["Error"]["Message"]
    refused("ConflictException", 409, lattice.delete_resource_gateway, resourceGatewayIdentifier=gateway["id"])


def test_configuration_delete_has_no_body(lattice, gateway):
    made = configure(lattice, gateway)
    answer = lattice.delete_resource_configuration(resourceConfigurationIdentifier=made["arn"])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    get = lambda: lattice.get_resource_configuration(resourceConfigurationIdentifier=made["id"])
    gone(get)
    refused("ResourceNotFoundException", 404, get)


def test_tags(lattice, gateway):
    lattice.tag_resource(resourceArn=gateway["arn"], tags={"a": "1", "b": ""})
    lattice.untag_resource(resourceArn=gateway["arn"], tagKeys=["a", "absent"])
    assert lattice.list_tags_for_resource(resourceArn=gateway["arn"])["tags"] == {"b": ""}
    refused("ValidationException", 400, lattice.tag_resource, resourceArn=gateway["arn"], tags={"aws:a": "1"})


def test_association_belongs_to_eventbridge(lattice, events, gateway):
    made = configure(lattice, gateway)
    listing = {"resourceConfigurationIdentifier": made["id"]}
    connectivity = {"ResourceParameters": {"ResourceConfigurationArn": made["arn"]}}
    events.create_connection(
        Name="orders", AuthorizationType="API_KEY", InvocationConnectivityParameters=connectivity,
        AuthParameters={"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "hush"}},
    )
    item = lattice.list_service_network_resource_associations(**listing)["items"][0]
    assert item["isManagedAssociation"] is True and "orders" not in str({k: v for k, v in item.items()
                                                                         if k != "resourceConfigurationName"})
    identifier = {"serviceNetworkResourceAssociationIdentifier": item["id"]}
    got = active(lambda: lattice.get_service_network_resource_association(**identifier))
    assert got["resourceConfigurationArn"] == made["arn"]
    tags = lattice.list_tags_for_resource(resourceArn=item["arn"])["tags"]
    assert tags == {"ManagedByServiceAWSEventBridge": "123456789012:orders"}
    refused("ValidationException", 400, lattice.delete_service_network_resource_association, **identifier)
    held = refused("ValidationException", 400, lattice.delete_resource_configuration, **listing)
    assert "existing association with service networks" in held["Error"]["Message"]
    active(lambda: events.describe_connection(Name="orders"), status="ACTIVE", key="ConnectionState")
    events.delete_connection(Name="orders")
    gone(lambda: events.describe_connection(Name="orders"))
    assert lattice.list_service_network_resource_associations(**listing)["items"], "it lingers"
    gone(lambda: lattice.list_service_network_resource_associations(**listing)["items"] or None)
    lattice.delete_resource_configuration(**listing)


def test_dualstack_is_missing_in_the_answer_of_an_update(lattice, ec2):
    made = ec2.create_vpc(CidrBlock="10.9.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
    find = lambda: ec2.describe_vpcs(VpcIds=[made["VpcId"]])["Vpcs"][0]
    vpc = active(find, until=lambda vpc: vpc["Ipv6CidrBlockAssociationSet"])
    block = vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].replace("/56", "/64")
    subnet = ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="10.9.0.0/24", Ipv6CidrBlock=block)["Subnet"]
    create = {"vpcIdentifier": vpc["VpcId"], "subnetIds": [subnet["SubnetId"]]}
    both = active(lambda: lattice.create_resource_gateway(name="both", ipAddressType="DUALSTACK", **create), status="CREATE_IN_PROGRESS")
    assert both["ipAddressType"] == "DUALSTACK"
    only = ec2.create_subnet(VpcId=vpc["VpcId"], Ipv6Native=True, Ipv6CidrBlock=block.replace("::/", ":1::/"))["Subnet"]
    assert only["Ipv6Native"] and "CidrBlock" not in only
    six = lattice.create_resource_gateway(
        name="six", ipAddressType="IPV6", vpcIdentifier=vpc["VpcId"], subnetIds=[only["SubnetId"]]
    )
    assert six["ipAddressType"] == "IPV6" and "ipv4AddressesPerEni" not in six
    identifier = {"resourceGatewayIdentifier": both["id"]}
    active(lambda: lattice.get_resource_gateway(**identifier))
    answer = lattice.update_resource_gateway(**identifier, securityGroupIds=both["securityGroupIds"])
    assert "ipAddressType" not in answer
    assert lattice.get_resource_gateway(**identifier)["ipAddressType"] == "DUALSTACK"
    interfaces = ec2.describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": create["subnetIds"]}])
    assert [len(i["Ipv6Addresses"]) for i in interfaces["NetworkInterfaces"]] == [1]
