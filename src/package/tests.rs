mod check;
mod configuration;
mod diff;
mod equality;
mod names;
mod schema_structs;
mod states;

#[path = "../../crates/pulumi-provider/src/samples/inputs.rs"]
mod inputs;
#[path = "../../crates/pulumi-provider/src/samples/values.rs"]
#[allow(dead_code, reason = "inputs need one of them")]
mod values;

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::select;
use pulumi_provider::provider::config;
use pulumi_provider::schema::ResourceSchema;
use serde_json::json;

use super::*;

#[test]
fn the_publisher_file_is_valid() {
    Publisher::parse(PUBLISHER_JSON).unwrap();
}

/// Returns the schema, parsed once.
fn shared_schema() -> &'static Schema {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| schema("1.0.0").unwrap());
    &SCHEMA
}

/// Returns the schema of a resource of the package, or of its component.
fn resource(name: &str) -> &'static ResourceSchema {
    shared_schema()
        .resource(&format!("private-step-functions:index:{name}"))
        .unwrap()
}

/// Generates a resource of the package, and inputs for it that Check accepts.
fn any_resource(leaves: inputs::Leaves) -> impl Strategy<Value = (&'static ResourceSchema, Map)> {
    let schemas: Vec<_> = shared_schema().resources().collect();
    select(schemas).prop_flat_map(move |schema| (Just(schema), inputs::fitting(&schema.inputs, leaves)))
}

/// Generates policies that Check accepts, in both forms.
fn documents() -> BoxedStrategy<Value> {
    let read =
        json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "states:Describe*", "Resource": "*"}]});
    let both = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["states:describe*"], "Resource": "*"},
        {"Effect": "Deny", "Principal": "*", "Action": "states:Stop*", "Resource": "*"},
    ]});
    let all = [read, both, iam_policy::full_access()];
    let written = all.iter().cloned().map(Value::from);
    let texts = all.iter().map(|document| Value::from(document.to_string()));
    select(written.chain(texts).collect::<Vec<_>>()).boxed()
}

fn read(given: serde_json::Value) -> config::Config {
    let Value::Object(given) = Value::from(given) else {
        panic!("not an object")
    };
    let package = PrivateStepFunctions::new().unwrap();
    config::read(
        package.schema.config(),
        &given,
        config::Foreign::Refuse,
        |draft, failures| package.config_rules(draft, failures),
    )
}

#[test]
fn the_configuration_is_decoded_into_its_struct() {
    let config = read(serde_json::json!({
        "region": "eu-west-1",
        "profile": "dev",
        "assumeRole": "{\"roleArn\": \"arn:aws:iam::123456789012:role/deploy\"}",
        "endpoints": {"ec2": "http://127.0.0.1:4566", "vpcLattice": "http://127.0.0.1:4566", "serviceQuotas": "http://127.0.0.1:4566"},
        "defaultTags": "{\"tags\": {\"team\": \"orders\"}}",
        "ignoreTags": {"keys": ["scan"], "keyPrefixes": ["c7n:"]},
        "ownershipTags": "false",
        "allowedAccountIds": "[\"123456789012\"]",
        "maxRetries": "7",
        "polling": {"initialIntervalSeconds": 0.1},
    }));
    assert!(config.failures.is_empty(), "{:?}", config.failures);
    let typed = decode(config.values).unwrap();
    assert_eq!(
        (typed.region.as_deref(), typed.max_retries),
        (Some("eu-west-1"), Some(7))
    );
    let endpoints = typed.endpoints.unwrap();
    assert_eq!(
        (endpoints.service_quotas.as_deref(), endpoints.kms),
        (Some("http://127.0.0.1:4566"), None)
    );
    assert_eq!(typed.default_tags.unwrap().tags.unwrap()["team"], "orders");
    assert_eq!(typed.ignore_tags.unwrap().key_prefixes.unwrap(), ["c7n:"]);
    assert_eq!(typed.ownership_tags, Some(false));
    assert_eq!(typed.allowed_account_ids.unwrap(), ["123456789012"]);
}

#[test]
fn an_access_key_requires_a_secret_key() {
    let config = read(serde_json::json!({"region": "eu-west-1", "accessKey": "AKIA"}));
    let explained = config::explain("private-step-functions", &config.failures);
    assert!(
        explained.contains("secretKey") && !explained.contains("AKIA"),
        "{explained}"
    );
}

#[test]
fn only_a_changed_region_replaces_the_provider() {
    let package = PrivateStepFunctions::new().unwrap();
    let config = |region: Value, profile: &str| {
        Map::from([("region".to_owned(), region), ("profile".to_owned(), profile.into())])
    };
    let here = config("eu-west-1".into(), "a");
    assert!(package.replaces(&here, &config("eu-west-1".into(), "b")).is_empty());
    assert_eq!(
        package.replaces(&here, &config("eu-west-2".into(), "a")),
        BTreeSet::from(["region".to_owned()])
    );
    // If the Region comes from the environment, it is not known whether it changes.
    assert!(package.replaces(&here, &Map::new()).is_empty());
    assert!(package.replaces(&here, &config(Value::Unknown, "a")).is_empty());
}
