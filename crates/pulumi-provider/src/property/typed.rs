//! The bridge between plain properties and Rust structs, by serde.
//!
//! * A null property is the same as an absent one, in both directions: `None` is left out.
//! * A number must be whole and in range for an integer field, and at most 2^53 in size: the protocol has only doubles.
//! * A reference to a resource reads as its id, or as the URN of a component.
//! * Secrets and known outputs are seen through; take them apart with [`secret_paths`](super::secret_paths) first, so that they are not
//!   forgotten. Anything unknown is an error.
//! * Errors name the place and what was expected, never the value. An own `Deserialize` or `TryFrom` must keep to that, too.
//! * Within `#[serde(flatten)]` serde loses the place, so avoid it.

mod read;
mod write;

use std::fmt;

use serde::de::{DeserializeOwned, Expected, Unexpected};
use serde::{Serialize, de, ser};

use super::path::{PropertyPath, Segment};
use super::{Map, Value};

/// The largest integer up to which every integer is a double.
const MAX_SAFE_INTEGER: u64 = 1 << 53;

/// Reads a struct.
///
/// # Errors
/// A property that is missing, unknown, or of another type than its field.
pub fn decode<T: DeserializeOwned>(properties: &Map) -> Result<T, TypedError> {
    T::deserialize(read::MapReader(properties))
}

/// Writes a struct.
///
/// # Errors
/// A number that the protocol cannot carry, or a type without a form in it (bytes, maps with keys that are not strings).
pub fn encode<T: Serialize>(value: &T) -> Result<Map, TypedError> {
    match value.serialize(write::ValueWriter)? {
        Value::Object(map) => Ok(map),
        other => Err(TypedError::new(format!(
            "properties must be an object, not {}",
            other.kind()
        ))),
    }
}

/// Properties and a struct do not fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedError {
    /// Where.
    pub path: PropertyPath,
    /// Why; to be read after the path.
    pub reason: String,
}

impl TypedError {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            path: PropertyPath::root(),
            reason: reason.into(),
        }
    }

    /// The same error, seen from one level further out.
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

/// Serde's own texts quote the value; these do not.
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
        // The path of this error ends in the property.
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
