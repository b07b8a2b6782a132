use proptest::prelude::*;
use prost::Message as _;
use serde_json::json;

use super::*;
use crate::samples::values;

/// Converts JSON to a wire value, so that tests can write down what a peer sends.
fn from_json(json: serde_json::Value) -> WireValue {
    match json {
        serde_json::Value::Null => wire(Kind::NullValue(0)),
        serde_json::Value::Bool(flag) => wire(Kind::BoolValue(flag)),
        serde_json::Value::Number(number) => wire(Kind::NumberValue(number.as_f64().unwrap())),
        serde_json::Value::String(text) => string(text),
        serde_json::Value::Array(items) => wire(Kind::ListValue(ListValue {
            values: items.into_iter().map(from_json).collect(),
        })),
        serde_json::Value::Object(map) => wire(Kind::StructValue(Struct {
            fields: map.into_iter().map(|(name, value)| (name, from_json(value))).collect(),
        })),
    }
}

fn to_json(value: WireValue) -> serde_json::Value {
    match value.kind.unwrap() {
        Kind::NullValue(_) => json!(null),
        Kind::BoolValue(flag) => json!(flag),
        Kind::NumberValue(number) => json!(number),
        Kind::StringValue(text) => json!(text),
        Kind::ListValue(list) => list.values.into_iter().map(to_json).collect(),
        Kind::StructValue(object) => object
            .fields
            .into_iter()
            .map(|(name, value)| (name, to_json(value)))
            .collect(),
    }
}

fn decode_json(json: serde_json::Value) -> Result<Value, WireError> {
    let properties = Struct {
        fields: [("p".to_owned(), from_json(json))].into(),
    };
    decode(properties).map(|mut map| map.remove("p").unwrap())
}

fn encode_json(value: Value, peer: Capabilities) -> String {
    let properties = encode(Map::from([("p".to_owned(), value)]), peer).unwrap();
    to_json(properties.fields["p"].clone()).to_string()
}

fn urn() -> String {
    "urn:pulumi:dev::proj::pkg:index:Vpc::main".to_owned()
}

fn reference(id: Option<ReferenceId>) -> Value {
    Value::Reference(ResourceReference {
        urn: urn(),
        id,
        package_version: "1.2.0".to_owned(),
    })
}

#[test]
fn a_secret_survives_encoding_and_decoding() {
    let value = Value::from("hunter2").into_secret();
    let text = encode_json(value.clone(), Capabilities::CUSTOM);
    insta::assert_snapshot!(text, @r#"{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","value":"hunter2"}"#);
    assert_eq!(decode_json(serde_json::from_str(&text).unwrap()), Ok(value));
}

#[test]
fn unknown_values_of_every_type_are_decoded() {
    for sentinel in UNKNOWNS {
        assert_eq!(decode_json(json!(sentinel)), Ok(Value::Unknown));
    }
    insta::assert_snapshot!(encode_json(Value::Unknown, Capabilities::CUSTOM), @r#""04da6b54-80e4-46f7-96ec-b56ff0331ba9""#);
    insta::assert_snapshot!(encode_json(Value::Unknown.into_secret(), Capabilities::CUSTOM), @r#"{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","value":"04da6b54-80e4-46f7-96ec-b56ff0331ba9"}"#);
}

#[test]
fn output_values_are_encoded_only_for_components() {
    let output = |value: Option<Value>, secret| {
        Value::Output(Box::new(Output {
            value,
            secret,
            dependencies: BTreeSet::from([urn()]),
        }))
    };
    let known = output(Some("x".into()), true);
    let text = encode_json(known.clone(), Capabilities::COMPONENT);
    insta::assert_snapshot!(text, @r#"{"4dabf18193072939515e22adb298388d":"d0e6a833031e9bbcd3f4e8bde6ca49a4","dependencies":["urn:pulumi:dev::proj::pkg:index:Vpc::main"],"secret":true,"value":"x"}"#);
    assert_eq!(decode_json(serde_json::from_str(&text).unwrap()), Ok(known.clone()));
    insta::assert_snapshot!(encode_json(known, Capabilities::CUSTOM), @r#"{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","value":"x"}"#);

    let unknown = output(None, false);
    insta::assert_snapshot!(encode_json(unknown.clone(), Capabilities::COMPONENT), @r#"{"4dabf18193072939515e22adb298388d":"d0e6a833031e9bbcd3f4e8bde6ca49a4","dependencies":["urn:pulumi:dev::proj::pkg:index:Vpc::main"]}"#);
    insta::assert_snapshot!(encode_json(unknown, Capabilities::CUSTOM), @r#""04da6b54-80e4-46f7-96ec-b56ff0331ba9""#);
    insta::assert_snapshot!(encode_json(Value::Output(Box::default()), Capabilities::COMPONENT), @r#"{"4dabf18193072939515e22adb298388d":"d0e6a833031e9bbcd3f4e8bde6ca49a4"}"#);
    let said_to_be_unknown = json!({SIGNATURE: OUTPUT, "value": UNKNOWN});
    assert_eq!(decode_json(said_to_be_unknown), Ok(Value::Output(Box::default())));
}

#[test]
fn a_resource_reference_survives_encoding_and_decoding() {
    let known = reference(Some(ReferenceId::Known("vpc-1".to_owned())));
    let text = encode_json(known.clone(), Capabilities::CUSTOM);
    insta::assert_snapshot!(text, @r#"{"4dabf18193072939515e22adb298388d":"5cf8f73096256a8f31e491e813e4eb8e","id":"vpc-1","packageVersion":"1.2.0","urn":"urn:pulumi:dev::proj::pkg:index:Vpc::main"}"#);
    assert_eq!(decode_json(serde_json::from_str(&text).unwrap()), Ok(known));

    insta::assert_snapshot!(encode_json(reference(Some(ReferenceId::Unknown)), Capabilities::CUSTOM), @r#"{"4dabf18193072939515e22adb298388d":"5cf8f73096256a8f31e491e813e4eb8e","id":"","packageVersion":"1.2.0","urn":"urn:pulumi:dev::proj::pkg:index:Vpc::main"}"#);
    for id in ["", UNKNOWN] {
        let wire = json!({SIGNATURE: REFERENCE, "urn": urn(), "id": id, "packageVersion": "1.2.0", "name": "main"});
        assert_eq!(decode_json(wire), Ok(reference(Some(ReferenceId::Unknown))));
    }
}

#[test]
fn assets_and_archives_survive_encoding_and_decoding() {
    let asset = Value::Asset(Asset {
        hash: "ab".to_owned(),
        source: Some(AssetSource::Text("t".to_owned())),
    });
    insta::assert_snapshot!(encode_json(asset.clone(), Capabilities::CUSTOM), @r#"{"4dabf18193072939515e22adb298388d":"c44067f5952c0a294b673a41bacd8c17","hash":"ab","text":"t"}"#);
    let source = ArchiveSource::Assets(Map::from([("index.js".to_owned(), asset)]));
    let archive = Value::Archive(Archive {
        hash: String::new(),
        source: Some(source),
    });
    let text = encode_json(archive.clone(), Capabilities::CUSTOM);
    insta::assert_snapshot!(text, @r#"{"4dabf18193072939515e22adb298388d":"0def7320c3a5731c473e5ecbe6d01bc7","assets":{"index.js":{"4dabf18193072939515e22adb298388d":"c44067f5952c0a294b673a41bacd8c17","hash":"ab","text":"t"}}}"#);
    assert_eq!(decode_json(serde_json::from_str(&text).unwrap()), Ok(archive));

    let elided = json!({SIGNATURE: ASSET, "hash": "ab"});
    assert_eq!(
        decode_json(elided),
        Ok(Value::Asset(Asset {
            hash: "ab".to_owned(),
            source: None
        }))
    );
    let padded = json!({SIGNATURE: ASSET, "hash": "", "text": "", "path": "a.txt", "uri": ""});
    let expected = Asset {
        hash: String::new(),
        source: Some(AssetSource::Path("a.txt".to_owned())),
    };
    assert_eq!(decode_json(padded), Ok(Value::Asset(expected)));
}

#[test]
fn null_is_not_absent() {
    let properties = decode(Struct {
        fields: [("p".to_owned(), from_json(json!(null)))].into(),
    })
    .unwrap();
    assert_eq!(properties, Map::from([("p".to_owned(), Value::Null)]));
    assert_eq!(encode_json(Value::Null, Capabilities::CUSTOM), "null");
}

#[test]
fn errors_name_the_path_and_not_the_value() {
    let errors: Vec<String> = [
        json!({SIGNATURE: "hunter2"}),
        json!({SIGNATURE: 1}),
        json!({SIGNATURE: SECRET}),
        json!({SIGNATURE: BYTE_STRING, "value": "aHVudGVyMg=="}),
        json!({SIGNATURE: REFERENCE, "id": "hunter2"}),
        json!({SIGNATURE: OUTPUT, "secret": "hunter2"}),
        json!({SIGNATURE: OUTPUT, "dependencies": "hunter2"}),
        json!({SIGNATURE: ASSET, "text": 7}),
        json!({SIGNATURE: ARCHIVE, "assets": "hunter2"}),
        json!([{"a.b": {SIGNATURE: "hunter2"}}]),
    ]
    .into_iter()
    .map(|json| decode_json(json).unwrap_err().to_string())
    .collect();
    insta::assert_snapshot!(errors.join("\n"), @r#"
    property p: its signature is not recognized
    property p: its signature is not a string
    property p: a secret without a value
    property p: byte strings are not supported
    property p: a resource reference without a URN
    property p: the secret mark of an output value is not a boolean
    property p: the dependencies of an output value are not a list
    property p: a part of a special object is not a string
    property p: the assets of an archive are not an object
    property p[0]["a.b"]: its signature is not recognized
    "#);
}

#[test]
fn numbers_that_are_not_finite_are_refused() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let properties = Map::from([("p".to_owned(), Value::from(vec![number.into()]))]);
        let error = encode(properties, Capabilities::CUSTOM).unwrap_err();
        assert_eq!(error.to_string(), "property p[0]: a number is not finite");
        let wire = Struct {
            fields: [("p".to_owned(), wire(Kind::NumberValue(number)))].into(),
        };
        assert!(decode(wire).is_err());
    }
}

#[test]
fn plain_values_that_would_turn_into_special_ones_are_refused() {
    let object = Map::from([(SIGNATURE.to_owned(), Value::from(SECRET))]);
    assert!(encode(Map::from([("p".to_owned(), object.into())]), Capabilities::CUSTOM).is_err());
    assert!(encode(Map::from([("p".to_owned(), UNKNOWN.into())]), Capabilities::CUSTOM).is_err());
}

#[test]
fn large_strings_and_deep_objects_survive_the_message() {
    let nested = |depth| {
        let value = Value::from("x".repeat(1 << 20)).into_secret();
        (0..depth).fold(Map::from([("n".to_owned(), value)]), |inner, _| {
            Map::from([("n".to_owned(), inner.into())])
        })
    };
    let message = |properties| encode(properties, Capabilities::CUSTOM).unwrap().encode_to_vec();
    let read = Struct::decode(&*message(nested(28))).unwrap();
    assert_eq!(decode(read).unwrap(), nested(28));
    assert!(
        Struct::decode(&*message(nested(40))).is_err(),
        "prost bounds the depth, and so our recursion"
    );
}

proptest! {
    #[test]
    fn encoded_properties_decode_to_the_same_properties(properties in values::map()) {
        let wire = encode(properties.clone(), Capabilities::COMPONENT).unwrap();
        let bytes = wire.encode_to_vec();
        prop_assert_eq!(decode(Struct::decode(&*bytes).unwrap()).unwrap(), properties);
    }

    #[test]
    fn custom_resources_never_see_output_values(properties in values::map()) {
        let wire = encode(properties, Capabilities::CUSTOM).unwrap();
        let again = decode(wire).unwrap();
        prop_assert!(!contains_output(&again.into()));
    }
}

fn contains_output(value: &Value) -> bool {
    match value {
        Value::Output(_) => true,
        Value::Secret(inner) => contains_output(inner),
        Value::Array(items) => items.iter().any(contains_output),
        Value::Object(map) => map.values().any(contains_output),
        _ => false,
    }
}
