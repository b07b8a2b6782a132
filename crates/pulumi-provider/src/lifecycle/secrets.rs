//! Marks, removes and finds values that the schema or the inputs declare secret.
//!
//! Generated SDKs do not mark nested secrets: a plain string in `auth.apiKey.value` arrives as plain text. So Check marks them;
//! otherwise the engine would store them unencrypted.

use crate::property::path::{PropertyPath, Segment};
use crate::property::{Map, Value, secret_paths};
use crate::schema::{ObjectSchema, Property, Type};

/// Marks every value that the schema declares secret.
pub fn mark(schema: &ObjectSchema, map: &mut Map) {
    for (name, value) in map.iter_mut() {
        if let Some(property) = schema.properties.get(name) {
            mark_property(property, value);
        }
    }
}

fn mark_property(property: &Property, value: &mut Value) {
    if value.is_null() {
        return;
    }
    mark_inside(&property.kind, value);
    if !property.secret {
        return;
    }
    match value {
        Value::Secret(_) => {}
        // The output stays outermost, because the engine looks for dependencies there.
        Value::Output(output) => output.secret = true,
        plain => *plain = std::mem::replace(plain, Value::Null).into_secret(),
    }
}

fn mark_inside(kind: &Type, value: &mut Value) {
    match (kind, value) {
        (kind, Value::Secret(inner)) => mark_inside(kind, inner),
        (kind, Value::Output(output)) => {
            if let Some(inner) = &mut output.value {
                mark_inside(kind, inner);
            }
        }
        (Type::Object(schema), Value::Object(map)) => mark(schema, map),
        (Type::Array(item), Value::Array(values)) => values.iter_mut().for_each(|value| mark_inside(&item.kind, value)),
        (Type::Map(item), Value::Object(map)) => map.values_mut().for_each(|value| mark_inside(&item.kind, value)),
        (Type::Union(kinds), value) => kinds.iter().for_each(|kind| mark_inside(kind, value)),
        _ => {}
    }
}

/// Removes every value that the schema declares secret, at any depth.
pub fn forget(schema: &ObjectSchema, map: &mut Map) {
    map.retain(|name, _| !schema.properties.get(name).is_some_and(|property| property.secret));
    for (name, value) in map.iter_mut() {
        if let Some(property) = schema.properties.get(name) {
            forget_inside(&property.kind, value);
        }
    }
}

fn forget_inside(kind: &Type, value: &mut Value) {
    match (kind, value) {
        (kind, Value::Secret(inner)) => forget_inside(kind, inner),
        (kind, Value::Output(output)) => {
            if let Some(inner) = &mut output.value {
                forget_inside(kind, inner);
            }
        }
        (Type::Object(schema), Value::Object(map)) => forget(schema, map),
        (Type::Array(item), Value::Array(values)) => {
            values.iter_mut().for_each(|value| forget_inside(&item.kind, value))
        }
        (Type::Map(item), Value::Object(map)) => map.values_mut().for_each(|value| forget_inside(&item.kind, value)),
        (Type::Union(kinds), value) => kinds.iter().for_each(|kind| forget_inside(kind, value)),
        _ => {}
    }
}

/// Reports whether a property of this schema is secret or contains a secret.
#[must_use]
pub fn bears_secrets(property: &Property) -> bool {
    property.secret || kind_bears_secrets(&property.kind)
}

/// Reports whether the engine may print the value at a path, as it does in the messages of components. The path must lead to a
/// property of the schema, and nothing at, above or below it may be secret.
#[must_use]
pub fn is_printable(schema: &ObjectSchema, inputs: &Map, path: &PropertyPath) -> bool {
    if path.get(inputs).is_some_and(secret_paths::contains_secret) {
        return false;
    }
    // `PropertyPath::get` looks inside the wrappers on the way, so check each object on the way for a secret wrapper.
    let mut above = PropertyPath::root();
    for segment in path.segments() {
        above = above.then(segment.clone());
        let wrapped = |value: &Value| match value {
            Value::Secret(_) => true,
            Value::Output(output) => output.secret || matches!(output.value, Some(Value::Secret(_))),
            _ => false,
        };
        if above.get(inputs).is_some_and(wrapped) {
            return false;
        }
    }
    let mut object = Some(schema);
    let mut kind: Option<&Type> = None;
    for segment in path.segments() {
        match (segment, kind) {
            (Segment::Key(name), None | Some(Type::Object(_))) => {
                let Some(property) = object
                    .and_then(|object| object.properties.get(name))
                    .filter(|property| !property.secret)
                else {
                    return false;
                };
                kind = Some(&property.kind);
            }
            (Segment::Key(_), Some(Type::Map(item))) | (Segment::Index(_), Some(Type::Array(item))) => {
                kind = Some(&item.kind)
            }
            // The schema cannot declare parts of a free-form value secret.
            (_, Some(Type::Any)) => {}
            _ => return false,
        }
        object = match kind {
            Some(Type::Object(nested)) => Some(nested),
            _ => None,
        };
    }
    !kind.is_some_and(kind_bears_secrets)
}

fn kind_bears_secrets(kind: &Type) -> bool {
    match kind {
        Type::Object(schema) => schema.properties.values().any(bears_secrets),
        Type::Array(item) | Type::Map(item) => kind_bears_secrets(&item.kind),
        Type::Union(kinds) => kinds.iter().any(kind_bears_secrets),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::samples::inputs::map;
    use crate::samples::toy::thing;

    #[test]
    fn secret_properties_are_marked_exactly_once() {
        let schema = &thing().inputs;
        let mut inputs =
            map(json!({"zone": "a", "auth": {"user": "u", "password": "p"}, "foreign": {"password": "p"}}));
        mark(schema, &mut inputs);
        let marked =
            map(json!({"zone": "a", "auth": {"user": "u", "password": "!secret!p"}, "foreign": {"password": "p"}}));
        assert_eq!(inputs, marked);
        mark(schema, &mut inputs);
        assert_eq!(inputs, marked);
    }

    #[test]
    fn marking_looks_inside_wrappers_and_skips_null() {
        let schema = &thing().inputs;
        let auth = |password: serde_json::Value| Value::Object(map(json!({"password": password})));
        for (inner, expected) in [(json!("p"), json!("!secret!p")), (json!(null), json!(null))] {
            let mut inputs = Map::from([("auth".to_owned(), auth(inner).into_secret())]);
            mark(schema, &mut inputs);
            assert_eq!(inputs["auth"], auth(expected).into_secret());
        }
        let mut inputs = map(json!({"auth": {"password": "!unknown!"}}));
        mark(schema, &mut inputs);
        let unknown = Value::Unknown.into_secret();
        assert_eq!(inputs["auth"].as_object().unwrap()["password"], unknown);
    }

    #[test]
    fn bears_secrets_finds_secret_properties_at_any_depth() {
        let bearing: Vec<_> = thing()
            .inputs
            .properties
            .iter()
            .filter(|(_, p)| bears_secrets(p))
            .map(|(n, _)| n)
            .collect();
        assert_eq!(bearing, ["auth"]);
        assert!(bears_secrets(thing().outputs.property("key").unwrap()));
    }
}
