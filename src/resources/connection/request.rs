//! Builds the requests to EventBridge. <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateConnection.html>

use aws_sdk_eventbridge::types::{
    ConnectionAuthorizationType, ConnectionBodyParameter, ConnectionHeaderParameter, ConnectionHttpParameters,
    ConnectionOAuthHttpMethod, ConnectionQueryStringParameter, ConnectivityResourceConfigurationArn,
    ConnectivityResourceParameters, CreateConnectionApiKeyAuthRequestParameters, CreateConnectionAuthRequestParameters,
    CreateConnectionBasicAuthRequestParameters, CreateConnectionOAuthClientRequestParameters,
    CreateConnectionOAuthRequestParameters, UpdateConnectionApiKeyAuthRequestParameters,
    UpdateConnectionAuthRequestParameters, UpdateConnectionBasicAuthRequestParameters,
    UpdateConnectionOAuthClientRequestParameters, UpdateConnectionOAuthRequestParameters,
};
use pulumi_provider::error::{Error, ErrorKind};

use super::changes::{AuthChanges, ListChanges, Member};
use super::inputs::{ApiKey, Auth, Basic, HttpParameter, HttpParameters, Inputs, OAuth};
use crate::no_credentials;

/// Returns the authorization type. Every request with authorization parameters needs it: EventBridge ignores them otherwise.
pub(super) fn authorization_type(inputs: &Inputs) -> ConnectionAuthorizationType {
    match &inputs.auth {
        Some(Auth { basic: Some(_), .. }) => ConnectionAuthorizationType::Basic,
        Some(Auth { oauth: Some(_), .. }) => ConnectionAuthorizationType::OauthClientCredentials,
        _ => ConnectionAuthorizationType::ApiKey,
    }
}

/// Returns the connectivity parameters for the ARN of a resource configuration, if there is one.
pub(super) fn connectivity(arn: Option<&str>) -> Result<Option<ConnectivityResourceParameters>, Error> {
    arn.map(connectivity_parameters).transpose()
}

/// Returns the connectivity parameters for an ARN. An empty ARN removes the resource configuration; absent parameters would keep
/// it.
pub(super) fn connectivity_parameters(arn: &str) -> Result<ConnectivityResourceParameters, Error> {
    let configuration = ConnectivityResourceConfigurationArn::builder()
        .resource_configuration_arn(arn)
        .build()
        .map_err(incomplete)?;
    Ok(ConnectivityResourceParameters::builder()
        .resource_parameters(configuration)
        .build())
}

/// Returns all authorization parameters of a new connection.
pub(super) fn create_auth(inputs: &Inputs) -> Result<CreateConnectionAuthRequestParameters, Error> {
    let mut parameters = CreateConnectionAuthRequestParameters::builder()
        .set_invocation_http_parameters(inputs.invocation_parameters.as_ref().and_then(http));
    match credentials(inputs)? {
        Credentials::ApiKey { name, value } => {
            let key = CreateConnectionApiKeyAuthRequestParameters::builder()
                .api_key_name(name)
                .api_key_value(value)
                .build()
                .map_err(incomplete)?;
            parameters = parameters.api_key_auth_parameters(key);
        }
        Credentials::Basic { username, password } => {
            let basic = CreateConnectionBasicAuthRequestParameters::builder()
                .username(username)
                .password(password)
                .build()
                .map_err(incomplete)?;
            parameters = parameters.basic_auth_parameters(basic);
        }
        Credentials::OAuth { oauth, secret } => {
            let client = CreateConnectionOAuthClientRequestParameters::builder()
                .client_id(&oauth.client_id)
                .client_secret(secret)
                .build()
                .map_err(incomplete)?;
            let server = CreateConnectionOAuthRequestParameters::builder()
                .client_parameters(client)
                .authorization_endpoint(&oauth.authorization_endpoint)
                .http_method(ConnectionOAuthHttpMethod::from(oauth.http_method.as_str()))
                .set_o_auth_http_parameters(oauth.parameters.as_ref().and_then(http))
                .build()
                .map_err(incomplete)?;
            parameters = parameters
                .o_auth_parameters(server)
                .set_connectivity_parameters(connectivity(oauth.resource_configuration_arn.as_deref())?);
        }
    }
    Ok(parameters.build())
}

/// Returns the authorization parameters that an update sends. EventBridge keeps the members that are absent.
pub(super) fn update_auth(
    inputs: &Inputs,
    changes: &AuthChanges,
) -> Result<UpdateConnectionAuthRequestParameters, Error> {
    let is_sent = |member| changes.credentials.contains(&member);
    let text = |member, text: &str| is_sent(member).then(|| text.to_owned());
    let secret = |member, secret: &Option<String>, path| match is_sent(member) {
        true => given(secret.as_deref(), path).map(|secret| Some(secret.to_owned())),
        false => Ok(None),
    };
    let mut parameters = UpdateConnectionAuthRequestParameters::builder()
        .set_invocation_http_parameters(changed_lists(&changes.invocation));
    match &inputs.auth {
        Some(Auth { basic: Some(basic), .. }) if !changes.credentials.is_empty() => {
            let basic = UpdateConnectionBasicAuthRequestParameters::builder()
                .set_username(text(Member::Username, &basic.username))
                .set_password(secret(Member::Password, &basic.password, "auth.basic.password")?)
                .build();
            parameters = parameters.basic_auth_parameters(basic);
        }
        Some(Auth { oauth: Some(oauth), .. }) if !changes.credentials.is_empty() || !changes.oauth.is_empty() => {
            let client_id = text(Member::ClientId, &oauth.client_id);
            let client_secret = secret(Member::ClientSecret, &oauth.client_secret, "auth.oauth.clientSecret")?;
            let client = (client_id.is_some() || client_secret.is_some()).then(|| {
                UpdateConnectionOAuthClientRequestParameters::builder()
                    .set_client_id(client_id)
                    .set_client_secret(client_secret)
                    .build()
            });
            let method = text(Member::Method, &oauth.http_method);
            let server = UpdateConnectionOAuthRequestParameters::builder()
                .set_client_parameters(client)
                .set_authorization_endpoint(text(Member::AuthorizationEndpoint, &oauth.authorization_endpoint))
                .set_http_method(method.as_deref().map(ConnectionOAuthHttpMethod::from))
                .set_o_auth_http_parameters(changed_lists(&changes.oauth))
                .build();
            parameters = parameters.o_auth_parameters(server);
        }
        Some(Auth { api_key: Some(key), .. }) if !changes.credentials.is_empty() => {
            let key = UpdateConnectionApiKeyAuthRequestParameters::builder()
                .set_api_key_name(text(Member::ApiKeyName, &key.name))
                .set_api_key_value(secret(Member::ApiKeyValue, &key.value, "auth.apiKey.value")?)
                .build();
            parameters = parameters.api_key_auth_parameters(key);
        }
        None if !changes.credentials.is_empty() => {
            let key = UpdateConnectionApiKeyAuthRequestParameters::builder()
                .set_api_key_name(text(Member::ApiKeyName, no_credentials::HEADER))
                .set_api_key_value(text(Member::ApiKeyValue, no_credentials::VALUE))
                .build();
            parameters = parameters.api_key_auth_parameters(key);
        }
        _ => {}
    }
    let path = changes
        .configuration
        .as_deref()
        .map(connectivity_parameters)
        .transpose()?;
    Ok(parameters.set_connectivity_parameters(path).build())
}

fn changed_lists(changes: &ListChanges) -> Option<ConnectionHttpParameters> {
    (!changes.is_empty()).then(|| {
        let list = |list: &Option<Vec<HttpParameter>>| list.clone();
        sent(list(&changes.headers), list(&changes.query_string), list(&changes.body))
    })
}

enum Credentials<'a> {
    ApiKey { name: &'a str, value: &'a str },
    Basic { username: &'a str, password: &'a str },
    OAuth { oauth: &'a OAuth, secret: &'a str },
}

fn credentials(inputs: &Inputs) -> Result<Credentials<'_>, Error> {
    let Some(auth) = &inputs.auth else {
        return Ok(Credentials::ApiKey {
            name: no_credentials::HEADER,
            value: no_credentials::VALUE,
        });
    };
    match auth {
        Auth {
            api_key: Some(ApiKey { name, value }),
            ..
        } => Ok(Credentials::ApiKey {
            name,
            value: given(value.as_deref(), "auth.apiKey.value")?,
        }),
        Auth {
            basic: Some(Basic { username, password }),
            ..
        } => Ok(Credentials::Basic {
            username,
            password: given(password.as_deref(), "auth.basic.password")?,
        }),
        Auth { oauth: Some(oauth), .. } => Ok(Credentials::OAuth {
            oauth,
            secret: given(oauth.client_secret.as_deref(), "auth.oauth.clientSecret")?,
        }),
        Auth { .. } => Err(Error::new(
            ErrorKind::Invalid,
            "`auth` needs exactly one of `apiKey`, `basic` and `oauth`",
        )),
    }
}

/// Returns the secret, or an error if the inputs do not have it, which happens only after an import.
fn given<'a>(secret: Option<&'a str>, path: &str) -> Result<&'a str, Error> {
    secret.ok_or_else(|| {
        Error::new(
            ErrorKind::Invalid,
            format!("`{path}` is not known, because AWS does not return secrets"),
        )
        .advise("Set it in the program")
    })
}

/// Converts the parameters of a new connection; `None` if there are none.
fn http(wanted: &HttpParameters) -> Option<ConnectionHttpParameters> {
    let list = |list: &Option<Vec<HttpParameter>>| list.clone().filter(|list| !list.is_empty());
    let (headers, queries, bodies) = (list(&wanted.headers), list(&wanted.query_string), list(&wanted.body));
    (headers.is_some() || queries.is_some() || bodies.is_some()).then(|| sent(headers, queries, bodies))
}

/// Converts lists to the type that the SDK takes.
fn sent(
    headers: Option<Vec<HttpParameter>>,
    queries: Option<Vec<HttpParameter>>,
    bodies: Option<Vec<HttpParameter>>,
) -> ConnectionHttpParameters {
    let header = |one: HttpParameter| {
        let secret = one.is_secret();
        let parameter = ConnectionHeaderParameter::builder().key(one.key).set_value(one.value);
        parameter.is_value_secret(secret).build()
    };
    let query = |one: HttpParameter| {
        let secret = one.is_secret();
        let parameter = ConnectionQueryStringParameter::builder()
            .key(one.key)
            .set_value(one.value);
        parameter.is_value_secret(secret).build()
    };
    let body = |one: HttpParameter| {
        let secret = one.is_secret();
        let parameter = ConnectionBodyParameter::builder().key(one.key).set_value(one.value);
        parameter.is_value_secret(secret).build()
    };
    ConnectionHttpParameters::builder()
        .set_header_parameters(headers.map(|list| list.into_iter().map(header).collect()))
        .set_query_string_parameters(queries.map(|list| list.into_iter().map(query).collect()))
        .set_body_parameters(bodies.map(|list| list.into_iter().map(body).collect()))
        .build()
}

fn incomplete(error: aws_sdk_eventbridge::error::BuildError) -> Error {
    // BuildError names the missing field, never a value.
    Error::bug(format!("an incomplete request to EventBridge: {error}"))
}
