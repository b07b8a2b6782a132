use serde_json::Value as Json;

use super::*;

const ENDPOINT: &str = "vpce-0a1-x2y.execute-api.eu-west-1.vpce.amazonaws.com";

fn api(target: ApiTarget, properties: Json) -> Api {
    let Value::Object(properties) = Value::from(properties) else {
        panic!("not an object")
    };
    Api {
        name: "orders".to_owned(),
        properties,
        target,
    }
}

/// Returns the policy of these APIs in a Region of a partition, with this host.
fn policy_in(partition: &str, region: &str, host: &str, apis: &[Api]) -> Json {
    let arn =
        |service: &str, what: String| Flow::known(format!("arn:{partition}:{service}:{region}:123456789012:{what}"));
    let grants = apis.iter().enumerate().map(|(index, api)| {
        grant(
            api,
            arn("events", format!("connection/c{index}/1")),
            arn("secretsmanager", format!("secret:events!connection/c{index}/1")),
            Flow::known(host),
        )
    });
    serde_json::from_str(document(grants.collect()).text().unwrap()).unwrap()
}

fn policy(apis: &[Api]) -> Json {
    policy_in("aws", "eu-west-1", ENDPOINT, apis)
}

fn urls_of(policy: &Json) -> Vec<String> {
    let urls = policy["Statement"][0]["Condition"]["StringLike"]["states:HTTPEndpoint"].as_array();
    urls.unwrap()
        .iter()
        .map(|url| url.as_str().unwrap().to_owned())
        .collect()
}

/// Matches as IAM's StringLike: `*` stands for any characters, `?` for one, and case matters
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>).
fn is_like(text: &str, pattern: &str) -> bool {
    let pattern = regex::escape(pattern).replace(r"\*", ".*").replace(r"\?", ".");
    regex::Regex::new(&format!("^{pattern}$")).unwrap().is_match(text)
}

/// A target in a Region and partition, and the URLs that state machines may and may not call.
struct Case {
    partition: &'static str,
    region: &'static str,
    target: ApiTarget,
    properties: Json,
    host: &'static str,
    allowed: &'static [&'static str],
    denied: &'static [&'static str],
}

impl Default for Case {
    fn default() -> Self {
        Self {
            partition: "aws",
            region: "eu-west-1",
            target: ApiTarget::OwnEndpoint,
            properties: json!({}),
            host: ENDPOINT,
            allowed: &[],
            denied: &[],
        }
    }
}

#[test]
fn the_urls_that_aws_documents_are_allowed() {
    let shapes = |target| Case {
        target,
        allowed: &[
            // The API's name; that name with the endpoint in it; and the endpoint's names, which are called with
            // `x-apigw-api-id`.
            "https://abc123.execute-api.eu-west-1.amazonaws.com/prod/orders?x=1",
            "https://abc123-vpce-0a1.execute-api.eu-west-1.amazonaws.com/prod",
            "https://vpce-0a1-x2y.execute-api.eu-west-1.vpce.amazonaws.com/prod",
            "https://vpce-0a1-x2y-eu-west-1a.execute-api.eu-west-1.vpce.amazonaws.com/prod",
        ],
        denied: &[
            "http://abc123.execute-api.eu-west-1.amazonaws.com/prod",
            "https://abc123.execute-api.us-east-1.amazonaws.com/prod",
            "https://vpce-0b2-x2y.execute-api.eu-west-1.vpce.amazonaws.com/prod",
            "https://vpce-0a1-x2y.states.eu-west-1.vpce.amazonaws.com/",
            "https://private.example.com/prod",
            "https://abc123.execute-api.eu-west-1.amazonaws.com.example.com/prod",
        ],
        ..Case::default()
    };
    let partition = |partition, region, host, allowed, denied| Case {
        partition,
        region,
        host,
        allowed,
        denied,
        ..Case::default()
    };
    for case in [
        shapes(ApiTarget::OwnEndpoint),
        shapes(ApiTarget::VpcEndpoint),
        // The target is the endpoint's DNS name.
        Case {
            properties: json!({ "domainName": format!("{ENDPOINT}.") }),
            host: "not asked for",
            ..shapes(ApiTarget::DomainName)
        },
        Case {
            target: ApiTarget::DomainName,
            properties: json!({ "domainName": "private.example.com." }),
            host: "private.example.com",
            allowed: &[
                "https://private.example.com",
                "https://private.example.com/",
                "https://private.example.com/a/b",
            ],
            denied: &[
                "https://private.example.com.evil.example/",
                "https://abc123.execute-api.eu-west-1.amazonaws.com/prod",
            ],
            ..Case::default()
        },
        // A custom domain of API Gateway: only the listed URLs are allowed.
        Case {
            properties: json!({ "urls": ["https://private.example.com/orders/*"] }),
            allowed: &["https://private.example.com/orders/1"],
            denied: &[
                "https://private.example.com/stock/1",
                "https://abc123.execute-api.eu-west-1.amazonaws.com/prod",
                "https://vpce-0a1-x2y.execute-api.eu-west-1.vpce.amazonaws.com/prod",
            ],
            ..Case::default()
        },
        partition(
            "aws-cn",
            "cn-north-1",
            "vpce-0a1-x2y.execute-api.cn-north-1.vpce.amazonaws.com.cn",
            &[
                "https://abc123.execute-api.cn-north-1.amazonaws.com.cn/prod",
                "https://vpce-0a1-x2y.execute-api.cn-north-1.vpce.amazonaws.com.cn/prod",
            ],
            &["https://abc123.execute-api.cn-north-1.amazonaws.com/prod"],
        ),
        partition(
            "aws-us-gov",
            "us-gov-west-1",
            "vpce-0a1-x2y.execute-api.us-gov-west-1.vpce.amazonaws.com",
            &["https://abc123.execute-api.us-gov-west-1.amazonaws.com/prod"],
            &["https://abc123.execute-api.us-west-1.amazonaws.com/prod"],
        ),
        partition(
            "aws-eusc",
            "eusc-de-east-1",
            "vpce-0a1-x2y.execute-api.eusc-de-east-1.vpce.amazonaws.eu",
            &[
                "https://abc123-vpce-0a1.execute-api.eusc-de-east-1.amazonaws.eu/prod",
                "https://vpce-0a1-x2y-eusc-de-east-1a.execute-api.eusc-de-east-1.vpce.amazonaws.eu/prod",
            ],
            &["https://abc123.execute-api.eusc-de-east-1.amazonaws.com/prod"],
        ),
        partition(
            "aws-iso-b",
            "us-isob-east-1",
            "vpce-0a1-x2y.execute-api.us-isob-east-1.vpce.sc2s.sgov.gov",
            &[
                "https://abc123.execute-api.us-isob-east-1.sc2s.sgov.gov/prod",
                "https://vpce-0a1-x2y.execute-api.us-isob-east-1.vpce.sc2s.sgov.gov/prod",
            ],
            &["https://abc123.execute-api.us-isob-east-1.amazonaws.com/prod"],
        ),
        // An unknown partition: the host that AWS returns is allowed nevertheless.
        partition(
            "aws-moon",
            "moon-base-1",
            "vpce-0a1-x2y.execute-api.moon-base-1.vpce.aws.moon",
            &["https://vpce-0a1-x2y.execute-api.moon-base-1.vpce.aws.moon/prod"],
            &["https://private.example.com/"],
        ),
    ] {
        let listed = urls_of(&policy_in(
            case.partition,
            case.region,
            case.host,
            &[api(case.target, case.properties)],
        ));
        let is_allowed = |url: &str| listed.iter().any(|pattern| is_like(url, pattern));
        for url in case.allowed {
            assert!(is_allowed(url), "{url} is not in {listed:?}");
        }
        for url in case.denied {
            assert!(!is_allowed(url), "{url} is in {listed:?}");
        }
    }
}

#[test]
fn the_urls_of_targets_are_listed_once() {
    let both = policy(&[
        api(ApiTarget::OwnEndpoint, json!({})),
        api(ApiTarget::VpcEndpoint, json!({})),
    ]);
    assert_eq!(
        urls_of(&both),
        [
            "https://*.execute-api.eu-west-1.amazonaws.com/*",
            "https://vpce-0a1-x2y-*.execute-api.eu-west-1.vpce.amazonaws.com/*",
            "https://vpce-0a1-x2y.execute-api.eu-west-1.vpce.amazonaws.com/*",
        ]
    );
    let address = json!({"urls": ["https://a.example/v1/*"]});
    assert_eq!(
        urls_of(&policy(&[api(ApiTarget::IpAddress, address)])),
        ["https://a.example/v1/*"]
    );
}

#[test]
fn one_policy_document_covers_all_apis() {
    let policy = policy(&[
        api(ApiTarget::OwnEndpoint, json!({})),
        api(ApiTarget::OwnEndpoint, json!({"kmsKeyId": "alias/orders"})),
    ]);
    insta::assert_snapshot!(serde_json::to_string_pretty(&policy).unwrap());
}

#[test]
fn every_statement_has_a_resource() {
    let connection = Flow::known("arn:aws:events:eu-west-1:123456789012:connection/c/1");
    let (no_secret, no_host) = (Flow::known(Value::Null), Flow::known(Value::Null));
    let granted = grant(&api(ApiTarget::OwnEndpoint, json!({})), connection, no_secret, no_host);
    let policy: Json = serde_json::from_str(document(vec![granted]).text().unwrap()).unwrap();
    for statement in policy["Statement"].as_array().unwrap() {
        assert_ne!(statement["Resource"], json!([]), "{statement}");
    }
    assert_eq!(urls_of(&policy), ["https://*.execute-api.eu-west-1.amazonaws.com/*"]);
}

#[test]
fn a_key_may_be_used_only_through_secrets_manager() {
    let statement =
        |key: &str| policy(&[api(ApiTarget::OwnEndpoint, json!({"kmsKeyId": key}))])["Statement"][3].clone();
    let own = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd";
    for key in ["1234abcd", own] {
        let statement = statement(key);
        assert_eq!(statement["Resource"], own);
        let through = json!({"StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}});
        assert_eq!(statement["Condition"], through);
    }
    // The name of an alias may contain slashes.
    for alias in ["alias/orders", "alias/team/alias/orders"] {
        for key in [alias.to_owned(), format!("arn:aws:kms:eu-west-1:123456789012:{alias}")] {
            let statement = statement(&key);
            assert_eq!(statement["Resource"], "arn:aws:kms:eu-west-1:123456789012:key/*");
            let aliases = &statement["Condition"]["ForAnyValue:StringEquals"]["kms:ResourceAliases"];
            assert_eq!(aliases, alias);
        }
    }
}

#[test]
fn apis_with_the_same_key_share_its_statement() {
    let keyed = || api(ApiTarget::OwnEndpoint, json!({"kmsKeyId": "1234abcd"}));
    assert_eq!(policy(&[keyed(), keyed()])["Statement"].as_array().unwrap().len(), 4);
}

#[test]
fn the_policy_uses_the_names_of_each_partition() {
    for (partition, region, through) in [
        ("aws", "eu-west-1", &["amazonaws.com"][..]),
        ("aws-us-gov", "us-gov-west-1", &["amazonaws.com"]),
        ("aws-cn", "cn-north-1", &["amazonaws.com.cn", "amazonaws.com"]),
        ("aws-eusc", "eusc-de-east-1", &["amazonaws.eu", "amazonaws.com"]),
        ("aws-iso", "us-iso-east-1", &["c2s.ic.gov", "amazonaws.com"]),
        ("aws-iso-b", "us-isob-east-1", &["sc2s.sgov.gov", "amazonaws.com"]),
        ("aws-iso-e", "eu-isoe-west-1", &["cloud.adc-e.uk", "amazonaws.com"]),
        ("aws-iso-f", "us-isof-south-1", &["csp.hci.ic.gov", "amazonaws.com"]),
        // A new Region, and a new partition.
        ("aws-cn", "cn-south-9", &["amazonaws.com.cn", "amazonaws.com"]),
        ("aws-moon", "moon-base-1", &["amazonaws.com"]),
    ] {
        let keyed = [api(ApiTarget::OwnEndpoint, json!({"kmsKeyId": "alias/orders"}))];
        let policy = policy_in(partition, region, "", &keyed);
        let statements = &policy["Statement"];
        let arn = |service: &str, what: &str| format!("arn:{partition}:{service}:{region}:123456789012:{what}");
        assert_eq!(statements[0]["Resource"], arn("states", "stateMachine:*"));
        assert_eq!(statements[1]["Resource"], json!([arn("events", "connection/c0/1")]));
        assert_eq!(statements[3]["Resource"], arn("kms", "key/*"));
        let expected: Vec<_> = through
            .iter()
            .map(|suffix| format!("secretsmanager.{region}.{suffix}"))
            .collect();
        let via = &statements[3]["Condition"]["StringEquals"]["kms:ViaService"];
        let via: Vec<_> = via.as_array().cloned().unwrap_or_else(|| vec![via.clone()]);
        assert_eq!(via, expected, "{region}");
    }
}

#[test]
fn the_policy_is_unknown_while_the_connection_or_the_host_is() {
    let known = || Flow::known("arn:aws:events:eu-west-1:123456789012:connection/c/1");
    let unknown = || Flow::unknown("urn");
    let own = api(ApiTarget::OwnEndpoint, json!({}));
    let value = |api: &Api, arn, host| document(vec![grant(api, arn, known(), host)]).value().cloned();
    assert_eq!(value(&own, unknown(), known()), None);
    assert_eq!(value(&own, known(), unknown()), None);
    let listed = api(
        ApiTarget::OwnEndpoint,
        json!({"urls": ["https://private.example.com/*"]}),
    );
    assert!(
        value(&listed, known(), unknown()).is_some(),
        "the host is not asked for"
    );
}
