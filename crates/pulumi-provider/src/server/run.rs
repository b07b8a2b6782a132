//! Runs one operation on a resource, independently of the call that requested it.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tonic::Status;

use crate::lifecycle::adapter::{DynResource, Prior, canonical};
use crate::property::Map;
use crate::provider::{Entry, Instance, Package, Provider};
use crate::resource::context::{Cx, CxParts, Report};
use crate::resource::limits::OperationKind;
use crate::resource::redaction::Redaction;
use crate::schema::ResourceSchema;
use crate::server::status;
use crate::urn::Urn;

/// One operation on one resource.
pub(super) struct Operation<P: Package> {
    provider: Arc<Provider<P>>,
    instance: Arc<Instance<P::Clients>>,
    /// The resource.
    pub(super) urn: Urn,
}

impl<P: Package> Operation<P> {
    /// Creates an operation on the resource with this URN.
    pub(super) fn new(provider: &Arc<Provider<P>>, urn: Urn) -> Result<Self, Status> {
        entry(provider, &urn)?;
        let instance = configured(provider)?;
        Ok(Self {
            provider: provider.clone(),
            instance,
            urn,
        })
    }

    /// Creates an operation on the object with this id, which the engine has recorded for the resource or is about to record.
    pub(super) fn on(provider: &Arc<Provider<P>>, urn: Urn, id: &str) -> Result<Self, Status> {
        let operation = Self::new(provider, urn)?;
        provider.memory().recorded(&operation.urn, id);
        Ok(operation)
    }

    /// Returns the code of the resource.
    pub(super) fn resource(&self) -> &dyn DynResource<P::Clients> {
        self.entry().resource
    }

    /// Returns the schema of the resource.
    pub(super) fn schema(&self) -> &ResourceSchema {
        self.entry().schema
    }

    /// Returns the configured clients.
    pub(super) fn clients(&self) -> &P::Clients {
        &self.instance.clients
    }

    /// Returns the context of the operation. `timeout` is the user's custom timeout in seconds; zero means none. Secrets in
    /// the inputs or in `old`, which the engine has recorded, are removed from messages.
    pub(super) fn cx(&self, doing: OperationKind, timeout: f64, inputs: &Map, old: &Prior) -> Cx<P::Clients> {
        let timeout = Duration::try_from_secs_f64(timeout).ok();
        let timeout = timeout.filter(|timeout| !timeout.is_zero());
        Cx::new(CxParts {
            clients: self.instance.clients.clone(),
            urn: self.urn.clone(),
            doing,
            limit: timeout.unwrap_or_else(|| self.resource().limit(doing, inputs)),
            cancel: self.provider.cancellation(),
            report: self.provider.report(),
            memory: self.provider.memory().clone(),
            secrets: Redaction::of([inputs, &old.inputs, &old.outputs]),
            request: canonical(inputs),
        })
    }

    /// Returns the provider.
    pub(super) fn provider(&self) -> &Provider<P> {
        &self.provider
    }

    /// Shows the reason for the previewed change, in the diagnostics.
    pub(super) async fn explain(&self) {
        let reason = self.provider.memory().reason(&self.urn);
        if let (Some(reason), Some(log)) = (reason, self.provider.log()) {
            // With `--diff` the CLI does not say which resource a message is about.
            let kind = self.urn.type_token().rsplit(':').next().unwrap_or_default();
            log.note(&self.urn, &format!("{kind} \"{}\" {reason}", self.urn.name()));
            log.settle(&self.urn).await;
        }
    }

    /// Shows the reason for the change that begins, only on the resource's row: the preview has already shown it in the
    /// diagnostics.
    pub(super) fn announce(&self) {
        if let Some(reason) = self.provider.memory().reason(&self.urn) {
            self.provider.report().announce(&self.urn, &reason);
        }
    }

    /// Runs an operation to its end, even if the call that requested it is dropped: a create that is abandoned half-way loses
    /// an object. Sends the operation's messages and clears its status before it returns.
    pub(super) async fn run<T, F, Fut>(self, doing: &'static str, run: F) -> Result<T, Status>
    where
        T: Send + 'static,
        F: FnOnce(Self) -> Fut,
        Fut: Future<Output = Result<T, Status>> + Send + 'static,
    {
        let (urn, log) = (self.urn.clone(), self.provider.log());
        tracing::debug!(%urn, "{doing}");
        if doing != "read" {
            self.provider.begin_update();
        }
        let ended = tokio::spawn(run(self)).await;
        if let Some(log) = log {
            log.settle(&urn).await;
        }
        let answer = ended.unwrap_or_else(|_| Err(status::panicked(doing)));
        match &answer {
            Ok(_) => tracing::debug!(%urn, "{doing}: done"),
            Err(status) => tracing::debug!(%urn, code = ?status.code(), "{doing}: failed"),
        }
        answer
    }

    fn entry(&self) -> Entry<'_, P::Clients> {
        self.provider
            .entry(self.urn.type_token())
            .expect("looked up by Operation::new")
    }
}

/// Returns the resource of a URN.
pub(super) fn entry<'a, P: Package>(provider: &'a Provider<P>, urn: &Urn) -> Result<Entry<'a, P::Clients>, Status> {
    provider.entry(urn.type_token()).ok_or_else(|| {
        let (package, token) = (&provider.schema().name, urn.type_token());
        Status::invalid_argument(format!("the package {package} has no resource `{token}`"))
    })
}

/// Returns the configured instance.
pub(super) fn configured<P: Package>(provider: &Provider<P>) -> Result<Arc<Instance<P::Clients>>, Status> {
    provider.instance().ok_or_else(|| {
        Status::failed_precondition("the provider is not configured: the engine must call Configure first")
    })
}
