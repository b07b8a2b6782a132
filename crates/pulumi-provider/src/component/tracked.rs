//! Values on their way through a component: from its inputs to its children, from child to child, and to its outputs.
//!
//! A component routes values without looking at them, so that unknowns, secrets and dependencies arrive where they belong.
//! Where it must compute with one (a URL from a host name), it says how by [`Flow::map`], and that happens only once the
//! value is known.

use std::collections::BTreeSet;

use crate::property::{Map, Output, Value, secret_paths};

/// A value as far as it is known, with where it comes from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flow {
    /// The plain value; `None` while any part of it is not known.
    value: Option<Value>,
    secret: bool,
    dependencies: BTreeSet<String>,
}

impl Flow {
    /// The whole of a value: unknown if any part is, secret if any part is.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        let plain = (!secret_paths::contains_unknown(value)).then(|| plain(value));
        Self {
            value: plain,
            secret: secret_paths::contains_secret(value),
            dependencies: secret_paths::dependencies(value),
        }
    }

    /// A value that comes from nowhere.
    #[must_use]
    pub fn known(value: impl Into<Value>) -> Self {
        Self {
            value: Some(value.into()),
            ..Self::default()
        }
    }

    /// Something that comes from the resource `urn` and is not known.
    #[must_use]
    pub fn unknown(urn: &str) -> Self {
        Self {
            value: None,
            secret: false,
            dependencies: BTreeSet::from([urn.to_owned()]),
        }
    }

    /// The same, but secret.
    #[must_use]
    pub fn into_secret(self) -> Self {
        Self { secret: true, ..self }
    }

    /// Several values as one list.
    pub fn all(flows: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::known(Vec::new());
        for flow in flows {
            all.secret |= flow.secret;
            all.dependencies.extend(flow.dependencies);
            all.value = match (all.value, flow.value) {
                (Some(Value::Array(mut items)), Some(item)) => {
                    items.push(item);
                    Some(Value::Array(items))
                }
                _ => None,
            };
        }
        all
    }

    /// Several values as one object.
    pub fn object(flows: impl IntoIterator<Item = (String, Self)>) -> Self {
        let (names, flows): (Vec<_>, Vec<_>) = flows.into_iter().unzip();
        Self::all(flows).map(|items| {
            let items = items.as_array().unwrap_or_default().iter().cloned();
            Value::Object(
                names
                    .into_iter()
                    .zip(items)
                    .filter(|(_, value)| !value.is_null())
                    .collect(),
            )
        })
    }

    /// The value that `compute` makes of this one, as soon as this one is known.
    #[must_use]
    pub fn map(self, compute: impl FnOnce(&Value) -> Value) -> Self {
        Self {
            value: self.value.as_ref().map(compute),
            ..self
        }
    }

    /// The value, if it is known.
    #[must_use]
    pub const fn value(&self) -> Option<&Value> {
        self.value.as_ref()
    }

    /// The text, if it is known and one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.value.as_ref().and_then(Value::as_str)
    }

    /// The value for an input or output, with all that is known about it.
    #[must_use]
    pub fn into_value(self) -> Value {
        match self {
            Self {
                value: Some(value),
                secret: false,
                dependencies,
            } if dependencies.is_empty() => value,
            Self {
                value,
                secret,
                dependencies,
            } => Value::Output(Box::new(Output {
                value,
                secret,
                dependencies,
            })),
        }
    }
}

/// The value without secret and output wrappers, inside too.
fn plain(value: &Value) -> Value {
    match value.bare() {
        Value::Array(items) => Value::Array(items.iter().map(plain).collect()),
        Value::Object(map) => Value::Object(map.iter().map(|(name, value)| (name.clone(), plain(value))).collect()),
        other => other.clone(),
    }
}

/// Adds the dependencies that the engine lists beside an input to the input itself. Those that it has inside already stay
/// there: on the whole, they would be taken for dependencies of each part.
pub fn depend(inputs: &mut Map, name: &str, urns: impl IntoIterator<Item = String>) {
    if let Some(value) = inputs.get_mut(name) {
        let inside = secret_paths::dependencies(value);
        let dependencies: BTreeSet<String> = urns.into_iter().filter(|urn| !inside.contains(urn)).collect();
        if dependencies.is_empty() {
            return;
        }
        let inner = std::mem::replace(value, Value::Null);
        *value = match inner {
            Value::Output(mut output) => {
                output.dependencies.extend(dependencies);
                Value::Output(output)
            }
            inner => {
                let known = !matches!(inner, Value::Unknown);
                Value::Output(Box::new(Output {
                    value: known.then_some(inner),
                    secret: false,
                    dependencies,
                }))
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(value: Option<Value>, urn: &str) -> Value {
        Value::Output(Box::new(Output {
            value,
            secret: false,
            dependencies: BTreeSet::from([urn.to_owned()]),
        }))
    }

    #[test]
    fn a_part_that_is_unknown_or_secret_makes_the_whole_so() {
        let list = Value::Array(vec![from(Some("a".into()), "x"), from(None, "y")]);
        let flow = Flow::of(&list);
        assert_eq!(flow.value(), None);
        assert_eq!(flow.dependencies, BTreeSet::from(["x".to_owned(), "y".to_owned()]));
        let flow = Flow::of(&Value::Array(vec![Value::from("a").into_secret()])).map(|_| "computed".into());
        assert!(secret_paths::contains_secret(&flow.into_value()));
    }

    #[test]
    fn an_object_leaves_out_what_is_null() {
        let flow = Flow::object([
            ("a".to_owned(), Flow::known("x")),
            ("b".to_owned(), Flow::known(Value::Null)),
        ]);
        assert_eq!(
            flow.into_value(),
            Value::Object(Map::from([("a".to_owned(), "x".into())]))
        );
    }

    #[test]
    fn dependencies_that_a_part_has_are_not_added_to_the_whole() {
        let list = Value::Array(vec![from(Some("a".into()), "x"), "b".into()]);
        let mut inputs = Map::from([("list".to_owned(), list.clone())]);
        depend(&mut inputs, "list", ["x".to_owned()]);
        assert_eq!(inputs["list"], list);
        depend(&mut inputs, "list", ["x".to_owned(), "y".to_owned()]);
        assert_eq!(inputs["list"], from(Some(list), "y"));
    }

    #[test]
    fn dependencies_listed_beside_an_input_are_added() {
        let mut inputs = Map::from([
            ("vpcId".to_owned(), Value::from("vpc-1")),
            ("tags".to_owned(), Value::Unknown),
        ]);
        depend(&mut inputs, "vpcId", ["urn".to_owned()]);
        depend(&mut inputs, "tags", ["urn".to_owned()]);
        assert_eq!(inputs["vpcId"], from(Some("vpc-1".into()), "urn"));
        assert_eq!(inputs["tags"], from(None, "urn"));
    }
}
