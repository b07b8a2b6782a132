//! The rules of the security groups that the component makes.

pub(super) mod gateway;

use pulumi_provider::component::tracked::Flow;
use pulumi_provider::property::{Map, Value};

use crate::component::plan::{Plan, given};

const HTTPS: (f64, f64) = (443.0, 443.0);

/// Returns the ingress rules of the endpoints' security group: the sources that the user names, else the whole VPC. They also
/// admit the resource gateway (by its groups), if it must reach one of the endpoints.
pub(super) fn endpoint_ingress(plan: &Plan, gateway_groups: Option<Flow>) -> Value {
    let cidrs = given(&plan.endpoints, "allowedCidrBlocks");
    let groups = given(&plan.endpoints, "allowedSecurityGroupIds");
    let everyone = cidrs.is_none() && groups.is_none();
    let sources = Flow::all([list(cidrs), list(groups), gateway_groups.unwrap_or_else(|| list(None))]);
    let rules = sources.map(|sources| {
        let [cidrs, groups, gateway] = texts(sources);
        // Rules that do not depend on the user's lists come first: differences are shown item by item.
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
        Value::Array(distinct(rules))
    });
    rules.into_value()
}

/// Returns the rules of the group that lets the gateway connect to the component's own `execute-api` endpoint when the user
/// provides the endpoints' other groups.
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

fn rule<const N: usize>(ports: (f64, f64), source: [(&str, Value); N], description: &str) -> Value {
    rule_of("tcp", ports, source, description)
}

fn rule_of<const N: usize>(protocol: &str, ports: (f64, f64), source: [(&str, Value); N], description: &str) -> Value {
    let mut rule: Map = source
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    rule.insert("protocol".to_owned(), protocol.into());
    rule.insert("fromPort".to_owned(), ports.0.into());
    rule.insert("toPort".to_owned(), ports.1.into());
    rule.insert("description".to_owned(), description.into());
    Value::Object(rule)
}

fn cidr_source(cidr: &str) -> (&'static str, Value) {
    (if cidr.contains(':') { "cidrIpv6" } else { "cidrIpv4" }, cidr.into())
}

/// Removes repeated rules: several APIs can have the same address, each with its own credentials.
fn distinct(rules: Vec<Value>) -> Vec<Value> {
    let mut distinct: Vec<Value> = Vec::with_capacity(rules.len());
    for rule in rules {
        if !distinct.contains(&rule) {
            distinct.push(rule);
        }
    }
    distinct
}

fn group_source(id: &str) -> (&'static str, Value) {
    ("securityGroupId", id.into())
}

fn list(value: Option<Value>) -> Flow {
    value.map_or_else(|| Flow::known(Vec::new()), |value| Flow::of(&value))
}

/// Returns the strings of several lists.
fn texts<const N: usize>(lists: &Value) -> [Vec<String>; N] {
    let lists = lists.as_array().unwrap_or_default();
    std::array::from_fn(|index| {
        let items = lists.get(index).and_then(Value::as_array).unwrap_or_default();
        items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    })
}

#[cfg(test)]
mod tests {
    use pulumi_provider::property::secret_paths;
    use serde_json::{Value as Json, json};

    use super::*;

    fn plan(endpoints: Json, apis: Json, gateway: Json) -> Plan {
        let inputs = json!({"endpoints": endpoints, "privateApis": apis, "resourceGateway": gateway});
        match Value::from(inputs) {
            Value::Object(inputs) => Plan::read(inputs),
            _ => panic!("not an object"),
        }
    }

    /// Returns source and ports of each rule.
    fn sources(rules: &Value) -> Vec<String> {
        let rules = rules.as_array().unwrap().iter().map(|rule| rule.as_object().unwrap());
        rules
            .map(|rule| {
                let port = |name: &str| rule[name].as_number().unwrap();
                let text = |name: &str| rule.get(name).and_then(Value::as_str).map(str::to_owned);
                let vpc = || format!("vpc {}", text("vpcIpAddressType").unwrap_or_else(|| "all".to_owned()));
                let source = text("cidrIpv4")
                    .or_else(|| text("cidrIpv6"))
                    .or_else(|| text("securityGroupId"));
                let rule = format!("{}-{} {}", port("fromPort"), port("toPort"), source.unwrap_or_else(vpc));
                match text("description").is_some_and(|told| told.starts_with("DNS")) {
                    true => format!("{} {rule}", text("protocol").unwrap()),
                    false => rule,
                }
            })
            .collect()
    }

    fn egress(apis: Json, gateway: Json) -> Vec<String> {
        sources(&gateway::egress(&plan(json!({}), apis, gateway)))
    }

    #[test]
    fn the_gateway_has_one_rule_for_each_port_range_of_the_apis() {
        let apis = json!({
            "a": {"vpcEndpointId": "vpce-1"},
            "b": {"vpcEndpointId": "vpce-2", "ports": ["8000-8010", "443"]},
            "c": {"vpcEndpointId": "vpce-2", "ports": ["443-443"]},
            "d": {"resourceConfigurationArn": "arn", "ports": ["22"]},
        });
        assert_eq!(egress(apis, json!({})), ["443-443 vpc ipv4", "8000-8010 vpc ipv4"]);
    }

    #[test]
    fn each_target_address_has_one_rule() {
        let apis = json!({
            "a": {"ipAddress": "10.0.0.1"},
            "b": {"ipAddress": "10.0.0.1"},
            "c": {"ipAddress": "fd00:0::1"},
            "d": {"ipAddress": "fd00::1"},
        });
        assert_eq!(
            egress(apis, json!({"ipAddressType": "DUALSTACK"})),
            ["443-443 vpc all", "443-443 10.0.0.1/32", "443-443 fd00::1/128"]
        );
    }

    #[test]
    fn a_domain_name_target_allows_all_private_ranges() {
        let apis = || json!({"a": {"domainName": "a.example.com"}});
        let ranges =
            ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map(|range| format!("443-443 {range}"));
        for family in [
            json!({}),
            json!({"ipAddressType": "IPV4"}),
            json!({"ipAddressType": "DUALSTACK"}),
        ] {
            assert_eq!(egress(apis(), family)[1..], ranges);
        }
        assert_eq!(egress(apis(), json!({"ipAddressType": "IPV6"})), ["443-443 vpc ipv6"]);
    }

    #[test]
    fn target_blocks_and_groups_of_the_user_replace_the_defaults() {
        let apis = || json!({"a": {"domainName": "a.example.com"}, "b": {"ipAddress": "10.0.0.1", "ports": ["8443"]}});
        assert_eq!(
            egress(
                apis(),
                json!({"targetCidrBlocks": ["10.1.0.0/16", "fd00::/8"], "targetSecurityGroupIds": ["sg-1"]})
            ),
            [
                "443-443 10.1.0.0/16",
                "443-443 fd00::/8",
                "443-443 sg-1",
                "8443-8443 10.1.0.0/16",
                "8443-8443 fd00::/8",
                "8443-8443 sg-1",
            ]
        );
        assert_eq!(
            egress(apis(), json!({"targetSecurityGroupIds": ["sg-1"]})),
            ["443-443 sg-1", "8443-8443 sg-1"]
        );
        assert!(egress(apis(), json!({"targetCidrBlocks": []})).is_empty());
    }

    #[test]
    fn a_gateway_that_resolves_names_in_the_vpc_may_reach_dns_servers() {
        let dns = |gateway: Json| egress(json!({"a": {"ipAddress": "10.0.0.1"}}), gateway)[2..].to_vec();
        assert!(dns(json!({})).is_empty() && dns(json!({"dnsResolution": "PUBLIC"})).is_empty());
        assert_eq!(
            dns(json!({"dnsResolution": "IN_VPC"})),
            ["tcp 53-53 vpc ipv4", "udp 53-53 vpc ipv4"]
        );
        assert_eq!(
            dns(json!({"dnsResolution": "IN_VPC", "dnsServerCidrBlocks": ["10.9.0.2/32"]})),
            ["tcp 53-53 10.9.0.2/32", "udp 53-53 10.9.0.2/32"]
        );
        assert!(dns(json!({"dnsResolution": "IN_VPC", "dnsServerCidrBlocks": []})).is_empty());
        let undecided = json!({"dnsResolution": "IN_VPC"});
        let mut plan = plan(json!({}), json!({"a": {"ipAddress": "10.0.0.1"}}), undecided);
        plan.gateway.insert("dnsResolution".to_owned(), Value::Unknown);
        assert!(gateway::egress(&plan).is_unknown());
    }

    #[test]
    fn the_gateway_admits_no_traffic_unless_the_user_allows_it() {
        let ingress = |gateway: Json| gateway::ingress(&plan(json!({}), json!({}), gateway));
        assert_eq!(ingress(json!({})), None);
        let open = ingress(json!({"ingressCidrBlocks": ["0.0.0.0/0", "::/0", "0.0.0.0/0"]})).unwrap();
        assert_eq!(sources(&open), ["0-65535 0.0.0.0/0", "0-65535 ::/0"]);
    }

    #[test]
    fn an_unknown_target_makes_the_rules_unknown_but_not_secret() {
        let mut plan = plan(json!({}), json!({"a": {"ipAddress": "10.0.0.1"}}), json!({}));
        plan.apis[0].properties.insert("ipAddress".to_owned(), Value::Unknown);
        assert!(gateway::egress(&plan).is_unknown());
        assert!(!secret_paths::contains_secret(&gateway::egress(&plan)));
    }

    #[test]
    fn endpoints_admit_the_vpc_unless_the_user_names_sources() {
        let ingress = |endpoints: Json, groups: Option<Flow>| {
            sources(&endpoint_ingress(&plan(endpoints, json!({}), json!({})), groups))
        };
        assert_eq!(ingress(json!({}), None), ["443-443 vpc all"]);
        assert_eq!(
            ingress(
                json!({"allowedCidrBlocks": ["10.0.0.0/8", "fd00::/8", "10.0.0.0/8"]}),
                None
            ),
            ["443-443 10.0.0.0/8", "443-443 fd00::/8"]
        );
        assert_eq!(
            ingress(json!({"allowedSecurityGroupIds": ["sg-1"]}), None),
            ["443-443 sg-1"]
        );
        let gateway = || Some(Flow::all([Flow::known("sg-gateway")]));
        assert_eq!(ingress(json!({}), gateway()), ["443-443 sg-gateway", "443-443 vpc all"]);
        assert_eq!(
            ingress(
                json!({"allowedCidrBlocks": ["10.0.0.0/8"], "allowedSecurityGroupIds": ["sg-1"]}),
                gateway()
            ),
            ["443-443 sg-gateway", "443-443 10.0.0.0/8", "443-443 sg-1"]
        );
        assert_eq!(sources(&gateway_ingress(gateway().unwrap())), ["443-443 sg-gateway"]);
    }
}
