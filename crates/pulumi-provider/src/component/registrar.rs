//! Registers a component and its children with the engine.
//!
//! What is forwarded where is decided here, once: see
//! <https://www.pulumi.com/docs/iac/concepts/components/> and, for the options, [`Host::begin`] and [`Host::child`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::component::tracked::Flow;
use crate::component::{Construct, ConstructError, Constructed};
use crate::engine::monitor::MonitorError;
use crate::property::wire::{self, Capabilities};
use crate::property::{Map, Value, secret_paths};
use crate::proto::register_resource_request::{CustomTimeouts, PropertyDependencies, ResourceHooksBinding};
use crate::proto::{RegisterResourceRequest, Result as Outcome};
use crate::urn::Urn;

/// A component that has been registered, and registers its children.
pub struct Host<'a> {
    construct: &'a Construct,
    urn: String,
    /// A child is not there, so the component cannot be completed.
    failed: AtomicBool,
    /// The children that do not exist: the user left them out of this update, or what they depend on failed and the update went on.
    left_out: Mutex<BTreeSet<String>>,
}

/// A child, as the component describes it.
#[derive(Clone, Debug)]
pub struct Child {
    /// The type token.
    pub token: &'static str,
    /// The logical name; it must begin with the component's own, or two components would collide.
    pub name: String,
    /// The inputs.
    pub inputs: Map,
    /// Whether a replacement deletes the old object first; `None` leaves it to Diff.
    pub delete_before_replace: Option<bool>,
}

/// A child whose step is done.
#[derive(Clone, Debug)]
pub struct Registered {
    urn: String,
    id: Flow,
    outputs: Map,
    /// Whether an output that is missing may still come: in previews, and when the engine skipped the step.
    incomplete: bool,
}

/// Why a child is not there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChildError {
    /// The engine refused the registration.
    Refused(String),
    /// Its step failed; the engine has told the user.
    Failed(String),
    /// The deployment is over.
    Stopped,
    /// It was not begun, for another child had failed.
    Abandoned,
}

impl<'a> Host<'a> {
    /// Registers the component itself, with exactly the type, name and parent that were asked for: the engine finds the
    /// user's transforms by them. The component's own options go with it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn begin(construct: &'a Construct, inputs: Map) -> Result<Self, ConstructError> {
        let request = &construct.request;
        let hooks = request.resource_hooks.clone().map(|hooks| ResourceHooksBinding {
            before_create: hooks.before_create,
            after_create: hooks.after_create,
            before_update: hooks.before_update,
            after_update: hooks.after_update,
            before_delete: hooks.before_delete,
            after_delete: hooks.after_delete,
            on_error: hooks.on_error,
        });
        let own = request.providers.get(&construct.provider.package).cloned();
        let registration = RegisterResourceRequest {
            r#type: request.r#type.clone(),
            name: request.name.clone(),
            parent: request.parent.clone(),
            protect: request.protect,
            dependencies: request.dependencies.clone(),
            provider: own.unwrap_or_default(),
            providers: request.providers.clone(),
            delete_before_replace: request.delete_before_replace.unwrap_or_default(),
            delete_before_replace_defined: request.delete_before_replace.is_some(),
            ignore_changes: request.ignore_changes.clone(),
            replace_on_changes: request.replace_on_changes.clone(),
            additional_secret_outputs: request.additional_secret_outputs.clone(),
            aliases: request.aliases.clone(),
            alias_specs: true,
            custom_timeouts: timeouts(construct),
            retain_on_delete: request.retain_on_delete,
            deleted_with: request.deleted_with.clone(),
            replace_with: request.replace_with.clone(),
            replacement_trigger: request.replacement_trigger.clone(),
            hooks,
            ..common(construct, inputs)?
        };
        let answer = construct.monitor.register(registration).await?;
        // A hook of the user's can fail the component itself.
        if answer.result() != Outcome::Success {
            return Err(ChildError::Failed(request.name.clone()).into());
        }
        Ok(Self {
            construct,
            urn: answer.urn,
            failed: AtomicBool::new(false),
            left_out: Mutex::default(),
        })
    }

    /// The component's URN.
    #[must_use]
    pub fn urn(&self) -> &str {
        &self.urn
    }

    /// Registers a child and waits until its step is done. The engine gives it the component's protect, retainOnDelete and
    /// deletedWith; the custom timeouts and dependencies of the component are copied, for the engine does not. Once a child
    /// has failed no other is begun.
    ///
    /// # Errors
    /// What became of the child instead.
    pub async fn child(&self, child: Child) -> Result<Registered, ChildError> {
        if self.failed.load(Ordering::Relaxed) {
            return Err(ChildError::Abandoned);
        }
        let registered = self.register(child).await;
        if registered.is_err() {
            self.failed.store(true, Ordering::Relaxed);
        }
        registered
    }

    async fn register(&self, child: Child) -> Result<Registered, ChildError> {
        let Child {
            token,
            name,
            inputs,
            delete_before_replace,
        } = child;
        let Construct { provider, names, .. } = self.construct;
        names
            .take(&self.construct.request.monitor_endpoint, &self.urn, token, &name)
            .map_err(|error| ChildError::Refused(error.to_string()))?;
        // Without a reference to this very provider instance the engine would start a second process for the children.
        let reference = self
            .construct
            .request
            .providers
            .get(&provider.package)
            .cloned()
            .or_else(|| provider.reference.clone());
        let (version, download_url) = match &reference {
            Some(_) => (String::new(), String::new()),
            None => (provider.version.clone(), provider.download_url.clone()),
        };
        let mut dependencies: BTreeSet<String> = self.construct.request.dependencies.iter().cloned().collect();
        dependencies.extend(inputs.values().flat_map(secret_paths::dependencies));
        let registration = RegisterResourceRequest {
            r#type: token.to_owned(),
            name: name.clone(),
            parent: self.urn.clone(),
            custom: true,
            provider: reference.unwrap_or_default(),
            version,
            plugin_download_url: download_url,
            dependencies: dependencies.into_iter().collect(),
            delete_before_replace: delete_before_replace.unwrap_or_default(),
            delete_before_replace_defined: delete_before_replace.is_some(),
            custom_timeouts: timeouts(self.construct),
            ..common(self.construct, inputs).map_err(|error| ChildError::Refused(error.to_string()))?
        };
        let answer = self.construct.monitor.register(registration).await?;
        if answer.result() != Outcome::Success {
            return Err(ChildError::Failed(name));
        }
        if answer.unknown && !self.construct.request.dry_run {
            self.left_out().insert(name.clone());
        }
        let outputs = answer.object.map(wire::decode).transpose();
        let outputs = outputs.map_err(|error| ChildError::Refused(format!("the outputs of {name}: {error}")))?;
        let id = if answer.id.is_empty() {
            Flow::unknown(&answer.urn)
        } else {
            from(&answer.urn, &Value::String(answer.id))
        };
        Ok(Registered {
            id,
            urn: answer.urn,
            outputs: outputs.unwrap_or_default(),
            incomplete: self.construct.request.dry_run || answer.unknown,
        })
    }

    /// Completes the component with its outputs. Those that the user wants secret are made so here, for of a component the
    /// engine leaves them as they are.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn finish(self, mut outputs: Map) -> Result<Constructed, ConstructError> {
        let left_out: Vec<_> = self.left_out().iter().cloned().collect();
        if !left_out.is_empty() {
            self.warn(&format!(
                "still to be made: {}. `--target` or `--exclude` leaves them out, or with `--continue-on-error` something failed that \
                 they depend on: `--target-dependents` with the component, or an `up` of everything, makes them",
                left_out.join(", ")
            ));
        }
        for name in &self.construct.request.additional_secret_outputs {
            if let Some(value) = outputs.get_mut(name).filter(|value| !value.is_null()) {
                *value = Flow::of(value).into_secret().into_value();
            }
        }
        let encoded = wire::encode(outputs.clone(), Capabilities::CUSTOM).map_err(internal)?;
        self.construct.monitor.register_outputs(&self.urn, encoded).await?;
        let dependencies = outputs
            .iter()
            .map(|(name, value)| (name.clone(), secret_paths::dependencies(value)))
            .collect();
        Ok(Constructed {
            urn: self.urn,
            outputs,
            dependencies,
        })
    }

    fn left_out(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.left_out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Warns the user under the component.
    pub fn warn(&self, text: &str) {
        if let Ok(urn) = self.urn.parse::<Urn>() {
            self.construct.report.warn(&urn, text);
        }
    }
}

impl Registered {
    /// The id of the object, from the child.
    #[must_use]
    pub fn id(&self) -> Flow {
        self.id.clone()
    }

    /// An output, from the child. One that the child does not have is null, or unknown while it may still come.
    #[must_use]
    pub fn output(&self, name: &str) -> Flow {
        match self.outputs.get(name) {
            Some(value) => from(&self.urn, value),
            None if self.incomplete => Flow::unknown(&self.urn),
            None => from(&self.urn, &Value::Null),
        }
    }
}

impl From<MonitorError> for ChildError {
    fn from(error: MonitorError) -> Self {
        match error {
            MonitorError::Stopped => Self::Stopped,
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<ChildError> for ConstructError {
    fn from(error: ChildError) -> Self {
        match error {
            // The cause stands under the child already: one line is enough.
            ChildError::Failed(names) => MonitorError::Refused(format!("failed: {names}")).into(),
            ChildError::Stopped | ChildError::Abandoned => MonitorError::Stopped.into(),
            ChildError::Refused(text) => MonitorError::Refused(text).into(),
        }
    }
}

/// One error for all that went wrong with the children: the first thing that only this component can tell, or else the
/// names of those that failed. Children that wait for a failed one repeat its error.
///
/// # Errors
/// That error, if there is any.
pub fn together<T>(children: impl IntoIterator<Item = Result<T, ChildError>>) -> Result<(), ChildError> {
    let errors: BTreeSet<ChildError> = children.into_iter().filter_map(Result::err).collect();
    let failed: Vec<_> = errors
        .iter()
        .filter_map(|error| match error {
            ChildError::Failed(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    match errors.first() {
        None => Ok(()),
        Some(ChildError::Failed(_)) => Err(ChildError::Failed(failed.join(", "))),
        Some(first) => Err(first.clone()),
    }
}

/// What the registration of the component and of its children have in common.
fn common(construct: &Construct, inputs: Map) -> Result<RegisterResourceRequest, ConstructError> {
    // An entry for each property, also an empty one: without any, the engine takes every property to depend on everything.
    let property_dependencies: BTreeMap<_, _> = inputs
        .iter()
        .map(|(name, value)| {
            let urns = secret_paths::dependencies(value).into_iter().collect();
            (name.clone(), PropertyDependencies { urns })
        })
        .collect();
    Ok(RegisterResourceRequest {
        object: Some(wire::encode(inputs, Capabilities::CUSTOM).map_err(internal)?),
        property_dependencies,
        accept_secrets: true,
        accept_resources: true,
        supports_partial_values: true,
        supports_result_reporting: true,
        parent_stack_trace_handle: construct.request.stack_trace_handle.clone(),
        ..RegisterResourceRequest::default()
    })
}

fn timeouts(construct: &Construct) -> Option<CustomTimeouts> {
    construct
        .request
        .custom_timeouts
        .clone()
        .map(|timeouts| CustomTimeouts {
            create: timeouts.create,
            update: timeouts.update,
            delete: timeouts.delete,
            read: timeouts.read,
        })
}

fn from(urn: &str, value: &Value) -> Flow {
    let mut inputs = Map::from([(String::new(), value.clone())]);
    crate::component::tracked::depend(&mut inputs, "", [urn.to_owned()]);
    Flow::of(&inputs[""])
}

fn internal(error: wire::WireError) -> ConstructError {
    crate::error::Error::bug(error.to_string()).into()
}
