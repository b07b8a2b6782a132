//! Encodes property values as `google.protobuf.Struct` and decodes them. In that encoding, an object with a certain key and
//! signature is a secret, an asset or another special value, and certain strings mean an unknown value. Only this module knows
//! the signatures.
//!
//! prost refuses messages nested more than 100 deep, which is about 33 nested objects. So the recursion in this module is
//! bounded too.

use std::collections::BTreeSet;

use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value as WireValue};

use super::path::PropertyPath;
use super::{Archive, ArchiveSource, Asset, AssetSource, Map, Output, ReferenceId, ResourceReference, Value};

/// The key that marks an object as a special value.
const SIGNATURE: &str = "4dabf18193072939515e22adb298388d";

const SECRET: &str = "1b47061264138c4ac30d75fd1eb44270";
const ASSET: &str = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE: &str = "0def7320c3a5731c473e5ecbe6d01bc7";
const REFERENCE: &str = "5cf8f73096256a8f31e491e813e4eb8e";
const OUTPUT: &str = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const BYTE_STRING: &str = "803fd3297a5875dc03ca845dda5d2a98";

/// The string that the provider sends for an unknown value of any type.
const UNKNOWN: &str = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/// The strings that peers send for unknown strings, booleans, numbers, arrays, assets, archives and objects.
const UNKNOWNS: [&str; 7] = [
    UNKNOWN,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
];

/// The special values that the peer accepts. Every engine since 3.200 accepts secrets and resource references.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Output values; otherwise the value is sent, as a secret if it is one, and its dependencies are dropped. True only in the
    /// responses of Construct and Call.
    pub outputs: bool,
}

impl Capabilities {
    /// What an engine accepts in calls for custom resources.
    pub const CUSTOM: Self = Self { outputs: false };
    /// What a current engine accepts in calls for components.
    pub const COMPONENT: Self = Self { outputs: true };
}

/// The error for a value that cannot be decoded or encoded. Names the path, never the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("property {path}: {problem}")]
pub struct WireError {
    /// The path of the value.
    pub path: PropertyPath,
    problem: &'static str,
}

/// Decodes properties.
///
/// # Errors
/// A special object that is incomplete or of an unknown kind, or a number that is not finite.
pub fn decode(properties: Struct) -> Result<Map, WireError> {
    decode_map(properties, &PropertyPath::root())
}

/// Encodes properties in a form that the peer accepts.
///
/// # Errors
/// A number that is not finite, or a plain value that the peer would mistake for a special one.
pub fn encode(properties: Map, peer: Capabilities) -> Result<Struct, WireError> {
    encode_map(properties, peer, &PropertyPath::root())
}

fn decode_map(properties: Struct, path: &PropertyPath) -> Result<Map, WireError> {
    properties
        .fields
        .into_iter()
        .map(|(name, value)| {
            let value = decode_value(value, &path.key(&name))?;
            Ok((name, value))
        })
        .collect()
}

fn decode_value(value: WireValue, path: &PropertyPath) -> Result<Value, WireError> {
    Ok(match value.kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::BoolValue(flag)) => Value::Bool(flag),
        Some(Kind::NumberValue(number)) => Value::Number(finite(number, path)?),
        Some(Kind::StringValue(text)) if UNKNOWNS.contains(&text.as_str()) => Value::Unknown,
        Some(Kind::StringValue(text)) => Value::String(text),
        Some(Kind::ListValue(list)) => {
            let items = list.values.into_iter().enumerate();
            Value::Array(
                items
                    .map(|(index, item)| decode_value(item, &path.index(index)))
                    .collect::<Result<_, _>>()?,
            )
        }
        Some(Kind::StructValue(mut object)) => match object.fields.remove(SIGNATURE) {
            None => Value::Object(decode_map(object, path)?),
            Some(signature) => Special { fields: object, path }.decode(signature)?,
        },
    })
}

/// A special object whose signature has already been removed.
struct Special<'a> {
    fields: Struct,
    path: &'a PropertyPath,
}

impl Special<'_> {
    fn decode(mut self, signature: WireValue) -> Result<Value, WireError> {
        let Some(Kind::StringValue(signature)) = signature.kind else {
            return self.fail("its signature is not a string");
        };
        match signature.as_str() {
            SECRET => match self.take("value") {
                Some(value) => Ok(Value::Secret(Box::new(decode_value(value, self.path)?))),
                None => self.fail("a secret without a value"),
            },
            ASSET => Ok(Value::Asset(Asset {
                hash: self.text("hash")?.unwrap_or_default(),
                source: self.asset()?,
            })),
            ARCHIVE => Ok(Value::Archive(Archive {
                hash: self.text("hash")?.unwrap_or_default(),
                source: self.archive()?,
            })),
            REFERENCE => self.reference(),
            OUTPUT => self.output(),
            // The provider never declares accepts_byte_string, so no peer should send one.
            BYTE_STRING => self.fail("byte strings are not supported"),
            _ => self.fail("its signature is not recognized"),
        }
    }

    fn asset(&mut self) -> Result<Option<AssetSource>, WireError> {
        let text = self.text("text")?.map(AssetSource::Text);
        let path = self.text("path")?.map(AssetSource::Path);
        let uri = self.text("uri")?.map(AssetSource::Uri);
        Ok(first_filled([text, path, uri], |source| match source {
            AssetSource::Text(text) | AssetSource::Path(text) | AssetSource::Uri(text) => !text.is_empty(),
        }))
    }

    fn archive(&mut self) -> Result<Option<ArchiveSource>, WireError> {
        let assets = match self.take("assets").map(|assets| assets.kind) {
            None | Some(None | Some(Kind::NullValue(_))) => None,
            Some(Some(Kind::StructValue(assets))) => Some(ArchiveSource::Assets(decode_map(assets, self.path)?)),
            Some(Some(_)) => return self.fail("the assets of an archive are not an object"),
        };
        let path = self.text("path")?.map(ArchiveSource::Path);
        let uri = self.text("uri")?.map(ArchiveSource::Uri);
        Ok(first_filled([assets, path, uri], |source| match source {
            ArchiveSource::Assets(assets) => !assets.is_empty(),
            ArchiveSource::Path(text) | ArchiveSource::Uri(text) => !text.is_empty(),
        }))
    }

    fn reference(mut self) -> Result<Value, WireError> {
        let Some(urn) = self.text("urn")? else {
            return self.fail("a resource reference without a URN");
        };
        let id = self.text("id")?.map(|id| match id.as_str() {
            "" => ReferenceId::Unknown,
            id if UNKNOWNS.contains(&id) => ReferenceId::Unknown,
            _ => ReferenceId::Known(id),
        });
        let package_version = self.text("packageVersion")?.unwrap_or_default();
        Ok(Value::Reference(ResourceReference {
            urn,
            id,
            package_version,
        }))
    }

    fn output(mut self) -> Result<Value, WireError> {
        let value = match self.take("value") {
            None => None,
            Some(value) => Some(decode_value(value, self.path)?).filter(|value| *value != Value::Unknown),
        };
        let secret = match self.take("secret").and_then(|secret| secret.kind) {
            None => false,
            Some(Kind::BoolValue(secret)) => secret,
            Some(_) => return self.fail("the secret mark of an output value is not a boolean"),
        };
        let mut dependencies = BTreeSet::new();
        match self.take("dependencies").and_then(|dependencies| dependencies.kind) {
            None => {}
            Some(Kind::ListValue(list)) => {
                for urn in list.values {
                    let Some(Kind::StringValue(urn)) = urn.kind else {
                        return self.fail("a dependency of an output value is not a string");
                    };
                    dependencies.insert(urn);
                }
            }
            Some(_) => return self.fail("the dependencies of an output value are not a list"),
        }
        Ok(Value::Output(Box::new(Output {
            value,
            secret,
            dependencies,
        })))
    }

    fn take(&mut self, name: &str) -> Option<WireValue> {
        self.fields.fields.remove(name)
    }

    fn text(&mut self, name: &str) -> Result<Option<String>, WireError> {
        match self.take(name).and_then(|value| value.kind) {
            None | Some(Kind::NullValue(_)) => Ok(None),
            Some(Kind::StringValue(text)) => Ok(Some(text)),
            Some(_) => self.fail("a part of a special object is not a string"),
        }
    }

    fn fail<T>(&self, problem: &'static str) -> Result<T, WireError> {
        Err(WireError {
            path: self.path.clone(),
            problem,
        })
    }
}

/// Returns the source of an asset or archive. Some peers send every possible source and leave all but one empty. So the first
/// source that is not empty counts, and an empty one only if there is no other.
fn first_filled<T>(sources: [Option<T>; 3], filled: impl Fn(&T) -> bool) -> Option<T> {
    let (filled, empty): (Vec<T>, Vec<T>) = sources.into_iter().flatten().partition(|source| filled(source));
    filled.into_iter().chain(empty).next()
}

fn encode_map(properties: Map, peer: Capabilities, path: &PropertyPath) -> Result<Struct, WireError> {
    let fields = properties.into_iter().map(|(name, value)| {
        if name == SIGNATURE {
            return Err(WireError {
                path: path.clone(),
                problem: "a property has a reserved name",
            });
        }
        let value = encode_value(value, peer, &path.key(&name))?;
        Ok((name, value))
    });
    Ok(Struct {
        fields: fields.collect::<Result<_, _>>()?,
    })
}

fn encode_value(value: Value, peer: Capabilities, path: &PropertyPath) -> Result<WireValue, WireError> {
    Ok(match value {
        Value::Null => wire(Kind::NullValue(0)),
        Value::Bool(flag) => wire(Kind::BoolValue(flag)),
        Value::Number(number) => wire(Kind::NumberValue(finite(number, path)?)),
        Value::String(text) if UNKNOWNS.contains(&text.as_str()) => {
            return Err(WireError {
                path: path.clone(),
                problem: "a string that means an unknown value",
            });
        }
        Value::String(text) => wire(Kind::StringValue(text)),
        Value::Array(items) => {
            let items = items.into_iter().enumerate();
            let values = items.map(|(index, item)| encode_value(item, peer, &path.index(index)));
            wire(Kind::ListValue(ListValue {
                values: values.collect::<Result<_, _>>()?,
            }))
        }
        Value::Object(map) => wire(Kind::StructValue(encode_map(map, peer, path)?)),
        Value::Asset(asset) => encode_asset(asset),
        Value::Archive(archive) => encode_archive(archive, peer, path)?,
        Value::Reference(reference) => encode_reference(reference),
        Value::Secret(inner) => special(SECRET, [("value", Some(encode_value(*inner, peer, path)?))]),
        Value::Output(output) => encode_output(*output, peer, path)?,
        Value::Unknown => string(UNKNOWN),
    })
}

fn encode_asset(asset: Asset) -> WireValue {
    let source = asset.source.map(|source| match source {
        AssetSource::Text(text) => ("text", Some(string(text))),
        AssetSource::Path(path) => ("path", Some(string(path))),
        AssetSource::Uri(uri) => ("uri", Some(string(uri))),
    });
    special(ASSET, source.into_iter().chain([("hash", unless_empty(asset.hash))]))
}

fn encode_archive(archive: Archive, peer: Capabilities, path: &PropertyPath) -> Result<WireValue, WireError> {
    let source = match archive.source {
        None => None,
        Some(ArchiveSource::Assets(assets)) => {
            Some(("assets", Some(wire(Kind::StructValue(encode_map(assets, peer, path)?)))))
        }
        Some(ArchiveSource::Path(path)) => Some(("path", Some(string(path)))),
        Some(ArchiveSource::Uri(uri)) => Some(("uri", Some(string(uri)))),
    };
    Ok(special(
        ARCHIVE,
        source.into_iter().chain([("hash", unless_empty(archive.hash))]),
    ))
}

fn encode_reference(reference: ResourceReference) -> WireValue {
    // The engine encodes an unknown id as an empty string. Peers do the same for components. In a response, the string for
    // unknown values would be an error.
    let id = reference.id.map(|id| match id {
        ReferenceId::Known(id) => string(id),
        ReferenceId::Unknown => string(""),
    });
    let version = unless_empty(reference.package_version);
    special(
        REFERENCE,
        [
            ("urn", Some(string(reference.urn))),
            ("id", id),
            ("packageVersion", version),
        ],
    )
}

fn encode_output(output: Output, peer: Capabilities, path: &PropertyPath) -> Result<WireValue, WireError> {
    let Output {
        value,
        secret,
        dependencies,
    } = output;
    if !peer.outputs {
        let value = value.unwrap_or(Value::Unknown);
        return encode_value(if secret { value.into_secret() } else { value }, peer, path);
    }
    let value = value.filter(|value| *value != Value::Unknown);
    let value = value.map(|value| encode_value(value, peer, path)).transpose()?;
    let secret = secret.then(|| wire(Kind::BoolValue(true)));
    let dependencies = (!dependencies.is_empty()).then(|| {
        wire(Kind::ListValue(ListValue {
            values: dependencies.into_iter().map(string).collect(),
        }))
    });
    Ok(special(
        OUTPUT,
        [("value", value), ("secret", secret), ("dependencies", dependencies)],
    ))
}

fn special(signature: &str, parts: impl IntoIterator<Item = (&'static str, Option<WireValue>)>) -> WireValue {
    let parts = parts
        .into_iter()
        .filter_map(|(name, part)| Some((name.to_owned(), part?)));
    let fields = parts.chain([(SIGNATURE.to_owned(), string(signature))]).collect();
    wire(Kind::StructValue(Struct { fields }))
}

fn finite(number: f64, path: &PropertyPath) -> Result<f64, WireError> {
    if number.is_finite() {
        Ok(number)
    } else {
        Err(WireError {
            path: path.clone(),
            problem: "a number is not finite",
        })
    }
}

fn unless_empty(text: String) -> Option<WireValue> {
    (!text.is_empty()).then(|| string(text))
}

fn string(text: impl Into<String>) -> WireValue {
    wire(Kind::StringValue(text.into()))
}

const fn wire(kind: Kind) -> WireValue {
    WireValue { kind: Some(kind) }
}

#[cfg(test)]
mod tests;
