//! The package schema as typed tables: what exists, what is required, secret, replaced, defaulted and constrained.
//!
//! `schema.json` is the one source of these facts. It is Pulumi's package schema, and what Pulumi has
//! no word for (patterns, ranges, exclusive properties, automatic names, comparison by meaning) stands beside the property
//! under `language.rust`, which Pulumi's metaschema leaves to us. [`Schema::served_json`] takes it out again.
//!
//! Parsing is strict: a key that these tables cannot represent is an error, because a fact that is written down and
//! ignored is worse than none.

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
    /// Where the plugin can be downloaded; empty for the default place.
    pub download_url: String,
    config: ObjectSchema,
    resources: BTreeMap<String, ResourceSchema>,
    types: BTreeMap<String, TypeSchema>,
    served: String,
}

impl Schema {
    /// Reads a package schema and gives it a version.
    ///
    /// Fails on malformed JSON, on keys these tables do not know, on references to types that are not there or that lead
    /// back to themselves, and on extensions that do not fit the property they stand beside.
    pub fn parse(json: &str, version: &str, vocabulary: &Vocabulary) -> Result<Self, SchemaError> {
        Self::published(json, version, vocabulary, &Publisher::default())
    }

    /// The same with what its publisher decides.
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
            types: tables.types,
            served: publish(document, version)?,
        })
    }

    /// The text that GetSchema answers: the schema with its version and without the extensions that only we read.
    pub fn served_json(&self) -> &str {
        &self.served
    }

    /// The resource or component with this type token.
    pub fn resource(&self, token: &str) -> Option<&ResourceSchema> {
        self.resources.get(token)
    }

    /// All resources and components, by token.
    pub fn resources(&self) -> impl Iterator<Item = &ResourceSchema> {
        self.resources.values()
    }

    /// The provider's configuration keys.
    pub fn config(&self) -> &ObjectSchema {
        &self.config
    }

    /// The object or enum type with this token.
    pub fn type_named(&self, token: &str) -> Option<&TypeSchema> {
        self.types.get(token)
    }

    /// All object and enum types, by token.
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
    /// A component is made by Construct and has no lifecycle of its own.
    pub is_component: bool,
    /// What a user writes.
    pub inputs: Arc<ObjectSchema>,
    /// What a user reads.
    pub outputs: Arc<ObjectSchema>,
    /// How Check makes the physical name when the user gives none.
    pub autoname: Option<Autoname>,
}

/// The properties of a resource, an object type or the configuration.
#[derive(Debug, Default)]
pub struct ObjectSchema {
    /// The properties by name.
    pub properties: BTreeMap<String, Property>,
    /// Which of them exclude one another.
    pub groups: Vec<Group>,
}

impl ObjectSchema {
    /// The property with this name.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.get(name)
    }

    /// The names of the properties that must be set.
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
    /// One of them must be given, and only one.
    ExactlyOneOf(Vec<String>),
    /// One of them may be given.
    AtMostOneOf(Vec<String>),
}

impl Group {
    /// The names of the properties, in the order in which a message should list them.
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
    /// As an input: must be set. As an output: is always there.
    pub required: bool,
    /// Must be encrypted in state and masked in output.
    pub secret: bool,
    /// A change makes a new resource.
    pub replace: bool,
    /// Not an Output: the container itself is known in preview, though its leaves may not be.
    pub plain: bool,
    /// As an output: never changes during the resource's life, so it stays known while an update is previewed.
    pub stable: bool,
    /// As an input: the service fills it in when it is absent, and keeps it: leaving it out is no change.
    pub service_default: bool,
    /// The value Check fills in.
    pub default: Option<serde_json::Value>,
    /// Environment variables from which SDKs take a default, in this order.
    pub environment: Vec<String>,
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
    /// Their type.
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
    /// A text.
    String,
    /// One of the listed texts.
    Enum(Arc<EnumSchema>),
    /// A list.
    Array(Box<Item>),
    /// A map from text; limits of the keys are in the property's [`Constraints::keys`].
    Map(Box<Item>),
    /// An object with known properties.
    Object(Arc<ObjectSchema>),
    /// Anything at all.
    Any,
    /// One of several types.
    Union(Vec<Self>),
}

impl Type {
    /// The properties of the objects found in a value of this type: its own, or those of its elements.
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

/// An enum type: the texts that are allowed.
#[derive(Debug)]
pub struct EnumSchema {
    /// Type token.
    pub token: String,
    /// The allowed texts, in the order of the schema.
    pub values: Vec<String>,
}

/// Why a package schema cannot be used. Always a mistake in the schema, never a user's.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The text is not JSON, or has keys or shapes that the tables cannot represent.
    #[error("the package schema cannot be read: {0}")]
    Json(#[source] serde_json::Error),
    /// The schema carries a version of its own.
    #[error("the package schema has a version of its own: the build gives it one")]
    Version,
    /// A reference leads nowhere.
    #[error("{at}: there is no type {reference}")]
    UnknownReference {
        /// Where the reference stands.
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
        /// Where the part stands.
        at: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// Where the schema says that the plugin is.
fn download_url(document: &serde_json::Value) -> String {
    let url = document.get("pluginDownloadURL").and_then(serde_json::Value::as_str);
    url.unwrap_or_default().to_owned()
}

/// Makes the served schema of the written one: without what only we read, and with a version.
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

/// Takes out every `language.rust`, so that no generator of SDKs or documentation ever has to know of it.
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
