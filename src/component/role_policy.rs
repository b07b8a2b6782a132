//! The IAM policy that lets a state machine's role call the private APIs, and nothing else.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html#connect-http-task-permissions>

use std::collections::BTreeSet;

use pulumi_provider::component::tracked::Flow;
use pulumi_provider::property::{Map, Value};
use serde_json::{Value as Json, json};

use crate::arn::Arn;
use crate::component::plan::{Api, Target, given, is_given};
use crate::partition::{EndpointName, Partition};

/// The service, as it stands in DNS names.
const API_GATEWAY: &str = "execute-api";

/// What one API brings to the policy. `configured_host` is the host that its resource configuration leads to.
pub(super) fn grant(api: &Api, connection_arn: Flow, secret_arn: Flow, configured_host: Flow) -> Flow {
    let optional =
        |name: &str| given(&api.properties, name).map_or_else(|| Flow::known(Value::Null), |value| Flow::of(&value));
    let host = match api.target {
        // Then the URLs do not depend on it, and are known before it is.
        _ if is_given(&api.properties, "urls") => Flow::known(Value::Null),
        Target::DomainName => optional("domainName"),
        _ => configured_host,
    };
    let is_api_gateway = matches!(api.target, Target::OwnEndpoint | Target::VpcEndpoint);
    Flow::object([
        ("connection".to_owned(), connection_arn),
        ("secret".to_owned(), secret_arn),
        ("urls".to_owned(), optional("urls")),
        ("host".to_owned(), host),
        ("apiGateway".to_owned(), Flow::known(is_api_gateway)),
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

/// What may be called: what the user lists, or else the forms of URLs that AWS documents for the target.
///
/// A private API is called through an endpoint of API Gateway by its own name or, with the header `x-apigw-api-id`, by one of
/// the endpoint's names
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-test-invoke-url.html>). The name of a
/// custom domain is in none of them.
fn urls(grant: &Map, place: &Place) -> Vec<String> {
    if let Some(urls) = grant.get("urls").and_then(Value::as_array) {
        return urls.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    }
    let host = grant.get("host").and_then(Value::as_str);
    let host = host.map(|host| host.trim_end_matches('.'));
    let endpoint = host.and_then(EndpointName::parse);
    let endpoint = endpoint.filter(|name| name.service == API_GATEWAY);
    let mut urls = Vec::new();
    if endpoint.is_some() || grant.get("apiGateway").and_then(Value::as_bool) == Some(true) {
        // `{api}.` and `{api}-{endpoint}.`
        urls.push(format!("https://*.{}/*", place.host(API_GATEWAY)));
    } else if let Some(host) = host {
        urls.push(format!("https://{host}"));
    }
    urls.extend(host.map(|host| format!("https://{host}/*")));
    // The names of its zones.
    urls.extend(endpoint.map(|name| format!("https://{}-*.{}/*", name.label, name.domain)));
    urls
}

/// The connection's secret is encrypted with the user's key; the role decrypts it, through Secrets Manager only.
fn decrypt(index: usize, key: &str, place: &Place) -> Json {
    let through = json!({"kms:ViaService": place.via("secretsmanager")});
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
    /// As the ARNs have it; `names` is the nearest that is known of it.
    partition: String,
    names: &'static Partition,
    region: String,
    account: String,
}

impl Place {
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

    /// The values of `kms:ViaService` for a service. AWS documents `{service}.{region}.amazonaws.com` alone, and aws-cdk uses that in
    /// all partitions; no page says whether the partition's own suffix takes its place. Only AWS sets the value, so both are
    /// safe (<https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service>).
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
