//! The outputs that a preview can already tell.
//!
//! The engine takes an output that is left out for unknown, which is what a computed one is before the object exists
//! (<https://www.pulumi.com/docs/iac/concepts/inputs-outputs/>). In an update, outputs that never change stay known.

use crate::lifecycle::erased::Prior;
use crate::property::{Map, Value};
use crate::schema::ObjectSchema;

/// The known outputs of a create (`old` is `None`) or of an update.
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

/// The inputs that are outputs as well.
#[must_use]
pub fn echo(schema: &ObjectSchema, inputs: &Map) -> Map {
    let listed = inputs
        .iter()
        .filter(|(name, value)| schema.properties.contains_key(*name) && !matches!(value, Value::Null));
    listed.map(|(name, value)| (name.clone(), value.clone())).collect()
}
