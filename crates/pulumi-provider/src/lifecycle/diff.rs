//! Diff: what changes between the recorded inputs and the new ones, path by path.
//!
//! Old and new inputs are compared, never outputs, so server defaults are no differences. A resource adds what only its
//! outputs show (tags, states) in [`Resource::diff`](crate::resource::Resource::diff). A refresh uses the same comparison
//! the other way round: then the old inputs are the live values.
//!
//! Where order does not count, an element is shown where it is: what went by its old index, what came by its new one.

use std::collections::BTreeMap;

use crate::lifecycle::equality;
use crate::property::differences::{Difference, Differences, keys, of_sets, present};
use crate::property::path::PropertyPath;
use crate::property::{Map, Value};
use crate::resource::changes::{Change, ChangeKind};
use crate::schema::{Item, ObjectSchema, Property, Same, Type};

/// Whether two different values mean the same to the service: what a resource adds to the schema's comparison.
pub type SameRule = fn(&PropertyPath, &Value, &Value) -> bool;

/// The changes between two sets of inputs. `outputs` are the recorded ones: they tell what the service has chosen where the
/// old inputs left it to choose.
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
        // The service has filled it in, or once was told and keeps it: asking for nothing is no change.
        if new.is_none() && schema.service_default {
            return;
        }
        // Nothing changes either when a program asks for just what the service has chosen.
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

    /// Two values that differ: finds the innermost places where they do.
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
            // An object that comes or goes is one change, but what it holds may force a replacement.
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
                        // What stands at the same index on both sides is taken for one element that changed.
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
        // Free-form JSON may look the same place by place while its meaning, which only the whole has, does not. Whatever has
        // a schema is the sum of its parts.
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

    /// A place that was there before, is there now, or both.
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

/// The place itself, or the one around it whose path the engine can read: the syntax cannot express every key of a map, and
/// a path that it cannot read fails the update.
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
        // Not known yet: it may hold anything that the schema allows.
        return schema.properties.values().any(|property| property.replace);
    };
    schema
        .properties
        .iter()
        .any(|(name, property)| property.replace && present(map.get(name)).is_some())
}

#[cfg(test)]
mod tests;
