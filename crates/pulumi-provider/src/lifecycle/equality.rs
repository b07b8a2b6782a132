//! Compares two values of a property by meaning: ignores secret marks, applies defaults, and uses the comparison that the
//! schema declares for the property.

use crate::property::differences::present;
use crate::property::{Value, secret_paths};
use crate::schema::{Document, Item, ObjectSchema, Property, Same, Type};

/// Reports whether the old and the new value of a property mean the same. `None` is an absent property. An unknown value
/// differs from every value.
#[must_use]
pub fn property(schema: &Property, old: Option<&Value>, new: Option<&Value>) -> bool {
    let default = schema.default.clone().map(Value::from);
    let old = present(old).or(default.as_ref());
    let new = present(new).or(default.as_ref());
    match (old, new) {
        (None, None) => true,
        (Some(one), None) | (None, Some(one)) => match schema.same {
            Same::Document(kind) => {
                !secret_paths::contains_unknown(one) && kind.read(one).is_ok_and(|document| kind.is_default(&document))
            }
            _ => is_empty(one),
        },
        (Some(old), Some(new)) => value(&schema.kind, schema.same, old, new),
    }
}

/// Reports whether the value is an empty list or map, which means the same as an absent one. Null entries do not count.
fn is_empty(value: &Value) -> bool {
    match value.bare() {
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.values().all(Value::is_null),
        _ => false,
    }
}

fn value(kind: &Type, same: Same, old: &Value, new: &Value) -> bool {
    let (old, new) = (old.bare(), new.bare());
    if matches!(old, Value::Unknown) || matches!(new, Value::Unknown) {
        return false;
    }
    match same {
        Same::Exact => structurally(kind, old, new),
        Same::Set => match (kind, old, new) {
            (Type::Array(item), Value::Array(old), Value::Array(new)) => same_sets(item, old, new),
            _ => structurally(kind, old, new),
        },
        Same::Text(texts) => match (old.as_str(), new.as_str()) {
            (Some(old), Some(new)) => (texts.same)(old, new),
            _ => plainly(Some(old), Some(new)),
        },
        Same::Document(kind) => same_documents(kind, old, new),
    }
}

fn structurally(kind: &Type, old: &Value, new: &Value) -> bool {
    match (kind, old, new) {
        (Type::Object(schema), Value::Object(old_map), Value::Object(new_map)) => {
            let foreign_keys_match = old_map
                .keys()
                .chain(new_map.keys())
                .filter(|key| !schema.properties.contains_key(*key))
                .all(|key| plainly(old_map.get(key), new_map.get(key)));
            foreign_keys_match && same_objects(schema, old, new)
        }
        (Type::Array(items), Value::Array(old), Value::Array(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| item(items, old, new))
        }
        (Type::Map(items), Value::Object(old), Value::Object(new)) => {
            old.keys()
                .chain(new.keys())
                .all(|key| match (present(old.get(key)), present(new.get(key))) {
                    (None, None) => true,
                    (Some(old), Some(new)) => item(items, old, new),
                    _ => false,
                })
        }
        _ => plainly(Some(old), Some(new)),
    }
}

fn same_objects(schema: &ObjectSchema, old: &Value, new: &Value) -> bool {
    let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else {
        return false;
    };
    schema
        .properties
        .iter()
        .all(|(name, schema)| property(schema, old.get(name), new.get(name)))
}

/// Compares two values without a schema. Ignores secret marks and treats null as absent. An unknown value differs from every
/// value.
fn plainly(old: Option<&Value>, new: Option<&Value>) -> bool {
    match (present(old), present(new)) {
        (None, None) => true,
        (Some(Value::Unknown), _) | (_, Some(Value::Unknown)) => false,
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| plainly(Some(old), Some(new)))
        }
        (Some(Value::Object(old)), Some(Value::Object(new))) => old
            .keys()
            .chain(new.keys())
            .all(|key| plainly(old.get(key), new.get(key))),
        (Some(old), Some(new)) => old == new,
        _ => false,
    }
}

/// Reports whether two elements of a list or map mean the same.
#[must_use]
pub fn item(schema: &Item, old: &Value, new: &Value) -> bool {
    value(&schema.kind, schema.same, old, new)
}

/// Reports whether each element of either list has an equal in the other. Order and repetition do not count.
fn same_sets(schema: &Item, old: &[Value], new: &[Value]) -> bool {
    let contains = |list: &[Value], element: &Value| list.iter().any(|other| item(schema, other, element));
    old.iter().all(|element| contains(new, element)) && new.iter().all(|element| contains(old, element))
}

fn same_documents(kind: &dyn Document, old: &Value, new: &Value) -> bool {
    if secret_paths::contains_unknown(old) || secret_paths::contains_unknown(new) {
        return false;
    }
    match (kind.read(old), kind.read(new)) {
        (Ok(old), Ok(new)) => kind.same(&old, &new),
        // A value that is no such document is compared as it is written. Check refuses such values.
        _ => plainly(Some(old), Some(new)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::property::Map;
    use crate::samples::inputs::map;
    use crate::samples::toy::thing;
    use crate::schema::ResourceSchema;

    /// Reports whether two values of a property mean the same. Asserts that their order does not matter.
    fn same(schema: &ResourceSchema, name: &str, old: Option<Json>, new: Option<Json>) -> bool {
        let value = |json: Option<Json>| json.map(|json| map(json!({"x": json})).remove("x").unwrap());
        let (old, new) = (value(old), value(new));
        let schema = schema.inputs.property(name).unwrap();
        let answer = property(schema, old.as_ref(), new.as_ref());
        assert_eq!(answer, property(schema, new.as_ref(), old.as_ref()), "{old:?} {new:?}");
        answer
    }

    #[test]
    fn equivalent_spellings_are_equal() {
        let rule = |rule: Json| json!([rule]);
        for (name, one, other) in [
            ("zone", json!("a"), json!("!secret!a")),
            ("hosts", json!(["a.example.com"]), json!(["A.Example.com."])),
            ("subnets", json!(["a", "b"]), json!(["b", "a", "a"])),
            ("target", json!({"host": "a", "address": null}), json!({"host": "A."})),
            ("target", json!({"address": "fd00:0::1"}), json!({"address": "FD00::1"})),
            (
                "rules",
                rule(json!({"cidr": "10.1.2.3/8"})),
                rule(json!({"cidr": "10.0.0.0/8", "port": 443})),
            ),
            (
                "rules",
                rule(json!({"cidr": "FD00:0::/32"})),
                rule(json!({"cidr": "fd00::/32"})),
            ),
            (
                "rules",
                rule(json!({"cidr": "10.0.0.1"})),
                rule(json!({"cidr": "10.0.0.1/32"})),
            ),
            ("extra", json!({"a": [1, null], "b": null}), json!({"a": [1, null]})),
            ("tags", json!({"a": "!secret!x", "b": null}), json!({"a": "x"})),
            (
                "words",
                json!({"words": ["B", "A"]}),
                json!("{\"words\":[\"a\",\"b\"]}"),
            ),
        ] {
            assert!(
                same(thing(), name, Some(one.clone()), Some(other.clone())),
                "{name}: {one} {other}"
            );
        }
    }

    #[test]
    fn different_and_unknown_values_are_not_equal() {
        for (name, one, other) in [
            ("zone", json!("a"), json!("A")),
            ("zone", json!("!unknown!"), json!("!unknown!")),
            ("subnets", json!(["a", "b"]), json!(["a"])),
            ("subnets", json!(["!unknown!"]), json!(["!unknown!"])),
            ("hosts", json!(["a", "b"]), json!(["b", "a"])),
            ("steps", json!([{"peer": "a"}]), json!([{"peer": "a", "port": 80}])),
            ("tags", json!({"a": "x"}), json!({"b": "x"})),
            ("extra", json!([1, 2]), json!([2, 1])),
            (
                "extra",
                json!({"a": {"b": "!unknown!"}}),
                json!({"a": {"b": "!unknown!"}}),
            ),
            (
                "words",
                json!({"words": [], "id": "!unknown!"}),
                json!({"words": [], "id": "!unknown!"}),
            ),
            ("words", json!("no words"), json!("others")),
        ] {
            assert!(
                !same(thing(), name, Some(one.clone()), Some(other.clone())),
                "{name}: {one} {other}"
            );
        }
    }

    #[test]
    fn a_default_or_an_empty_collection_equals_an_absent_value() {
        for (name, value, as_nothing) in [
            ("zone", json!(null), true),
            ("zone", json!(""), false),
            ("zone", json!("!unknown!"), false),
            ("enabled", json!(true), true),
            ("enabled", json!(false), false),
            ("subnets", json!([]), true),
            ("tags", json!({}), true),
            ("tags", json!({"a": null}), true),
            ("tags", json!({"a": ""}), false),
            ("words", json!({"words": ["all"]}), true),
            ("words", json!("{\"words\": [\"all\"]}"), true),
            ("words", json!({"words": []}), false),
            ("words", json!({"words": ["all"], "id": "!unknown!"}), false),
            // This module does not know the service's default: Diff handles it.
            ("size", json!(16), false),
        ] {
            assert_eq!(
                same(thing(), name, Some(value.clone()), None),
                as_nothing,
                "{name}: {value}"
            );
        }
    }

    #[test]
    fn present_unwraps_secrets_and_treats_null_as_absent() {
        let secret = Value::Null.into_secret();
        assert_eq!(present(Some(&secret)), None);
        assert_eq!(
            present(Some(&Value::from(Map::new()).into_secret())),
            Some(&Value::from(Map::new()))
        );
    }
}
