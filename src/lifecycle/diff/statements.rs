//! What changes in an IAM policy: the statement, and in it the member, instead of two documents.

use super::{Comparison, keys};
use crate::lifecycle::policy::to_json;
use crate::lifecycle::same;
use crate::policy;
use crate::property::path::PropertyPath;
use crate::property::{Map, Value, marks};

impl Comparison<'_> {
    /// Two documents that mean different things.
    pub(super) fn policy(&mut self, at: &PropertyPath, replace: bool, old: &Map, new: &Map) {
        for key in keys(old, new) {
            let at = at.key(key);
            match (key.as_str(), same::present(old.get(key)), same::present(new.get(key))) {
                // EC2 adds and drops it as it likes.
                ("Version", _, _) if ![old, new].into_iter().any(uses_variables) => {}
                ("Statement", Some(old), Some(new)) => self.statements(&at, replace, old, new),
                (_, old, new) => self.tree(&at, replace, old, new),
            }
        }
    }

    fn statements(&mut self, at: &PropertyPath, replace: bool, old: &Value, new: &Value) {
        // One statement may stand without a list around it.
        let list = |value: &Value| match value {
            Value::Array(statements) => statements.clone(),
            one => vec![one.clone()],
        };
        let (before, after) = (list(old), list(new));
        let form_changes = matches!(old, Value::Array(_)) != matches!(new, Value::Array(_));
        let equal = |old: &Value, new: &Value| known(old, new, policy::same_statement);
        if form_changes && before.iter().zip(&after).any(|(old, new)| !equal(old, new)) {
            // An index leads nowhere on one side.
            return self.record(at, replace, Some(old), Some(new));
        }
        self.set(at, replace, [&before, &after], equal, |this, at, old, new| {
            match (old.as_object(), new.as_object()) {
                (Some(old), Some(new)) => this.statement(at, replace, old, new),
                _ => this.record(at, replace, Some(old), Some(new)),
            }
        });
    }

    fn statement(&mut self, at: &PropertyPath, replace: bool, old: &Map, new: &Map) {
        for key in keys(old, new) {
            let at = at.key(key);
            let same = |old: &Value, new: &Value| known(old, new, |old, new| policy::same_member(key, old, new));
            match (same::present(old.get(key)), same::present(new.get(key))) {
                (Some(old), Some(new)) if same(old, new) => {}
                (Some(Value::Array(old)), Some(Value::Array(new))) => {
                    self.set(&at, replace, [old, new], same, |this, at, old, new| {
                        this.record(at, replace, Some(old), Some(new));
                    });
                }
                (old, new) => self.tree(&at, replace, old, new),
            }
        }
    }
}

fn uses_variables(document: &Map) -> bool {
    document
        .get("Statement")
        .is_some_and(|statement| to_json(statement).to_string().contains("${"))
}

/// What is not known yet is never the same.
fn known(old: &Value, new: &Value, same: impl Fn(&serde_json::Value, &serde_json::Value) -> bool) -> bool {
    let unknown = marks::contains_unknown(old) || marks::contains_unknown(new);
    !unknown && same(&to_json(old), &to_json(new))
}
