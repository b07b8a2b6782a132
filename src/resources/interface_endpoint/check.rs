//! Checks the inputs for rules that the schema cannot express.

use std::collections::BTreeSet;

use pulumi_provider::property::Value;
use pulumi_provider::resource::draft::{Draft, Failures};

pub(super) fn rules(draft: &Draft<'_>, failures: &mut Failures) {
    families(draft, failures);
    for property in ["subnetIds", "securityGroupIds"] {
        no_duplicates(property, draft, failures);
    }
}

/// Checks `dnsRecordIpType` against `ipAddressType`
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html>, "DNS record IP type").
fn families(draft: &Draft<'_>, failures: &mut Failures) {
    let Some(record) = draft.text("dnsRecordIpType") else {
        return;
    };
    if draft.is_unknown("ipAddressType") {
        return;
    }
    let addresses = draft.text("ipAddressType").unwrap_or("ipv4");
    if addresses != "dualstack" && record != addresses {
        let reason =
            format!("must be `{addresses}`, like `ipAddressType`; other values need `ipAddressType` `dualstack`");
        failures.at("dnsRecordIpType", reason);
    }
}

fn no_duplicates(property: &str, draft: &Draft<'_>, failures: &mut Failures) {
    let mut seen = BTreeSet::new();
    let items = draft.list(property).unwrap_or_default().iter();
    for item in items.filter_map(Value::as_str) {
        if !seen.insert(item) {
            failures.at(property, format!("names {item} twice"));
        }
    }
}

#[cfg(test)]
mod tests {
    use pulumi_provider::property::Map;
    use serde_json::json;

    use super::*;

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
    fn unknown_values_are_not_checked() {
        let map = Map::from([
            ("ipAddressType".to_owned(), Value::Unknown),
            ("dnsRecordIpType".to_owned(), "ipv6".into()),
        ]);
        assert!(seen(&map).is_empty());
    }

    #[test]
    fn dns_record_types_must_fit_the_address_type() {
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
