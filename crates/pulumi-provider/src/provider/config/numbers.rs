//! Restores strings that arrive as numbers because the user left out the quotes: `allowedAccountIds: [123456789012]`.
//!
//! The CLI and YAML turn any text that looks like a number into one. `pulumi config set --path` does not change a text with a
//! leading zero, but YAML does: `012345678999` becomes 12345678999, and `012345671234`, which has only octal digits, becomes
//! 1402434204. The original text cannot be told from the number, so a string is restored only if no digit can have been lost.

use crate::property::Value;
use crate::property::path::PropertyPath;
use crate::resource::draft::Failures;
use crate::schema::{Constraints, Type};

/// The advice for the user.
const QUOTES: &str = "write it in quotes, because a number loses leading zeros";

/// Turns numbers back into strings where the schema declares a string, at any depth, in a value from the program or from a
/// YAML file. Refuses a number that may have lost digits.
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
                // One failure is enough: an unknown value passes every other check.
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

/// Does the same in JSON, in which the CLI stores values that are set with `--path`, and for booleans too. These numbers have
/// the digits that the user wrote, unless the stack's file was edited by hand. Adds the path of each number to `restored`.
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

/// Returns the reason, with the advice if the string at this path was restored from a number.
pub(super) fn explain(reason: &str, at: &PropertyPath, restored: &[PropertyPath]) -> String {
    if restored.contains(at) {
        format!("{reason}: {QUOTES}")
    } else {
        reason.to_owned()
    }
}

/// Reports whether the text fits the schema, but would not with leading zeros, so that no digit can be missing.
fn is_whole(text: &str, limits: &Constraints) -> bool {
    let fits = |text: &str| limits.text_problem(text).is_none();
    !text.is_empty() && fits(text) && !fits(&format!("0{text}")) && !fits(&format!("00{text}"))
}
