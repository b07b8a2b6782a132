//! Deserializes the parameters of a call.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Deserializes parameters that have passed the model's constraints. A null member counts as absent, as in AWS.
///
/// # Panics
/// When the type does not match its shape, which is a bug in a service.
pub(crate) fn read<T: DeserializeOwned>(input: &Value) -> T {
    serde_json::from_value(without_nulls(input))
        .unwrap_or_else(|error| panic!("a type does not fit its shape: {error}"))
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), without_nulls(value)))
            .collect(),
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn null_members_are_removed() {
        let input = json!({"a": null, "b": [{"c": null, "d": 1}]});
        assert_eq!(read::<Value>(&input), json!({"b": [{"d": 1}]}));
    }
}
