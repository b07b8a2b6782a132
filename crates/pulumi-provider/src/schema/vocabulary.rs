//! What `language.rust` can say of a value beyond its type: what a text denotes, and when two values mean the same. A package
//! adds words of its own, such as one for the policies of its service.

use std::fmt;

use serde_json::Value as Json;

use super::{SchemaError, bind, format, texts};
use crate::property::differences::Differences;
use crate::property::path::PropertyPath;
use crate::property::{Map, Value};

/// The words of a package, besides those that this crate knows.
#[derive(Clone, Copy, Debug)]
pub struct Vocabulary {
    /// What texts denote: values of `format`.
    pub formats: &'static [Format],
    /// Texts that mean the same: values of `same`.
    pub texts: &'static [TextEquality],
    /// Documents that mean the same: values of `same`.
    pub documents: &'static [&'static dyn Document],
}

impl Vocabulary {
    /// The words of this crate alone.
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

/// What a text denotes, where a regular expression would be wrong or unreadable.
#[derive(Debug)]
pub struct Format {
    /// Its name in the schema.
    pub name: &'static str,
    /// The words that complete "must be …".
    pub expected: &'static str,
    /// Whether a text denotes such a thing.
    pub accepts: fn(&str) -> bool,
}

/// When two texts mean the same.
#[derive(Debug)]
pub struct TextEquality {
    /// Its name in the schema.
    pub name: &'static str,
    /// Whether two texts mean the same.
    pub same: fn(&str, &str) -> bool,
}

/// A JSON document with a meaning of its own, such as a policy: written as text or as an object.
pub trait Document: fmt::Debug + Send + Sync {
    /// Its name in the schema.
    fn name(&self) -> &'static str;

    /// The document in a known value, which may be text or an object.
    ///
    /// # Errors
    /// What is wrong with it, in words that begin with "must", without any of its contents.
    fn read(&self, value: &Value) -> Result<Json, String>;

    /// What is wrong with a document: all of it, in words that follow the property's path.
    fn mistakes(&self, document: &Json) -> Vec<String>;

    /// Whether two documents mean the same.
    fn same(&self, old: &Json, new: &Json) -> bool;

    /// Whether the document asks for the same as no document.
    fn is_default(&self, document: &Json) -> bool;

    /// Finds the innermost places where two documents differ, whose meanings differ. What is not known yet is a difference.
    fn differences(&self, at: &PropertyPath, old: &Map, new: &Map, differences: &mut Differences);
}

/// When two values of a property mean the same, so that writing one for the other is no change.
#[derive(Debug, Clone, Copy, Default)]
pub enum Same {
    /// When they are equal.
    #[default]
    Exact,
    /// Lists with the same elements in any order.
    Set,
    /// Texts that can be written in several ways.
    Text(&'static TextEquality),
    /// Documents that can be written in several ways.
    Document(&'static dyn Document),
}
