//! Adapts recorded properties, perhaps of another version of this plugin, to this version's schema.
//!
//! Check refuses a property that the schema does not have, as a misspelling. In recorded state such a property comes from an
//! older version of the plugin, or from a newer one after a downgrade. It must not prevent an update or delete of the object.

use crate::property::{Map, Value};
use crate::schema::{ObjectSchema, ResourceSchema, Type};

/// Removes properties that the schema does not have, at any depth.
pub fn strip(schema: &ObjectSchema, recorded: &mut Map) {
    objects(schema, recorded, &mut |schema, map| {
        map.retain(|name, _| schema.properties.contains_key(name));
    });
}

/// Adds properties that are newer than the record, at any depth. A property gets its default; a required one without a default,
/// and the physical name, get an empty value. The state itself keeps the old record: Diff shows such a property as added.
pub fn complete(schema: &ResourceSchema, recorded: &mut Map) {
    objects(&schema.inputs, recorded, &mut |schema, map| {
        let missing = schema.properties.iter().filter_map(|(name, property)| {
            map.get(name).filter(|value| !value.is_null()).is_none().then_some(())?;
            let default = property.default.clone().map(Value::from);
            // A secret may be absent, because no service returns secrets.
            let needed = property.required && !property.secret;
            let value = default.or_else(|| needed.then(|| nothing(&property.kind)));
            Some((name.clone(), value?))
        });
        let missing: Vec<_> = missing.collect();
        map.extend(missing);
    });
    if let Some(rules) = &schema.autoname {
        let name = recorded.entry(rules.property.clone()).or_insert(Value::Null);
        if name.is_null() {
            *name = "".into();
        }
    }
}

/// Returns an empty value of this type.
fn nothing(kind: &Type) -> Value {
    match kind {
        Type::Boolean => Value::from(false),
        Type::Integer | Type::Number => Value::from(0.0),
        Type::String | Type::Enum(_) => Value::from(""),
        Type::Array(_) => Value::Array(Vec::new()),
        Type::Map(_) => Value::Object(Map::new()),
        Type::Object(schema) => {
            let required = schema.properties.iter().filter(|(_, property)| property.required);
            Value::Object(
                required
                    .map(|(name, property)| (name.clone(), nothing(&property.kind)))
                    .collect(),
            )
        }
        Type::Union(kinds) => kinds.first().map_or(Value::Null, nothing),
        Type::Any => Value::Null,
    }
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
    use crate::samples::inputs::map;
    use crate::samples::toy::thing;

    #[test]
    fn properties_of_other_versions_are_removed_at_any_depth() {
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
    fn missing_properties_get_their_default_or_an_empty_value() {
        let mut recorded = Map::new();
        complete(thing(), &mut recorded);
        let name = thing().autoname.as_ref().map(|rules| &rules.property);
        for (property, schema) in &thing().inputs.properties {
            let is_needed = (schema.required && !schema.secret) || name == Some(property);
            let expected = match &schema.default {
                Some(default) => Some(Value::from(default.clone())),
                None => is_needed.then(|| nothing(&schema.kind)),
            };
            assert_eq!(recorded.get(property), expected.as_ref(), "{property}");
        }
    }

    #[test]
    fn recorded_values_are_not_overwritten() {
        let recorded = map(json!({"zone": "a", "name": "x", "target": {"host": "x"}, "tags": {"a": "!secret!b"}}));
        let mut completed = recorded.clone();
        complete(thing(), &mut completed);
        for (name, value) in recorded {
            assert_eq!(completed[&name], value, "{name}");
        }
    }
}
