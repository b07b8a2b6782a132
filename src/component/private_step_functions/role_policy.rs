//! The IAM policy that lets a state machine's role call the private APIs, and nothing else.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html#connect-http-task-permissions>

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::component::flow::Flow;
use crate::component::private_step_functions::plan::{Api, Target, given};
use crate::property::{Map, Value};

/// What one API brings to the policy.
pub(super) fn grant(api: &Api, connection_arn: Flow, secret_arn: Flow) -> Flow {
    let optional =
        |name: &str| given(&api.properties, name).map_or_else(|| Flow::known(Value::Null), |value| Flow::of(&value));
    let domain = if api.target == Target::DomainName {
        optional("domainName")
    } else {
        Flow::known(Value::Null)
    };
    Flow::object([
        ("connection".to_owned(), connection_arn),
        ("secret".to_owned(), secret_arn),
        ("urls".to_owned(), optional("urls")),
        ("domain".to_owned(), domain),
        ("key".to_owned(), optional("kmsKeyId")),
    ])
}

/// The policy as JSON text.
pub(super) fn document(grants: Vec<Flow>) -> Flow {
    Flow::all(grants).map(|grants| {
        let grants: Vec<_> = grants
            .as_array()
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_object)
            .collect();
        write(&grants).map_or(Value::Null, Value::from)
    })
}

/// `None` if no ARN tells the partition, Region and account: then nothing was made.
fn write(grants: &[&Map]) -> Option<String> {
    let text = |grant: &Map, name: &str| grant.get(name).and_then(Value::as_str).map(str::to_owned);
    let all = |name: &str| {
        grants
            .iter()
            .filter_map(|grant| text(grant, name))
            .collect::<BTreeSet<_>>()
    };
    let connections = all("connection");
    let place = Place::of(connections.first()?)?;
    let urls: BTreeSet<String> = grants.iter().flat_map(|grant| urls(grant, &place)).collect();
    let mut statements = vec![
        json!({
            "Sid": "CallPrivateApis",
            "Effect": "Allow",
            "Action": "states:InvokeHTTPEndpoint",
            "Resource": place.arn("states", "stateMachine:*"),
            "Condition": {"StringLike": {"states:HTTPEndpoint": urls}},
        }),
        json!({
            "Sid": "UseConnections",
            "Effect": "Allow",
            "Action": "events:RetrieveConnectionCredentials",
            "Resource": connections,
        }),
    ];
    let secrets = all("secret");
    // A statement without a resource makes the whole policy invalid.
    if !secrets.is_empty() {
        statements.push(json!({
            "Sid": "ReadConnectionSecrets",
            "Effect": "Allow",
            "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
            "Resource": secrets,
        }));
    }
    statements.extend(
        all("key")
            .iter()
            .enumerate()
            .map(|(index, key)| decrypt(index, key, &place)),
    );
    Some(json!({"Version": "2012-10-17", "Statement": statements}).to_string())
}

fn urls(grant: &Map, place: &Place) -> Vec<String> {
    if let Some(urls) = grant.get("urls").and_then(Value::as_array) {
        return urls.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    }
    match grant.get("domain").and_then(Value::as_str) {
        Some(domain) => vec![format!("https://{}/*", domain.trim_end_matches('.'))],
        None => vec![format!(
            "https://*.execute-api.{}.{}/*",
            place.region,
            place.dns_suffix()
        )],
    }
}

/// The connection's secret is encrypted with the user's key; the role decrypts it, through Secrets Manager only.
fn decrypt(index: usize, key: &str, place: &Place) -> Json {
    let through = json!({"kms:ViaService": format!("secretsmanager.{}.{}", place.region, place.dns_suffix())});
    let (resource, condition) = match key.rsplit_once("alias/") {
        // A policy cannot name an alias as its resource, only ask for it.
        Some((_, alias)) => (
            place.arn("kms", "key/*"),
            json!({"StringEquals": through, "ForAnyValue:StringEquals": {"kms:ResourceAliases": format!("alias/{alias}")}}),
        ),
        None if key.starts_with("arn:") => (key.to_owned(), json!({"StringEquals": through})),
        None => (
            place.arn("kms", &format!("key/{key}")),
            json!({"StringEquals": through}),
        ),
    };
    let sid = format!("DecryptConnectionSecrets{}", index + 1);
    json!({"Sid": sid, "Effect": "Allow", "Action": "kms:Decrypt", "Resource": resource, "Condition": condition})
}

/// Where the connections are.
struct Place {
    partition: String,
    region: String,
    account: String,
}

impl Place {
    fn of(arn: &str) -> Option<Self> {
        let mut parts = arn.split(':').skip(1).map(str::to_owned);
        let (partition, _service) = (parts.next()?, parts.next()?);
        Some(Self {
            partition,
            region: parts.next()?,
            account: parts.next()?,
        })
    }

    fn arn(&self, service: &str, resource: &str) -> String {
        format!(
            "arn:{}:{service}:{}:{}:{resource}",
            self.partition, self.region, self.account
        )
    }

    fn dns_suffix(&self) -> &'static str {
        if self.partition == "aws-cn" {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(target: Target, properties: Json) -> Api {
        let Value::Object(properties) = Value::from(properties) else {
            panic!("not an object")
        };
        Api {
            name: "orders".to_owned(),
            properties,
            target,
        }
    }

    fn policy(apis: &[Api]) -> Json {
        let grants = apis.iter().enumerate().map(|(index, api)| {
            grant(
                api,
                Flow::known(format!("arn:aws:events:eu-west-1:123456789012:connection/c{index}/1")),
                Flow::known(format!(
                    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:events!connection/c{index}/1"
                )),
            )
        });
        serde_json::from_str(document(grants.collect()).text().unwrap()).unwrap()
    }

    #[test]
    fn urls_default_to_the_target() {
        let urls = |api: Api| policy(&[api])["Statement"][0]["Condition"]["StringLike"]["states:HTTPEndpoint"].clone();
        assert_eq!(
            urls(api(Target::OwnEndpoint, json!({}))),
            json!(["https://*.execute-api.eu-west-1.amazonaws.com/*"])
        );
        assert_eq!(
            urls(api(Target::DomainName, json!({"domainName": "api.example.com."}))),
            json!(["https://api.example.com/*"])
        );
        assert_eq!(
            urls(api(Target::IpAddress, json!({"urls": ["https://a.example/v1/*"]}))),
            json!(["https://a.example/v1/*"])
        );
    }

    #[test]
    fn one_document_for_all_apis() {
        let policy = policy(&[
            api(Target::OwnEndpoint, json!({})),
            api(Target::OwnEndpoint, json!({"kmsKeyId": "alias/orders"})),
        ]);
        insta::assert_snapshot!(serde_json::to_string_pretty(&policy).unwrap());
    }

    #[test]
    fn no_statement_is_without_a_resource() {
        let connection = Flow::known("arn:aws:events:eu-west-1:123456789012:connection/c/1");
        let no_secret = Flow::known(Value::Null);
        let granted = grant(&api(Target::OwnEndpoint, json!({})), connection, no_secret);
        let policy: Json = serde_json::from_str(document(vec![granted]).text().unwrap()).unwrap();
        for statement in policy["Statement"].as_array().unwrap() {
            assert_ne!(statement["Resource"], json!([]), "{statement}");
        }
    }

    #[test]
    fn a_key_is_used_through_secrets_manager_alone() {
        let statement =
            |key: &str| policy(&[api(Target::OwnEndpoint, json!({"kmsKeyId": key}))])["Statement"][3].clone();
        let own = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd";
        for key in ["1234abcd", own] {
            let statement = statement(key);
            assert_eq!(statement["Resource"], own);
            let through = json!({"StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}});
            assert_eq!(statement["Condition"], through);
        }
        for key in ["alias/orders", "arn:aws:kms:eu-west-1:123456789012:alias/orders"] {
            let statement = statement(key);
            assert_eq!(statement["Resource"], "arn:aws:kms:eu-west-1:123456789012:key/*");
            let aliases = &statement["Condition"]["ForAnyValue:StringEquals"]["kms:ResourceAliases"];
            assert_eq!(aliases, "alias/orders");
        }
    }

    #[test]
    fn apis_with_the_same_key_share_its_statement() {
        let keyed = || api(Target::OwnEndpoint, json!({"kmsKeyId": "1234abcd"}));
        assert_eq!(policy(&[keyed(), keyed()])["Statement"].as_array().unwrap().len(), 4);
    }

    #[test]
    fn china_has_names_of_its_own() {
        let api = api(Target::OwnEndpoint, json!({"kmsKeyId": "alias/orders"}));
        let arn =
            |service: &str, what: &str| Flow::known(format!("arn:aws-cn:{service}:cn-north-1:123456789012:{what}"));
        let grant = grant(&api, arn("events", "connection/c/1"), arn("secretsmanager", "secret:c"));
        let policy: Json = serde_json::from_str(document(vec![grant]).text().unwrap()).unwrap();
        let statements = &policy["Statement"];
        assert_eq!(
            statements[0]["Condition"]["StringLike"]["states:HTTPEndpoint"],
            json!(["https://*.execute-api.cn-north-1.amazonaws.com.cn/*"])
        );
        assert_eq!(
            statements[0]["Resource"],
            "arn:aws-cn:states:cn-north-1:123456789012:stateMachine:*"
        );
        assert_eq!(
            statements[3]["Condition"]["StringEquals"]["kms:ViaService"],
            "secretsmanager.cn-north-1.amazonaws.com.cn"
        );
        assert_eq!(
            statements[3]["Resource"],
            "arn:aws-cn:kms:cn-north-1:123456789012:key/*"
        );
    }

    #[test]
    fn unknown_while_a_connection_is() {
        let grant = grant(
            &api(Target::OwnEndpoint, json!({})),
            Flow::unknown("urn"),
            Flow::unknown("urn"),
        );
        assert_eq!(document(vec![grant]).value(), None);
    }
}
