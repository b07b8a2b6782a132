//! Decodes real engine messages and encodes them again: nothing may change.
//!
//! The frames are lines of the engine's own log (`PULUMI_DEBUG_GRPC=frames.json pulumi up`), without the parts that differ
//! from run to run. Those in `tests/fixtures/engines/` come from this plugin with two versions of the engine
//! (tests/e2e/engines.rs writes them). This plugin does not use assets, archives and resource references: the frames with
//! those, in `tests/fixtures/frames/`, were recorded with another provider.

// Clippy exempts test functions from this lint, but not their helpers.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;

use prost::Message as _;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::value::Kind;
use prost_types::{DescriptorProto, FileDescriptorSet, ListValue, Struct};
use pulumi_provider::property::wire::{self, Capabilities};
use pulumi_provider::property::{Map, Value};
use serde_json::{Value as Json, json};

const SIGNATURE: &str = "4dabf18193072939515e22adb298388d";
const REFERENCE: &str = "5cf8f73096256a8f31e491e813e4eb8e";
const OUTPUT: &str = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

#[test]
fn recorded_engine_messages_survive_decoding_and_encoding() {
    let protocol = Protocol::load();
    let mut seen = BTreeMap::new();
    for (place, frame) in frames() {
        for (side, json) in [("request", &frame["request"]), ("response", &frame["response"])] {
            let message = protocol.message_of(frame["method"].as_str().unwrap(), side);
            for properties in protocol.structs(message, json) {
                let decoded = wire::decode(to_struct(properties)).unwrap_or_else(|error| panic!("{place}: {error}"));
                count(&decoded, &mut seen);
                let encoded = wire::encode(decoded, Capabilities::COMPONENT).unwrap();
                assert_eq!(to_json(encoded), reduced(properties.clone()), "{place}");
            }
        }
    }
    let kinds = [
        "archive",
        "asset",
        "output",
        "reference",
        "secret",
        "unknown",
        "unknown output",
    ];
    assert!(
        kinds.iter().all(|kind| seen.contains_key(kind)),
        "the frames lack a kind of value: {seen:?}"
    );
}

/// Returns the frames, each with a name.
fn frames() -> Vec<(String, Json)> {
    let mut frames = Vec::new();
    for dir in ["engines/oldest", "engines/recent", "frames"] {
        let dir = root().join("tests/fixtures").join(dir);
        let before = frames.len();
        for entry in std::fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            for (number, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate() {
                let place = format!("{}:{}", path.display(), number + 1);
                frames.push((place, serde_json::from_str(line).unwrap()));
            }
        }
        assert!(frames.len() > before, "no frames in {}", dir.display());
    }
    frames
}

/// The protocol's descriptors. They show where a message contains properties.
struct Protocol {
    files: FileDescriptorSet,
}

impl Protocol {
    fn load() -> Self {
        let bytes = std::fs::read(root().join("tests/fixtures/protocol.descriptors.bin")).unwrap();
        Self {
            files: FileDescriptorSet::decode(&*bytes).unwrap(),
        }
    }

    /// Returns the full name of the message that a method such as `/pulumirpc.ResourceProvider/Check` takes or returns.
    fn message_of(&self, method: &str, side: &str) -> &str {
        let (service, method) = method.trim_start_matches("/pulumirpc.").split_once('/').unwrap();
        let services = self.files.file.iter().flat_map(|file| &file.service);
        let method = services
            .filter(|candidate| candidate.name() == service)
            .flat_map(|service| &service.method)
            .find(|candidate| candidate.name() == method)
            .unwrap();
        if side == "request" {
            method.input_type()
        } else {
            method.output_type()
        }
    }

    /// Returns every `Struct` in the JSON form of a message.
    fn structs<'a>(&self, message: &str, json: &'a Json) -> Vec<&'a Json> {
        if message == ".google.protobuf.Struct" {
            return vec![json];
        }
        let (Some(message), Some(json)) = (self.message(message), json.as_object()) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for field in message.field.iter().filter(|field| field.r#type() == Type::Message) {
            let Some(value) = json.get(&json_name(field.name())) else {
                continue;
            };
            match value.as_array().filter(|_| field.label() == Label::Repeated) {
                Some(items) => found.extend(items.iter().flat_map(|item| self.structs(field.type_name(), item))),
                None => found.extend(self.structs(field.type_name(), value)),
            }
        }
        found
    }

    fn message(&self, name: &str) -> Option<&DescriptorProto> {
        let name = name.strip_prefix(".pulumirpc.")?;
        self.files
            .file
            .iter()
            .flat_map(|file| &file.message_type)
            .find(|message| message.name() == name)
    }
}

/// Converts `old_inputs` to `oldInputs`.
fn json_name(field: &str) -> String {
    let mut words = field.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
}

/// Removes what we do not write: the name and type that the engine adds to a resource reference, both contained in its URN,
/// and the empty dependencies that engines after 3.260 add to an output value.
fn reduced(json: Json) -> Json {
    match json {
        Json::Array(items) => items.into_iter().map(reduced).collect(),
        Json::Object(mut map) => {
            if map.get(SIGNATURE).is_some_and(|signature| signature == REFERENCE) {
                map.remove("name");
                map.remove("type");
            }
            let is_output = map.get(SIGNATURE).is_some_and(|signature| signature == OUTPUT);
            if is_output && map.get("dependencies") == Some(&json!([])) {
                map.remove("dependencies");
            }
            Json::Object(map.into_iter().map(|(name, value)| (name, reduced(value))).collect())
        }
        other => other,
    }
}

fn count(properties: &Map, seen: &mut BTreeMap<&'static str, usize>) {
    for value in properties.values() {
        count_value(value, seen);
    }
}

fn count_value(value: &Value, seen: &mut BTreeMap<&'static str, usize>) {
    let kind = match value {
        Value::Secret(inner) => {
            count_value(inner, seen);
            "secret"
        }
        Value::Output(output) => match &output.value {
            Some(inner) => {
                count_value(inner, seen);
                "output"
            }
            None => "unknown output",
        },
        Value::Array(items) => {
            items.iter().for_each(|item| count_value(item, seen));
            "list"
        }
        Value::Object(map) => {
            count(map, seen);
            "object"
        }
        Value::Asset(_) => "asset",
        Value::Archive(_) => "archive",
        Value::Reference(_) => "reference",
        Value::Unknown => "unknown",
        _ => "plain",
    };
    *seen.entry(kind).or_default() += 1;
}

fn to_struct(json: &Json) -> Struct {
    let fields = json
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), to_value(value)));
    Struct {
        fields: fields.collect(),
    }
}

fn to_value(json: &Json) -> prost_types::Value {
    let kind = match json {
        Json::Null => Kind::NullValue(0),
        Json::Bool(flag) => Kind::BoolValue(*flag),
        Json::Number(number) => Kind::NumberValue(number.as_f64().unwrap()),
        Json::String(text) => Kind::StringValue(text.clone()),
        Json::Array(items) => Kind::ListValue(ListValue {
            values: items.iter().map(to_value).collect(),
        }),
        Json::Object(_) => Kind::StructValue(to_struct(json)),
    };
    prost_types::Value { kind: Some(kind) }
}

fn to_json(properties: Struct) -> Json {
    let fields = properties
        .fields
        .into_iter()
        .map(|(name, value)| (name, value_to_json(value)));
    Json::Object(fields.collect())
}

fn value_to_json(value: prost_types::Value) -> Json {
    match value.kind.unwrap() {
        Kind::NullValue(_) => Json::Null,
        Kind::BoolValue(flag) => flag.into(),
        // The engine's log writes whole numbers without a fraction.
        Kind::NumberValue(number) if number.fract() == 0.0 && number.abs() < 1e15 => (number as i64).into(),
        Kind::NumberValue(number) => number.into(),
        Kind::StringValue(text) => text.into(),
        Kind::ListValue(list) => list.values.into_iter().map(value_to_json).collect(),
        Kind::StructValue(properties) => to_json(properties),
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
