//! What was called: every call with its parameters, secrets masked, and its outcome.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What stands for a secret.
pub const MASK: &str = "***";

/// One call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Seconds since the emulator started.
    pub time: f64,
    /// `ec2`, `sts`, `vpc-lattice`, `events`.
    pub service: String,
    /// Operation name.
    pub operation: String,
    /// Account of the caller.
    pub account: String,
    /// Region called.
    pub region: String,
    /// Parameters by model names, typed as the model types them, secrets masked.
    pub parameters: Value,
    /// The request as it came, secrets masked: method, path with query, body (form or JSON, as an object).
    pub request: Value,
    /// `ok`, an error code, `reset before` or `reset after`; `pending` while it runs.
    pub outcome: String,
    /// Message of the error, if the outcome is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Request id of the answer.
    pub request_id: String,
}

/// A copy in which nothing secret is left: whatever is called a secret, a password, a token or an API key value, and
/// the values that connection parameters declare secret.
pub fn masked(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let declared = |m: &Map<String, Value>| m.get("IsValueSecret").is_some_and(|v| *v == Value::Bool(true));
            let secret = |name: &str| is_secret(name) || (name == "Value" && declared(members));
            let mask = |(name, value): (&String, &Value)| {
                let hide = value.is_string() && secret(name);
                (name.clone(), if hide { Value::from(MASK) } else { masked(value) })
            };
            Value::Object(members.iter().map(mask).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(masked).collect()),
        other => other.clone(),
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.rsplit('.').next().unwrap_or(name).to_ascii_lowercase();
    let marked = ["secret", "password"].iter().any(|word| name.contains(word)) && !name.ends_with("arn");
    marked || ["apikeyvalue", "webidentitytoken", "tokencode"].contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_secret_survives() {
        let request = json!({
            "Name": "orders",
            "AuthParameters": {
                "ApiKeyAuthParameters": { "ApiKeyName": "x-key", "ApiKeyValue": "s1" },
                "BasicAuthParameters": { "Username": "u", "Password": "s2" },
                "OAuthParameters": { "ClientParameters": { "ClientID": "c", "ClientSecret": "s3" } },
                "InvocationHttpParameters": { "HeaderParameters": [
                    { "Key": "a", "Value": "s4", "IsValueSecret": true },
                    { "Key": "b", "Value": "open", "IsValueSecret": false },
                ] },
            },
            "WebIdentityToken": "s5",
        });
        let text = masked(&request).to_string();
        for secret in ["s1", "s2", "s3", "s4", "s5"] {
            assert!(!text.contains(&format!("\"{secret}\"")), "{secret} in {text}");
        }
        assert!(
            text.contains("\"open\"") && text.contains("\"IsValueSecret\":true"),
            "{text}"
        );
    }
}
