//! The package schema as typed tables: which properties exist, and which are required, secret, replaced, defaulted or
//! constrained.
//!
//! `schema.json` is the one source of these facts. It is a Pulumi package schema with extensions for facts that Pulumi has no
//! keys for: patterns, ranges, exclusive properties, automatic names, comparison by meaning. The extensions stand beside the
//! property under `language.rust`, which Pulumi's metaschema does not restrict. [`Schema::served_json`] leaves them out.
//!
//! Parsing is strict: a key that these tables cannot represent is an error, so that no fact in the schema is silently ignored.

use std::collections::BTreeMap;
use std::sync::Arc;

mod autoname;
mod bind;
mod constraints;
mod format;
mod publisher;
mod spec;
mod texts;
mod vocabulary;

pub use autoname::Autoname;
pub use constraints::{Constraints, Pattern};
pub use publisher::Publisher;
pub use texts::{same_domain_name, same_ip_address};
pub use vocabulary::{Document, Format, Same, TextEquality, Vocabulary};

/// A package schema with every reference resolved.
#[derive(Debug)]
pub struct Schema {
    /// Package name, the first part of every token.
    pub name: String,
    /// Version of the package: semver without a leading `v`.
    pub version: String,
    /// The URL from which the plugin is downloaded; empty for the default.
    pub download_url: String,
    config: ObjectSchema,
    resources: BTreeMap<String, ResourceSchema>,
    functions: BTreeMap<String, FunctionSchema>,
    types: BTreeMap<String, TypeSchema>,
    served: String,
}

impl Schema {
    /// Parses a package schema and sets its version.
    ///
    /// # Errors
    /// Malformed JSON, keys that these tables do not know, references to missing types, types that contain themselves,
    /// extensions that do not fit their property, and a version in the schema itself.
    pub fn parse(json: &str, version: &str, vocabulary: &Vocabulary) -> Result<Self, SchemaError> {
        Self::published(json, version, vocabulary, &Publisher::default())
    }

    /// Parses a package schema like [`Schema::parse`] and adds the values of its publisher.
    ///
    /// # Errors
    /// Those of [`Schema::parse`].
    pub fn published(
        json: &str,
        version: &str,
        vocabulary: &Vocabulary,
        publisher: &Publisher,
    ) -> Result<Self, SchemaError> {
        let mut document: serde_json::Value = serde_json::from_str(json).map_err(SchemaError::Json)?;
        let package: spec::Package = serde_json::from_str(json).map_err(SchemaError::Json)?;
        let tables = bind::bind(&package, vocabulary)?;
        if let Some(package) = document.as_object_mut() {
            publisher.apply(package);
        }
        Ok(Self {
            name: package.name,
            version: version.to_owned(),
            download_url: download_url(&document),
            config: tables.config,
            resources: tables.resources,
            functions: tables.functions,
            types: tables.types,
            served: publish(document, version)?,
        })
    }

    /// Returns the schema that GetSchema sends: with its version, and without the extensions in `language.rust`.
    pub fn served_json(&self) -> &str {
        &self.served
    }

    /// Returns the resource or component with this type token.
    pub fn resource(&self, token: &str) -> Option<&ResourceSchema> {
        self.resources.get(token)
    }

    /// Returns all resources and components, ordered by token.
    pub fn resources(&self) -> impl Iterator<Item = &ResourceSchema> {
        self.resources.values()
    }

    /// Returns the function with this token.
    pub fn function(&self, token: &str) -> Option<&FunctionSchema> {
        self.functions.get(token)
    }

    /// Returns all functions, ordered by token.
    pub fn functions(&self) -> impl Iterator<Item = &FunctionSchema> {
        self.functions.values()
    }

    /// Returns the provider's configuration keys.
    pub fn config(&self) -> &ObjectSchema {
        &self.config
    }

    /// Returns all object and enum types with their tokens, ordered by token.
    pub fn types(&self) -> impl Iterator<Item = (&str, &TypeSchema)> {
        self.types.iter().map(|(token, schema)| (token.as_str(), schema))
    }
}

/// A custom resource or a component.
#[derive(Debug)]
pub struct ResourceSchema {
    /// Type token, such as `package:index:Name`.
    pub token: String,
    /// Markdown for users.
    pub description: String,
    /// Whether it is a component: Construct creates it, and it has no lifecycle of its own.
    pub is_component: bool,
    /// The input properties.
    pub inputs: Arc<ObjectSchema>,
    /// The output properties.
    pub outputs: Arc<ObjectSchema>,
    /// How Check generates the physical name when the user sets none.
    pub autoname: Option<Autoname>,
}

/// A function: programs call it with arguments, and get an answer.
#[derive(Debug)]
pub struct FunctionSchema {
    /// The token, such as `package:index:name`.
    pub token: String,
    /// The arguments.
    pub inputs: ObjectSchema,
    /// The answer.
    pub outputs: ObjectSchema,
}

/// The properties of a resource, an object type or the configuration.
#[derive(Debug, Default)]
pub struct ObjectSchema {
    /// The properties by name.
    pub properties: BTreeMap<String, Property>,
    /// Groups of properties that exclude one another.
    pub groups: Vec<Group>,
}

impl ObjectSchema {
    /// Returns the property with this name.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.get(name)
    }

    /// Returns the names of the required properties.
    pub fn required(&self) -> impl Iterator<Item = &str> {
        self.properties
            .iter()
            .filter(|(_, property)| property.required)
            .map(|(name, _)| name.as_str())
    }
}

/// Properties of one object that exclude one another. A property counts as given unless it is absent, null or `false`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Group {
    /// Exactly one of them must be given.
    ExactlyOneOf(Vec<String>),
    /// At most one of them may be given.
    AtMostOneOf(Vec<String>),
}

impl Group {
    /// Returns the names of the properties, in the order in which a message lists them.
    pub fn names(&self) -> &[String] {
        match self {
            Self::ExactlyOneOf(names) | Self::AtMostOneOf(names) => names,
        }
    }
}

/// One property of an object.
#[derive(Debug)]
pub struct Property {
    /// Its type.
    pub kind: Type,
    /// As an input: must be set. As an output: is always set.
    pub required: bool,
    /// Must be encrypted in state and masked in output.
    pub secret: bool,
    /// A change replaces the resource.
    pub replace: bool,
    /// Not an Output: the value itself is known in preview, though values inside it may be unknown.
    pub plain: bool,
    /// As an output: never changes while the resource exists, so it stays known in the preview of an update.
    pub stable: bool,
    /// As an input: the service chooses a value when the input is absent, and keeps it. Removing the input is no change.
    pub service_default: bool,
    /// The value that Check sets when the property is absent.
    pub default: Option<serde_json::Value>,
    /// Markdown for users.
    pub description: String,
    /// Limits of the value.
    pub constraints: Constraints,
    /// When two values mean the same.
    pub same: Same,
}

/// The elements of an array or a map.
#[derive(Debug, Clone)]
pub struct Item {
    /// The type of the elements.
    pub kind: Type,
    /// The elements are not Outputs.
    pub plain: bool,
    /// Limits of each element.
    pub constraints: Constraints,
    /// When two elements mean the same.
    pub same: Same,
}

/// The type of a value.
#[derive(Debug, Clone)]
pub enum Type {
    /// A boolean.
    Boolean,
    /// A number without a fraction.
    Integer,
    /// A number.
    Number,
    /// A string.
    String,
    /// One of the listed strings.
    Enum(Arc<EnumSchema>),
    /// A list.
    Array(Box<Item>),
    /// A map with string keys; limits of the keys are in the property's [`Constraints::keys`].
    Map(Box<Item>),
    /// An object with known properties.
    Object(Arc<ObjectSchema>),
    /// Any value.
    Any,
    /// One of several types.
    Union(Vec<Self>),
}

impl Type {
    /// Returns the schema of the objects in a value of this type: of the value itself, or of its elements.
    pub fn nested(&self) -> Option<&Arc<ObjectSchema>> {
        match self {
            Self::Object(object) => Some(object),
            Self::Array(item) | Self::Map(item) => item.kind.nested(),
            Self::Boolean
            | Self::Integer
            | Self::Number
            | Self::String
            | Self::Enum(_)
            | Self::Any
            | Self::Union(_) => None,
        }
    }
}

/// A named type.
#[derive(Debug, Clone)]
pub enum TypeSchema {
    /// An object type.
    Object(Arc<ObjectSchema>),
    /// An enum type.
    Enum(Arc<EnumSchema>),
}

/// An enum type with its allowed strings.
#[derive(Debug)]
pub struct EnumSchema {
    /// Type token.
    pub token: String,
    /// The allowed strings, in the order of the schema.
    pub values: Vec<String>,
}

/// The error for a package schema that cannot be used. The mistake is always in the schema, never the user's.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The text is not JSON, or has keys or shapes that the tables cannot represent.
    #[error("the package schema cannot be read: {0}")]
    Json(#[source] serde_json::Error),
    /// The schema sets a version itself.
    #[error("the package schema has a version of its own: the build gives it one")]
    Version,
    /// A reference names a type that does not exist.
    #[error("{at}: there is no type {reference}")]
    UnknownReference {
        /// Where the reference is in the schema.
        at: String,
        /// The reference.
        reference: String,
    },
    /// A type contains itself.
    #[error("the type {0} contains itself")]
    Cycle(String),
    /// A part of the schema does not fit the rest.
    #[error("{at}: {problem}")]
    Invalid {
        /// Where the part is in the schema.
        at: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// Returns the `pluginDownloadURL` of the schema; empty if it has none.
fn download_url(document: &serde_json::Value) -> String {
    let url = document.get("pluginDownloadURL").and_then(serde_json::Value::as_str);
    url.unwrap_or_default().to_owned()
}

/// Makes the schema that GetSchema sends: removes the extensions and sets the version.
fn publish(mut document: serde_json::Value, version: &str) -> Result<String, SchemaError> {
    strip_extensions(&mut document);
    let Some(package) = document.as_object_mut() else {
        return Err(SchemaError::Invalid {
            at: "the package".to_owned(),
            problem: "not an object".to_owned(),
        });
    };
    package.insert("version".to_owned(), version.into());
    serde_json::to_string(&document).map_err(SchemaError::Json)
}

/// Removes every `language.rust`, so that generators of SDKs and documentation never see it.
fn strip_extensions(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(object) => {
            if let Some(serde_json::Value::Object(language)) = object.get_mut("language")
                && language.remove("rust").is_some()
                && language.is_empty()
            {
                object.remove("language");
            }
            object.values_mut().for_each(strip_extensions);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(strip_extensions),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
