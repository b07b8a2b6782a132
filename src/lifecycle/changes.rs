//! The differences between the recorded resource and what the program asks for, on their way to the engine.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Kind};
use crate::property::Map;
use crate::property::path::PropertyPath;
use crate::schema::ResourceSchema;

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

/// All changes of one resource, while they are collected.
#[derive(Debug)]
pub struct Changes<'a> {
    /// The recorded inputs, as they were checked; in a refresh, the live ones.
    pub old_inputs: &'a Map,
    /// The recorded outputs; in a refresh, the live ones.
    pub old_state: &'a Map,
    /// The new checked inputs; some may be unknown, in real updates too.
    pub inputs: &'a Map,
    /// The changes by path.
    pub by_path: BTreeMap<PropertyPath, Change>,
    /// Whether a replacement deletes the old object first.
    pub delete_first: bool,
    /// The user's `ignoreChanges`. The engine has applied them to the inputs; they count for what only outputs show.
    pub ignored: &'a [PropertyPath],
    /// Whether the program itself gave the physical name (in this run; unknown, thus false, in a refresh).
    pub named_by_user: bool,
}

/// What Diff answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// The changes by path; none means that there is nothing to do.
    pub detailed: BTreeMap<PropertyPath, Change>,
    /// Top-level properties that force a replacement.
    pub replaces: BTreeSet<String>,
    /// Top-level properties that change.
    pub properties: BTreeSet<String>,
    /// Outputs that keep their values.
    pub stables: Vec<String>,
    /// Whether a replacement deletes the old object first.
    pub delete_first: bool,
}

impl Changes<'_> {
    /// Records a change at a top-level property, unless the user ignores it.
    pub fn record(&mut self, property: &str, change: Change) {
        if !self.is_ignored(property) {
            self.by_path.insert(PropertyPath::root().key(property), change);
        }
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

    fn is_ignored(&self, property: &str) -> bool {
        let path = PropertyPath::root().key(property);
        self.ignored.iter().any(|pattern| pattern.contains(&path))
    }

    /// A replacement makes the new object first, so it cannot keep a name that the program fixes; deleting first would
    /// deadlock on what still refers to the old one.
    pub(super) fn refuse_name_collision(&self, schema: &ResourceSchema) -> Result<(), Error> {
        let Some(autoname) = &schema.autoname else {
            return Ok(());
        };
        let name = &autoname.property;
        if !self.named_by_user || !self.replaces() || self.delete_first || self.touches(name) {
            return Ok(());
        }
        let forcing: Vec<_> = self
            .by_path
            .iter()
            .filter(|(_, change)| change.replace)
            .map(|(path, _)| format!("`{path}`"))
            .collect();
        Err(Error::new(
            Kind::Invalid,
            format!(
                "a change of {} makes a new object beside the old one, and both cannot have the same `{name}`",
                forcing.join(", ")
            ),
        )
        .advise(format!("Change or drop `{name}`")))
    }

    pub(super) fn finish(self, schema: &ResourceSchema) -> Diff {
        let tops = |changes: &BTreeMap<PropertyPath, Change>, replacing: bool| {
            let relevant = changes.iter().filter(|(_, change)| change.replace || !replacing);
            relevant
                .filter_map(|(path, _)| path.first_key())
                .map(str::to_owned)
                .collect()
        };
        Diff {
            replaces: tops(&self.by_path, true),
            properties: tops(&self.by_path, false),
            stables: schema
                .outputs
                .properties
                .iter()
                .filter(|(_, p)| p.stable)
                .map(|(name, _)| name.clone())
                .collect(),
            delete_first: self.delete_first,
            detailed: self.by_path,
        }
    }
}
