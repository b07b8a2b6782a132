"""VPCs, subnets, zones, tags and prefix lists through boto3."""

from waiting import gone, holds, refused

TAGS = [{"Key": "team", "Value": "orders"}]


def tagged(kind):
    return [{"ResourceType": kind, "Tags": TAGS}]


def associated(ec2, vpc, member):
    """The CIDR blocks of a VPC that are in use."""
    shown = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]
    prefix = "Ipv6" if member.startswith("Ipv6") else ""
    return [a[f"{prefix}CidrBlock"] for a in shown[member] if a[f"{prefix}CidrBlockState"]["State"] == "associated"]


def test_starting_state(ec2, control):
    (vpc,) = ec2.describe_vpcs()["Vpcs"]
    assert vpc["CidrBlock"] == "172.31.0.0/16" and vpc["IsDefault"] and vpc["State"] == "available"
    for attribute in ("enableDnsSupport", "enableDnsHostnames"):
        answer = ec2.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute=attribute)
        assert answer[attribute[0].upper() + attribute[1:]] == {"Value": True}
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
    zones = {zone["ZoneName"]: zone["ZoneId"] for zone in ec2.describe_availability_zones()["AvailabilityZones"]}
    assert sorted(subnet["AvailabilityZone"] for subnet in subnets) == sorted(zones)[:3]
    assert all(subnet["AvailabilityZoneId"] == zones[subnet["AvailabilityZone"]] for subnet in subnets)
    (group,) = ec2.describe_security_groups()["SecurityGroups"]
    assert group["GroupName"] == "default"
    rows = control("resources")["resources"]
    assert sorted(row["type"] for row in rows) == ["security-group", "subnet", "subnet", "subnet", "vpc"]
    assert all(row["startingState"] for row in rows) and control("resources?beyond-start") == {"resources": []}


def test_regions_are_apart(client):
    ours, theirs = client("ec2"), client("ec2", region_name="eu-west-1")
    assert ours.describe_vpcs()["Vpcs"][0]["VpcId"] != theirs.describe_vpcs()["Vpcs"][0]["VpcId"]
    assert theirs.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"] == "eu-west-1a"


def test_vpc_and_its_blocks(ec2, control):
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tagged("vpc"))["Vpc"]
    id = vpc["VpcId"]
    assert vpc["Tags"] == TAGS and vpc["State"] == "pending" and not vpc["IsDefault"]
    ec2.modify_vpc_attribute(VpcId=id, EnableDnsHostnames={"Value": True})
    answer = ec2.describe_vpc_attribute(VpcId=id, Attribute="enableDnsHostnames")
    assert answer["EnableDnsHostnames"] == {"Value": True}

    second = ec2.associate_vpc_cidr_block(VpcId=id, CidrBlock="10.1.0.0/16")["CidrBlockAssociation"]
    sixth = ec2.associate_vpc_cidr_block(VpcId=id, AmazonProvidedIpv6CidrBlock=True)["Ipv6CidrBlockAssociation"]
    assert second["CidrBlockState"] == {"State": "associating"}
    v4, v6 = "CidrBlockAssociationSet", "Ipv6CidrBlockAssociationSet"
    holds(lambda: associated(ec2, id, v4) == ["10.0.0.0/16", "10.1.0.0/16"] and associated(ec2, id, v6))
    ec2.disassociate_vpc_cidr_block(AssociationId=second["AssociationId"])
    ec2.disassociate_vpc_cidr_block(AssociationId=sixth["AssociationId"])
    gone(lambda: ec2.describe_vpcs(VpcIds=[id])["Vpcs"][0][v6] or None)
    assert associated(ec2, id, v4) == ["10.0.0.0/16"]

    subnet = ec2.create_subnet(VpcId=id, CidrBlock="10.0.1.0/24", TagSpecifications=tagged("subnet"))["Subnet"]
    assert subnet["AvailableIpAddressCount"] == 251 and subnet["Tags"] == TAGS
    refused("InvalidSubnet.Conflict", 400, ec2.create_subnet, VpcId=id, CidrBlock="10.0.1.0/25")
    refused("DependencyViolation", 400, ec2.delete_vpc, VpcId=id)
    ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    refused("InvalidSubnetID.NotFound", 400, ec2.describe_subnets, SubnetIds=[subnet["SubnetId"]])
    ec2.delete_vpc(VpcId=id)
    refused("InvalidVpcID.NotFound", 400, ec2.delete_vpc, VpcId=id)
    assert control("resources?beyond-start") == {"resources": []}


def test_tags(ec2):
    id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    described = lambda: {
        tag["Key"]: tag["Value"]
        for tag in ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [id]}])["Tags"]
    }
    ec2.create_tags(Resources=[id], Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    holds(lambda: described() == {"a": "1", "b": ""})
    assert ec2.describe_vpcs(Filters=[{"Name": "tag:a", "Values": ["1"]}])["Vpcs"][0]["VpcId"] == id
    ec2.delete_tags(Resources=[id], Tags=[{"Key": "a"}])
    holds(lambda: described() == {"b": ""})
    refused("InvalidParameterValue", 400, ec2.create_tags, Resources=[id], Tags=[{"Key": "aws:a", "Value": "1"}])


def test_pages(ec2, client):
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    for block in range(64, 72):
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"172.31.{block}.0/24")
    pages = list(ec2.get_paginator("describe_subnets").paginate(PaginationConfig={"PageSize": 5}))
    assert [len(page["Subnets"]) for page in pages] == [5, 5, 1]
    assert len({subnet["SubnetId"] for page in pages for subnet in page["Subnets"]}) == 11
    refused("InvalidNextToken", 400, ec2.describe_subnets, NextToken="mine")


def test_prefix_lists(ec2):
    made = ec2.create_managed_prefix_list(PrefixListName="offices", AddressFamily="IPv4", MaxEntries=3)["PrefixList"]
    (shown,) = ec2.describe_managed_prefix_lists(PrefixListIds=[made["PrefixListId"]])["PrefixLists"]
    assert (shown["PrefixListName"], shown["MaxEntries"]) == ("offices", 3)
    ec2.delete_managed_prefix_list(PrefixListId=made["PrefixListId"])
    refused(
        "InvalidPrefixListID.NotFound",
        400,
        ec2.describe_managed_prefix_lists,
        PrefixListIds=[made["PrefixListId"]],
    )


def test_dry_run(ec2, control):
    refused("DryRunOperation", 412, ec2.create_vpc, CidrBlock="10.0.0.0/16", DryRun=True)
    control("permissions", {"deny": ["ec2:CreateVpc"]})
    refused("UnauthorizedOperation", 403, ec2.create_vpc, CidrBlock="10.0.0.0/16", DryRun=True)
    assert control("resources?beyond-start") == {"resources": []}
