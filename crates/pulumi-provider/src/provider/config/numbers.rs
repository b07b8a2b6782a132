//! Texts that arrive as numbers, because somebody left the quotes out: `allowedAccountIds: [123456789012]`.
//!
//! The CLI and YAML make a number of whatever looks like one. `pulumi config set --path` leaves a text with a leading zero alone,
//! but YAML does not: `012345678999` becomes 12345678999, and `012345671234`, which has octal digits alone, 1402434204. Nobody can
//! tell afterwards which it was, so only a text from which nothing can have been lost is restored.

use crate::property::Value;
use crate::property::path::PropertyPath;
use crate::resource::draft::Failures;
use crate::schema::{Constraints, Type};

/// What to do about it.
const QUOTES: &str = "write it in quotes, for without them it is a number, which loses leading zeros";

/// Restores texts that are numbers in a value of the program or of a file in YAML, at any depth, or refuses them.
pub(super) fn restore(
    kind: &Type,
    limits: &Constraints,
    value: &mut Value,
    at: &PropertyPath,
    failures: &mut Failures,
) {
    match (kind, value) {
        (_, Value::Secret(inner)) => restore(kind, limits, inner, at, failures),
        (Type::String, value @ Value::Number(_)) => {
            let text = match value {
                Value::Number(number) if number.fract() == 0.0 => format!("{number:.0}"),
                _ => String::new(),
            };
            if is_whole(&text, limits) {
                *value = Value::from(text);
            } else {
                failures.add(at.clone(), format!("must be a string: {QUOTES}"));
                // Said once is enough: an unknown value passes every other check.
                *value = Value::Unknown;
            }
        }
        (Type::Array(item), Value::Array(elements)) => {
            for (index, element) in elements.iter_mut().enumerate() {
                restore(&item.kind, &item.constraints, element, &at.index(index), failures);
            }
        }
        (Type::Map(item), Value::Object(members)) => {
            for (name, member) in members {
                restore(&item.kind, &item.constraints, member, &at.key(name), failures);
            }
        }
        (Type::Object(object), Value::Object(members)) => {
            for (name, member) in members {
                if let Some(property) = object.property(name) {
                    restore(&property.kind, &property.constraints, member, &at.key(name), failures);
                }
            }
        }
        _ => {}
    }
}

/// The same for JSON, in which the CLI stores what was set with `--path`: there a number was written as one, unless the stack's file was
/// edited by hand. `restored` gets the places.
pub(super) fn restore_json(
    kind: &Type,
    json: &mut serde_json::Value,
    at: &PropertyPath,
    restored: &mut Vec<PropertyPath>,
) {
    use serde_json::Value as Json;

    match (kind, json) {
        (Type::String, json @ (Json::Number(_) | Json::Bool(_))) => {
            if json.is_number() {
                restored.push(at.clone());
            }
            *json = json.to_string().into();
        }
        (Type::Array(item), Json::Array(elements)) => {
            for (index, element) in elements.iter_mut().enumerate() {
                restore_json(&item.kind, element, &at.index(index), restored);
            }
        }
        (Type::Map(item), Json::Object(members)) => {
            for (name, member) in members {
                restore_json(&item.kind, member, &at.key(name), restored);
            }
        }
        (Type::Object(object), Json::Object(members)) => {
            for (name, member) in members {
                if let Some(property) = object.property(name) {
                    restore_json(&property.kind, member, &at.key(name), restored);
                }
            }
        }
        _ => {}
    }
}

/// The reason with what to do, where a restored text is not what it should be.
pub(super) fn explain(reason: &str, at: &PropertyPath, restored: &[PropertyPath]) -> String {
    if restored.contains(at) {
        format!("{reason}: {QUOTES}")
    } else {
        reason.to_owned()
    }
}

/// Whether the text is as long as it must be, so that no digit can be missing.
fn is_whole(text: &str, limits: &Constraints) -> bool {
    let fits = |text: &str| limits.text_problem(text).is_none();
    !text.is_empty() && fits(text) && !fits(&format!("0{text}")) && !fits(&format!("00{text}"))
}
