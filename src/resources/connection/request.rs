//! What is sent to EventBridge. <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateConnection.html>

use aws_sdk_eventbridge::types::{
    ConnectionAuthorizationType, ConnectionBodyParameter, ConnectionHeaderParameter, ConnectionHttpParameters,
    ConnectionOAuthHttpMethod, ConnectionQueryStringParameter, ConnectivityResourceConfigurationArn,
    ConnectivityResourceParameters, CreateConnectionApiKeyAuthRequestParameters, CreateConnectionAuthRequestParameters,
    CreateConnectionBasicAuthRequestParameters, CreateConnectionOAuthClientRequestParameters,
    CreateConnectionOAuthRequestParameters, UpdateConnectionApiKeyAuthRequestParameters,
    UpdateConnectionAuthRequestParameters, UpdateConnectionBasicAuthRequestParameters,
    UpdateConnectionOAuthClientRequestParameters, UpdateConnectionOAuthRequestParameters,
};

use super::inputs::{ApiKey, Auth, Basic, ConnectionInputs, HttpParameter, HttpParameters, OAuth};
use crate::error::{Error, Kind};

/// The header of a connection without credentials. EventBridge requires some authorisation, so an API that needs none gets a
/// header that it may ignore.
pub(super) const NO_AUTH_HEADER: &str = "x-private-step-functions";
const NO_AUTH_VALUE: &str = "none";

/// The kind of authorisation; it goes with all authorisation parameters, which the service would ignore otherwise.
pub(super) fn authorization_type(inputs: &ConnectionInputs) -> ConnectionAuthorizationType {
    match &inputs.auth {
        Some(Auth { basic: Some(_), .. }) => ConnectionAuthorizationType::Basic,
        Some(Auth { oauth: Some(_), .. }) => ConnectionAuthorizationType::OauthClientCredentials,
        _ => ConnectionAuthorizationType::ApiKey,
    }
}

/// The private path of a new connection, if there is one.
pub(super) fn connectivity(arn: Option<&str>) -> Result<Option<ConnectivityResourceParameters>, Error> {
    arn.map(connectivity_parameters).transpose()
}

/// A private path; the empty ARN takes it away, which leaving it out would not.
pub(super) fn connectivity_parameters(arn: &str) -> Result<ConnectivityResourceParameters, Error> {
    let configuration = ConnectivityResourceConfigurationArn::builder()
        .resource_configuration_arn(arn)
        .build()
        .map_err(incomplete)?;
    Ok(ConnectivityResourceParameters::builder()
        .resource_parameters(configuration)
        .build())
}

/// All authorisation parameters of a new connection.
pub(super) fn create_auth(inputs: &ConnectionInputs) -> Result<CreateConnectionAuthRequestParameters, Error> {
    let mut parameters = CreateConnectionAuthRequestParameters::builder()
        .set_invocation_http_parameters(inputs.invocation_parameters.as_ref().and_then(|all| http(all, None)));
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
                .http_method(ConnectionOAuthHttpMethod::from(oauth.method.as_str()))
                .set_o_auth_http_parameters(oauth.parameters.as_ref().and_then(|all| http(all, None)))
                .build()
                .map_err(incomplete)?;
            parameters = parameters
                .o_auth_parameters(server)
                .set_connectivity_parameters(connectivity(oauth.resource_configuration_arn.as_deref())?);
        }
    }
    Ok(parameters.build())
}

/// What the service has now, as far as clearing it takes an explicit empty value.
#[derive(Default)]
pub(super) struct Present {
    /// The invocation parameters.
    pub(super) invocation: HttpParameters,
    /// The OAuth parameters.
    pub(super) oauth: HttpParameters,
    /// Whether the authorisation server is reached privately.
    pub(super) private_oauth: bool,
}

/// All authorisation parameters of an existing connection: complete, for the service keeps what is left out. What it has and
/// the inputs do not is cleared by an explicit empty list or ARN.
pub(super) fn update_auth(
    inputs: &ConnectionInputs,
    present: &Present,
) -> Result<UpdateConnectionAuthRequestParameters, Error> {
    let nothing = HttpParameters::default();
    let invocation = inputs.invocation_parameters.as_ref().unwrap_or(&nothing);
    let mut parameters = UpdateConnectionAuthRequestParameters::builder()
        .set_invocation_http_parameters(http(invocation, Some(&present.invocation)));
    match credentials(inputs)? {
        Credentials::ApiKey { name, value } => {
            let key = UpdateConnectionApiKeyAuthRequestParameters::builder()
                .api_key_name(name)
                .api_key_value(value)
                .build();
            parameters = parameters.api_key_auth_parameters(key);
        }
        Credentials::Basic { username, password } => {
            let basic = UpdateConnectionBasicAuthRequestParameters::builder()
                .username(username)
                .password(password)
                .build();
            parameters = parameters.basic_auth_parameters(basic);
        }
        Credentials::OAuth { oauth, secret } => {
            let client = UpdateConnectionOAuthClientRequestParameters::builder()
                .client_id(&oauth.client_id)
                .client_secret(secret)
                .build();
            let extra = oauth.parameters.as_ref().unwrap_or(&nothing);
            let server = UpdateConnectionOAuthRequestParameters::builder()
                .client_parameters(client)
                .authorization_endpoint(&oauth.authorization_endpoint)
                .http_method(ConnectionOAuthHttpMethod::from(oauth.method.as_str()))
                .set_o_auth_http_parameters(http(extra, Some(&present.oauth)))
                .build();
            parameters = parameters.o_auth_parameters(server);
        }
    }
    let oauth_path = inputs
        .oauth()
        .and_then(|oauth| oauth.resource_configuration_arn.as_deref());
    let path = match oauth_path {
        Some(arn) => Some(connectivity_parameters(arn)?),
        None if present.private_oauth => Some(connectivity_parameters("")?),
        None => None,
    };
    Ok(parameters.set_connectivity_parameters(path).build())
}

enum Credentials<'a> {
    ApiKey { name: &'a str, value: &'a str },
    Basic { username: &'a str, password: &'a str },
    OAuth { oauth: &'a OAuth, secret: &'a str },
}

fn credentials(inputs: &ConnectionInputs) -> Result<Credentials<'_>, Error> {
    let Some(auth) = &inputs.auth else {
        return Ok(Credentials::ApiKey {
            name: NO_AUTH_HEADER,
            value: NO_AUTH_VALUE,
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
            Kind::Invalid,
            "`auth` needs exactly one of `apiKey`, `basic` and `oauth`",
        )),
    }
}

/// Secrets are absent only in inputs that come from an import.
fn given<'a>(secret: Option<&'a str>, path: &str) -> Result<&'a str, Error> {
    secret.ok_or_else(|| {
        Error::new(
            Kind::Invalid,
            format!("`{path}` is not known, because AWS does not give secrets back"),
        )
        .advise("Set it in the program")
    })
}

/// The parameters, or `None` when there is nothing to say. Where `present` is given, a list that the service has and the inputs
/// do not is sent as an explicit empty list.
fn http(wanted: &HttpParameters, present: Option<&HttpParameters>) -> Option<ConnectionHttpParameters> {
    let header = |one: &HttpParameter| {
        ConnectionHeaderParameter::builder()
            .key(&one.key)
            .set_value(one.value.clone())
            .is_value_secret(one.is_secret())
            .build()
    };
    let query = |one: &HttpParameter| {
        ConnectionQueryStringParameter::builder()
            .key(&one.key)
            .set_value(one.value.clone())
            .is_value_secret(one.is_secret())
            .build()
    };
    let body = |one: &HttpParameter| {
        ConnectionBodyParameter::builder()
            .key(&one.key)
            .set_value(one.value.clone())
            .is_value_secret(one.is_secret())
            .build()
    };
    let headers = list(&wanted.headers, present.map(|has| &has.headers), header);
    let queries = list(&wanted.query_string, present.map(|has| &has.query_string), query);
    let bodies = list(&wanted.body, present.map(|has| &has.body), body);
    (headers.is_some() || queries.is_some() || bodies.is_some()).then(|| {
        ConnectionHttpParameters::builder()
            .set_header_parameters(headers)
            .set_query_string_parameters(queries)
            .set_body_parameters(bodies)
            .build()
    })
}

fn list<T>(
    wanted: &Option<Vec<HttpParameter>>,
    present: Option<&Option<Vec<HttpParameter>>>,
    convert: impl Fn(&HttpParameter) -> T,
) -> Option<Vec<T>> {
    let wanted = wanted.as_deref().unwrap_or_default();
    let has = present.and_then(Option::as_deref).unwrap_or_default();
    (!wanted.is_empty() || !has.is_empty()).then(|| wanted.iter().map(convert).collect())
}

fn incomplete(error: aws_sdk_eventbridge::error::BuildError) -> Error {
    // BuildError names the missing field, never a value.
    Error::bug(format!("an incomplete request to EventBridge: {error}"))
}
