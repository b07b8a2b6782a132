use proptest::prelude::*;
use pulumi_provider::property::{Map, Value};
use serde_json::json;

use super::*;

const OWNER: &str = "111111111111";

fn rules(json: serde_json::Value) -> Vec<Rule> {
    serde_json::from_value(json).unwrap()
}

fn blocks() -> Blocks {
    Blocks {
        v4: vec!["10.0.0.0/16".parse().unwrap(), "10.1.0.0/16".parse().unwrap()],
        v6: vec!["2001:db8::/56".parse().unwrap()],
    }
}

#[test]
fn equivalent_spellings_of_rules_are_equal() {
    let one = rules(json!([
        {"fromPort": 443, "toPort": 443, "cidrIpv4": "100.68.0.18/18"},
        {"protocol": "ALL", "securityGroupId": "111111111111/sg-1"},
        {"protocol": "58", "cidrIpv6": "2001:DB8::1/56"},
    ]));
    let other = rules(json!([
        {"protocol": "-1", "securityGroupId": "sg-1"},
        {"protocol": "icmpv6", "fromPort": -1, "toPort": -1, "cidrIpv6": "2001:db8::/56"},
        {"protocol": "6", "fromPort": 443, "toPort": 443, "cidrIpv4": "100.68.0.0/18"},
    ]));
    let wanted = |rules: &[Rule]| wanted(rules, OWNER, &Blocks::default()).unwrap();
    assert_eq!(wanted(&one), wanted(&other));
}

#[test]
fn a_vpc_rule_becomes_one_rule_for_each_block() {
    let whole = rules(json!([{"fromPort": 443, "toPort": 443, "vpc": true}]));
    let live = wanted(&whole, OWNER, &blocks()).unwrap();
    assert_eq!(live.len(), 3);
    assert_eq!(
        spelled(&live, Some(&whole), OWNER, &blocks()).unwrap(),
        Some(whole.clone())
    );

    let mut grown = blocks();
    grown.v4.push("10.2.0.0/16".parse().unwrap());
    let now = spelled(&live, Some(&whole), OWNER, &grown).unwrap().unwrap();
    assert_eq!(now.len(), 3, "a block that was added later shows as a difference");
    assert!(now.iter().all(|rule| rule.vpc.is_none()));
}

#[test]
fn a_vpc_rule_may_be_limited_to_one_address_family() {
    for (family, blocks_of_it) in [("ipv4", blocks().v4.len()), ("ipv6", blocks().v6.len())] {
        let whole = rules(json!([{"fromPort": 443, "toPort": 443, "vpc": true, "vpcIpAddressType": family}]));
        let live = wanted(&whole, OWNER, &blocks()).unwrap();
        assert_eq!(live.len(), blocks_of_it, "{family}");
        assert_eq!(
            spelled(&live, Some(&whole), OWNER, &blocks()).unwrap(),
            Some(whole.clone())
        );
    }
}

#[test]
fn a_rule_for_one_block_of_the_vpc_keeps_its_own_description() {
    let both = rules(json!([
        {"fromPort": 443, "toPort": 443, "cidrIpv4": "10.1.0.0/16", "description": "callers"},
        {"fromPort": 443, "toPort": 443, "vpc": true, "description": "all"},
    ]));
    let live = wanted(&both, OWNER, &blocks()).unwrap();
    let descriptions: Vec<_> = live.values().map(|text| text.clone().unwrap_or_default()).collect();
    assert_eq!(descriptions, ["all", "callers", "all"]);
    assert_eq!(spelled(&live, Some(&both), OWNER, &blocks()).unwrap(), Some(both));
}

#[test]
fn rules_made_elsewhere_show_after_our_own() {
    let ours = rules(json!([{"fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.7/8", "description": ""}]));
    let foreign = rules(json!([{"protocol": "-1", "cidrIpv4": "0.0.0.0/0"}]));
    let mut live = wanted(&ours, OWNER, &blocks()).unwrap();
    live.extend(wanted(&foreign, OWNER, &blocks()).unwrap());
    let now = spelled(&live, Some(&ours), OWNER, &blocks()).unwrap().unwrap();
    assert_eq!(now, [ours, foreign].concat());
    assert_eq!(spelled(&Rules::new(), None, OWNER, &blocks()).unwrap(), None);
    assert_eq!(
        spelled(&Rules::new(), Some(&[]), OWNER, &blocks()).unwrap(),
        Some(Vec::new())
    );
}

#[test]
fn ports_must_fit_the_protocol() {
    let Value::Object(map) = Value::from(json!({"ingress": [
        {"cidrIpv4": "10.0.0.0/8"},
        {"protocol": "udp", "fromPort": 2, "toPort": 1},
        {"protocol": "-1", "fromPort": 1, "toPort": 1},
        {"protocol": "icmp", "fromPort": 8},
        {"protocol": "icmp"},
        {"fromPort": 443, "toPort": 443},
    ]})) else {
        unreachable!()
    };
    let map: Map = map;
    let mut failures = Failures::default();
    check("ingress", &Draft::new(&map), &mut failures);
    let seen: Vec<_> = failures.iter().map(|failure| failure.path.to_string()).collect();
    assert_eq!(
        seen,
        [
            "ingress[0].fromPort",
            "ingress[0].toPort",
            "ingress[1].toPort",
            "ingress[2].fromPort",
            "ingress[2].toPort",
            "ingress[3]"
        ]
    );
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let peers = prop::sample::select(vec![
        json!({"cidrIpv4": "10.0.0.0/8"}),
        json!({"cidrIpv4": "10.1.0.0/16"}),
        json!({"cidrIpv6": "2001:db8::/56"}),
        json!({"prefixListId": "pl-1"}),
        json!({"securityGroupId": "sg-1"}),
        json!({"securityGroupId": "222222222222/sg-1"}),
    ]);
    let traffic = prop::sample::select(vec![
        json!({"protocol": "tcp", "fromPort": 443, "toPort": 443}),
        json!({"protocol": "udp", "fromPort": 1, "toPort": 2}),
        json!({"protocol": "icmp", "fromPort": 8, "toPort": -1}),
        json!({"protocol": "-1"}),
        json!({"protocol": "50"}),
    ]);
    (peers, traffic, prop::option::of("[a-z]{1,3}")).prop_map(|(mut rule, traffic, description)| {
        let members = rule.as_object_mut().unwrap();
        members.extend(traffic.as_object().unwrap().clone());
        members.extend(description.map(|text| ("description".to_owned(), json!(text))));
        serde_json::from_value(rule).unwrap()
    })
}

proptest! {
    #[test]
    fn rules_read_back_equal_the_rules_sent(rules in prop::collection::vec(any_rule(), 0..12)) {
        let wanted = wanted(&rules, OWNER, &blocks()).unwrap();
        prop_assert_eq!(&live(&permissions(&wanted), OWNER), &wanted);
        let spelled = spelled(&wanted, None, OWNER, &blocks()).unwrap().unwrap_or_default();
        prop_assert_eq!(super::wanted(&spelled, OWNER, &blocks()).unwrap(), wanted);
    }
}
