//! The constraints of the service models: required members, types, lengths, ranges, patterns, enums, unions.
//!
//! Patterns apply to the whole string. Two parts of the models cannot be used as they are: Lattice's names use look-ahead
//! (translated by hand in `shapes.py`), and the model's pattern of ResourceAssociationArn rejects real ARNs (it occurs only
//! in responses, which are not checked).

use serde_json::Value;

use crate::shapes::{Kind, Model, Shape};

/// A violated constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The path, by model names: `AuthParameters.ApiKeyAuthParameters.ApiKeyName`.
    pub path: String,
    /// The kind of constraint.
    pub rule: Rule,
    /// The constraint in words, without the offending value (it may be a secret).
    pub message: String,
}

/// Kinds of constraints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A required member is absent.
    Missing,
    /// The value has another type.
    Type,
    /// Too short, too long, too small, too large, not matching, not one of the values.
    Value,
}

/// Returns all constraints that `params` violates.
pub fn validate(model: &Model, input: &str, params: &Value) -> Vec<Violation> {
    let mut violations = Vec::new();
    Walk {
        model,
        found: &mut violations,
    }
    .value("", model.shape(input), params);
    violations
}

/// Returns the message that AWS's JSON and Query services share for violated constraints.
pub fn summary(violations: &[Violation]) -> String {
    let each: Vec<_> = violations
        .iter()
        .map(|v| {
            format!(
                "Value at '{}' failed to satisfy constraint: {}",
                lower_first(&v.path),
                v.message
            )
        })
        .collect();
    let plural = if each.len() == 1 { "error" } else { "errors" };
    format!("{} validation {plural} detected: {}", each.len(), each.join("; "))
}

fn lower_first(path: &str) -> String {
    path.split('.')
        .map(|part| {
            let mut chars = part.chars();
            chars
                .next()
                .map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
        })
        .collect::<Vec<_>>()
        .join(".")
}

struct Walk<'a> {
    model: &'a Model,
    found: &'a mut Vec<Violation>,
}

impl Walk<'_> {
    fn value(&mut self, path: &str, shape: &Shape, value: &Value) {
        match (shape.kind, value) {
            (Kind::Structure, Value::Object(members)) => self.structure(path, shape, members),
            (Kind::List, Value::Array(items)) => {
                self.range(path, shape, items.len() as i64, "length");
                let item = self
                    .model
                    .shape(shape.item.as_deref().expect("a list has an item shape"));
                for (index, value) in items.iter().enumerate() {
                    self.value(&format!("{path}.{}", index + 1), item, value);
                }
            }
            (Kind::Map, Value::Object(entries)) => {
                self.range(path, shape, entries.len() as i64, "length");
                let item = self
                    .model
                    .shape(shape.item.as_deref().expect("a map has a value shape"));
                let key = self.model.shape(shape.key.as_deref().expect("a map has a key shape"));
                for (name, value) in entries {
                    self.string(&format!("{path}.key"), key, name);
                    self.value(&format!("{path}.{name}"), item, value);
                }
            }
            (Kind::String, Value::String(text)) => self.string(path, shape, text),
            (Kind::Integer | Kind::Long, Value::Number(number)) if number.is_i64() => {
                self.range(path, shape, number.as_i64().unwrap_or_default(), "value");
            }
            (Kind::Double, Value::Number(_))
            | (Kind::Boolean, Value::Bool(_))
            | (Kind::Timestamp, Value::Number(_) | Value::String(_)) => {}
            _ => self.add(
                path,
                Rule::Type,
                format!("Member must be of type {:?}", shape.kind).to_lowercase(),
            ),
        }
    }

    fn structure(&mut self, path: &str, shape: &Shape, members: &serde_json::Map<String, Value>) {
        let at = |name: &str| {
            if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}.{name}")
            }
        };
        let present = |name: &str| members.get(name).is_some_and(|v| !v.is_null());
        for name in shape.required.iter().filter(|name| !present(name)) {
            self.add(&at(name), Rule::Missing, "Member must not be null".to_owned());
        }
        if shape.union && shape.members.keys().filter(|name| present(name)).count() != 1 {
            self.add(path, Rule::Value, "Exactly one member must be set".to_owned());
        }
        for (name, member) in shape.members.iter().filter(|(name, _)| present(name)) {
            self.value(&at(name), self.model.shape(&member.shape), &members[name.as_str()]);
        }
    }

    fn string(&mut self, path: &str, shape: &Shape, text: &str) {
        self.range(path, shape, text.chars().count() as i64, "length");
        let rejected = shape.reject.iter().any(|reject| reject.finds(text));
        if let Some(pattern) = shape
            .pattern
            .as_ref()
            .filter(|pattern| rejected || !pattern.matches(text))
        {
            let message = format!("Member must satisfy regular expression pattern: {}", pattern.source);
            self.add(path, Rule::Value, message);
        }
        if !shape.values.is_empty() && !shape.values.iter().any(|value| value == text) {
            let message = format!("Member must satisfy enum value set: [{}]", shape.values.join(", "));
            self.add(path, Rule::Value, message);
        }
    }

    fn range(&mut self, path: &str, shape: &Shape, size: i64, what: &str) {
        if shape.min.is_some_and(|min| size < min) {
            let message = format!(
                "Member must have {what} greater than or equal to {}",
                shape.min.unwrap_or_default()
            );
            self.add(path, Rule::Value, message);
        }
        if shape.max.is_some_and(|max| size > max) {
            let message = format!(
                "Member must have {what} less than or equal to {}",
                shape.max.unwrap_or_default()
            );
            self.add(path, Rule::Value, message);
        }
    }

    fn add(&mut self, path: &str, rule: Rule, message: String) {
        self.found.push(Violation {
            path: path.to_owned(),
            rule,
            message,
        });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::shapes::MODELS;

    fn check(service: &str, operation: &str, params: Value) -> Vec<(String, Rule)> {
        let model = &MODELS[service];
        let input = model.operations[operation].input.as_deref().unwrap();
        validate(model, input, &params)
            .into_iter()
            .map(|v| (v.path, v.rule))
            .collect()
    }

    #[test]
    fn lattice_names_follow_the_lookahead_rules_of_the_model() {
        let broken = |name: &str| !check("vpc-lattice", "CreateResourceGateway", json!({ "name": name })).is_empty();
        assert!(!broken("orders-1"));
        for name in [
            "ab",
            "rgw-orders",
            "-orders",
            "orders-",
            "or--ders",
            "Orders",
            &"a".repeat(41),
        ] {
            assert!(broken(name), "{name}");
        }
    }

    #[test]
    fn missing_members_wrong_types_and_unknown_enum_values_are_found() {
        assert_eq!(
            check(
                "events",
                "CreateConnection",
                json!({ "Name": "a b", "AuthorizationType": "NONE" })
            ),
            [
                ("AuthParameters".to_owned(), Rule::Missing),
                ("AuthorizationType".to_owned(), Rule::Value),
                ("Name".to_owned(), Rule::Value),
            ]
        );
        assert_eq!(
            check("events", "ListConnections", json!({ "Limit": "3" })),
            [("Limit".to_owned(), Rule::Type)]
        );
    }

    #[test]
    fn an_empty_configuration_arn_is_allowed_where_it_clears() {
        let params = |arn: &str| {
            json!({
                "Name": "a",
                "InvocationConnectivityParameters": { "ResourceParameters": { "ResourceConfigurationArn": arn } },
            })
        };
        assert_eq!(check("events", "UpdateConnection", params("")), []);
        assert_eq!(check("events", "UpdateConnection", params("rcfg-1")).len(), 1);
    }
}
