//! What the engine has recorded, perhaps by another version of this plugin, as this version understands it.
//!
//! Check refuses a property that the schema does not know: somebody misspelt it. In recorded state it is no mistake but the
//! past (or the future, after a downgrade), and must not keep anyone from updating or deleting the object.

use crate::property::{Map, Value};
use crate::schema::{ObjectSchema, Type};

/// Leaves out what the schema does not know, at any depth.
pub fn strip(schema: &ObjectSchema, recorded: &mut Map) {
    objects(schema, recorded, &mut |schema, map| {
        map.retain(|name, _| schema.properties.contains_key(name));
    });
}

/// Fills in the defaults of properties that are newer than the record, at any depth.
pub fn complete(schema: &ObjectSchema, recorded: &mut Map) {
    objects(schema, recorded, &mut |schema, map| {
        let missing = schema.properties.iter().filter_map(|(name, property)| {
            let default = property
                .default
                .as_ref()
                .filter(|_| map.get(name).is_none_or(Value::is_null))?;
            Some((name.clone(), Value::from(default.clone())))
        });
        let missing: Vec<_> = missing.collect();
        map.extend(missing);
    });
}

fn objects(schema: &ObjectSchema, map: &mut Map, change: &mut impl FnMut(&ObjectSchema, &mut Map)) {
    change(schema, map);
    for (name, property) in &schema.properties {
        if let Some(value) = map.get_mut(name) {
            within(&property.kind, value, change);
        }
    }
}

fn within(kind: &Type, value: &mut Value, change: &mut impl FnMut(&ObjectSchema, &mut Map)) {
    match (kind, value) {
        (kind, Value::Secret(inner)) => within(kind, inner, change),
        (kind, Value::Output(output)) => {
            if let Some(inner) = &mut output.value {
                within(kind, inner, change);
            }
        }
        (Type::Object(schema), Value::Object(map)) => objects(schema, map, change),
        (Type::Array(item), Value::Array(items)) => {
            for inner in items {
                within(&item.kind, inner, change);
            }
        }
        (Type::Map(item), Value::Object(map)) => {
            for inner in map.values_mut() {
                within(&item.kind, inner, change);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lifecycle::samples::{map, thing};

    #[test]
    fn what_another_version_wrote_is_left_out_at_any_depth() {
        let mut recorded = map(json!({
            "zone": "a", "dropped": true, "target": {"host": "x", "dropped": 1},
            "auth": "!secret!hidden", "__meta": "tool",
        }));
        strip(&thing().inputs, &mut recorded);
        assert_eq!(recorded["zone"].as_str(), Some("a"));
        assert_eq!(recorded["target"], Value::Object(map(json!({"host": "x"}))));
        assert!(recorded.keys().all(|name| thing().inputs.property(name).is_some()));
        assert_eq!(recorded["auth"], map(json!({"auth": "!secret!hidden"}))["auth"]);
    }

    #[test]
    fn newer_properties_have_their_defaults() {
        let mut recorded = Map::new();
        complete(&thing().inputs, &mut recorded);
        for (name, property) in &thing().inputs.properties {
            assert_eq!(recorded.contains_key(name), property.default.is_some(), "{name}");
        }
    }
}
