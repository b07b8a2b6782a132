use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::property::{Output, ReferenceId, ResourceReference};
use crate::samples::values;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Gateway {
    name: String,
    vpc_id: Option<String>,
    addresses_per_eni: Option<u8>,
    offset: i32,
    weight: f64,
    port: u16,
    #[serde(default)]
    shareable: bool,
    address_type: AddressType,
    target: Target,
    #[serde(default)]
    rules: Vec<Rule>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    id: Id,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Id(String);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Rule {
    from: u32,
    to: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum AddressType {
    #[serde(rename = "IPV4")]
    V4,
    #[serde(rename = "IPV6")]
    V6,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Target {
    DomainName(String),
    Endpoint { id: String, zone: Option<String> },
}

fn full() -> serde_json::Value {
    json!({
        "name": "orders", "vpcId": "vpc-1", "addressesPerEni": 16, "offset": -3, "weight": 0.5, "port": 443,
        "shareable": true, "addressType": "IPV6", "target": {"endpoint": {"id": "vpce-1"}},
        "rules": [{"from": 1}, {"from": 2, "to": 9007199254740992_u64}], "tags": {"a": "b"}, "id": "rgw-1",
    })
}

fn map(json: serde_json::Value) -> Map {
    match json.into() {
        Value::Object(map) => map,
        other => panic!("{other:?}"),
    }
}

/// Returns the full sample with one value changed.
fn with(path: &str, value: impl Into<Value>) -> Map {
    let mut properties = map(full());
    assert!(path.parse::<PropertyPath>().unwrap().set(&mut properties, value.into()));
    properties
}

#[test]
fn a_struct_survives_decoding_and_encoding() {
    let gateway: Gateway = decode(&map(full())).unwrap();
    assert_eq!(gateway.addresses_per_eni, Some(16));
    assert_eq!(
        gateway.rules,
        [
            Rule { from: 1, to: None },
            Rule {
                from: 2,
                to: Some(MAX_SAFE_INTEGER)
            }
        ]
    );
    assert_eq!(encode(&gateway).unwrap(), map(full()));
}

#[test]
fn null_and_absent_properties_decode_alike() {
    let nulls = json!({
        "name": "n", "vpcId": null, "addressesPerEni": null, "offset": 0, "weight": 1, "port": 1, "shareable": null,
        "addressType": "IPV4", "target": {"domainName": "a.example", "endpoint": null}, "rules": null, "id": "i",
    });
    let gateway: Gateway = decode(&map(nulls)).unwrap();
    assert_eq!(
        (gateway.vpc_id.as_ref(), gateway.shareable, gateway.rules.len()),
        (None, false, 0)
    );
    assert!(!encode(&gateway).unwrap().contains_key("vpcId"));
}

#[test]
fn decoding_unwraps_secrets_outputs_and_references() {
    let output = Output {
        value: Some(Value::from("deep").into_secret()),
        ..Output::default()
    };
    let reference = |id| {
        Value::Reference(ResourceReference {
            urn: "urn:x".to_owned(),
            id,
            package_version: String::new(),
        })
    };
    let gateway: Gateway = decode(&with("name", Value::Output(Box::new(output)))).unwrap();
    assert_eq!(gateway.name, "deep");
    let gateway: Gateway = decode(&with("vpcId", reference(Some(ReferenceId::Known("vpc-9".to_owned()))))).unwrap();
    assert_eq!(gateway.vpc_id.as_deref(), Some("vpc-9"));
    let gateway: Gateway = decode(&with("vpcId", reference(None))).unwrap();
    assert_eq!(gateway.vpc_id.as_deref(), Some("urn:x"));
    assert!(decode::<Gateway>(&with("vpcId", reference(Some(ReferenceId::Unknown)))).is_err());
}

#[test]
fn errors_name_the_path_and_not_the_value() {
    let mut missing = map(full());
    missing.remove("name");
    let errors: Vec<String> = [
        missing,
        with("name", 4711.0),
        with("offset", "hunter2"),
        with("offset", 1.5),
        with("offset", 3e9),
        with("port", -7.0),
        with("addressesPerEni", 256.0),
        with("shareable", "hunter2"),
        with("addressType", "hunter2"),
        with("target", Map::new()),
        with("target.endpoint.id", true),
        with("target", "hunter2"),
        with("rules[1].from", "hunter2"),
        with("rules[1].to", 1e300),
        with("rules", "hunter2"),
        with("tags.owner", 1.0),
        with("tags.owner", Value::Unknown),
        with("extra", "hunter2"),
    ]
    .iter()
    .map(|properties| decode::<Gateway>(properties).unwrap_err().to_string())
    .collect();
    let errors = errors.join("\n");
    assert!(!errors.contains("hunter2") && !errors.contains("4711"), "{errors}");
    insta::assert_snapshot!(errors, @"
    property name: required, but missing
    property name: expected a string, found a whole number
    property offset: expected i32, found a string
    property offset: expected i32, found a number that is not whole or too large
    property offset: expected i32, found a whole number that does not fit
    property port: expected u16, found a whole number that does not fit
    property addressesPerEni: expected u8, found a whole number that does not fit
    property shareable: expected a boolean, found a string
    property addressType: expected one of: IPV4, IPV6
    property target: expected an object with exactly one property
    property target.endpoint.id: expected a string, found a boolean
    property target: expected one of: domainName, endpoint
    property rules[1].from: expected u32, found a string
    property rules[1].to: expected u64, found a number that is not whole or too large
    property rules: expected a sequence, found a string
    property tags.owner: expected a string, found a whole number
    property tags.owner: not known yet
    property extra: there is no such property
    ");
}

#[test]
fn values_that_a_double_cannot_hold_are_refused() {
    let error = encode(&BTreeMap::from([("a", [MAX_SAFE_INTEGER, MAX_SAFE_INTEGER + 1])])).unwrap_err();
    insta::assert_snapshot!(error, @"property a[1]: an integer above 2^53, which a double cannot hold");
    let error = encode(&BTreeMap::from([("a", f64::NAN)])).unwrap_err();
    insta::assert_snapshot!(error, @"property a: a number that is not finite");
    insta::assert_snapshot!(encode(&BTreeMap::from([(1, 2)])).unwrap_err(), @"a key must be a string, not a number");
    insta::assert_snapshot!(encode(&"text").unwrap_err(), @"properties must be an object, not a string");
}

proptest! {
    #[test]
    fn an_encoded_struct_decodes_to_the_same_value(gateway in gateway()) {
        prop_assert_eq!(decode::<Gateway>(&encode(&gateway).unwrap()).unwrap(), gateway);
    }

    #[test]
    fn plain_properties_survive_conversion_to_json(properties in values::plain_map()) {
        let json: serde_json::Map<String, serde_json::Value> = decode(&properties).unwrap();
        prop_assert_eq!(Value::from(encode(&json).unwrap()), without_nulls(properties.into()));
    }
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        Value::Object(map) => {
            let present = map.into_iter().filter(|(_, value)| *value != Value::Null);
            Value::Object(present.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        other => other,
    }
}

fn gateway() -> impl Strategy<Value = Gateway> {
    let optional = || proptest::option::of(".{0,5}");
    let target = prop_oneof![
        ".{0,5}".prop_map(Target::DomainName),
        (".{0,5}", optional()).prop_map(|(id, zone)| Target::Endpoint { id, zone }),
    ];
    let rule = (any::<u32>(), proptest::option::of(0..=MAX_SAFE_INTEGER)).prop_map(|(from, to)| Rule { from, to });
    let scalars = (
        any::<Option<u8>>(),
        any::<i32>(),
        -1e300..1e300,
        any::<u16>(),
        any::<bool>(),
    );
    let rules = proptest::collection::vec(rule, 0..3);
    let tags = proptest::collection::btree_map(".{0,4}", ".{0,4}", 0..3);
    let address_type = prop_oneof![Just(AddressType::V4), Just(AddressType::V6)];
    (".{0,5}", optional(), scalars, address_type, target, rules, tags).prop_map(
        |(name, vpc_id, (addresses_per_eni, offset, weight, port, shareable), address_type, target, rules, tags)| {
            let id = Id(name.clone());
            Gateway {
                name,
                vpc_id,
                addresses_per_eni,
                offset,
                weight,
                port,
                shareable,
                address_type,
                target,
                rules,
                tags,
                id,
            }
        },
    )
}
