//! Reads the configuration of a provider instance, in each form in which the engine sends it.
//!
//! The stack's configuration consists of strings (objects, lists, numbers and booleans as JSON). Node and Python encode every
//! property that is not a string as JSON. Go and YAML send values as they are. So a string is parsed where the schema
//! declares another type, and never where it declares a string: the region `1e3` stays a string. The same applies to numbers
//! and booleans inside objects: `pulumi config set --path polling.initialIntervalSeconds 0.1` stores a string.

mod numbers;

use std::collections::BTreeMap;

use crate::lifecycle::check::values;
use crate::lifecycle::{diff, secrets};
use crate::property::path::PropertyPath;
use crate::property::{Map, Value};
use crate::resource::changes::{Change, ChangeKind};
use crate::resource::draft::{Draft, Failure, Failures};
use crate::schema::{ObjectSchema, Type};

/// Keys of a provider resource that belong to the engine, besides those that begin with two underscores.
const ENGINE_KEYS: [&str; 2] = ["version", "pluginDownloadURL"];

/// A configuration in the shape of the schema.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// The values, with defaults filled in; secrets and unknowns are still marked.
    pub values: Map,
    /// The failures, except for missing keys.
    pub failures: Failures,
    /// The required keys that are missing.
    pub missing: Vec<String>,
}

/// What to do with keys that the schema does not declare and that are not misspellings of declared ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// Refuse them: an explicit provider resource has only the provider's own properties.
    Refuse,
    /// Ignore them: a default provider gets all of the stack's configuration under the package's name. If the project has the
    /// same name, this includes the configuration of the program itself.
    Ignore,
}

/// Reads a configuration. `rules` checks the rules between keys, in addition to what the schema declares.
#[must_use]
pub fn read(
    schema: &ObjectSchema,
    given: &Map,
    foreign: Foreign,
    rules: impl FnOnce(&Draft<'_>, &mut Failures),
) -> Config {
    let mut failures = Failures::default();
    let mut values: Map = given
        .iter()
        .filter(|(key, value)| !is_engines(key) && !value.is_null())
        .filter(|(key, _)| {
            let ours = schema.property(key).is_some() || values::nearest(schema, key).is_some();
            ours || foreign == Foreign::Refuse
        })
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let mut restored = Vec::new();
    for (key, value) in &mut values {
        let Some(property) = schema.property(key) else {
            continue;
        };
        let at = PropertyPath::root().key(key);
        if parse(&property.kind, value, &at, &mut restored).is_err() {
            failures.add(at, format!("must be {}", describe(&property.kind)));
            // One failure is enough: an unknown value passes every other check.
            *value = Value::Unknown;
            continue;
        }
        read_scalars(&property.kind, value);
        numbers::restore(&property.kind, &property.constraints, value, &at, &mut failures);
    }
    let missing: Vec<String> = schema
        .required()
        .filter(|key| {
            !values.contains_key(*key) && schema.property(key).is_some_and(|property| property.default.is_none())
        })
        .map(str::to_owned)
        .collect();
    values::check(schema, &mut values, &mut failures);
    rules(&Draft::new(&values), &mut failures);
    let mut config = Config {
        values,
        failures: Failures::default(),
        missing,
    };
    for Failure { path, reason } in failures.iter() {
        let top = path.segments().len() == 1;
        if !(top
            && path
                .first_key()
                .is_some_and(|key| config.missing.iter().any(|missing| missing == key)))
        {
            config
                .failures
                .add(path.clone(), numbers::explain(reason, path, &restored));
        }
    }
    config
}

/// Marks as secret each key that is secret in the schema or contains a secret property, in the form in which it was given.
pub fn mark_secrets(schema: &ObjectSchema, given: &mut Map) {
    for (key, value) in given {
        let bears = schema.property(key).is_some_and(secrets::bears_secrets);
        // A JSON text that contains a secret can only be secret as a whole.
        if bears && !value.is_null() && !value.is_unknown() {
            let plain = std::mem::replace(value, Value::Null);
            *value = plain.into_secret();
        }
    }
}

/// Returns the changes between two configurations. The engine's own keys count too: an upgrade changes `version`.
#[must_use]
pub fn changes(schema: &ObjectSchema, old: &Map, new: &Map) -> BTreeMap<PropertyPath, Change> {
    let read = |given: &Map| read(schema, given, Foreign::Ignore, |_, _| {}).values;
    let mut changes = diff::inputs(schema, |_, _, _| false, &read(old), &Map::new(), &read(new));
    for key in ENGINE_KEYS {
        let kind = match (old.get(key), new.get(key)) {
            (old, new) if old == new => continue,
            (None, _) => ChangeKind::Add,
            (_, None) => ChangeKind::Delete,
            _ => ChangeKind::Update,
        };
        let change = Change {
            kind,
            replace: false,
            input: true,
        };
        changes.insert(PropertyPath::root().key(key), change);
    }
    changes
}

fn is_engines(key: &str) -> bool {
    ENGINE_KEYS.contains(&key) || key.starts_with("__")
}

/// Describes all failures in one line. It names keys, never values.
#[must_use]
pub fn explain(package: &str, failures: &Failures) -> String {
    let lines: Vec<String> = failures
        .iter()
        .map(|Failure { path, reason }| match path.first_key() {
            Some(_) => format!("{package}:{path}: {reason}"),
            None => reason.clone(),
        })
        .collect();
    format!("the configuration is not valid: {}", lines.join("; "))
}

/// Parses a string as JSON where the schema declares another type. Adds to `restored` the paths of numbers that became
/// strings.
fn parse(
    kind: &Type,
    value: &mut Value,
    at: &PropertyPath,
    restored: &mut Vec<PropertyPath>,
) -> Result<(), serde_json::Error> {
    if matches!(kind, Type::String | Type::Enum(_) | Type::Any | Type::Union(_)) {
        return Ok(());
    }
    match value {
        Value::Secret(inner) => parse(kind, inner, at, restored),
        Value::String(text) => {
            let mut json = serde_json::from_str(text)?;
            numbers::restore_json(kind, &mut json, at, restored);
            *value = json.into();
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Converts strings to numbers and booleans where the schema declares those, at any depth. Other strings are left to the
/// checks, which report the path.
fn read_scalars(kind: &Type, value: &mut Value) {
    match (kind, value) {
        (_, Value::Secret(inner)) => read_scalars(kind, inner),
        (Type::Boolean | Type::Integer | Type::Number, value @ Value::String(_)) => {
            let text = value.as_str().unwrap_or_default().trim();
            let read = match kind {
                Type::Boolean => text.parse().map(Value::Bool).ok(),
                // JSON has no infinities.
                _ => serde_json::from_str(text).map(Value::Number).ok(),
            };
            if let Some(read) = read {
                *value = read;
            }
        }
        (Type::Array(item), Value::Array(elements)) => {
            elements
                .iter_mut()
                .for_each(|element| read_scalars(&item.kind, element));
        }
        (Type::Map(item), Value::Object(members)) => {
            members.values_mut().for_each(|member| read_scalars(&item.kind, member));
        }
        (Type::Object(object), Value::Object(members)) => {
            for (name, member) in members {
                if let Some(property) = object.property(name) {
                    read_scalars(&property.kind, member);
                }
            }
        }
        _ => {}
    }
}

const fn describe(kind: &Type) -> &'static str {
    match kind {
        Type::Boolean => "a boolean",
        Type::Integer => "a whole number",
        Type::Number => "a number",
        Type::String | Type::Enum(_) => "a string",
        Type::Array(_) => "a list, or one written as JSON",
        Type::Map(_) | Type::Object(_) => "an object, or one written as JSON",
        Type::Any | Type::Union(_) => "a value",
    }
}
