//! Registers a component and its children with the engine.
//!
//! Decides which options of a component are forwarded to its own registration ([`Host::begin`]) and to its children
//! ([`Host::child`]). See <https://www.pulumi.com/docs/iac/concepts/components/>.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};

use crate::component::child_error::ChildError;
use crate::component::previews::Previewing;
use crate::component::registered::Registered;
use crate::component::tracked::Flow;
use crate::component::{Construct, ConstructError, Constructed};
use crate::error::{Error, ErrorKind};
use crate::lock::lock;
use crate::property::wire::{self, Capabilities};
use crate::property::{Map, secret_paths};
use crate::proto::register_resource_request::{CustomTimeouts, PropertyDependencies, ResourceHooksBinding};
use crate::proto::{RegisterResourceRequest, Result as Outcome};
use crate::resource::check_cx::Shared;
use crate::resource::findings;
use crate::urn::Urn;

/// A registered component, which registers its children.
pub struct Host<'a> {
    construct: &'a Construct,
    urn: String,
    /// Whether a child was not registered, so that the component cannot be completed.
    failed: AtomicBool,
    /// The children that do not exist because the engine skipped them: the user left them out of this update, or a resource
    /// that they depend on failed and the update continued.
    left_out: Mutex<BTreeSet<String>>,
    /// What the previews of the children find.
    previewing: Previewing,
}

/// A child, as the component describes it.
#[derive(Clone, Debug)]
pub struct Child {
    /// The type token.
    pub token: &'static str,
    /// The logical name. It must begin with the component's own name, or the children of two components would have the same
    /// URN.
    pub name: String,
    /// The inputs.
    pub inputs: Map,
    /// Whether a replacement deletes the old object first; `None` leaves the decision to Diff.
    pub delete_before_replace: Option<bool>,
}

impl<'a> Host<'a> {
    /// Registers the component itself with exactly the type, name and parent of the request: the engine finds the user's
    /// transforms by these. The component's own options are part of the registration.
    ///
    /// # Errors
    /// The engine refused the registration or has stopped, or a resource hook failed.
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
        // A resource hook of the user can fail the component itself.
        if answer.result() != Outcome::Success {
            return Err(ChildError::Failed(request.name.clone()).into());
        }
        Ok(Self {
            construct,
            urn: answer.urn,
            failed: AtomicBool::new(false),
            left_out: Mutex::default(),
            previewing: Previewing::new(&construct.previews),
        })
    }

    /// Returns the component's URN.
    #[must_use]
    pub fn urn(&self) -> &str {
        &self.urn
    }

    /// Registers a child and waits until its step has finished. The engine applies the component's `protect`,
    /// `retainOnDelete` and `deletedWith` to the child. The engine does not apply the component's custom timeouts and
    /// dependencies, so they are copied here. Once a child has failed, no other child is started.
    ///
    /// # Errors
    /// The child was not registered. The error says why.
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
        let Construct {
            provider,
            names,
            names_children,
            ..
        } = self.construct;
        names
            .take(
                &self.construct.request.monitor_endpoint,
                &self.urn,
                token,
                &name,
                *names_children,
            )
            .map_err(|error| ChildError::Refused(error.to_string()))?;
        // Without a reference to this provider instance, the engine would start a second process for the children.
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
        if self.construct.request.dry_run
            && let Ok(component) = self.urn.parse::<Urn>()
        {
            self.previewing.child(component.child(token, &name));
        }
        let answer = self.construct.monitor.register(registration).await?;
        if answer.result() != Outcome::Success {
            return Err(ChildError::Failed(name));
        }
        if answer.unknown && !self.construct.request.dry_run {
            self.left_out().insert(name.clone());
        }
        Registered::new(answer, self.construct.request.dry_run)
            .map_err(|error| ChildError::Refused(format!("the outputs of {name}: {error}")))
    }

    /// Completes the component with its outputs, unless the checks of a preview found that a child would fail. The outputs that
    /// the user lists in `additionalSecretOutputs` are marked secret here, because the engine does not mark the outputs of a
    /// component.
    ///
    /// # Errors
    /// The engine refused the outputs or has stopped, or a child would fail.
    pub async fn finish(self, mut outputs: Map) -> Result<Constructed, ConstructError> {
        // By now every child was checked, and has shown what was found on its own row.
        match self.previewing.failing() {
            0 => {}
            1 => {
                return Err(self
                    .would_fail("1 problem, which is listed under the resource that has it")
                    .into());
            }
            several => {
                let problems = format!("{several} problems, which are listed under the resources that have them");
                return Err(self.would_fail(&problems).into());
            }
        }
        let left_out: Vec<_> = self.left_out().iter().cloned().collect();
        if !left_out.is_empty() {
            self.warn(&format!(
                "not created yet: {}. `--target` or `--exclude` left them out, or, with `--continue-on-error`, a resource failed that \
                 they depend on: `--target-dependents` with the component, or a `pulumi up` without targets, creates them",
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
        lock(&self.left_out)
    }

    fn would_fail(&self, problems: &str) -> Error {
        let text = format!("an update would fail: the preview found {problems}");
        Error::new(ErrorKind::Invalid, text).advise(findings::way_out(&self.construct.provider.package))
    }

    /// Returns what the component tells the checks of its children in a preview.
    #[must_use]
    pub fn shared(&self) -> &Shared {
        self.previewing.shared()
    }

    /// Shows a warning to the user, under the component.
    pub fn warn(&self, text: &str) {
        if let Ok(urn) = self.urn.parse::<Urn>() {
            self.construct.report.warn(&urn, text);
        }
    }
}

/// Returns the fields that the registrations of the component and of its children have in common.
fn common(construct: &Construct, inputs: Map) -> Result<RegisterResourceRequest, ConstructError> {
    // There is an entry for each property, even if it is empty: without any entry, the engine assumes that every property
    // depends on all dependencies.
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

fn internal(error: wire::WireError) -> ConstructError {
    Error::bug(error.to_string()).into()
}
