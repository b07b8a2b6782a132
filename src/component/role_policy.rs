//! The IAM policy that allows a state machine's role to call the private APIs, and nothing else.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html#connect-http-task-permissions>

use std::collections::BTreeSet;

use pulumi_provider::component::tracked::Flow;
use pulumi_provider::property::{Map, Value};
use serde_json::{Value as Json, json};

use crate::arn::Arn;
use crate::component::plan::{Api, ApiTarget, given, is_given};
use crate::partition::{EndpointName, Partition};

/// API Gateway's service name in DNS names.
const API_GATEWAY: &str = "execute-api";

/// Returns the facts about one API from which the policy is written. `configured_host` is the host of its resource
/// configuration.
pub(super) fn grant(api: &Api, connection_arn: Flow, secret_arn: Flow, configured_host: Flow) -> Flow {
    let optional =
        |name: &str| given(&api.properties, name).map_or_else(|| Flow::known(Value::Null), |value| Flow::of(&value));
    let host = match api.target {
        // With `urls`, the policy does not need the host, and is known before the host is.
        _ if is_given(&api.properties, "urls") => Flow::known(Value::Null),
        ApiTarget::DomainName => optional("domainName"),
        _ => configured_host,
    };
    let is_api_gateway = is_api_gateway(api);
    Flow::object([
        ("connection".to_owned(), connection_arn),
        ("secret".to_owned(), secret_arn),
        ("urls".to_owned(), optional("urls")),
        ("host".to_owned(), host),
        ("apiGateway".to_owned(), Flow::known(is_api_gateway)),
        ("key".to_owned(), optional("kmsKeyId")),
    ])
}

/// Reports whether the policy allows every API of the Region, because only `urls` could say which APIs are behind the endpoint.
pub(super) fn allows_a_whole_region(api: &Api) -> bool {
    let name = given(&api.properties, "domainName");
    let name = name.as_ref().and_then(Value::as_str).and_then(EndpointName::parse);
    !is_given(&api.properties, "urls") && (is_api_gateway(api) || name.is_some_and(|name| name.service == API_GATEWAY))
}

const fn is_api_gateway(api: &Api) -> bool {
    matches!(api.target, ApiTarget::OwnEndpoint | ApiTarget::VpcEndpoint)
}

/// Returns the policy as JSON text.
pub(super) fn document(grants: Vec<Flow>) -> Flow {
    Flow::all(grants).map(|grants| {
        let grants: Vec<_> = grants
            .as_array()
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_object)
            .collect();
        write(&grants).unwrap_or_else(nothing).into()
    })
}

/// Returns a policy that allows nothing. IAM refuses a policy without a statement, so the statement allows the one call that needs
/// no permission (<https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>).
fn nothing() -> String {
    let statement =
        json!({"Sid": "NoPrivateApis", "Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"});
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

/// Writes the policy. `None` if no connection ARN gives partition, Region and account: then nothing was made.
fn write(grants: &[&Map]) -> Option<String> {
    let text = |grant: &Map, name: &str| grant.get(name).and_then(Value::as_str).map(str::to_owned);
    let all = |name: &str| {
        grants
            .iter()
            .filter_map(|grant| text(grant, name))
            .collect::<BTreeSet<_>>()
    };
    let connections = all("connection");
    let location = Location::of(connections.first()?)?;
    let urls: BTreeSet<String> = grants.iter().flat_map(|grant| urls(grant, &location)).collect();
    let mut statements = vec![
        json!({
            "Sid": "CallPrivateApis",
            "Effect": "Allow",
            "Action": "states:InvokeHTTPEndpoint",
            "Resource": location.arn("states", "stateMachine:*"),
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
    // A statement without a resource would make the whole policy invalid.
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
            .map(|(index, key)| decrypt(index, key, &location)),
    );
    Some(json!({"Version": "2012-10-17", "Statement": statements}).to_string())
}

/// Returns the URLs that may be called: those that the user lists, or else the forms that AWS documents for the target.
///
/// Through an endpoint, a private API of API Gateway is called by its own name or, with the header `x-apigw-api-id`, by one of
/// the endpoint's names
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-test-invoke-url.html>). None of these
/// forms contains the name of a custom domain.
fn urls(grant: &Map, location: &Location) -> Vec<String> {
    if let Some(urls) = grant.get("urls").and_then(Value::as_array) {
        return urls.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    }
    let host = grant.get("host").and_then(Value::as_str);
    let host = host.map(|host| host.trim_end_matches('.'));
    let endpoint = host.and_then(EndpointName::parse);
    let endpoint = endpoint.filter(|name| name.service == API_GATEWAY);
    let mut urls = Vec::new();
    if endpoint.is_some() || grant.get("apiGateway").and_then(Value::as_bool) == Some(true) {
        // Covers `{api}.` and `{api}-{endpoint}.`.
        urls.push(format!("https://*.{}/*", location.host(API_GATEWAY)));
    } else if let Some(host) = host {
        urls.push(format!("https://{host}"));
    }
    urls.extend(host.map(|host| format!("https://{host}/*")));
    // The endpoint's zonal names.
    urls.extend(endpoint.map(|name| format!("https://{}-*.{}/*", name.label, name.domain)));
    urls
}

/// Returns the statement for a customer managed key, which encrypts the connection's secret. The role may use it only through
/// Secrets Manager.
fn decrypt(index: usize, key: &str, location: &Location) -> Json {
    let through = json!({"kms:ViaService": location.via("secretsmanager")});
    let (resource, condition) = match key.split_once("alias/") {
        // A policy cannot name an alias as its resource, but a condition can require it.
        Some((_, alias)) => (
            location.arn("kms", "key/*"),
            json!({"StringEquals": through, "ForAnyValue:StringEquals": {"kms:ResourceAliases": format!("alias/{alias}")}}),
        ),
        None if key.starts_with("arn:") => (key.to_owned(), json!({"StringEquals": through})),
        None => (
            location.arn("kms", &format!("key/{key}")),
            json!({"StringEquals": through}),
        ),
    };
    let sid = format!("DecryptConnectionSecrets{}", index + 1);
    json!({"Sid": sid, "Effect": "Allow", "Action": "kms:Decrypt", "Resource": resource, "Condition": condition})
}

/// The partition, Region and account of the connections.
struct Location {
    /// The partition in the ARNs. `names` is the known partition with this ID, or else the one that the Region's form suggests.
    partition: String,
    names: &'static Partition,
    region: String,
    account: String,
}

impl Location {
    fn of(arn: &str) -> Option<Self> {
        let arn = Arn::parse(arn)?;
        Some(Self {
            names: Partition::named(arn.partition).unwrap_or_else(|| Partition::of_region(arn.region)),
            partition: arn.partition.to_owned(),
            region: arn.region.to_owned(),
            account: arn.account.to_owned(),
        })
    }

    fn arn(&self, service: &str, resource: &str) -> String {
        format!(
            "arn:{}:{service}:{}:{}:{resource}",
            self.partition, self.region, self.account
        )
    }

    fn host(&self, service: &str) -> String {
        self.names.host(service, &self.region)
    }

    /// Returns the values of `kms:ViaService` for a service. AWS documents only `{service}.{region}.amazonaws.com`, and aws-cdk
    /// uses that in all partitions; no page says whether the partition's own suffix replaces it. Only AWS sets the value, so
    /// allowing both is safe
    /// (<https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service>).
    fn via(&self, service: &str) -> Json {
        let (own, documented) = (self.host(service), format!("{service}.{}.amazonaws.com", self.region));
        if own == documented {
            json!(own)
        } else {
            json!([own, documented])
        }
    }
}

#[cfg(test)]
mod tests;
