//! The component `PrivateStepFunctions`: its children and their dependencies.
//!
//! ```text
//!                      PrivateStepFunctions
//!    ┌───────────────────────┴────────────────────────┐
//! inbound                                          outbound (only with privateApis)
//! SecurityGroup <name>-endpoints <── execute-api ─ SecurityGroup <name>-gateway
//!    ├─> InterfaceEndpoint <name>-states              └─> ResourceGateway <name>
//!    ├─> InterfaceEndpoint <name>-sync-states                └─> ResourceConfiguration <name>-<api>
//!    └─> InterfaceEndpoint <name>-execute-api ────────────────^     └─> Connection <name>-<api>
//! ```

pub mod existing;
mod inbound;
mod outbound;
mod outputs;
mod parameter_names;
mod plan;
mod role_policy;
mod security;
mod warnings;
mod wiring;

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt};
use pulumi_provider::component::registrar::Host;
use pulumi_provider::component::tracked::depend;
use pulumi_provider::component::{Component, Construct, ConstructError, Constructed};
use pulumi_provider::error::Error;
use pulumi_provider::lifecycle::check::{self, values};
use pulumi_provider::lifecycle::secrets;
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::property::{Map, Value};
use pulumi_provider::resource::draft::Failures;
use pulumi_provider::schema::{ResourceSchema, Schema};

use crate::policy_lint::CommonPolicy;

use self::plan::Plan;
use self::wiring::Wiring;

/// The type token of the component.
pub const TOKEN: &str = "private-step-functions:index:PrivateStepFunctions";
pub(crate) const SECURITY_GROUP: &str = "private-step-functions:index:SecurityGroup";
pub(crate) const INTERFACE_ENDPOINT: &str = "private-step-functions:index:InterfaceEndpoint";
pub(crate) const RESOURCE_GATEWAY: &str = "private-step-functions:index:ResourceGateway";
pub(crate) const RESOURCE_CONFIGURATION: &str = "private-step-functions:index:ResourceConfiguration";
pub(crate) const CONNECTION: &str = "private-step-functions:index:Connection";

/// The component.
#[derive(Debug)]
pub struct PrivateStepFunctions {
    schema: Arc<Schema>,
}

impl PrivateStepFunctions {
    /// Creates the component of this package.
    #[must_use]
    pub const fn new(schema: Arc<Schema>) -> Self {
        Self { schema }
    }
}

impl Component for PrivateStepFunctions {
    fn token(&self) -> &'static str {
        TOKEN
    }

    fn names_children(&self) -> Option<&'static str> {
        Some("its entry in `privateApis`")
    }

    fn construct(&self, construct: Construct) -> BoxFuture<'_, Result<Constructed, ConstructError>> {
        self.run(construct).boxed()
    }
}

impl PrivateStepFunctions {
    async fn run(&self, construct: Construct) -> Result<Constructed, ConstructError> {
        let Some(schema) = self.schema.resource(TOKEN) else {
            return Err(Error::bug("the schema has no component").into());
        };
        let mut inputs = construct.inputs.clone();
        for (name, dependencies) in &construct.request.input_dependencies {
            depend(&mut inputs, name, dependencies.urns.iter().cloned());
        }
        let plan = validate(schema, &mut inputs, construct.request.dry_run)?;
        let host = Host::begin(&construct, inputs).await?;
        warnings::warn(&host, &construct, &plan);
        host.shared()
            .with::<CommonPolicy, _>(|common| *common = inbound::common_policy(&plan));
        let wiring = Wiring::connect(&host, &construct.request.name, &plan);
        let outputs = wiring.outputs(&plan).await?;
        drop(wiring);
        host.finish(outputs).await
    }
}

/// Checks all inputs before anything is registered, and reads the plan from them.
fn validate(schema: &ResourceSchema, inputs: &mut Map, preview: bool) -> Result<Plan, ConstructError> {
    let mut failures = Failures::default();
    values::check(&schema.inputs, inputs, &mut failures);
    secrets::mark(&schema.inputs, inputs);
    let plan = Plan::read(inputs.clone());
    plan::rules(&plan, &mut failures);
    if !preview {
        for path in &plan.undecided {
            failures.add(
                path.clone(),
                "decides which resources exist, so it must be known, but it comes from an output that is not known yet",
            );
        }
    }
    if failures.is_empty() {
        return Ok(plan);
    }
    // The engine prints the value behind a path, and in Go's notation if it is a list or an object. So a failure at such a
    // value, or near a secret, gives its place in words.
    let mut printable = Failures::default();
    for failure in failures.iter() {
        let plain = failure.path.get(inputs).is_some_and(check::is_plain);
        if plain && secrets::is_printable(&schema.inputs, inputs, &failure.path) {
            printable.add(failure.path.clone(), failure.reason.clone());
        } else {
            printable.add(PropertyPath::root(), format!("`{}`: {}", failure.path, failure.reason));
        }
    }
    Err(ConstructError::Inputs(printable))
}

/// Sets a property if there is a value for it.
fn with(inputs: &mut Map, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        inputs.insert(name.to_owned(), value);
    }
}
