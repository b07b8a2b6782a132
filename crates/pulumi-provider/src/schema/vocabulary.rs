//! The names that `language.rust` can use for formats and comparisons of values. A package adds its own, such as a comparison
//! of the policies of its service.

use std::fmt;

use serde_json::Value as Json;

use super::{SchemaError, bind, format, texts};
use crate::property::differences::Differences;
use crate::property::path::PropertyPath;
use crate::property::{Map, Value};

/// The formats and comparisons of a package, in addition to the built-in ones.
#[derive(Clone, Copy, Debug)]
pub struct Vocabulary {
    /// Formats of texts: values of `format`.
    pub formats: &'static [Format],
    /// Comparisons of texts: values of `same`.
    pub texts: &'static [TextEquality],
    /// Kinds of documents, with their comparisons: values of `same`.
    pub documents: &'static [&'static dyn Document],
}

impl Vocabulary {
    /// Only the built-in formats and comparisons.
    pub const BUILT_IN: Self = Self {
        formats: &[],
        texts: &[],
        documents: &[],
    };

    pub(super) fn format(&self, at: &str, name: &str) -> Result<&'static Format, SchemaError> {
        let found = self.formats.iter().chain(&format::BUILT_IN);
        let mut found = found.filter(|format| format.name == name);
        found
            .next()
            .ok_or_else(|| bind::invalid(at, &format!("there is no format {name}")))
    }

    pub(super) fn same(&self, at: &str, name: Option<&str>) -> Result<Same, SchemaError> {
        let name = match name {
            None => return Ok(Same::Exact),
            Some("set") => return Ok(Same::Set),
            Some(name) => name,
        };
        let mut texts = self.texts.iter().chain(&texts::BUILT_IN);
        if let Some(found) = texts.find(|texts| texts.name == name) {
            return Ok(Same::Text(found));
        }
        let found = self.documents.iter().find(|document| document.name() == name);
        found
            .map(|document| Same::Document(*document))
            .ok_or_else(|| bind::invalid(at, &format!("there is no comparison {name}")))
    }
}

/// A format of texts, for cases where a regular expression would be wrong or unreadable.
#[derive(Debug)]
pub struct Format {
    /// Its name in the schema.
    pub name: &'static str,
    /// What is expected, worded to complete "must be …".
    pub expected: &'static str,
    /// Whether a text has this format.
    pub accepts: fn(&str) -> bool,
}

/// A comparison of two texts by meaning.
#[derive(Debug)]
pub struct TextEquality {
    /// Its name in the schema.
    pub name: &'static str,
    /// Whether two texts mean the same.
    pub same: fn(&str, &str) -> bool,
}

/// A kind of JSON document that is compared by meaning, such as a policy. A program writes it as text or as an object.
pub trait Document: fmt::Debug + Send + Sync {
    /// Returns its name in the schema.
    fn name(&self) -> &'static str;

    /// Parses the document from a known value, which may be text or an object.
    ///
    /// # Errors
    /// What is wrong with the value, worded to begin with "must" and without any of its contents.
    fn read(&self, value: &Value) -> Result<Json, String>;

    /// Returns everything that is wrong with a document, worded to follow the property's path.
    fn mistakes(&self, document: &Json) -> Vec<String>;

    /// Reports whether two documents mean the same.
    fn same(&self, old: &Json, new: &Json) -> bool;

    /// Reports whether the document means the same as no document.
    fn is_default(&self, document: &Json) -> bool;

    /// Adds to `differences` the innermost paths at which two documents of different meaning differ. An unknown value is a
    /// difference.
    fn differences(&self, at: &PropertyPath, old: &Map, new: &Map, differences: &mut Differences);
}

/// How two values of a property are compared. Replacing a value by one that means the same is no change.
#[derive(Debug, Clone, Copy, Default)]
pub enum Same {
    /// Values that are equal.
    #[default]
    Exact,
    /// Lists with the same elements in any order.
    Set,
    /// Texts that can be written in several ways, compared by meaning.
    Text(&'static TextEquality),
    /// Documents that can be written in several ways, compared by meaning.
    Document(&'static dyn Document),
}
