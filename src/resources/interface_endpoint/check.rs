//! Rules between the inputs that the schema cannot say.

use crate::lifecycle::draft::{Draft, Failures};
use crate::policy;
use crate::property::Value;

/// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>: white space counts.
const LONGEST_POLICY: usize = 20_480;

pub(super) fn rules(draft: &Draft<'_>, failures: &mut Failures) {
    families(draft, failures);
    for property in ["subnetIds", "securityGroupIds"] {
        no_duplicates(property, draft, failures);
    }
    if let Some(policy) = draft.known("policy").and_then(plain) {
        check_policy(&policy, failures);
    }
}

/// <https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html>, "DNS record IP type".
fn families(draft: &Draft<'_>, failures: &mut Failures) {
    let Some(record) = draft.text("dnsRecordIpType") else {
        return;
    };
    if draft.is_unknown("ipAddressType") {
        return;
    }
    let addresses = draft.text("ipAddressType").unwrap_or("ipv4");
    if addresses != "dualstack" && record != addresses {
        let reason = format!("must be `{addresses}`, like `ipAddressType`; only `dualstack` leaves a choice");
        failures.at("dnsRecordIpType", reason);
    }
}

fn no_duplicates(property: &str, draft: &Draft<'_>, failures: &mut Failures) {
    let mut seen = Vec::new();
    for item in draft
        .list(property)
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_str)
    {
        if seen.contains(&item) {
            failures.at(property, format!("names {item} twice"));
        }
        seen.push(item);
    }
}

fn check_policy(given: &serde_json::Value, failures: &mut Failures) {
    let Some(document) = policy::parse(given) else {
        failures.at(
            "policy",
            "is not a JSON object: give an IAM policy as an object or as its JSON text",
        );
        return;
    };
    if document.to_string().len() > LONGEST_POLICY {
        failures.at(
            "policy",
            format!("is longer than {LONGEST_POLICY} characters, even without white space"),
        );
    }
    let statements = match document.get("Statement") {
        Some(serde_json::Value::Array(statements)) => statements.clone(),
        Some(one @ serde_json::Value::Object(_)) => vec![one.clone()],
        _ => {
            failures.at("policy", "has no `Statement`");
            return;
        }
    };
    for (index, statement) in statements.iter().enumerate() {
        for (what, names) in [
            ("`Effect`", ["Effect", "Effect"]),
            ("`Principal`", ["Principal", "NotPrincipal"]),
            ("`Action`", ["Action", "NotAction"]),
            ("`Resource`", ["Resource", "NotResource"]),
        ] {
            if names.iter().all(|name| statement.get(name).is_none()) {
                failures.at("policy", format!("statement {} has no {what}", index + 1));
            }
        }
    }
}

/// The value as JSON; `None` if something in it is not known yet.
fn plain(value: &Value) -> Option<serde_json::Value> {
    Some(match value.bare() {
        Value::Null => serde_json::Value::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => (*number).into(),
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => items.iter().map(plain).collect::<Option<_>>()?,
        Value::Object(map) => {
            let members = map.iter().map(|(key, value)| Some((key.clone(), plain(value)?)));
            serde_json::Value::Object(members.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::property::Map;

    fn failures(json: serde_json::Value) -> Vec<String> {
        let Value::Object(map) = Value::from(json) else {
            unreachable!()
        };
        seen(&map)
    }

    fn seen(map: &Map) -> Vec<String> {
        let mut failures = Failures::default();
        rules(&Draft::new(map), &mut failures);
        failures
            .iter()
            .map(|failure| format!("{}: {}", failure.path, failure.reason))
            .collect()
    }

    #[test]
    fn policies_must_be_whole() {
        assert!(failures(json!({"policy": policy::full_access()})).is_empty());
        assert!(failures(json!({"policy": policy::full_access().to_string()})).is_empty());
        insta::assert_debug_snapshot!(
            failures(json!({"policy": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}})),
            @r#"
        [
            "policy: statement 1 has no `Principal`",
        ]
        "#
        );
        assert_eq!(failures(json!({"policy": "{"})).len(), 1);
        assert_eq!(failures(json!({"policy": {"Version": "2012-10-17"}})).len(), 1);
        let long = json!({"Statement": [], "Id": "x".repeat(20_480)});
        assert_eq!(failures(json!({"policy": long})).len(), 1);
    }

    #[test]
    fn what_is_not_known_is_not_judged() {
        let policy = Value::Object(Map::from([("Statement".to_owned(), Value::Unknown)]));
        assert!(seen(&Map::from([("policy".to_owned(), policy)])).is_empty());
        let map = Map::from([
            ("ipAddressType".to_owned(), Value::Unknown),
            ("dnsRecordIpType".to_owned(), "ipv6".into()),
        ]);
        assert!(seen(&map).is_empty());
    }

    #[test]
    fn record_types_follow_addresses() {
        assert!(failures(json!({"dnsRecordIpType": "ipv4"})).is_empty());
        assert!(failures(json!({"ipAddressType": "dualstack", "dnsRecordIpType": "service-defined"})).is_empty());
        assert_eq!(
            failures(json!({"ipAddressType": "ipv6", "dnsRecordIpType": "ipv4"})).len(),
            1
        );
        assert_eq!(
            failures(json!({"subnetIds": ["subnet-1", "subnet-1"]})),
            ["subnetIds: names subnet-1 twice"]
        );
    }
}
