use serde_json::{Value, json};

use super::*;

fn package(types: &Value, input: &Value) -> String {
    json!({
        "name": "test",
        "types": types,
        "resources": {"test:index:Thing": {
            "inputProperties": {"input": input},
            "requiredInputs": ["input"],
            "properties": {"arn": {"type": "string", "language": {"rust": {"stable": true}}}},
        }},
    })
    .to_string()
}

fn parse(types: &Value, input: &Value) -> Result<Schema, SchemaError> {
    Schema::parse(&package(types, input), "1.2.3", &Vocabulary::BUILT_IN)
}

fn problem(types: &Value, input: &Value) -> String {
    parse(types, input).unwrap_err().to_string()
}

#[test]
fn all_attributes_of_a_property_are_parsed() {
    let schema = parse(
        &json!({}),
        &json!({
            "type": "string", "description": "About it.", "default": "x", "defaultInfo": {"environment": ["X"]},
            "secret": true, "willReplaceOnChanges": true, "language": {"rust": {"maxLength": 3}, "go": {"name": "In"}},
        }),
    )
    .unwrap();
    let thing = schema.resource("test:index:Thing").unwrap();
    let input = thing.inputs.property("input").unwrap();
    assert!(matches!(input.kind, Type::String));
    assert!(input.required && input.secret && input.replace && !input.plain && !input.stable);
    assert_eq!(input.default, Some(json!("x")));
    assert_eq!(input.description, "About it.");
    assert_eq!(input.constraints.max_length, Some(3));
    assert!(matches!(input.same, Same::Exact));
    assert_eq!(thing.inputs.required().collect::<Vec<_>>(), ["input"]);
    assert!(thing.outputs.property("arn").unwrap().stable);
}

#[test]
fn references_resolve_to_objects_enums_and_any() {
    let types = json!({
        "test:index:Outer": {"type": "object", "properties": {
            "inner": {"type": "array", "items": {"$ref": "#/types/test:index:Inner"}},
            "any": {"$ref": "pulumi.json#/Any"},
        }},
        "test:index:Inner": {"type": "object", "properties": {
            "kind": {"$ref": "#/types/test:index:Kind", "default": "A"},
            "other": {"type": "string"},
        }, "language": {"rust": {"atMostOneOf": [["kind", "other"]]}}},
        "test:index:Kind": {"type": "string", "enum": [{"value": "A"}, {"value": "B"}]},
    });
    let schema = parse(&types, &json!({"$ref": "#/types/test:index:Outer", "plain": true})).unwrap();
    let input = schema
        .resource("test:index:Thing")
        .unwrap()
        .inputs
        .property("input")
        .unwrap();
    assert!(input.plain);
    let outer = input.kind.nested().unwrap();
    assert!(matches!(outer.property("any").unwrap().kind, Type::Any));
    let inner = outer.property("inner").unwrap().kind.nested().unwrap();
    assert_eq!(
        inner.groups,
        [Group::AtMostOneOf(vec!["kind".to_owned(), "other".to_owned()])]
    );
    let Type::Enum(kind) = &inner.property("kind").unwrap().kind else {
        panic!("an enum")
    };
    assert_eq!(kind.values, ["A", "B"]);
}

#[test]
fn rules_apply_to_the_elements_of_lists_and_maps() {
    let schema = parse(
        &json!({}),
        &json!({
            "type": "array", "items": {"type": "object", "additionalProperties": {"type": "string"}},
            "language": {"rust": {"same": "set", "items": {"keys": {"maxLength": 2}, "values": {"format": "cidr", "same": "cidr"}}}},
        }),
    )
    .unwrap();
    let input = schema
        .resource("test:index:Thing")
        .unwrap()
        .inputs
        .property("input")
        .unwrap();
    assert!(matches!(input.same, Same::Set));
    let Type::Array(map) = &input.kind else {
        panic!("a list")
    };
    assert_eq!(map.constraints.keys.as_ref().unwrap().max_length, Some(2));
    let Type::Map(value) = &map.kind else { panic!("a map") };
    assert_eq!(value.constraints.format.unwrap().name, "cidr");
    assert!(matches!(value.same, Same::Text(TextEquality { name: "cidr", .. })));
}

#[test]
fn an_invalid_schema_is_refused_with_the_cause() {
    let none = json!({});
    let text = |rust: Value| json!({"type": "string", "language": {"rust": rust}});
    for (types, input, expected) in [
        (
            &none,
            json!({"$ref": "#/types/test:index:Gone"}),
            "there is no type test:index:Gone",
        ),
        (
            &none,
            json!({"$ref": "/aws/v7/schema.json#/types/a"}),
            "there is no type /aws/v7/schema.json#/types/a",
        ),
        (&none, json!({"type": "array"}), "lists need items"),
        (
            &none,
            json!({"type": "integer", "default": "1"}),
            "the default does not fit the type",
        ),
        (
            &none,
            json!({"type": "string", "replaceOnChanges": true}),
            "unknown field `replaceOnChanges`",
        ),
        (&none, text(json!({"maxLenght": 1})), "unknown field `maxLenght`"),
        (
            &none,
            text(json!({"minimum": 1})),
            "test:index:Thing input input: a rule",
        ),
        (&none, text(json!({"pattern": "x"})), "a pattern needs `expected`"),
    ] {
        let problem = problem(types, &input);
        assert!(problem.contains(expected), "{problem}");
    }
}

#[test]
fn a_type_that_contains_itself_is_refused() {
    let types = json!({
        "test:index:A": {"type": "object", "properties": {"b": {"$ref": "#/types/test:index:B"}}},
        "test:index:B": {"type": "object", "properties": {"a": {"type": "array", "items": {"$ref": "#/types/test:index:A"}}}},
    });
    assert!(matches!(
        parse(&types, &json!({"type": "string"})),
        Err(SchemaError::Cycle(_))
    ));
}

#[test]
fn groups_required_inputs_and_autonames_must_name_properties() {
    let thing = |extra: Value| {
        let mut thing = json!({"inputProperties": {"a": {"type": "string"}}});
        thing
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        Schema::parse(
            &json!({"name": "test", "resources": {"test:index:Thing": thing}}).to_string(),
            "1.0.0",
            &Vocabulary::BUILT_IN,
        )
    };
    assert!(thing(json!({})).is_ok());
    assert!(thing(json!({"requiredInputs": ["b"]})).is_err());
    assert!(thing(json!({"language": {"rust": {"exactlyOneOf": [["a", "b"]]}}})).is_err());
    let autoname = json!({"property": "name", "minLength": 1, "maxLength": 9, "allowed": "a-z"});
    assert!(thing(json!({"language": {"rust": {"autoname": autoname}}})).is_err());
}

#[test]
fn the_served_schema_has_the_version_and_not_our_extensions() {
    let schema = parse(
        &json!({}),
        &json!({"type": "string", "language": {"rust": {"maxLength": 3}, "csharp": {"name": "In"}}}),
    )
    .unwrap();
    let served: Value = serde_json::from_str(schema.served_json()).unwrap();
    assert_eq!(served["version"], "1.2.3");
    assert_eq!(
        served["resources"]["test:index:Thing"]["inputProperties"]["input"],
        json!({"type": "string", "language": {"csharp": {"name": "In"}}})
    );
    assert_eq!(
        served["resources"]["test:index:Thing"]["properties"]["arn"],
        json!({"type": "string"})
    );
}

#[test]
fn an_unknown_field_of_the_package_is_refused() {
    let error = Schema::parse(
        &json!({"name": "test", "parameterization": {}}).to_string(),
        "1.0.0",
        &Vocabulary::BUILT_IN,
    )
    .unwrap_err();
    assert!(
        error.to_string().contains("unknown field `parameterization`"),
        "{error}"
    );
}

#[test]
fn a_version_in_the_file_is_refused() {
    let versioned = json!({"name": "test", "version": "1.0.0"}).to_string();
    assert!(matches!(
        Schema::parse(&versioned, "1.0.0", &Vocabulary::BUILT_IN),
        Err(SchemaError::Version)
    ));
}
