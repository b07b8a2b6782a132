//! Components: resources that consist of other resources, each of which is registered with the engine.

pub mod child_error;
pub mod names;
pub mod object_input;
pub mod previews;
pub mod registered;
pub mod registrar;
pub mod tracked;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::component::names::Names;
use crate::component::previews::Previews;
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

    /// Returns the input that names the children, as a message says it, such as "its entry in `apis`". A child that would have the
    /// name of another component's child needs another one.
    fn names_children(&self) -> Option<&'static str> {
        None
    }

    /// Registers the component and its children, and completes it with its outputs.
    fn construct(&self, construct: Construct) -> BoxFuture<'_, Result<Constructed, ConstructError>>;
}

/// The arguments of a component's construction.
pub struct Construct {
    /// The request with name, type, parent, options and dependencies, as the engine sent it, but without the inputs.
    pub request: ConstructRequest,
    /// The inputs, in which secrets, unknowns, output values and resource references are decoded.
    pub inputs: Map,
    /// Where the component registers itself and its children.
    pub monitor: Monitor,
    /// The provider instance to which the children belong.
    pub provider: Provenance,
    /// Where messages to the user go.
    pub report: Arc<dyn Report>,
    /// The names of all children that this process registers.
    pub names: Arc<Names>,
    /// [`Component::names_children`].
    pub names_children: Option<&'static str>,
    /// The components that are being previewed in this process.
    pub previews: Arc<Previews>,
}

/// The provider instance that constructs a component. Children are registered with all of these fields, or else the engine
/// starts another process for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The package's name.
    pub package: String,
    /// The package's version, as in the schema.
    pub version: String,
    /// The plugin download URL, as in the schema; empty when it has none.
    pub download_url: String,
    /// The reference of the provider resource, `<urn>::<id>`; `None` if the engine did not send it.
    pub reference: Option<String>,
}

/// A component that was constructed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Constructed {
    /// Its URN.
    pub urn: String,
    /// Its outputs, the same as those registered with the engine.
    pub outputs: Map,
    /// The URNs of the resources that each output comes from.
    pub dependencies: BTreeMap<String, BTreeSet<String>>,
}

/// Why a component was not constructed. Each of these ends the deployment.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ConstructError {
    /// The inputs are wrong; nothing was registered.
    ///
    /// The engine prints the value at each path. A failure with an empty path is about the component as a whole: only the
    /// message contains it. A failure at, above or below a secret must have an empty path, with the real path in its reason.
    #[error("the inputs are not valid")]
    Inputs(Failures),
    /// The monitor failed, or refused a registration.
    #[error(transparent)]
    Monitor(#[from] MonitorError),
    /// Any other error.
    #[error(transparent)]
    Failed(#[from] Error),
}
