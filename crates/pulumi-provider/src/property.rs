//! Values of Pulumi properties, as programs, the state and resources exchange them.
//!
//! The [`wire`] module decodes the special objects of the protobuf encoding: a secret becomes [`Value::Secret`], not an object
//! with a signature. This module does not depend on gRPC.

pub mod differences;
pub mod path;
pub mod secret_paths;
pub mod typed;
pub mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The properties of a resource or of a nested object, by name. Sorted, so that the provider always sends them in the same
/// order.
pub type Map = BTreeMap<String, Value>;

/// One property value.
///
/// `Debug` never prints the value of a secret.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// An explicit null. In inputs it means the same as an absent property.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number; the protocol has only IEEE doubles.
    Number(f64),
    /// A string.
    String(String),
    /// A list.
    Array(Vec<Self>),
    /// An object or map.
    Object(Map),
    /// A file-like blob.
    Asset(Asset),
    /// A collection of assets.
    Archive(Archive),
    /// A reference to a resource of the same deployment.
    Reference(ResourceReference),
    /// A value that must be stored encrypted and never be shown.
    Secret(Box<Self>),
    /// A value together with the resources that it depends on. Only component inputs and outputs have these.
    Output(Box<Output>),
    /// An unknown value (in preview).
    Unknown,
}

/// An output value: a value with its dependencies. Only component inputs and outputs contain these.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Output {
    /// The value; `None` while it is unknown.
    pub value: Option<Value>,
    /// Whether the value is secret.
    pub secret: bool,
    /// URNs of the resources that the value is computed from.
    pub dependencies: BTreeSet<String>,
}

/// A reference to a resource.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceReference {
    /// The URN of the resource.
    pub urn: String,
    /// The id: absent for a component.
    pub id: Option<ReferenceId>,
    /// The version of the package that the resource belongs to; empty when it is not given.
    pub package_version: String,
}

/// The id inside a [`ResourceReference`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferenceId {
    /// The id.
    Known(String),
    /// The resource has no id yet (in preview).
    Unknown,
}

/// An asset. The engine sends only the hash where the contents are not needed.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Asset {
    /// SHA-256 of the contents, in hexadecimal; empty when it is not given.
    pub hash: String,
    /// Where the contents are.
    pub source: Option<AssetSource>,
}

/// The contents of an [`Asset`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssetSource {
    /// The text itself.
    Text(String),
    /// A file on the machine that runs the program.
    Path(String),
    /// A URI that the contents can be fetched from.
    Uri(String),
}

/// An archive.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Archive {
    /// SHA-256 of the contents, in hexadecimal; empty when it is not given.
    pub hash: String,
    /// Where the contents are.
    pub source: Option<ArchiveSource>,
}

/// The contents of an [`Archive`].
#[derive(Clone, Debug, PartialEq)]
pub enum ArchiveSource {
    /// Assets and archives by their path within this archive.
    Assets(Map),
    /// A directory or archive file on the machine that runs the program.
    Path(String),
    /// A URI that the archive can be fetched from.
    Uri(String),
}

impl Value {
    /// Marks the value as secret; a secret stays as it is.
    #[must_use]
    pub fn into_secret(self) -> Self {
        match self {
            Self::Secret(_) => self,
            other => Self::Secret(Box::new(other)),
        }
    }

    /// Returns the value without the secret and output wrappers around it. Wrappers further inside stay. Returns
    /// [`Value::Unknown`] for an output whose value is unknown.
    #[must_use]
    pub fn bare(&self) -> &Self {
        match self {
            Self::Secret(inner) => inner.bare(),
            Self::Output(output) => output.value.as_ref().map_or(&Self::Unknown, Self::bare),
            other => other,
        }
    }

    /// Reports whether the value is null, also inside wrappers.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.bare(), Self::Null)
    }

    /// Reports whether the value itself is unknown, also inside wrappers. Unknown parts of a list or object do not count.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self.bare(), Self::Unknown)
    }

    /// Returns the string, if the value is one, also from inside wrappers.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self.bare() {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the boolean, if the value is one, also from inside wrappers.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.bare() {
            Self::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// Returns the number, if the value is one, also from inside wrappers.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match self.bare() {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns the list, if the value is one, also from inside wrappers.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        match self.bare() {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// Returns the object, if the value is one, also from inside wrappers.
    #[must_use]
    pub fn as_object(&self) -> Option<&Map> {
        match self.bare() {
            Self::Object(map) => Some(map),
            _ => None,
        }
    }

    /// Converts the value to JSON. A value without a JSON form, such as an unknown, becomes null.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self.bare() {
            Self::Bool(flag) => Json::from(*flag),
            Self::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                // Whole numbers become JSON integers, so that account IDs and ports have no decimal point.
                #[expect(clippy::cast_possible_truncation, reason = "the guard keeps it in range")]
                Json::from(*number as i64)
            }
            Self::Number(number) => Json::from(*number),
            Self::String(text) => Json::from(text.as_str()),
            Self::Array(items) => items.iter().map(Self::to_json).collect(),
            Self::Object(map) => Json::Object(map.iter().map(|(key, value)| (key.clone(), value.to_json())).collect()),
            _ => Json::Null,
        }
    }

    /// Returns the kind of the value, as messages to the user name it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.bare() {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "a list",
            Self::Object(_) => "an object",
            Self::Asset(_) => "an asset",
            Self::Archive(_) => "an archive",
            Self::Reference(_) => "a resource",
            Self::Unknown | Self::Secret(_) | Self::Output(_) => "an unknown value",
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(flag) => flag.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::String(text) => text.fmt(f),
            Self::Array(items) => items.fmt(f),
            Self::Object(map) => map.fmt(f),
            Self::Asset(asset) => asset.fmt(f),
            Self::Archive(archive) => archive.fmt(f),
            Self::Reference(reference) => reference.fmt(f),
            Self::Secret(_) => f.write_str("[secret]"),
            Self::Output(output) if output.secret => f.write_str("[secret output]"),
            Self::Output(output) => output.fmt(f),
            Self::Unknown => f.write_str("[unknown]"),
        }
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<Vec<Self>> for Value {
    fn from(items: Vec<Self>) -> Self {
        Self::Array(items)
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Self::Object(map)
    }
}

/// Converts plain JSON, which has no secrets and no unknowns.
impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(flag) => Self::Bool(flag),
            // Every JSON number has a nearest double; the protocol has no other numbers.
            serde_json::Value::Number(number) => Self::Number(number.as_f64().unwrap_or(0.0)),
            serde_json::Value::String(text) => Self::String(text),
            serde_json::Value::Array(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            serde_json::Value::Object(map) => Self::Object(map.into_iter().map(|(k, v)| (k, Self::from(v))).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_hides_secrets() {
        let value = Value::Object(Map::from([
            ("open".to_owned(), Value::from("shown")),
            ("key".to_owned(), Value::from("hidden").into_secret()),
            (
                "output".to_owned(),
                Value::Output(Box::new(Output {
                    value: Some("hidden".into()),
                    secret: true,
                    ..Output::default()
                })),
            ),
        ]));
        let text = format!("{value:?}");
        assert!(text.contains("shown") && !text.contains("hidden"), "{text}");
    }

    #[test]
    fn accessors_look_inside_wrappers() {
        let wrapped = Value::Output(Box::new(Output {
            value: Some(Value::from("x").into_secret()),
            ..Output::default()
        }));
        assert_eq!(wrapped.as_str(), Some("x"));
        assert!(Value::Output(Box::default()).is_unknown());
    }
}
