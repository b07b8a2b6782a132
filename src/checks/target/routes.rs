//! Checks the routes from the subnets of a resource gateway to addresses outside of its VPC.
//!
//! The most specific route decides. A subnet without a route table of its own has the main one of its VPC
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html>). An internet gateway passes on no IPv4 packets of
//! interfaces without a public address (<https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html>), and those of
//! a resource gateway have none.

use std::collections::BTreeMap;
use std::net::IpAddr;

use aws_sdk_ec2::types::{Route, RouteState, RouteTable};
use ipnet::IpNet;
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::findings::{Certainty, Findings};

use super::{Approach, Gateway};
use crate::aws::{Aws, looks};

/// Checks the routes to these addresses.
pub(super) async fn check(
    cx: &CheckCx<'_, Aws>,
    addresses: &[IpAddr],
    gateway: &Gateway,
    approach: &Approach<'_>,
    findings: &mut Findings,
) {
    let Some(vpc) = gateway.vpc.as_deref().filter(|_| !addresses.is_empty()) else {
        return;
    };
    let tables = match looks::route_tables(cx.clients(), vpc).await {
        Ok(tables) => tables,
        Err(error) => return cx.not_checked("the route tables of the VPC", error),
    };
    // Subnets with the same table have the same obstacle.
    let mut closed: BTreeMap<(&str, IpAddr), (String, Vec<&str>)> = BTreeMap::new();
    for subnet in &gateway.subnets {
        let Some(table) = table_of(&tables, subnet) else {
            continue;
        };
        let found = addresses
            .iter()
            .find_map(|address| Some((*address, obstacle(table, *address)?)));
        if let Some((address, obstacle)) = found {
            let key = (table.route_table_id().unwrap_or_default(), address);
            closed.entry(key).or_insert((obstacle, Vec::new())).1.push(subnet);
        }
    }
    for ((_, address), (obstacle, subnets)) in closed {
        let text = format!(
            "{} of the resource gateway cannot reach {address}, which is outside of {vpc}: {obstacle}. Add a route, such as one \
             to a transit gateway, a peering connection or a NAT gateway",
            subnets.join(", ")
        );
        findings.add(Certainty::WorksOtherwise, "target-route", approach.path(), text);
    }
}

/// Returns the route table of a subnet.
pub fn table_of<'a>(tables: &'a [RouteTable], subnet: &str) -> Option<&'a RouteTable> {
    let own = tables.iter().find(|table| {
        let mut associations = table.associations().iter();
        associations.any(|with| with.subnet_id() == Some(subnet))
    });
    own.or_else(|| {
        tables
            .iter()
            .find(|table| table.associations().iter().any(|with| with.main() == Some(true)))
    })
}

/// Returns why no packet to this address leaves by a route of the table; `None` if one may.
fn obstacle(table: &RouteTable, address: IpAddr) -> Option<String> {
    let id = table.route_table_id().unwrap_or_default();
    let best = table
        .routes()
        .iter()
        .filter_map(|route| Some((destination(route)?, route)))
        .filter(|(block, _)| block.contains(&address))
        .max_by_key(|(block, _)| block.prefix_len());
    let Some((block, route)) = best else {
        // Which addresses a prefix list holds is not read.
        let by_list = table
            .routes()
            .iter()
            .any(|route| route.destination_prefix_list_id().is_some());
        return (!by_list).then(|| format!("{id} has no route"));
    };
    if route.state() == Some(&RouteState::Blackhole) {
        return Some(format!("the target of the route {block} of {id} is gone (blackhole)"));
    }
    let to_internet = route.gateway_id().is_some_and(|id| id.starts_with("igw-"));
    (to_internet && address.is_ipv4()).then(|| {
        format!(
            "the route {block} of {id} leads to an internet gateway, and the resource gateway has no public addresses"
        )
    })
}

fn destination(route: &Route) -> Option<IpNet> {
    let text = route
        .destination_cidr_block()
        .or_else(|| route.destination_ipv6_cidr_block())?;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::RouteTableAssociation;

    use super::*;

    fn route(to: &str, gateway: &str, state: RouteState) -> Route {
        let route = Route::builder().gateway_id(gateway).state(state);
        match to {
            _ if to.contains(':') => route.destination_ipv6_cidr_block(to).build(),
            _ if to.starts_with("pl-") => route.destination_prefix_list_id(to).build(),
            _ => route.destination_cidr_block(to).build(),
        }
    }

    #[test]
    fn the_most_specific_route_decides() {
        let active = |to: &str, gateway: &str| route(to, gateway, RouteState::Active);
        let local = active("10.0.0.0/16", "local");
        let gone = route("10.9.0.0/16", "pcx-1", RouteState::Blackhole);
        let to = |routes: &[&Route], address: &str| {
            let routes = routes.iter().map(|route| (*route).clone()).collect();
            let table = RouteTable::builder()
                .route_table_id("rtb-1")
                .set_routes(Some(routes))
                .build();
            obstacle(&table, address.parse().unwrap())
        };
        let tgw = active("10.0.0.0/8", "tgw-1");
        assert_eq!(to(&[&local], "10.9.0.5").as_deref(), Some("rtb-1 has no route"));
        assert_eq!(to(&[&local, &tgw], "10.9.0.5"), None);
        assert!(
            to(&[&gone, &tgw], "10.9.0.5")
                .unwrap()
                .contains("10.9.0.0/16 of rtb-1 is gone")
        );
        assert_eq!(to(&[&gone, &active("10.9.0.0/24", "tgw-1")], "10.9.0.5"), None);
        let internet = active("0.0.0.0/0", "igw-1");
        assert!(to(&[&internet], "10.9.0.5").unwrap().contains("internet gateway"));
        assert_eq!(to(&[&active("::/0", "igw-1")], "2001:db8::1"), None);
        assert!(to(&[&internet], "2001:db8::1").is_some());
        assert_eq!(to(&[&local, &active("pl-1", "tgw-1")], "10.9.0.5"), None);
    }

    #[test]
    fn a_subnet_has_its_own_table_or_the_main_one() {
        let table =
            |id: &str, with: RouteTableAssociation| RouteTable::builder().route_table_id(id).associations(with).build();
        let tables = [
            table("rtb-main", RouteTableAssociation::builder().main(true).build()),
            table(
                "rtb-own",
                RouteTableAssociation::builder().subnet_id("subnet-1").build(),
            ),
        ];
        let of = |subnet: &str| table_of(&tables, subnet).and_then(RouteTable::route_table_id);
        assert_eq!((of("subnet-1"), of("subnet-2")), (Some("rtb-own"), Some("rtb-main")));
    }
}
