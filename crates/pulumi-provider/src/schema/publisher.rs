//! The publisher of this build and its addresses: the values that differ between the packages of one organization and another.
//!
//! `publisher.json` at the root of the repository is the only source of these values. The build puts them into the schema that
//! GetSchema sends. Everything else is generated from that schema: SDKs, their documentation, and the plugin URL that SDKs give
//! to the engine.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::SchemaError;

/// The values of `publisher.json`. An empty value changes nothing.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Publisher {
    /// Name of the publisher, as registries and package pages show it.
    pub publisher: String,
    /// Organization in lower case: the namespace of the SDKs that `pulumi package add` generates.
    pub organization: String,
    /// URL of the repository, such as `https://github.com/acme/pulumi-private-step-functions`. It contains the Go module.
    pub repository: String,
    /// npm scope without its `@`, such as `acme`.
    pub npm_scope: String,
    /// URL from which `pulumi plugin install` downloads the plugin, such as `github://api.github.com/acme` or
    /// `https://plugins.example.com`.
    pub plugin_download_url: String,
}

impl Publisher {
    /// Parses `publisher.json`.
    ///
    /// # Errors
    /// Malformed JSON, and unknown or missing keys.
    pub fn parse(json: &str) -> Result<Self, SchemaError> {
        serde_json::from_str(json).map_err(SchemaError::Json)
    }

    /// Puts the values into a package schema.
    pub(super) fn apply(&self, package: &mut Map<String, Value>) {
        let given = |value: &str| (!value.is_empty()).then(|| Value::from(value));
        let plain = [
            ("publisher", given(&self.publisher)),
            ("namespace", given(&self.organization)),
            ("repository", given(&self.repository)),
            ("homepage", given(&self.repository)),
            ("pluginDownloadURL", given(&self.plugin_download_url)),
        ];
        for (key, value) in plain {
            if let Some(value) = value {
                package.insert(key.to_owned(), value);
            }
        }
        if !self.npm_scope.is_empty() {
            self.scope_npm_package(package);
        }
        if let Some((_, path)) = self.repository.split_once("://") {
            move_go_module(package, &format!("{}/sdk/go", path.trim_end_matches('/')));
        }
    }

    fn scope_npm_package(&self, package: &mut Map<String, Value>) {
        if let Some(Value::String(name)) = language(package, "nodejs").and_then(|node| node.get_mut("packageName")) {
            *name = format!("@{}/{name}", self.npm_scope);
        }
    }
}

/// Renames the Go module everywhere in the package schema. Its name is the address that it is fetched from, and the examples
/// import it by that name.
fn move_go_module(package: &mut Map<String, Value>, path: &str) {
    let Some(old) = language(package, "go")
        .and_then(|go| go.get("modulePath"))
        .and_then(Value::as_str)
        .map(str::to_owned)
    else {
        return;
    };
    package.values_mut().for_each(|value| replace(value, &old, path));
}

fn replace(value: &mut Value, old: &str, new: &str) {
    match value {
        Value::String(text) if text.contains(old) => *text = text.replace(old, new),
        Value::Array(values) => values.iter_mut().for_each(|value| replace(value, old, new)),
        Value::Object(values) => values.values_mut().for_each(|value| replace(value, old, new)),
        _ => {}
    }
}

fn language<'a>(package: &'a mut Map<String, Value>, name: &str) -> Option<&'a mut Map<String, Value>> {
    package.get_mut("language")?.get_mut(name)?.as_object_mut()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn applied(publisher: &Publisher) -> Value {
        let mut package = json!({
            "language": {
                "go": {"modulePath": "thing/sdk/go", "importBasePath": "thing/sdk/go/things"},
                "nodejs": {"packageName": "pulumi-thing"},
            },
            "resources": {"thing:index:Thing": {"description": "import \"thing/sdk/go/things\""}},
        });
        publisher.apply(package.as_object_mut().unwrap());
        package
    }

    #[test]
    fn an_empty_publisher_changes_nothing() {
        let package = applied(&Publisher::default());
        assert_eq!(package.as_object().unwrap().len(), 2);
        assert_eq!(package["language"]["nodejs"]["packageName"], "pulumi-thing");
    }

    #[test]
    fn all_publisher_settings_are_applied() {
        let publisher = Publisher {
            publisher: "Acme, Inc.".to_owned(),
            organization: "acme".to_owned(),
            repository: "https://git.example.com/acme/thing/".to_owned(),
            npm_scope: "acme".to_owned(),
            plugin_download_url: "https://plugins.example.com".to_owned(),
        };
        assert_eq!(
            applied(&publisher),
            json!({
                "publisher": "Acme, Inc.",
                "namespace": "acme",
                "repository": "https://git.example.com/acme/thing/",
                "homepage": "https://git.example.com/acme/thing/",
                "pluginDownloadURL": "https://plugins.example.com",
                "language": {
                    "go": {
                        "modulePath": "git.example.com/acme/thing/sdk/go",
                        "importBasePath": "git.example.com/acme/thing/sdk/go/things",
                    },
                    "nodejs": {"packageName": "@acme/pulumi-thing"},
                },
                "resources": {"thing:index:Thing": {"description": "import \"git.example.com/acme/thing/sdk/go/things\""}},
            })
        );
    }

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(Publisher::parse(r#"{"publisher": "", "repo": ""}"#).is_err());
    }
}
