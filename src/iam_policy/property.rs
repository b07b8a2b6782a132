//! IAM policies as input properties: as text or as a document.

use pulumi_provider::property::differences::Differences;
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::property::{Map, Value};
use pulumi_provider::schema::Document;
use serde_json::Value as Json;

use super::differences;

/// Values of `"same": "iam-policy"`. Two policies that grant the same are equal (docs/aws-behavior.md, Endpoint policy).
#[derive(Debug)]
pub struct IamPolicy;

impl Document for IamPolicy {
    fn name(&self) -> &'static str {
        "iam-policy"
    }

    fn read(&self, value: &Value) -> Result<Json, String> {
        document(value).map_err(|problem| problem.to_string())
    }

    fn mistakes(&self, document: &Json) -> Vec<String> {
        super::mistakes(document)
    }

    fn same(&self, old: &Json, new: &Json) -> bool {
        super::equivalent(old, new)
    }

    /// An endpoint without a policy has AWS's full access.
    fn is_default(&self, document: &Json) -> bool {
        super::is_full_access(document)
    }

    fn differences(&self, at: &PropertyPath, old: &Map, new: &Map, differences: &mut Differences) {
        differences::differences(at, old, new, differences);
    }
}

/// Why a value is not a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum NotAPolicy {
    /// The value is neither text nor an object.
    #[error("must be an IAM policy: its JSON as a string, or the document as an object")]
    Type,
    /// The text is not JSON.
    #[error("must be an IAM policy, but the string is not JSON (line {line}, column {column})")]
    Json {
        /// Line of the first mistake, from 1.
        line: usize,
        /// Column of the first mistake, from 1.
        column: usize,
    },
    /// The JSON is not an object with a `Statement`.
    #[error("must be an IAM policy: a JSON object with a `Statement`")]
    Statement,
}

/// Returns the policy document of a property value: IAM JSON as text, or the document as an object. The value must be known.
///
/// # Errors
/// The value is not a policy. The error contains nothing of its contents.
fn document(value: &Value) -> Result<Json, NotAPolicy> {
    let json = match value.bare() {
        Value::String(text) => serde_json::from_str(text).map_err(|error| NotAPolicy::Json {
            line: error.line(),
            column: error.column(),
        })?,
        Value::Object(_) => value.to_json(),
        _ => return Err(NotAPolicy::Type),
    };
    match json.get("Statement") {
        Some(Json::Array(_) | Json::Object(_)) => Ok(json),
        _ => Err(NotAPolicy::Statement),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam_policy;

    #[test]
    fn a_document_is_text_or_an_object() {
        let full = iam_policy::full_access();
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
