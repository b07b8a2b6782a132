//! The publisher of this build and its addresses: the values that differ between the packages of one organization and another.
//!
//! `publisher.json` at the root of the repository is the only source of these values. The build puts them into the schema that
//! GetSchema sends. Everything else is generated from that schema: SDKs, their documentation, and the plugin URL that SDKs give
//! to the engine.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::SchemaError;

/// Where the Go module is while there is no repository. Go accepts a module only if its path begins with a domain name. This one
/// belongs to nobody, so nobody can put another module there: users replace the path by a directory.
const UNPUBLISHED: &str = "example.com/pulumi-private-step-functions";

/// The values of `publisher.json`. An empty value changes nothing, except that Go needs some path.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Publisher {
    /// Name of the publisher, as registries and package pages show it: the author of all packages. It is never empty, because
    /// Pulumi's generator for .NET would then name Pulumi as the author.
    pub publisher: String,
    /// Organization in lower case: the namespace of the SDKs that `pulumi package add` generates.
    pub organization: String,
    /// URL of the repository, such as `https://github.com/acme/pulumi-private-step-functions`. It contains the Go module.
    pub repository: String,
    /// npm scope without its `@`, such as `acme`.
    pub npm_scope: String,
    /// First part of the .NET namespace and package name, such as `Acme`. If empty, it is `Pulumi`, the generator's default. On
    /// nuget.org, only Pulumi can publish packages with that prefix.
    pub dotnet_namespace: String,
    /// URL from which `pulumi plugin install` downloads the plugin, such as `github://api.github.com/acme` or
    /// `https://plugins.example.com`.
    pub plugin_download_url: String,
}

impl Publisher {
    /// Parses `publisher.json`.
    ///
    /// # Errors
    /// Malformed JSON, unknown or missing keys, no publisher, and a repository that is not the URL of a host.
    pub fn parse(json: &str) -> Result<Self, SchemaError> {
        let parsed: Self = serde_json::from_str(json).map_err(SchemaError::Json)?;
        let refuse = |key: &str, problem: &str| {
            Err(SchemaError::Invalid {
                at: format!("`{key}` of publisher.json"),
                problem: problem.to_owned(),
            })
        };
        if parsed.publisher.is_empty() {
            return refuse("publisher", "it must not be empty");
        }
        let module = parsed.go_module();
        let host = module.split('/').next().unwrap_or_default();
        if !host.contains('.') || host.contains(['@', ':']) {
            return refuse(
                "repository",
                "it must be a URL whose host is a domain name, because the Go module is there",
            );
        }
        Ok(parsed)
    }

    /// Returns the path of the Go module: the repository without its scheme.
    fn go_module(&self) -> String {
        let path = match self.repository.split_once("://") {
            Some((_, path)) => path.trim_end_matches('/').trim_end_matches(".git"),
            None if self.repository.is_empty() => UNPUBLISHED,
            None => "",
        };
        format!("{path}/sdk/go")
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
        if !self.dotnet_namespace.is_empty()
            && let Some(csharp) = language(package, "csharp")
        {
            csharp.insert("rootNamespace".to_owned(), self.dotnet_namespace.as_str().into());
        }
        move_go_module(package, &self.go_module());
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
                "csharp": {"rootNamespace": "Pulumi"},
                "go": {"modulePath": "thing/sdk/go", "importBasePath": "thing/sdk/go/things"},
                "nodejs": {"packageName": "pulumi-thing"},
            },
            "resources": {"thing:index:Thing": {"description": "import \"thing/sdk/go/things\""}},
        });
        publisher.apply(package.as_object_mut().unwrap());
        package
    }

    #[test]
    fn an_empty_publisher_sets_only_a_go_module_that_go_accepts() {
        let package = applied(&Publisher::default());
        assert_eq!(package.as_object().unwrap().len(), 2);
        assert_eq!(
            package["language"],
            json!({
                "csharp": {"rootNamespace": "Pulumi"},
                "go": {
                    "modulePath": "example.com/pulumi-private-step-functions/sdk/go",
                    "importBasePath": "example.com/pulumi-private-step-functions/sdk/go/things",
                },
                "nodejs": {"packageName": "pulumi-thing"},
            })
        );
    }

    #[test]
    fn all_publisher_settings_are_applied() {
        let publisher = Publisher {
            publisher: "Acme, Inc.".to_owned(),
            organization: "acme".to_owned(),
            repository: "https://git.example.com/acme/thing/".to_owned(),
            npm_scope: "acme".to_owned(),
            dotnet_namespace: "Acme".to_owned(),
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
                    "csharp": {"rootNamespace": "Acme"},
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

    fn parsed(publisher: &str, repository: &str) -> Result<Publisher, SchemaError> {
        let values = json!({
            "publisher": publisher, "organization": "", "repository": repository, "npmScope": "", "dotnetNamespace": "",
            "pluginDownloadUrl": "",
        });
        Publisher::parse(&values.to_string())
    }

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(Publisher::parse(r#"{"publisher": "", "repo": ""}"#).is_err());
    }

    #[test]
    fn a_publisher_has_a_name() {
        assert!(parsed("Acme, Inc.", "").is_ok());
        let refusal = parsed("", "").unwrap_err().to_string();
        assert_eq!(refusal, "`publisher` of publisher.json: it must not be empty");
    }

    #[test]
    fn a_repository_is_a_url_of_a_host_that_go_accepts() {
        for repository in ["https://github.com/acme/thing", "http://git.acme.example/thing"] {
            assert!(parsed("Acme", repository).is_ok(), "{repository}");
        }
        for repository in [
            "github.com/acme/thing",
            "https://git/acme/thing",
            "acme",
            "ssh://git@git.acme.example/thing",
        ] {
            let refusal = parsed("Acme", repository).unwrap_err().to_string();
            assert!(refusal.starts_with("`repository` of publisher.json: "), "{refusal}");
        }
    }

    #[test]
    fn the_go_module_has_no_suffix_of_git() {
        let publisher = parsed("Acme", "https://github.com/acme/thing.git").unwrap();
        assert_eq!(publisher.go_module(), "github.com/acme/thing/sdk/go");
    }
}
