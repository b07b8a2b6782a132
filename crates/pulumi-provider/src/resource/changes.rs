//! The differences between the recorded resource and the program, as Diff reports them to the engine.

mod reason;

use std::collections::{BTreeMap, BTreeSet};

use crate::property::path::PropertyPath;
use crate::property::{Map, Value, secret_paths};
use crate::schema::ResourceSchema;

/// How a property changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// The property is new.
    Add,
    /// The property is gone.
    Delete,
    /// The property has another value.
    Update,
}

/// One changed property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// How it changes.
    pub kind: ChangeKind,
    /// Whether the change requires a replacement.
    pub replace: bool,
    /// Whether the CLI shows the old value from the old inputs; otherwise it shows the one from the old outputs.
    pub input: bool,
}

/// All changes of one resource, while Diff collects them.
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
    /// The reason for a change that neither the inputs nor the schema explain, by path.
    pub causes: BTreeMap<PropertyPath, String>,
    /// Whether a replacement deletes the old object first.
    pub delete_first: bool,
    /// The user's `ignoreChanges`. The engine has already applied them to the inputs. They still matter for changes that only
    /// outputs show.
    pub ignored: &'a [PropertyPath],
    /// Whether the program itself gave the physical name in this run; unknown in a refresh, and therefore false.
    pub named_by_user: bool,
}

/// The answer of Diff.
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
    /// The explanation for the user, shown after the resource's name, where the CLI does not show the reason itself.
    pub reason: Option<String>,
}

impl Changes<'_> {
    /// Records a change of a top-level property, unless the user ignores it.
    pub fn record(&mut self, property: &str, change: Change) {
        if !self.is_ignored(property) {
            self.by_path.insert(PropertyPath::root().key(property), change);
        }
    }

    /// Adds the reason why a top-level property changes, if that change is recorded. The reason is in lower case, without a
    /// full stop.
    pub fn because(&mut self, property: &str, cause: impl Into<String>) {
        let path = PropertyPath::root().key(property);
        if self.by_path.contains_key(&path) {
            self.causes.insert(path, cause.into());
        }
    }

    /// Reports whether a property, or something inside it, changes.
    #[must_use]
    pub fn touches(&self, property: &str) -> bool {
        self.by_path.keys().any(|path| path.first_key() == Some(property))
    }

    /// Reports whether the resource is replaced.
    #[must_use]
    pub fn replaces(&self) -> bool {
        self.by_path.values().any(|change| change.replace)
    }

    fn is_ignored(&self, property: &str) -> bool {
        let path = PropertyPath::root().key(property);
        self.ignored.iter().any(|pattern| pattern.contains(&path))
    }

    /// Reports whether a replacement would conflict with its own old object: the new object is created first, and the program
    /// gives both the same name. The resource option `deleteBeforeReplace` avoids the conflict, but the engine does not tell
    /// a provider whether it is set.
    pub(crate) fn keeps_fixed_name(&self, schema: &ResourceSchema) -> bool {
        let Some(autoname) = &schema.autoname else {
            return false;
        };
        // An unknown value may turn out to be the old one.
        let is_certain = |path: &PropertyPath| !path.get(self.inputs).is_some_and(secret_paths::contains_unknown);
        let is_replaced = self
            .by_path
            .iter()
            .any(|(path, change)| change.replace && is_certain(path));
        self.named_by_user && is_replaced && !self.delete_first && !self.frees_name(&autoname.property)
    }

    /// Reports whether the new name differs from the old one, ignoring case. Names of security groups are unique regardless
    /// of case. The other names are always lower case, or belong to objects that are deleted first.
    fn frees_name(&self, property: &str) -> bool {
        let name = |inputs: &Map| {
            inputs
                .get(property)
                .and_then(Value::as_str)
                .map(str::to_ascii_lowercase)
        };
        self.touches(property) && name(self.old_inputs) != name(self.inputs)
    }

    pub(crate) fn finish(self, schema: &ResourceSchema) -> Diff {
        let tops = |changes: &BTreeMap<PropertyPath, Change>, replacing: bool| {
            let relevant = changes.iter().filter(|(_, change)| change.replace || !replacing);
            relevant
                .filter_map(|(path, _)| path.first_key())
                .map(str::to_owned)
                .collect()
        };
        Diff {
            reason: reason::of(&self, self.keeps_fixed_name(schema).then(|| name_of(schema))),
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

fn name_of(schema: &ResourceSchema) -> &str {
    schema.autoname.as_ref().map_or("name", |autoname| &autoname.property)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lifecycle::diff;
    use crate::samples::inputs::map;
    use crate::samples::toy::thing;

    /// Returns the answer of Diff to a change of a resource whose name the program gives.
    fn named(old: serde_json::Value, new: serde_json::Value, delete_first: bool) -> Diff {
        let (old, new) = (map(old), map(new));
        let changes = Changes {
            old_inputs: &old,
            old_state: &Map::new(),
            inputs: &new,
            by_path: diff::inputs(&thing().inputs, |_, _, _| false, &old, &Map::new(), &new),
            causes: BTreeMap::new(),
            delete_first,
            ignored: &[],
            named_by_user: true,
        };
        changes.finish(thing())
    }

    #[test]
    fn a_replacement_with_the_same_name_advises_delete_before_replace() {
        let old = json!({"name": "mine", "zone": "a", "target": {"host": "x"}});
        let new = json!({"name": "mine", "zone": "b", "target": {"host": "y"}});
        let reason = |new: &serde_json::Value, delete_first| named(old.clone(), new.clone(), delete_first).reason;
        insta::assert_snapshot!(
            reason(&new, false).unwrap(),
            @"must be replaced: `target.host` and `zone` cannot be changed in place. The new object cannot be created while the old one has the same `name`: change or remove `name`, or set the resource option `deleteBeforeReplace`"
        );
        let is_told = |new: &serde_json::Value, delete_first| {
            reason(new, delete_first).is_some_and(|reason| reason.contains("deleteBeforeReplace"))
        };
        assert!(!is_told(&new, true), "the old one is deleted first");
        let renamed = json!({"name": "other", "zone": "b", "target": {"host": "x"}});
        assert!(!is_told(&renamed, false));
        let updated = json!({"name": "mine", "zone": "a", "target": {"host": "x"}, "size": 3});
        assert!(!is_told(&updated, false));
        // In a preview the new zone may turn out to be the old one.
        let perhaps = json!({"name": "mine", "zone": "!unknown!", "target": {"host": "x"}});
        assert!(!is_told(&perhaps, false));
        let surely = json!({"name": "mine", "zone": "!unknown!", "target": {"host": "y"}});
        assert!(is_told(&surely, false));
    }

    #[test]
    fn the_diff_response_names_top_level_properties() {
        let old = json!({"zone": "a", "target": {"host": "x"}, "tags": {"k": "1"}});
        let new = json!({"zone": "a", "target": {"host": "y"}, "tags": {"k": "2"}});
        let diff = named(old, new, true);
        let paths: Vec<_> = diff.detailed.keys().map(ToString::to_string).collect();
        // Neither the old nor the new inputs have a name.
        assert_eq!(paths, ["tags.k", "target.host"]);
        assert_eq!(diff.replaces, ["target".to_owned()].into());
        assert_eq!(diff.properties, ["tags".to_owned(), "target".to_owned()].into());
        assert_eq!(diff.stables, ["arn"]);
        assert!(diff.delete_first);
    }

    #[test]
    fn a_change_that_only_outputs_show_can_be_ignored() {
        let nothing = Map::new();
        let ignored = ["tags".parse().unwrap(), "state.inner".parse().unwrap()];
        let mut changes = Changes {
            old_inputs: &nothing,
            old_state: &nothing,
            inputs: &nothing,
            by_path: BTreeMap::new(),
            causes: BTreeMap::new(),
            delete_first: false,
            ignored: &ignored,
            named_by_user: false,
        };
        let change = Change {
            kind: ChangeKind::Update,
            replace: true,
            input: false,
        };
        changes.record("tags", change);
        assert!(!changes.touches("tags") && !changes.replaces());
        changes.record("state", change);
        assert!(changes.touches("state") && changes.replaces());
    }
}
