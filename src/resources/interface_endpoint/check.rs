//! Checks the inputs for rules that the schema cannot express.

use std::collections::BTreeSet;
use std::net::IpAddr;

use pulumi_provider::property::Value;
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::resource::draft::{Draft, Failures};

pub(super) fn rules(draft: &Draft<'_>, failures: &mut Failures) {
    families(draft, failures);
    fixed_addresses(draft, failures);
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

/// Checks `subnetConfigurations`: each entry names another one of `subnetIds`, with an address of each family that the endpoint has
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SubnetConfiguration.html>).
fn fixed_addresses(draft: &Draft<'_>, failures: &mut Failures) {
    let entries = draft.list("subnetConfigurations").unwrap_or_default();
    let subnets = draft.list("subnetIds").unwrap_or_default();
    let subnets_are_known = !draft.is_unknown("subnetIds") && subnets.iter().all(|id| id.bare().as_str().is_some());
    let kind = (!draft.is_unknown("ipAddressType")).then(|| draft.text("ipAddressType").unwrap_or("ipv4"));
    let mut seen = BTreeSet::new();
    for (index, entry) in entries.iter().enumerate() {
        let at = PropertyPath::root().key("subnetConfigurations").index(index);
        let Some(entry) = entry.bare().as_object() else {
            continue;
        };
        if let Some(subnet) = entry.get("subnetId").and_then(|id| id.bare().as_str()) {
            if subnets_are_known && !subnets.iter().any(|id| id.bare().as_str() == Some(subnet)) {
                failures.add(at.key("subnetId"), format!("{subnet} is not in `subnetIds`"));
            }
            if !seen.insert(subnet.to_owned()) {
                failures.add(at.key("subnetId"), format!("{subnet} has two entries"));
            }
        }
        for (family, without) in [("ipv4", "ipv6"), ("ipv6", "ipv4")] {
            let given = entry.get(family).is_some_and(|address| !address.is_null());
            match kind {
                Some(kind) if kind == without && given => failures.add(
                    at.key(family),
                    format!("cannot be set: the endpoint's `ipAddressType` is `{kind}`"),
                ),
                Some(kind) if kind != without && !given => failures.add(
                    at.key(family),
                    format!("is required: the endpoint's `ipAddressType` is `{kind}`, and AWS wants an address of each family"),
                ),
                _ => {}
            }
            let address = entry.get(family).and_then(|address| address.bare().as_str());
            if let Some(address) = address.and_then(|address| address.parse::<IpAddr>().ok())
                && !seen.insert(address.to_string())
            {
                failures.add(at.key(family), format!("{address} is given twice"));
            }
        }
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

    #[test]
    fn fixed_addresses_must_fit_the_subnets_and_the_address_type() {
        let entry = |subnet: &str, ipv4: Option<&str>, ipv6: Option<&str>| json!({"subnetId": subnet, "ipv4": ipv4, "ipv6": ipv6});
        let with = |kind: &str, entries: Vec<serde_json::Value>| {
            failures(
                json!({"subnetIds": ["subnet-1", "subnet-2"], "ipAddressType": kind, "subnetConfigurations": entries}),
            )
        };
        let (four, six) = (Some("10.0.0.10"), Some("2001:db8::10"));
        assert!(with("ipv4", vec![entry("subnet-1", four, None)]).is_empty());
        assert!(with("dualstack", vec![entry("subnet-1", four, six)]).is_empty());
        assert!(with("ipv6", vec![entry("subnet-2", None, six)]).is_empty());
        let told = with(
            "dualstack",
            vec![
                entry("subnet-1", four, None),
                entry("subnet-1", four, Some("2001:db8:0::10")),
                entry("subnet-3", None, six),
            ],
        );
        let missing =
            "is required: the endpoint's `ipAddressType` is `dualstack`, and AWS wants an address of each family";
        assert_eq!(
            told,
            [
                format!("subnetConfigurations[0].ipv6: {missing}"),
                "subnetConfigurations[1].subnetId: subnet-1 has two entries".to_owned(),
                "subnetConfigurations[1].ipv4: 10.0.0.10 is given twice".to_owned(),
                "subnetConfigurations[2].subnetId: subnet-3 is not in `subnetIds`".to_owned(),
                format!("subnetConfigurations[2].ipv4: {missing}"),
                "subnetConfigurations[2].ipv6: 2001:db8::10 is given twice".to_owned(),
            ]
        );
        assert_eq!(
            with("ipv6", vec![entry("subnet-1", four, None)]),
            [
                "subnetConfigurations[0].ipv4: cannot be set: the endpoint's `ipAddressType` is `ipv6`",
                "subnetConfigurations[0].ipv6: is required: the endpoint's `ipAddressType` is `ipv6`, and AWS wants an address of each \
                 family",
            ]
        );
        // Unknown values may turn out right.
        let unknown = Value::Object(Map::from([
            ("subnetId".to_owned(), Value::Unknown),
            ("ipv4".to_owned(), Value::Unknown),
        ]));
        let map = Map::from([
            ("subnetIds".to_owned(), Value::Array(vec![Value::Unknown])),
            (
                "subnetConfigurations".to_owned(),
                Value::Array(vec![unknown.clone(), unknown]),
            ),
        ]);
        assert!(seen(&map).is_empty());
    }
}
