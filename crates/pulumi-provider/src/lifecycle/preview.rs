//! The outputs that are known in preview.
//!
//! The engine treats a missing output as unknown. A computed output is left out because it is unknown before the object exists
//! (<https://www.pulumi.com/docs/iac/concepts/inputs-outputs/>). In an update, outputs that never change stay known.

use crate::lifecycle::adapter::Prior;
use crate::property::Map;
use crate::schema::ObjectSchema;

/// Returns the known outputs of a create (`old` is `None`) or of an update.
#[must_use]
pub fn outputs(schema: &ObjectSchema, inputs: &Map, old: Option<&Prior>, computed: Map) -> Map {
    let mut outputs = echo(schema, inputs);
    if let Some(old) = old {
        let stable = schema
            .properties
            .iter()
            .filter(|(_, property)| property.stable)
            .map(|(name, _)| name);
        for name in stable {
            if let Some(value) = old.outputs.get(name) {
                outputs.insert(name.clone(), value.clone());
            }
        }
    }
    outputs.extend(computed);
    outputs
}

/// Returns the inputs that are outputs as well.
#[must_use]
pub fn echo(schema: &ObjectSchema, inputs: &Map) -> Map {
    let listed = inputs
        .iter()
        .filter(|(name, value)| schema.properties.contains_key(*name) && !value.is_null());
    listed.map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::samples::inputs::map;
    use crate::samples::toy::thing;

    #[test]
    fn a_create_preview_knows_echoed_inputs_and_computed_outputs() {
        let inputs = map(json!({"zone": "a", "name": "!unknown!", "tags": null, "enabled": true, "size": "!secret!1"}));
        let found = outputs(&thing().outputs, &inputs, None, map(json!({"state": "ready"})));
        // `arn` and `tagsAll` are left out, which means unknown; `enabled` is no output.
        assert_eq!(
            found,
            map(json!({"zone": "a", "name": "!unknown!", "size": "!secret!1", "state": "ready"}))
        );
    }

    #[test]
    fn an_update_preview_keeps_stable_outputs() {
        let old = Prior {
            inputs: map(json!({"zone": "a"})),
            outputs: map(json!({"zone": "a", "arn": "arn:x", "state": "ready", "tagsAll": {"k": "v"}})),
        };
        let found = outputs(&thing().outputs, &map(json!({"zone": "b"})), Some(&old), Map::new());
        assert_eq!(found, map(json!({"zone": "b", "arn": "arn:x"})));
        // Values that the resource computes take precedence.
        let found = outputs(
            &thing().outputs,
            &Map::new(),
            Some(&old),
            map(json!({"arn": "!unknown!"})),
        );
        assert_eq!(found, map(json!({"arn": "!unknown!"})));
    }

    #[test]
    fn a_secret_null_is_not_echoed_as_an_output() {
        let inputs = Map::from([("zone".to_owned(), crate::property::Value::Null.into_secret())]);
        assert_eq!(echo(&thing().outputs, &inputs), Map::new());
    }
}
