//! Authorization parameters of a connection: those of create and update requests, the stored part, and those that Describe
//! returns.
//!
//! Facts: EventBridge API reference, `CreateConnectionAuthRequestParameters`, `UpdateConnectionAuthRequestParameters`,
//! `ConnectionAuthResponseParameters`; docs/aws-behavior.md, Connection.
//! Secrets (password, client secret, API key value, values marked secret) are write-only: the emulator reads them from a
//! request, checks them against the model and drops them, so that no response can contain them.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::parameters::HttpParameters;

/// The authorization parameters of a request. In an update every part may be absent, which keeps the old value.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AuthRequest {
    basic_auth_parameters: Option<BasicRequest>,
    #[serde(rename = "OAuthParameters")]
    oauth_parameters: Option<OAuthRequest>,
    api_key_auth_parameters: Option<ApiKeyRequest>,
    /// Parameters that are added to every invocation.
    pub invocation_http_parameters: Option<HttpParameters>,
    /// The private connectivity of the OAuth endpoint.
    pub connectivity_parameters: Option<Connectivity>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BasicRequest {
    username: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ApiKeyRequest {
    api_key_name: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OAuthRequest {
    client_parameters: Option<ClientRequest>,
    authorization_endpoint: Option<String>,
    http_method: Option<String>,
    #[serde(rename = "OAuthHttpParameters")]
    oauth_http_parameters: Option<HttpParameters>,
}

#[derive(Clone, Deserialize)]
struct ClientRequest {
    #[serde(rename = "ClientID")]
    client_id: Option<String>,
}

/// `ConnectivityResourceParameters`: the resource configuration to go through.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Connectivity {
    resource_parameters: ResourceParameters,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceParameters {
    resource_configuration_arn: String,
}

impl Connectivity {
    /// Returns the ARN of the resource configuration. `None` for the explicit empty string, which clears connectivity
    /// (docs/aws-behavior.md, `connectivity-stays`).
    pub(super) fn target(&self) -> Option<&str> {
        Some(self.resource_parameters.resource_configuration_arn.as_str()).filter(|arn| !arn.is_empty())
    }
}

/// The stored part of a connection's credentials: everything that is not secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Credentials {
    /// User name and password.
    Basic {
        /// The user name.
        username: String,
    },
    /// A header with a key.
    ApiKey {
        /// The header's name.
        name: String,
    },
    /// OAuth client credentials.
    OAuth {
        /// The client.
        client_id: String,
        /// The token endpoint.
        endpoint: String,
        /// GET, POST or PUT.
        method: String,
        /// Additional parameters of the token request.
        http: HttpParameters,
    },
}

impl Credentials {
    /// Returns the `AuthorizationType` of these credentials.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Basic { .. } => "BASIC",
            Self::ApiKey { .. } => "API_KEY",
            Self::OAuth { .. } => "OAUTH_CLIENT_CREDENTIALS",
        }
    }

    /// Returns the member of `ConnectionAuthResponseParameters`, without secrets.
    fn described(&self) -> (&'static str, Value) {
        match self {
            Self::Basic { username } => ("BasicAuthParameters", json!({ "Username": username })),
            Self::ApiKey { name } => ("ApiKeyAuthParameters", json!({ "ApiKeyName": name })),
            Self::OAuth {
                client_id,
                endpoint,
                method,
                http,
            } => {
                let mut oauth = json!({
                    "ClientParameters": { "ClientID": client_id },
                    "AuthorizationEndpoint": endpoint,
                    "HttpMethod": method,
                });
                if let Some(http) = http.described() {
                    oauth["OAuthHttpParameters"] = http;
                }
                ("OAuthParameters", oauth)
            }
        }
    }
}

impl AuthRequest {
    /// Returns the credentials of a new connection. The request must have exactly the kind that its type names ("You must
    /// include only authorization parameters for the AuthorizationType you specify").
    ///
    /// # Errors
    /// The error message.
    pub(super) fn credentials(&self, kind: &str) -> Result<Credentials, String> {
        let given = [
            ("BASIC", self.basic_auth_parameters.is_some()),
            ("API_KEY", self.api_key_auth_parameters.is_some()),
            ("OAUTH_CLIENT_CREDENTIALS", self.oauth_parameters.is_some()),
        ];
        if given.iter().any(|(other, present)| *present && *other != kind) {
            return Err(format!(
                "AuthParameters must contain only the parameters of AuthorizationType {kind}"
            ));
        }
        self.merged(kind, None)
    }

    /// Returns the credentials after an update. Ignores parameters of another type than `kind` (API reference,
    /// UpdateConnection; docs/aws-behavior.md, Connection). Absent members keep their values if the connection was of this
    /// kind before.
    ///
    /// # Errors
    /// A member is missing after the type changed or the connection was de-authorized.
    pub(super) fn merged(&self, kind: &str, old: Option<&Credentials>) -> Result<Credentials, String> {
        let old = old.filter(|old| old.kind() == kind);
        let missing = |member: &str| format!("AuthParameters for AuthorizationType {kind} need {member}");
        match kind {
            "BASIC" => {
                let kept = match old {
                    Some(Credentials::Basic { username }) => Some(username.clone()),
                    _ => None,
                };
                let new = self
                    .basic_auth_parameters
                    .as_ref()
                    .and_then(|basic| basic.username.clone());
                Ok(Credentials::Basic {
                    username: new.or(kept).ok_or_else(|| missing("BasicAuthParameters"))?,
                })
            }
            "API_KEY" => {
                let kept = match old {
                    Some(Credentials::ApiKey { name }) => Some(name.clone()),
                    _ => None,
                };
                let new = self
                    .api_key_auth_parameters
                    .as_ref()
                    .and_then(|key| key.api_key_name.clone());
                Ok(Credentials::ApiKey {
                    name: new.or(kept).ok_or_else(|| missing("ApiKeyAuthParameters"))?,
                })
            }
            _ => self.merged_oauth(old, missing),
        }
    }

    fn merged_oauth(&self, old: Option<&Credentials>, missing: impl Fn(&str) -> String) -> Result<Credentials, String> {
        let (old_id, old_endpoint, old_method, mut http) = match old {
            Some(Credentials::OAuth {
                client_id,
                endpoint,
                method,
                http,
            }) => (
                Some(client_id.clone()),
                Some(endpoint.clone()),
                Some(method.clone()),
                http.clone(),
            ),
            _ => (None, None, None, HttpParameters::default()),
        };
        let new = self.oauth_parameters.as_ref();
        let id = new
            .and_then(|new| new.client_parameters.as_ref())
            .and_then(|client| client.client_id.clone());
        if let Some(given) = new.and_then(|new| new.oauth_http_parameters.clone()) {
            http.update(given);
        }
        Ok(Credentials::OAuth {
            client_id: id
                .or(old_id)
                .ok_or_else(|| missing("OAuthParameters.ClientParameters"))?,
            endpoint: new
                .and_then(|new| new.authorization_endpoint.clone())
                .or(old_endpoint)
                .ok_or_else(|| missing("OAuthParameters.AuthorizationEndpoint"))?,
            method: new
                .and_then(|new| new.http_method.clone())
                .or(old_method)
                .ok_or_else(|| missing("OAuthParameters.HttpMethod"))?,
            http,
        })
    }

    /// Reports whether the request has credentials that a connection of this type uses.
    pub(super) fn has_credentials(&self, kind: &str) -> bool {
        match kind {
            "BASIC" => self.basic_auth_parameters.is_some(),
            "API_KEY" => self.api_key_auth_parameters.is_some(),
            _ => self.oauth_parameters.is_some(),
        }
    }
}

/// Returns `AuthParameters` for the response of DescribeConnection.
pub(super) fn described(credentials: &Credentials, http: &HttpParameters, connectivity: Option<Value>) -> Value {
    let (member, value) = credentials.described();
    let mut all = Map::new();
    all.insert(member.to_owned(), value);
    if let Some(http) = http.described() {
        all.insert("InvocationHttpParameters".to_owned(), http);
    }
    if let Some(connectivity) = connectivity {
        all.insert("ConnectivityParameters".to_owned(), connectivity);
    }
    Value::Object(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(json: Value) -> AuthRequest {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn secrets_of_a_request_are_not_kept() {
        let auth = request(json!({
            "OAuthParameters": {
                "ClientParameters": {"ClientID": "me", "ClientSecret": "hush"},
                "AuthorizationEndpoint": "https://login.example.com/token", "HttpMethod": "POST",
                "OAuthHttpParameters": {"BodyParameters": [{"Key": "scope", "Value": "hush", "IsValueSecret": true}]},
            },
            "InvocationHttpParameters": {"HeaderParameters": [
                {"Key": "x-a", "Value": "open"}, {"Key": "x-b", "Value": "hush", "IsValueSecret": true},
            ]},
        }));
        let credentials = auth.credentials("OAUTH_CLIENT_CREDENTIALS").unwrap();
        let shown = described(&credentials, auth.invocation_http_parameters.as_ref().unwrap(), None);
        assert!(!shown.to_string().contains("hush") && !format!("{credentials:?}").contains("hush"));
        assert_eq!(
            shown["InvocationHttpParameters"]["HeaderParameters"],
            json!([
                {"Key": "x-a", "Value": "open", "IsValueSecret": false},
                {"Key": "x-b", "IsValueSecret": true},
            ])
        );
        assert_eq!(shown["OAuthParameters"]["ClientParameters"], json!({"ClientID": "me"}));
    }

    #[test]
    fn a_create_must_carry_exactly_the_parameters_of_its_type() {
        let both = request(json!({
            "BasicAuthParameters": {"Username": "u", "Password": "p"},
            "ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": "v"},
        }));
        assert!(both.credentials("BASIC").is_err());
        let basic = request(json!({"BasicAuthParameters": {"Username": "u", "Password": "p"}}));
        assert_eq!(
            basic.credentials("BASIC").unwrap(),
            Credentials::Basic {
                username: "u".to_owned()
            }
        );
        assert!(basic.credentials("API_KEY").is_err());
        assert!(request(json!({})).credentials("BASIC").is_err());
    }

    #[test]
    fn an_update_ignores_other_types_and_keeps_absent_parameters() {
        let old = Credentials::Basic {
            username: "u".to_owned(),
        };
        let key = request(json!({"ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": "v"}}));
        assert_eq!(key.merged("BASIC", Some(&old)).unwrap(), old);
        assert_eq!(
            key.merged("API_KEY", Some(&old)).unwrap(),
            Credentials::ApiKey { name: "k".to_owned() }
        );
        assert!(request(json!({})).merged("API_KEY", Some(&old)).is_err());
    }
}
