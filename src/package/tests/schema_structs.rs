//! Asserts that the package schema and the resources' structs agree. The schema is the source of truth. The structs repeat
//! its names and types, and these tests find a name that a struct lacks.

use std::collections::BTreeSet;

use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::property::{Map, Value, typed};
use pulumi_provider::resource::Resource;
use pulumi_provider::schema::{Constraints, Group, ObjectSchema, Property, ResourceSchema, Same, Schema, Type};
use serde_json::json;

use super::inputs;
use crate::aws::Aws;
use crate::package;
use crate::resources::{self, Visitor};

/// How many of the allowed properties a sample contains.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Extent {
    /// Every property. Where properties exclude each other, or a value is an enum, the choice with this index.
    Maximal(usize),
    /// Only the required properties, and those that Check fills in.
    Minimal,
}

/// The number of maximal samples. It equals the number of members of the largest choice.
const CHOICES: usize = 5;

fn object(schema: &ObjectSchema, extent: Extent) -> Map {
    let mut map = Map::new();
    for (name, property) in &schema.properties {
        if extent != Extent::Minimal || property.required {
            map.insert(name.clone(), property_value(property, extent));
        } else if let Some(default) = &property.default {
            map.insert(name.clone(), Value::from(default.clone()));
        }
    }
    let choice = match extent {
        Extent::Maximal(choice) => choice,
        Extent::Minimal => 0,
    };
    for group in &schema.groups {
        let names = group.names();
        let kept = match group {
            Group::ExactlyOneOf(_) => {
                let name = &names[choice % names.len()];
                let value = property_value(schema.property(name).unwrap(), extent);
                map.entry(name.clone()).or_insert(value);
                Some(name)
            }
            Group::AtMostOneOf(_) => names.iter().find(|name| map.contains_key(*name)),
        };
        map.retain(|name, _| !names.contains(name) || Some(name) == kept);
    }
    map
}

fn property_value(property: &Property, extent: Extent) -> Value {
    match property.same {
        Same::Document(_) => Value::from(json!({"Statement": [{"Effect": "Allow", "Action": "*"}]})),
        _ => value(&property.kind, &property.constraints, extent),
    }
}

fn value(kind: &Type, limits: &Constraints, extent: Extent) -> Value {
    match kind {
        Type::Boolean => Value::Bool(true),
        Type::Integer | Type::Number => Value::Number(limits.minimum.unwrap_or(1.0).max(1.0)),
        Type::String => Value::String(text(limits)),
        Type::Enum(allowed) => {
            let choice = match extent {
                Extent::Maximal(choice) => choice,
                Extent::Minimal => 0,
            };
            Value::String(allowed.values[choice % allowed.values.len()].clone())
        }
        Type::Array(item) => vec![value(&item.kind, &item.constraints, extent)].into(),
        Type::Map(item) => Map::from([("key".to_owned(), value(&item.kind, &item.constraints, extent))]).into(),
        Type::Object(schema) => object(schema, extent).into(),
        Type::Any => Value::from(json!({"any": "thing"})),
        Type::Union(kinds) => value(&kinds[0], limits, extent),
    }
}

fn text(limits: &Constraints) -> String {
    let texts = inputs::fitting_texts(limits);
    texts.into_iter().find(|text| !text.is_empty()).unwrap()
}

fn schema() -> Schema {
    package::schema(env!("CARGO_PKG_VERSION")).unwrap()
}

/// Decodes the inputs into the resource's struct and encodes them again.
fn through_inputs<R: Resource>(inputs: &Map) -> Result<Map, String> {
    let typed: R::Inputs = typed::decode(inputs).map_err(|error| format!("{}: {error}", R::TOKEN))?;
    Ok(typed::encode(&typed).unwrap())
}

/// Drops empty lists and objects: they mean the same as absent ones.
fn without_empty_lists(mut map: Map) -> Map {
    map.retain(|_, value| {
        !value.as_array().is_some_and(<[_]>::is_empty) && !value.as_object().is_some_and(Map::is_empty)
    });
    map
}

/// Returns sample inputs as Check returns them: with every default and the generated name.
fn samples(schema: &ResourceSchema) -> impl Iterator<Item = Map> {
    let extents = (0..CHOICES).map(Extent::Maximal).chain([Extent::Minimal]);
    extents.map(|extent| {
        let mut inputs = object(&schema.inputs, extent);
        if let Some(autoname) = &schema.autoname {
            inputs.insert(autoname.property.clone(), "orders-1a2b3c4".into());
        }
        inputs
    })
}

fn inputs_agree<R: Resource>(schema: &ResourceSchema) {
    for sample in samples(schema) {
        let back = through_inputs::<R>(&sample).unwrap();
        assert_eq!(
            without_empty_lists(back),
            sample,
            "{}: what the struct gives back, and the schema's sample",
            R::TOKEN
        );
    }
}

/// Collects the path of every object in the properties, including the root.
fn objects(at: &PropertyPath, schema: &ObjectSchema, map: &Map, found: &mut BTreeSet<PropertyPath>) {
    found.insert(at.clone());
    for (name, value) in map {
        let kind = &schema.property(name).unwrap().kind;
        match (kind, value) {
            (Type::Object(nested), Value::Object(map)) => objects(&at.key(name), nested, map, found),
            (Type::Array(item), Value::Array(items)) => {
                if let (Type::Object(nested), Some(Value::Object(map))) = (&item.kind, items.first()) {
                    objects(&at.key(name).index(0), nested, map, found);
                }
            }
            _ => {}
        }
    }
}

/// Asserts that the struct rejects a property that the schema does not declare. Check would never validate such a property.
fn strangers_are_refused<R: Resource>(schema: &ResourceSchema) {
    for sample in samples(schema) {
        let mut places = BTreeSet::new();
        objects(&PropertyPath::root(), &schema.inputs, &sample, &mut places);
        for place in places {
            let mut sample = sample.clone();
            assert!(place.key("stranger").set(&mut sample, true.into()));
            let refused = through_inputs::<R>(&sample).is_err();
            assert!(
                refused,
                "{}: `{place}` takes properties that the schema does not have",
                R::TOKEN
            );
        }
    }
}

fn outputs_agree<R: Resource>(schema: &ResourceSchema) {
    let listed: BTreeSet<_> = schema.outputs.properties.keys().collect();
    let inputs: BTreeSet<_> = schema.inputs.properties.keys().collect();
    for sample in (0..CHOICES).map(|choice| object(&schema.outputs, Extent::Maximal(choice))) {
        let state: R::State = typed::decode(&sample).unwrap_or_else(|error| panic!("{}: {error}", R::TOKEN));
        let state = typed::encode(&state).unwrap();
        let computed: BTreeSet<_> = state.keys().collect();
        let stray: Vec<_> = computed.difference(&listed).collect();
        assert!(
            stray.is_empty(),
            "{}: computed, but no output of the schema: {stray:?}",
            R::TOKEN
        );
        let promised: BTreeSet<_> = listed.difference(&inputs).copied().collect();
        let missing: Vec<_> = promised.difference(&computed).collect();
        assert!(
            missing.is_empty(),
            "{}: outputs that nobody computes: {missing:?}",
            R::TOKEN
        );
        for (name, value) in state {
            assert_eq!(value, sample[&name], "{}: `{name}`", R::TOKEN);
        }
    }
}

struct Comparison {
    schema: Schema,
    seen: BTreeSet<String>,
}

impl Visitor for Comparison {
    fn visit<R: Resource<Clients = Aws>>(&mut self) {
        let resource = self.schema.resource(R::TOKEN);
        let resource = resource.unwrap_or_else(|| panic!("no {} in the schema", R::TOKEN));
        inputs_agree::<R>(resource);
        strangers_are_refused::<R>(resource);
        outputs_agree::<R>(resource);
        self.seen.insert(R::TOKEN.to_owned());
    }
}

#[test]
fn structs_and_schema_agree() {
    let mut comparison = Comparison {
        schema: schema(),
        seen: BTreeSet::new(),
    };
    resources::visit_all(&mut comparison);
    let in_schema = comparison.schema.resources().filter(|resource| !resource.is_component);
    let in_schema: BTreeSet<_> = in_schema.map(|resource| resource.token.clone()).collect();
    assert_eq!(comparison.seen, in_schema);
}

#[test]
fn choices_is_the_size_of_the_largest_group_or_enum() {
    fn largest(schema: &ObjectSchema) -> usize {
        let own = schema.groups.iter().map(|group| match group {
            Group::ExactlyOneOf(names) => names.len(),
            Group::AtMostOneOf(_) => 0,
        });
        let enums = schema.properties.values().map(|property| match &property.kind {
            Type::Enum(allowed) => allowed.values.len(),
            _ => 0,
        });
        let nested = schema
            .properties
            .values()
            .filter_map(|property| property.kind.nested())
            .map(|nested| largest(nested));
        own.chain(enums).chain(nested).max().unwrap_or(0)
    }
    let schema = schema();
    let resources = schema.resources().filter(|resource| !resource.is_component);
    assert_eq!(resources.map(|resource| largest(&resource.inputs)).max(), Some(CHOICES));
}
