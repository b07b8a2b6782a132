//! What the checks of a preview read from AWS. Each read is shared by all resources of a command
//! ([`Looks`]).
//!
//! EC2 is asked by filter, because a call with a list of IDs fails as a whole if one of them does not exist.

mod keys;
mod path;
mod quotas;
mod zones;

use std::collections::BTreeMap;
use std::sync::Mutex;

use aws_sdk_ec2::types::{
    AttributeBooleanValue, DhcpOptions, Filter, NetworkAcl, SecurityGroup, ServiceDetail, Subnet, Vpc,
    VpcAttributeName, VpcEndpoint,
};
use aws_sdk_eventbridge::types::Connection;
use aws_sdk_vpclattice::types::ResourceGatewaySummary;
use pulumi_provider::error::Error;
use pulumi_provider::lock::lock;
use pulumi_provider::resource::looks::Looks;
use serde_json::Value;

pub use self::keys::{Key, key, key_policy, key_tags};
pub use self::path::{addresses_of, interface_at, interfaces_described, route_tables, route_tables_now};
pub use self::quotas::{QuotaCode, quota};
pub use self::zones::{Zone, hosted_zones};
use super::Aws;
use super::error::classify;

/// What was read so far, one field for each kind of read.
#[derive(Debug, Default)]
pub struct Seen {
    subnets: Looks<String, Subnet>,
    vpcs: Looks<String, Vpc>,
    dns: Looks<String, DnsAttributes>,
    dhcp: Looks<String, DhcpOptions>,
    services: Looks<String, ServiceDetail>,
    endpoints: Looks<String, VpcEndpoint>,
    endpoints_of_vpc: Looks<String, Vec<VpcEndpoint>>,
    groups: Looks<String, SecurityGroup>,
    default_groups: Looks<String, SecurityGroup>,
    acls: Looks<String, NetworkAcl>,
    gateways: Looks<(), Vec<ResourceGatewaySummary>>,
    connections: Looks<(), Vec<Connection>>,
    /// The private names that resources of the program want: by VPC and service, the URN of the first that wants it.
    wanted_names: Mutex<BTreeMap<(String, String), String>>,
    path: path::Seen,
    keys: Looks<String, Key>,
    key_tags: Looks<String, BTreeMap<String, String>>,
    key_policies: Looks<String, Value>,
    zones: Looks<String, Vec<Zone>>,
    quotas: Looks<QuotaCode, usize>,
}

/// The two attributes of a VPC that private DNS names need
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html#vpc-dns-support>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DnsAttributes {
    /// `enableDnsSupport`.
    pub support: bool,
    /// `enableDnsHostnames`.
    pub hostnames: bool,
}

impl Seen {
    /// Forgets everything.
    pub fn forget(&self) {
        self.subnets.forget();
        self.vpcs.forget();
        self.dns.forget();
        self.dhcp.forget();
        self.services.forget();
        self.endpoints.forget();
        self.endpoints_of_vpc.forget();
        self.groups.forget();
        self.default_groups.forget();
        self.acls.forget();
        self.gateways.forget();
        self.connections.forget();
        self.keys.forget();
        self.key_tags.forget();
        self.key_policies.forget();
        self.zones.forget();
        self.quotas.forget();
        self.path.forget();
        lock(&self.wanted_names).clear();
    }

    /// Records that a resource wants the private name of a service in a VPC. Returns another resource that wants it, if any.
    pub fn want_name(&self, vpc: &str, service: &str, urn: &str) -> Option<String> {
        let mut wanted = lock(&self.wanted_names);
        let first = wanted
            .entry((vpc.to_owned(), service.to_owned()))
            .or_insert_with(|| urn.to_owned());
        Some(first.clone()).filter(|first| first != urn)
    }
}

type Found<T> = Result<BTreeMap<String, T>, Error>;

/// Writes a read of EC2's objects by a filter. The operations differ only in names, but each has its own page types.
macro_rules! by_filter {
    ($(#[$doc:meta])* $name:ident, $object:ty, $field:ident, $operation:literal, $call:ident, $filter:literal, $key:expr) => {
        $(#[$doc])*
        pub async fn $name(aws: &Aws, keys: &[String]) -> Found<$object> {
            let read = async |keys: Vec<String>| {
                let pages = aws.ec2().await?.$call().filters(filter($filter, keys)).into_paginator();
                let objects: Result<Vec<_>, _> = pages.items().send().collect().await;
                let objects = objects.map_err(|error| classify($operation, error))?;
                let key: fn(&$object) -> Option<&str> = $key;
                let keyed = objects.into_iter().filter_map(|object| Some((key(&object)?.to_owned(), object)));
                Ok(keyed.collect())
            };
            aws.seen().$field.get(keys, read).await
        }
    };
}

by_filter!(
    /// Returns the subnets with these IDs.
    ///
    /// # Errors
    /// The read failed.
    subnets, Subnet, subnets, "DescribeSubnets", describe_subnets, "subnet-id", Subnet::subnet_id
);
by_filter!(
    /// Returns the VPCs with these IDs.
    ///
    /// # Errors
    /// The read failed.
    vpcs, Vpc, vpcs, "DescribeVpcs", describe_vpcs, "vpc-id", Vpc::vpc_id
);
by_filter!(
    /// Returns the interface endpoints with these IDs.
    ///
    /// # Errors
    /// The read failed.
    endpoints, VpcEndpoint, endpoints, "DescribeVpcEndpoints", describe_vpc_endpoints, "vpc-endpoint-id",
    VpcEndpoint::vpc_endpoint_id
);
by_filter!(
    /// Returns the security groups with these IDs.
    ///
    /// # Errors
    /// The read failed.
    groups, SecurityGroup, groups, "DescribeSecurityGroups", describe_security_groups, "group-id", SecurityGroup::group_id
);
by_filter!(
    /// Returns the sets of DHCP options with these IDs.
    ///
    /// # Errors
    /// The read failed.
    dhcp_options, DhcpOptions, dhcp, "DescribeDhcpOptions", describe_dhcp_options, "dhcp-options-id",
    DhcpOptions::dhcp_options_id
);

/// Returns the default security group of a VPC.
///
/// # Errors
/// The read failed.
pub async fn default_group(aws: &Aws, vpc: &str) -> Result<Option<SecurityGroup>, Error> {
    let read = async |vpcs: Vec<String>| {
        let call = aws.ec2().await?.describe_security_groups();
        let call = call
            .filters(filter("vpc-id", vpcs))
            .filters(filter("group-name", vec!["default".to_owned()]));
        let groups: Result<Vec<_>, _> = call.into_paginator().items().send().collect().await;
        let groups = groups.map_err(|error| classify("DescribeSecurityGroups", error))?;
        let keyed = |group: SecurityGroup| Some((group.vpc_id.clone()?, group));
        Ok(groups.into_iter().filter_map(keyed).collect())
    };
    Ok(aws
        .seen()
        .default_groups
        .get(&[vpc.to_owned()], read)
        .await?
        .remove(vpc))
}

/// Returns the network ACL of each of these subnets.
///
/// # Errors
/// The read failed.
pub async fn network_acls(aws: &Aws, subnets: &[String]) -> Found<NetworkAcl> {
    let read = async |subnets: Vec<String>| {
        let filter = filter("association.subnet-id", subnets);
        let pages = aws
            .ec2()
            .await?
            .describe_network_acls()
            .filters(filter)
            .into_paginator();
        let acls: Result<Vec<_>, _> = pages.items().send().collect().await;
        let acls = acls.map_err(|error| classify("DescribeNetworkAcls", error))?;
        let of_subnet = |acl: NetworkAcl| {
            let subnets: Vec<_> = acl
                .associations()
                .iter()
                .filter_map(|with| with.subnet_id.clone())
                .collect();
            subnets.into_iter().map(move |subnet| (subnet, acl.clone()))
        };
        Ok(acls.into_iter().flat_map(of_subnet).collect())
    };
    aws.seen().acls.get(subnets, read).await
}

/// Returns the endpoint services with these full names that this account can use.
///
/// # Errors
/// The read failed.
pub async fn services(aws: &Aws, names: &[String]) -> Found<ServiceDetail> {
    let read = async |names: Vec<String>| {
        let (mut found, mut next) = (BTreeMap::new(), None);
        loop {
            let call = aws.ec2().await?.describe_vpc_endpoint_services();
            let call = call.filters(filter("service-name", names.clone())).set_next_token(next);
            let answer = call.send().await;
            let answer = answer.map_err(|error| classify("DescribeVpcEndpointServices", error))?;
            let keyed = |service: ServiceDetail| Some((service.service_name.clone()?, service));
            found.extend(answer.service_details.unwrap_or_default().into_iter().filter_map(keyed));
            next = answer.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(found);
            }
        }
    };
    aws.seen().services.get(names, read).await
}

/// Returns all VPC endpoints of a VPC.
///
/// # Errors
/// The read failed.
pub async fn endpoints_of(aws: &Aws, vpc: &str) -> Result<Vec<VpcEndpoint>, Error> {
    let read = async |vpcs: Vec<String>| {
        let mut by_vpc: BTreeMap<String, Vec<VpcEndpoint>> = BTreeMap::new();
        let filter = filter("vpc-id", vpcs);
        let pages = aws
            .ec2()
            .await?
            .describe_vpc_endpoints()
            .filters(filter)
            .into_paginator();
        let endpoints: Result<Vec<_>, _> = pages.items().send().collect().await;
        for endpoint in endpoints.map_err(|error| classify("DescribeVpcEndpoints", error))? {
            let vpc = endpoint.vpc_id.clone().unwrap_or_default();
            by_vpc.entry(vpc).or_default().push(endpoint);
        }
        Ok(by_vpc)
    };
    let mut found = aws.seen().endpoints_of_vpc.get(&[vpc.to_owned()], read).await?;
    Ok(found.remove(vpc).unwrap_or_default())
}

/// Returns the attributes of a VPC on which private DNS names depend. EC2 answers one attribute a call.
///
/// # Errors
/// A read failed.
pub async fn dns_attributes(aws: &Aws, vpc: &str) -> Result<Option<DnsAttributes>, Error> {
    let read = async |vpcs: Vec<String>| {
        let mut found = BTreeMap::new();
        for vpc in vpcs {
            let attributes = dns_attributes_now(aws, &vpc).await?;
            found.insert(vpc, attributes);
        }
        Ok(found)
    };
    Ok(aws.seen().dns.get(&[vpc.to_owned()], read).await?.remove(vpc))
}

/// Returns the same, read anew.
///
/// # Errors
/// A read failed.
pub async fn dns_attributes_now(aws: &Aws, vpc: &str) -> Result<DnsAttributes, Error> {
    let attribute = async |name: VpcAttributeName| {
        let call = aws.ec2().await?.describe_vpc_attribute().vpc_id(vpc).attribute(name);
        call.send()
            .await
            .map_err(|error| classify("DescribeVpcAttribute", error))
    };
    let is_on = |value: Option<AttributeBooleanValue>| value.and_then(|value| value.value) == Some(true);
    let support = is_on(attribute(VpcAttributeName::EnableDnsSupport).await?.enable_dns_support);
    let hostnames = is_on(
        attribute(VpcAttributeName::EnableDnsHostnames)
            .await?
            .enable_dns_hostnames,
    );
    Ok(DnsAttributes { support, hostnames })
}

/// Returns all resource gateways of the account in the Region. VPC Lattice has no filter by VPC.
///
/// # Errors
/// The read failed.
pub async fn gateways(aws: &Aws) -> Result<Vec<ResourceGatewaySummary>, Error> {
    let read = async |_: Vec<()>| {
        let pages = aws.lattice().await?.list_resource_gateways().into_paginator();
        let gateways: Result<Vec<_>, _> = pages.items().send().collect().await;
        let gateways = gateways.map_err(|error| classify("ListResourceGateways", error))?;
        Ok(BTreeMap::from([((), gateways)]))
    };
    let mut found = aws.seen().gateways.get(&[()], read).await?;
    Ok(found.remove(&()).unwrap_or_default())
}

/// Returns all connections of the account in the Region.
///
/// # Errors
/// The read failed.
pub async fn connections(aws: &Aws) -> Result<Vec<Connection>, Error> {
    let read = async |_: Vec<()>| {
        let (mut found, mut next) = (Vec::new(), None);
        loop {
            let call = aws.events().await?.list_connections().limit(100).set_next_token(next);
            let answer = call.send().await.map_err(|error| classify("ListConnections", error))?;
            found.extend(answer.connections.unwrap_or_default());
            next = answer.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(BTreeMap::from([((), found)]));
            }
        }
    };
    let mut found = aws.seen().connections.get(&[()], read).await?;
    Ok(found.remove(&()).unwrap_or_default())
}

/// Returns a filter of EC2: one of the values must match.
pub(crate) fn filter(name: &str, values: Vec<String>) -> Filter {
    Filter::builder().name(name).set_values(Some(values)).build()
}
