//! Check, with the package's schema.

use proptest::prelude::*;
use pulumi_provider::lifecycle::check::{CheckFailure, Checked, Request, check};
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::property::{Map, Value};
use pulumi_provider::schema::ResourceSchema;
use serde_json::{Value as Json, json};

use super::inputs::{Leaves, fitting, map};
use super::{any_resource, resource};
use crate::iam_policy;

const ENDPOINT: &str = "InterfaceEndpoint";

fn run(schema: &ResourceSchema, olds: &Map, news: Map) -> Checked {
    let request = Request {
        urn: &"urn:pulumi:dev::shop::x:index:X::orders".parse().unwrap(),
        olds,
        news,
        seed: b"seed",
        autonaming: None,
    };
    check(schema, request, |_, _| {})
}

/// Returns the failures of these inputs, one `property | reason` per line.
fn failures(resource_name: &str, news: Json) -> String {
    let line = |failure: &CheckFailure| format!("{} | {}", failure.property, failure.reason);
    let checked = run(resource(resource_name), &Map::new(), map(news));
    let lines: Vec<_> = checked.failures.iter().map(line).collect();
    lines.join("\n")
}

fn endpoint(policy: Json) -> Json {
    json!({"vpcId": "vpc-1", "service": "states", "subnetIds": ["subnet-a"], "securityGroupIds": ["sg-1"], "policy": policy})
}

#[test]
fn invalid_policies_are_refused() {
    let with = |policy: Json| failures(ENDPOINT, endpoint(policy));
    assert_eq!(with(json!({"Statement": []})), "");
    let whole = json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"});
    assert_eq!(with(json!({"Statement": whole})), "");
    assert_eq!(
        with(json!(
            "{\"Statement\": [{\"Effect\": \"allow\", \"Principal\": \"*\", \"Action\": \"*\"}]}"
        )),
        " | `policy`: statement 1: `Resource` or `NotResource` is required\n \
         | `policy`: statement 1: `Effect` must be `Allow` or `Deny`"
    );
    assert_eq!(
        with(json!([])),
        " | `policy`: must be an IAM policy: its JSON as a string, or the document as an object"
    );
    assert_eq!(
        with(json!("{\n \"Statement\" []}")),
        " | `policy`: must be an IAM policy, but the string is not JSON (line 2, column 14)"
    );
    assert_eq!(
        with(json!({"statement": []})),
        " | `policy`: must be an IAM policy: a JSON object with a `Statement`"
    );
}

/// The CLI shows changes inside an object, but not inside a text.
#[test]
fn a_policy_as_text_becomes_the_document() {
    let policy = iam_policy::full_access();
    let text = json!(serde_json::to_string_pretty(&policy).unwrap());
    let of = |policy: Json| {
        let checked = run(resource(ENDPOINT), &Map::new(), map(endpoint(policy)));
        assert_eq!(checked.failures, []);
        checked.inputs["policy"].clone()
    };
    assert_eq!(of(text.clone()), of(policy.clone()));
    let secret = json!(format!("!secret!{}", text.as_str().unwrap()));
    assert_eq!(of(secret), Value::from(policy).into_secret());
}

#[test]
fn exactly_one_property_of_a_group_is_required() {
    let news = json!({"vpcId": "vpc-1", "egress": [{"cidrIpv4": "10.0.0.0/8", "vpc": true}, {"fromPort": 443}]});
    insta::assert_snapshot!(failures("SecurityGroup", news), @r"
     | `egress[0]`: takes exactly one of `cidrIpv4`, `cidrIpv6`, `prefixListId`, `securityGroupId`, `vpc`; `cidrIpv4` and `vpc` are given
     | `egress[1]`: needs exactly one of `cidrIpv4`, `cidrIpv6`, `prefixListId`, `securityGroupId`, `vpc`; none is given
    ");
    insta::assert_snapshot!(failures("Connection", json!({"auth": {"apikey": {}}})), @r"
     | `auth.apikey`: there is no property of this name; did you mean `apiKey`?
     | `auth`: needs exactly one of `apiKey`, `basic`, `oauth`; none is given
    ");
    assert_eq!(
        failures("SecurityGroup", json!({"vpcId": "sg-1"})),
        "vpcId | must be a VPC id such as vpc-0a1b2c3d4e5f60718"
    );
}

/// Replaces the value of one property with one of another type than the schema allows.
fn spoil(inputs: &mut Map, at: prop::sample::Index) {
    let name = inputs.keys().nth(at.index(inputs.len())).unwrap().clone();
    let spoilt = match &inputs[&name] {
        Value::Object(_) | Value::Array(_) => Value::from("SESAME"),
        _ => Value::Array(vec!["SESAME".into()]),
    };
    inputs.insert(name, spoilt.into_secret());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_second_check_changes_nothing((schema, news) in any_resource(Leaves::Unknowns)) {
        let once = run(schema, &Map::new(), news);
        prop_assert_eq!(&once.failures, &[]);
        let twice = run(schema, &once.inputs, once.inputs.clone());
        prop_assert_eq!(twice.failures, []);
        prop_assert_eq!(&twice.inputs, &once.inputs);
    }

    #[test]
    fn no_failure_shows_a_secret(
        // A connection needs no input, and empty inputs have no value to spoil.
        (schema, news) in any_resource(Leaves::Plain).prop_filter("empty", |(_, news)| !news.is_empty()),
        at: prop::sample::Index,
    ) {
        let mut news = news;
        spoil(&mut news, at);
        for failure in run(schema, &Map::new(), news).failures {
            prop_assert!(!failure.reason.contains("SESAME"), "{}", failure.reason);
            prop_assert_eq!(failure.property, "");
        }
    }

    #[test]
    fn check_marks_credentials_as_secret(inputs in fitting(&resource("Connection").inputs, Leaves::Plain)) {
        let checked = run(resource("Connection"), &Map::new(), inputs);
        for kind in ["apiKey.value", "basic.password", "oauth.clientSecret"] {
            let path: PropertyPath = format!("auth.{kind}").parse().unwrap();
            prop_assert!(path.get(&checked.inputs).is_none_or(|value| matches!(value, Value::Secret(_))), "{}", kind);
        }
    }
}
