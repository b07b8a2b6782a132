//! Converts a connection, as EventBridge describes it, to inputs and computed outputs.
//!
//! EventBridge never returns secrets, so they are taken from the prior inputs, if these still describe the same thing. An import
//! has no prior inputs: it leaves out what would lack a secret, as a whole. Then `inputs` in the file of `pulumi import` can give
//! it, because the engine fills in only properties that are absent at the top level, and the next update adds all of it.

use aws_sdk_eventbridge::operation::describe_connection::DescribeConnectionOutput;
use aws_sdk_eventbridge::types::{
    ConnectionAuthResponseParameters, ConnectionHttpParameters, ConnectionOAuthResponseParameters,
    DescribeConnectionConnectivityParameters, DescribeConnectionResourceParameters,
};

use pulumi_provider::error::Error;
use pulumi_provider::resource::Found;
use pulumi_provider::resource::context::Cx;

use super::inputs::{ApiKey, Auth, Basic, HttpParameter, HttpParameters, Inputs, OAuth};
use super::request;
use super::{Live, State};
use crate::arn::Arn;
use crate::aws::Aws;
use crate::no_credentials;

/// Returns the inputs and the computed outputs.
pub(super) async fn found(
    _cx: &Cx<Aws>,
    live: Live,
    prior: Option<&Found<Inputs, State>>,
) -> Result<Found<Inputs, State>, Error> {
    Ok(Found {
        inputs: inputs(&live, prior.map(|prior| &prior.inputs)),
        state: state(&live),
    })
}

/// Returns the computed outputs.
#[must_use]
pub fn state(live: &DescribeConnectionOutput) -> State {
    State {
        arn: live.connection_arn.clone(),
        state: live.connection_state.as_ref().map(|state| state.as_str().to_owned()),
        state_reason: live.state_reason.clone().filter(|reason| !reason.is_empty()),
        secret_arn: live.secret_arn.clone(),
        resource_association_arn: invocation_path(live)
            .map(|path| path.resource_association_arn.clone())
            .filter(|arn| !arn.is_empty()),
    }
}

/// Returns the inputs that a user would write to get this connection.
pub(super) fn inputs(live: &DescribeConnectionOutput, prior: Option<&Inputs>) -> Inputs {
    let shown = live.auth_parameters.as_ref();
    Inputs {
        name: live.name.clone().unwrap_or_default(),
        description: description(live, prior),
        auth: match (shown, prior) {
            (Some(shown), Some(prior)) => auth(shown, prior.auth.as_ref()),
            // Credentials of every kind have a secret.
            (Some(_), None) => None,
            // A deauthorized connection shows no parameters. Its state tells that, and the next update sends all of them again.
            (None, prior) => prior.and_then(|prior| prior.auth.clone()),
        },
        invocation_parameters: match (shown, prior) {
            (Some(shown), Some(prior)) => http(
                shown.invocation_http_parameters.as_ref(),
                prior.invocation_parameters.as_ref(),
            ),
            (Some(shown), None) => http(shown.invocation_http_parameters.as_ref(), None).filter(has_no_secret),
            (None, prior) => prior.and_then(|prior| prior.invocation_parameters.clone()),
        },
        resource_configuration_arn: configuration_arn(live).map(str::to_owned),
        kms_key_id: kms_key(live, prior.and_then(|prior| prior.kms_key_id.as_deref())),
    }
}

/// Reports whether a connection matches the wanted inputs, as far as EventBridge shows it.
pub(super) fn matches(live: &DescribeConnectionOutput, wanted: &Inputs) -> bool {
    // With the wanted inputs as the prior ones, everything that is not shown or has another spelling comes from them.
    let seen = inputs(live, Some(wanted));
    seen == *wanted && live.authorization_type.as_ref() == Some(&request::authorization_type(wanted))
}

/// Returns the ARN of the resource configuration through which calls reach the API, if there is one.
#[must_use]
pub fn configuration_arn(live: &DescribeConnectionOutput) -> Option<&str> {
    let arn = invocation_path(live)?.resource_configuration_arn();
    (!arn.is_empty()).then_some(arn)
}

/// Returns the description. An empty one counts as absent, unless the prior inputs have an empty one.
fn description(live: &DescribeConnectionOutput, prior: Option<&Inputs>) -> Option<String> {
    let shown = live.description.clone().filter(|text| !text.is_empty());
    shown.or_else(|| prior?.description.clone().filter(String::is_empty))
}

fn invocation_path(live: &DescribeConnectionOutput) -> Option<&DescribeConnectionResourceParameters> {
    path(live.invocation_connectivity_parameters.as_ref())
}

fn oauth_path(shown: &ConnectionAuthResponseParameters) -> Option<&str> {
    let arn = path(shown.connectivity_parameters.as_ref())?.resource_configuration_arn();
    (!arn.is_empty()).then_some(arn)
}

fn path(
    parameters: Option<&DescribeConnectionConnectivityParameters>,
) -> Option<&DescribeConnectionResourceParameters> {
    parameters?.resource_parameters()
}

fn auth(shown: &ConnectionAuthResponseParameters, was: Option<&Auth>) -> Option<Auth> {
    if let Some(basic) = &shown.basic_auth_parameters {
        let password = was
            .and_then(|auth| auth.basic.as_ref())
            .and_then(|basic| basic.password.clone());
        return Some(Auth {
            basic: Some(Basic {
                username: basic.username.clone().unwrap_or_default(),
                password,
            }),
            ..Auth::default()
        });
    }
    if let Some(oauth) = &shown.o_auth_parameters {
        return Some(Auth {
            oauth: Some(oauth_inputs(shown, oauth, was.and_then(|auth| auth.oauth.as_ref()))),
            ..Auth::default()
        });
    }
    let name = shown
        .api_key_auth_parameters
        .as_ref()?
        .api_key_name
        .clone()
        .unwrap_or_default();
    let nobody_asked_for_it = was.is_none() && name == no_credentials::HEADER;
    (!nobody_asked_for_it).then(|| Auth {
        api_key: Some(ApiKey {
            value: was
                .and_then(|auth| auth.api_key.as_ref())
                .and_then(|key| key.value.clone()),
            name,
        }),
        ..Auth::default()
    })
}

fn oauth_inputs(
    shown: &ConnectionAuthResponseParameters,
    oauth: &ConnectionOAuthResponseParameters,
    prior: Option<&OAuth>,
) -> OAuth {
    let client = oauth.client_parameters.as_ref();
    OAuth {
        authorization_endpoint: oauth.authorization_endpoint.clone().unwrap_or_default(),
        http_method: oauth
            .http_method
            .as_ref()
            .map(|method| method.as_str().to_owned())
            .unwrap_or_default(),
        client_id: client.and_then(|client| client.client_id.clone()).unwrap_or_default(),
        client_secret: prior.and_then(|prior| prior.client_secret.clone()),
        parameters: http(
            oauth.o_auth_http_parameters.as_ref(),
            prior.and_then(|prior| prior.parameters.as_ref()),
        ),
        resource_configuration_arn: oauth_path(shown).map(str::to_owned),
    }
}

fn http(live: Option<&ConnectionHttpParameters>, prior: Option<&HttpParameters>) -> Option<HttpParameters> {
    let mut headers = Vec::new();
    let mut query = Vec::new();
    let mut body = Vec::new();
    if let Some(live) = live {
        let one = |key: &Option<String>, value: &Option<String>, secret| parameter(key, value, secret);
        headers.extend(
            live.header_parameters()
                .iter()
                .map(|p| one(&p.key, &p.value, p.is_value_secret)),
        );
        query.extend(
            live.query_string_parameters()
                .iter()
                .map(|p| one(&p.key, &p.value, p.is_value_secret)),
        );
        body.extend(
            live.body_parameters()
                .iter()
                .map(|p| one(&p.key, &p.value, p.is_value_secret)),
        );
    }
    let found = HttpParameters {
        headers: list(headers, prior.and_then(|prior| prior.headers.as_deref())),
        query_string: list(query, prior.and_then(|prior| prior.query_string.as_deref())),
        body: list(body, prior.and_then(|prior| prior.body.as_deref())),
    };
    // An object without lists means the same as none: it is kept if the prior inputs have one.
    (found != HttpParameters::default() || prior.is_some()).then_some(found)
}

fn has_no_secret(parameters: &HttpParameters) -> bool {
    let lists = [&parameters.headers, &parameters.query_string, &parameters.body];
    !lists.into_iter().flatten().flatten().any(HttpParameter::is_secret)
}

fn parameter(key: &Option<String>, value: &Option<String>, secret: bool) -> HttpParameter {
    HttpParameter {
        key: key.clone().unwrap_or_default(),
        value: value.clone().filter(|_| !secret),
        secret: secret.then_some(true),
    }
}

/// Returns the live list with what the prior one adds: secret values, an explicit `secret: false`, and the order of the
/// parameters that are in both.
fn list(live: Vec<HttpParameter>, prior: Option<&[HttpParameter]>) -> Option<Vec<HttpParameter>> {
    let Some(prior) = prior else {
        return (!live.is_empty()).then_some(live);
    };
    let mut unclaimed: Vec<&HttpParameter> = prior.iter().collect();
    let mut found: Vec<(usize, HttpParameter)> = Vec::new();
    for mut one in live {
        let twin = unclaimed.iter().position(|was| {
            was.key == one.key && was.is_secret() == one.is_secret() && (one.is_secret() || was.value == one.value)
        });
        let rank = match twin {
            Some(position) => {
                let was = unclaimed.remove(position);
                one = was.clone();
                prior.iter().position(|p| std::ptr::eq(p, was)).unwrap_or(prior.len())
            }
            None => prior.len(),
        };
        found.push((rank, one));
    }
    // The sort is stable: new parameters come last, in the order of EventBridge.
    found.sort_by_key(|(rank, _)| *rank);
    Some(found.into_iter().map(|(_, one)| one).collect())
}

/// Returns the identifier of the KMS key. EventBridge returns it as it was set, but somebody else may have set the same key by
/// another identifier: then the prior one is kept.
fn kms_key(live: &DescribeConnectionOutput, prior: Option<&str>) -> Option<String> {
    let live = live.kms_key_identifier.as_deref().filter(|key| !key.is_empty())?;
    match prior {
        Some(prior) if same_key(live, prior) => Some(prior.to_owned()),
        _ => Some(live.to_owned()),
    }
}

/// Reports whether two identifiers name the same key, as far as that is known without a call to KMS: an ARN and its last part do.
/// An alias and a key id never count as the same.
pub(super) fn same_key(one: &str, other: &str) -> bool {
    fn short(id: &str) -> &str {
        let Some(arn) = Arn::parse(id) else { return id };
        arn.resource.strip_prefix("key/").unwrap_or(arn.resource)
    }
    let both_are_arns = one.starts_with("arn:") && other.starts_with("arn:");
    one == other || (!both_are_arns && short(one) == short(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(list: &[(&str, Option<&str>, Option<bool>)]) -> Vec<HttpParameter> {
        list.iter()
            .map(|(key, value, secret)| HttpParameter {
                key: (*key).to_owned(),
                value: value.map(str::to_owned),
                secret: *secret,
            })
            .collect()
    }

    #[test]
    fn a_list_keeps_secrets_spelling_and_order() {
        let prior = parameters(&[("b", Some("2"), Some(false)), ("a", Some("hidden"), Some(true))]);
        let live = parameters(&[("a", None, Some(true)), ("b", Some("2"), None)]);
        assert!(list(live, Some(&prior)) == Some(prior));
    }

    #[test]
    fn a_list_shows_drift() {
        let prior = parameters(&[("a", Some("1"), None), ("b", Some("2"), None)]);
        let live = parameters(&[("new", Some("3"), None), ("b", Some("changed"), None)]);
        assert!(list(live.clone(), Some(&prior)) == Some(live));
        assert!(list(Vec::new(), Some(&prior)) == Some(Vec::new()));
        assert!(list(Vec::new(), None).is_none());
    }

    #[test]
    fn a_kms_key_equals_its_short_name() {
        let arn = "arn:aws:kms:eu-west-1:123456789012:key/1234";
        let alias = "arn:aws:kms:eu-west-1:123456789012:alias/one";
        assert!(same_key(arn, "1234") && same_key("1234", arn));
        assert!(same_key(alias, "alias/one"));
        assert!(!same_key(arn, alias) && !same_key("1234", "alias/one"));
        assert!(!same_key(arn, "arn:aws:kms:eu-west-1:999999999999:key/1234"));
    }
}
