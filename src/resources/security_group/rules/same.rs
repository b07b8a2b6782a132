//! Compares rules that allow the same traffic: one rule for the whole VPC, or one rule for each of its blocks.
//!
//! EC2 keeps one rule for each block, so an import cannot know which of the two forms the program has. Diff therefore compares
//! the traffic, with the blocks that the VPC had when the rules were read: a block that was added since then still shows as a
//! change.

use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::property::{Map, Value};
use pulumi_provider::resource::changes::Changes;
use pulumi_provider::resource::draft::{Draft, Failures};

use super::{Blocks, Key, Rule, Rules, keys, wanted};
use crate::arn::Arn;
use crate::formats::ip_protocol;

/// Removes the changes of a list of rules that keeps the same traffic and descriptions.
pub(in super::super) fn diff(changes: &mut Changes<'_>) {
    let Some(blocks) = recorded_blocks(changes.old_state) else {
        return;
    };
    let owner = account(changes.old_state);
    for property in ["ingress", "egress"] {
        let pass = |inputs: &Map| -> Option<Rules> { wanted(&rules(inputs.get(property))?, owner, &blocks).ok() };
        let (old, new) = (pass(changes.old_inputs), pass(changes.inputs));
        if changes.touches(property) && old.is_some() && old == new {
            changes.by_path.retain(|path, _| path.first_key() != Some(property));
        }
    }
}

/// Refuses two rules that differ only in the description: EC2 keeps one description for the same traffic.
pub(super) fn check_descriptions(property: &str, draft: &Draft<'_>, failures: &mut Failures) {
    let items = draft.list(property).unwrap_or_default().iter().map(rule);
    let rules: Vec<_> = items.collect();
    let at = |index| PropertyPath::root().key(property).index(index);
    for (index, rule) in rules.iter().enumerate() {
        let earlier = rules[..index].iter().position(|other| match (rule, other) {
            (Some(one), Some(other)) => lets_same_pass(one, other) && described(one) != described(other),
            _ => false,
        });
        if let Some(earlier) = earlier {
            let reason = format!(
                "allows the same traffic as `{}` with another description, but EC2 keeps only one description: remove one of the rules",
                at(earlier)
            );
            failures.add(at(index), reason);
        }
    }
}

fn described(rule: &Rule) -> &str {
    rule.description.as_deref().unwrap_or_default()
}

fn lets_same_pass(one: &Rule, other: &Rule) -> bool {
    if one.is_whole_vpc() || other.is_whole_vpc() {
        let traffic = |rule: &Rule| {
            (
                ip_protocol(rule.protocol.as_deref().unwrap_or("tcp")),
                rule.from_port,
                rule.to_port,
            )
        };
        let families = (&one.vpc_ip_address_type, &other.vpc_ip_address_type);
        let overlap = !matches!(families, (Some(one), Some(other)) if one != other);
        return one.is_whole_vpc() == other.is_whole_vpc() && traffic(one) == traffic(other) && overlap;
    }
    let single = |rule: &Rule| -> Option<Key> { keys(rule, "", &Blocks::default()).ok()?.into_iter().next() };
    single(one).is_some() && single(one) == single(other)
}

fn recorded_blocks(state: &Map) -> Option<Blocks> {
    let texts = state.get("vpcCidrBlocks")?.as_array()?.iter();
    let texts: Option<Vec<_>> = texts.map(|block| block.as_str().map(str::to_owned)).collect();
    texts.map(|texts| Blocks::recorded(&texts))
}

/// Returns the account of the group, from its ARN.
fn account(state: &Map) -> &str {
    let arn = state.get("arn").and_then(Value::as_str);
    arn.and_then(Arn::parse).map(|arn| arn.account).unwrap_or_default()
}

/// Returns the rules of a list; `None` if a part of it is unknown.
fn rules(list: Option<&Value>) -> Option<Vec<Rule>> {
    match list.map(Value::bare) {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(rule).collect(),
        Some(_) => None,
    }
}

fn rule(value: &Value) -> Option<Rule> {
    let draft = Draft::new(value.as_object()?);
    if draft.map().values().any(Value::is_unknown) {
        return None;
    }
    let text = |name| draft.text(name).map(str::to_owned);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "Check lets pass whole numbers up to 65535"
    )]
    let number = |name| draft.known(name).and_then(Value::as_number).map(|number| number as i32);
    Some(Rule {
        protocol: text("protocol"),
        from_port: number("fromPort"),
        to_port: number("toPort"),
        description: text("description"),
        cidr_ipv4: text("cidrIpv4"),
        cidr_ipv6: text("cidrIpv6"),
        prefix_list_id: text("prefixListId"),
        security_group_id: text("securityGroupId"),
        vpc: draft.known("vpc").and_then(Value::as_bool),
        vpc_ip_address_type: text("vpcIpAddressType"),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use pulumi_provider::resource::changes::{Change, ChangeKind};
    use serde_json::{Value as Json, json};

    use super::*;

    fn map(json: Json) -> Map {
        let Value::Object(map) = Value::from(json) else {
            unreachable!()
        };
        map
    }

    /// Reports whether Diff shows a change of `ingress`, if these blocks of the VPC are recorded.
    fn differs(blocks: &[&str], old: &Json, new: &Json) -> bool {
        let state =
            map(json!({"arn": "arn:aws:ec2:eu-west-1:111111111111:security-group/sg-0", "vpcCidrBlocks": blocks}));
        let (old, new) = (map(json!({"ingress": old})), map(json!({"ingress": new})));
        let change = Change {
            kind: ChangeKind::Update,
            replace: false,
            input: true,
        };
        let mut changes = Changes {
            old_inputs: &old,
            old_state: &state,
            inputs: &new,
            by_path: BTreeMap::from([(PropertyPath::root().key("ingress"), change)]),
            causes: BTreeMap::new(),
            delete_first: false,
            ignored: &[],
            named_by_user: false,
        };
        diff(&mut changes);
        changes.touches("ingress")
    }

    #[test]
    fn a_vpc_rule_equals_rules_for_each_of_its_blocks() {
        let blocks = ["10.0.0.0/16", "2001:db8::/56"];
        let whole = json!([{"protocol": "tcp", "fromPort": 443, "toPort": 443, "vpc": true}]);
        let each = json!([
            {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/16"},
            {"protocol": "6", "fromPort": 443, "toPort": 443, "cidrIpv6": "2001:db8::/56"},
        ]);
        assert!(!differs(&blocks, &each, &whole));
        assert!(!differs(&blocks, &whole, &each));
        // The VPC has one more block; it has one block less; no blocks are recorded.
        assert!(differs(&["10.0.0.0/16", "10.1.0.0/16", "2001:db8::/56"], &each, &whole));
        assert!(differs(&["10.0.0.0/16"], &each, &whole));
        assert!(differs(&[], &each, &whole));
    }

    #[test]
    fn a_different_port_or_description_is_a_change() {
        let blocks = ["10.0.0.0/16"];
        let each = |description: &str| json!([{"fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/16", "description": description}]);
        let whole = |port: i32| json!([{"fromPort": port, "toPort": 443, "vpc": true, "description": "callers"}]);
        assert!(!differs(&blocks, &each("callers"), &whole(443)));
        assert!(differs(&blocks, &each("others"), &whole(443)));
        assert!(differs(&blocks, &each("callers"), &whole(80)));
        assert!(differs(&blocks, &each("callers"), &json!(null)));
        assert_eq!(rules(Some(&Value::Array(vec![Value::Unknown]))), None);
    }

    #[test]
    fn two_descriptions_of_one_rule_are_refused() {
        let found = |list: Json| {
            let map = map(json!({"ingress": list}));
            let mut failures = Failures::default();
            check_descriptions("ingress", &Draft::new(&map), &mut failures);
            failures
                .iter()
                .map(|failure| format!("{}: {}", failure.path, failure.reason))
                .collect::<Vec<_>>()
        };
        let rule = |more: Json| {
            let mut rule = json!({"fromPort": 443, "toPort": 443});
            rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            rule
        };
        let cidr = |block: &str, text: &str| rule(json!({"cidrIpv4": block, "description": text}));
        insta::assert_snapshot!(
            found(json!([cidr("10.0.0.0/8", "a"), cidr("10.9.9.9/8", "b")])).join("\n"),
            @"ingress[1]: allows the same traffic as `ingress[0]` with another description, but EC2 keeps only one description: remove one of the rules"
        );
        assert_eq!(
            found(json!([cidr("10.0.0.0/8", "a"), cidr("10.0.0.0/8", "a")])).len(),
            0
        );
        assert_eq!(
            found(json!([cidr("10.0.0.0/8", "a"), cidr("10.0.0.0/16", "b")])).len(),
            0
        );
        let vpc =
            |family: Json, text: &str| rule(json!({"vpc": true, "vpcIpAddressType": family, "description": text}));
        for (one, other, refused) in [
            (json!(null), json!(null), true),
            (json!("ipv4"), json!(null), true),
            (json!("ipv4"), json!("ipv6"), false),
        ] {
            let seen = found(json!([vpc(one.clone(), "a"), vpc(other.clone(), "b")]));
            assert_eq!(!seen.is_empty(), refused, "{one} {other}");
        }
    }

    #[test]
    fn the_own_account_id_of_a_group_may_be_omitted() {
        let with = json!([{"protocol": "-1", "securityGroupId": "111111111111/sg-1"}]);
        let without = json!([{"protocol": "-1", "securityGroupId": "sg-1"}]);
        assert!(!differs(&[], &with, &without));
    }
}
