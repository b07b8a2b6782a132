//! The statements of a policy document, with the path of every value.

use serde_json::{Map, Value};

/// The value of `Effect`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Allow,
    Deny,
    /// Not known, or not valid.
    Other,
}

/// One statement.
pub(super) struct Statement<'a> {
    /// `Statement[0]`, or `Statement` if it is not in a list.
    pub(super) path: String,
    pub(super) effect: Effect,
    /// The elements; `None` if the statement is not an object.
    elements: Option<&'a Map<String, Value>>,
}

/// A value with its path.
pub(super) struct Item<'a> {
    pub(super) path: String,
    pub(super) value: &'a Value,
}

impl<'a> Statement<'a> {
    /// Returns the statements of a document.
    pub(super) fn all(document: &'a Value) -> Vec<Self> {
        let listed = document.get("Statement").map(|value| items("Statement", value));
        let statements = listed.unwrap_or_default().into_iter();
        statements.map(|item| Self::of(item.path, item.value)).collect()
    }

    fn of(path: String, value: &'a Value) -> Self {
        let effect = match value.get("Effect").and_then(Value::as_str) {
            Some("Allow") => Effect::Allow,
            Some("Deny") => Effect::Deny,
            _ => Effect::Other,
        };
        Self {
            path,
            effect,
            elements: value.as_object(),
        }
    }

    /// Reports whether the statement can be the one that allows something: an `Allow`, or one that is not known.
    pub(super) fn may_allow(&self) -> bool {
        self.effect == Effect::Allow || self.elements.is_none() || self.get("Effect").is_some_and(Value::is_null)
    }

    /// Returns the value of an element.
    pub(super) fn get(&self, element: &str) -> Option<&'a Value> {
        self.elements?.get(element)
    }

    /// Returns the path of an element.
    pub(super) fn at(&self, element: &str) -> String {
        member(&self.path, element)
    }

    /// Returns the values of an element that is one value or a list. Empty for an absent element.
    pub(super) fn items(&self, element: &str) -> Vec<Item<'a>> {
        let value = self.get(element);
        value.map_or_else(Vec::new, |value| items(&self.at(element), value))
    }
}

/// Returns the one value, or the values of a list.
pub(super) fn items<'a>(path: &str, value: &'a Value) -> Vec<Item<'a>> {
    match value {
        Value::Array(values) => {
            let numbered = values.iter().enumerate();
            numbered
                .map(|(index, value)| Item {
                    path: format!("{path}[{index}]"),
                    value,
                })
                .collect()
        }
        value => vec![Item {
            path: path.to_owned(),
            value,
        }],
    }
}

/// Returns the path of a member of an object, as Pulumi writes property paths.
pub(super) fn member(path: &str, name: &str) -> String {
    let plain = !name.is_empty() && name != "*" && !name.contains(['.', '[', ']', '"']);
    if plain {
        format!("{path}.{name}")
    } else {
        format!("{path}[\"{}\"]", name.replace('"', "\\\""))
    }
}
