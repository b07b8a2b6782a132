//! The rules of the resource gateway's security group.
//!
//! The egress rules limit what the gateway may connect to. EventBridge's page for providers also asks for ingress rules; AWS's
//! own examples and VPC Lattice's page have none (docs/aws-behavior.md, `gateway-ingress`).

use std::net::IpAddr;

use pulumi_provider::component::tracked::Flow;
use pulumi_provider::property::Value;

use super::{cidr_source, distinct, group_source, list, rule, rule_of, texts};
use crate::component::plan::{ApiTarget, Plan, given, is_given};

/// The ranges in which a `domainName` target may be outside the VPC: peered VPCs and on-premises networks use these (RFC 1918
/// and RFC 6598).
const PRIVATE_RANGES: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

const ALL_PORTS: (f64, f64) = (0.0, 65_535.0);
const DNS: (f64, f64) = (53.0, 53.0);

/// Returns the egress rules, for the ports of all APIs: to the targets that the user names, else to the VPC and the IP
/// addresses among the targets. With a host name among the targets, the private ranges are added, because the name may resolve
/// to any address in them.
pub(in crate::component) fn egress(plan: &Plan) -> Value {
    let routed: Vec<_> = plan
        .apis
        .iter()
        .filter(|api| api.target != ApiTarget::ResourceConfiguration)
        .collect();
    let ports = Flow::all(routed.iter().map(|api| list(given(&api.properties, "ports"))));
    let addresses = Flow::all(
        routed
            .iter()
            .filter_map(|api| given(&api.properties, "ipAddress"))
            .map(|value| Flow::of(&value)),
    );
    let (cidrs, groups) = (
        given(&plan.gateway, "targetCidrBlocks"),
        given(&plan.gateway, "targetSecurityGroupIds"),
    );
    let chosen = is_given(&plan.gateway, "targetCidrBlocks") || is_given(&plan.gateway, "targetSecurityGroupIds");
    let has_domain = routed.iter().any(|api| api.target == ApiTarget::DomainName);
    let family = given(&plan.gateway, "ipAddressType").map_or_else(|| Flow::known("IPV4"), |value| Flow::of(&value));
    let all = Flow::all([ports, addresses, list(cidrs), list(groups), family, name_servers(plan)]);
    let rules = all.map(|all| {
        let parts = all.as_array().unwrap_or_default();
        let ports = port_ranges(&parts[0]);
        let family = parts[4].as_str().unwrap_or("IPV4");
        let [addresses, cidrs, groups] = texts(&Value::Array(parts[1..4].to_vec()));
        let mut rules = Vec::new();
        for range in ports {
            if chosen {
                rules.extend(
                    cidrs
                        .iter()
                        .map(|cidr| rule(range, [cidr_source(cidr)], "private APIs")),
                );
                rules.extend(groups.iter().map(|id| rule(range, [group_source(id)], "private APIs")));
                continue;
            }
            rules.push(vpc_rule(range, family));
            rules.extend(
                addresses
                    .iter()
                    .map(|address| rule(range, [address_source(address)], "private API")),
            );
            // An IPv6 gateway cannot reach IPv4 addresses.
            if has_domain && family != "IPV6" {
                let ranges = PRIVATE_RANGES.iter();
                rules.extend(
                    ranges.map(|cidr| rule(range, [("cidrIpv4", Value::from(*cidr))], "private APIs by host name")),
                );
            }
        }
        rules.extend(dns_rules(&parts[5], family));
        Value::Array(distinct(rules))
    });
    rules.into_value()
}

/// Returns the ingress rules; `None` unless the user sets `ingressCidrBlocks`.
pub(in crate::component) fn ingress(plan: &Plan) -> Option<Value> {
    let cidrs = given(&plan.gateway, "ingressCidrBlocks")?;
    let rules = Flow::all([Flow::of(&cidrs)]).map(|lists| {
        let [cidrs] = texts(lists);
        let rules = cidrs
            .iter()
            .map(|cidr| rule(ALL_PORTS, [cidr_source(cidr)], "to the resource gateway"));
        Value::Array(distinct(rules.collect()))
    });
    Some(rules.into_value())
}

/// Returns where the name servers are for a gateway that resolves names in the VPC: a list of CIDR blocks, true for the VPC, or
/// false if the gateway resolves names elsewhere. The servers that AWS provides in a VPC need no rule, but those of a DHCP
/// option set do.
fn name_servers(plan: &Plan) -> Flow {
    let resolution =
        given(&plan.gateway, "dnsResolution").map_or_else(|| Flow::known("PUBLIC"), |value| Flow::of(&value));
    let blocks = given(&plan.gateway, "dnsServerCidrBlocks");
    let blocks = blocks.map_or_else(|| Flow::known(true), |value| Flow::of(&value));
    Flow::all([resolution, blocks]).map(|parts| match parts.as_array() {
        Some([resolution, blocks]) if resolution.as_str() == Some("IN_VPC") => blocks.clone(),
        _ => Value::Bool(false),
    })
}

fn dns_rules(servers: &Value, family: &str) -> Vec<Value> {
    ["tcp", "udp"]
        .into_iter()
        .flat_map(|protocol| match servers {
            Value::Bool(true) => vec![vpc_rule_of(protocol, DNS, family, "DNS in the VPC")],
            Value::Array(cidrs) => cidrs
                .iter()
                .filter_map(Value::as_str)
                .map(|cidr| rule_of(protocol, DNS, [cidr_source(cidr)], "DNS"))
                .collect(),
            _ => Vec::new(),
        })
        .collect()
}

fn vpc_rule(ports: (f64, f64), family: &str) -> Value {
    vpc_rule_of("tcp", ports, family, "private APIs in the VPC")
}

/// Returns a rule to the VPC, only for the gateway's address family: an IPv4 gateway cannot use IPv6 addresses, nor the
/// reverse.
fn vpc_rule_of(protocol: &str, ports: (f64, f64), family: &str, description: &str) -> Value {
    let vpc = ("vpc", Value::Bool(true));
    let only = |family: &str| [("vpc", Value::Bool(true)), ("vpcIpAddressType", family.into())];
    match family {
        "IPV4" => rule_of(protocol, ports, only("ipv4"), description),
        "IPV6" => rule_of(protocol, ports, only("ipv6"), description),
        _ => rule_of(protocol, ports, [vpc], description),
    }
}

fn address_source(address: &str) -> (&'static str, Value) {
    // The address is written in its canonical form, so that one address makes one rule.
    match address.parse() {
        Ok(IpAddr::V4(address)) => ("cidrIpv4", format!("{address}/32").into()),
        Ok(IpAddr::V6(address)) => ("cidrIpv6", format!("{address}/128").into()),
        // Validation has refused any other text.
        Err(_) => cidr_source(address),
    }
}

/// Returns the union of several lists of ports without duplicates. An API without a list listens on 443.
fn port_ranges(lists: &Value) -> Vec<(f64, f64)> {
    let mut ranges: Vec<(u16, u16)> = Vec::new();
    for list in lists.as_array().unwrap_or_default() {
        let ports: Vec<_> = list
            .as_array()
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let ports = if ports.is_empty() { vec!["443"] } else { ports };
        for text in ports {
            let (from, to) = text.split_once('-').unwrap_or((text, text));
            if let (Ok(from), Ok(to)) = (from.parse(), to.parse())
                && !ranges.contains(&(from, to))
            {
                ranges.push((from, to));
            }
        }
    }
    ranges.sort_unstable();
    ranges
        .into_iter()
        .map(|(from, to)| (f64::from(from), f64::from(to)))
        .collect()
}
