//! The secrets of a connection. The emulator stores fingerprints only: they show whether a value equals the one last sent.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

/// Fingerprints by the secret's path in `AuthParameters`: `ApiKeyAuthParameters.ApiKeyValue`,
/// `InvocationHttpParameters.HeaderParameters.x-key`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets(BTreeMap<String, u64>);

impl Secrets {
    /// Applies a request: absent members stay, lists are replaced, and secrets of another kind of authorization are
    /// removed.
    pub(super) fn update(&mut self, request: &Value, kind: &str) {
        let kept = match kind {
            "BASIC" => "BasicAuthParameters",
            "API_KEY" => "ApiKeyAuthParameters",
            _ => "OAuthParameters",
        };
        let parameters = &request["AuthParameters"];
        self.walk("", parameters);
        self.0
            .retain(|place, _| place.starts_with(kept) || place.starts_with("InvocationHttpParameters"));
    }

    /// Reports whether the connection has exactly these secrets with these values.
    pub fn are(&self, values: &BTreeMap<String, String>) -> bool {
        let expected = values.iter().map(|(place, value)| (place.clone(), fingerprint(value)));
        self.0 == expected.collect()
    }

    /// Returns the fingerprint of the secret at this path.
    pub fn fingerprint_at(&self, place: &str) -> Option<u64> {
        self.0.get(place).copied()
    }

    /// Returns the paths of all secrets.
    pub fn places(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    fn walk(&mut self, at: &str, value: &Value) {
        let inside = |name: &str| {
            if at.is_empty() {
                name.to_owned()
            } else {
                format!("{at}.{name}")
            }
        };
        for (name, value) in value.as_object().into_iter().flatten() {
            let place = inside(name);
            match value {
                Value::String(text) if ["ApiKeyValue", "Password", "ClientSecret"].contains(&name.as_str()) => {
                    self.0.insert(place, fingerprint(text));
                }
                Value::Array(items) => {
                    self.0.retain(|known, _| !known.starts_with(&format!("{place}.")));
                    let secret = items.iter().filter(|item| item["IsValueSecret"] == true);
                    for item in secret {
                        let key = item["Key"].as_str().unwrap_or_default();
                        self.0.insert(
                            format!("{place}.{key}"),
                            fingerprint(item["Value"].as_str().unwrap_or_default()),
                        );
                    }
                }
                value => self.walk(&place, value),
            }
        }
    }
}

fn fingerprint(value: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(place, value)| ((*place).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn the_secrets_sent_last_are_current() {
        let mut secrets = Secrets::default();
        secrets.update(
            &json!({ "AuthParameters": {
                "ApiKeyAuthParameters": { "ApiKeyName": "k", "ApiKeyValue": "one" },
                "InvocationHttpParameters": { "HeaderParameters": [
                    { "Key": "a", "Value": "two", "IsValueSecret": true }, { "Key": "b", "Value": "open" },
                ] },
            } }),
            "API_KEY",
        );
        let key = "ApiKeyAuthParameters.ApiKeyValue";
        let header = "InvocationHttpParameters.HeaderParameters.a";
        assert!(secrets.are(&values(&[(key, "one"), (header, "two")])));
        secrets.update(
            &json!({ "AuthParameters": { "ApiKeyAuthParameters": { "ApiKeyValue": "new" } } }),
            "API_KEY",
        );
        assert!(secrets.are(&values(&[(key, "new"), (header, "two")])));
        let lists = json!({ "AuthParameters": { "InvocationHttpParameters": { "HeaderParameters": [] } } });
        secrets.update(&lists, "API_KEY");
        assert!(secrets.are(&values(&[(key, "new")])) && !secrets.are(&values(&[(key, "one")])));
        secrets.update(
            &json!({ "AuthParameters": { "BasicAuthParameters": { "Password": "p" } } }),
            "BASIC",
        );
        assert_eq!(secrets.places(), ["BasicAuthParameters.Password"]);
    }
}
