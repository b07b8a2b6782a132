//! Checks values against their schema: unknown properties, types, limits, required and exclusive properties, defaults.

use crate::property::path::PropertyPath;
use crate::property::{Map, ReferenceId, ResourceReference, Value, secret_paths};
use crate::resource::draft::Failures;
use crate::schema::{Constraints, Document, EnumSchema, Group, Item, ObjectSchema, Property, Same, Type};

/// Checks an object and fills in the defaults of absent properties.
pub fn check(schema: &ObjectSchema, map: &mut Map, failures: &mut Failures) {
    object(&PropertyPath::root(), schema, map, failures);
}

fn object(at: &PropertyPath, schema: &ObjectSchema, map: &mut Map, failures: &mut Failures) {
    // Top-level names that begin with two underscores belong to the engine and to Pulumi's own tools.
    let is_foreign = |name: &str| at.segments().is_empty() && name.starts_with("__");
    for name in map
        .keys()
        .filter(|name| !schema.properties.contains_key(*name) && !is_foreign(name))
    {
        failures.add(at.key(name), unknown_property(schema, name));
    }
    for (name, property) in &schema.properties {
        let at = at.key(name);
        match map.get_mut(name) {
            Some(value) if !value.is_null() => {
                self::value(&at, &property.kind, &property.constraints, value, failures);
                if let Same::Document(kind) = property.same {
                    document(&at, kind, &property.constraints, value, failures);
                }
            }
            _ => match &property.default {
                Some(default) => {
                    map.insert(name.clone(), Value::from(default.clone()));
                }
                None if property.required && property.secret => failures.missing_secret(at, "is required"),
                None if property.required => failures.add(at, "is required"),
                None => {}
            },
        }
    }
    for group in &schema.groups {
        exclusive(at, group, map, failures);
    }
}

/// Checks a document. A document given as text becomes an object, because the CLI shows changes inside an object but not inside
/// a text.
fn document(at: &PropertyPath, kind: &dyn Document, limits: &Constraints, value: &mut Value, failures: &mut Failures) {
    if secret_paths::contains_unknown(value) {
        return;
    }
    match kind.read(value) {
        Ok(document) => {
            // A service counts the characters of the document; it is sent without white space.
            if let Some(problem) = limits.text_problem(&document.to_string()) {
                failures.add(at.clone(), format!("must {problem} as JSON without white space"));
            }
            for mistake in kind.mistakes(&document) {
                failures.add(at.clone(), mistake);
            }
            if value.as_str().is_some() {
                put(value, document.into());
            }
        }
        Err(problem) => failures.add(at.clone(), problem),
    }
}

/// Replaces the value inside secret and output wrappers.
fn put(place: &mut Value, new: Value) {
    match place {
        Value::Secret(inner) => put(inner, new),
        Value::Output(output) => {
            if let Some(inner) = &mut output.value {
                put(inner, new);
            }
        }
        old => *old = new,
    }
}

fn unknown_property(schema: &ObjectSchema, name: &str) -> String {
    match nearest(schema, name) {
        Some(known) => format!("there is no property of this name; did you mean `{known}`?"),
        None => {
            let known: Vec<_> = schema.properties.keys().map(|name| format!("`{name}`")).collect();
            format!(
                "there is no property of this name; the properties are {}",
                known.join(", ")
            )
        }
    }
}

/// Returns the property that the user probably meant by this name.
#[must_use]
pub fn nearest<'a>(schema: &'a ObjectSchema, name: &str) -> Option<&'a str> {
    let distances = schema.properties.keys().map(|known| {
        let distance = strsim::damerau_levenshtein(&known.to_lowercase(), &name.to_lowercase());
        (distance, known.as_str())
    });
    let (distance, known) = distances.min()?;
    // Up to a third of the letters wrong is a misspelling; more is another word.
    (distance <= (name.len() / 3).max(1)).then_some(known)
}

fn exclusive(at: &PropertyPath, group: &Group, map: &Map, failures: &mut Failures) {
    // An unknown value may turn out to be null. So it never makes one too many, and a group that contains it is not reported as
    // empty.
    let (unknown, given): (Vec<_>, Vec<_>) = group
        .names()
        .iter()
        .filter(|name| map.get(*name).is_some_and(counts))
        .partition(|name| map.get(*name).is_some_and(Value::is_unknown));
    let names: Vec<_> = group.names().iter().map(|name| format!("`{name}`")).collect();
    let names = names.join(", ");
    let problem = match group {
        Group::ExactlyOneOf(_) if given.is_empty() && unknown.is_empty() => {
            format!("needs exactly one of {names}; none is given")
        }
        _ if given.len() > 1 => {
            let given: Vec<_> = given.iter().map(|name| format!("`{name}`")).collect();
            let most = if matches!(group, Group::ExactlyOneOf(_)) {
                "exactly"
            } else {
                "at most"
            };
            format!("takes {most} one of {names}; {} are given", given.join(" and "))
        }
        _ => return,
    };
    failures.add(at.clone(), problem);
}

/// Reports whether a member of a group counts as given: null and `false` do not.
fn counts(value: &Value) -> bool {
    !matches!(value.bare(), Value::Null | Value::Bool(false))
}

fn value(at: &PropertyPath, kind: &Type, limits: &Constraints, value: &mut Value, failures: &mut Failures) {
    match value {
        Value::Secret(inner) => self::value(at, kind, limits, inner, failures),
        Value::Output(output) => {
            if let Some(inner) = &mut output.value {
                self::value(at, kind, limits, inner, failures);
            }
        }
        Value::Unknown | Value::Null => {}
        Value::Reference(reference) => {
            *value = id(reference);
            self::value(at, kind, limits, value, failures);
        }
        _ => known(at, kind, limits, value, failures),
    }
}

/// Returns the value that a resource reference stands for: the resource's id, or the URN of a component.
fn id(reference: &ResourceReference) -> Value {
    match &reference.id {
        Some(ReferenceId::Known(id)) => Value::String(id.clone()),
        Some(ReferenceId::Unknown) => Value::Unknown,
        None => Value::String(reference.urn.clone()),
    }
}

fn replace_references(value: &mut Value) {
    match value {
        Value::Secret(inner) => replace_references(inner),
        Value::Output(output) => output.value.iter_mut().for_each(replace_references),
        Value::Array(items) => items.iter_mut().for_each(replace_references),
        Value::Object(map) => map.values_mut().for_each(replace_references),
        Value::Reference(reference) => *value = id(reference),
        _ => {}
    }
}

fn known(at: &PropertyPath, kind: &Type, limits: &Constraints, value: &mut Value, failures: &mut Failures) {
    let mut fail = |reason: String| failures.add(at.clone(), reason);
    match (kind, &mut *value) {
        (Type::Boolean, Value::Bool(_)) => {}
        (Type::Integer, Value::Number(number)) => match is_integer(*number) {
            true => {
                if let Some(problem) = limits.number_problem(*number) {
                    fail(format!("must {problem}"));
                }
            }
            false => fail("must be a whole number".to_owned()),
        },
        (Type::Number, Value::Number(number)) => {
            if let Some(problem) = limits.number_problem(*number) {
                fail(format!("must {problem}"));
            }
        }
        (Type::String, Value::String(text)) => {
            if let Some(problem) = limits.text_problem(text) {
                fail(format!("must {problem}"));
            }
        }
        (Type::Enum(allowed), Value::String(text)) => {
            if !allowed.values.contains(text) {
                fail(not_allowed(allowed, text));
            }
        }
        (Type::Array(item), Value::Array(values)) => {
            if let Some(problem) = limits.count_problem(values.len()) {
                fail(format!("must {problem}"));
            }
            for (index, value) in values.iter_mut().enumerate() {
                element(&at.index(index), item, value, failures);
            }
        }
        (Type::Map(item), Value::Object(map)) => {
            if let Some(problem) = limits.count_problem(map.len()) {
                fail(format!("must {problem}"));
            }
            for (key, value) in map {
                let at = at.key(key);
                if let Some(problem) = limits.keys.as_ref().and_then(|keys| keys.text_problem(key)) {
                    failures.add(at.clone(), format!("the key must {problem}"));
                }
                // In YAML an entry without a value is null.
                if value.is_null() && matches!(&item.kind, Type::Object(schema) if schema.required().next().is_none()) {
                    *value = Value::Object(Map::new());
                }
                element(&at, item, value, failures);
            }
        }
        (Type::Object(schema), Value::Object(map)) => object(at, schema, map, failures),
        (Type::Any, value) => replace_references(value),
        (Type::Union(kinds), value) => {
            let fits = |kind: &Type| {
                let mut found = Failures::default();
                let mut candidate = value.clone();
                known(at, kind, limits, &mut candidate, &mut found);
                found.is_empty().then_some(candidate)
            };
            match kinds.iter().find_map(fits) {
                Some(checked) => *value = checked,
                None => fail(wrong_type(kind, value)),
            }
        }
        (kind, value) => fail(wrong_type(kind, value)),
    }
}

fn element(at: &PropertyPath, item: &Item, value: &mut Value, failures: &mut Failures) {
    if value.is_null() {
        failures.add(at.clone(), "must not be null");
        return;
    }
    self::value(at, &item.kind, &item.constraints, value, failures);
}

/// Reports whether a number is an exact integer. Every number is a double on the wire, and beyond 2^53 neighboring integers are
/// the same double.
fn is_integer(number: f64) -> bool {
    number.is_finite() && number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0
}

fn not_allowed(allowed: &EnumSchema, text: &str) -> String {
    let list: Vec<_> = allowed.values.iter().map(|value| format!("`{value}`")).collect();
    let other_case = allowed.values.iter().find(|value| value.eq_ignore_ascii_case(text));
    let hint = other_case
        .map(|value| format!(" (did you mean `{value}`?)"))
        .unwrap_or_default();
    format!("must be one of {}{hint}", list.join(", "))
}

fn wrong_type(kind: &Type, value: &Value) -> String {
    let hint = match (kind, value) {
        (Type::String | Type::Enum(_), Value::Number(_) | Value::Bool(_)) => "; put it in quotes",
        (Type::Boolean | Type::Integer | Type::Number, Value::String(_)) => "; write it without quotes",
        (Type::Array(_), Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Object(_)) => {
            "; write a list, even for one element"
        }
        _ => "",
    };
    format!("must be {}, but is {}{hint}", expected(kind), value.kind())
}

fn expected(kind: &Type) -> String {
    match kind {
        Type::Boolean => "a boolean".to_owned(),
        Type::Integer => "a whole number".to_owned(),
        Type::Number => "a number".to_owned(),
        Type::String | Type::Enum(_) => "a string".to_owned(),
        Type::Array(_) => "a list".to_owned(),
        Type::Map(_) => "a map".to_owned(),
        Type::Object(_) => "an object".to_owned(),
        Type::Any => "any value".to_owned(),
        Type::Union(kinds) => kinds.iter().map(expected).collect::<Vec<_>>().join(" or "),
    }
}

/// Reports whether the property is required, has no default, and is absent or null.
#[must_use]
pub fn is_missing(property: &Property, value: Option<&Value>) -> bool {
    property.required && property.default.is_none() && value.is_none_or(Value::is_null)
}
