//! Values that mean the same to AWS.

use pulumi_provider::lifecycle::equality::property;
use serde_json::{Value as Json, json};

use super::inputs::map;
use super::resource;
use crate::iam_policy::full_access;

/// Reports whether two values of a property mean the same, and checks that the order of the two does not matter.
fn same(name: &str, input: &str, old: Option<Json>, new: Option<Json>) -> bool {
    let value = |json: Option<Json>| json.map(|json| map(json!({"x": json})).remove("x").unwrap());
    let (old, new) = (value(old), value(new));
    let schema = resource(name).inputs.property(input).unwrap();
    let answer = property(schema, old.as_ref(), new.as_ref());
    assert_eq!(answer, property(schema, new.as_ref(), old.as_ref()), "{old:?} {new:?}");
    answer
}

#[test]
fn equivalent_protocols_and_ports_are_equal() {
    let rules = |rule: Json| Some(json!([rule]));
    let tcp = json!({"cidrIpv4": "10.0.0.0/8", "fromPort": 443, "toPort": 443});
    for protocol in ["tcp", "TCP", "6"] {
        let mut other = tcp.clone();
        other["protocol"] = json!(protocol);
        assert!(
            same("SecurityGroup", "egress", rules(tcp.clone()), rules(other)),
            "{protocol}"
        );
    }
    let all = |protocol: &str| rules(json!({"vpc": true, "protocol": protocol}));
    assert!(same("SecurityGroup", "egress", all("all"), all("-1")));
    assert!(!same("SecurityGroup", "egress", all("udp"), all("-1")));
    let ports = |ports: Json| Some(ports);
    assert!(same(
        "ResourceConfiguration",
        "ports",
        ports(json!(["443", "80-90"])),
        ports(json!(["80-90", "443-443"]))
    ));
    assert!(!same(
        "ResourceConfiguration",
        "ports",
        ports(json!(["443"])),
        ports(json!(["443-444"]))
    ));
}

#[test]
fn policies_with_the_same_meaning_are_equal() {
    let same = |old: Json, new: Option<Json>| same("InterfaceEndpoint", "policy", Some(old), new);
    assert!(same(
        json!({"Statement": [{"Action": ["B", "A"]}]}),
        Some(json!("{\"Statement\":{\"Action\":[\"a\",\"b\"]}}"))
    ));
    let unknown = json!({"Statement": [], "Id": "!unknown!"});
    assert!(!same(unknown.clone(), Some(unknown)));
    assert!(!same(json!("no policy"), Some(json!("another"))));
    // An endpoint without a policy has AWS's full access.
    let full = full_access();
    let open_so_far = json!({"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*", "Condition": "!unknown!"}]});
    for (policy, as_none) in [
        (full.clone(), true),
        (json!(full.to_string()), true),
        (
            json!({"Version": "2012-10-17", "Statement": full["Statement"][0]}),
            true,
        ),
        (json!({"Statement": []}), false),
        (open_so_far, false),
    ] {
        assert_eq!(same(policy.clone(), None), as_none, "{policy}");
    }
}
