//! Finds the paths at which two property values differ.

use super::path::PropertyPath;
use super::{Map, Value};

/// Returns the value without its wrappers, or `None` for null, which means the same as an absent property.
#[must_use]
pub fn present(value: Option<&Value>) -> Option<&Value> {
    value.map(Value::bare).filter(|value| !matches!(value, Value::Null))
}

/// Returns the keys of both maps, sorted and each once.
#[must_use]
pub fn keys<'a>(old: &'a Map, new: &'a Map) -> Vec<&'a String> {
    let mut keys: Vec<_> = old.keys().chain(new.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Compares two lists whose order does not count. Returns, by index, the element removed from the old list and the element
/// added to the new one. An element that only moved to another index is no difference.
pub fn of_sets<'a>(
    [old, new]: [&'a [Value]; 2],
    same: impl Fn(&Value, &Value) -> bool,
) -> Vec<(usize, Option<&'a Value>, Option<&'a Value>)> {
    let bare = |list: &'a [Value]| list.iter().map(Value::bare).collect::<Vec<_>>();
    let (old, new) = (bare(old), bare(new));
    let gone = |index: usize| {
        let one = old.get(index).copied();
        one.filter(|one| !new.iter().any(|other| same(one, other)))
    };
    let come = |index: usize| {
        let one = new.get(index).copied();
        one.filter(|one| !old.iter().any(|other| same(other, one)))
    };
    (0..old.len().max(new.len()))
        .map(|index| (index, gone(index), come(index)))
        .filter(|(_, gone, come)| gone.is_some() || come.is_some())
        .collect()
}

/// The paths at which two values differ.
#[derive(Debug, Default)]
pub struct Differences(Vec<Difference>);

/// A path at which two values differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The path.
    pub at: PropertyPath,
    /// Whether the old value has something at the path.
    pub was: bool,
    /// Whether the new value has something at the path.
    pub is: bool,
}

impl Differences {
    /// Adds a path at which the values differ.
    pub fn add(&mut self, at: &PropertyPath, old: Option<&Value>, new: Option<&Value>) {
        self.0.push(Difference {
            at: at.clone(),
            was: old.is_some(),
            is: new.is_some(),
        });
    }

    /// Compares two values without a schema. An unknown value differs from every value.
    pub fn compare(&mut self, at: &PropertyPath, old: Option<&Value>, new: Option<&Value>) {
        match (present(old), present(new)) {
            (Some(Value::Object(old)), Some(Value::Object(new))) => {
                for key in keys(old, new) {
                    self.compare(&at.key(key), old.get(key), new.get(key));
                }
            }
            (Some(Value::Array(old)), Some(Value::Array(new))) => {
                for index in 0..old.len().max(new.len()) {
                    self.compare(&at.index(index), old.get(index), new.get(index));
                }
            }
            (old, new) if old == new && old != Some(&Value::Unknown) => {}
            (old, new) => self.add(at, old, new),
        }
    }
}

impl IntoIterator for Differences {
    type Item = Difference;
    type IntoIter = std::vec::IntoIter<Difference>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
