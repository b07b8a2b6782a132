//! The structure of `schema.json`: the parts of Pulumi's metaschema that this crate uses, and its own extensions.
//!
//! Unknown keys are refused, except other languages under `language`. So every key in the schema is one that some code reads.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: Option<String>,
    #[serde(default)]
    pub(super) config: Config,
    #[serde(default)]
    pub(super) types: BTreeMap<String, ComplexType>,
    #[serde(default)]
    pub(super) resources: BTreeMap<String, Resource>,
    #[serde(default)]
    pub(super) functions: BTreeMap<String, Function>,

    // Passed through to Pulumi: descriptions of the package, and settings for the generators of SDKs. `provider` repeats the
    // configuration for explicit provider resources.
    #[serde(rename = "displayName")]
    _display_name: Option<IgnoredAny>,
    #[serde(rename = "description")]
    _description: Option<IgnoredAny>,
    #[serde(rename = "keywords")]
    _keywords: Option<IgnoredAny>,
    #[serde(rename = "license")]
    _license: Option<IgnoredAny>,
    #[serde(rename = "attribution")]
    _attribution: Option<IgnoredAny>,
    #[serde(rename = "namespace")]
    _namespace: Option<IgnoredAny>,
    #[serde(rename = "meta")]
    _meta: Option<IgnoredAny>,
    #[serde(rename = "provider")]
    _provider: Option<IgnoredAny>,
    #[serde(rename = "language")]
    _language: Option<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    #[serde(default)]
    pub(super) variables: BTreeMap<String, Property>,
    /// The required keys. `defaults` is Pulumi's name for them.
    #[serde(default)]
    pub(super) defaults: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ComplexType {
    #[serde(rename = "type")]
    pub(super) kind: Primitive,
    /// Read by Pulumi's generators only.
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default)]
    pub(super) properties: BTreeMap<String, Property>,
    #[serde(default)]
    pub(super) required: Vec<String>,
    #[serde(rename = "enum")]
    pub(super) variants: Option<Vec<EnumValue>>,
    #[serde(default)]
    pub(super) language: Language<ObjectExtension>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct EnumValue {
    pub(super) value: String,
    #[serde(rename = "name")]
    _name: Option<String>,
    #[serde(rename = "description")]
    _description: Option<String>,
    #[serde(rename = "deprecationMessage")]
    _deprecation_message: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Resource {
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) is_component: bool,
    #[serde(default)]
    pub(super) input_properties: BTreeMap<String, Property>,
    #[serde(default)]
    pub(super) required_inputs: Vec<String>,
    #[serde(default)]
    pub(super) properties: BTreeMap<String, Property>,
    #[serde(default)]
    pub(super) required: Vec<String>,
    #[serde(rename = "deprecationMessage")]
    _deprecation_message: Option<String>,
    #[serde(default)]
    pub(super) language: Language<ObjectExtension>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Function {
    /// Read by Pulumi's generators only.
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default)]
    pub(super) inputs: Object,
    /// An object. Pulumi also allows other types, which no function here has.
    pub(super) outputs: Object,
}

/// The arguments or the answer of a function.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Object {
    /// Read by Pulumi's generators only.
    #[serde(rename = "description")]
    _description: Option<IgnoredAny>,
    #[serde(default)]
    pub(super) properties: BTreeMap<String, Property>,
    #[serde(default)]
    pub(super) required: Vec<String>,
    #[serde(default)]
    pub(super) language: Language<ObjectExtension>,
}

/// A property: the keys of a type, and the keys that only a property has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Property {
    // The keys of a type, repeated because serde cannot refuse unknown keys through `flatten`.
    #[serde(rename = "type")]
    pub(super) kind: Option<Primitive>,
    #[serde(rename = "$ref")]
    pub(super) reference: Option<String>,
    pub(super) items: Option<Box<TypeRef>>,
    pub(super) additional_properties: Option<Box<TypeRef>>,
    pub(super) one_of: Option<Vec<TypeRef>>,
    #[serde(default)]
    pub(super) plain: bool,

    #[serde(default)]
    pub(super) description: String,
    pub(super) default: Option<Value>,
    #[serde(rename = "defaultInfo")]
    _default_info: Option<IgnoredAny>,
    #[serde(default)]
    pub(super) secret: bool,
    #[serde(default)]
    pub(super) will_replace_on_changes: bool,
    #[serde(rename = "deprecationMessage")]
    _deprecation_message: Option<String>,
    #[serde(default)]
    pub(super) language: Language<Rules>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct TypeRef {
    #[serde(rename = "type")]
    pub(super) kind: Option<Primitive>,
    #[serde(rename = "$ref")]
    pub(super) reference: Option<String>,
    pub(super) items: Option<Box<Self>>,
    pub(super) additional_properties: Option<Box<Self>>,
    pub(super) one_of: Option<Vec<Self>>,
    #[serde(default)]
    pub(super) plain: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Primitive {
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

/// The `rust` part of a `language` block. The generators of SDKs read the other languages.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Language<T: Default> {
    #[serde(default)]
    pub(super) rust: T,
}

/// `language.rust` of a resource (about its inputs) or of an object type.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ObjectExtension {
    /// Groups of properties of which exactly one must be given.
    #[serde(default)]
    pub(super) exactly_one_of: Vec<Vec<String>>,
    /// Groups of properties of which at most one may be given.
    #[serde(default)]
    pub(super) at_most_one_of: Vec<Vec<String>>,
    /// Resources only: how the physical name is generated.
    pub(super) autoname: Option<Autoname>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Autoname {
    /// The input that holds the name.
    pub(super) property: String,
    pub(super) min_length: usize,
    pub(super) max_length: usize,
    /// The allowed characters, as in the brackets of a regular expression. A literal hyphen comes last.
    pub(super) allowed: String,
    /// Where else the name can be set, worded as the end of a message.
    pub(super) hint: Option<String>,
    /// A prefix that a name must not have.
    pub(super) forbidden_prefix: Option<String>,
}

/// `language.rust` of a property, or `items`, `keys` or `values` in it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Rules {
    /// Fewest and most characters of a text.
    pub(super) min_length: Option<usize>,
    pub(super) max_length: Option<usize>,
    /// Regular expressions that a text must match, and must not match. They have no look-around, and match anywhere in the text
    /// unless they contain anchors.
    pub(super) pattern: Option<String>,
    pub(super) not_pattern: Option<String>,
    /// What the two expressions require, worded to complete "must be …".
    pub(super) expected: Option<String>,
    /// The name of the format that a text must have.
    pub(super) format: Option<String>,
    /// Smallest and largest number.
    pub(super) minimum: Option<f64>,
    pub(super) maximum: Option<f64>,
    /// Fewest and most elements of a list or map.
    pub(super) min_items: Option<usize>,
    pub(super) max_items: Option<usize>,
    /// Rules for the keys of a map, the elements of a list and the values of a map.
    pub(super) keys: Option<Box<Self>>,
    pub(super) items: Option<Box<Self>>,
    pub(super) values: Option<Box<Self>>,
    /// When two values mean the same; by default when they are equal.
    pub(super) same: Option<String>,
    /// Outputs only: never changes during the resource's life.
    #[serde(default)]
    pub(super) stable: bool,
    #[serde(default)]
    pub(super) service_default: bool,
}
