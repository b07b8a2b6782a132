//! Splits secret marks off property values, because resources work with plain values, and puts them back on the values that
//! resources return.

use std::collections::BTreeSet;
use std::mem;

use super::path::{PropertyPath, Segment};
use super::{Map, Value};

/// The paths of the secret values in a tree of properties. May contain patterns, such as `rules[*].token` from a schema.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretPaths {
    paths: BTreeSet<PropertyPath>,
}

/// Splits a tree into plain values and the paths that were secret. Replaces an output value by the value in it (or by unknown)
/// and drops its dependencies: see [`dependencies`].
#[must_use]
pub fn split(properties: Map) -> (Map, SecretPaths) {
    let mut marks = SecretPaths::default();
    let plain = split_map(properties, &PropertyPath::root(), &mut marks);
    (plain, marks)
}

impl SecretPaths {
    /// Reports whether nothing is secret.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// Adds a path.
    pub fn insert(&mut self, path: PropertyPath) {
        self.paths.insert(path);
    }

    /// Returns the paths.
    pub fn iter(&self) -> impl Iterator<Item = &PropertyPath> {
        self.paths.iter()
    }

    /// Puts the marks on the same values in another form, such as a service's response. In doubt, a value becomes secret: lists
    /// may be in another order, so a mark on one item marks all items, and where a text replaces an object, a mark inside the
    /// object marks the whole text. An absent or null value stays as it is.
    #[must_use]
    pub fn apply(&self, properties: Map) -> Map {
        let mut tree = Value::Object(properties);
        // Inner marks first: nothing inside a value that is already secret gets a mark.
        for path in self.paths.iter().rev() {
            // The properties as a whole cannot be secret.
            if !path.segments().is_empty() {
                mark(&mut tree, path.segments());
            }
        }
        match tree {
            Value::Object(properties) => properties,
            _ => unreachable!("a path with a step marks something within the object"),
        }
    }
}

impl FromIterator<PropertyPath> for SecretPaths {
    fn from_iter<T: IntoIterator<Item = PropertyPath>>(paths: T) -> Self {
        Self {
            paths: paths.into_iter().collect(),
        }
    }
}

impl Extend<PropertyPath> for SecretPaths {
    fn extend<T: IntoIterator<Item = PropertyPath>>(&mut self, paths: T) {
        self.paths.extend(paths);
    }
}

/// Reports whether any part of the value is unknown.
#[must_use]
pub fn contains_unknown(value: &Value) -> bool {
    find_in(value, &PropertyPath::root(), &|value| value.is_unknown()).is_some()
}

/// Reports whether any part of the value is secret.
#[must_use]
pub fn contains_secret(value: &Value) -> bool {
    find_in(value, &PropertyPath::root(), &is_secret).is_some()
}

/// Returns the URNs of the resources that a value or its parts are computed from.
#[must_use]
pub fn dependencies(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Output(output) => {
            let inner = output.value.as_ref().map(dependencies).unwrap_or_default();
            output.dependencies.iter().cloned().chain(inner).collect()
        }
        Value::Secret(inner) => dependencies(inner),
        Value::Array(items) => items.iter().flat_map(dependencies).collect(),
        Value::Object(map) => map.values().flat_map(dependencies).collect(),
        _ => BTreeSet::new(),
    }
}

fn mark(value: &mut Value, steps: &[Segment]) {
    let Some((step, rest)) = steps.split_first() else {
        return make_secret(value);
    };
    match (step, value) {
        (_, Value::Secret(_)) => {}
        (_, Value::Output(output)) => {
            if let Some(inner) = &mut output.value {
                mark(inner, steps);
            }
        }
        (Segment::Key(name), Value::Object(map)) => {
            if let Some(value) = map.get_mut(name) {
                mark(value, rest);
            }
        }
        (Segment::Any, Value::Object(map)) => map.values_mut().for_each(|value| mark(value, rest)),
        (Segment::Index(_) | Segment::Any, Value::Array(items)) => {
            items.iter_mut().for_each(|item| mark(item, rest));
        }
        // The value has another shape, so the secret may be anywhere in it.
        (_, value) => make_secret(value),
    }
}

fn make_secret(value: &mut Value) {
    if !value.is_null() {
        *value = mem::replace(value, Value::Null).into_secret();
    }
}

fn split_map(map: Map, path: &PropertyPath, marks: &mut SecretPaths) -> Map {
    map.into_iter()
        .map(|(name, value)| {
            let value = split_value(value, &path.key(&name), marks);
            (name, value)
        })
        .collect()
}

fn split_value(value: Value, path: &PropertyPath, marks: &mut SecretPaths) -> Value {
    if is_secret(&value) {
        marks.insert(path.clone());
    }
    match value {
        Value::Secret(inner) => split_value(*inner, path, marks),
        Value::Output(output) => split_value(output.value.unwrap_or(Value::Unknown), path, marks),
        Value::Array(items) => {
            let items = items.into_iter().enumerate();
            Value::Array(
                items
                    .map(|(index, item)| split_value(item, &path.index(index), marks))
                    .collect(),
            )
        }
        Value::Object(map) => Value::Object(split_map(map, path, marks)),
        other => other,
    }
}

fn is_secret(value: &Value) -> bool {
    match value {
        Value::Secret(_) => true,
        Value::Output(output) => output.secret,
        _ => false,
    }
}

fn find_in_map(map: &Map, path: &PropertyPath, wanted: &dyn Fn(&Value) -> bool) -> Option<PropertyPath> {
    map.iter()
        .find_map(|(name, value)| find_in(value, &path.key(name), wanted))
}

fn find_in(value: &Value, path: &PropertyPath, wanted: &dyn Fn(&Value) -> bool) -> Option<PropertyPath> {
    if wanted(value) {
        return Some(path.clone());
    }
    match value {
        Value::Secret(inner) => find_in(inner, path, wanted),
        Value::Output(output) => find_in(output.value.as_ref()?, path, wanted),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| find_in(item, &path.index(index), wanted)),
        Value::Object(map) => find_in_map(map, path, wanted),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::property::Output;
    use crate::samples::values;

    fn map(json: serde_json::Value) -> Map {
        match json.into() {
            Value::Object(map) => map,
            other => panic!("{other:?}"),
        }
    }

    fn marks(paths: &[&str]) -> SecretPaths {
        paths.iter().map(|path| path.parse().unwrap()).collect()
    }

    /// Returns the paths that are secret, in one line.
    fn secrets(properties: Map) -> String {
        let (_, marks) = split(properties);
        marks.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn split_returns_plain_values_and_the_paths_of_secrets() {
        let output = Output {
            value: Some("x".into()),
            secret: true,
            dependencies: ["urn:a".to_owned()].into(),
        };
        let mut properties = map(json!({"a": "1", "b": {"c": ["2", "3"]}}));
        assert!(
            "b.c[1]"
                .parse::<PropertyPath>()
                .unwrap()
                .set(&mut properties, Value::from("3").into_secret())
        );
        properties.insert("o".to_owned(), Value::Output(Box::new(output)));
        properties.insert("u".to_owned(), Value::Output(Box::default()));
        assert_eq!(dependencies(&properties.clone().into()), ["urn:a".to_owned()].into());

        let (plain, found) = split(properties);
        let mut expected = map(json!({"a": "1", "b": {"c": ["2", "3"]}, "o": "x"}));
        expected.insert("u".to_owned(), Value::Unknown);
        assert_eq!(plain, expected);
        assert_eq!(found, marks(&["b.c[1]", "o"]));
        assert!(!contains_secret(&plain.clone().into()));
        assert!(plain["u"].is_unknown());
    }

    #[test]
    fn a_mark_covers_every_list_item_and_values_of_another_shape() {
        let tree = json!({"list": [{"v": 1, "w": 1}, {"v": 2}], "policy": "{}", "n": null, "tags": {"x": 1, "y": 2}});
        let applied = marks(&["list[0].v", "policy.Statement[0]", "n", "tags.*"]).apply(map(tree));
        assert_eq!(secrets(applied), "list[0].v list[1].v policy tags.x tags.y");
    }

    #[test]
    fn a_secret_within_a_secret_needs_no_mark_of_its_own() {
        let applied = marks(&["a", "a.b"]).apply(map(json!({"a": {"b": 1}})));
        assert!(matches!(applied["a"], Value::Secret(_)));
        assert_eq!(marks(&["a.b"]).apply(applied.clone()), applied);
    }

    proptest! {
        #[test]
        fn apply_marks_at_least_the_secrets_that_split_removed(properties in values::map_with_secrets()) {
            let (plain, marks) = split(properties);
            prop_assert!(!contains_secret(&plain.clone().into()));
            let applied = marks.apply(plain.clone());
            for path in marks.iter() {
                // Either the value itself or a value around it is secret now.
                let hidden = (1..=path.segments().len()).any(|length| {
                    let outer = path.segments()[..length].iter().cloned().fold(PropertyPath::root(), |path, step| path.then(step));
                    matches!(outer.get(&applied), Some(Value::Secret(_)))
                });
                prop_assert!(hidden || path.get(&plain).is_some_and(Value::is_null), "{}", path);
            }
            prop_assert_eq!(split(applied).0, plain);
        }
    }
}
