//! The package of this crate: its schema, resources, component and configuration.

use std::collections::BTreeSet;
use std::sync::Arc;

use pulumi_provider::component::Component;
use pulumi_provider::error::Error;
use pulumi_provider::function::DynFunction;
use pulumi_provider::lifecycle::adapter::DynResource;
use pulumi_provider::plugin::About;
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::property::{Map, Value, secret_paths, typed};
use pulumi_provider::provider::Package;
use pulumi_provider::resource::draft::{Draft, Failures};
use pulumi_provider::schema::{Publisher, Schema, SchemaError, Vocabulary};

use crate::aws::Aws;
use crate::aws::config::{Problem, ProviderConfig};
use crate::resources;
use crate::{component, formats, functions, iam_policy};

/// The texts of `--help` and `--version`.
pub const ABOUT: About = About {
    program: "pulumi-resource-private-step-functions",
    package: "private-step-functions",
    version: env!("CARGO_PKG_VERSION"),
    text: "Makes AWS Step Functions private in both directions: callers in a VPC reach it, and it reaches private APIs.",
    commands: "  adopt VPC          Write how to import what exists into a component; see adopt --help\n  diagnose NAME      Say why a private connection does not work; see diagnose --help\n",
    log_target: env!("CARGO_CRATE_NAME"),
};

/// The schema as the repository has it: without a version.
pub const SCHEMA_JSON: &str = include_str!("../schema.json");

/// The publisher of this build.
const PUBLISHER_JSON: &str = include_str!("../publisher.json");

/// The names that the schema uses for formats and comparisons of AWS values.
const VOCABULARY: Vocabulary = Vocabulary {
    formats: &formats::FORMATS,
    texts: &formats::EQUALITIES,
    documents: &[&iam_policy::IamPolicy],
};

/// Returns the schema of the repository with a version, and without the publisher's settings.
///
/// # Errors
/// The schema cannot be read: a mistake in this crate, which its tests find.
pub fn schema(version: &str) -> Result<Schema, SchemaError> {
    Schema::parse(SCHEMA_JSON, version, &VOCABULARY)
}

/// The package.
pub struct PrivateStepFunctions {
    schema: Arc<Schema>,
    resources: Vec<Box<dyn DynResource<Aws>>>,
    components: Vec<Box<dyn Component>>,
    functions: Vec<Box<dyn DynFunction<Aws>>>,
}

impl PrivateStepFunctions {
    /// Creates the package with its schema, resources and component.
    ///
    /// # Errors
    /// The schema cannot be read: a mistake in this crate, which its tests find.
    pub fn new() -> Result<Self, Error> {
        let schema = Publisher::parse(PUBLISHER_JSON)
            .and_then(|publisher| Schema::published(SCHEMA_JSON, env!("CARGO_PKG_VERSION"), &VOCABULARY, &publisher))
            .map_err(|error| Error::bug(error.to_string()))?;
        let schema = Arc::new(schema);
        let component = component::PrivateStepFunctions::new(Arc::clone(&schema));
        Ok(Self {
            schema,
            resources: resources::all(),
            components: vec![Box::new(component)],
            functions: functions::all(),
        })
    }
}

impl Package for PrivateStepFunctions {
    type Clients = Aws;

    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn resources(&self) -> &[Box<dyn DynResource<Aws>>] {
        &self.resources
    }

    fn components(&self) -> &[Box<dyn Component>] {
        &self.components
    }

    fn functions(&self) -> &[Box<dyn DynFunction<Aws>>] {
        &self.functions
    }

    fn config_rules(&self, draft: &Draft<'_>, failures: &mut Failures) {
        // An unknown value may be the one that is missing. At the latest, Configure knows all values.
        if draft.map().values().any(Value::is_unknown) {
            return;
        }
        // A value that does not fit the schema is already reported.
        let Ok(config) = decode(draft.map().clone()) else {
            return;
        };
        for Problem { key, reason } in config.problems() {
            if !failures.blames(&PropertyPath::root().key(key)) {
                failures.at(key, reason);
            }
        }
    }

    /// Returns `region` if the Region changes, because none of the objects exist in another Region. No other key replaces
    /// resources: a new role or endpoint may reach the same objects, and operations detect a wrong account themselves.
    fn replaces(&self, old: &Map, new: &Map) -> BTreeSet<String> {
        let region = |config: &Map| config.get("region").and_then(Value::as_str).map(str::to_owned);
        let moved = matches!((region(old), region(new)), (Some(old), Some(new)) if old != new);
        moved.then(|| "region".to_owned()).into_iter().collect()
    }

    fn configure(&self, config: Map) -> Result<Aws, Error> {
        Ok(Aws::new(decode(config)?))
    }
}

fn decode(config: Map) -> Result<ProviderConfig, Error> {
    typed::decode(&secret_paths::split(config).0)
        .map_err(|error| Error::bug(format!("the configuration does not fit the schema: {error}")))
}

#[cfg(test)]
mod tests;
