use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use super::*;

mod rows;

const STEP_FUNCTIONS: &[Service] = &[Service::States, Service::SyncStates];
const PLACE: Place<'_> = Place {
    region: Some("eu-west-1"),
    partition: Some("aws"),
    vpc_id: Some("vpc-0a"),
    endpoint_ids: Some(&["vpce-0a", "vpce-0b"]),
};

/// Returns the findings as lines.
fn said(services: &[Service], place: &Place<'_>, document: &Value) -> String {
    let findings = lint(document, services, place);
    let lines = findings
        .iter()
        .map(|found| format!("{:?} {} {}: {}", found.level, found.code, found.path, found.text));
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the codes in the sources of this module.
fn codes() -> BTreeSet<String> {
    let sources = [
        include_str!("actions.rs"),
        include_str!("conditions.rs"),
        include_str!("document.rs"),
        include_str!("http_tasks.rs"),
        include_str!("principals.rs"),
        include_str!("resources.rs"),
        include_str!("resources/why.rs"),
    ];
    let code = regex::Regex::new(r#"Level::\w+,\s*"([a-z-]+)""#).unwrap();
    let found = sources.iter().flat_map(|source| code.captures_iter(source));
    found.map(|found| found[1].to_owned()).collect()
}

#[test]
fn each_lint_has_a_policy_that_has_it_and_one_that_has_not() {
    let mut seen = BTreeSet::new();
    for row in rows::all() {
        let found = said(row.services, &PLACE, &row.bad);
        assert_eq!(found, row.said);
        assert_eq!(said(row.services, &PLACE, &row.good), "", "beside: {}", row.said);
        seen.extend(
            lint(&row.bad, row.services, &PLACE)
                .iter()
                .map(|found| found.code.to_owned()),
        );
    }
    assert_eq!(seen, codes());
}

#[test]
fn policies_of_the_documentation_have_no_findings() {
    let whole = json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"});
    let admin = json!({"AWS": "arn:aws:iam::123456789012:user/MyUser"});
    let guide = json!([
        {"Action": "*Execution", "Resource": "*", "Effect": "Allow", "Principal": "*"},
        {"Action": "states:CreateStateMachine", "Resource": "*", "Effect": "Allow", "Principal": admin},
        {"Action": "states:DeleteStateMachine", "Resource": "*", "Effect": "Deny", "Principal": "*"},
    ]);
    let readme = json!({"Effect": "Allow", "Principal": "*", "Resource": "*",
        "Action": ["states:StartExecution", "states:StartSyncExecution", "states:DescribeExecution"]});
    let package = json!([{"Effect": "Allow", "Principal": "*", "Action": "states:*",
        "Resource": "arn:aws:states:*:123456789012:*"}]);
    for statements in [whole.clone(), guide, readme, package] {
        let document = json!({"Version": "2012-10-17", "Statement": statements});
        assert_eq!(said(STEP_FUNCTIONS, &PLACE, &document), "");
        assert_eq!(said(STEP_FUNCTIONS, &Place::default(), &document), "");
    }
    assert_eq!(said(&[Service::States], &PLACE, &json!({"Statement": whole})), "");
    // The guide of API Gateway.
    let api = json!({"Statement": [{"Principal": "*", "Action": ["execute-api:Invoke"], "Effect": "Allow", "Resource": [
        "arn:aws:execute-api:eu-west-1:123412341234:a1b2c3d4e5/*",
        "arn:aws:execute-api:eu-west-1:123412341234:aaaaa11111/dev/GET/*",
    ]}]});
    for document in [json!({"Statement": whole}), api] {
        assert_eq!(said(&[Service::ExecuteApi], &PLACE, &document), "");
    }
}

#[test]
fn one_policy_for_two_endpoints_is_judged_by_both() {
    let document = json!({"Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": ["states:StartExecution", "states:TestState"], "Resource": "*"},
        {"Effect": "Allow", "Principal": "*", "Action": "states:StartSyncExecution", "Resource": "*"},
        {"Effect": "Deny", "Principal": "*", "Action": ["states:StopExecution", "iam:*"], "Resource": "*"},
    ]});
    assert_eq!(said(STEP_FUNCTIONS, &PLACE, &document), "");
    assert!(said(&[Service::States], &PLACE, &document).contains("action-of-other-endpoint Statement[1].Action"));
    assert_eq!(said(&[Service::SyncStates], &PLACE, &document), "");
}

#[test]
fn each_known_action_fits_the_arns_of_its_types() {
    for (catalog, name) in [(Service::States, "states"), (Service::ExecuteApi, "execute-api")] {
        for catalog in catalog::of(&[catalog]) {
            for action in catalog.actions {
                for kind in action.kinds {
                    let resource = format!("arn:aws:{name}:eu-west-1:123456789012:{}", kind.shape());
                    let document = json!({"Statement": {"Effect": "Deny", "Principal": "*",
                        "Action": action.full_name().to_uppercase(), "Resource": resource}});
                    let expected = "Dead nothing-allowed Statement: No statement has `Effect` `Allow`, so every call through the \
                                    endpoint is refused. Add one that allows something.";
                    assert_eq!(
                        said(&[Service::States, Service::ExecuteApi], &PLACE, &document),
                        expected
                    );
                }
            }
        }
    }
}

#[test]
fn names_of_endpoint_services_are_recognized() {
    for (name, service) in [
        ("com.amazonaws.eu-west-1.states", Some(Service::States)),
        ("com.amazonaws.us-east-1.states-fips", Some(Service::States)),
        ("cn.com.amazonaws.cn-north-1.sync-states", Some(Service::SyncStates)),
        ("sync-states-fips", Some(Service::SyncStates)),
        ("eu.amazonaws.eusc-de-east-1.execute-api", Some(Service::ExecuteApi)),
        ("com.amazonaws.eu-west-1.s3", None),
        ("", None),
    ] {
        assert_eq!(Service::of_endpoint_service(name), service, "{name}");
    }
}

#[test]
fn without_a_place_nothing_is_said_about_it() {
    let document = json!({"Statement": {
        "Effect": "Allow", "Principal": {"AWS": "arn:aws-cn:iam::123456789012:root"}, "Action": "states:*",
        "Resource": "arn:aws-cn:states:cn-north-1:123456789012:stateMachine:orders",
        "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-9", "aws:SourceVpce": "vpce-9"}},
    }});
    assert_eq!(said(STEP_FUNCTIONS, &Place::default(), &document), "");
    assert_eq!(lint(&document, STEP_FUNCTIONS, &PLACE).len(), 5);
    assert_eq!(
        said(
            &[],
            &Place::default(),
            &json!({"Statement": {"Effect": "Allow", "Action": "x", "Resource": "y"}})
        ),
        ""
    );
}

#[test]
fn messages_show_no_more_than_a_line_of_a_policy() {
    let document = json!({"Statement": {
        "Effect": "Allow", "Principal": "*", "Action": format!("states:\n{}", "x".repeat(500)), "Resource": "*",
    }});
    let found = said(STEP_FUNCTIONS, &PLACE, &document);
    assert!(found.contains("`states: xxx") && found.contains("x…`"), "{found}");
    assert!(found.len() < 400, "{found}");
}

/// Returns the paths of all values in a document.
fn paths(at: &str, value: &Value, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                paths(&format!("{at}[{index}]"), value, all);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                let path = statement::member(at, name);
                paths(path.trim_start_matches('.'), value, all);
            }
        }
        _ => {}
    }
}

/// Returns the texts, numbers and booleans in a document.
fn leaves(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Array(values) => values.iter_mut().flat_map(leaves).collect(),
        Value::Object(members) => members.values_mut().flat_map(leaves).collect(),
        leaf => vec![leaf],
    }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "*", "?", "", "Allow", "Deny", "2012-10-17", "states:StartExecution", "states:StopExecutions", "states:List*",
            "*Execution", "startexecution", "sync-states:*", "lambda:*", "states:TestState", "execute-api:Invoke", ":", "a:",
            "arn:aws:states:eu-west-1:123456789012:stateMachine:orders", "arn:aws:states:us-east-1:123456789012:stateMachine:orders",
            "arn:aws:states:*:*:statemachine:${aws:username}", "arn:aws:states:eu-west-1:1*:execution:a:b", "arn:aws:s3:::b",
            "arn:", "arn:aws", "arn:*", "${", "${}", "${*}", "execute-api:/*", "arn:aws:iam::123456789012:group/g",
            "arn:aws:sts::123456789012:assumed-role/r/s", "arn:aws:sts::123456789012:assumed-role", "123456789012", "12",
            "vpc-0a", "vpc-9", "vpce-9", "vpc-*", "o-abc*",
        ]).prop_map(str::to_owned),
        1 => "[a-z:*?$\\{\\}ü\\.\\[\"\n]{0,12}",
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => any_text().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        let key = prop_oneof![
            3 => prop::sample::select(vec![
                "AWS", "aws", "Service", "StringEquals", "StringNotEquals", "StringLike", "ForAllValues:StringLike", "StringEqual",
                "ArnLikeIfExists", "NumericEquals", "Null", "aws:SourceVpc", "aws:SourceVpce", "aws:PrincipalAccount",
                "aws:PrincipalArn", "states:HTTPMethods", "aws:RequestTag/a.b",
            ]).prop_map(str::to_owned),
            1 => any_text(),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..4).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_document() -> impl Strategy<Value = Value> {
    let elements = [
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
        "Sid",
        "Other",
    ];
    let element = prop::sample::select(elements.to_vec()).prop_map(str::to_owned);
    let condition = prop::collection::hash_map(
        prop::sample::select(vec!["StringEquals", "StringNotLike", "ArnLike"]).prop_map(str::to_owned),
        prop::collection::hash_map(
            prop::sample::select(vec!["aws:SourceVpc", "aws:SourceVpce", "aws:PrincipalAccount"])
                .prop_map(str::to_owned),
            prop::collection::vec(any_text(), 0..3),
            0..3,
        ),
        0..3,
    );
    let texts = || prop::collection::vec(any_text(), 0..4);
    let likely = (prop::bool::ANY, any_json(), texts(), texts(), condition).prop_map(
        |(allow, principal, actions, resources, condition)| {
            json!({"Effect": if allow { "Allow" } else { "Deny" }, "Principal": principal, "Action": actions,
                "Resource": resources, "Condition": condition})
        },
    );
    let wild = prop::collection::vec((element, any_json()), 0..9)
        .prop_map(|elements| Value::Object(elements.into_iter().collect()));
    let statement = prop_oneof![3 => likely, 3 => wild, 1 => any_json()];
    let statements = prop_oneof![
        4 => prop::collection::vec(statement.clone(), 0..4).prop_map(Value::from),
        1 => statement,
    ];
    (prop::option::of(any_json()), statements).prop_map(|(version, statements)| match version {
        Some(version) => json!({"Version": version, "Statement": statements}),
        None => json!({"Statement": statements}),
    })
}

fn any_services() -> impl Strategy<Value = Vec<Service>> {
    prop::sample::subsequence(vec![Service::States, Service::SyncStates, Service::ExecuteApi], 0..=3)
}

proptest! {
    #[test]
    fn any_document_is_linted_and_every_path_is_in_it(
        document in prop_oneof![9 => any_document(), 1 => any_json()],
        services in any_services(),
    ) {
        let mut all = Vec::new();
        paths("", &document, &mut all);
        for place in [Place::default(), PLACE, Place { endpoint_ids: Some(&[]), ..PLACE }] {
            for found in lint(&document, &services, &place) {
                prop_assert!(all.contains(&found.path), "{found:?}");
            }
        }
    }

    #[test]
    fn nothing_follows_from_a_value_that_is_not_known(
        document in any_document(),
        services in any_services(),
        at: prop::sample::Index,
    ) {
        let mut unknown = document.clone();
        let mut leaves = leaves(&mut unknown);
        if leaves.is_empty() {
            return Ok(());
        }
        **at.get_mut(&mut leaves) = Value::Null;
        let known = lint(&document, &services, &PLACE);
        for found in lint(&unknown, &services, &PLACE) {
            // The unknown value may have been the same resource in this Region.
            let other_region = found.code.starts_with("resource-of-other-");
            prop_assert!(other_region || known.contains(&found), "{found:?}\n{document}\n{unknown}");
        }
    }

    #[test]
    fn no_text_contains_a_value_of_a_condition(
        operator in prop::sample::select(conditions::OPERATORS.to_vec()),
        key in prop::sample::select(vec!["aws:SourceVpc", "aws:SourceVpce", "aws:PrincipalAccount", "aws:PrincipalArn", "x", "states:X"]),
        value in "(vpc-|arn:aws:iam::1[*]:role/)?[*]?hush[*]?",
    ) {
        let document = json!({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
            "Condition": {operator: {key: [value]}}}});
        prop_assert!(!said(&[Service::ExecuteApi], &PLACE, &document).contains("hush"));
    }
}
