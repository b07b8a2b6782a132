"""DHCP options, network ACLs, route tables, entries of prefix lists, and security groups in other VPCs, through boto3."""

import pytest

from prerequisites import Prerequisites
from waiting import active, refused


@pytest.fixture
def s(client, control):
    return Prerequisites(client, control)


def of_vpc(vpc, *more):
    return [{"Name": "vpc-id", "Values": [vpc]}, *({"Name": name, "Values": [value]} for name, value in more)]


def rules(acl, egress=False):
    """The entries of one direction in the order in which AWS applies them."""
    rows = sorted((row for row in acl["Entries"] if row["Egress"] == egress), key=lambda row: row["RuleNumber"])
    return [(row["RuleNumber"], row.get("CidrBlock") or row["Ipv6CidrBlock"], row["RuleAction"]) for row in rows]


def test_default_objects_of_a_vpc(s, control):
    """A VPC has DHCP options, an ACL that admits everything, and a main route table with a local route."""
    (vpc,) = s.ec2.describe_vpcs()["Vpcs"]
    (options,) = s.ec2.describe_dhcp_options(DhcpOptionsIds=[vpc["DhcpOptionsId"]])["DhcpOptions"]
    servers = [row["Values"] for row in options["DhcpConfigurations"] if row["Key"] == "domain-name-servers"]
    assert servers == [[{"Value": "AmazonProvidedDNS"}]]
    (acl,) = s.ec2.describe_network_acls(Filters=of_vpc(s.vpc))["NetworkAcls"]
    assert acl["IsDefault"] and {row["SubnetId"] for row in acl["Associations"]} == set(s.subnets)
    assert rules(acl) == rules(acl, True) == [(100, "0.0.0.0/0", "allow"), (32767, "0.0.0.0/0", "deny")]
    (table,) = s.ec2.describe_route_tables(Filters=of_vpc(s.vpc))["RouteTables"]
    assert [row["Main"] for row in table["Associations"]] == [True]
    destinations = {row["DestinationCidrBlock"]: row["GatewayId"][:4] for row in table["Routes"]}
    assert destinations == {"172.31.0.0/16": "loca", "0.0.0.0/0": "igw-"}
    # Another VPC has the same objects, without a way out. They are no rows: they go with it.
    (table,) = s.ec2.describe_route_tables(Filters=of_vpc(s.other_vpc))["RouteTables"]
    assert [row["GatewayId"] for row in table["Routes"]] == ["local"]
    kinds = {row["type"] for row in control("resources?beyond-start")["resources"]}
    assert kinds == {"vpc", "security-group", "security-group-rule"}
    s.ec2.delete_vpc(VpcId=s.other_vpc)
    assert control("resources?beyond-start")["resources"] == []
    assert len(s.ec2.describe_network_acls()["NetworkAcls"]) == len(s.ec2.describe_route_tables()["RouteTables"]) == 1


def test_an_ipv6_block_adds_entries_and_a_route(s):
    vpc = s.ec2.create_vpc(CidrBlock="10.7.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    expected = [
        (100, "0.0.0.0/0", "allow"), (101, "::/0", "allow"), (32767, "0.0.0.0/0", "deny"), (32768, "::/0", "deny"),
    ]
    assert rules(s.default_acl_of(vpc)) == rules(s.default_acl_of(vpc), True) == expected
    (table,) = s.ec2.describe_route_tables(Filters=of_vpc(vpc))["RouteTables"]
    assert [sorted(row)[0] for row in table["Routes"]] == ["DestinationCidrBlock", "DestinationIpv6CidrBlock"]
    # Somebody changed this one, so AWS leaves it as it is.
    acl = s.default_acl_of(s.other_vpc)["NetworkAclId"]
    s.ec2.delete_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Egress=False)
    s.ec2.associate_vpc_cidr_block(VpcId=s.other_vpc, AmazonProvidedIpv6CidrBlock=True)
    assert rules(s.default_acl_of(s.other_vpc)) == [(32767, "0.0.0.0/0", "deny"), (32768, "::/0", "deny")]


def test_another_acl_guards_a_subnet(s):
    s.ec2.create_network_acl_entry(**s.new_entry(RuleNumber=80, Protocol="tcp", RuleAction="deny"))
    s.ec2.create_network_acl_entry(**s.new_entry(RuleNumber=s.entry, Egress=True))
    s.ec2.create_network_acl_entry(
        **s.new_entry(RuleNumber=70, Protocol="58", CidrBlock=None, PortRange=None, Ipv6CidrBlock="::/0",
                      IcmpTypeCode={"Type": -1, "Code": -1})
    )
    new = s.ec2.replace_network_acl_association(AssociationId=s.acl_association, NetworkAclId=s.acl)["NewAssociationId"]
    filters = of_vpc(s.vpc, ("association.subnet-id", s.subnets[0]))
    (acl,) = s.ec2.describe_network_acls(Filters=filters)["NetworkAcls"]
    assert acl["NetworkAclId"] == s.acl and not acl["IsDefault"]
    assert acl["Associations"] == [
        {"NetworkAclAssociationId": new, "NetworkAclId": s.acl, "SubnetId": s.subnets[0]}
    ]
    assert rules(acl) == [
        (70, "::/0", "allow"), (80, "10.0.0.0/8", "deny"), (90, "10.0.0.0/8", "allow"), (32767, "0.0.0.0/0", "deny"),
    ]
    assert rules(acl, True) == [(90, "10.0.0.0/8", "allow"), (32767, "0.0.0.0/0", "deny")]
    assert {row["Protocol"] for row in acl["Entries"]} == {"6", "58", "-1"}
    assert len(s.default_acl_of(s.vpc)["Associations"]) == 2
    # The subnet takes its association along.
    s.ec2.delete_subnet(SubnetId=s.subnets[0])
    s.ec2.delete_network_acl(NetworkAclId=s.acl)


def test_a_route_table_of_its_own(s):
    look = lambda: s.ec2.describe_route_tables(Filters=of_vpc(s.vpc, ("association.subnet-id", s.subnets[0])))["RouteTables"]
    # The main table has no association with a subnet.
    assert look() == []
    made = s.ec2.associate_route_table(RouteTableId=s.route_table, SubnetId=s.subnets[0])
    for n, target in enumerate([{"NetworkInterfaceId": s.interface}, {"TransitGatewayId": "tgw-" + "1" * 17}]):
        s.ec2.create_route(RouteTableId=s.route_table, DestinationCidrBlock=f"10.{n}.0.0/16", **target)
    s.ec2.create_route(RouteTableId=s.route_table, DestinationIpv6CidrBlock="::/0", GatewayId="igw-" + "1" * 17)
    (table,) = look()
    assert table["Associations"][0]["RouteTableAssociationId"] == made["AssociationId"]
    assert [(row["Origin"], row["State"]) for row in table["Routes"]] == [
        ("CreateRouteTable", "active"), *[("CreateRoute", "active")] * 3,
    ]
    # The endpoint takes its interface along.
    s.ec2.delete_vpc_endpoints(VpcEndpointIds=[s.endpoint])
    (table,) = active(look, key=None, until=lambda rows: rows[0]["Routes"][1]["State"] == "blackhole")
    assert [row["State"] for row in table["Routes"]] == ["active", "blackhole", "active", "active"]
    refused("DependencyViolation", 400, s.ec2.delete_route_table, RouteTableId=s.main_table)


def test_dhcp_options_of_a_vpc(s):
    dhcp = lambda: s.ec2.describe_vpcs(VpcIds=[s.vpc])["Vpcs"][0]["DhcpOptionsId"]
    before = dhcp()
    s.ec2.associate_dhcp_options(DhcpOptionsId=s.dhcp_options, VpcId=s.vpc)
    assert dhcp() == s.dhcp_options != before
    filters = [{"Name": "key", "Values": ["domain-name-servers"]}, {"Name": "value", "Values": ["10.0.0.53"]}]
    (options,) = s.ec2.describe_dhcp_options(Filters=filters)["DhcpOptions"]
    assert options["DhcpOptionsId"] == s.dhcp_options
    # The name `default` stands for no options.
    for other in ("default", before):
        s.ec2.associate_dhcp_options(DhcpOptionsId=other, VpcId=s.vpc)
        assert dhcp() == other


def test_entries_of_a_prefix_list(s):
    entries = s.ec2.get_managed_prefix_list_entries(PrefixListId=s.prefix_list)["Entries"]
    assert entries == [{"Cidr": "10.1.0.0/16", "Description": "north"}, {"Cidr": "10.2.0.0/16"}]
    new = {"PrefixListName": "p", "AddressFamily": "IPv4", "MaxEntries": 1}
    for wrong in [["10.0.0.0/8", "11.0.0.0/8"], ["::/0"], ["10.0.0.0"]]:
        cidrs = [{"Cidr": cidr} for cidr in wrong]
        refused("InvalidParameterValue", 400, s.ec2.create_managed_prefix_list, **new, Entries=cidrs)


def test_a_group_in_another_vpc(s):
    look = lambda: s.ec2.describe_security_group_vpc_associations(
        Filters=[{"Name": "group-id", "Values": [s.strict_group]}]
    )["SecurityGroupVpcAssociations"]
    assert look() == []
    made = s.ec2.associate_security_group_vpc(GroupId=s.strict_group, VpcId=s.third_vpc)
    assert made["State"] == "associating"
    (one,) = active(look, key=None, until=lambda rows: rows[0]["State"] == "associated")
    assert (one["GroupId"], one["VpcId"]) == (s.strict_group, s.third_vpc)
    # The association keeps the group.
    refused("DependencyViolation", 400, s.ec2.delete_security_group, GroupId=s.strict_group)
    s.ec2.delete_vpc(VpcId=s.third_vpc)
    s.ec2.delete_security_group(GroupId=s.strict_group)


def test_a_repeated_create_makes_one_object(s):
    for create, kind, id in [
        (s.ec2.create_network_acl, "NetworkAcl", "NetworkAclId"), (s.ec2.create_route_table, "RouteTable", "RouteTableId"),
    ]:
        made = [create(VpcId=s.vpc, ClientToken="t")[kind][id] for _ in range(2)]
        assert made[0] == made[1]
