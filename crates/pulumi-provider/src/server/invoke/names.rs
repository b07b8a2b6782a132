//! The names of arguments, as Python spells them.
//!
//! A program in Python writes dictionaries with Python's names: `connection_arn`. Its SDK translates them to the schema's for
//! resources, but not for functions.

use crate::property::{Map, Value};
use crate::schema::{ObjectSchema, Type};

/// Gives each member of the schema's object types the name of the schema. Keys of maps and members of any type stay.
pub(super) fn translate(schema: &ObjectSchema, members: &mut Map) {
    for name in schema.properties.keys() {
        if members.contains_key(name) {
            continue;
        }
        if let Some(value) = members.remove(&in_python(name)) {
            members.insert(name.clone(), value);
        }
    }
    for (name, value) in members {
        if let Some(property) = schema.property(name) {
            within(&property.kind, value);
        }
    }
}

fn within(kind: &Type, value: &mut Value) {
    match (kind, value) {
        (kind, Value::Secret(value)) => within(kind, value),
        (Type::Object(object), Value::Object(members)) => translate(object, members),
        (Type::Array(item), Value::Array(items)) => items.iter_mut().for_each(|value| within(&item.kind, value)),
        (Type::Map(item), Value::Object(entries)) => entries.values_mut().for_each(|value| within(&item.kind, value)),
        _ => {}
    }
}

/// Returns the name in lower case with an underscore before each word.
fn in_python(name: &str) -> String {
    let mut found = String::new();
    let mut after_capital = true;
    for letter in name.chars() {
        if letter.is_uppercase() && !after_capital {
            found.push('_');
        }
        after_capital = letter.is_uppercase();
        found.extend(letter.to_lowercase());
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::{Schema, Vocabulary};

    fn translated(arguments: serde_json::Value) -> serde_json::Value {
        let package = json!({
            "name": "toy",
            "types": { "toy:index:Grant": { "type": "object", "properties": {
                "connectionArn": { "type": "string" },
                "extraTags": { "type": "object", "additionalProperties": { "type": "string" } },
            } } },
            "functions": { "toy:index:policy": { "inputs": { "properties": {
                "stateMachineArns": { "type": "array", "items": { "type": "string" } },
                "grants": { "type": "array", "items": { "$ref": "#/types/toy:index:Grant" } },
                "byName": { "type": "object", "additionalProperties": { "$ref": "#/types/toy:index:Grant" } },
                "body": { "$ref": "pulumi.json#/Any" },
            } }, "outputs": { "properties": {} } } },
        });
        let schema = Schema::parse(&package.to_string(), "1.0.0", &Vocabulary::BUILT_IN).unwrap();
        let Value::Object(mut members) = Value::from(arguments) else {
            unreachable!("the arguments are an object")
        };
        translate(&schema.function("toy:index:policy").unwrap().inputs, &mut members);
        Value::Object(members).to_json()
    }

    #[test]
    fn members_of_objects_get_the_names_of_the_schema() {
        let found = translated(json!({
            "state_machine_arns": ["a"],
            "grants": [{ "connection_arn": "a", "extra_tags": { "cost_center": "x" } }, { "connectionArn": "b" }],
            "by_name": { "one_key": { "connection_arn": "c" } },
        }));
        let expected = json!({
            "stateMachineArns": ["a"],
            "grants": [{ "connectionArn": "a", "extraTags": { "cost_center": "x" } }, { "connectionArn": "b" }],
            "byName": { "one_key": { "connectionArn": "c" } },
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn other_names_stay_for_the_check_to_refuse() {
        for same in [
            json!({ "body": { "connection_arn": "a" } }),
            json!({ "nobody": 1 }),
            json!({ "grants": [{ "connectionArn": "a", "connection_arn": "b" }] }),
            json!({ "grants": "connection_arn" }),
        ] {
            assert_eq!(translated(same.clone()), same);
        }
    }

    #[test]
    fn a_name_is_spelled_as_the_generator_for_python_does() {
        for (name, python) in [
            ("url", "url"),
            ("connectionArn", "connection_arn"),
            ("ipv4AddressesPerEni", "ipv4_addresses_per_eni"),
            ("kmsKeyID", "kms_key_id"),
        ] {
            assert_eq!(in_python(name), python);
        }
    }
}
