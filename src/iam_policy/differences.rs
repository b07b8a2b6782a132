//! The differences between two IAM policies, shown by statement and element instead of as two whole documents.

use pulumi_provider::property::differences::{Differences, keys, of_sets, present};
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::property::{Map, Value, secret_paths};

use super::uses_variables;

/// Records the differences between two documents that do not mean the same.
pub(super) fn differences(at: &PropertyPath, old: &Map, new: &Map, found: &mut Differences) {
    for key in keys(old, new) {
        let at = at.key(key);
        match (key.as_str(), present(old.get(key)), present(new.get(key))) {
            // EC2 adds and drops the version on its own.
            ("Version", _, _) if ![old, new].into_iter().any(has_variables) => {}
            ("Statement", Some(old), Some(new)) => statements(&at, old, new, found),
            (_, old, new) => found.compare(&at, old, new),
        }
    }
}

fn statements(at: &PropertyPath, old: &Value, new: &Value, found: &mut Differences) {
    // A single statement may stand without a list around it.
    let list = |value: &Value| match value {
        Value::Array(statements) => statements.clone(),
        one => vec![one.clone()],
    };
    let (before, after) = (list(old), list(new));
    let form_changes = matches!(old, Value::Array(_)) != matches!(new, Value::Array(_));
    let equal = |old: &Value, new: &Value| known(old, new, super::same_statement);
    if form_changes && before.iter().zip(&after).any(|(old, new)| !equal(old, new)) {
        // On one side there is no list, so an index would not lead to a statement.
        return found.add(at, Some(old), Some(new));
    }
    for (index, gone, come) in of_sets([&before, &after], equal) {
        let at = at.index(index);
        match (gone, come) {
            (Some(Value::Object(old)), Some(Value::Object(new))) => statement(&at, old, new, found),
            _ => found.add(&at, gone, come),
        }
    }
}

fn statement(at: &PropertyPath, old: &Map, new: &Map, found: &mut Differences) {
    for key in keys(old, new) {
        let at = at.key(key);
        let same = |old: &Value, new: &Value| known(old, new, |old, new| super::same_member(key, old, new));
        match (present(old.get(key)), present(new.get(key))) {
            (Some(old), Some(new)) if same(old, new) => {}
            (Some(Value::Array(old)), Some(Value::Array(new))) => {
                for (index, gone, come) in of_sets([old, new], same) {
                    found.add(&at.index(index), gone, come);
                }
            }
            (old, new) => found.compare(&at, old, new),
        }
    }
}

fn has_variables(document: &Map) -> bool {
    uses_variables(document.get("Statement").map(Value::to_json).as_ref())
}

/// Compares two values with `same`. An unknown value is never the same as another.
fn known(old: &Value, new: &Value, same: impl Fn(&serde_json::Value, &serde_json::Value) -> bool) -> bool {
    let unknown = secret_paths::contains_unknown(old) || secret_paths::contains_unknown(new);
    !unknown && same(&old.to_json(), &new.to_json())
}
