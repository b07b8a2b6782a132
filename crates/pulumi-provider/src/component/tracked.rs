//! Values that flow through a component: from its inputs to its children, from child to child, and to its outputs.
//!
//! A component passes values on without inspecting them, so that unknowns, secrets and dependencies are kept. Where it must
//! compute with a value (a URL from a host name), it uses [`Flow::map`], which runs only if the value is known.

use std::collections::BTreeSet;

use crate::property::{Map, Output, Value, secret_paths};

/// A value that may be unknown or secret, with the resources that it depends on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flow {
    /// The plain value; `None` while any part of it is not known.
    value: Option<Value>,
    secret: bool,
    dependencies: BTreeSet<String>,
}

impl Flow {
    /// Wraps a value as a whole: unknown if any part is unknown, secret if any part is secret.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        let plain = (!secret_paths::contains_unknown(value)).then(|| plain(value));
        Self {
            value: plain,
            secret: secret_paths::contains_secret(value),
            dependencies: secret_paths::dependencies(value),
        }
    }

    /// Wraps a known value that is not secret and depends on no resource.
    #[must_use]
    pub fn known(value: impl Into<Value>) -> Self {
        Self {
            value: Some(value.into()),
            ..Self::default()
        }
    }

    /// Returns an unknown value that depends on the resource `urn`.
    #[must_use]
    pub fn unknown(urn: &str) -> Self {
        Self {
            value: None,
            secret: false,
            dependencies: BTreeSet::from([urn.to_owned()]),
        }
    }

    /// Marks the value as secret.
    #[must_use]
    pub fn into_secret(self) -> Self {
        Self { secret: true, ..self }
    }

    /// Combines several values into one list.
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

    /// Combines several values into one object, without those that are null.
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

    /// Applies `compute` to the value if it is known. The result keeps the secret mark and the dependencies.
    #[must_use]
    pub fn map(self, compute: impl FnOnce(&Value) -> Value) -> Self {
        Self {
            value: self.value.as_ref().map(compute),
            ..self
        }
    }

    /// Returns the value if it is known.
    #[must_use]
    pub const fn value(&self) -> Option<&Value> {
        self.value.as_ref()
    }

    /// Returns the text if the value is known and a string.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.value.as_ref().and_then(Value::as_str)
    }

    /// Converts the flow into the value for an input or output, with its secret mark and dependencies.
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

/// Returns the value without secret and output wrappers, at any depth.
fn plain(value: &Value) -> Value {
    match value.bare() {
        Value::Array(items) => Value::Array(items.iter().map(plain).collect()),
        Value::Object(map) => Value::Object(map.iter().map(|(name, value)| (name.clone(), plain(value))).collect()),
        other => other.clone(),
    }
}

/// Adds the dependencies that the engine lists beside an input to the input itself. Dependencies that a part of the input
/// already has are not added: on the whole input, they would count as dependencies of each part.
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
    fn an_unknown_or_secret_element_makes_the_list_unknown_or_secret() {
        let list = Value::Array(vec![from(Some("a".into()), "x"), from(None, "y")]);
        let flow = Flow::of(&list);
        assert_eq!(flow.value(), None);
        assert_eq!(flow.dependencies, BTreeSet::from(["x".to_owned(), "y".to_owned()]));
        let flow = Flow::of(&Value::Array(vec![Value::from("a").into_secret()])).map(|_| "computed".into());
        assert!(secret_paths::contains_secret(&flow.into_value()));
    }

    #[test]
    fn an_object_omits_null_properties() {
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
    fn dependencies_of_an_element_are_not_added_to_the_list() {
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
