//! EC2: VPCs with DHCP options, network ACLs and route tables, subnets, security groups, interface endpoints, network
//! interfaces, tags.

mod dhcp_options;
pub(crate) mod endpoint_services;
pub(crate) mod endpoints;
mod group_associations;
pub(crate) mod groups;
pub(crate) mod interfaces;
pub(crate) mod listing;
mod network_acls;
mod policy;
mod prefix_lists;
mod route_tables;
pub(crate) mod rules;
pub(crate) mod seeds;
mod subnets;
mod tags;
mod tokens;
mod vpcs;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub use self::interfaces::{FixedAddresses, Interface, NewInterface};

use crate::accounts::{Accounts, Ids, Region};
use crate::buckets::Bucket;
use crate::lagging::Lagging;
use crate::operation::{CallCx, Protocol, ResourceRow, Service, ServiceError};
use crate::partition;
use crate::shapes::MODELS;
use crate::validate::{Rule, Violation};

/// The EC2 service.
pub const SERVICE: Service = Service {
    name: "ec2",
    protocol: Protocol::Ec2,
    handle,
    invalid,
    bucket,
    throttled: || ServiceError::new("RequestLimitExceeded", "Request limit exceeded.").status(503),
    denied: |_| {
        ServiceError::new(
            "UnauthorizedOperation",
            "You are not authorized to perform this operation.",
        )
        .status(403)
    },
    internal: || ServiceError::new("InternalError", "An internal error has occurred").status(500),
    resources,
};

/// State of EC2 in one account and Region.
#[derive(Debug)]
pub struct Ec2 {
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) vpcs: BTreeMap<String, vpcs::Vpc>,
    pub(crate) subnets: BTreeMap<String, subnets::Subnet>,
    pub(crate) groups: BTreeMap<String, groups::Group>,
    pub(crate) rules: BTreeMap<String, rules::Rule>,
    pub(crate) endpoints: BTreeMap<String, endpoints::Endpoint>,
    /// Services that are offered otherwise than usual, by name. Only seeds add them.
    pub(crate) offers: BTreeMap<&'static str, endpoint_services::Offer>,
    pub(crate) endpoint_tokens: BTreeMap<String, endpoints::Token>,
    pub(crate) interfaces: BTreeMap<String, Interface>,
    pub(crate) prefix_lists: BTreeMap<String, prefix_lists::PrefixList>,
    pub(crate) dhcp_options: BTreeMap<String, dhcp_options::DhcpOptions>,
    pub(crate) network_acls: BTreeMap<String, network_acls::NetworkAcl>,
    /// The ACL of each subnet that does not have its VPC's default one.
    pub(crate) acl_associations: BTreeMap<String, network_acls::Association>,
    pub(crate) route_tables: BTreeMap<String, route_tables::RouteTable>,
    pub(crate) group_associations: Vec<group_associations::GroupAssociation>,
    tokens: tokens::Tokens,
    pub(crate) tags: BTreeMap<String, Lagging<tags::Tags>>,
    ipv6_blocks: u16,
}

impl Ec2 {
    /// Returns the starting state of an account: a default VPC with both DNS attributes, its default security group and a
    /// subnet in each of three zones (VPC user guide, "Default VPC components").
    pub fn starting_state(ids: &mut Ids, account: &str, region: &str) -> Self {
        let mut ec2 = Self {
            account: account.to_owned(),
            region: region.to_owned(),
            vpcs: BTreeMap::new(),
            subnets: BTreeMap::new(),
            groups: BTreeMap::new(),
            rules: BTreeMap::new(),
            endpoints: BTreeMap::new(),
            offers: BTreeMap::new(),
            endpoint_tokens: BTreeMap::new(),
            interfaces: BTreeMap::new(),
            prefix_lists: BTreeMap::new(),
            dhcp_options: BTreeMap::new(),
            network_acls: BTreeMap::new(),
            acl_associations: BTreeMap::new(),
            route_tables: BTreeMap::new(),
            group_associations: Vec::new(),
            tokens: tokens::Tokens::default(),
            tags: BTreeMap::new(),
            ipv6_blocks: 0,
        };
        vpcs::make_default(&mut ec2, ids);
        ec2
    }

    /// Returns the zones of the Region. Some endpoint services are not offered in the last one ([`endpoint_services`]).
    pub(crate) fn zones(&self) -> [String; 4] {
        ["a", "b", "c", "d"].map(|letter| format!("{}{letter}", self.region))
    }

    pub(crate) fn arn(&self, kind: &str, id: &str) -> String {
        partition::arn("ec2", &self.region, &self.account, &format!("{kind}/{id}"))
    }

    /// Returns a VPC.
    ///
    /// # Errors
    /// `InvalidVpcID.NotFound`.
    pub(super) fn vpc(&self, id: &str) -> Result<&vpcs::Vpc, ServiceError> {
        self.vpcs.get(id).ok_or_else(|| vpcs::not_found(id))
    }
}

/// Parameters that AWS has but the emulator does not implement. It rejects them, because an ignored parameter would seem to
/// work.
const NOT_HERE: &str = "AddRouteTableIds AvailabilityZoneId CarrierGatewayId CoreNetworkArn DestinationPrefixListId \
    EgressOnlyInternetGatewayId EnableNetworkAddressUsageMetrics InstanceId Ipv4IpamPoolId Ipv4NetmaskLength \
    Ipv6CidrBlockNetworkBorderGroup Ipv6IpamPoolId Ipv6NetmaskLength Ipv6Pool LocalGatewayId OdbNetworkArn OutpostArn \
    PrivateDnsOnlyForInboundResolverEndpoint PrivateDnsPreference PrivateDnsSpecifiedDomains PublicIpv4Pool \
    RemoveRouteTableIds ResourceConfigurationArn RouteTableIds ServiceNetworkArn ServiceRegion ServiceRegions \
    SourceSecurityGroupName SourceSecurityGroupOwnerId TargetVersion VpcEncryptionControl ZoneIds";

/// Returns the id of an object that AWS creates with another one. It is derived from that one's id and not drawn, so that
/// the ids of all other objects stay the same.
fn derived(prefix: &str, id: &str) -> String {
    let (_, digits) = id.split_once('-').unwrap_or(("", id));
    format!("{prefix}-{digits}")
}

fn refuse_what_is_not_here(params: &Value) -> Result<(), ServiceError> {
    let names = |value: &Value| {
        value
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect::<Vec<_>>()
    };
    let given = names(params).into_iter().chain(names(&params["DnsOptions"]));
    match given
        .into_iter()
        .find(|name| NOT_HERE.split_whitespace().any(|other| other == name))
    {
        Some(name) => Err(not_here(&name)),
        None => Ok(()),
    }
}

fn not_here(parameter: &str) -> ServiceError {
    let message = format!("The parameter {parameter} is not implemented by the AWS emulator.");
    ServiceError::new("UnsupportedOperation", message)
}

fn handle(accounts: &mut Accounts, cx: &CallCx, operation: &str, params: &Value) -> Result<Value, ServiceError> {
    // Of this operation, the emulator has all parameters.
    if operation != "DescribeRouteTables" {
        refuse_what_is_not_here(params)?;
    }
    // EC2 checks permissions and the form of the request before this, and everything else after it (EC2 API reference,
    // DryRun).
    if params["DryRun"] == Value::Bool(true) {
        let message = "Request would have succeeded, but DryRun flag is set.";
        return Err(ServiceError::new("DryRunOperation", message).status(412));
    }
    match operation {
        "CreateVpc" => vpcs::create(accounts, cx, params),
        "DeleteVpc" => vpcs::delete(accounts, cx, params),
        "DescribeVpcs" => vpcs::describe(accounts, cx, params),
        "ModifyVpcAttribute" => vpcs::modify_attribute(accounts, cx, params),
        "DescribeVpcAttribute" => vpcs::describe_attribute(accounts, cx, params),
        "AssociateVpcCidrBlock" => vpcs::associate_block(accounts, cx, params),
        "DisassociateVpcCidrBlock" => vpcs::disassociate_block(accounts, cx, params),
        "CreateSubnet" => subnets::create(accounts, cx, params),
        "DeleteSubnet" => subnets::delete(accounts, cx, params),
        "DescribeSubnets" => subnets::describe(accounts, cx, params),
        "DescribeAvailabilityZones" => subnets::describe_zones(accounts, cx, params),
        "CreateSecurityGroup" => groups::create(accounts, cx, params),
        "DeleteSecurityGroup" => groups::delete(accounts, cx, params),
        "DescribeSecurityGroups" => groups::describe(accounts, cx, params),
        "AuthorizeSecurityGroupIngress" => rules::authorize(accounts, cx, params, false),
        "AuthorizeSecurityGroupEgress" => rules::authorize(accounts, cx, params, true),
        "RevokeSecurityGroupIngress" => rules::revoke(accounts, cx, params, false),
        "RevokeSecurityGroupEgress" => rules::revoke(accounts, cx, params, true),
        "ModifySecurityGroupRules" => rules::modify(accounts, cx, params),
        "DescribeSecurityGroupRules" => rules::describe(accounts, cx, params),
        "UpdateSecurityGroupRuleDescriptionsIngress" => rules::update_descriptions(accounts, cx, params, false),
        "UpdateSecurityGroupRuleDescriptionsEgress" => rules::update_descriptions(accounts, cx, params, true),
        "CreateTags" => tags::create(accounts, cx, params),
        "DeleteTags" => tags::delete(accounts, cx, params),
        "DescribeTags" => tags::describe(accounts, cx, params),
        "CreateVpcEndpoint" => endpoints::create(accounts, cx, params),
        "ModifyVpcEndpoint" => endpoints::modify(accounts, cx, params),
        "DescribeVpcEndpoints" => endpoints::describe(accounts, cx, params),
        "DeleteVpcEndpoints" => endpoints::delete(accounts, cx, params),
        "DescribeVpcEndpointServices" => endpoint_services::describe(accounts, cx, params),
        "DescribeNetworkInterfaces" => interfaces::describe(accounts, cx, params),
        "CreateManagedPrefixList" => prefix_lists::create(accounts, cx, params),
        "DescribeManagedPrefixLists" => prefix_lists::describe(accounts, cx, params),
        "DeleteManagedPrefixList" => prefix_lists::delete(accounts, cx, params),
        "GetManagedPrefixListEntries" => prefix_lists::entries(accounts, cx, params),
        "CreateDhcpOptions" => dhcp_options::create(accounts, cx, params),
        "DescribeDhcpOptions" => dhcp_options::describe(accounts, cx, params),
        "AssociateDhcpOptions" => dhcp_options::associate(accounts, cx, params),
        "CreateNetworkAcl" => network_acls::create(accounts, cx, params),
        "DeleteNetworkAcl" => network_acls::delete(accounts, cx, params),
        "DescribeNetworkAcls" => network_acls::describe(accounts, cx, params),
        "CreateNetworkAclEntry" => network_acls::create_entry(accounts, cx, params),
        "DeleteNetworkAclEntry" => network_acls::delete_entry(accounts, cx, params),
        "ReplaceNetworkAclAssociation" => network_acls::replace_association(accounts, cx, params),
        "CreateRouteTable" => route_tables::create(accounts, cx, params),
        "DeleteRouteTable" => route_tables::delete(accounts, cx, params),
        "DescribeRouteTables" => route_tables::describe(accounts, cx, params),
        "AssociateRouteTable" => route_tables::associate(accounts, cx, params),
        "CreateRoute" => route_tables::create_route(accounts, cx, params),
        "AssociateSecurityGroupVpc" => group_associations::associate(accounts, cx, params),
        "DescribeSecurityGroupVpcAssociations" => group_associations::describe(accounts, cx, params),
        other => Err(ServiceError::new(
            "InvalidAction",
            format!("The action {other} is not valid for this web service."),
        )),
    }
}

/// Returns EC2's own error codes for violations of the model (EC2 API error codes).
fn invalid(violations: &[Violation]) -> ServiceError {
    let Some(first) = violations.first() else {
        return ServiceError::new("InvalidParameterValue", "The request is invalid");
    };
    match first.rule {
        Rule::Missing => ServiceError::new(
            "MissingParameter",
            format!("The request must contain the parameter {}", first.path),
        ),
        Rule::Type | Rule::Value => ServiceError::new(
            "InvalidParameterValue",
            format!("Invalid value for {}: {}", first.path, first.message),
        ),
    }
}

/// Returns the token bucket of an operation: each has its own (docs/aws-behavior.md, `bucket`; quotas on AWS's pages).
fn bucket(operation: &str, params: &Value) -> Option<Bucket> {
    let (name, _) = MODELS["ec2"].operations.get_key_value(operation)?;
    let unfiltered = params["Filters"].is_null() && params["MaxResults"].is_null();
    let (class, capacity, refill) = match name.as_str() {
        "CreateVpcEndpoint" | "ModifyVpcEndpoint" | "DeleteVpcEndpoints" => (name.as_str(), 4.0, 0.3),
        "DescribeNetworkInterfaces" if unfiltered && params["NetworkInterfaceIds"].is_null() => {
            ("unfiltered DescribeNetworkInterfaces", 50.0, 10.0)
        }
        "DescribeSecurityGroups" if unfiltered && params["GroupIds"].is_null() => {
            ("unfiltered DescribeSecurityGroups", 50.0, 10.0)
        }
        "CreateTags" | "DeleteTags" => (name.as_str(), 100.0, 10.0),
        name if name.starts_with("Describe") => (name, 100.0, 20.0),
        name => (name, 50.0, 5.0),
    };
    Some(Bucket {
        class,
        capacity,
        refill,
    })
}

fn resources(accounts: &Accounts, region: &Region) -> Vec<ResourceRow> {
    let ec2 = &region.ec2;
    let tags = |id: &str| tags::render(ec2, id, accounts.now());
    let started = |row: ResourceRow, starting_state: bool| ResourceRow { starting_state, ..row };
    let mut rows = Vec::new();
    for vpc in ec2.vpcs.values() {
        rows.push(started(
            ResourceRow::new("vpc", &vpc.id, "available", json!({ "tags": tags(&vpc.id) })),
            vpc.starting,
        ));
    }
    for subnet in ec2.subnets.values() {
        let detail = json!({ "vpc": subnet.vpc, "zone": subnet.zone, "tags": tags(&subnet.id) });
        rows.push(started(
            ResourceRow::new("subnet", &subnet.id, "available", detail),
            subnet.starting,
        ));
    }
    for group in ec2.groups.values() {
        // A default group is created and deleted with its VPC. Rules that somebody added to it have rows of their own.
        let detail = json!({ "vpc": group.vpc, "name": group.name, "tags": tags(&group.id) });
        let starting = ec2.vpcs.get(&group.vpc).is_some_and(|vpc| vpc.starting) && group.is_default();
        rows.push(started(
            ResourceRow::new("security-group", &group.id, "", detail),
            starting,
        ));
    }
    for rule in ec2.rules.values().filter(|rule| !rule.starting) {
        let detail = json!({ "group": rule.group, "egress": rule.egress, "source": rule.source.to_string() });
        rows.push(ResourceRow::new("security-group-rule", &rule.id, "", detail));
    }
    for endpoint in ec2.endpoints.values() {
        let detail = json!({ "vpc": endpoint.vpc, "service": endpoint.service, "tags": tags(&endpoint.id) });
        rows.push(ResourceRow::new(
            "vpc-endpoint",
            &endpoint.id,
            endpoint.state.wire(),
            detail,
        ));
    }
    for interface in ec2.interfaces.values() {
        let detail = json!({ "owner": interface.owner, "subnet": interface.subnet, "groups": interface.groups });
        rows.push(ResourceRow::new("network-interface", &interface.id, "in-use", detail));
    }
    for list in ec2.prefix_lists.values() {
        rows.push(ResourceRow::new(
            "prefix-list",
            &list.id,
            "create-complete",
            json!({ "name": list.name }),
        ));
    }
    // A VPC's default ACL and main route table are created and deleted with it, and have no rows.
    for options in ec2.dhcp_options.values() {
        rows.push(ResourceRow::new(
            "dhcp-options",
            &options.id,
            "",
            json!({ "tags": tags(&options.id) }),
        ));
    }
    for acl in ec2.network_acls.values().filter(|acl| !acl.is_default) {
        let detail = json!({ "vpc": acl.vpc, "tags": tags(&acl.id) });
        rows.push(ResourceRow::new("network-acl", &acl.id, "", detail));
    }
    for table in ec2.route_tables.values().filter(|table| !table.is_main) {
        let detail = json!({ "vpc": table.vpc, "tags": tags(&table.id) });
        rows.push(ResourceRow::new("route-table", &table.id, "", detail));
    }
    rows
}

#[cfg(test)]
mod tests;
