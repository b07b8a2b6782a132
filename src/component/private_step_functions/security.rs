//! The rules of the security groups that the component makes.

use crate::component::flow::Flow;
use crate::component::private_step_functions::plan::{Plan, Target, given, is_given};
use crate::property::{Map, Value};

/// Where a `domainName` target may live besides the VPC itself: peered VPCs and on-premises networks use these
/// (RFC 1918 and RFC 6598).
const PRIVATE_RANGES: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

const HTTPS: (f64, f64) = (443.0, 443.0);

/// Who may connect to the endpoints: those whom the user names, else the whole VPC; and the resource gateway (by its
/// groups), if the endpoints include one that it must reach.
pub(super) fn endpoint_ingress(plan: &Plan, gateway_groups: Option<Flow>) -> Value {
    let cidrs = given(&plan.endpoints, "allowedCidrBlocks");
    let groups = given(&plan.endpoints, "allowedSecurityGroupIds");
    let everyone = cidrs.is_none() && groups.is_none();
    let sources = Flow::all([list(cidrs), list(groups), gateway_groups.unwrap_or_else(|| list(None))]);
    let rules = sources.map(|sources| {
        let [cidrs, groups, gateway] = texts(sources);
        // First what does not change with the user's lists: differences are shown item by item.
        let gateway = gateway.iter();
        let mut rules: Vec<Value> = gateway
            .map(|id| rule(HTTPS, [group_source(id)], "HTTPS from the resource gateway"))
            .collect();
        if everyone {
            rules.push(rule(HTTPS, [("vpc", Value::Bool(true))], "HTTPS from the VPC"));
        }
        rules.extend(
            cidrs
                .iter()
                .map(|cidr| rule(HTTPS, [cidr_source(cidr)], "HTTPS from callers")),
        );
        rules.extend(
            groups
                .iter()
                .map(|id| rule(HTTPS, [group_source(id)], "HTTPS from callers")),
        );
        Value::Array(rules)
    });
    rules.into_value()
}

/// The one rule of the group that lets the gateway into the component's own `execute-api` endpoint when the user brings
/// the endpoints' other groups.
pub(super) fn gateway_ingress(gateway_groups: Flow) -> Value {
    let rules = gateway_groups.map(|groups| {
        let groups = groups.as_array().unwrap_or_default().iter().filter_map(Value::as_str);
        Value::Array(
            groups
                .map(|id| rule(HTTPS, [group_source(id)], "HTTPS from the resource gateway"))
                .collect(),
        )
    });
    rules.into_value()
}

/// What the gateway may connect to, on the ports of all APIs: what the user names, else the VPC, the addresses among the
/// targets, and the private ranges as soon as there is a host name, for that may be anywhere in them.
pub(super) fn gateway_egress(plan: &Plan) -> Value {
    let routed: Vec<_> = plan
        .apis
        .iter()
        .filter(|api| api.target != Target::ResourceConfiguration)
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
    let has_domain = routed.iter().any(|api| api.target == Target::DomainName);
    let family = given(&plan.gateway, "ipAddressType").map_or_else(|| Flow::known("IPV4"), |value| Flow::of(&value));
    let all = Flow::all([ports, addresses, list(cidrs), list(groups), family]);
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
            if has_domain {
                let ranges = PRIVATE_RANGES.iter();
                rules.extend(
                    ranges.map(|cidr| rule(range, [("cidrIpv4", Value::from(*cidr))], "private APIs by host name")),
                );
            }
        }
        Value::Array(rules)
    });
    rules.into_value()
}

/// An IPv4 gateway has no use for a way to IPv6 addresses, and the other way round.
fn vpc_rule(ports: (f64, f64), family: &str) -> Value {
    let source = ("vpc", Value::Bool(true));
    match family {
        "IPV4" => rule(
            ports,
            [source, ("vpcIpAddressType", Value::from("ipv4"))],
            "private APIs in the VPC",
        ),
        "IPV6" => rule(
            ports,
            [source, ("vpcIpAddressType", Value::from("ipv6"))],
            "private APIs in the VPC",
        ),
        _ => rule(ports, [source], "private APIs in the VPC"),
    }
}

fn rule<const N: usize>(ports: (f64, f64), source: [(&str, Value); N], description: &str) -> Value {
    let mut rule: Map = source
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    rule.insert("protocol".to_owned(), "tcp".into());
    rule.insert("fromPort".to_owned(), ports.0.into());
    rule.insert("toPort".to_owned(), ports.1.into());
    rule.insert("description".to_owned(), description.into());
    Value::Object(rule)
}

fn cidr_source(cidr: &str) -> (&'static str, Value) {
    (if cidr.contains(':') { "cidrIpv6" } else { "cidrIpv4" }, cidr.into())
}

fn address_source(address: &str) -> (&'static str, Value) {
    if address.contains(':') {
        ("cidrIpv6", format!("{address}/128").into())
    } else {
        ("cidrIpv4", format!("{address}/32").into())
    }
}

fn group_source(id: &str) -> (&'static str, Value) {
    ("securityGroupId", id.into())
}

fn list(value: Option<Value>) -> Flow {
    value.map_or_else(|| Flow::known(Vec::new()), |value| Flow::of(&value))
}

/// The texts of several lists.
fn texts<const N: usize>(lists: &Value) -> [Vec<String>; N] {
    let lists = lists.as_array().unwrap_or_default();
    std::array::from_fn(|index| {
        let items = lists.get(index).and_then(Value::as_array).unwrap_or_default();
        items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    })
}

/// The union of several lists of ports, without repetition; an API without a list listens on 443.
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
