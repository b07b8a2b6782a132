//! An entry of the component's output `connections`, as an argument.
//!
//! Its type in the schema is `Any`. An object type would have separate classes for outputs and inputs in some SDKs, so a program
//! could not pass the output on. The SDK for Python sends the names of an output's members as Python spells them.

use serde::Deserialize;
use serde_json::Value;

use crate::arn::Arn;

/// What a value that is no entry is told.
pub(super) const EXPECTED: &str = "must be an entry of the component's output `connections`";

/// The parts of the entry that functions use. Empty for a value that is no entry.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Value")]
pub(super) struct Entry {
    pub(super) arn: String,
    pub(super) secret_arn: Option<String>,
    pub(super) urls: Vec<String>,
    pub(super) kms_key_id: Option<String>,
    pub(super) parameter_names: ParameterNames,
}

/// The names of what the connection adds to requests.
#[derive(Clone, Debug, Default)]
pub(super) struct ParameterNames {
    pub(super) headers: Vec<String>,
    pub(super) query_string: Vec<String>,
    pub(super) body: Vec<String>,
}

impl Entry {
    /// Reports whether the value was an entry.
    pub(super) fn is_valid(&self) -> bool {
        let of_events = |arn: Arn<'_>| arn.service == "events" && arn.resource.starts_with("connection/");
        Arn::parse(&self.arn).is_some_and(of_events)
    }
}

impl From<Value> for Entry {
    fn from(value: Value) -> Self {
        let text = |names: [&str; 2]| member(&value, names).as_str().map(str::to_owned);
        let names = member(&value, ["parameterNames", "parameter_names"]);
        Self {
            arn: text(["arn", "arn"]).unwrap_or_default(),
            secret_arn: text(["secretArn", "secret_arn"]),
            urls: texts(member(&value, ["urls", "urls"])),
            kms_key_id: text(["kmsKeyId", "kms_key_id"]),
            parameter_names: ParameterNames {
                headers: texts(member(names, ["headers", "headers"])),
                query_string: texts(member(names, ["queryString", "query_string"])),
                body: texts(member(names, ["body", "body"])),
            },
        }
    }
}

fn member<'a>(value: &'a Value, names: [&str; 2]) -> &'a Value {
    let found = names.iter().find_map(|name| value.get(name));
    found.unwrap_or(&Value::Null)
}

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_entry_is_read_in_the_spelling_of_the_schema_and_in_that_of_python() {
        let arn = "arn:aws:events:eu-west-1:123456789012:connection/orders/0a1b2c3d";
        for entry in [
            json!({"arn": arn, "secretArn": "s", "kmsKeyId": "k", "urls": ["u"], "parameterNames": {"queryString": ["q"]}}),
            json!({"arn": arn, "secret_arn": "s", "kms_key_id": "k", "urls": ["u"], "parameter_names": {"query_string": ["q"]}}),
        ] {
            let read = Entry::from(entry);
            assert!(read.is_valid());
            assert_eq!(
                (read.secret_arn.as_deref(), read.kms_key_id.as_deref()),
                (Some("s"), Some("k"))
            );
            assert_eq!(
                (read.urls, read.parameter_names.query_string),
                (vec!["u".to_owned()], vec!["q".to_owned()])
            );
        }
    }

    #[test]
    fn other_values_are_no_entries() {
        for value in [
            json!("orders"),
            json!({}),
            json!({"arn": 1}),
            json!({"arn": "arn:aws:iam::123456789012:role/x"}),
        ] {
            assert!(!Entry::from(value).is_valid());
        }
    }
}
