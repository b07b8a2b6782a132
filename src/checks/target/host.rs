//! Checks a target that is a host or an address: its network interface, and the routes to it.

use std::net::IpAddr;

use ipnet::IpNet;
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::findings::{Certainty, Findings};

use super::reach::{self, Interfaces};
use super::{Approach, Shown, endpoint, load_balancer, routes};
use crate::aws::{Aws, looks};
use crate::partition::EndpointName;

/// Reports whether AWS may show the network interfaces of a host with this name.
#[must_use]
pub fn is_shown(name: &str) -> bool {
    endpoint_in(name).is_some() || load_balancer::descriptions(name).is_some()
}

/// Checks a host. AWS shows the network interfaces of VPC endpoints and of internal load balancers, which DNS names of AWS's own
/// name. The addresses of other names are not looked up: they may differ between here and the gateway.
pub async fn host(cx: &CheckCx<'_, Aws>, name: &str, approach: &Approach<'_>, findings: &mut Findings) -> Shown {
    if let Some(id) = endpoint_in(name) {
        return endpoint(cx, &id, approach, findings).await;
    }
    let Some(descriptions) = load_balancer::descriptions(name) else {
        return Shown::Never;
    };
    let Some(gateway) = approach.gateway else {
        return Shown::Not;
    };
    let found = match looks::interfaces_described(cx.clients(), &descriptions).await {
        Ok(found) => found,
        Err(error) => {
            cx.not_checked("the network interfaces of the target", error);
            return Shown::Not;
        }
    };
    // The interfaces of a load balancer that faces the internet have public addresses, which the gateway uses instead.
    let is_public = found.iter().any(|interface| interface.association().is_some());
    if found.is_empty() || is_public {
        return if is_public { Shown::Never } else { Shown::Not };
    }
    let groups = found.iter().flat_map(|interface| interface.groups());
    let mut groups: Vec<_> = groups.filter_map(|group| group.group_id.clone()).collect();
    groups.sort_unstable();
    groups.dedup();
    let addresses: Vec<_> = found.iter().flat_map(looks::addresses_of).collect();
    let target = Interfaces {
        name: name.to_owned(),
        groups,
        subnets: Vec::new(),
        addresses: addresses.iter().copied().map(IpNet::from).collect(),
    };
    reach::check(cx, &target, gateway, approach, findings).await;
    let elsewhere = found
        .iter()
        .filter(|interface| interface.vpc_id() != gateway.vpc.as_deref());
    let elsewhere: Vec<_> = elsewhere.flat_map(looks::addresses_of).collect();
    routes::check(cx, &elsewhere, gateway, approach, findings).await;
    Shown::Yes
}

/// Checks an address: inside of the VPC, the network interface that has it, and outside, the routes to it.
pub async fn address(cx: &CheckCx<'_, Aws>, text: &str, approach: &Approach<'_>, findings: &mut Findings) -> Shown {
    let (Ok(address), Some(gateway)) = (text.parse::<IpAddr>(), approach.gateway) else {
        return Shown::Never;
    };
    let Some(vpc) = gateway.vpc.as_deref() else {
        return Shown::Never;
    };
    let Some(inside) = is_inside(cx, vpc, address).await else {
        return Shown::Not;
    };
    let mut target = Interfaces {
        name: address.to_string(),
        groups: Vec::new(),
        subnets: Vec::new(),
        addresses: vec![IpNet::from(address)],
    };
    if !inside {
        reach::check(cx, &target, gateway, approach, findings).await;
        routes::check(cx, &[address], gateway, approach, findings).await;
        return Shown::Never;
    }
    match looks::interface_at(cx.clients(), vpc, address).await {
        Err(error) => {
            cx.not_checked("the network interface of the target", error);
            return Shown::Not;
        }
        Ok(None) => {
            let text = format!(
                "no network interface in {vpc} has the address {address}. Unless something gets it, calls time out"
            );
            findings.add(Certainty::WorksOtherwise, "target-address", approach.path(), text);
        }
        Ok(Some(interface)) => {
            let id = interface.network_interface_id().unwrap_or_default();
            target.name = format!("{address} ({id})");
            let groups = interface.groups().iter();
            target.groups = groups.filter_map(|group| group.group_id.clone()).collect();
        }
    }
    reach::check(cx, &target, gateway, approach, findings).await;
    Shown::Yes
}

/// Reports whether an address lies in the blocks of a VPC; `None` if the VPC could not be read.
async fn is_inside(cx: &CheckCx<'_, Aws>, vpc: &str, address: IpAddr) -> Option<bool> {
    let found = match looks::vpcs(cx.clients(), &[vpc.to_owned()]).await {
        Ok(found) => found,
        Err(error) => {
            cx.not_checked("the VPC", error);
            return None;
        }
    };
    let found = found.get(vpc)?;
    let v4 = found.cidr_block_association_set().iter();
    let v6 = found.ipv6_cidr_block_association_set().iter();
    let texts = v4
        .map(|with| with.cidr_block())
        .chain(v6.map(|with| with.ipv6_cidr_block()));
    let mut blocks = texts.flatten().filter_map(|text| text.parse::<IpNet>().ok());
    Some(blocks.any(|block| block.contains(&address)))
}

/// Returns the id of the VPC endpoint whose DNS name this is.
fn endpoint_in(name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    // The label is the id and a hash, and in a zonal name the zone.
    let mut parts = EndpointName::parse(&name)?.label.splitn(3, '-');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("vpce"), Some(digits), Some(_)) => Some(format!("vpce-{digits}")),
        _ => None,
    }
}
