//! Diff, with the package's schema.

use std::collections::BTreeMap;

use proptest::prelude::*;
use pulumi_provider::lifecycle::diff::inputs;
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::property::{Map, Value, secret_paths};
use pulumi_provider::resource::changes::{Change, ChangeKind};
use serde_json::{Value as Json, json};

use super::inputs::{Leaves, map};
use super::{any_resource, resource};
use crate::iam_policy;

fn never(_: &PropertyPath, _: &Value, _: &Value) -> bool {
    false
}

/// Returns the changes as `+`, `-` or `~`, the path, and `!` if the change replaces.
fn changes(name: &str, old: Json, new: Json) -> Vec<String> {
    let line = |(path, change): (&PropertyPath, &Change)| {
        let sign = match change.kind {
            ChangeKind::Add => '+',
            ChangeKind::Delete => '-',
            ChangeKind::Update => '~',
        };
        format!("{sign}{path}{}", if change.replace { "!" } else { "" })
    };
    inputs(&resource(name).inputs, never, &map(old), &Map::new(), &map(new))
        .iter()
        .map(line)
        .collect()
}

fn endpoint(old: Json, new: Json) -> Vec<String> {
    changes("InterfaceEndpoint", old, new)
}

#[test]
fn a_policy_change_is_reported_at_the_changed_statement() {
    let statement = |action: &str| json!({"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"});
    let policy =
        |actions: &[&str]| json!({"Statement": actions.iter().map(|action| statement(action)).collect::<Vec<_>>()});
    let with = |member: &str, value: Json| {
        let mut policy = policy(&["a", "b"]);
        policy["Statement"][1][member] = value;
        policy
    };
    let versioned = |version: &str, mut policy: Json| {
        policy["Version"] = json!(version);
        policy
    };
    let single = |action: &str| json!({"Statement": statement(action)});
    let vpcs = |vpcs: Json| with("Condition", json!({"StringEquals": {"aws:SourceVpc": vpcs}}));
    let old = policy(&["a", "b"]);
    for (old, new, expected) in [
        (&old, policy(&["B", "A"]), vec![]),
        (&old, policy(&["a", "c"]), vec!["~policy.Statement[1].Action"]),
        (&old, policy(&["a", "b", "c"]), vec!["+policy.Statement[2]"]),
        // The statements after the new one are the same as before.
        (&old, policy(&["a", "c", "b"]), vec!["+policy.Statement[1]"]),
        (&old, policy(&["c", "a", "b"]), vec!["+policy.Statement[0]"]),
        (&old, policy(&["b"]), vec!["-policy.Statement[0]"]),
        (
            &old,
            policy(&["b", "c"]),
            vec!["-policy.Statement[0]", "+policy.Statement[1]"],
        ),
        (
            &old,
            policy(&["c", "d", "a"]),
            vec!["~policy.Statement[1].Action", "+policy.Statement[0]"],
        ),
        (&old, policy(&["a", "!unknown!"]), vec!["~policy.Statement[1].Action"]),
        (&old, with("Effect", json!("Deny")), vec!["~policy.Statement[1].Effect"]),
        (&old, with("Sid", json!("x")), vec!["+policy.Statement[1].Sid"]),
        (
            &with("Action", json!(["b", "c"])),
            with("Action", json!(["c", "d", "B"])),
            vec!["+policy.Statement[1].Action[1]"],
        ),
        (
            &with("Action", json!(["b", "c"])),
            with("Action", json!(["c", "B"])),
            vec![],
        ),
        (
            &old,
            with("Action", json!(["b", "c"])),
            vec!["~policy.Statement[1].Action"],
        ),
        (
            &vpcs(json!("v")),
            vpcs(json!("w")),
            vec!["~policy.Statement[1].Condition.StringEquals.aws:SourceVpc"],
        ),
        // A change of the version alone is no difference, unless there are variables.
        (
            &versioned("1", old.clone()),
            versioned("2", policy(&["a"])),
            vec!["-policy.Statement[1]"],
        ),
        (
            &versioned("1", policy(&["${x}"])),
            versioned("2", policy(&["${x}"])),
            vec!["~policy.Version"],
        ),
        // A statement without a list around it.
        (&single("a"), policy(&["a", "b"]), vec!["+policy.Statement[1]"]),
        (&old, single("a"), vec!["-policy.Statement[1]"]),
        (&single("a"), policy(&["b"]), vec!["~policy.Statement"]),
        (&single("a"), single("b"), vec!["~policy.Statement[0].Action"]),
    ] {
        let found = endpoint(json!({"policy": old}), json!({"policy": new}));
        let (mut found, mut expected) = (found, expected);
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{old} {new}");
    }
    assert_eq!(endpoint(json!({"policy": old}), json!({})), ["-policy"]);
    assert_eq!(
        endpoint(json!({"policy": iam_policy::full_access()}), json!({})),
        [""; 0]
    );
    // Check converts a text to an object. A text that was recorded without Check is compared as a whole.
    assert_eq!(
        endpoint(json!({"policy": old.to_string()}), json!({"policy": policy(&["a"])})),
        ["~policy"]
    );
}

#[test]
fn a_changed_target_replaces_unless_only_the_ip_address_differs() {
    let configuration =
        |target: Json| json!({"resourceGatewayId": "rgw-1", "ports": ["443"], "target": target, "name": "orders"});
    for (old, new, expected) in [
        (
            json!({"vpcEndpointId": "vpce-1"}),
            json!({"domainName": "a.example.com"}),
            vec!["+target.domainName!", "-target.vpcEndpointId!"],
        ),
        (
            json!({"vpcEndpointId": "vpce-1"}),
            json!({"vpcEndpointId": "vpce-2"}),
            vec!["~target.vpcEndpointId!"],
        ),
        (
            json!({"ipAddress": "10.0.0.1"}),
            json!({"ipAddress": "10.0.0.2"}),
            vec!["~target.ipAddress"],
        ),
        (
            json!({"ipAddress": "10.0.0.1"}),
            json!({"domainName": "a.example.com"}),
            vec!["+target.domainName!", "-target.ipAddress"],
        ),
        (
            json!({"domainName": "a.example.com"}),
            json!({"ipAddress": "10.0.0.1"}),
            vec!["-target.domainName!", "+target.ipAddress"],
        ),
        (
            json!({"domainName": "a.example.com", "ipAddressType": "IPV4"}),
            json!({"domainName": "A.example.com."}),
            vec![],
        ),
        (
            json!({"domainName": "a.example.com"}),
            json!({"domainName": "a.example.com", "ipAddressType": "IPV6"}),
            vec!["+target.ipAddressType!"],
        ),
    ] {
        let found = changes("ResourceConfiguration", configuration(old), configuration(new));
        assert_eq!(found, expected);
    }
    let gateway = |more: Json| {
        let mut gateway = json!({"vpcId": "vpc-1", "subnetIds": ["subnet-a"], "name": "orders", "ipAddressType": "IPV4", "dnsResolution": "PUBLIC"});
        gateway
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        gateway
    };
    let found = |old, new| changes("ResourceGateway", gateway(old), gateway(new));
    assert_eq!(
        found(
            json!({"ipv4AddressesPerEni": 16, "securityGroupIds": ["sg-1"]}),
            json!({})
        ),
        [""; 0]
    );
    assert_eq!(
        found(json!({}), json!({"ipv4AddressesPerEni": 16})),
        ["+ipv4AddressesPerEni!"]
    );
    assert_eq!(found(json!({}), json!({"subnetIds": ["subnet-b"]})), ["~subnetIds[0]!"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn equal_inputs_have_no_changes((schema, news) in any_resource(Leaves::Secrets)) {
        prop_assert_eq!(inputs(&schema.inputs, never, &news, &Map::new(), &news), BTreeMap::new());
        // Secretness alone is no difference.
        let plain = secret_paths::split(news.clone()).0;
        prop_assert_eq!(inputs(&schema.inputs, never, &plain, &Map::new(), &news), BTreeMap::new());
    }
}
