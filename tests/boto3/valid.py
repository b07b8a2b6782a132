"""A request for every operation that succeeds in a new emulator state. It creates the objects that it needs."""

from prerequisites import KEY, STATES, https, tagged, through

ROLE = "arn:aws:iam::210987654321:role/deploy"

REQUESTS = {
    "ec2:AssociateDhcpOptions": lambda s: {"DhcpOptionsId": s.dhcp_options, "VpcId": s.vpc},
    "ec2:AssociateRouteTable": lambda s: {"RouteTableId": s.route_table, "SubnetId": s.subnets[0]},
    "ec2:AssociateSecurityGroupVpc": lambda s: {"GroupId": s.strict_group, "VpcId": s.third_vpc},
    "ec2:AssociateVpcCidrBlock": lambda s: {"VpcId": s.vpc, "CidrBlock": "10.1.0.0/16"},
    "ec2:AuthorizeSecurityGroupEgress": lambda s: {"GroupId": s.group, "IpPermissions": https()},
    "ec2:AuthorizeSecurityGroupIngress": lambda s: {
        "GroupId": s.group, "IpPermissions": https(), "TagSpecifications": tagged("security-group-rule"),
    },
    "ec2:CreateDhcpOptions": lambda s: {
        "DhcpConfigurations": [
            {"Key": "domain-name-servers", "Values": ["10.0.0.53", "10.0.1.53"]},
            {"Key": "domain-name", "Values": ["example.com"]},
        ],
        "TagSpecifications": tagged("dhcp-options"),
    },
    "ec2:CreateManagedPrefixList": lambda s: {
        "PrefixListName": "offices", "AddressFamily": "IPv4", "MaxEntries": 3, "Entries": [{"Cidr": "10.0.0.0/8"}],
    },
    "ec2:CreateNetworkAcl": lambda s: {"VpcId": s.vpc, "ClientToken": "t", "TagSpecifications": tagged("network-acl")},
    "ec2:CreateNetworkAclEntry": lambda s: s.new_entry(),
    "ec2:CreateRoute": lambda s: {
        "RouteTableId": s.route_table, "DestinationCidrBlock": "10.9.0.0/16", "NetworkInterfaceId": s.interface,
    },
    "ec2:CreateRouteTable": lambda s: {"VpcId": s.vpc, "ClientToken": "t", "TagSpecifications": tagged("route-table")},
    "ec2:CreateSecurityGroup": lambda s: {
        "GroupName": "orders", "Description": "test", "VpcId": s.vpc, "TagSpecifications": tagged("security-group"),
    },
    "ec2:CreateSubnet": lambda s: {
        "VpcId": s.vpc, "CidrBlock": "172.31.192.0/20", "AvailabilityZone": "us-east-1b",
        "TagSpecifications": tagged("subnet"),
    },
    "ec2:CreateTags": lambda s: {"Resources": [s.vpc, s.group], "Tags": [{"Key": "a", "Value": "1"}]},
    "ec2:CreateVpc": lambda s: {"CidrBlock": "10.0.0.0/16", "AmazonProvidedIpv6CidrBlock": True},
    "ec2:CreateVpcEndpoint": lambda s: s.new_endpoint(
        ClientToken="t", SecurityGroupIds=[s.group], TagSpecifications=tagged("vpc-endpoint"), IpAddressType="ipv4",
        DnsOptions={"DnsRecordIpType": "ipv4"},
    ),
    "ec2:DeleteManagedPrefixList": lambda s: {"PrefixListId": s.prefix_list},
    "ec2:DeleteNetworkAcl": lambda s: {"NetworkAclId": s.acl},
    "ec2:DeleteNetworkAclEntry": lambda s: {"NetworkAclId": s.acl, "RuleNumber": s.entry, "Egress": False},
    "ec2:DeleteRouteTable": lambda s: {"RouteTableId": s.route_table},
    "ec2:DeleteSecurityGroup": lambda s: {"GroupId": s.group},
    "ec2:DeleteSubnet": lambda s: {"SubnetId": s.subnets[0]},
    "ec2:DeleteTags": lambda s: {"Resources": [s.vpc], "Tags": [{"Key": "a"}]},
    "ec2:DeleteVpc": lambda s: {"VpcId": s.other_vpc},
    "ec2:DeleteVpcEndpoints": lambda s: {"VpcEndpointIds": [s.endpoint]},
    "ec2:DescribeAvailabilityZones": lambda s: {"ZoneNames": ["us-east-1a"]},
    "ec2:DescribeDhcpOptions": lambda s: {"DhcpOptionsIds": [s.dhcp_options]},
    "ec2:DescribeManagedPrefixLists": lambda s: {"PrefixListIds": [s.prefix_list]},
    "ec2:DescribeNetworkAcls": lambda s: {"NetworkAclIds": [s.entry and s.acl, s.default_acl]},
    "ec2:DescribeNetworkInterfaces": lambda s: {"Filters": [{"Name": "description", "Values": [f"*{s.endpoint}"]}]},
    "ec2:DescribeRouteTables": lambda s: {"RouteTableIds": [s.main_table, s.route_table]},
    "ec2:DescribeSecurityGroupRules": lambda s: {"SecurityGroupRuleIds": [s.rule]},
    "ec2:DescribeSecurityGroupVpcAssociations": lambda s: {
        "Filters": [{"Name": "vpc-id", "Values": [s.group_association]}],
    },
    "ec2:DescribeSecurityGroups": lambda s: {"GroupIds": [s.rule and s.group]},
    "ec2:DescribeSubnets": lambda s: {"SubnetIds": s.subnets},
    "ec2:DescribeTags": lambda s: {"Filters": [{"Name": "resource-type", "Values": ["vpc"]}]},
    "ec2:DescribeVpcAttribute": lambda s: {"VpcId": s.vpc, "Attribute": "enableDnsSupport"},
    "ec2:DescribeVpcEndpointServices": lambda s: {"ServiceNames": [STATES]},
    "ec2:DescribeVpcEndpoints": lambda s: {"VpcEndpointIds": [s.endpoint]},
    "ec2:DescribeVpcs": lambda s: {"VpcIds": [s.other_vpc]},
    "ec2:DisassociateVpcCidrBlock": lambda s: {
        "AssociationId": s.ec2.associate_vpc_cidr_block(VpcId=s.vpc, CidrBlock="10.1.0.0/16")["CidrBlockAssociation"][
            "AssociationId"
        ],
    },
    "ec2:GetManagedPrefixListEntries": lambda s: {"PrefixListId": s.prefix_list},
    "ec2:ModifySecurityGroupRules": lambda s: {
        "SecurityGroupRules": [{
            "SecurityGroupRuleId": s.rule,
            "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIpv4": "10.0.0.0/8"},
        }],
        "GroupId": s.group,
    },
    "ec2:ModifyVpcAttribute": lambda s: {"VpcId": s.vpc, "EnableDnsHostnames": {"Value": False}},
    "ec2:ModifyVpcEndpoint": lambda s: {"VpcEndpointId": s.endpoint, "AddSubnetIds": s.subnets[1:]},
    "ec2:ReplaceNetworkAclAssociation": lambda s: {"AssociationId": s.acl_association, "NetworkAclId": s.acl},
    "ec2:RevokeSecurityGroupEgress": lambda s: {
        "GroupId": s.group, "IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    },
    "ec2:RevokeSecurityGroupIngress": lambda s: {"GroupId": s.group, "SecurityGroupRuleIds": [s.rule]},
    "ec2:UpdateSecurityGroupRuleDescriptionsEgress": lambda s: {
        "GroupId": s.group, "IpPermissions": [
            {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "all"}]}
        ],
    },
    "ec2:UpdateSecurityGroupRuleDescriptionsIngress": lambda s: {
        "SecurityGroupRuleDescriptions": [{"SecurityGroupRuleId": s.rule, "Description": "new"}], "GroupId": s.group,
    },
    "sts:AssumeRole": lambda s: {"RoleArn": ROLE, "RoleSessionName": "me", "DurationSeconds": 900, "ExternalId": "xyz"},
    "sts:AssumeRoleWithWebIdentity": lambda s: {
        "RoleArn": ROLE, "RoleSessionName": "ci", "WebIdentityToken": "hush-hush",
    },
    "sts:GetCallerIdentity": lambda s: {},
    "vpc-lattice:CreateResourceConfiguration": lambda s: s.new_configuration(clientToken="t", tags={"a": "1"}),
    "vpc-lattice:CreateResourceGateway": lambda s: s.new_gateway(
        clientToken="t", tags={"a": "1"}, securityGroupIds=[s.group], ipAddressType="IPV4", ipv4AddressesPerEni=1,
        resourceConfigDnsResolution="PUBLIC",
    ),
    "vpc-lattice:DeleteResourceConfiguration": lambda s: {"resourceConfigurationIdentifier": s.configuration["arn"]},
    "vpc-lattice:DeleteResourceGateway": lambda s: {"resourceGatewayIdentifier": s.gateway},
    "vpc-lattice:DeleteServiceNetworkResourceAssociation": lambda s: {
        "serviceNetworkResourceAssociationIdentifier": s.association,
    },
    "vpc-lattice:GetResourceConfiguration": lambda s: {"resourceConfigurationIdentifier": s.configuration["id"]},
    "vpc-lattice:GetResourceGateway": lambda s: {"resourceGatewayIdentifier": s.gateway},
    "vpc-lattice:GetServiceNetworkResourceAssociation": lambda s: {
        "serviceNetworkResourceAssociationIdentifier": s.association,
    },
    "vpc-lattice:ListResourceConfigurations": lambda s: {"resourceGatewayIdentifier": s.configuration and s.gateway},
    "vpc-lattice:ListResourceGateways": lambda s: {"maxResults": s.gateway and 100},
    "vpc-lattice:ListResourceEndpointAssociations": lambda s: {
        "resourceConfigurationIdentifier": s.configuration["id"],
    },
    "vpc-lattice:ListServiceNetworkVpcEndpointAssociations": lambda s: {
        "serviceNetworkIdentifier": "sn-" + "0" * 17, "maxResults": s.gateway and 100,
    },
    "vpc-lattice:ListServiceNetworkResourceAssociations": lambda s: {
        "resourceConfigurationIdentifier": s.association and s.configuration["id"],
    },
    "vpc-lattice:ListTagsForResource": lambda s: {"resourceArn": s.configuration["arn"]},
    "vpc-lattice:TagResource": lambda s: {"resourceArn": s.configuration["arn"], "tags": {"a": "1"}},
    "vpc-lattice:UntagResource": lambda s: {"resourceArn": s.configuration["arn"], "tagKeys": ["a"]},
    "vpc-lattice:UpdateResourceConfiguration": lambda s: {
        "resourceConfigurationIdentifier": s.configuration["id"], "portRanges": ["443", "8443"],
    },
    "vpc-lattice:UpdateResourceGateway": lambda s: {
        "resourceGatewayIdentifier": s.gateway, "securityGroupIds": [s.group],
    },
    "kms:DescribeKey": lambda s: {"KeyId": s.key["Arn"]},
    "kms:ListResourceTags": lambda s: {"KeyId": s.key["KeyId"]},
    "kms:GetKeyPolicy": lambda s: {"KeyId": s.key["KeyId"], "PolicyName": "default"},
    "route53:ListHostedZonesByVPC": lambda s: {"VPCId": s.zone, "VPCRegion": "us-east-1"},
    "servicequotas:GetServiceQuota": lambda s: {"ServiceCode": "vpc", "QuotaCode": "L-29B6F2EB"},
    "servicequotas:GetAWSDefaultServiceQuota": lambda s: {"ServiceCode": "events", "QuotaCode": "L-595D6D42"},
    "events:CreateConnection": lambda s: s.new_connection(
        Description="d", InvocationConnectivityParameters=through(s.configuration["arn"]),
    ),
    "events:DeauthorizeConnection": lambda s: {"Name": s.connection},
    "events:DeleteConnection": lambda s: {"Name": s.connection},
    "events:DescribeConnection": lambda s: {"Name": s.connection},
    "events:ListConnections": lambda s: {"NamePrefix": s.connection[:3]},
    "events:UpdateConnection": lambda s: {"Name": s.connection, "AuthParameters": KEY, "Description": "d"},
}

# Operations that AWS refuses for every object that can exist in the emulator.
ALWAYS_REFUSED = {
    "vpc-lattice:DeleteServiceNetworkResourceAssociation":
        "only EventBridge's associations exist, and nobody but EventBridge removes them (docs/aws-behavior.md, `association-lingers`)",
}
