"""Objects for one row of a table, created when the row first uses them."""

import functools
import json

from waiting import active, steady

STATES = "com.amazonaws.us-east-1.states"
NOBODY = json.dumps({"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}})
KEY = {"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "hush"}}
DNS = {"dnsResource": {"domainName": "orders.example.com"}}


def https(cidr="10.0.0.0/16"):
    return [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": cidr}]}]


def tagged(kind, count=1):
    return [{"ResourceType": kind, "Tags": [{"Key": f"k{n}", "Value": "v"} for n in range(count)]}]


def through(arn):
    return {"ResourceParameters": {"ResourceConfigurationArn": arn}}


class Prerequisites:
    """Clients, and objects as properties. An object is ready when its property returns, unless the property says otherwise."""

    def __init__(self, client, control):
        self.client, self.control = client, control
        self.ec2, self.lattice, self.events, self.sts = map(client, ("ec2", "vpc-lattice", "events", "sts"))

    def seed(self, kind, **members):
        """Makes a situation that no call makes. Returns the ids of new objects."""
        return self.control("seed", {"kind": kind, **members})

    def quota(self, name, value):
        self.seed("quota", region="us-east-1", name=name, value=value)

    @functools.cached_property
    def key(self):
        """A key that EventBridge can use."""
        return self.seed("kms-key", region="us-east-1", aliases=["alias/orders"], tags={"EventBridgeApiDestinations": "true"})

    @functools.cached_property
    def zone(self):
        """The VPC of a private hosted zone that another account owns."""
        self.seed("hosted-zone", VPCId=self.vpc, Name="example.com", OwningAccount="210987654321")
        return self.vpc

    # EC2

    @functools.cached_property
    def vpc(self):
        """The default VPC."""
        return self.ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]

    @functools.cached_property
    def subnets(self):
        """Subnets of the default VPC in the first three zones."""
        found = self.ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [self.vpc]}])["Subnets"]
        return [subnet["SubnetId"] for subnet in sorted(found, key=lambda subnet: subnet["AvailabilityZone"])][:3]

    @functools.cached_property
    def other_vpc(self):
        """A second VPC, without subnets."""
        return self.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]

    @functools.cached_property
    def other_subnet(self):
        return self.subnet("10.9.0.0/24", vpc=self.other_vpc)

    def subnet(self, block, vpc=None, **more):
        made = self.ec2.create_subnet(VpcId=vpc or self.vpc, CidrBlock=block, **more)
        return made["Subnet"]["SubnetId"]

    @functools.cached_property
    def small_subnet(self):
        """A subnet in the first zone with 11 free addresses."""
        return self.subnet("172.31.200.0/28")

    @functools.cached_property
    def group(self):
        return self.make_group("orders")

    def make_group(self, name, vpc=None):
        made = self.ec2.create_security_group(GroupName=name, Description="test", VpcId=vpc or self.vpc)
        active(lambda: self.ec2.describe_security_groups(GroupIds=[made["GroupId"]])["SecurityGroups"][0])
        return made["GroupId"]

    @functools.cached_property
    def default_group(self):
        found = self.ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [self.vpc]}])["SecurityGroups"]
        return next(group["GroupId"] for group in found if group["GroupName"] == "default")

    @functools.cached_property
    def strict_group(self):
        """A group outside the default VPC, where EC2 refuses unknown rules."""
        return self.make_group("strict", self.other_vpc)

    @functools.cached_property
    def rule(self):
        """The only ingress rule of `group`."""
        made = self.ec2.authorize_security_group_ingress(GroupId=self.group, IpPermissions=https())
        return made["SecurityGroupRules"][0]["SecurityGroupRuleId"]

    @functools.cached_property
    def prefix_list(self):
        made = self.ec2.create_managed_prefix_list(
            PrefixListName="offices", AddressFamily="IPv4", MaxEntries=3,
            Entries=[{"Cidr": "10.1.0.0/16", "Description": "north"}, {"Cidr": "10.2.0.0/16"}],
        )
        return made["PrefixList"]["PrefixListId"]

    @functools.cached_property
    def dhcp_options(self):
        made = self.ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name-servers", "Values": ["10.0.0.53"]}])
        return made["DhcpOptions"]["DhcpOptionsId"]

    @functools.cached_property
    def acl(self):
        """An ACL of the default VPC that denies everything."""
        return self.ec2.create_network_acl(VpcId=self.vpc)["NetworkAcl"]["NetworkAclId"]

    @functools.cached_property
    def default_acl(self):
        return self.default_acl_of(self.vpc)["NetworkAclId"]

    def default_acl_of(self, vpc):
        filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "default", "Values": ["true"]}]
        return self.ec2.describe_network_acls(Filters=filters)["NetworkAcls"][0]

    @functools.cached_property
    def acl_association(self):
        """The association of the default VPC's first subnet with an ACL."""
        rows = self.default_acl_of(self.vpc)["Associations"]
        return next(row["NetworkAclAssociationId"] for row in rows if row["SubnetId"] == self.subnets[0])

    def new_entry(self, **changes):
        """Returns a request for an entry that admits HTTPS into the default VPC's other ACL."""
        request = {
            "NetworkAclId": self.acl, "RuleNumber": 90, "Egress": False, "Protocol": "6", "RuleAction": "allow",
            "CidrBlock": "10.0.0.0/8", "PortRange": {"From": 443, "To": 443},
        }
        return {name: value for name, value in {**request, **changes}.items() if value is not None}

    @functools.cached_property
    def entry(self):
        """The number of an entry of `acl` for ingress."""
        self.ec2.create_network_acl_entry(**self.new_entry())
        return 90

    @functools.cached_property
    def route_table(self):
        """A route table of the default VPC without subnets."""
        return self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]

    @functools.cached_property
    def main_table(self):
        filters = [{"Name": "vpc-id", "Values": [self.vpc]}, {"Name": "association.main", "Values": ["true"]}]
        return self.ec2.describe_route_tables(Filters=filters)["RouteTables"][0]["RouteTableId"]

    @functools.cached_property
    def interface(self):
        """A network interface."""
        described = self.ec2.describe_vpc_endpoints(VpcEndpointIds=[self.endpoint])["VpcEndpoints"][0]
        return described["NetworkInterfaceIds"][0]

    @functools.cached_property
    def third_vpc(self):
        return self.ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]

    @functools.cached_property
    def group_association(self):
        """The VPC that `strict_group` is associated with."""
        self.ec2.associate_security_group_vpc(GroupId=self.strict_group, VpcId=self.third_vpc)
        return self.third_vpc

    def new_endpoint(self, **changes):
        """Returns a request for an endpoint."""
        request = {"VpcId": self.vpc, "VpcEndpointType": "Interface", "ServiceName": STATES, "SubnetIds": self.subnets[:1]}
        return {**request, **changes}

    @functools.cached_property
    def pending_endpoint(self):
        """An endpoint that EC2 shows, but that is not ready."""
        id = self.ec2.create_vpc_endpoint(**self.new_endpoint())["VpcEndpoint"]["VpcEndpointId"]
        active(lambda: self.ec2.describe_vpc_endpoints(VpcEndpointIds=[id])["VpcEndpoints"][0])
        return id

    @functools.cached_property
    def endpoint(self):
        id = self.pending_endpoint
        active(lambda: self.ec2.describe_vpc_endpoints(VpcEndpointIds=[id])["VpcEndpoints"][0], "available", "State")
        return id

    # VPC Lattice

    def new_gateway(self, **changes):
        return {"name": "gate", "vpcIdentifier": self.vpc, "subnetIds": self.subnets[:1], **changes}

    @functools.cached_property
    def busy_gateway(self):
        """A gateway that is not ready."""
        return self.lattice.create_resource_gateway(**self.new_gateway())["id"]

    @functools.cached_property
    def gateway(self):
        id = self.busy_gateway
        active(lambda: self.lattice.get_resource_gateway(resourceGatewayIdentifier=id))
        return id

    def new_configuration(self, **changes):
        request = {
            "name": "orders", "type": "SINGLE", "portRanges": ["443"], "resourceGatewayIdentifier": self.gateway,
            "resourceConfigurationDefinition": DNS,
        }
        return {**request, **changes}

    def make_configuration(self, **changes):
        made = self.lattice.create_resource_configuration(**self.new_configuration(**changes))
        steady(lambda: self.lattice.get_resource_configuration(resourceConfigurationIdentifier=made["id"]))
        return made

    @functools.cached_property
    def configuration(self):
        return self.make_configuration()

    @functools.cached_property
    def association(self):
        """EventBridge's association for a private connection to the configuration."""
        arn = self.configuration["arn"]
        self.events.create_connection(**self.new_connection(InvocationConnectivityParameters=through(arn)))
        listed = self.lattice.list_service_network_resource_associations(
            resourceConfigurationIdentifier=self.configuration["id"]
        )
        return listed["items"][0]["id"]

    # EventBridge

    def new_connection(self, **changes):
        return {"Name": "orders", "AuthorizationType": "API_KEY", "AuthParameters": KEY, **changes}

    @functools.cached_property
    def connection(self):
        self.events.create_connection(**self.new_connection())
        active(lambda: self.events.describe_connection(Name="orders"), "AUTHORIZED", "ConnectionState")
        return "orders"

    @functools.cached_property
    def busy_connection(self):
        """A connection that AWS is deleting."""
        self.events.delete_connection(Name=self.connection)
        return self.connection
