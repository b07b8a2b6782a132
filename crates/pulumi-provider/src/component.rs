//! Components: resources that are made of other resources, registered with the engine one by one.

pub mod names;
pub mod object_input;
pub mod registrar;
pub mod tracked;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::component::names::Names;
use crate::engine::monitor::{Monitor, MonitorError};
use crate::error::Error;
use crate::property::Map;
use crate::proto::ConstructRequest;
use crate::resource::context::Report;
use crate::resource::draft::Failures;

/// A component of the package.
pub trait Component: Send + Sync + 'static {
    /// The type token, as in the schema.
    fn token(&self) -> &'static str;

    /// Registers the component and its children, and completes it with its outputs.
    fn construct(&self, construct: Construct) -> BoxFuture<'_, Result<Constructed, ConstructError>>;
}

/// What a component is constructed from.
pub struct Construct {
    /// Name, type, parent, options and dependencies, as the engine sent them; the inputs are taken out.
    pub request: ConstructRequest,
    /// The inputs, with secrets, unknowns, output values and references recognised.
    pub inputs: Map,
    /// Where the component registers itself and its children.
    pub monitor: Monitor,
    /// Who provides the children.
    pub provider: Provenance,
    /// Where messages to the user go.
    pub report: Arc<dyn Report>,
    /// The names of all children that this process registers.
    pub names: Arc<Names>,
}

/// The provider instance that constructs a component. Children carry all of it, or they land in another process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The package's name.
    pub package: String,
    /// The package's version, as in the schema.
    pub version: String,
    /// The plugin download URL, as in the schema; empty when it has none.
    pub download_url: String,
    /// The reference of the provider resource, `<urn>::<id>`; `None` if the engine did not tell.
    pub reference: Option<String>,
}

/// A component that was constructed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Constructed {
    /// Its URN.
    pub urn: String,
    /// Its outputs: the same that were registered.
    pub outputs: Map,
    /// The URNs of the resources that each output comes from.
    pub dependencies: BTreeMap<String, BTreeSet<String>>,
}

/// Why a component was not constructed. Any of these ends the deployment.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ConstructError {
    /// The inputs are wrong; nothing was registered.
    ///
    /// The engine prints the value behind each path. A failure with an empty path is about the component as a whole, and is
    /// told in the message alone; one at, above or below a secret must be of that form, with the path in its reason.
    #[error("the inputs are not valid")]
    Inputs(Failures),
    /// The monitor failed, or refused a registration.
    #[error(transparent)]
    Monitor(#[from] MonitorError),
    /// Something else.
    #[error(transparent)]
    Failed(#[from] Error),
}
