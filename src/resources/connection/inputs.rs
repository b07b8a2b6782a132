//! The inputs of a connection.
//!
//! None of these types implements `Debug`: most of them hold credentials. A secret is an `Option`, because EventBridge never
//! returns it: a refresh that finds other credentials than the recorded ones has none.

use serde::{Deserialize, Serialize};

/// The inputs of a [`Connection`](super::Connection).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inputs {
    /// The name, which is the id: 1 to 64 letters, digits, dots, hyphens and underscores.
    pub name: String,
    /// The description, up to 512 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The credentials for the API; absent means an API key header that the API may ignore.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<Auth>,
    /// Parameters that are added to each call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invocation_parameters: Option<HttpParameters>,
    /// The resource configuration through which calls reach a private API; absent means over the internet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_configuration_arn: Option<String>,
    /// The KMS key that encrypts the secret; absent means the AWS owned key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
}

/// The credentials. Exactly one field is set.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Auth {
    /// A header with a secret value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<ApiKey>,
    /// HTTP basic authentication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic: Option<Basic>,
    /// The OAuth client credentials flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth: Option<OAuth>,
}

/// A header with a secret value.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApiKey {
    /// The name of the header.
    pub name: String,
    /// Write-only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// HTTP basic authentication.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Basic {
    /// The user name.
    pub username: String,
    /// Write-only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// The OAuth client credentials flow.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OAuth {
    /// The HTTPS URL that returns tokens.
    pub authorization_endpoint: String,
    /// GET, POST or PUT.
    pub http_method: String,
    /// The client id.
    pub client_id: String,
    /// Write-only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// Parameters that are added to each request for a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<HttpParameters>,
    /// The resource configuration through which a private authorization server is reached; absent means over the internet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_configuration_arn: Option<String>,
}

/// Headers, query string parameters and body parameters.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HttpParameters {
    /// Headers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<Vec<HttpParameter>>,
    /// Query string parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_string: Option<Vec<HttpParameter>>,
    /// Body parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Vec<HttpParameter>>,
}

/// One header, query or body parameter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HttpParameter {
    /// The name.
    pub key: String,
    /// The value; write-only if it is secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Whether EventBridge keeps the value in the connection's secret and never shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<bool>,
}

impl Inputs {
    /// Reports whether the authorization server is reached through a resource configuration, which takes much longer.
    pub(super) fn has_private_oauth(&self) -> bool {
        self.oauth()
            .is_some_and(|oauth| oauth.resource_configuration_arn.is_some())
    }

    /// Reports whether the connection counts as private: it then counts against the quota of private connections.
    pub(super) fn is_private(&self) -> bool {
        self.resource_configuration_arn.is_some() || self.has_private_oauth()
    }

    pub(super) fn oauth(&self) -> Option<&OAuth> {
        self.auth.as_ref().and_then(|auth| auth.oauth.as_ref())
    }
}

impl HttpParameter {
    pub(super) fn is_secret(&self) -> bool {
        self.secret == Some(true)
    }
}
