//! The subnets of a VPC, and what each may be used for.
//!
//! What counts is only what the program does not change by using a subnet. Free addresses are shown, but do not count: an endpoint
//! takes some, and the next run would choose another subnet.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use aws_sdk_ec2::types::{RouteState, RouteTable, ServiceDetail, Subnet, SubnetCidrBlockStateCode};
use serde::Serialize;

use super::name_of;
use crate::checks::service::offered_elsewhere;
use crate::checks::subnets::WITHOUT_GATEWAYS;
use crate::checks::target::table_of;

/// Where the routes of a subnet lead, in the terms of the VPC user guide
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types>). The order is that of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Nowhere outside of the VPC.
    Isolated,
    /// Out of the VPC, but not to an internet gateway.
    Private,
    /// To an internet gateway.
    Public,
    /// The route table is not shown to this account.
    Unknown,
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VpcSubnet {
    /// The id.
    pub id: String,
    /// The value of its tag `Name`, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The Availability Zone, such as `eu-west-1a`.
    pub availability_zone: String,
    /// Its ID, which is the same in all accounts, such as `euw1-az1`.
    pub availability_zone_id: String,
    /// The IPv4 block; absent in an IPv6-only subnet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cidr_block: Option<String>,
    /// The IPv6 blocks.
    pub ipv6_cidr_blocks: Vec<String>,
    /// How many IPv4 addresses are free; 0 in an IPv6-only subnet.
    pub available_ip_address_count: i32,
    /// The account that owns it.
    pub owner_id: String,
    /// The route table, if it is shown to this account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route_table_id: Option<String>,
    /// Where its routes lead.
    pub kind: Kind,
    /// Whether interface endpoints of Step Functions and API Gateway are possible in it.
    pub interface_endpoint: bool,
    /// Whether resource gateways are possible in it.
    pub resource_gateway: bool,
    /// Why one of the two is not possible.
    pub obstacles: Vec<String>,
}

impl VpcSubnet {
    /// Describes a subnet for an account.
    pub(super) fn of(
        live: &Subnet,
        tables: &[RouteTable],
        offers: &BTreeMap<String, ServiceDetail>,
        account: &str,
    ) -> Self {
        let id = live.subnet_id().unwrap_or_default();
        let owner = live.owner_id().unwrap_or_default();
        let zone_id = live.availability_zone_id().unwrap_or_default();
        let table = table_of(tables, id);
        let mut obstacles = Obstacles::default();
        if !owner.is_empty() && owner != account {
            obstacles.both(format!(
                "it belongs to account {owner}, and only that account can use it"
            ));
        }
        if live.outpost_arn().is_some() {
            obstacles.both("it is on an Outpost".to_owned());
        }
        for (service, offer) in offers {
            if offered_elsewhere(offer, live).is_some() {
                obstacles.endpoint(format!("{service} is not offered in {zone_id}"));
            }
        }
        if WITHOUT_GATEWAYS.contains(&zone_id) {
            obstacles.gateway(format!("VPC Lattice has had no resource gateways in {zone_id}"));
        }
        let is_ipv6_only = live.ipv6_native() == Some(true);
        Self {
            id: id.to_owned(),
            name: name_of(live.tags()),
            availability_zone: live.availability_zone().unwrap_or_default().to_owned(),
            availability_zone_id: zone_id.to_owned(),
            cidr_block: live.cidr_block.clone().filter(|_| !is_ipv6_only),
            ipv6_cidr_blocks: ipv6_blocks(live),
            available_ip_address_count: match is_ipv6_only {
                true => 0,
                false => live.available_ip_address_count().unwrap_or_default(),
            },
            owner_id: owner.to_owned(),
            route_table_id: table.and_then(|table| table.route_table_id.clone()),
            kind: table.map_or(Kind::Unknown, kind),
            interface_endpoint: !obstacles.endpoint,
            resource_gateway: !obstacles.gateway,
            obstacles: obstacles.texts,
        }
    }

    /// Returns the place of the subnet in a list: by zone, then the best first. New subnets mostly come last.
    pub(super) fn rank(&self) -> (String, Kind, bool, Option<(Ipv4Addr, u8)>, String) {
        let block = self.cidr_block.as_deref().and_then(|block| {
            let (address, prefix) = block.split_once('/')?;
            Some((address.parse().ok()?, prefix.parse().ok()?))
        });
        let zone = self.availability_zone_id.clone();
        (zone, self.kind, block.is_none(), block, self.id.clone())
    }
}

/// Returns the first subnet of each zone that passes, of subnets in the order of their ranks.
pub(super) fn one_for_each_zone(subnets: &[VpcSubnet], passes: impl Fn(&VpcSubnet) -> bool) -> Vec<String> {
    let mut zones = BTreeSet::new();
    let chosen = subnets
        .iter()
        .filter(|subnet| passes(subnet) && zones.insert(&subnet.availability_zone_id));
    chosen.map(|subnet| subnet.id.clone()).collect()
}

/// What keeps a subnet from being used.
#[derive(Default)]
struct Obstacles {
    endpoint: bool,
    gateway: bool,
    texts: Vec<String>,
}

impl Obstacles {
    fn both(&mut self, text: String) {
        (self.endpoint, self.gateway) = (true, true);
        self.texts.push(text);
    }

    fn endpoint(&mut self, text: String) {
        self.endpoint = true;
        self.texts.push(format!("no interface endpoint: {text}"));
    }

    fn gateway(&mut self, text: String) {
        self.gateway = true;
        self.texts.push(format!("no resource gateway: {text}"));
    }
}

/// Returns where the routes of a table lead. Routes whose target is gone lead nowhere. Routes to gateway endpoints, of Amazon S3
/// and DynamoDB, lead to AWS.
fn kind(table: &RouteTable) -> Kind {
    let leads = table
        .routes()
        .iter()
        .filter(|route| route.state() != Some(&RouteState::Blackhole));
    let targets: Vec<&str> = leads.map(|route| route.gateway_id().unwrap_or("another")).collect();
    if targets.iter().any(|target| target.starts_with("igw-")) {
        return Kind::Public;
    }
    match targets
        .iter()
        .all(|target| *target == "local" || target.starts_with("vpce-"))
    {
        true => Kind::Isolated,
        false => Kind::Private,
    }
}

fn ipv6_blocks(live: &Subnet) -> Vec<String> {
    let blocks = live.ipv6_cidr_block_association_set().iter();
    let used = blocks.filter(|block| {
        let state = block.ipv6_cidr_block_state().and_then(|state| state.state());
        matches!(state, None | Some(SubnetCidrBlockStateCode::Associated))
    });
    used.filter_map(|block| block.ipv6_cidr_block.clone()).collect()
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::Route;

    use super::*;

    #[test]
    fn the_kind_follows_from_the_routes() {
        let to = |gateway: &str| Route::builder().gateway_id(gateway);
        let table = |routes: Vec<Route>| RouteTable::builder().set_routes(Some(routes)).build();
        let local = to("local").build();
        let of = |routes: &[Route]| kind(&table([std::slice::from_ref(&local), routes].concat()));
        assert_eq!(of(&[]), Kind::Isolated);
        assert_eq!(of(&[to("vpce-1").build()]), Kind::Isolated);
        assert_eq!(of(&[Route::builder().nat_gateway_id("nat-1").build()]), Kind::Private);
        assert_eq!(
            of(&[Route::builder().egress_only_internet_gateway_id("eigw-1").build()]),
            Kind::Private
        );
        assert_eq!(of(&[to("vgw-1").build()]), Kind::Private);
        assert_eq!(
            of(&[Route::builder().nat_gateway_id("nat-1").build(), to("igw-1").build()]),
            Kind::Public
        );
        assert_eq!(of(&[to("igw-1").state(RouteState::Blackhole).build()]), Kind::Isolated);
    }

    fn subnet(id: &str, zone: &str, kind: Kind, block: &str) -> VpcSubnet {
        let live = Subnet::builder()
            .subnet_id(id)
            .availability_zone_id(zone)
            .cidr_block(block)
            .build();
        VpcSubnet {
            kind,
            ..VpcSubnet::of(&live, &[], &BTreeMap::new(), "123456789012")
        }
    }

    #[test]
    fn the_choice_does_not_depend_on_free_addresses_or_order() {
        let all = [
            subnet("subnet-d", "az2", Kind::Public, "10.0.3.0/24"),
            subnet("subnet-c", "az1", Kind::Isolated, "10.0.10.0/24"),
            subnet("subnet-b", "az1", Kind::Isolated, "10.0.2.0/24"),
            subnet("subnet-a", "az1", Kind::Public, "10.0.1.0/24"),
        ];
        for turn in 0..all.len() {
            let mut subnets = all.to_vec();
            subnets.rotate_left(turn);
            subnets.sort_by_cached_key(VpcSubnet::rank);
            assert_eq!(one_for_each_zone(&subnets, |_| true), ["subnet-b", "subnet-d"]);
        }
    }
}
