"""The errors of each operation: for each code, one request that AWS refuses with it.

For VPC Lattice, EventBridge and STS, the codes are those of the service model. EC2's model has none: its codes are those of
docs/aws-behavior.md, Interface endpoint, Security group, and of "Error codes for the Amazon EC2 API". test_table.py tests the
errors that every operation of a service can return (throttled, denied, internal).
"""

from prerequisites import KEY, NOBODY, STATES, https, tagged, through
from refusals_small import KMS, QUOTAS, ROUTE53, STS
from waiting import active

NONE = {"vpc": "vpc-" + "0" * 17, "subnet": "subnet-" + "0" * 17, "sg": "sg-" + "0" * 17, "sgr": "sgr-" + "0" * 17,
        "pl": "pl-" + "0" * 17, "vpce": "vpce-" + "0" * 17, "eni": "eni-" + "0" * 17, "rgw": "rgw-" + "0" * 17,
        "dopt": "dopt-" + "0" * 17, "acl": "acl-" + "0" * 17, "rtb": "rtb-" + "0" * 17,
        "rcfg": "rcfg-" + "0" * 17, "snra": "snra-" + "0" * 17, "assoc": "vpc-cidr-assoc-" + "0" * 17}
ARN = f"arn:aws:vpc-lattice:us-east-1:123456789012:resourceconfiguration/{NONE['rcfg']}"


def described(member, none, malformed=None):
    """Returns the refusals of a Describe operation: for an unknown id, an unknown filter, and an invalid token."""
    return {
        none[0]: lambda s: {member: [none[1]]},
        "InvalidParameterValue": lambda s: {"Filters": [{"Name": "colour", "Values": ["red"]}]},
        "InvalidNextToken": lambda s: {"NextToken": "mine"},
        **({} if malformed is None else {malformed[0]: lambda s: {member: [malformed[1]]}}),
    }


def many(limit, make):
    """Calls `make` as often as the limit allows."""
    for n in range(limit):
        make(n)


def full_group(s):
    """Fills a group with 60 rules, the limit. Returns a request for one more."""
    s.ec2.authorize_security_group_ingress(
        GroupId=s.group, IpPermissions=[https(f"10.{n}.0.0/16")[0] for n in range(60)]
    )
    return {"GroupId": s.group, "IpPermissions": https("10.200.0.0/16")}


def taken_address(s):
    """A subnet configuration with the address of an endpoint that exists."""
    endpoint = s.ec2.describe_vpc_endpoints(VpcEndpointIds=[s.endpoint])["VpcEndpoints"][0]
    interfaces = s.ec2.describe_network_interfaces(NetworkInterfaceIds=endpoint["NetworkInterfaceIds"])
    first = interfaces["NetworkInterfaces"][0]
    return {"SubnetId": first["SubnetId"], "Ipv4": first["PrivateIpAddress"]}


def six_groups(s):
    return [s.make_group(f"g{n}") for n in range(6)]


def without_default_vpc(s):
    for subnet in s.ec2.describe_subnets()["Subnets"]:
        s.ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    s.ec2.delete_vpc(VpcId=s.vpc)
    return {"GroupName": "g", "Description": "d"}


def no_address_left(s):
    """Returns a subnet whose 11 addresses a gateway has taken."""
    s.lattice.create_resource_gateway(**s.new_gateway(subnetIds=[s.small_subnet], ipv4AddressesPerEni=11))
    return s.small_subnet


def fifty_endpoints(s):
    request = s.new_endpoint(PrivateDnsEnabled=False, SubnetIds=[])
    many(50, lambda n: s.ec2.create_vpc_endpoint(**request))
    return request


def modifying(s):
    # Alternate between adding and removing, because the test may repeat the request.
    s.turns = getattr(s, "turns", 0) + 1
    change = "AddSubnetIds" if s.turns % 2 else "RemoveSubnetIds"
    s.ec2.modify_vpc_endpoint(VpcEndpointId=s.endpoint, **{change: s.subnets[1:2]})
    return {"VpcEndpointId": s.endpoint, "PrivateDnsEnabled": False}


def modify(**changes):
    return lambda s: {"VpcEndpointId": s.endpoint, **{name: value(s) for name, value in changes.items()}}


def used_token(s, operation):
    """Uses a client token. Returns a request with it and other parameters."""
    getattr(s.ec2, operation)(VpcId=s.vpc, ClientToken="t")
    return {"VpcId": s.other_vpc, "ClientToken": "t"}


def guarded(s):
    s.ec2.replace_network_acl_association(AssociationId=s.acl_association, NetworkAclId=s.acl)
    return {"NetworkAclId": s.acl}


def used_table(s):
    s.ec2.associate_route_table(RouteTableId=s.route_table, SubnetId=s.subnets[0])
    return s.route_table


def route(s, **changes):
    return {"RouteTableId": s.route_table, "DestinationCidrBlock": "10.9.0.0/16", "NatGatewayId": "nat-" + "1" * 17, **changes}


EC2 = {
    "AssociateDhcpOptions": {
        "InvalidDhcpOptionID.NotFound": lambda s: {"DhcpOptionsId": NONE["dopt"], "VpcId": s.vpc},
        "InvalidVpcID.NotFound": lambda s: {"DhcpOptionsId": s.dhcp_options, "VpcId": NONE["vpc"]},
    },
    "AssociateRouteTable": {
        "InvalidRouteTableID.NotFound": lambda s: {"RouteTableId": NONE["rtb"], "SubnetId": s.subnets[0]},
        "InvalidSubnetID.NotFound": lambda s: {"RouteTableId": s.route_table, "SubnetId": NONE["subnet"]},
        "InvalidParameterValue": lambda s: {"RouteTableId": s.route_table, "SubnetId": s.other_subnet},
        "MissingParameter": lambda s: {"RouteTableId": s.route_table},
        "Resource.AlreadyAssociated": lambda s: {
            "RouteTableId": used_table(s) and s.ec2.create_route_table(VpcId=s.vpc)["RouteTable"]["RouteTableId"],
            "SubnetId": s.subnets[0],
        },
        "UnsupportedOperation": lambda s: {"RouteTableId": s.route_table, "GatewayId": "igw-" + "1" * 17},
    },
    "AssociateSecurityGroupVpc": {
        "InvalidGroup.NotFound": lambda s: {"GroupId": NONE["sg"], "VpcId": s.third_vpc},
        "InvalidGroupId.Malformed": lambda s: {"GroupId": "mine", "VpcId": s.third_vpc},
        "InvalidVpcID.NotFound": lambda s: {"GroupId": s.strict_group, "VpcId": NONE["vpc"]},
        "InvalidParameterValue": lambda s: {"GroupId": s.strict_group, "VpcId": s.vpc},
    },
    "AssociateVpcCidrBlock": {
        "InvalidVpcID.NotFound": lambda s: {"VpcId": NONE["vpc"], "CidrBlock": "10.1.0.0/16"},
        "InvalidVpc.Range": lambda s: {"VpcId": s.vpc, "CidrBlock": "10.0.0.0/8"},
        "InvalidParameterValue": lambda s: {"VpcId": s.vpc, "CidrBlock": "10.1.0.0"},
        "MissingParameter": lambda s: {"VpcId": s.vpc},
    },
    **{
        f"AuthorizeSecurityGroup{direction}": {
            "InvalidGroup.NotFound": lambda s: {"GroupId": NONE["sg"], "IpPermissions": https()},
            "InvalidGroupId.Malformed": lambda s: {"GroupId": "mine", "IpPermissions": https()},
            "InvalidPermission.Duplicate": lambda s, again=again: (
                again(s), {"GroupId": s.group, "IpPermissions": https()}
            )[1],
            "InvalidPermission.Malformed": lambda s: {"GroupId": s.group, "IpPermissions": [{"IpProtocol": "-1"}]},
            "InvalidParameterValue": lambda s: {"GroupId": s.group, "IpPermissions": https("10.0.0.0/33")},
            "InvalidPrefixListID.NotFound": lambda s: {"GroupId": s.group, "IpPermissions": [
                {"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": NONE["pl"]}]}
            ]},
            "MissingParameter": lambda s: {"GroupId": s.group},
        }
        for direction, again in [
            ("Ingress", lambda s: s.rule),
            ("Egress", lambda s: s.ec2.authorize_security_group_egress(GroupId=s.group, IpPermissions=https())),
        ]
    },
    "CreateDhcpOptions": {
        "InvalidParameterValue": lambda s: {"DhcpConfigurations": [{"Key": "colour", "Values": ["red"]}]},
    },
    "CreateManagedPrefixList": {
        "InvalidParameterValue": lambda s: {"PrefixListName": "p", "AddressFamily": "IPv5", "MaxEntries": 1},
    },
    "CreateNetworkAcl": {
        "InvalidVpcID.NotFound": lambda s: {"VpcId": NONE["vpc"]},
        "IdempotentParameterMismatch": lambda s: used_token(s, "create_network_acl"),
    },
    "CreateNetworkAclEntry": {
        "InvalidNetworkAclID.NotFound": lambda s: s.new_entry(NetworkAclId=NONE["acl"]),
        "NetworkAclEntryAlreadyExists": lambda s: s.new_entry(RuleNumber=s.entry),
        "InvalidParameterValue": lambda s: s.new_entry(RuleNumber=32767),
        "MissingParameter": lambda s: s.new_entry(PortRange=None),
    },
    "CreateRoute": {
        "InvalidRouteTableID.NotFound": lambda s: route(s, RouteTableId=NONE["rtb"]),
        "InvalidNetworkInterfaceID.NotFound": lambda s: {
            "RouteTableId": s.route_table, "DestinationCidrBlock": "10.9.0.0/16", "NetworkInterfaceId": NONE["eni"],
        },
        "InvalidParameterValue": lambda s: route(s, DestinationCidrBlock="10.9.0.0"),
        "MissingParameter": lambda s: {"RouteTableId": s.route_table, "DestinationCidrBlock": "10.9.0.0/16"},
        "RouteAlreadyExists": lambda s: route(s, DestinationCidrBlock="172.31.0.0/16"),
        "UnsupportedOperation": lambda s: {**route(s), "LocalGatewayId": "lgw-" + "1" * 17},
    },
    "CreateRouteTable": {
        "InvalidVpcID.NotFound": lambda s: {"VpcId": NONE["vpc"]},
        "IdempotentParameterMismatch": lambda s: used_token(s, "create_route_table"),
    },
    "CreateSecurityGroup": {
        "InvalidGroup.Duplicate": lambda s: {
            "GroupName": s.group and "orders", "Description": "d", "VpcId": s.vpc
        },
        "InvalidParameterValue": lambda s: {"GroupName": "default", "Description": "d"},
        "InvalidVpcID.NotFound": lambda s: {"GroupName": "g", "Description": "d", "VpcId": NONE["vpc"]},
        "VPCIdNotSpecified": without_default_vpc,
        "SecurityGroupLimitExceeded": lambda s: at_the_quota(
            s, "security-groups", 1, {"GroupName": "g", "Description": "d", "VpcId": s.vpc},
        ),
        "TagLimitExceeded": lambda s: {
            "GroupName": "g", "Description": "d", "TagSpecifications": tagged("security-group", 51)
        },
    },
    "CreateSubnet": {
        "InvalidVpcID.NotFound": lambda s: {"VpcId": NONE["vpc"], "CidrBlock": "172.31.64.0/20"},
        "InvalidSubnet.Range": lambda s: {"VpcId": s.vpc, "CidrBlock": "10.0.0.0/24"},
        "InvalidSubnet.Conflict": lambda s: {"VpcId": s.vpc, "CidrBlock": "172.31.0.0/24"},
        "InvalidParameterValue": lambda s: {"VpcId": s.vpc, "CidrBlock": "172.31.192.0"},
        "MissingParameter": lambda s: {"VpcId": s.vpc},
    },
    "CreateTags": {
        "InvalidVpcID.NotFound": lambda s: {"Resources": [NONE["vpc"]], "Tags": [{"Key": "a", "Value": "1"}]},
        "InvalidSubnetID.NotFound": lambda s: {"Resources": [NONE["subnet"]], "Tags": [{"Key": "a", "Value": "1"}]},
        "InvalidGroup.NotFound": lambda s: {"Resources": [NONE["sg"]], "Tags": [{"Key": "a", "Value": "1"}]},
        "InvalidSecurityGroupRuleId.NotFound": lambda s: {
            "Resources": [NONE["sgr"]], "Tags": [{"Key": "a", "Value": "1"}]
        },
        "InvalidVpcEndpointId.NotFound": lambda s: {"Resources": [NONE["vpce"]], "Tags": [{"Key": "a", "Value": "1"}]},
        "InvalidNetworkInterfaceID.NotFound": lambda s: {
            "Resources": [NONE["eni"]], "Tags": [{"Key": "a", "Value": "1"}]
        },
        "InvalidPrefixListID.NotFound": lambda s: {"Resources": [NONE["pl"]], "Tags": [{"Key": "a", "Value": "1"}]},
        "InvalidDhcpOptionID.NotFound": lambda s: {"Resources": [NONE["dopt"]], "Tags": [{"Key": "a", "Value": "1"}]},
        "InvalidNetworkAclID.NotFound": lambda s: {"Resources": [NONE["acl"]], "Tags": [{"Key": "a", "Value": "1"}]},
        "InvalidRouteTableID.NotFound": lambda s: {"Resources": [NONE["rtb"]], "Tags": [{"Key": "a", "Value": "1"}]},
        "InvalidID": lambda s: {"Resources": ["mine"], "Tags": [{"Key": "a", "Value": "1"}]},
        "InvalidParameterValue": lambda s: {"Resources": [s.vpc], "Tags": [{"Key": "aws:a", "Value": "1"}]},
        "MissingParameter": lambda s: {"Resources": [s.vpc], "Tags": [{"Value": "1"}]},
        "TagLimitExceeded": lambda s: {"Resources": [s.vpc], "Tags": tagged("vpc", 51)[0]["Tags"]},
    },
    "CreateVpc": {
        "InvalidVpc.Range": lambda s: {"CidrBlock": "10.0.0.0/8"},
        "InvalidParameterValue": lambda s: {"CidrBlock": "10.0.0.0"},
        "MissingParameter": lambda s: {},
        "UnsupportedOperation": lambda s: {"Ipv4NetmaskLength": 16, "Ipv4IpamPoolId": "ipam-pool-0"},
    },
    "CreateVpcEndpoint": {
        "InvalidVpcID.NotFound": lambda s: s.new_endpoint(VpcId=NONE["vpc"]),
        "InvalidSubnetId.NotFound": lambda s: s.new_endpoint(SubnetIds=[NONE["subnet"]]),
        "InvalidGroup.NotFound": lambda s: s.new_endpoint(SecurityGroupIds=[NONE["sg"]]),
        "InvalidGroupId.Malformed": lambda s: s.new_endpoint(SecurityGroupIds=["mine"]),
        "InvalidServiceName": lambda s: s.new_endpoint(ServiceName=STATES + "s"),
        "InvalidParameter": lambda s: s.new_endpoint(ServiceName=s.endpoint and STATES),
        "InvalidParameterValue": lambda s: s.new_endpoint(TagSpecifications=tagged("vpc")),
        "MissingParameter": lambda s: {"VpcId": s.vpc, "VpcEndpointType": "Interface"},
        "InvalidPolicyDocument": lambda s: s.new_endpoint(PolicyDocument="{}"),
        "DuplicateSubnetsInSameZone": lambda s: s.new_endpoint(SubnetIds=[s.subnets[0], s.small_subnet]),
        "InsufficientFreeAddressesInSubnet": lambda s: s.new_endpoint(SubnetIds=[no_address_left(s)]),
        "InvalidIPAddress.InUse": lambda s: s.new_endpoint(
            PrivateDnsEnabled=False, SubnetConfigurations=[taken_address(s)]
        ),
        "SecurityGroupsPerInterfaceLimitExceeded": lambda s: s.new_endpoint(SecurityGroupIds=six_groups(s)),
        "VpcEndpointLimitExceeded": fifty_endpoints,
        "IdempotentParameterMismatch": lambda s: (
            s.ec2.create_vpc_endpoint(**s.new_endpoint(ClientToken="t")),
            s.new_endpoint(ClientToken="t", PolicyDocument=NOBODY),
        )[1],
        "InvalidClientToken": lambda s: s.new_endpoint(ClientToken="t" * 65),
        "UnsupportedOperation": lambda s: s.new_endpoint(RouteTableIds=["rtb-0"]),
        "TagLimitExceeded": lambda s: s.new_endpoint(TagSpecifications=tagged("vpc-endpoint", 51)),
    },
    "DeleteManagedPrefixList": {
        "InvalidPrefixListID.NotFound": lambda s: {"PrefixListId": NONE["pl"]},
        "DependencyViolation": lambda s: (
            s.ec2.authorize_security_group_ingress(GroupId=s.group, IpPermissions=[
                {"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": s.prefix_list}]}
            ]),
            {"PrefixListId": s.prefix_list},
        )[1],
    },
    "DeleteNetworkAcl": {
        "InvalidNetworkAclID.NotFound": lambda s: {"NetworkAclId": NONE["acl"]},
        "InvalidParameterValue": lambda s: {"NetworkAclId": s.default_acl},
        "DependencyViolation": guarded,
    },
    "DeleteNetworkAclEntry": {
        "InvalidNetworkAclID.NotFound": lambda s: {"NetworkAclId": NONE["acl"], "RuleNumber": 90, "Egress": False},
        "InvalidNetworkAclEntry.NotFound": lambda s: {"NetworkAclId": s.acl, "RuleNumber": s.entry, "Egress": True},
    },
    "DeleteRouteTable": {
        "InvalidRouteTableID.NotFound": lambda s: {"RouteTableId": NONE["rtb"]},
        "DependencyViolation": lambda s: {"RouteTableId": used_table(s)},
    },
    "DeleteSecurityGroup": {
        "InvalidGroup.NotFound": lambda s: {"GroupId": NONE["sg"]},
        "InvalidGroupId.Malformed": lambda s: {"GroupId": "mine"},
        "DependencyViolation": lambda s: (
            s.ec2.create_vpc_endpoint(**s.new_endpoint(SecurityGroupIds=[s.group])), {"GroupId": s.group}
        )[1],
        "CannotDelete": lambda s: {"GroupId": s.default_group},
        "MissingParameter": lambda s: {},
    },
    "DeleteSubnet": {
        "InvalidSubnetID.NotFound": lambda s: {"SubnetId": NONE["subnet"]},
        "DependencyViolation": lambda s: {"SubnetId": s.pending_endpoint and s.subnets[0]},
    },
    "DeleteTags": {
        "InvalidVpcID.NotFound": lambda s: {"Resources": [NONE["vpc"]]},
        "InvalidID": lambda s: {"Resources": ["mine"]},
    },
    "DeleteVpc": {
        "InvalidVpcID.NotFound": lambda s: {"VpcId": NONE["vpc"]},
        "DependencyViolation": lambda s: {"VpcId": s.vpc},
    },
    # EC2 answers with HTTP 200 and the code in `Unsuccessful`.
    "DeleteVpcEndpoints": {
        "InvalidVpcEndpointId.NotFound": lambda s: {"VpcEndpointIds": [NONE["vpce"]]},
        "InvalidVpcEndpointId.Malformed": lambda s: {"VpcEndpointIds": ["mine"]},
    },
    "DescribeAvailabilityZones": {"InvalidParameterValue": lambda s: {"ZoneNames": ["us-east-1z"]}},
    "DescribeDhcpOptions": described("DhcpOptionsIds", ("InvalidDhcpOptionID.NotFound", NONE["dopt"])),
    "DescribeNetworkAcls": described("NetworkAclIds", ("InvalidNetworkAclID.NotFound", NONE["acl"])),
    "DescribeRouteTables": described("RouteTableIds", ("InvalidRouteTableID.NotFound", NONE["rtb"])),
    "DescribeSecurityGroupVpcAssociations": {
        "InvalidParameterValue": lambda s: {"Filters": [{"Name": "colour", "Values": ["red"]}]},
        "InvalidNextToken": lambda s: {"NextToken": "mine"},
    },
    "DescribeManagedPrefixLists": described(
        "PrefixListIds", ("InvalidPrefixListID.NotFound", NONE["pl"])
    ),
    "DescribeNetworkInterfaces": described(
        "NetworkInterfaceIds", ("InvalidNetworkInterfaceID.NotFound", NONE["eni"])
    ),
    "DescribeSecurityGroupRules": described(
        "SecurityGroupRuleIds", ("InvalidSecurityGroupRuleId.NotFound", NONE["sgr"])
    ),
    "DescribeSecurityGroups": described(
        "GroupIds", ("InvalidGroup.NotFound", NONE["sg"]), ("InvalidGroupId.Malformed", "mine")
    ),
    "DescribeSubnets": described("SubnetIds", ("InvalidSubnetID.NotFound", NONE["subnet"])),
    "DescribeTags": {
        "InvalidParameterValue": lambda s: {"Filters": [{"Name": "colour", "Values": ["red"]}]},
        "InvalidNextToken": lambda s: {"NextToken": "mine"},
    },
    "DescribeVpcAttribute": {
        "InvalidVpcID.NotFound": lambda s: {"VpcId": NONE["vpc"], "Attribute": "enableDnsSupport"},
        "InvalidParameterValue": lambda s: {"VpcId": s.vpc, "Attribute": "enableTelepathy"},
    },
    "DescribeVpcEndpointServices": described(
        "ServiceNames", ("InvalidServiceName", STATES + "s")
    ),
    "DescribeVpcEndpoints": described(
        "VpcEndpointIds", ("InvalidVpcEndpointId.NotFound", NONE["vpce"]),
        ("InvalidVpcEndpointId.Malformed", "mine"),
    ),
    "DescribeVpcs": described("VpcIds", ("InvalidVpcID.NotFound", NONE["vpc"])),
    "DisassociateVpcCidrBlock": {
        "InvalidVpcCidrBlockAssociationID.NotFound": lambda s: {"AssociationId": NONE["assoc"]},
        "OperationNotPermitted": lambda s: {
            "AssociationId": s.ec2.describe_vpcs()["Vpcs"][0]["CidrBlockAssociationSet"][0]["AssociationId"]
        },
        "DependencyViolation": lambda s: used_block(s),
    },
    "GetManagedPrefixListEntries": {
        "InvalidPrefixListID.NotFound": lambda s: {"PrefixListId": NONE["pl"]},
        "InvalidNextToken": lambda s: {"PrefixListId": s.prefix_list, "NextToken": "mine"},
        "UnsupportedOperation": lambda s: {"PrefixListId": s.prefix_list, "TargetVersion": 1},
    },
    "ModifySecurityGroupRules": {
        "InvalidGroup.NotFound": lambda s: {"GroupId": NONE["sg"], "SecurityGroupRules": [changed_rule(NONE["sgr"])]},
        "InvalidGroupId.Malformed": lambda s: {"GroupId": "mine", "SecurityGroupRules": [changed_rule(NONE["sgr"])]},
        "InvalidSecurityGroupRuleId.NotFound": lambda s: {
            "GroupId": s.group, "SecurityGroupRules": [changed_rule(NONE["sgr"])]
        },
        "InvalidParameterCombination": lambda s: {
            "GroupId": s.group, "SecurityGroupRules": [changed_rule(s.rule, CidrIpv6="::/0")]
        },
        "InvalidParameterValue": lambda s: {
            "GroupId": s.group, "SecurityGroupRules": [changed_rule(s.rule, FromPort=90)]
        },
        "InvalidPermission.Duplicate": lambda s: (
            s.ec2.authorize_security_group_ingress(GroupId=s.group, IpPermissions=https("10.0.0.0/8")),
            {"GroupId": s.group, "SecurityGroupRules": [changed_rule(s.rule, FromPort=443, ToPort=443)]},
        )[1],
    },
    "ModifyVpcAttribute": {
        "InvalidVpcID.NotFound": lambda s: {"VpcId": NONE["vpc"], "EnableDnsSupport": {"Value": True}},
        "MissingParameter": lambda s: {"VpcId": s.vpc},
        "InvalidParameterCombination": lambda s: {
            "VpcId": s.vpc, "EnableDnsSupport": {"Value": True}, "EnableDnsHostnames": {"Value": True}
        },
        "UnsupportedOperation": lambda s: {"VpcId": s.vpc, "EnableNetworkAddressUsageMetrics": {"Value": True}},
    },
    "ModifyVpcEndpoint": {
        "InvalidVpcEndpointId.NotFound": lambda s: {"VpcEndpointId": NONE["vpce"], "ResetPolicy": True},
        "InvalidVpcEndpointId.Malformed": lambda s: {"VpcEndpointId": "mine", "ResetPolicy": True},
        "OperationInProgress": modifying,
        "IncorrectState": lambda s: {"VpcEndpointId": s.pending_endpoint, "ResetPolicy": True},
        "InvalidSubnetId.NotFound": modify(AddSubnetIds=lambda s: [NONE["subnet"]]),
        "InvalidGroup.NotFound": modify(AddSecurityGroupIds=lambda s: [NONE["sg"]]),
        "InvalidGroupId.Malformed": modify(AddSecurityGroupIds=lambda s: ["mine"]),
        "DuplicateSubnetsInSameZone": modify(AddSubnetIds=lambda s: [s.small_subnet]),
        "InsufficientFreeAddressesInSubnet": modify(
            RemoveSubnetIds=lambda s: s.subnets, AddSubnetIds=lambda s: [no_address_left(s)]
        ),
        "SecurityGroupsPerInterfaceLimitExceeded": modify(AddSecurityGroupIds=six_groups),
        "InvalidPolicyDocument": modify(PolicyDocument=lambda s: "{}"),
        "InvalidParameter": modify(DnsOptions=lambda s: {"DnsRecordIpType": "ipv6"}),
        "InvalidParameterCombination": modify(PolicyDocument=lambda s: NOBODY, ResetPolicy=lambda s: True),
        "UnsupportedOperation": modify(AddRouteTableIds=lambda s: ["rtb-0"]),
    },
    "ReplaceNetworkAclAssociation": {
        "InvalidAssociationID.NotFound": lambda s: {
            "AssociationId": "aclassoc-" + "0" * 17, "NetworkAclId": s.acl,
        },
        "InvalidNetworkAclID.NotFound": lambda s: {"AssociationId": s.acl_association, "NetworkAclId": NONE["acl"]},
        "InvalidParameterValue": lambda s: {
            "AssociationId": s.acl_association, "NetworkAclId": s.default_acl_of(s.other_vpc)["NetworkAclId"],
        },
    },
    **{
        f"RevokeSecurityGroup{direction}": {
            "InvalidGroup.NotFound": lambda s: {"GroupId": NONE["sg"], "IpPermissions": https()},
            "InvalidGroupId.Malformed": lambda s: {"GroupId": "mine", "IpPermissions": https()},
            "InvalidPermission.NotFound": lambda s: {"GroupId": s.strict_group, "IpPermissions": https()},
            "InvalidSecurityGroupRuleId.NotFound": lambda s: {"GroupId": s.group, "SecurityGroupRuleIds": [NONE["sgr"]]},
            "InvalidPermission.Malformed": lambda s: {"GroupId": s.group, "IpPermissions": [{"IpProtocol": "-1"}]},
            "InvalidParameterValue": lambda s: {"GroupId": s.group, "IpPermissions": https("10.0.0.0/33")},
            "MissingParameter": lambda s: {"GroupId": s.group},
        }
        for direction in ("Ingress", "Egress")
    },
    **{
        f"UpdateSecurityGroupRuleDescriptions{direction}": {
            "InvalidGroup.NotFound": lambda s: {"GroupId": NONE["sg"], "IpPermissions": https()},
            "InvalidGroupId.Malformed": lambda s: {"GroupId": "mine", "IpPermissions": https()},
            "InvalidPermission.NotFound": lambda s: {"GroupId": s.group, "IpPermissions": https()},
            "InvalidSecurityGroupRuleId.NotFound": lambda s: {
                "GroupId": s.group, "SecurityGroupRuleDescriptions": [{"SecurityGroupRuleId": NONE["sgr"]}]
            },
            "InvalidParameterValue": lambda s: {"GroupId": s.group, "IpPermissions": [
                {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "naïve"}]}
            ]},
            "MissingParameter": lambda s: {"IpPermissions": https()},
        }
        for direction in ("Ingress", "Egress")
    },
}
# The limit applies to ingress and egress rules. One request for it is enough.
EC2["AuthorizeSecurityGroupIngress"]["RulesPerSecurityGroupLimitExceeded"] = full_group


def changed_rule(id, **changes):
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIpv4": "10.0.0.0/8", **changes}
    return {"SecurityGroupRuleId": id, "SecurityGroupRule": rule}


def used_block(s):
    made = s.ec2.associate_vpc_cidr_block(VpcId=s.vpc, CidrBlock="10.1.0.0/16")["CidrBlockAssociation"]
    look = lambda: s.ec2.describe_vpcs(VpcIds=[s.vpc])["Vpcs"][0]
    active(look, until=lambda vpc: vpc["CidrBlockAssociationSet"][-1]["CidrBlockState"]["State"] == "associated")
    s.subnet("10.1.0.0/24")
    return {"AssociationId": made["AssociationId"]}


def identified(member, none):
    """Returns the refusals for a malformed identifier and for an unknown one."""
    return {"ValidationException": lambda s: {member: "m" * 20}, "ResourceNotFoundException": lambda s: {member: none}}


def at_the_quota(s, name, value, request):
    """Lowers a quota to what exists. Returns the request for one more."""
    s.quota(name, value)
    return request


ARNS = {
    "ValidationException": lambda s: {"resourceArn": "m" * 20},
    "ResourceNotFoundException": lambda s: {"resourceArn": ARN},
}

LATTICE = {
    "CreateResourceConfiguration": {
        "ValidationException": lambda s: s.new_configuration(portRanges=["99999"]),
        "ResourceNotFoundException": lambda s: s.new_configuration(resourceGatewayIdentifier=NONE["rgw"]),
        "ConflictException": lambda s: s.new_configuration(name=s.configuration and "orders"),
        "ServiceQuotaExceededException": lambda s: at_the_quota(
            s, "resource-configurations", 1, s.new_configuration(name=s.configuration and "more"),
        ),
    },
    "CreateResourceGateway": {
        "ValidationException": lambda s: s.new_gateway(name="rgw-gate"),
        "ResourceNotFoundException": lambda s: s.new_gateway(subnetIds=[NONE["subnet"]]),
        "ConflictException": lambda s: s.new_gateway(name=s.busy_gateway and "gate"),
        "ServiceQuotaExceededException": lambda s: at_the_quota(
            s, "resource-gateways-per-vpc", 1, s.new_gateway(name=s.busy_gateway and "more"),
        ),
    },
    "DeleteResourceConfiguration": {
        **identified("resourceConfigurationIdentifier", NONE["rcfg"]),
        "ConflictException": lambda s: {
            "resourceConfigurationIdentifier": s.lattice.create_resource_configuration(**s.new_configuration())["id"]
        },
    },
    "DeleteResourceGateway": {
        **identified("resourceGatewayIdentifier", NONE["rgw"]),
        "ConflictException": lambda s: {"resourceGatewayIdentifier": s.configuration and s.gateway},
    },
    "DeleteServiceNetworkResourceAssociation": identified("serviceNetworkResourceAssociationIdentifier", NONE["snra"]),
    "GetResourceConfiguration": identified("resourceConfigurationIdentifier", NONE["rcfg"]),
    "GetResourceGateway": identified("resourceGatewayIdentifier", NONE["rgw"]),
    "GetServiceNetworkResourceAssociation": identified("serviceNetworkResourceAssociationIdentifier", NONE["snra"]),
    "ListResourceConfigurations": {"ValidationException": lambda s: {"nextToken": "mine"}},
    "ListResourceGateways": {"ValidationException": lambda s: {"nextToken": "mine"}},
    "ListResourceEndpointAssociations": {
        "ValidationException": lambda s: {"resourceConfigurationIdentifier": s.configuration["id"], "nextToken": "mine"},
    },
    "ListServiceNetworkResourceAssociations": {"ValidationException": lambda s: {}},
    "ListServiceNetworkVpcEndpointAssociations": {
        "ValidationException": lambda s: {"serviceNetworkIdentifier": "sn-" + "0" * 17, "nextToken": "mine"},
    },
    "ListTagsForResource": ARNS,
    "TagResource": {code: lambda s, case=case: {"tags": {"a": "1"}, **case(s)} for code, case in ARNS.items()},
    "UntagResource": {code: lambda s, case=case: {"tagKeys": ["a"], **case(s)} for code, case in ARNS.items()},
    "UpdateResourceConfiguration": {
        "ValidationException": lambda s: {
            "resourceConfigurationIdentifier": s.configuration["id"],
            "resourceConfigurationDefinition": {"dnsResource": {"domainName": "other.example.com"}},
        },
        "ResourceNotFoundException": lambda s: {"resourceConfigurationIdentifier": NONE["rcfg"]},
    },
    "UpdateResourceGateway": {
        **identified("resourceGatewayIdentifier", NONE["rgw"]),
        "ConflictException": lambda s: {"resourceGatewayIdentifier": s.busy_gateway},
    },
}


def one_private_connection_too_many(s):
    s.quota("private-connections", 2)
    arn = s.configuration["arn"]
    for n in range(2):
        s.events.create_connection(**s.new_connection(Name=f"c{n}", InvocationConnectivityParameters=through(arn)))
    return {"InvocationConnectivityParameters": through(arn)}


def denied(s):
    s.control("permissions", {"deny": ["vpc-lattice:CreateServiceNetworkResourceAssociation"]})
    return {"InvocationConnectivityParameters": through(s.configuration["arn"])}


EVENTS = {
    "CreateConnection": {
        "ResourceAlreadyExistsException": lambda s: s.new_connection(Name=s.connection),
        "LimitExceededException": lambda s: s.new_connection(**one_private_connection_too_many(s)),
        "ResourceNotFoundException": lambda s: s.new_connection(
            InvocationConnectivityParameters=s.configuration and through(ARN)
        ),
        "AccessDeniedException": lambda s: s.new_connection(**denied(s)),
        "ValidationException": lambda s: s.new_connection(
            AuthParameters={**KEY, "BasicAuthParameters": {"Username": "u", "Password": "p"}}
        ),
    },
    "DeauthorizeConnection": {
        "ResourceNotFoundException": lambda s: {"Name": "nobody"},
        "ConcurrentModificationException": lambda s: {"Name": s.busy_connection},
    },
    "DeleteConnection": {
        "ResourceNotFoundException": lambda s: {"Name": "nobody"},
        "ConcurrentModificationException": lambda s: {"Name": s.busy_connection},
    },
    "DescribeConnection": {"ResourceNotFoundException": lambda s: {"Name": "nobody"}},
    "ListConnections": {"ValidationException": lambda s: {"NextToken": "mine"}},
    "UpdateConnection": {
        "ResourceNotFoundException": lambda s: {"Name": "nobody"},
        "ConcurrentModificationException": lambda s: {"Name": s.busy_connection},
        "LimitExceededException": lambda s: {"Name": s.connection, **one_private_connection_too_many(s)},
        "AccessDeniedException": lambda s: {"Name": s.connection, **denied(s)},
        "ValidationException": lambda s: {"Name": s.connection, "AuthorizationType": "BASIC"},
    },
}

TABLES = {"ec2": EC2, "sts": STS, "vpc-lattice": LATTICE, "events": EVENTS, "servicequotas": QUOTAS, "kms": KMS, "route53": ROUTE53}
REFUSALS = {
    f"{service}:{name}": rows
    for service, table in TABLES.items()
    for name, rows in table.items()
}
