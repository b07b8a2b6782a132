//! A provider of one package: what a package brings along, and the state that the server keeps for it.
//!
//! Nothing here knows a particular package. The one of this crate and that of the tests run on the same code.

pub mod config;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::RwLock;
use tokio_util::sync::CancellationToken;

use crate::component::names::Names;
use crate::component::{Component, Provenance};
use crate::engine::log::EngineLog;
use crate::engine::{Dial, InvalidAddress};
use crate::error::Error;
use crate::lifecycle::adapter::DynResource;
use crate::property::Map;
use crate::resource::Clients;
use crate::resource::context::{Report, Silent};
use crate::resource::draft::{Draft, Failures};
use crate::resource::memory::Operations;
use crate::schema::{ResourceSchema, Schema};

/// A Pulumi package: a schema, and the code behind it.
pub trait Package: Send + Sync + 'static {
    /// The configured connection that the resources use.
    type Clients: Clients;

    /// The schema. Every resource and component of the package is in it.
    fn schema(&self) -> &Arc<Schema>;

    /// The custom resources.
    fn resources(&self) -> &[Box<dyn DynResource<Self::Clients>>];

    /// The components.
    fn components(&self) -> &[Box<dyn Component>];

    /// Rules between configuration keys, over what is known. The schema's own are checked before.
    fn config_rules(&self, _draft: &Draft<'_>, _failures: &mut Failures) {}

    /// The configuration keys whose change replaces **every** resource of the provider: best none. Both sides have the
    /// shape of the schema, with defaults; some new values may be unknown.
    fn replaces(&self, _old: &Map, _new: &Map) -> BTreeSet<String> {
        BTreeSet::new()
    }

    /// Makes the clients of a provider instance from its configuration, in the shape of the schema, with defaults and without
    /// secret wrappers. Makes no network call: a preview must work offline.
    ///
    /// # Errors
    /// A configuration that cannot work; the text names the key.
    fn configure(&self, config: Map) -> Result<Self::Clients, Error>;
}

/// A package that is being served.
pub struct Provider<P: Package> {
    package: P,
    dial: Arc<dyn Dial>,
    operations: Arc<Operations>,
    constructs: RwLock<()>,
    names: Arc<Names>,
    state: Mutex<State<P::Clients>>,
}

/// What the engine's calls change.
struct State<C> {
    engine: Option<Attached>,
    instance: Option<Arc<Instance<C>>>,
    cancel: CancellationToken,
}

struct Attached {
    address: String,
    log: Arc<EngineLog>,
}

/// A configured provider instance.
///
/// In attach mode several may share the process, and no later call says which one it means: the last to be configured counts.
pub struct Instance<C> {
    /// The clients.
    pub clients: Arc<C>,
    /// The reference of the provider resource, `<urn>::<id>`, if the engine told.
    pub reference: Option<String>,
}

/// One custom resource of a provider: its code and its schema.
pub struct Entry<'a, C> {
    /// The code.
    pub resource: &'a dyn DynResource<C>,
    /// The schema.
    pub schema: &'a ResourceSchema,
}

impl<P: Package> Provider<P> {
    /// A provider that is not configured yet.
    ///
    /// # Errors
    /// A package whose code and schema do not list the same resources and components.
    pub fn new(package: P, dial: Arc<dyn Dial>) -> Result<Self, Error> {
        let resources = package.resources().iter().map(|resource| (resource.token(), false));
        let components = package.components().iter().map(|component| (component.token(), true));
        let coded: BTreeSet<(&str, bool)> = resources.chain(components).collect();
        let described = package
            .schema()
            .resources()
            .map(|schema| (schema.token.as_str(), schema.is_component));
        let described: BTreeSet<(&str, bool)> = described.collect();
        if let Some((token, _)) = described.difference(&coded).next() {
            return Err(Error::bug(format!("nothing implements {token}")));
        }
        if let Some((token, _)) = coded.difference(&described).next() {
            return Err(Error::bug(format!("the schema does not describe {token}")));
        }
        Ok(Self {
            package,
            dial,
            operations: Arc::default(),
            constructs: RwLock::new(()),
            names: Arc::default(),
            state: Mutex::new(State {
                engine: None,
                instance: None,
                cancel: CancellationToken::new(),
            }),
        })
    }

    /// The package.
    pub const fn package(&self) -> &P {
        &self.package
    }

    /// The package's schema.
    pub fn schema(&self) -> &Schema {
        self.package.schema()
    }

    /// How the engine's addresses are reached.
    pub fn dial(&self) -> &dyn Dial {
        self.dial.as_ref()
    }

    /// What the process remembers of operations.
    pub const fn operations(&self) -> &Arc<Operations> {
        &self.operations
    }

    /// Read by each component that is under way; to be written once none is.
    pub const fn constructs(&self) -> &RwLock<()> {
        &self.constructs
    }

    /// The names of the children that components register.
    pub const fn names(&self) -> &Arc<Names> {
        &self.names
    }

    /// Takes note of where the engine listens. A new engine also ends the cancellation by the one before it (attach mode).
    ///
    /// # Errors
    /// A text that is no address.
    pub fn attach(&self, address: &str) -> Result<(), InvalidAddress> {
        let known = matches!(&self.state().engine, Some(engine) if engine.address == address);
        let log = if known {
            None
        } else {
            Some(Arc::new(EngineLog::new(self.dial.dial(address)?)))
        };
        let mut state = self.state();
        if let Some(log) = log {
            let address = address.to_owned();
            state.engine = Some(Attached { address, log });
        }
        if state.cancel.is_cancelled() {
            state.cancel = CancellationToken::new();
        }
        Ok(())
    }

    /// The engine's log, once an engine is known.
    pub fn log(&self) -> Option<Arc<EngineLog>> {
        self.state().engine.as_ref().map(|engine| engine.log.clone())
    }

    /// Where messages to the user go.
    pub fn report(&self) -> Arc<dyn Report> {
        match self.log() {
            Some(log) => log,
            None => Arc::new(Silent),
        }
    }

    /// Makes every operation under way stop waiting, and every later one not begin to.
    pub fn cancel(&self) {
        self.cancellation().cancel();
    }

    /// Fires when the engine cancels.
    pub fn cancellation(&self) -> CancellationToken {
        self.state().cancel.clone()
    }

    /// Replaces the configured instance.
    pub fn set_instance(&self, instance: Instance<P::Clients>) {
        self.state().instance = Some(Arc::new(instance));
    }

    /// The configured instance.
    pub fn instance(&self) -> Option<Arc<Instance<P::Clients>>> {
        self.state().instance.clone()
    }

    /// The custom resource with this type token.
    pub fn entry(&self, token: &str) -> Option<Entry<'_, P::Clients>> {
        let schema = self.schema().resource(token)?;
        let resource = self
            .package
            .resources()
            .iter()
            .find(|resource| resource.token() == token)?;
        Some(Entry {
            resource: resource.as_ref(),
            schema,
        })
    }

    /// The component with this type token.
    pub fn component(&self, token: &str) -> Option<&dyn Component> {
        let component = self
            .package
            .components()
            .iter()
            .find(|component| component.token() == token)?;
        Some(component.as_ref())
    }

    /// What children of a component must carry to land in this instance.
    pub fn provenance(&self) -> Provenance {
        let schema = self.schema();
        Provenance {
            package: schema.name.clone(),
            version: schema.version.clone(),
            download_url: schema.download_url.clone(),
            reference: self.instance().and_then(|instance| instance.reference.clone()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State<P::Clients>> {
        // Each change is a single assignment, insertion or removal: a panic elsewhere leaves nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
