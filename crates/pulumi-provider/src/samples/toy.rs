//! An invented resource and an invented kind of document, for tests.

use std::sync::LazyLock;

use serde_json::{Value as Json, json};

use crate::property::differences::{Differences, of_sets};
use crate::property::path::PropertyPath;
use crate::property::{Map, Value};
use crate::schema::{Document, ResourceSchema, Schema, Vocabulary};

/// Returns an invented resource that uses every feature of the schema tables.
pub(crate) fn thing() -> &'static ResourceSchema {
    static SCHEMA: LazyLock<Schema> =
        LazyLock::new(|| Schema::parse(&toy().to_string(), "1.0.0", &VOCABULARY).unwrap());
    SCHEMA.resource("toy:index:Thing").unwrap()
}

fn toy() -> Json {
    let texts = json!({"type": "object", "additionalProperties": {"type": "string"}});
    json!({
        "name": "toy",
        "types": {
            "toy:index:Color": {"type": "string", "enum": [{"value": "red"}, {"value": "green"}]},
            "toy:index:Auth": {
                "type": "object",
                "properties": {
                    "user": {"type": "string", "language": {"rust": {"minLength": 1}}},
                    "password": {"type": "string", "secret": true, "language": {"rust": {"minLength": 4, "maxLength": 12}}},
                    "scheme": {"$ref": "#/types/toy:index:Color", "default": "red"},
                },
                "required": ["user", "password"],
            },
            "toy:index:Target": {
                "type": "object",
                "properties": {
                    "host": {"type": "string", "willReplaceOnChanges": true, "language": {"rust": {"same": "domain-name"}}},
                    "address": {"type": "string", "language": {"rust": {"same": "ip-address"}}},
                    "family": {"type": "string", "willReplaceOnChanges": true, "language": {"rust": {"serviceDefault": true}}},
                },
                "language": {"rust": {"exactlyOneOf": [["host", "address"]], "atMostOneOf": [["address", "family"]]}},
            },
            "toy:index:Rule": {
                "type": "object",
                "properties": {
                    "port": {"type": "integer", "default": 443, "language": {"rust": {"minimum": 1, "maximum": 65535}}},
                    "cidr": {"type": "string", "language": {"rust": {"same": "cidr"}}},
                    "peer": {"type": "string"},
                    "all": {"type": "boolean"},
                },
                "language": {"rust": {"exactlyOneOf": [["cidr", "peer", "all"]]}},
            },
        },
        "resources": {"toy:index:Thing": {
            "inputProperties": {
                "name": {"type": "string", "willReplaceOnChanges": true,
                    "language": {"rust": {"minLength": 3, "maxLength": 20, "pattern": "^[a-z0-9][a-z0-9-]*$", "notPattern": "^tg-", "expected": "lower case"}}},
                "zone": {"type": "string", "willReplaceOnChanges": true},
                "size": {"type": "integer", "language": {"rust": {"minimum": 1, "maximum": 62, "serviceDefault": true}}},
                "ratio": {"type": "number"},
                "enabled": {"type": "boolean", "default": true},
                "color": {"$ref": "#/types/toy:index:Color"},
                "hosts": {"type": "array", "items": {"type": "string"},
                    "language": {"rust": {"maxItems": 3, "items": {"same": "domain-name"}}}},
                "subnets": {"type": "array", "items": {"type": "string"}, "willReplaceOnChanges": true,
                    "language": {"rust": {"same": "set"}}},
                "rules": {"type": "array", "items": {"$ref": "#/types/toy:index:Rule"}, "language": {"rust": {"same": "set"}}},
                "steps": {"type": "array", "items": {"$ref": "#/types/toy:index:Rule"}},
                "target": {"$ref": "#/types/toy:index:Target"},
                "targets": {"type": "object", "additionalProperties": {"$ref": "#/types/toy:index:Target"}},
                "auth": {"$ref": "#/types/toy:index:Auth"},
                "extra": {"$ref": "pulumi.json#/Any"},
                "words": {"$ref": "pulumi.json#/Any", "language": {"rust": {"same": "words", "maxLength": 300}}},
                "tags": {"type": "object", "additionalProperties": {"type": "string"},
                    "language": {"rust": {"keys": {"notPattern": "^aws:", "expected": "a key of your own"}, "values": {"maxLength": 20}}}},
            },
            "requiredInputs": ["zone"],
            "properties": {
                "name": {"type": "string"}, "zone": {"type": "string"}, "size": {"type": "integer"},
                "hosts": {"type": "array", "items": {"type": "string"}}, "target": {"$ref": "#/types/toy:index:Target"},
                "tags": texts,
                "arn": {"type": "string", "language": {"rust": {"stable": true}}},
                "state": {"type": "string"}, "key": {"type": "string", "secret": true}, "tagsAll": texts,
            },
            "language": {"rust": {"autoname": {"property": "name", "hint": "or be called so", "minLength": 3, "maxLength": 20, "allowed": "a-z0-9-", "forbiddenPrefix": "tg-"}}},
        }},
    })
}

const VOCABULARY: Vocabulary = Vocabulary {
    documents: &[&Words],
    ..Vocabulary::BUILT_IN
};

/// The document `{"words": ["a", "b"]}`. Order and case do not count, and `["all"]` means the same as no document.
#[derive(Debug)]
struct Words;

impl Document for Words {
    fn name(&self) -> &'static str {
        "words"
    }

    fn read(&self, value: &Value) -> Result<Json, String> {
        let json = match value.bare() {
            Value::String(text) => serde_json::from_str(text).map_err(|_| "must be JSON".to_owned())?,
            _ => value.to_json(),
        };
        match json["words"] {
            Json::Array(_) => Ok(json),
            _ => Err("must have `words`".to_owned()),
        }
    }

    fn mistakes(&self, document: &Json) -> Vec<String> {
        let words = document["words"].as_array().into_iter().flatten().enumerate();
        let wrong = words.filter(|(_, word)| !word.is_string());
        wrong.map(|(index, _)| format!("word {} is none", index + 1)).collect()
    }

    fn same(&self, old: &Json, new: &Json) -> bool {
        let set = |document: &Json| {
            let mut words: Vec<_> = document["words"].as_array().unwrap().iter().map(lower).collect();
            words.sort_unstable();
            words.dedup();
            words
        };
        set(old) == set(new)
    }

    fn is_default(&self, document: &Json) -> bool {
        document["words"] == json!(["all"])
    }

    fn differences(&self, at: &PropertyPath, old: &Map, new: &Map, differences: &mut Differences) {
        let words = |map: &Map| map.get("words").and_then(Value::as_array).unwrap_or_default().to_vec();
        let same = |old: &Value, new: &Value| {
            !old.is_unknown() && !new.is_unknown() && lower(&old.to_json()) == lower(&new.to_json())
        };
        let at = at.key("words");
        for (index, gone, come) in of_sets([&words(old), &words(new)], same) {
            differences.add(&at.index(index), gone, come);
        }
    }
}

fn lower(word: &Json) -> String {
    word.to_string().to_lowercase()
}
