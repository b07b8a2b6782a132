//! The differences between the recorded resource and what the program asks for, on their way to the engine.

use std::collections::BTreeMap;

use crate::property::Map;
use crate::property::path::PropertyPath;

/// How a property changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was absent.
    Add,
    /// It is no longer there.
    Delete,
    /// It has another value.
    Update,
}

/// One changed property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// How it changes.
    pub kind: ChangeKind,
    /// Whether the resource must be replaced for it.
    pub replace: bool,
    /// Whether the old value is shown from the old inputs (else from the old outputs).
    pub input: bool,
}

/// All changes of one resource.
#[derive(Debug)]
pub struct Changes<'a> {
    /// The recorded inputs, as they were checked.
    pub old_inputs: &'a Map,
    /// The recorded outputs.
    pub old_state: &'a Map,
    /// The new checked inputs; some may be unknown, in real updates too.
    pub inputs: &'a Map,
    /// The changes by path.
    pub by_path: BTreeMap<PropertyPath, Change>,
    /// Whether a replacement deletes the old object first.
    pub delete_first: bool,
    /// Patterns of the properties whose changes the user told the engine to ignore.
    pub ignored: Vec<PropertyPath>,
}

impl Changes<'_> {
    /// Records a change at a top-level property.
    pub fn record(&mut self, property: &str, change: Change) {
        self.by_path.insert(PropertyPath::root().key(property), change);
    }

    /// Whether a property, or something inside it, changes.
    #[must_use]
    pub fn touches(&self, property: &str) -> bool {
        self.by_path.keys().any(|path| path.first_key() == Some(property))
    }

    /// Whether the resource is replaced.
    #[must_use]
    pub fn replaces(&self) -> bool {
        self.by_path.values().any(|change| change.replace)
    }
}
