"""Reads every list in pages: no item is missing or repeated, pages have the requested length, and only its own tokens work."""

import pytest
from botocore import xform_name
from botocore.exceptions import UnknownServiceError

from models import SESSION, implemented, operation
from prerequisites import Prerequisites, https
from waiting import active, refused

NETWORK = "sn-" + "1" * 17

# Creates at least six items to list, and returns the parameters of the list, if it needs any.
FILL = {
    "ec2:DescribeDhcpOptions": lambda s: [
        s.ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": ["a.example"]}]) for _ in range(7)
    ],
    "ec2:DescribeNetworkAcls": lambda s: [s.ec2.create_network_acl(VpcId=s.vpc) for _ in range(7)],
    "ec2:DescribeRouteTables": lambda s: [s.ec2.create_route_table(VpcId=s.vpc) for _ in range(7)],
    "ec2:DescribeSecurityGroupVpcAssociations": lambda s: [
        s.ec2.associate_security_group_vpc(GroupId=s.make_group(f"g{n}", s.other_vpc), VpcId=s.third_vpc) for n in range(7)
    ],
    "ec2:GetManagedPrefixListEntries": lambda s: {
        "PrefixListId": s.ec2.create_managed_prefix_list(
            PrefixListName="p", AddressFamily="IPv4", MaxEntries=7, Entries=[{"Cidr": f"10.{n}.0.0/16"} for n in range(7)],
        )["PrefixList"]["PrefixListId"],
    },
    "ec2:DescribeManagedPrefixLists": lambda s: [
        s.ec2.create_managed_prefix_list(PrefixListName=f"p{n}", AddressFamily="IPv4", MaxEntries=1) for n in range(7)
    ],
    "ec2:DescribeNetworkInterfaces": lambda s: [
        s.ec2.create_vpc_endpoint(**s.new_endpoint(PrivateDnsEnabled=False, SubnetIds=s.subnets)) for _ in range(3)
    ],
    "ec2:DescribeSecurityGroupRules": lambda s: s.ec2.authorize_security_group_ingress(
        GroupId=s.group, IpPermissions=[https(f"10.{n}.0.0/16")[0] for n in range(7)]
    ),
    "ec2:DescribeSecurityGroups": lambda s: [s.make_group(f"g{n}") for n in range(7)],
    "ec2:DescribeSubnets": lambda s: [s.subnet(f"172.31.{n}.0/24") for n in range(64, 71)],
    "ec2:DescribeTags": lambda s: s.ec2.create_tags(
        Resources=[s.vpc], Tags=[{"Key": f"k{n}", "Value": "v"} for n in range(7)]
    ),
    "ec2:DescribeVpcEndpointServices": lambda s: None,
    "ec2:DescribeVpcEndpoints": lambda s: [
        s.ec2.create_vpc_endpoint(**s.new_endpoint(PrivateDnsEnabled=False, SubnetIds=[])) for _ in range(7)
    ],
    "ec2:DescribeVpcs": lambda s: [s.ec2.create_vpc(CidrBlock="10.0.0.0/16") for _ in range(7)],
    "vpc-lattice:ListResourceConfigurations": lambda s: [s.make_configuration(name=f"orders-{n}") for n in range(7)],
    "vpc-lattice:ListResourceGateways": lambda s: [
        s.lattice.create_resource_gateway(**s.new_gateway(name=f"gate-{n}")) for n in range(7)
    ],
    "vpc-lattice:ListResourceEndpointAssociations": lambda s: {
        "resourceConfigurationIdentifier": [
            s.control("seed", {"kind": "resource-endpoint-association", "resourceConfigurationId": s.configuration["id"]})
            for _ in range(7)
        ] and s.configuration["id"]
    },
    "vpc-lattice:ListServiceNetworkVpcEndpointAssociations": lambda s: {
        "serviceNetworkIdentifier": [
            s.control("seed", {
                "kind": "service-network-vpc-endpoint-association", "region": "us-east-1", "serviceNetworkId": NETWORK,
            }) for _ in range(7)
        ] and NETWORK
    },
    "vpc-lattice:ListServiceNetworkResourceAssociations": lambda s: {
        "resourceConfigurationIdentifier": [
            s.events.create_connection(**s.new_connection(Name=f"c{n}", InvocationConnectivityParameters={
                "ResourceParameters": {"ResourceConfigurationArn": s.configuration["arn"]}
            })) for n in range(7)
        ] and s.configuration["id"]
    },
    "route53:ListHostedZonesByVPC": lambda s: {"VPCRegion": "us-east-1", "VPCId": [
        s.seed("hosted-zone", VPCId=s.vpc, Name=f"{n}.example.com") for n in range(7)
    ] and s.vpc},
    "kms:ListResourceTags": lambda s: {"KeyId": s.seed(
        "kms-key", region="us-east-1", tags={f"k{n}": "v" for n in range(7)}
    )["KeyId"]},
    "events:ListConnections": lambda s: [s.events.create_connection(**s.new_connection(Name=f"c{n}")) for n in range(7)],
}
TOKENS, LIMITS = ("NextToken", "nextToken", "Marker"), ("MaxResults", "maxResults", "Limit", "MaxItems")


def member(name, choices):
    shape = operation(*name.split(":")).input_shape
    return next(choice for choice in choices if shape is not None and choice in shape.members)


def paginated():
    """Yields the operations that botocore has paginators for, or that take a token."""
    for service, names in implemented().items():
        try:
            models = SESSION.get_component("data_loader").load_service_model(service, "paginators-1")["pagination"]
        except UnknownServiceError:  # a service without paginators
            models = {}
        for name in names:
            shape = operation(service, name).input_shape
            takes_token = shape is not None and any(token in shape.members for token in TOKENS)
            if name in models or takes_token:
                yield f"{service}:{name}"


# The code for a token that is not the list's own.
INVALID = {"ec2": "InvalidNextToken", "kms": "InvalidMarkerException", "route53": "InvalidPaginationToken"}


def next_token(token, answer):
    """Returns the token of the next page. KMS's answers have another name for it than its requests."""
    return answer.get("NextMarker" if token == "Marker" else token)


def items(name, answer):
    """Returns the items of a page: its first list of structures, or else its first list."""
    lists = [value for value in answer.values() if isinstance(value, list)]
    return next((rows for rows in lists if rows and isinstance(rows[0], dict)), lists[0])


def test_the_table_is_complete():
    assert set(FILL) == set(paginated())


@pytest.mark.faster
@pytest.mark.parametrize("name", sorted(FILL))
def test_pages(client, control, name):
    prerequisites = Prerequisites(client, control)
    filled = FILL[name](prerequisites)
    parameters = filled if isinstance(filled, dict) and "ResponseMetadata" not in filled else {}
    service, _, method = name.partition(":")
    method = xform_name(method)
    made = client(service)
    limit, token = member(name, LIMITS), member(name, TOKENS)
    bound = operation(*name.split(":")).input_shape.members[limit]
    low = bound.metadata.get("min", 2)
    size = low if bound.type_name == "integer" else str(low)
    call = lambda **more: getattr(made, method)(**parameters, **more)

    everything = active(lambda: items(name, call()), until=lambda rows: len(rows) > 5, key=None)
    if made.can_paginate(method):
        config = {"PageSize": low}
        pages = [items(name, page) for page in made.get_paginator(method).paginate(**parameters, PaginationConfig=config)]
    else:
        pages, next_page = [], {}
        while next_page is not None:
            answer = call(**{limit: size}, **next_page)
            pages.append(items(name, answer))
            following = next_token(token, answer)
            next_page = {token: following} if following else None
    assert [row for page in pages for row in page] == everything
    assert [len(page) for page in pages[:-1]] == [low] * (len(pages) - 1) and 0 < len(pages[-1]) <= low and len(pages) > 1

    code = INVALID.get(service, "ValidationException")
    refused(code, 400, call, **{token: "mine"})
    # A token is valid only for the list that returned it.
    first = next_token(token, call(**{limit: size}))
    other, other_method = (prerequisites.ec2, "describe_vpcs") if service == "ec2" else (prerequisites.lattice, "list_resource_gateways")
    if method == other_method:
        other_method = "describe_subnets" if service == "ec2" else "list_resource_configurations"
    if service in ("ec2", "vpc-lattice"):
        refused(code, 400, getattr(other, other_method), **{token: first})
