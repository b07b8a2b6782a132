//! A VPC: its address ranges, its DNS attributes, and its subnets with what each may be used for.
//! <https://docs.aws.amazon.com/vpc/latest/userguide/configure-your-vpc.html>

mod subnets;

use aws_sdk_ec2::types::{Subnet, Tag, Vpc as Live};
use futures::join;
use pulumi_provider::error::Error;
use serde::{Deserialize, Serialize};

pub use self::subnets::{Kind, VpcSubnet};
use super::{Sought, together};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::looks::{dns_attributes_now, filter, route_tables_now, services};
use crate::aws::tags::{self, Tags};
use crate::partition::Partition;

/// The services whose zones decide about a subnet.
const SERVICES: [&str; 3] = ["states", "sync-states", "execute-api"];

/// Which VPC: exactly one of the two.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Arguments {
    /// Its id.
    #[serde(default)]
    pub id: Option<String>,
    /// The value of its tag `Name`.
    #[serde(default)]
    pub name: Option<String>,
}

/// A VPC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// The id.
    pub id: String,
    /// The value of its tag `Name`, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The account that owns it. Another one than the provider's shares it.
    pub owner_id: String,
    /// Whether it is the default VPC of the Region.
    pub is_default: bool,
    /// The IPv4 CIDR blocks, the primary one first.
    pub cidr_blocks: Vec<String>,
    /// The IPv6 CIDR blocks.
    pub ipv6_cidr_blocks: Vec<String>,
    /// Whether AWS's DNS resolver answers in the VPC.
    pub enable_dns_support: bool,
    /// Whether the VPC has DNS host names. Private DNS of endpoints needs both attributes.
    pub enable_dns_hostnames: bool,
    /// The subnets, by Availability Zone.
    pub subnets: Vec<VpcSubnet>,
    /// One subnet of each zone in which interface endpoints are possible.
    pub endpoint_subnet_ids: Vec<String>,
    /// One subnet of each zone in which resource gateways are possible.
    pub resource_gateway_subnet_ids: Vec<String>,
    /// The tags.
    pub tags: Tags,
}

/// Looks a VPC up, with six calls for up to some hundred subnets.
///
/// # Errors
/// There is none or more than one, or something of it cannot be read: all that fails is in one error.
pub async fn look_up(aws: &Aws, arguments: &Arguments) -> Result<Found, Error> {
    let (filter, which) = match (&arguments.id, &arguments.name) {
        (Some(id), _) => (filter("vpc-id", vec![id.clone()]), id.clone()),
        (None, name) => {
            let name = name.clone().unwrap_or_default();
            (filter("tag:Name", vec![literal(&name)]), format!("named \"{name}\""))
        }
    };
    let sought = Sought {
        noun: "VPC",
        which,
        otherwise: "the `id` of one of them",
    };
    let call = aws.ec2().await?.describe_vpcs().filters(filter);
    let all: Result<Vec<_>, _> = call.into_paginator().items().send().collect().await;
    let all = all.map_err(|error| classify("DescribeVpcs", error))?;
    let live = sought
        .only(aws, all, |live| live.vpc_id.clone().unwrap_or_default())
        .await?;
    let id = live.vpc_id().unwrap_or_default();
    let names = offered_names(aws).await?;
    let (dns, subnets, tables, offers) = join!(
        dns_attributes_now(aws, id),
        subnets_of(aws, id),
        route_tables_now(aws, vec![id.to_owned()]),
        // What AWS offers does not change while a program runs.
        services(aws, &names),
    );
    let read = match (dns, subnets, tables, offers) {
        (Ok(dns), Ok(subnets), Ok(tables), Ok(offers)) => (dns, subnets, tables, offers),
        (dns, subnets, tables, offers) => {
            let errors = [dns.err(), subnets.err(), tables.err(), offers.err()];
            let error = together(errors.into_iter().flatten().collect());
            return Err(error
                .unwrap_or_else(|| Error::bug("no call failed"))
                .context(format!("looking up {id}")));
        }
    };
    let (dns, subnets, tables, offers) = read;
    let account = aws.account().await?;
    let mut subnets: Vec<_> = subnets
        .iter()
        .map(|subnet| VpcSubnet::of(subnet, &tables, &offers, account))
        .collect();
    subnets.sort_by_cached_key(VpcSubnet::rank);
    Ok(Found {
        id: id.to_owned(),
        name: name_of(live.tags()),
        owner_id: live.owner_id().unwrap_or_default().to_owned(),
        is_default: live.is_default().unwrap_or_default(),
        cidr_blocks: ipv4_blocks(&live),
        ipv6_cidr_blocks: ipv6_blocks(&live),
        enable_dns_support: dns.support,
        enable_dns_hostnames: dns.hostnames,
        endpoint_subnet_ids: subnets::one_for_each_zone(&subnets, |subnet| subnet.interface_endpoint),
        resource_gateway_subnet_ids: subnets::one_for_each_zone(&subnets, |subnet| subnet.resource_gateway),
        subnets,
        tags: aws.tagging().visible(&tags::from_ec2(live.tags())),
    })
}

/// Returns the full names of the services.
async fn offered_names(aws: &Aws) -> Result<Vec<String>, Error> {
    let region = aws.region().await?;
    let partition = Partition::of_region(region);
    Ok(SERVICES.map(|short| partition.endpoint_service(region, short)).to_vec())
}

async fn subnets_of(aws: &Aws, vpc: &str) -> Result<Vec<Subnet>, Error> {
    let call = aws
        .ec2()
        .await?
        .describe_subnets()
        .filters(filter("vpc-id", vec![vpc.to_owned()]));
    let all: Result<Vec<_>, _> = call.into_paginator().items().send().collect().await;
    all.map_err(|error| classify("DescribeSubnets", error))
}

/// Returns a text as a filter value that matches nothing else: EC2 reads asterisks and question marks as wildcards
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html>).
fn literal(text: &str) -> String {
    let mut value = String::new();
    for character in text.chars() {
        if matches!(character, '*' | '?' | '\\') {
            value.push('\\');
        }
        value.push(character);
    }
    value
}

/// Returns the value of the tag `Name`.
fn name_of(tags: &[Tag]) -> Option<String> {
    let name = tags.iter().find(|tag| tag.key() == Some("Name"))?;
    name.value().filter(|value| !value.is_empty()).map(str::to_owned)
}

/// Returns the blocks that are in use. EC2 lists the primary one too.
fn ipv4_blocks(live: &Live) -> Vec<String> {
    let is_used = |state: Option<&str>| matches!(state, None | Some("associated"));
    let listed = live.cidr_block_association_set().iter();
    let used = listed.filter(|block| {
        is_used(
            block
                .cidr_block_state()
                .and_then(|state| state.state())
                .map(|state| state.as_str()),
        )
    });
    let primary = live.cidr_block();
    let others = used
        .filter_map(|block| block.cidr_block())
        .filter(|block| Some(*block) != primary);
    primary.into_iter().chain(others).map(str::to_owned).collect()
}

fn ipv6_blocks(live: &Live) -> Vec<String> {
    let is_used = |state: Option<&str>| matches!(state, None | Some("associated"));
    let listed = live.ipv6_cidr_block_association_set().iter();
    listed
        .filter(|block| {
            is_used(
                block
                    .ipv6_cidr_block_state()
                    .and_then(|state| state.state())
                    .map(|state| state.as_str()),
            )
        })
        .filter_map(|block| block.ipv6_cidr_block.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_pattern() {
        assert_eq!(literal("shop"), "shop");
        assert_eq!(literal("a*b?c\\"), "a\\*b\\?c\\\\");
    }
}
