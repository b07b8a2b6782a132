//! The package of this crate: its schema, its resources, its component and its configuration, put together.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::aws::Aws;
use crate::aws::config::{Problem, ProviderConfig};
use crate::component::{self, Component};
use crate::error::Error;
use crate::lifecycle::draft::{Draft, Failures};
use crate::lifecycle::erased::DynResource;
use crate::plugin::About;
use crate::property::path::PropertyPath;
use crate::property::{Map, Value, marks, typed};
use crate::provider::Package;
use crate::resources;
use crate::schema::{PUBLISHER_JSON, Publisher, SCHEMA_JSON, Schema};

/// What `--help` and `--version` say.
pub const ABOUT: About = About {
    program: "pulumi-resource-private-step-functions",
    package: "private-step-functions",
    version: env!("CARGO_PKG_VERSION"),
    text: "Makes AWS Step Functions private in both directions: callers in a VPC reach it, and it reaches private APIs.",
};

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
            .and_then(|publisher| Schema::published(SCHEMA_JSON, env!("CARGO_PKG_VERSION"), &publisher))
            .map_err(|error| Error::bug(error.to_string()))?;
        let schema = Arc::new(schema);
        let component = component::private_step_functions::PrivateStepFunctions::new(Arc::clone(&schema));
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
    typed::decode(&marks::split(config).0)
        .map_err(|error| Error::bug(format!("the configuration does not fit the schema: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::config;

    fn read(given: serde_json::Value) -> config::Config {
        let Value::Object(given) = Value::from(given) else {
            panic!("not an object")
        };
        let package = PrivateStepFunctions::new().unwrap();
        config::read(
            package.schema.config(),
            &given,
            config::Foreign::Refuse,
            |draft, failures| package.config_rules(draft, failures),
        )
    }

    #[test]
    fn every_configuration_key_has_its_place() {
        let config = read(serde_json::json!({
            "region": "eu-west-1",
            "profile": "dev",
            "assumeRole": "{\"roleArn\": \"arn:aws:iam::123456789012:role/deploy\"}",
            "endpoints": {"ec2": "http://127.0.0.1:4566", "vpcLattice": "http://127.0.0.1:4566"},
            "defaultTags": "{\"tags\": {\"team\": \"orders\"}}",
            "ignoreTags": {"keys": ["scan"], "keyPrefixes": ["c7n:"]},
            "ownershipTags": "false",
            "allowedAccountIds": "[\"123456789012\"]",
            "maxRetries": "7",
            "polling": {"initialInterval": 0.1},
        }));
        assert!(config.failures.is_empty(), "{:?}", config.failures);
        let typed = decode(config.values).unwrap();
        assert_eq!(
            (typed.region.as_deref(), typed.max_retries),
            (Some("eu-west-1"), Some(7))
        );
        assert_eq!(typed.default_tags.unwrap().tags.unwrap()["team"], "orders");
        assert_eq!(typed.ignore_tags.unwrap().key_prefixes.unwrap(), ["c7n:"]);
        assert_eq!(typed.ownership_tags, Some(false));
        assert_eq!(typed.allowed_account_ids.unwrap(), ["123456789012"]);
    }

    #[test]
    fn keys_that_belong_together_are_asked_for_together() {
        let config = read(serde_json::json!({"region": "eu-west-1", "accessKey": "AKIA"}));
        let explained = config::explain("private-step-functions", &config.failures);
        assert!(
            explained.contains("secretKey") && !explained.contains("AKIA"),
            "{explained}"
        );
    }

    #[test]
    fn only_another_region_replaces() {
        let package = PrivateStepFunctions::new().unwrap();
        let config = |region: Value, profile: &str| {
            Map::from([("region".to_owned(), region), ("profile".to_owned(), profile.into())])
        };
        let here = config("eu-west-1".into(), "a");
        assert!(package.replaces(&here, &config("eu-west-1".into(), "b")).is_empty());
        assert_eq!(
            package.replaces(&here, &config("eu-west-2".into(), "a")),
            BTreeSet::from(["region".to_owned()])
        );
        // Where the Region comes from the environment nothing is known.
        assert!(package.replaces(&here, &Map::new()).is_empty());
        assert!(package.replaces(&here, &config(Value::Unknown, "a")).is_empty());
    }
}
