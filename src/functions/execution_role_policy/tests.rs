use serde_json::json;

use super::*;

const ARN: &str = "arn:aws:events:eu-west-1:123456789012:connection/orders/0a1b2c3d";

fn arguments(grants: Value) -> Arguments {
    serde_json::from_value(json!({"grants": grants})).unwrap()
}

fn document(grants: Value) -> Value {
    arguments(grants).document().unwrap()
}

fn problems(grants: Value) -> Vec<String> {
    let mut failures = Failures::default();
    ExecutionRolePolicy::rules(&arguments(grants), &mut failures);
    failures
        .iter()
        .map(|failure| format!("{}: {}", failure.path, failure.reason))
        .collect()
}

fn entry(urls: &[&str]) -> Value {
    let secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:events!connection/orders/1-x";
    json!({"arn": ARN, "secretArn": secret, "urls": urls, "kmsKeyId": "alias/orders"})
}

#[test]
fn the_policy_names_urls_methods_machines_secret_and_key() {
    let machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:orders";
    let document = document(json!([{
        "api": entry(&["https://a.example/orders/*"]),
        "methods": ["POST", "GET", "GET"],
        "stateMachineArns": [machine],
    }]));
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap());
}

#[test]
fn without_a_secret_a_pattern_for_the_secrets_of_the_connection_is_used() {
    let document = document(json!([{"connectionArn": ARN, "urls": ["https://a.example/*"]}]));
    assert_eq!(
        document["Statement"][2]["Resource"],
        json!(["arn:aws:secretsmanager:eu-west-1:123456789012:secret:events!connection/orders/*"])
    );
    assert_eq!(
        document["Statement"][0]["Resource"],
        "arn:aws:states:eu-west-1:123456789012:stateMachine:*"
    );
}

#[test]
fn a_method_is_not_granted_for_the_urls_of_another_grant() {
    let document = document(json!([
        {"connectionArn": ARN, "urls": ["https://a.example/*"], "methods": ["GET"]},
        {"connectionArn": ARN, "urls": ["https://b.example/*"], "methods": ["GET"]},
        {"connectionArn": ARN, "urls": ["https://c.example/*"], "methods": ["POST"]},
    ]));
    let calls: Vec<_> = document["Statement"].as_array().unwrap().iter().take(2).collect();
    let said: Vec<_> = calls
        .iter()
        .map(|call| {
            let condition = &call["Condition"];
            (
                call["Sid"].as_str().unwrap(),
                condition["StringLike"]["states:HTTPEndpoint"].clone(),
                condition["StringEquals"]["states:HTTPMethod"].clone(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            (
                "CallPrivateApis",
                json!(["https://a.example/*", "https://b.example/*"]),
                json!(["GET"])
            ),
            ("CallPrivateApis2", json!(["https://c.example/*"]), json!(["POST"])),
        ]
    );
    assert_eq!(document["Statement"].as_array().unwrap().len(), 4);
}

#[test]
fn wrong_grants_are_refused() {
    let other = "arn:aws:states:us-east-1:123456789012:stateMachine:orders";
    for (grant, path, says) in [
        (
            json!({"connectionArn": ARN}),
            "grants[0].urls: ",
            "is required with `connectionArn`",
        ),
        (
            json!({"api": {"name": "orders"}}),
            "grants[0].api: ",
            "must be an entry",
        ),
        (
            json!({"api": entry(&["https://*.execute-api.eu-west-1.amazonaws.com/*"])}),
            "grants[0].urls: ",
            "is required here",
        ),
        (
            json!({"connectionArn": ARN, "urls": ["https://b.example/*", "https://a.example*"]}),
            "grants[0].urls[1]: ",
            "wildcard before the first `/`",
        ),
        (
            json!({"connectionArn": ARN, "urls": ["https://a.example/*"], "stateMachineArns": [other]}),
            "grants[0].stateMachineArns[0]: ",
            "another account or Region",
        ),
    ] {
        let problems = problems(json!([grant]));
        let [problem] = problems.as_slice() else {
            panic!("{problems:?}")
        };
        assert!(problem.starts_with(path) && problem.contains(says), "{problem}");
    }
    let long: Vec<_> = (0..300)
        .map(|index| format!("https://a.example/a-long-path-with-number-{index}/*"))
        .collect();
    let problems = problems(json!([{"connectionArn": ARN, "urls": long}]));
    assert!(problems[0].starts_with("grants: make a policy of"), "{problems:?}");
}

#[test]
fn urls_narrower_than_those_of_the_entry_replace_them() {
    let grant = json!({"api": entry(&["https://*/*"]), "urls": ["https://a.example/orders"]});
    assert_eq!(problems(json!([grant])), Vec::<String>::new());
    let granted = &document(json!([grant]))["Statement"][0]["Condition"]["StringLike"]["states:HTTPEndpoint"];
    assert_eq!(*granted, json!(["https://a.example/orders"]));
}
