//! The policy for the role of a state machine, from the entries of `privateApis` and the children that are made for them.

use pulumi_provider::component::tracked::Flow;
use pulumi_provider::property::{Map, Value};
use serde_json::json;

use crate::component::plan::{Api, ApiTarget, given, is_given};
use crate::execution_role_policy::{self, Grant, Location};
use crate::partition::EndpointName;

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

/// Returns the URLs that the policy of one API allows. Those that the user lists are known before the connection is.
pub(super) fn allowed(api: &Api, grant: Flow) -> Flow {
    if let Some(given) = given(&api.properties, "urls") {
        return Flow::of(&given);
    }
    grant.map(|grant| {
        let grant = grant.as_object().and_then(read).unwrap_or_default();
        Value::Array(grant.urls.into_iter().map(Value::from).collect())
    })
}

/// Writes the policy. `None` if nothing was made.
fn write(grants: &[&Map]) -> Option<String> {
    let grants: Vec<_> = grants.iter().filter_map(|grant| read(grant)).collect();
    execution_role_policy::document(&grants).map(|document| document.to_string())
}

fn read(grant: &Map) -> Option<Grant> {
    let text = |name: &str| grant.get(name).and_then(Value::as_str).map(str::to_owned);
    let connection = text("connection")?;
    let urls = urls(grant, &Location::of(&connection)?);
    Some(Grant {
        connection,
        secret: text("secret"),
        urls,
        key: text("key"),
        ..Grant::default()
    })
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

#[cfg(test)]
mod tests;
