//! Diff: finds the changes between the recorded inputs and the new ones, path by path.
//!
//! Compares old and new inputs, never outputs, so that defaults of the service are no differences. A resource adds differences
//! that only its outputs show (tags, states) in [`Resource::diff`](crate::resource::Resource::diff). A refresh uses the same
//! comparison in the other direction: the old inputs are then the live values.
//!
//! In a list whose order does not count, a removed element is shown at its old index and an added one at its new index.

use std::collections::BTreeMap;

use crate::lifecycle::equality;
use crate::property::differences::{Difference, Differences, keys, of_sets, present};
use crate::property::path::PropertyPath;
use crate::property::{Map, Value};
use crate::resource::changes::{Change, ChangeKind};
use crate::schema::{Item, ObjectSchema, Property, Same, Type};

/// A resource's addition to the schema's comparison: whether two different values at a path mean the same to the service.
pub type SameRule = fn(&PropertyPath, &Value, &Value) -> bool;

/// Returns the changes between two sets of inputs. `outputs` are the recorded outputs: they show the values that the service
/// chose where the old inputs set none.
#[must_use]
pub fn inputs(
    schema: &ObjectSchema,
    same: SameRule,
    old: &Map,
    outputs: &Map,
    new: &Map,
) -> BTreeMap<PropertyPath, Change> {
    let mut comparison = Comparison {
        same,
        outputs,
        changes: BTreeMap::new(),
    };
    comparison.object(&PropertyPath::root(), schema, false, old, new);
    comparison.changes
}

struct Comparison<'a> {
    same: SameRule,
    outputs: &'a Map,
    changes: BTreeMap<PropertyPath, Change>,
}

impl Comparison<'_> {
    fn object(&mut self, at: &PropertyPath, schema: &ObjectSchema, replace: bool, old: &Map, new: &Map) {
        for (name, property) in &schema.properties {
            self.property(
                &at.key(name),
                property,
                replace || property.replace,
                old.get(name),
                new.get(name),
            );
        }
    }

    fn property(
        &mut self,
        at: &PropertyPath,
        schema: &Property,
        replace: bool,
        old: Option<&Value>,
        new: Option<&Value>,
    ) {
        if equality::property(schema, old, new) {
            return;
        }
        let (old, new) = (present(old), present(new));
        // The service chose the value, or keeps one that was set before: leaving it out is no change.
        if new.is_none() && schema.service_default {
            return;
        }
        // Setting the value that the service has already chosen is no change either.
        if old.is_none() && schema.service_default && equality::property(schema, at.get(self.outputs), new) {
            return;
        }
        if let (Some(old), Some(new)) = (old, new)
            && (self.same)(at, old, new)
        {
            return;
        }
        self.value(at, &schema.kind, schema.same, replace, old, new);
    }

    /// Records the innermost paths at which two different values differ.
    fn value(
        &mut self,
        at: &PropertyPath,
        kind: &Type,
        same: Same,
        replace: bool,
        old: Option<&Value>,
        new: Option<&Value>,
    ) {
        let before = self.changes.len();
        match (kind, same, old, new) {
            (Type::Object(schema), _, Some(Value::Object(old)), Some(Value::Object(new))) => {
                self.object(at, schema, replace, old, new);
            }
            // An added or removed object is one change, but its properties may force a replacement.
            (Type::Object(schema), _, old, new) => {
                let forces = [old, new]
                    .into_iter()
                    .flatten()
                    .any(|side| forces_replacement(schema, side));
                self.record(at, replace || forces, old.is_some(), new.is_some());
            }
            (Type::Map(items), _, Some(Value::Object(old)), Some(Value::Object(new))) => {
                for key in keys(old, new) {
                    self.item(&at.key(key), items, replace, old.get(key), new.get(key));
                }
            }
            (Type::Array(items), Same::Exact, Some(Value::Array(old)), Some(Value::Array(new))) => {
                for index in 0..old.len().max(new.len()) {
                    self.item(&at.index(index), items, replace, old.get(index), new.get(index));
                }
            }
            (Type::Array(items), Same::Set, Some(Value::Array(old)), Some(Value::Array(new))) => {
                let rule = self.same;
                let equal = |old: &Value, new: &Value| equality::item(items, old, new) || rule(at, old, new);
                for (index, gone, come) in of_sets([old, new], equal) {
                    let at = at.index(index);
                    match (gone, come) {
                        // A removed and an added element at the same index are shown as one changed element.
                        (Some(_), Some(_)) => self.value(&at, &items.kind, items.same, replace, gone, come),
                        _ => self.record(&at, replace, gone.is_some(), come.is_some()),
                    }
                }
            }
            (Type::Any, Same::Document(kind), Some(Value::Object(old)), Some(Value::Object(new))) => {
                let mut differences = Differences::default();
                kind.differences(at, old, new, &mut differences);
                self.record_all(replace, differences);
            }
            (Type::Any | Type::Union(_), _, Some(old @ Value::Object(_)), Some(new @ Value::Object(_))) => {
                let mut differences = Differences::default();
                differences.compare(at, Some(old), Some(new));
                self.record_all(replace, differences);
            }
            _ => self.record(at, replace, old.is_some(), new.is_some()),
        }
        // Free-form JSON may mean something else as a whole although none of its parts differ: then the whole is the change. A
        // value with a schema differs only where its parts do.
        if self.changes.len() == before && matches!(kind, Type::Any | Type::Union(_)) {
            self.record(at, replace, old.is_some(), new.is_some());
        }
    }

    fn item(&mut self, at: &PropertyPath, item: &Item, replace: bool, old: Option<&Value>, new: Option<&Value>) {
        match (present(old), present(new)) {
            (None, None) => {}
            (Some(old), Some(new)) if equality::item(item, old, new) || (self.same)(at, old, new) => {}
            (old @ Some(_), new @ Some(_)) => self.value(at, &item.kind, item.same, replace, old, new),
            (old, new) => self.record(at, replace, old.is_some(), new.is_some()),
        }
    }

    fn record_all(&mut self, replace: bool, differences: Differences) {
        for Difference { at, was, is } in differences {
            self.record(&at, replace, was, is);
        }
    }

    /// Records a change at a path that had a value before, has one now, or both.
    fn record(&mut self, at: &PropertyPath, replace: bool, was: bool, is: bool) {
        let kind = match (was, is) {
            (false, _) => ChangeKind::Add,
            (_, false) => ChangeKind::Delete,
            _ => ChangeKind::Update,
        };
        let writable = writable(at);
        let kind = if writable == *at { kind } else { ChangeKind::Update };
        self.changes.insert(
            writable,
            Change {
                kind,
                replace,
                input: true,
            },
        );
    }
}

/// Returns the path itself, or the longest part of it that the engine can parse. The syntax cannot express every key of a map,
/// and a path that the engine cannot parse fails the update.
fn writable(at: &PropertyPath) -> PropertyPath {
    let mut prefix = PropertyPath::root();
    for segment in at.segments() {
        let longer = prefix.then(segment.clone());
        if longer.to_string().parse().as_ref() != Ok(&longer) {
            break;
        }
        prefix = longer;
    }
    prefix
}

fn forces_replacement(schema: &ObjectSchema, value: &Value) -> bool {
    let Some(map) = value.as_object() else {
        // The object is unknown: it may contain any property of the schema.
        return schema.properties.values().any(|property| property.replace);
    };
    schema
        .properties
        .iter()
        .any(|(name, property)| property.replace && present(map.get(name)).is_some())
}

#[cfg(test)]
mod tests;
