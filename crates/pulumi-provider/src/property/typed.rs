//! Converts plain properties to Rust structs and back, with serde.
//!
//! * A null property means the same as an absent one, in both directions: `None` is left out.
//! * An integer field accepts whole numbers in its range, up to 2^53 in absolute value: the protocol has only doubles.
//! * A reference to a resource is read as the resource's id, or as the URN of a component.
//! * The wrappers of secrets and known outputs are ignored. Split them off with [`secret_paths`](super::secret_paths) first, or
//!   the marks are lost. An unknown value is an error.
//! * Errors name the path and what was expected, never the value. A hand-written `Deserialize` or `TryFrom` must do the same.
//! * Avoid `#[serde(flatten)]`: serde loses the path inside it.
//!
//! Why this is not `serde_json::Value` with `serde_path_to_error`: the messages of `serde_json` quote the value ("invalid type:
//! string \"hunter2\""), and without them an error no longer says what was expected. The rules above about references, unknown
//! values and doubles would need a second pass over the tree in front of it.

mod read;
mod write;

use std::fmt;

use serde::de::{DeserializeOwned, Expected, Unexpected};
use serde::{Serialize, de, ser};

use super::path::{PropertyPath, Segment};
use super::{Map, Value};

/// Every integer up to this one has an exact double.
const MAX_SAFE_INTEGER: u64 = 1 << 53;

/// Reads a struct from properties.
///
/// # Errors
/// A property that is missing, unknown, or of another type than its field.
pub fn decode<T: DeserializeOwned>(properties: &Map) -> Result<T, TypedError> {
    T::deserialize(read::MapReader(properties))
}

/// Writes a struct as properties.
///
/// # Errors
/// A number or a type that the protocol cannot represent, such as an integer above 2^53, bytes, or a map whose keys are not
/// strings.
pub fn encode<T: Serialize>(value: &T) -> Result<Map, TypedError> {
    match value.serialize(write::ValueWriter)? {
        Value::Object(map) => Ok(map),
        other => Err(TypedError::new(format!(
            "properties must be an object, not {}",
            other.kind()
        ))),
    }
}

/// The error for properties that do not fit a struct, or a struct that does not fit the protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedError {
    /// The path of the property.
    pub path: PropertyPath,
    /// What is wrong, worded to follow the path in a message.
    pub reason: String,
}

impl TypedError {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            path: PropertyPath::root(),
            reason: reason.into(),
        }
    }

    /// Prepends a step to the path of the error.
    fn within(self, step: Segment) -> Self {
        let path = self
            .path
            .segments()
            .iter()
            .cloned()
            .fold(PropertyPath::root().then(step), |path, step| path.then(step));
        Self {
            path,
            reason: self.reason,
        }
    }
}

impl fmt::Display for TypedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.segments().is_empty() {
            f.write_str(&self.reason)
        } else {
            write!(f, "property {}: {}", self.path, self.reason)
        }
    }
}

impl std::error::Error for TypedError {}

impl ser::Error for TypedError {
    fn custom<T: fmt::Display>(reason: T) -> Self {
        Self::new(reason.to_string())
    }
}

/// Serde's default messages quote the value; these never do.
impl de::Error for TypedError {
    fn custom<T: fmt::Display>(reason: T) -> Self {
        Self::new(reason.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {expected}, found {}", kind(&found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {expected}, found {} that does not fit", kind(&found)))
    }

    fn unknown_variant(_found: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("expected one of: {}", expected.join(", ")))
    }

    fn unknown_field(_field: &str, _expected: &'static [&'static str]) -> Self {
        // The path of this error already ends in the property's name.
        Self::new("there is no such property")
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("required, but missing").within(Segment::Key(field.to_owned()))
    }
}

fn kind(found: &Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "a whole number",
        Unexpected::Float(_) => "a number that is not whole or too large",
        Unexpected::Char(_) | Unexpected::Str(_) => "a string",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "a list",
        Unexpected::Map => "an object",
        _ => "another kind of value",
    }
}

#[cfg(test)]
mod tests;
