//! Generates arbitrary inputs that fit a schema.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use pulumi_provider::property::{Map, Value};
use pulumi_provider::schema::{Constraints, Group, ObjectSchema, Property, Same, Type};

/// Converts JSON to properties. `"!secret!x"` stands for the secret text `x`, `"!unknown!"` for an unknown value.
pub(crate) fn map(json: serde_json::Value) -> Map {
    match special(Value::from(json)) {
        Value::Object(map) => map,
        other => panic!("properties are an object, not {}", other.kind()),
    }
}

fn special(value: Value) -> Value {
    match value {
        Value::String(text) if text == "!unknown!" => Value::Unknown,
        Value::String(text) => match text.strip_prefix("!secret!") {
            Some(secret) => Value::from(secret).into_secret(),
            None => Value::String(text),
        },
        Value::Array(items) => Value::Array(items.into_iter().map(special).collect()),
        Value::Object(map) => Value::Object(map.into_iter().map(|(key, value)| (key, special(value))).collect()),
        other => other,
    }
}

/// Whether samples contain secrets and unknown values.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Leaves {
    /// Plain values only.
    Plain,
    /// Some values are secret.
    Secrets,
    /// Some values are secret, some unknown.
    Unknowns,
}

/// Generates arbitrary inputs that Check accepts.
pub(crate) fn fitting(schema: &ObjectSchema, leaves: Leaves) -> BoxedStrategy<Map> {
    let properties: Vec<_> = schema
        .properties
        .iter()
        .map(|(name, property)| {
            let name = name.clone();
            let value = of_property(property, leaves).prop_map(move |value| (name.clone(), value));
            if property.required {
                value.prop_map(Some).boxed()
            } else {
                proptest::option::weighted(0.6, value).boxed()
            }
        })
        .collect();
    let groups = schema.groups.clone();
    let whole = whole(schema, leaves);
    (properties, any::<Index>(), whole)
        .prop_map(move |(given, choice, whole)| {
            let mut map: Map = given.into_iter().flatten().collect();
            for group in &groups {
                let names = group.names();
                let chosen = match group {
                    Group::ExactlyOneOf(_) => Some(&names[choice.index(names.len())]),
                    Group::AtMostOneOf(_) => names.iter().find(|name| map.contains_key(*name)),
                };
                if let Group::ExactlyOneOf(_) = group
                    && let Some(name) = chosen
                    && let Some(value) = whole.get(name)
                {
                    map.insert(name.clone(), value.clone());
                }
                map.retain(|name, _| !names.contains(name) || Some(name) == chosen);
            }
            map
        })
        .boxed()
}

/// Generates a value for every member of the groups of which exactly one must be given.
fn whole(schema: &ObjectSchema, leaves: Leaves) -> BoxedStrategy<Map> {
    let members = schema.groups.iter().filter_map(|group| match group {
        Group::ExactlyOneOf(names) => Some(names),
        Group::AtMostOneOf(_) => None,
    });
    let values: Vec<_> = members
        .flatten()
        .map(|name| {
            let name = name.clone();
            let property = schema.property(&name).unwrap();
            let value = match property.kind {
                // `false` does not count as given.
                Type::Boolean => Just(Value::Bool(true)).boxed(),
                _ => of_property(property, leaves),
            };
            value.prop_map(move |value| (name.clone(), value)).boxed()
        })
        .collect();
    values.prop_map(|values| values.into_iter().collect()).boxed()
}

fn of_property(property: &Property, leaves: Leaves) -> BoxedStrategy<Value> {
    if matches!(property.same, Same::Document(_)) {
        return super::documents();
    }
    of(&property.kind, &property.constraints, leaves)
}

fn of(kind: &Type, limits: &Constraints, leaves: Leaves) -> BoxedStrategy<Value> {
    let plain = match kind {
        Type::Boolean => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::Integer | Type::Number => {
            #[expect(clippy::cast_possible_truncation, reason = "limits in the schema are small")]
            let (least, most) = (
                limits.minimum.unwrap_or(-3.0).ceil() as i64,
                limits.maximum.unwrap_or(90_000.0) as i64,
            );
            (least..=most)
                .prop_map(|number| Value::Number(f64::from(i32::try_from(number).unwrap())))
                .boxed()
        }
        Type::String => texts(limits),
        Type::Enum(allowed) => select(allowed.values.clone()).prop_map(Value::String).boxed(),
        Type::Array(item) => {
            let (least, most) = (limits.min_items.unwrap_or(0), limits.max_items.unwrap_or(3).min(3));
            vec(of(&item.kind, &item.constraints, leaves), least..=most)
                .prop_map(Value::Array)
                .boxed()
        }
        Type::Map(item) => btree_map(
            select(vec!["env", "team", "cost.centre", "x"]).prop_map(str::to_owned),
            of(&item.kind, &item.constraints, leaves),
            limits.min_items.unwrap_or(0)..=3,
        )
        .prop_map(Value::Object)
        .boxed(),
        Type::Object(schema) => fitting(schema, leaves).prop_map(Value::Object).boxed(),
        Type::Any => super::values::plain().boxed(),
        Type::Union(kinds) => of(&kinds[0], limits, leaves),
    };
    match leaves {
        Leaves::Plain => plain,
        Leaves::Secrets => prop_oneof![4 => plain.clone(), 1 => plain.prop_map(Value::into_secret)].boxed(),
        Leaves::Unknowns => {
            let secret = plain.clone().prop_map(Value::into_secret);
            prop_oneof![6 => plain, 1 => secret, 1 => Just(Value::Unknown), 1 => Just(Value::Unknown.into_secret())]
                .boxed()
        }
    }
}

/// Generates texts that keep the limits.
fn texts(limits: &Constraints) -> BoxedStrategy<Value> {
    select(fitting_texts(limits)).prop_map(Value::from).boxed()
}

/// Texts of the kinds that schemas ask for.
const TEXTS: [&str; 37] = [
    "",
    "red",
    "blue",
    "orders",
    "orders-2",
    "vpc-1",
    "vpc-2",
    "subnet-a",
    "subnet-b",
    "subnet-c",
    "sg-1",
    "sg-2",
    "rgw-1",
    "rgw-2",
    "pl-1",
    "vpce-1",
    "vpce-2",
    "10.0.0.0/16",
    "10.0.0.1/16",
    "10.0.0.5",
    "10.0.0.6",
    "fd00::1",
    "fd00:0::1",
    "fd00::/64",
    "443",
    "443-443",
    "8000-8010",
    "a.example.com",
    "A.example.com.",
    "b.example.com",
    "tcp",
    "6",
    "-1",
    "123456789012",
    "https://a.example.com/x",
    "https://b.example.com/*",
    "arn:aws:vpc-lattice:eu-west-1:123456789012:resourceconfiguration/rcfg-1",
];

/// Returns the texts that keep the limits: of [`TEXTS`], and the example that the schema gives a user in `expected`.
pub(crate) fn fitting_texts(limits: &Constraints) -> Vec<String> {
    let expected = limits.pattern.as_ref().map_or("", |pattern| &pattern.expected);
    let example = expected.split_once("such as ").map(|(_, rest)| rest);
    let example = example.and_then(|rest| rest.split([' ', ',']).next());
    let all = TEXTS.into_iter().chain(example);
    let fitting: Vec<_> = all.filter(|text| limits.text_problem(text).is_none()).collect();
    assert!(!fitting.is_empty(), "no sample text keeps these limits: {limits:?}");
    fitting.into_iter().map(str::to_owned).collect()
}
