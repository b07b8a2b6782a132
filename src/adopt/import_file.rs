//! The file of `pulumi import --file`.
//! <https://www.pulumi.com/docs/iac/guides/migration/import/#bulk-import-operations>
//!
//! The entry of the component has no id, and never `remote`: with it, the engine records a provider for the component, and the next
//! preview replaces it. Its inputs are those that the component registers.

use std::collections::BTreeSet;

use pulumi_provider::property::{Map, Value};
use serde_json::{Value as Json, json};

use super::{Adoption, differences};
use crate::component::TOKEN;
use crate::component::existing::Role;

/// The marks of a secret in a state file.
const SIGNATURE: (&str, &str) = ("4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270");

impl Adoption {
    /// Returns the file of `pulumi import --file`.
    #[must_use]
    pub fn import_file(&self) -> Json {
        let mut names = BTreeSet::from([self.name.clone()]);
        let inputs = state(&Value::Object(self.component_inputs()));
        let mut resources = vec![json!({ "type": TOKEN, "name": self.name, "component": true, "inputs": inputs })];
        for (role, token, name, id) in self.children() {
            // The names in the file are unique. The CLI makes them so in the same way.
            let kind = token.rsplit(':').next().unwrap_or_default();
            let own = match names.insert(name.to_owned()) {
                true => name.to_owned(),
                false => format!("{name}{kind}"),
            };
            names.insert(own.clone());
            let mut entry = json!({ "type": token, "name": own, "id": id, "parent": self.name });
            if own != name {
                entry["logicalName"] = name.into();
            }
            let supplied = self.supplied(role);
            if !supplied.is_empty() {
                entry["inputs"] = state(&Value::Object(supplied));
            }
            resources.push(entry);
        }
        json!({ "resources": resources })
    }

    /// Returns the inputs of a child that no read gives.
    pub(super) fn supplied(&self, role: &Role) -> Map {
        let child = self.registered.children.get(role);
        child.map_or_else(Map::new, |child| differences::supplied(role, child, &self.choice))
    }

    /// Returns the inputs that the component registers, without those that have a secret of the user.
    pub(super) fn component_inputs(&self) -> Map {
        let mut inputs = self.registered.inputs.clone();
        if let Some(Value::Object(apis)) = inputs.get_mut("privateApis") {
            for (api, entry) in apis {
                let Value::Object(entry) = entry else { continue };
                for name in ["auth", "invocationParameters"] {
                    let path = format!("privateApis.{api}.{name}.");
                    if self.secrets().iter().any(|secret| secret.path.starts_with(&path)) {
                        entry.remove(name);
                    }
                }
            }
        }
        inputs
    }
}

/// Returns a value as a state file has it.
pub(super) fn state(value: &Value) -> Json {
    match value {
        Value::Secret(inner) => json!({ (SIGNATURE.0): SIGNATURE.1, "plaintext": inner.to_json().to_string() }),
        Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), state(value))).collect(),
        Value::Array(items) => items.iter().map(state).collect(),
        other => other.to_json(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_the_form_of_a_state_file() {
        let value = Value::Array(vec![Value::from("a").into_secret(), "b".into()]);
        assert_eq!(
            state(&value),
            json!([
                { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": "\"a\"" },
                "b",
            ])
        );
    }
}
