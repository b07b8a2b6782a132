//! Property trees to the structs of a resource, and back.

use serde::de::DeserializeOwned;

use super::Prior;
use crate::error::Error;
use crate::lifecycle::diff::SameRule;
use crate::lifecycle::{check, equality, other_versions, preview, secrets};
use crate::property::differences::present;
use crate::property::path::PropertyPath;
use crate::property::{Map, Value, typed};
use crate::resource::{Found, Resource, redaction};
use crate::schema::{ObjectSchema, ResourceSchema, Type};

pub(super) fn found<R: Resource>(schema: &ResourceSchema, prior: &Prior) -> Result<Found<R::Inputs, R::State>, Error> {
    let Prior {
        mut inputs,
        mut outputs,
    } = prior.clone();
    other_versions::strip(&schema.inputs, &mut inputs);
    other_versions::complete(schema, &mut inputs);
    other_versions::strip(&schema.outputs, &mut outputs);
    Ok(Found {
        inputs: decode("recorded inputs", &inputs)?,
        state: decode("recorded outputs", &outputs)?,
    })
}

pub(super) fn decode<T: DeserializeOwned>(what: &str, map: &Map) -> Result<T, Error> {
    // Properties with two leading underscores belong to the engine or to a tool (see Check), not to the resource.
    let is_foreign = |name: &String| name.starts_with("__");
    let decoded = if map.keys().any(is_foreign) {
        typed::decode(
            &map.iter()
                .filter(|(name, _)| !is_foreign(name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        )
    } else {
        typed::decode(map)
    };
    decoded.map_err(|error| Error::bug(format!("the {what} do not fit the schema: {error}")))
}

pub(super) fn encode<T: serde::Serialize>(what: &str, value: &T) -> Result<Map, Error> {
    typed::encode(value).map_err(|error| Error::bug(format!("the {what} cannot be written: {error}")))
}

/// Returns all outputs: the inputs that the schema lists among the outputs, overridden by the computed state.
pub(super) fn outputs<R: Resource>(schema: &ResourceSchema, inputs: &Map, state: &R::State) -> Result<Map, Error> {
    let mut outputs = preview::echo(&schema.outputs, inputs);
    outputs.extend(encode("outputs", state)?);
    protect(&schema.outputs, inputs, &mut outputs);
    Ok(outputs)
}

pub(super) fn echoed(schema: &ObjectSchema, inputs: &Map) -> Map {
    let mut outputs = preview::echo(schema, inputs);
    protect(schema, inputs, &mut outputs);
    outputs
}

/// Marks secrets in the outputs: values that the schema declares secret, and values that repeat a secret text of the inputs.
pub(super) fn protect(schema: &ObjectSchema, inputs: &Map, outputs: &mut Map) {
    secrets::mark(schema, outputs);
    redaction::mark_texts(&redaction::texts(inputs), outputs);
}

/// Reports whether these inputs are complete, as Check returns them: with every required property and the physical name.
pub(super) fn is_complete(schema: &ResourceSchema, inputs: &Map) -> bool {
    let is_given = |name: &String| inputs.get(name).is_some_and(|value| !value.is_null());
    schema.autoname.as_ref().is_none_or(|rules| is_given(&rules.property))
        && !inputs.is_empty()
        && schema
            .inputs
            .properties
            .iter()
            .all(|(name, property)| !check::values::is_missing(property, inputs.get(name)))
}

/// Keeps the user's form of every value that still means the same, and removes values that the service chose because the user
/// set none.
pub(super) fn settle(at: &PropertyPath, schema: &ObjectSchema, rule: SameRule, old: &Map, found: &mut Map) {
    for (name, property) in &schema.properties {
        let at = at.key(name);
        let before = old.get(name);
        let now = found.get(name);
        let same_by_rule = present(before)
            .zip(present(now))
            .is_some_and(|(before, now)| rule(&at, before, now));
        if same_by_rule || equality::property(property, before, now) {
            match before {
                Some(value) => found.insert(name.clone(), value.clone()),
                None => found.remove(name),
            };
        } else if property.service_default && present(before).is_none() {
            found.remove(name);
        } else if let (Type::Object(nested), Some(Value::Object(before)), Some(Value::Object(now))) =
            (&property.kind, present(before), found.get_mut(name))
        {
            settle(&at, nested, rule, before, now);
        }
    }
}
