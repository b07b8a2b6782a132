//! The package of this crate: its schema, its resources, its component and its configuration, put together.

use std::collections::BTreeSet;
use std::sync::Arc;

use pulumi_provider::component::Component;
use pulumi_provider::error::Error;
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
use crate::{component, formats, iam_policy};

/// What `--help` and `--version` say.
pub const ABOUT: About = About {
    program: "pulumi-resource-private-step-functions",
    package: "private-step-functions",
    version: env!("CARGO_PKG_VERSION"),
    text: "Makes AWS Step Functions private in both directions: callers in a VPC reach it, and it reaches private APIs.",
    log_target: env!("CARGO_CRATE_NAME"),
};

/// The schema as it stands in the repository: without a version.
pub const SCHEMA_JSON: &str = include_str!("../schema.json");

/// Who publishes this build.
const PUBLISHER_JSON: &str = include_str!("../publisher.json");

/// The words for values of AWS in the schema.
const VOCABULARY: Vocabulary = Vocabulary {
    formats: &formats::FORMATS,
    texts: &formats::EQUALITIES,
    documents: &[&iam_policy::IamPolicy],
};

/// The schema as it stands in the repository, with a version, and without what its publisher decides.
///
/// # Errors
/// A schema that cannot be read: a mistake in the crate that its tests find.
pub fn schema(version: &str) -> Result<Schema, SchemaError> {
    Schema::parse(SCHEMA_JSON, version, &VOCABULARY)
}

/// The package.
pub struct PrivateStepFunctions {
    schema: Arc<Schema>,
    resources: Vec<Box<dyn DynResource<Aws>>>,
    components: Vec<Box<dyn Component>>,
}

impl PrivateStepFunctions {
    /// The package with all that belongs to it.
    ///
    /// # Errors
    /// A schema that cannot be read: a mistake in the crate that its tests find.
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

    fn config_rules(&self, draft: &Draft<'_>, failures: &mut Failures) {
        // What is not known yet could be just what is missing. Configure, at the latest, knows everything.
        if draft.map().values().any(Value::is_unknown) {
            return;
        }
        // What does not fit the schema has been reported already.
        let Ok(config) = decode(draft.map().clone()) else {
            return;
        };
        for Problem { key, reason } in config.problems() {
            if !failures.blames(&PropertyPath::root().key(key)) {
                failures.at(key, reason);
            }
        }
    }

    /// Another Region has none of the objects. Nothing else moves them: a new role or endpoint may well reach the same ones,
    /// and operations find out themselves when they are in the wrong account.
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
