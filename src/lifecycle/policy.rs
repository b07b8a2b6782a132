//! IAM policies among the inputs: as text or as a document.

use serde_json::Value as Json;

use crate::property::Value;

/// Why a value is not a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAPolicy {
    /// Neither text nor an object.
    #[error("must be an IAM policy: its JSON as a string, or the document as an object")]
    Type,
    /// Text that is not JSON.
    #[error("must be an IAM policy, but the string is not JSON (line {line}, column {column})")]
    Json {
        /// Line of the first mistake, from 1.
        line: usize,
        /// Column of the first mistake, from 1.
        column: usize,
    },
    /// JSON that is no object with statements.
    #[error("must be an IAM policy: a JSON object with a `Statement`")]
    Statement,
}

/// The policy document in a property value: IAM JSON as text, or the document as an object. The value must be known.
///
/// # Errors
/// What is wrong with it, without any of its contents.
pub fn document(value: &Value) -> Result<Json, NotAPolicy> {
    let json = match value.bare() {
        Value::String(text) => serde_json::from_str(text).map_err(|error| NotAPolicy::Json {
            line: error.line(),
            column: error.column(),
        })?,
        Value::Object(_) => to_json(value),
        _ => return Err(NotAPolicy::Type),
    };
    match json.get("Statement") {
        Some(Json::Array(_) | Json::Object(_)) => Ok(json),
        _ => Err(NotAPolicy::Statement),
    }
}

/// A value as JSON. Whatever has no form there, such as what is not known yet, is null.
pub(crate) fn to_json(value: &Value) -> Json {
    match value.bare() {
        Value::Bool(flag) => Json::from(*flag),
        Value::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
            // Whole numbers keep their form: account ids and ports are written without a decimal point.
            #[expect(clippy::cast_possible_truncation, reason = "the guard keeps it in range")]
            Json::from(*number as i64)
        }
        Value::Number(number) => Json::from(*number),
        Value::String(text) => Json::from(text.as_str()),
        Value::Array(items) => items.iter().map(to_json).collect(),
        Value::Object(map) => Json::Object(map.iter().map(|(key, value)| (key.clone(), to_json(value))).collect()),
        _ => Json::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy;

    #[test]
    fn a_document_is_text_or_an_object() {
        let full = policy::full_access();
        assert_eq!(document(&Value::from(full.to_string())), Ok(full.clone()));
        assert_eq!(document(&Value::from(full.clone())), Ok(full));
        assert_eq!(
            document(&Value::from("{oops")),
            Err(NotAPolicy::Json { line: 1, column: 2 })
        );
        assert_eq!(document(&Value::from("[]")), Err(NotAPolicy::Statement));
        assert_eq!(document(&Value::from(3.0)), Err(NotAPolicy::Type));
    }
}
