//! Plain containers in a component's inputs: objects that decide which children exist.
//!
//! SDKs send these containers as known values with outputs in their leaves. Programs in YAML and Python can still wrap a
//! container as a whole (for example with `fn::secret` around a map), or send an unknown one.

use std::collections::BTreeSet;

use crate::property::{Map, Output, Value, secret_paths};

/// A container as the engine sent it.
#[derive(Clone, Debug, PartialEq)]
pub enum Container {
    /// Not given.
    Absent,
    /// Given, but its structure is not known yet.
    Unknown,
    /// Its properties. The secret mark and the dependencies of the whole container are copied to each of them.
    Known(Map),
}

impl Container {
    /// Returns the input of this name as a container.
    #[must_use]
    pub fn of(inputs: &Map, name: &str) -> Self {
        inputs.get(name).map_or(Self::Absent, Self::open)
    }

    /// Converts a value to a container. A value that is not an object counts as absent: validation has already refused it.
    #[must_use]
    pub fn open(value: &Value) -> Self {
        match value.bare() {
            Value::Unknown => Self::Unknown,
            Value::Object(map) => {
                let (secret, dependencies) = wrapping(value);
                Self::Known(
                    map.iter()
                        .map(|(name, leaf)| (name.clone(), wrap(leaf, secret, &dependencies)))
                        .collect(),
                )
            }
            _ => Self::Absent,
        }
    }

    /// Returns the properties; an empty map if the container is absent or unknown.
    #[must_use]
    pub fn into_map(self) -> Map {
        match self {
            Self::Known(map) => map,
            Self::Absent | Self::Unknown => Map::new(),
        }
    }
}

/// Returns whether the wrappers around a value mark it as secret, and their dependencies.
fn wrapping(value: &Value) -> (bool, BTreeSet<String>) {
    match value {
        Value::Secret(inner) => (true, wrapping(inner).1),
        Value::Output(output) => {
            let (secret, mut dependencies) = output.value.as_ref().map(wrapping).unwrap_or_default();
            dependencies.extend(output.dependencies.iter().cloned());
            (secret || output.secret, dependencies)
        }
        _ => (false, BTreeSet::new()),
    }
}

fn wrap(leaf: &Value, secret: bool, dependencies: &BTreeSet<String>) -> Value {
    if !secret && dependencies.is_empty() {
        return leaf.clone();
    }
    let mut dependencies = dependencies.clone();
    dependencies.extend(secret_paths::dependencies(leaf));
    let secret = secret || matches!(leaf, Value::Secret(_)) || matches!(leaf, Value::Output(output) if output.secret);
    let value = Some(leaf.bare())
        .filter(|value| !matches!(value, Value::Unknown))
        .cloned();
    Value::Output(Box::new(Output {
        value,
        secret,
        dependencies,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_mark_on_an_object_applies_to_each_property() {
        let inner = Value::Object(Map::from([
            ("a".to_owned(), "x".into()),
            ("b".to_owned(), Value::Unknown),
        ]));
        let Container::Known(map) = Container::open(&inner.into_secret()) else {
            panic!("not known")
        };
        assert!(map.values().all(secret_paths::contains_secret));
        assert!(map["a"].as_str() == Some("x") && map["b"].is_unknown());
    }

    #[test]
    fn unknown_and_absent_objects_are_distinguished() {
        let inputs = Map::from([("a".to_owned(), Value::Unknown), ("b".to_owned(), Value::Null)]);
        assert_eq!(Container::of(&inputs, "a"), Container::Unknown);
        assert_eq!(Container::of(&inputs, "b"), Container::Absent);
        assert_eq!(Container::of(&inputs, "c"), Container::Absent);
    }
}
