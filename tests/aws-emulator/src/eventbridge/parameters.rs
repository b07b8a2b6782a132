//! Parameters that EventBridge adds to requests: to every invocation, and to the request for an OAuth token.
//!
//! Facts: EventBridge API reference, `ConnectionHttpParameters`; docs/aws-behavior.md, Connection.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// `ConnectionHttpParameters`. In an update, an absent list keeps the old list and an empty one clears it
/// (docs/aws-behavior.md, Connection).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct HttpParameters {
    header_parameters: Option<Vec<Parameter>>,
    query_string_parameters: Option<Vec<Parameter>>,
    body_parameters: Option<Vec<Parameter>>,
}

/// One header, query string or body parameter.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", from = "ParameterRequest")]
struct Parameter {
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    is_value_secret: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ParameterRequest {
    key: Option<String>,
    value: Option<String>,
    #[serde(default)]
    is_value_secret: bool,
}

impl From<ParameterRequest> for Parameter {
    /// Drops a secret value.
    fn from(request: ParameterRequest) -> Self {
        let ParameterRequest {
            key,
            value,
            is_value_secret,
        } = request;
        Self {
            key,
            value: value.filter(|_| !is_value_secret),
            is_value_secret,
        }
    }
}

impl HttpParameters {
    /// Replaces the lists that `new` contains.
    pub(super) fn update(&mut self, new: Self) {
        let take = |old: &mut Option<Vec<Parameter>>, new: Option<Vec<Parameter>>| {
            if new.is_some() {
                *old = new;
            }
        };
        take(&mut self.header_parameters, new.header_parameters);
        take(&mut self.query_string_parameters, new.query_string_parameters);
        take(&mut self.body_parameters, new.body_parameters);
    }

    /// Returns the parameters as Describe does: only non-empty lists; `None` when all are empty.
    pub(super) fn described(&self) -> Option<Value> {
        let mut all = Map::new();
        for (name, list) in [
            ("HeaderParameters", &self.header_parameters),
            ("QueryStringParameters", &self.query_string_parameters),
            ("BodyParameters", &self.body_parameters),
        ] {
            if let Some(list) = list.as_ref().filter(|list| !list.is_empty()) {
                all.insert(name.to_owned(), json!(list));
            }
        }
        (!all.is_empty()).then_some(Value::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_list_keeps_the_values_and_an_empty_list_clears_them() {
        let http = |json| serde_json::from_value::<HttpParameters>(json).unwrap();
        let mut kept = http(json!({
            "HeaderParameters": [{"Key": "a", "Value": "1"}], "BodyParameters": [{"Key": "b", "Value": "2"}],
        }));
        kept.update(http(json!({"HeaderParameters": []})));
        assert_eq!(
            kept.described(),
            Some(json!({"BodyParameters": [{"Key": "b", "Value": "2", "IsValueSecret": false}]}))
        );
        kept.update(http(json!({"BodyParameters": []})));
        assert_eq!(kept.described(), None);
    }
}
