"""Differences between moto's EC2 and STS and the emulator's, and which one is right. The test fails for any other difference,
and for an entry without a difference."""

# Differences in answers to the requests of valid.py: (operation, member) as fnmatch patterns, and the reason.
ANSWERS = {
    # Both are right: the values are arbitrary, because AWS chooses them at random.
    ("*", "*.DhcpOptionsId"): "any id does",
    ("*", "*.AvailabilityZoneId"): "which id a zone's name has differs between accounts in AWS too",
    ("ec2:DescribeAvailabilityZones", "*.ZoneId"): "the same",
    ("ec2:CreateVpc", "*.Ipv6CidrBlock"): "Amazon gives blocks out as it likes",
    ("sts:*", "*Credentials.*"): "drawn by lot",
    ("sts:*", "*AssumedRoleId"): "drawn by lot",
    ("sts:GetCallerIdentity", "*"): "another user",
    ("sts:AssumeRoleWithWebIdentity", "Audience"): "the client id in the token; moto has none",
    ("sts:AssumeRoleWithWebIdentity", "Provider"): "the issuer of the token; moto has none",
    ("sts:AssumeRoleWithWebIdentity", "SubjectFromWebIdentityToken"): "the token's subject; moto has none",
    # Ours is right: moto completes at once what takes AWS time.
    ("ec2:CreateVpc", "*.State"): "AWS documents `pending` first (EC2 API reference, Vpc)",
    ("ec2:CreateVpcEndpoint", "*.State"): "AWS documents `pending` first (docs/aws-behavior.md, Interface endpoint)",
    ("ec2:CreateVpcEndpoint", "*.DnsEntries"): "none before `available` (docs/aws-behavior.md, Interface endpoint)",
    # Ours is right: moto lacks members that AWS returns.
    ("ec2:*", "*SecurityGroupRules.GroupOwnerId"): "EC2 API reference, SecurityGroupRule",
    ("ec2:*", "*SecurityGroupRules.SecurityGroupRuleArn"): "EC2 API reference, SecurityGroupRule",
    ("ec2:CreateSecurityGroup", "Tags"): "EC2 API reference, CreateSecurityGroup: the tags are answered",
    ("ec2:CreateVpc", "*.NetworkBorderGroup"): "EC2 API reference, VpcIpv6CidrBlockAssociation",
    ("ec2:CreateVpcEndpoint", "ClientToken"): "moto ignores tokens (design: its endpoints ignore most fields)",
    ("ec2:*VpcEndpoint*", "*.DnsOptions"): "moto ignores DNS options",
    ("ec2:*VpcEndpoint*", "*.IpAddressType"): "moto ignores the address type",
    ("ec2:*VpcEndpoint*", "*.RequesterManaged"): "EC2 API reference, VpcEndpoint",
    ("ec2:*VpcEndpoint*", "*.ServiceRegion"): "EC2 API reference, VpcEndpoint",
    ("ec2:DescribeVpcEndpoints", "*.Groups"): "the default group is attached where none is given (docs/aws-behavior.md, Interface endpoint Drift)",
    ("ec2:DescribeNetworkInterfaces", "NetworkInterfaces"): "moto's endpoints have no interfaces that Describe finds",
    ("ec2:DeleteSecurityGroup", "*"): "EC2 API reference, DeleteSecurityGroup: Return and GroupId",
    ("ec2:DescribeAvailabilityZones", "*.GroupName"): "EC2 API reference, AvailabilityZone",
    ("ec2:DescribeAvailabilityZones", "*.NetworkBorderGroup"): "EC2 API reference, AvailabilityZone",
    ("ec2:DescribeAvailabilityZones", "*.OptInStatus"): "EC2 API reference, AvailabilityZone",
    ("ec2:CreateNetworkAcl", "ClientToken"): "EC2 API reference: the token is answered",
    ("ec2:CreateRouteTable", "ClientToken"): "EC2 API reference: the token is answered",
    ("ec2:CreateNetworkAcl", "NetworkAcl.Entries"): "every ACL ends with entries that deny the rest (VPC user guide, Network ACLs)",
    ("ec2:DescribeNetworkAcls", "NetworkAcls.Entries"): "the same",
    ("ec2:DescribeNetworkAcls", "NetworkAcls.Associations"): "each subnet has the default ACL (VPC user guide, Network ACLs)",
    ("ec2:*DhcpOptions", "DhcpOptions.OwnerId"): "EC2 API reference, DhcpOptions",
    ("ec2:CreateDhcpOptions", "DhcpOptions.Tags"): "EC2 API reference, DhcpOptions",
    ("ec2:DescribeRouteTables", "RouteTables.Routes"): "a default VPC has an internet gateway (VPC user guide, Default VPC components)",
    ("ec2:*SecurityGroupVpc*", ""): "moto does not have it",
    ("ec2:RevokeSecurityGroup*", "RevokedSecurityGroupRules"): "EC2 API reference, RevokeSecurityGroupIngress",
    ("ec2:UpdateSecurityGroupRuleDescriptions*", "Return"): "EC2 API reference: Return",
    # Ours is right: moto returns values that AWS would not return.
    ("ec2:DescribeVpcEndpoints", "*.DnsEntries"): "moto's DNS names are malformed; ours follow docs/aws-behavior.md, Interface endpoint DNS facts",
    ("ec2:*VpcEndpoint*", "*.PolicyDocument"): "moto shows the default of gateway endpoints (Version 2008-10-17)",
    ("ec2:DeleteManagedPrefixList", "*.State"): "ours has no states of prefix lists, for no rule depends on one",
    ("ec2:DescribeVpcEndpointServices", ""): "moto fails inside",
    ("sts:*", "PackedPolicySize"): "only with session policies (STS API reference); moto answers 6 always",
}

ACCEPTS = "an answer"
# Requests of refusals.py that moto accepts or refuses differently: (moto's behavior, why ours is right), and the operations.
REFUSALS = {
    (ACCEPTS, "moto does not check this; the codes are the EC2 and STS API references' and docs/aws-behavior.md, Interface endpoint, Security group"): {
        "ec2:AssociateRouteTable": "InvalidParameterValue Resource.AlreadyAssociated",
        "ec2:CreateDhcpOptions": "InvalidParameterValue",
        "ec2:CreateNetworkAcl": "IdempotentParameterMismatch",
        "ec2:CreateNetworkAclEntry": "InvalidParameterValue MissingParameter",
        "ec2:CreateRoute": "InvalidParameterValue MissingParameter RouteAlreadyExists",
        "ec2:CreateRouteTable": "IdempotentParameterMismatch",
        "ec2:DescribeDhcpOptions": "InvalidParameterValue InvalidNextToken",
        "ec2:DescribeNetworkAcls": "InvalidNextToken",
        "ec2:DescribeRouteTables": "InvalidNextToken",
        "ec2:GetManagedPrefixListEntries": "InvalidPrefixListID.NotFound InvalidNextToken",
        "ec2:ReplaceNetworkAclAssociation": "InvalidParameterValue",
        "ec2:AssociateVpcCidrBlock": "InvalidVpc.Range InvalidParameterValue MissingParameter",
        "ec2:AuthorizeSecurityGroupIngress": "InvalidPermission.Malformed InvalidPrefixListID.NotFound MissingParameter",
        "ec2:AuthorizeSecurityGroupEgress": "InvalidPermission.Malformed InvalidPrefixListID.NotFound MissingParameter",
        "ec2:CreateManagedPrefixList": "InvalidParameterValue",
        "ec2:CreateSecurityGroup": "InvalidVpcID.NotFound VPCIdNotSpecified SecurityGroupLimitExceeded",
        "ec2:CreateSubnet": "InvalidParameterValue",
        "ec2:CreateTags": """InvalidSecurityGroupRuleId.NotFound InvalidVpcEndpointId.NotFound InvalidPrefixListID.NotFound
            InvalidNetworkInterfaceID.NotFound InvalidNetworkAclID.NotFound InvalidParameterValue""",
        "ec2:CreateVpcEndpoint": """InvalidGroup.NotFound InvalidGroupId.Malformed InvalidServiceName InvalidParameter
            InvalidParameterValue MissingParameter InvalidPolicyDocument DuplicateSubnetsInSameZone
            SecurityGroupsPerInterfaceLimitExceeded VpcEndpointLimitExceeded IdempotentParameterMismatch
            InvalidClientToken InvalidIPAddress.InUse""",
        "ec2:DeleteManagedPrefixList": "DependencyViolation",
        "ec2:DeleteSecurityGroup": "DependencyViolation CannotDelete MissingParameter",
        "ec2:DeleteSubnet": "DependencyViolation",
        "ec2:DeleteTags": "InvalidVpcID.NotFound",
        "ec2:DeleteVpcEndpoints": "InvalidVpcEndpointId.NotFound InvalidVpcEndpointId.Malformed",
        "ec2:DescribeAvailabilityZones": "InvalidParameterValue",
        "ec2:DescribeManagedPrefixLists": "InvalidPrefixListID.NotFound InvalidParameterValue InvalidNextToken",
        "ec2:DescribeNetworkInterfaces": "InvalidParameterValue InvalidNextToken",
        "ec2:DescribeSecurityGroupRules": "InvalidNextToken",
        "ec2:DescribeSecurityGroups": "InvalidNextToken",
        "ec2:DescribeSubnets": "InvalidNextToken",
        "ec2:DescribeTags": "InvalidParameterValue InvalidNextToken",
        "ec2:DescribeVpcEndpoints": "InvalidParameterValue InvalidNextToken",
        "ec2:DescribeVpcs": "InvalidNextToken",
        "ec2:DisassociateVpcCidrBlock": "DependencyViolation",
        "ec2:ModifySecurityGroupRules": "InvalidParameterValue InvalidPermission.Duplicate",
        "ec2:ModifyVpcAttribute": "MissingParameter InvalidParameterCombination",
        "ec2:ModifyVpcEndpoint": """InvalidSubnetId.NotFound InvalidGroup.NotFound InvalidGroupId.Malformed
            DuplicateSubnetsInSameZone SecurityGroupsPerInterfaceLimitExceeded InvalidPolicyDocument InvalidParameter
            InvalidParameterCombination""",
        "ec2:RevokeSecurityGroupIngress": "InvalidPermission.Malformed MissingParameter",
        "ec2:RevokeSecurityGroupEgress": "InvalidPermission.Malformed MissingParameter",
        "ec2:UpdateSecurityGroupRuleDescriptionsIngress":
            "InvalidPermission.NotFound InvalidSecurityGroupRuleId.NotFound InvalidParameterValue",
        "ec2:UpdateSecurityGroupRuleDescriptionsEgress":
            "InvalidPermission.NotFound InvalidSecurityGroupRuleId.NotFound InvalidParameterValue",
        "sts:AssumeRole": "ValidationError",
        "sts:AssumeRoleWithWebIdentity": "ValidationError",
    },
    (ACCEPTS, "theirs has what the emulator refuses as not its own"): {
        "ec2:AssociateRouteTable": "UnsupportedOperation",
        "ec2:CreateRoute": "UnsupportedOperation",
        "ec2:CreateVpcEndpoint": "UnsupportedOperation",
        "ec2:GetManagedPrefixListEntries": "UnsupportedOperation",
        "ec2:ModifyVpcAttribute": "UnsupportedOperation",
        "ec2:ModifyVpcEndpoint": "UnsupportedOperation",
    },
    ("InvalidGroup.NotFound", "moto looks before it checks the form; EC2's error codes have a code for a malformed id"): {
        "ec2:AuthorizeSecurityGroupIngress": "InvalidGroupId.Malformed",
        "ec2:AuthorizeSecurityGroupEgress": "InvalidGroupId.Malformed",
        "ec2:DeleteSecurityGroup": "InvalidGroupId.Malformed",
        "ec2:DescribeSecurityGroups": "InvalidGroupId.Malformed",
        "ec2:ModifySecurityGroupRules": "InvalidGroupId.Malformed",
        "ec2:RevokeSecurityGroupIngress": "InvalidGroupId.Malformed",
        "ec2:RevokeSecurityGroupEgress": "InvalidGroupId.Malformed",
        "ec2:UpdateSecurityGroupRuleDescriptionsIngress": "InvalidGroupId.Malformed MissingParameter",
        "ec2:UpdateSecurityGroupRuleDescriptionsEgress": "InvalidGroupId.Malformed MissingParameter",
    },
    ("InvalidVpcEndpointId.NotFound", "the same for endpoints"): {
        "ec2:DescribeVpcEndpoints": "InvalidVpcEndpointId.Malformed",
        "ec2:ModifyVpcEndpoint": "InvalidVpcEndpointId.Malformed",
    },
    ("InvalidPermission.NotFound", "moto looks for the rule before it checks the request; a rule id has a code of its own"): {
        "ec2:RevokeSecurityGroupIngress": "InvalidSecurityGroupRuleId.NotFound InvalidParameterValue",
        "ec2:RevokeSecurityGroupEgress": "InvalidSecurityGroupRuleId.NotFound InvalidParameterValue",
    },
    ("ResponseParserError", "moto fails inside, with an answer that is no XML"): {
        "ec2:CreateSubnet": "MissingParameter",
        "ec2:CreateTags": "MissingParameter",
        "ec2:DeleteManagedPrefixList": "InvalidPrefixListID.NotFound",
        "ec2:AssociateSecurityGroupVpc":
            "InvalidGroup.NotFound InvalidGroupId.Malformed InvalidVpcID.NotFound InvalidParameterValue",
        "ec2:DeleteNetworkAclEntry": "InvalidNetworkAclEntry.NotFound",
        "ec2:DescribeNetworkAcls": "InvalidParameterValue",
        "ec2:DescribeRouteTables": "InvalidParameterValue",
        "ec2:DescribeSecurityGroupVpcAssociations": "InvalidParameterValue InvalidNextToken",
        "ec2:ReplaceNetworkAclAssociation": "InvalidAssociationID.NotFound",
        "ec2:DescribeSecurityGroupRules": "InvalidParameterValue",
        "ec2:DescribeSecurityGroups": "InvalidParameterValue",
        "ec2:DescribeSubnets": "InvalidParameterValue",
        "ec2:DescribeVpcs": "InvalidParameterValue",
    },
    ("InvalidSubnetID.NotFound", "moto takes a subnet that is absent for one that does not exist"): {
        "ec2:AssociateRouteTable": "MissingParameter",
    },
    ("InvalidRouteTableID.NotFound", "moto's code is that of another kind of object"): {
        "ec2:DescribeNetworkAcls": "InvalidNetworkAclID.NotFound",
    },
    ("DependencyViolation", "moto sees the subnets first; a default ACL cannot be deleted even without any (EC2 API reference, DeleteNetworkAcl)"): {
        "ec2:DeleteNetworkAcl": "InvalidParameterValue",
    },
    ("404", "moto has no VPC Lattice, whose gateway takes the addresses here"): {
        "ec2:CreateVpcEndpoint": "InsufficientFreeAddressesInSubnet",
        "ec2:ModifyVpcEndpoint": "InsufficientFreeAddressesInSubnet",
    },
    ("InvalidVpc.Range", "the range is fine, the text is no block"): {"ec2:CreateVpc": "InvalidParameterValue"},
    ("InvalidParameterValue", "moto takes a block that is absent for a malformed one"): {
        "ec2:CreateVpc": "MissingParameter UnsupportedOperation",
    },
    ("InvalidSubnetID.NotFound", "AWS has both spellings, this one for endpoints (docs/aws-behavior.md, Interface endpoint)"): {
        "ec2:CreateVpcEndpoint": "InvalidSubnetId.NotFound",
    },
    ("InvalidGroup.Duplicate", "moto knows no reserved name; AWS's words are in hashicorp/terraform #17343"): {
        "ec2:CreateSecurityGroup": "InvalidParameterValue",
    },
    ("InvalidFilter", "the other Describe operations say InvalidParameterValue, moto's own too"): {
        "ec2:DescribeVpcEndpointServices": "InvalidParameterValue",
    },
    ("InvalidVpcCidrBlockAssociationIdError.NotFound", "the name of moto's class; Terraform matches AWS's code"): {
        "ec2:DisassociateVpcCidrBlock": "InvalidVpcCidrBlockAssociationID.NotFound",
    },
}
