//! Decodes and encodes the properties in requests and answers.

use prost_types::Struct;
use tonic::Status;

use crate::error::Error;
use crate::property::path::PropertyPath;
use crate::property::wire::{self, Capabilities};
use crate::property::{Map, Value};
use crate::server::status;
use crate::urn::Urn;

/// Decodes properties. Absent properties are an empty map.
pub(super) fn decode(properties: Option<Struct>) -> Result<Map, Status> {
    wire::decode(properties.unwrap_or_default()).map_err(|error| Status::invalid_argument(error.to_string()))
}

/// Encodes properties for the engine, in calls about custom resources.
pub(super) fn encode(properties: Map) -> Result<Struct, Status> {
    encode_for(properties, Capabilities::CUSTOM).map_err(|error| status::failed(&error))
}

/// Encodes properties for a peer with these capabilities.
pub(super) fn encode_for(properties: Map, peer: Capabilities) -> Result<Struct, Error> {
    wire::encode(properties, peer).map_err(|error| Error::bug(error.to_string()))
}

/// Parses a URN.
pub(super) fn urn(text: &str) -> Result<Urn, Status> {
    text.parse()
        .map_err(|error: crate::urn::InvalidUrn| Status::invalid_argument(error.to_string()))
}

/// Removes the unknown values from properties that must all be known, and returns the path of the first one. Outside a
/// preview, the engine refuses an answer with an unknown value: if the object was created, its id would be lost with the
/// answer.
pub(super) fn remove_unknown(properties: &mut Map) -> Option<PropertyPath> {
    remove_from(&PropertyPath::root(), properties)
}

fn remove_from(at: &PropertyPath, map: &mut Map) -> Option<PropertyPath> {
    let mut first = None;
    map.retain(|name, value| {
        let at = at.key(name);
        if value.is_unknown() {
            first.get_or_insert(at);
            return false;
        }
        if let Some(found) = inside(&at, value) {
            first.get_or_insert(found);
        }
        true
    });
    first
}

fn inside(at: &PropertyPath, value: &mut Value) -> Option<PropertyPath> {
    match value {
        Value::Secret(inner) => inside(at, inner),
        Value::Output(output) => output.value.as_mut().and_then(|inner| inside(at, inner)),
        Value::Object(map) => remove_from(at, map),
        Value::Array(items) => {
            let mut first = None;
            for (index, item) in items.iter_mut().enumerate() {
                let at = at.index(index);
                if item.is_unknown() {
                    // The other items keep their places.
                    *item = Value::Null;
                    first.get_or_insert(at);
                } else if let Some(found) = inside(&at, item) {
                    first.get_or_insert(found);
                }
            }
            first
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_values_are_found_and_removed_at_any_depth() {
        let deep = Value::Object(Map::from([
            ("x".to_owned(), Value::Unknown),
            ("y".to_owned(), Value::from("kept")),
        ]));
        let mut properties = Map::from([
            ("a".to_owned(), Value::from("known")),
            (
                "b".to_owned(),
                Value::Array(vec![Value::from("first"), deep.into_secret()]),
            ),
            ("c".to_owned(), Value::Unknown.into_secret()),
        ]);
        let first = remove_unknown(&mut properties);
        assert_eq!(first.unwrap().to_string(), "b[1].x");
        assert_eq!(remove_unknown(&mut properties), None);
        assert_eq!(properties.keys().collect::<Vec<_>>(), ["a", "b"]);
        let kept = properties["b"].as_array().unwrap()[1].as_object().unwrap();
        assert_eq!(kept["y"].as_str(), Some("kept"));
    }

    #[test]
    fn removing_an_unknown_list_item_keeps_the_length() {
        let mut properties = Map::from([(
            "a".to_owned(),
            Value::Array(vec![Value::Unknown, Value::from("second")]),
        )]);
        assert_eq!(remove_unknown(&mut properties).unwrap().to_string(), "a[0]");
        assert_eq!(properties["a"].as_array().unwrap().len(), 2);
    }
}
