"""Documented errors that the emulator cannot produce, with the reasons: by service for all its operations, or by operation."""

STS = "sessions of the emulator have no policies, no claims and no end that it enforces: it hands out credentials, no more"
ANOTHER = "AWS's other spelling of {}; the plugin takes both, the emulator needs one"

NOT_PRODUCED = {
    "sts": {
        "MalformedPolicyDocument": STS,
        "PackedPolicyTooLarge": STS,
        "IDPRejectedClaim": STS,
        "IDPCommunicationError": STS,
        "InvalidIdentityToken": STS,
        "ExpiredTokenException": STS,
        "InvalidContextAssertion": STS,
        "RegionDisabledException": "every Region is enabled",
    },
    "kms": {
        "DependencyTimeoutException": "the keys of the emulator depend on nothing",
    },
    "kms:GetKeyPolicy": {
        "KMSInvalidStateException": "the policy of a key can be read in each state that a seed gives it",
    },
    "vpc-lattice:UpdateResourceConfiguration": {
        "ServiceQuotaExceededException": "no quota is known that a change of ports, flag or address could exceed",
    },
    "vpc-lattice:DeleteServiceNetworkResourceAssociation": {
        "ConflictException": "only EventBridge's associations exist, and their delete is refused as such (docs/aws-behavior.md, `association-lingers`)",
    },
    "ec2:CreateVpcEndpoint": {
        "InvalidSubnetID.NotFound": ANOTHER.format("InvalidSubnetId.NotFound"),
        "InvalidVpcEndpointService.NotFound": ANOTHER.format("InvalidServiceName"),
    },
    "ec2:ModifyVpcEndpoint": {
        "InvalidState": ANOTHER.format("IncorrectState"),
        "InvalidVpcEndpoint.NotFound": ANOTHER.format("InvalidVpcEndpointId.NotFound"),
    },
    "ec2:DeleteVpcEndpoints": {
        "DependencyViolation": "for endpoints that another AWS service manages; there are none here",
        "InvalidVpcEndpoint.NotFound": ANOTHER.format("InvalidVpcEndpointId.NotFound"),
    },
    "ec2:CreateSecurityGroup": {
        "InvalidGroup.Reserved": "EC2-Classic's; in a VPC it is InvalidParameterValue (hashicorp/terraform #17343)",
    },
    "ec2:AuthorizeSecurityGroupIngress": {},
    "ec2:DeleteSecurityGroup": {
        "InvalidGroup.InUse": ANOTHER.format("DependencyViolation") + " (EC2-Classic)",
    },
}

# Errors of single EC2 operations in docs/aws-behavior.md (Interface endpoint, Security group), without those of every operation.
DOCUMENTED = {
    "ec2:CreateVpcEndpoint": """InvalidGroup.NotFound InvalidSubnetID.NotFound InvalidSubnetId.NotFound InvalidVpcID.NotFound
        InvalidParameter DuplicateSubnetsInSameZone InvalidServiceName InvalidVpcEndpointService.NotFound
        VpcEndpointLimitExceeded InsufficientFreeAddressesInSubnet InvalidPolicyDocument IdempotentParameterMismatch
        InvalidClientToken""",
    "ec2:ModifyVpcEndpoint": """OperationInProgress IncorrectState InvalidState InvalidVpcEndpointId.NotFound
        InvalidVpcEndpoint.NotFound InsufficientFreeAddressesInSubnet InvalidPolicyDocument""",
    "ec2:DeleteVpcEndpoints": "InvalidVpcEndpointId.NotFound InvalidVpcEndpoint.NotFound DependencyViolation",
    "ec2:DescribeVpcEndpoints": "InvalidVpcEndpointId.NotFound",
    "ec2:CreateSecurityGroup": """InvalidGroup.Duplicate InvalidGroup.Reserved SecurityGroupLimitExceeded VPCIdNotSpecified
        InvalidVpcID.NotFound""",
    "ec2:AuthorizeSecurityGroupIngress": """InvalidPermission.Duplicate RulesPerSecurityGroupLimitExceeded
        InvalidGroup.NotFound InvalidPermission.Malformed InvalidParameterValue""",
    "ec2:AuthorizeSecurityGroupEgress": """InvalidPermission.Duplicate InvalidGroup.NotFound InvalidPermission.Malformed
        InvalidParameterValue""",
    "ec2:RevokeSecurityGroupIngress": "InvalidPermission.NotFound InvalidSecurityGroupRuleId.NotFound",
    "ec2:RevokeSecurityGroupEgress": "InvalidPermission.NotFound InvalidSecurityGroupRuleId.NotFound",
    "ec2:DeleteSecurityGroup": "DependencyViolation InvalidGroup.InUse InvalidGroup.NotFound CannotDelete",
}


def reason(operation, code):
    """Returns the reason why the emulator cannot produce this error for this operation, or None."""
    service = operation.partition(":")[0]
    return NOT_PRODUCED.get(operation, {}).get(code) or NOT_PRODUCED.get(service, {}).get(code)
