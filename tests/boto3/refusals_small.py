"""The errors of the services with few operations, in the form of refusals.py: STS, Service Quotas, KMS and Route 53."""

from valid import ROLE

STS = {
    **{
        name: {"ValidationError": lambda s, more=more: {
            "RoleArn": ROLE.replace("role/", "user/"), "RoleSessionName": "me", **more
        }}
        for name, more in [("AssumeRole", {}), ("AssumeRoleWithWebIdentity", {"WebIdentityToken": "hush"})]
    },
    "GetCallerIdentity": {},
}

NO_QUOTA = {
    "NoSuchResourceException": lambda s: {"ServiceCode": "vpc", "QuotaCode": "L-00000000"},
    "IllegalArgumentException": lambda s: {"ServiceCode": "vpc", "QuotaCode": "?"},
}
QUOTAS = {"GetServiceQuota": NO_QUOTA, "GetAWSDefaultServiceQuota": NO_QUOTA}

NO_KEY = {
    "NotFoundException": lambda s: {"KeyId": "alias/nobody"},
    "InvalidArnException": lambda s: {"KeyId": "arn:aws:s3:::orders"},
}
KMS = {
    "DescribeKey": NO_KEY,
    "GetKeyPolicy": NO_KEY,
    "ListResourceTags": {
        **NO_KEY, "InvalidMarkerException": lambda s: {"KeyId": s.key["KeyId"], "Marker": "mine"},
    },
}

ROUTE53 = {
    "ListHostedZonesByVPC": {
        "InvalidInput": lambda s: {"VPCId": "vpc-" + "0" * 17, "VPCRegion": "us-east-1"},
        "InvalidPaginationToken": lambda s: {"VPCId": s.zone, "VPCRegion": "us-east-1", "NextToken": "mine"},
    },
}
