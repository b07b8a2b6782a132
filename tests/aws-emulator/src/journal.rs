//! The journal: every call with its parameters, with secrets masked, and its outcome.
//!
//! If [`DIRECTORY`] is set, the emulator also writes every request to a file there. A check at the end of the test suite,
//! in which hundreds of emulators run, can then read all requests (`tests/journal`).

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Environment variable: the directory for the requests of all emulators, one file per process, one line per request. It is
/// read once.
pub const DIRECTORY: &str = "AWS_EMULATOR_JOURNAL_DIR";

/// The replacement for a secret.
pub const MASK: &str = "***";

/// One call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Seconds since the emulator started.
    pub time: f64,
    /// `ec2`, `sts`, `vpc-lattice`, `events`, `servicequotas`, `kms`, `route53`.
    pub service: String,
    /// Operation name.
    pub operation: String,
    /// Account of the caller.
    pub account: String,
    /// The Region of the call.
    pub region: String,
    /// Parameters by model names, typed as the model types them, secrets masked.
    pub parameters: Value,
    /// The request as received, with secrets masked: method, path with query, body (form or JSON, as an object), user
    /// agent.
    pub request: Value,
    /// `ok`, an error code, `reset before` or `reset after`; `pending` while it runs.
    pub outcome: String,
    /// The message of the error, if the outcome is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The request id of the response.
    pub request_id: String,
}

/// Writes a request to the directory that [`DIRECTORY`] names, if any. It does so before the request is carried out,
/// because tests kill clients that wait for the response. `refusal` is why the request could not be decoded.
///
/// # Panics
/// When the file cannot be written: an unrecorded test suite must not look as if it had been checked.
pub(crate) fn keep(service: &str, operation: &str, parameters: &Value, request: &Value, refusal: Option<&str>) {
    static FILE: LazyLock<Option<Mutex<File>>> = LazyLock::new(|| {
        let directory = std::env::var_os(DIRECTORY)?;
        fs::create_dir_all(&directory).expect("the directory for journals can be made");
        let path = Path::new(&directory).join(format!("{}.jsonl", std::process::id()));
        let file = File::options().create(true).append(true).open(path);
        Some(Mutex::new(file.expect("a journal can be opened")))
    });
    let Some(file) = &*FILE else { return };
    let line = json!({
        "service": service, "operation": operation, "parameters": masked(parameters), "request": request, "refusal": refusal,
    });
    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
    // Write each line at once: later processes with the same id append to the same file.
    file.write_all(format!("{line}\n").as_bytes())
        .expect("a journal can be written");
}

/// Returns a copy with all secrets masked: members named as a secret, a password, a token or an API key value, and the
/// values that connection parameters declare secret.
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
    fn secrets_are_masked() {
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
