#!/usr/bin/env python3
"""Writes src/shapes.json: names and constraints of the operations that the emulator implements.

The data comes from the service models that botocore ships: names, types and constraints, no documentation.
Run it with the botocore pinned in tools/python/requirements.txt:

    python tests/aws-emulator/shapes.py

To implement an operation, list it here and add it to its service's `handle`.
"""

import json
import pathlib

import botocore.session

OPERATIONS = {
    "ec2": """
        CreateVpc DeleteVpc DescribeVpcs ModifyVpcAttribute DescribeVpcAttribute
        AssociateVpcCidrBlock DisassociateVpcCidrBlock
        CreateSubnet DeleteSubnet DescribeSubnets DescribeAvailabilityZones
        CreateSecurityGroup DeleteSecurityGroup DescribeSecurityGroups
        AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress
        RevokeSecurityGroupIngress RevokeSecurityGroupEgress
        ModifySecurityGroupRules DescribeSecurityGroupRules
        UpdateSecurityGroupRuleDescriptionsIngress UpdateSecurityGroupRuleDescriptionsEgress
        CreateTags DeleteTags DescribeTags
        CreateVpcEndpoint ModifyVpcEndpoint DescribeVpcEndpoints DeleteVpcEndpoints
        DescribeVpcEndpointServices DescribeNetworkInterfaces
        CreateManagedPrefixList DescribeManagedPrefixLists DeleteManagedPrefixList GetManagedPrefixListEntries
        CreateDhcpOptions DescribeDhcpOptions AssociateDhcpOptions
        CreateNetworkAcl DeleteNetworkAcl DescribeNetworkAcls CreateNetworkAclEntry DeleteNetworkAclEntry
        ReplaceNetworkAclAssociation
        CreateRouteTable DeleteRouteTable DescribeRouteTables AssociateRouteTable CreateRoute
        AssociateSecurityGroupVpc DescribeSecurityGroupVpcAssociations
    """,
    "sts": "GetCallerIdentity AssumeRole AssumeRoleWithWebIdentity",
    "vpc-lattice": """
        CreateResourceGateway GetResourceGateway ListResourceGateways UpdateResourceGateway
        DeleteResourceGateway CreateResourceConfiguration GetResourceConfiguration
        ListResourceConfigurations UpdateResourceConfiguration DeleteResourceConfiguration
        ListServiceNetworkResourceAssociations GetServiceNetworkResourceAssociation
        DeleteServiceNetworkResourceAssociation ListResourceEndpointAssociations
        ListServiceNetworkVpcEndpointAssociations TagResource UntagResource ListTagsForResource
    """,
    "events": """
        CreateConnection DescribeConnection ListConnections UpdateConnection
        DeauthorizeConnection DeleteConnection
    """,
    "kms": "DescribeKey ListResourceTags GetKeyPolicy",
    "route53": "ListHostedZonesByVPC",
    "servicequotas": "GetServiceQuota GetAWSDefaultServiceQuota",
}

# Services whose name in botocore is not the one that requests are signed for.
BOTOCORE = {"servicequotas": "service-quotas"}

# Rust's regex crate has no look-ahead. For each such pattern: a pattern that must match, and patterns that must not.
LOOK_AHEAD = {
    "(?!rgw-)(?![-])(?!.*[-]$)(?!.*[-]{2})[a-z0-9-]+": ("[a-z0-9-]+", ["^rgw-", "^-", "-$", "--"]),
    "(?!rcfg-)(?![-])(?!.*[-]$)(?!.*[-]{2})[a-z0-9-]+": ("[a-z0-9-]+", ["^rcfg-", "^-", "-$", "--"]),
}



def serialized(shape, default):
    return shape.serialization.get("name", default)


def query_name(protocol, shape, name):
    """Returns the name of a member in a request body of the two Query protocols."""
    if "queryName" in shape.serialization:
        return shape.serialization["queryName"]
    wire = serialized(shape, name)
    return wire[0].upper() + wire[1:] if protocol == "ec2" else wire


class Service:
    def __init__(self, name):
        self.model = botocore.session.get_session().get_service_model(BOTOCORE.get(name, name))
        self.protocol = self.model.metadata["protocol"]
        self.shapes = {}

    def member(self, name, shape, is_input):
        member = {"shape": self.add(shape, is_input)}
        if name is not None:
            wire = serialized(shape, name)
            if wire != name:
                member["wire"] = wire
            if self.protocol in ("ec2", "query") and is_input:
                query = query_name(self.protocol, shape, name)
                if query != name:
                    member["query"] = query
            if "location" in shape.serialization:
                member["in"] = shape.serialization["location"]
        return member

    def add(self, shape, is_input):
        """Adds a shape and all shapes that it refers to. Returns its name. Keeps constraints for inputs only."""
        key = shape.name if is_input else shape.name + "$out"
        if key in self.shapes:
            return key
        out = self.shapes[key] = {"type": shape.type_name}
        if shape.type_name == "structure":
            if is_input and shape.required_members:
                out["required"] = sorted(shape.required_members)
            if getattr(shape, "is_tagged_union", False):
                out["union"] = True
            out["members"] = {n: self.member(n, m, is_input) for n, m in sorted(shape.members.items())}
        elif shape.type_name == "list":
            out["item"] = self.add(shape.member, is_input)
            out["itemWire"] = serialized(shape.member, "item" if self.protocol == "ec2" else "member")
            if shape.serialization.get("flattened"):
                out["flattened"] = True
        elif shape.type_name == "map":
            out["item"] = self.add(shape.value, is_input)
            out["key"] = self.add(shape.key, is_input)
        elif shape.type_name == "timestamp":
            if "timestampFormat" in shape.serialization:
                out["timestampFormat"] = shape.serialization["timestampFormat"]
        if is_input:
            for fact in ("min", "max"):
                if fact in shape.metadata:
                    out[fact] = shape.metadata[fact]
            if "pattern" in shape.metadata:
                pattern, reject = LOOK_AHEAD.get(shape.metadata["pattern"], (shape.metadata["pattern"], []))
                if "(?!" in pattern or "(?=" in pattern or "(?<" in pattern:
                    raise SystemExit(f"{shape.name}: translate the look-around in {pattern!r} by hand")
                out["pattern"] = pattern
                if reject:
                    out["reject"] = reject
            if shape.type_name == "string" and shape.enum:
                out["enum"] = list(shape.enum)
        return key

    def operation(self, name):
        model = self.model.operation_model(name)
        out = {}
        if self.protocol in ("rest-json", "rest-xml"):
            out["method"] = model.http["method"]
            out["uri"] = model.http["requestUri"]
            out["status"] = model.http.get("responseCode", 200)
        if model.input_shape is not None:
            out["input"] = self.add(model.input_shape, True)
        if model.output_shape is not None:
            out["output"] = self.add(model.output_shape, False)
        return out


def render():
    """Returns the content of the file."""
    services = {}
    for name, operations in OPERATIONS.items():
        service = Service(name)
        services[name] = {
            "operations": {o: service.operation(o) for o in sorted(operations.split())},
            "shapes": service.shapes,
        }
    lines = []
    for name, service in services.items():
        parts = []
        for part in ("operations", "shapes"):
            rows = [f"{json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in sorted(service[part].items())]
            parts.append(f'"{part}":{{\n' + ",\n".join(rows) + "\n}")
        lines.append(f"{json.dumps(name)}:{{" + ",\n".join(parts) + "}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


PATH = pathlib.Path(__file__).parent / "src" / "shapes.json"

if __name__ == "__main__":
    PATH.write_text(render())
