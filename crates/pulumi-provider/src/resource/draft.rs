//! The inputs as rules see them while some are unknown, and the list of everything that is wrong with them.

use crate::property::path::PropertyPath;
use crate::property::{Map, Value};

/// Inputs, some of which may be unknown (in a preview) or secret.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    inputs: &'a Map,
}

impl<'a> Draft<'a> {
    /// Wraps the inputs of a resource or of a nested object.
    #[must_use]
    pub const fn new(inputs: &'a Map) -> Self {
        Self { inputs }
    }

    /// Returns a property that is given and known, without its secret wrapper. Null counts as absent.
    #[must_use]
    pub fn known(&self, name: &str) -> Option<&'a Value> {
        self.inputs
            .get(name)
            .map(Value::bare)
            .filter(|value| !matches!(value, Value::Null | Value::Unknown))
    }

    /// Returns a known string property.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.known(name)?.as_str()
    }

    /// Returns a known list property; its items may be unknown.
    #[must_use]
    pub fn list(&self, name: &str) -> Option<&'a [Value]> {
        self.known(name)?.as_array()
    }

    /// Returns a known nested object; its properties may be unknown.
    #[must_use]
    pub fn object(&self, name: &str) -> Option<Self> {
        self.known(name)?.as_object().map(Draft::new)
    }

    /// Reports whether the property is given, known or not.
    #[must_use]
    pub fn is_given(&self, name: &str) -> bool {
        self.inputs.get(name).is_some_and(|value| !value.is_null())
    }

    /// Reports whether the property is given but not known yet.
    #[must_use]
    pub fn is_unknown(&self, name: &str) -> bool {
        self.inputs.get(name).is_some_and(Value::is_unknown)
    }

    /// Returns the properties themselves.
    #[must_use]
    pub const fn map(&self) -> &'a Map {
        self.inputs
    }
}

/// One thing that is wrong with the inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The path of the property.
    pub path: PropertyPath,
    /// What is wrong and what would be right. Never contains the value, which may be secret.
    pub reason: String,
}

/// Everything that is wrong with the inputs, in the order it was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    list: Vec<Failure>,
    /// The paths of required secrets that are missing. No service returns a secret, so it may be missing from the recorded
    /// inputs too.
    missing_secrets: Vec<PropertyPath>,
}

impl Failures {
    /// Adds a failure at a path.
    pub fn add(&mut self, path: PropertyPath, reason: impl Into<String>) {
        self.list.push(Failure {
            path,
            reason: reason.into(),
        });
    }

    /// Adds a failure at a top-level property.
    pub fn at(&mut self, property: &str, reason: impl Into<String>) {
        self.add(PropertyPath::root().key(property), reason);
    }

    /// Adds a failure at a required property that is missing and secret.
    pub fn missing_secret(&mut self, path: PropertyPath, reason: impl Into<String>) {
        self.missing_secrets.push(path.clone());
        self.add(path, reason);
    }

    /// Removes the failures about missing secrets at the paths for which `is_forgiven` returns true.
    pub fn forgive_missing_secrets(&mut self, is_forgiven: impl Fn(&PropertyPath) -> bool) {
        let missing = std::mem::take(&mut self.missing_secrets);
        self.list
            .retain(|failure| !(missing.contains(&failure.path) && is_forgiven(&failure.path)));
    }

    /// Reports whether there already is a failure at a path or inside it. A rule need not report what follows from that
    /// failure.
    #[must_use]
    pub fn blames(&self, path: &PropertyPath) -> bool {
        self.list.iter().any(|failure| path.contains(&failure.path))
    }

    /// Reports whether there is no failure.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Returns the failures in the order they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Failure> {
        self.list.iter()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::samples::inputs::map;

    #[test]
    fn given_known_and_absent_inputs_are_distinguished() {
        let inputs = map(json!({
            "text": "!secret!x", "list": ["!unknown!"], "object": {"inner": "y"}, "null": null, "unknown": "!unknown!",
        }));
        let draft = Draft::new(&inputs);
        assert_eq!(draft.text("text"), Some("x"));
        assert_eq!(draft.list("list").map(<[_]>::len), Some(1));
        assert_eq!(
            draft.object("object").and_then(|object| object.text("inner")),
            Some("y")
        );
        assert_eq!((draft.text("list"), draft.list("text")), (None, None));
        let seen = |name| {
            (
                draft.is_given(name),
                draft.is_unknown(name),
                draft.known(name).is_some(),
            )
        };
        assert_eq!(seen("text"), (true, false, true));
        assert_eq!(seen("unknown"), (true, true, false));
        assert_eq!(seen("null"), (false, false, false));
        assert_eq!(seen("absent"), (false, false, false));
    }

    #[test]
    fn failures_keep_their_order() {
        let mut failures = Failures::default();
        assert!(failures.is_empty());
        failures.at("b", "one");
        failures.add(PropertyPath::root().key("a").index(0), "two");
        let found: Vec<_> = failures
            .iter()
            .map(|failure| format!("{}: {}", failure.path, failure.reason))
            .collect();
        assert_eq!(found, ["b: one", "a[0]: two"]);
    }
}
