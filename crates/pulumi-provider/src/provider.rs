//! A provider of one package: the [`Package`] trait, and the state that the server keeps for the package.
//!
//! The code here does not depend on a particular package. The product and the packages in tests all use it.

pub mod config;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::RwLock;
use tokio_util::sync::CancellationToken;

use crate::component::names::Names;
use crate::component::previews::Previews;
use crate::component::{Component, Provenance};
use crate::engine::log::EngineLog;
use crate::engine::{Dial, InvalidAddress};
use crate::error::Error;
use crate::function::DynFunction;
use crate::lifecycle::adapter::DynResource;
use crate::lock::lock;
use crate::property::Map;
use crate::resource::Clients;
use crate::resource::context::{Report, Silent};
use crate::resource::draft::{Draft, Failures};
use crate::resource::memory::ProcessMemory;
use crate::schema::{FunctionSchema, ResourceSchema, Schema};

/// A Pulumi package: a schema, and the code behind it.
pub trait Package: Send + Sync + 'static {
    /// The configured clients that the resources use.
    type Clients: Clients;

    /// Returns the schema, which describes every resource and component of the package.
    fn schema(&self) -> &Arc<Schema>;

    /// Returns the custom resources.
    fn resources(&self) -> &[Box<dyn DynResource<Self::Clients>>];

    /// Returns the components.
    fn components(&self) -> &[Box<dyn Component>];

    /// Returns the functions.
    fn functions(&self) -> &[Box<dyn DynFunction<Self::Clients>>] {
        &[]
    }

    /// Checks the rules between configuration keys, as far as the values are known. What the schema declares is checked
    /// before.
    fn config_rules(&self, _draft: &Draft<'_>, _failures: &mut Failures) {}

    /// Returns the configuration keys whose change replaces **every** resource of the provider; preferably none. Both
    /// configurations have the shape of the schema, with defaults applied. Some of the new values may be unknown.
    fn replaces(&self, _old: &Map, _new: &Map) -> BTreeSet<String> {
        BTreeSet::new()
    }

    /// Creates the clients of a provider instance from its configuration, which has the shape of the schema, with defaults
    /// applied and without secret wrappers. Makes no network call, because a preview must work offline.
    ///
    /// # Errors
    /// The configuration cannot work. The error names the key.
    fn configure(&self, config: Map) -> Result<Self::Clients, Error>;
}

/// A package that is being served.
pub struct Provider<P: Package> {
    package: P,
    dial: Arc<dyn Dial>,
    memory: Arc<ProcessMemory>,
    constructs: RwLock<()>,
    names: Arc<Names>,
    previews: Arc<Previews>,
    state: Mutex<State<P::Clients>>,
}

/// The state that the engine's calls change.
struct State<C> {
    engine: Option<Attached>,
    instance: Option<Arc<Instance<C>>>,
    cancel: CancellationToken,
    /// Whether a command that changes something is running: it has begun an operation that is not a preview.
    is_updating: bool,
    /// Whether the user was told that not everything could be checked.
    is_told: bool,
    /// Whether the service cannot be reached, or takes no credentials: then nothing more is checked.
    is_blind: bool,
}

struct Attached {
    address: String,
    log: Arc<EngineLog>,
}

/// A configured provider instance.
///
/// In attach mode, several instances may share the process. Later calls do not say which instance they mean, so the last one
/// that was configured is used.
pub struct Instance<C> {
    /// The clients.
    pub clients: Arc<C>,
    /// The reference of the provider resource, `<urn>::<id>`, if the engine sent it.
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
    /// Creates a provider that is not configured yet.
    ///
    /// # Errors
    /// The package's code and schema do not list the same resources and components.
    pub fn new(package: P, dial: Arc<dyn Dial>) -> Result<Self, Error> {
        let resources = package.resources().iter().map(|resource| (resource.token(), false));
        let components = package.components().iter().map(|component| (component.token(), true));
        let functions = package.functions().iter().map(|function| function.token());
        let coded: BTreeSet<(&str, bool)> = resources.chain(components).collect();
        let coded_functions: BTreeSet<&str> = functions.collect();
        let schema = package.schema();
        let described_functions: BTreeSet<&str> = schema.functions().map(|schema| schema.token.as_str()).collect();
        if let Some(token) = coded_functions.symmetric_difference(&described_functions).next() {
            return Err(Error::bug(format!(
                "the code and the schema do not both have the function {token}"
            )));
        }
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
            memory: Arc::default(),
            constructs: RwLock::new(()),
            names: Arc::default(),
            previews: Arc::default(),
            state: Mutex::new(State {
                engine: None,
                instance: None,
                cancel: CancellationToken::new(),
                is_updating: false,
                is_told: false,
                is_blind: false,
            }),
        })
    }

    /// Returns the package.
    pub const fn package(&self) -> &P {
        &self.package
    }

    /// Returns the package's schema.
    pub fn schema(&self) -> &Schema {
        self.package.schema()
    }

    /// Returns the [`Dial`] that connects to the engine's addresses.
    pub fn dial(&self) -> &dyn Dial {
        self.dial.as_ref()
    }

    /// Returns the records of this process's operations.
    pub const fn memory(&self) -> &Arc<ProcessMemory> {
        &self.memory
    }

    /// Returns the lock that each running Construct holds for reading. A writer gets it once no Construct is running.
    pub const fn constructs(&self) -> &RwLock<()> {
        &self.constructs
    }

    /// Returns the names of the children that components have registered.
    pub const fn names(&self) -> &Arc<Names> {
        &self.names
    }

    /// Returns the components that are being previewed in this process.
    pub const fn previews(&self) -> &Arc<Previews> {
        &self.previews
    }

    /// Records the address on which the engine listens. Also resets a cancellation, such as that of the previous engine in
    /// attach mode.
    ///
    /// # Errors
    /// The text is not an address.
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

    /// Returns the engine's log; `None` until an engine's address is known.
    pub fn log(&self) -> Option<Arc<EngineLog>> {
        self.state().engine.as_ref().map(|engine| engine.log.clone())
    }

    /// Returns the report to which messages for the user are sent.
    pub fn report(&self) -> Arc<dyn Report> {
        match self.log() {
            Some(log) => log,
            None => Arc::new(Silent),
        }
    }

    /// Makes every running operation stop waiting. Operations that start later do not wait either.
    pub fn cancel(&self) {
        self.cancellation().cancel();
    }

    /// Returns the token that is canceled when the engine cancels.
    pub fn cancellation(&self) -> CancellationToken {
        self.state().cancel.clone()
    }

    /// Replaces the configured instance.
    pub fn set_instance(&self, instance: Instance<P::Clients>) {
        let mut state = self.state();
        state.instance = Some(Arc::new(instance));
        // The engine configures its providers at the beginning of each command.
        state.is_updating = false;
        state.is_told = false;
        state.is_blind = false;
    }

    /// Records that a command which changes something is running.
    pub fn begin_update(&self) {
        self.state().is_updating = true;
    }

    /// Reports whether a command that changes something is running. Such a command previews a resource only if it skips it,
    /// because another one that it depends on failed.
    pub fn is_updating(&self) -> bool {
        self.state().is_updating
    }

    /// Records that the service cannot be asked in this command.
    pub fn go_blind(&self) {
        self.state().is_blind = true;
    }

    /// Reports whether the service cannot be asked in this command. Each further attempt would take as long as the first.
    pub fn is_blind(&self) -> bool {
        self.state().is_blind
    }

    /// Reports whether this is the first thing that could not be checked in this command.
    pub fn is_first_not_checked(&self) -> bool {
        !std::mem::replace(&mut self.state().is_told, true)
    }

    /// Returns the configured instance; `None` before Configure.
    pub fn instance(&self) -> Option<Arc<Instance<P::Clients>>> {
        self.state().instance.clone()
    }

    /// Returns the custom resource with this type token.
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

    /// Returns the function with this token.
    pub fn function(&self, token: &str) -> Option<(&dyn DynFunction<P::Clients>, &FunctionSchema)> {
        let schema = self.schema().function(token)?;
        let function = self
            .package
            .functions()
            .iter()
            .find(|function| function.token() == token)?;
        Some((function.as_ref(), schema))
    }

    /// Returns the component with this type token.
    pub fn component(&self, token: &str) -> Option<&dyn Component> {
        let component = self
            .package
            .components()
            .iter()
            .find(|component| component.token() == token)?;
        Some(component.as_ref())
    }

    /// Returns the fields that a component's children are registered with, so that they belong to this instance.
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
        lock(&self.state)
    }
}
