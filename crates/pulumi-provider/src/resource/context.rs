//! The context of one operation: everything that resource code needs besides its own inputs.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::limits::{Doing, Limits, human};
use super::sent::Sent;
use crate::error::{Error, Failed, Kind};
use crate::resource::Clients;
use crate::resource::memory::Operations;
use crate::resource::redaction::Redaction;
use crate::urn::Urn;

/// Where messages to the user go while an operation runs. The engine's log in production.
pub trait Report: Send + Sync {
    /// Shows what is awaited, on the resource's row; the implementation limits how often. An empty text clears it.
    fn status(&self, urn: &Urn, text: &str);
    /// Something worth knowing, on the resource's row, from the start of an operation until there is a status.
    fn announce(&self, urn: &Urn, text: &str);
    /// Something worth knowing, under the resource, kept in the diagnostics.
    fn note(&self, urn: &Urn, text: &str);
    /// A warning under the resource, kept in the diagnostics.
    fn warn(&self, urn: &Urn, text: &str);
}

/// A report that goes nowhere, for code that runs without an engine.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Report for Silent {
    fn status(&self, _: &Urn, _: &str) {}
    fn announce(&self, _: &Urn, _: &str) {}
    fn note(&self, _: &Urn, _: &str) {}
    fn warn(&self, _: &Urn, _: &str) {}
}

/// A report to which nothing secret is told.
pub struct Redacted {
    report: Arc<dyn Report>,
    secrets: Redaction,
}

impl Redacted {
    /// Passes everything on but these secrets.
    #[must_use]
    pub fn new(report: Arc<dyn Report>, secrets: Redaction) -> Self {
        Self { report, secrets }
    }
}

impl Report for Redacted {
    fn status(&self, urn: &Urn, text: &str) {
        self.report.status(urn, &self.secrets.text(text));
    }

    fn announce(&self, urn: &Urn, text: &str) {
        self.report.announce(urn, &self.secrets.text(text));
    }

    fn note(&self, urn: &Urn, text: &str) {
        self.report.note(urn, &self.secrets.text(text));
    }

    fn warn(&self, urn: &Urn, text: &str) {
        self.report.warn(urn, &self.secrets.text(text));
    }
}

/// The context of one Create, Read, Update or Delete.
///
/// # Deadline and cancellation
/// [`Cx::cancelled`] resolves when the engine asks the provider to stop. Waits end with [`Kind::Cancelled`] then, and with
/// [`Kind::TimedOut`] at the deadline. Calls inside [`Cx::run`] keep to both by themselves: nothing is sent again, and a request
/// on its way has a few seconds more, for the id that it may bring would be lost.
pub struct Cx<C> {
    clients: Arc<C>,
    urn: Urn,
    doing: Doing,
    limits: Arc<Limits>,
    report: Redacted,
    operations: Arc<Operations>,
    secrets: Redaction,
    /// The checked inputs in canonical text: what "the same request" means for tokens and for resuming.
    request: String,
}

/// What a [`Cx`] is made from.
pub struct CxParts<C> {
    /// The configured clients of the provider instance.
    pub clients: Arc<C>,
    /// The resource.
    pub urn: Urn,
    /// What the operation does.
    pub doing: Doing,
    /// How long it may take: the user's custom timeout, else the resource's own limit.
    pub limit: Duration,
    /// Fires when the engine cancels.
    pub cancel: CancellationToken,
    /// Where messages go.
    pub report: Arc<dyn Report>,
    /// The memory of the provider instance.
    pub operations: Arc<Operations>,
    /// What must not be said.
    pub secrets: Redaction,
    /// The inputs of this operation in canonical text (it may hold secrets: it is only ever hashed).
    pub request: String,
}

impl<C> Cx<C> {
    /// A context whose clock starts now.
    #[must_use]
    pub fn new(parts: CxParts<C>) -> Self {
        let CxParts {
            clients,
            urn,
            doing,
            limit,
            cancel,
            report,
            operations,
            secrets,
            request,
        } = parts;
        Self {
            clients,
            urn,
            doing,
            limits: Arc::new(Limits::new(limit, cancel)),
            report: Redacted::new(report, secrets.clone()),
            operations,
            secrets,
            request,
        }
    }

    /// The clients of the configured provider.
    #[must_use]
    pub fn clients(&self) -> &C {
        &self.clients
    }

    /// The resource's URN.
    #[must_use]
    pub const fn urn(&self) -> &Urn {
        &self.urn
    }

    /// Carries the operation out: whatever it calls keeps to the deadline and ends when it is cancelled.
    pub async fn run<F: Future>(&self, operation: F) -> F::Output {
        self.limits.clone().rule(operation).await
    }

    /// When this operation must end.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.limits.deadline
    }

    /// When this operation began.
    #[must_use]
    pub fn started(&self) -> Instant {
        self.limits.started
    }

    /// What this operation has sent that may have changed something.
    #[must_use]
    pub fn sent(&self) -> &Sent {
        self.limits.sent()
    }

    /// An error of this operation as it is told: with how it is given more time if that was what it lacked, and without what is
    /// secret.
    #[must_use]
    pub fn explain(&self, error: Error) -> Error
    where
        C: Clients,
    {
        self.secrets.error(self.with_limit(self.clients.explain(error)))
    }

    /// A text of this operation as it is told: without what is secret.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        self.secrets.text(text)
    }

    fn with_limit(&self, error: Error) -> Error {
        let passes = matches!(
            error.kind(),
            Kind::Busy | Kind::MaybeSent | Kind::Throttled | Kind::TimedOut | Kind::Unavailable
        );
        if !passes || Instant::now() < self.deadline() {
            return error;
        }
        let (limit, doing) = (human(self.deadline() - self.started()), self.doing);
        error.besides(format!(
            "The limit was {limit}; the resource option `customTimeouts.{doing}` sets a longer one"
        ))
    }

    /// Resolves when the engine asks us to stop.
    pub async fn cancelled(&self) {
        self.limits.cancel.cancelled().await;
    }

    /// Whether the engine has asked us to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.limits.cancel.is_cancelled()
    }

    /// Shows what is awaited, e.g. `waiting for the resource gateway: CREATE_IN_PROGRESS`; to be called after each look.
    pub fn status(&self, text: &str) {
        self.report.status(&self.urn, text);
    }

    /// Shows a warning under the resource.
    pub fn warn(&self, text: &str) {
        self.report.warn(&self.urn, text);
    }

    /// The client token of this create for the named API operation: stable while the same create is repeated in this process.
    #[must_use]
    pub fn client_token(&self, operation: &str) -> String {
        self.operations
            .token(&self.urn, &format!("{operation}\n{}", self.request))
    }

    /// The id that an earlier, failed attempt at this very create obtained in this process.
    #[must_use]
    pub fn resumed(&self) -> Option<String> {
        self.operations.resume(&self.urn, &self.request)
    }

    /// Whether the engine has named this id for the resource in this process, or this process made the object.
    #[must_use]
    pub fn knows(&self, id: &str) -> bool {
        self.operations.is_known(&self.urn, id)
    }

    /// Counts an id among those that [`Cx::knows`].
    pub fn know(&self, id: &str) {
        self.operations.recorded(&self.urn, id);
    }

    /// The rest of a create, from the moment that the service has given an id. Whatever fails or is cancelled in `finish` is
    /// reported with the id and `partial`, so that the engine records the object: the id cannot be lost.
    ///
    /// # Errors
    /// [`Failed::Partial`] with what `finish` failed with.
    pub async fn created<S, F>(&self, id: impl Into<String>, partial: S, finish: F) -> Result<Created<S>, Failed<S>>
    where
        F: Future<Output = Result<S, Error>>,
    {
        let id = id.into();
        self.operations.begun(&self.urn, &self.request, &id);
        let finished = tokio::select! {
            biased;
            finished = finish => finished,
            () = self.cancelled() => Err(Error::new(Kind::Cancelled, "cancelled before it was ready")),
        };
        match finished {
            Ok(state) => {
                self.operations.finished(&self.urn);
                Ok(Created { id, state })
            }
            Err(error) => Err(Failed::Partial {
                id,
                state: Box::new(partial),
                // One in a failed state has its own story.
                error: match error.kind() {
                    Kind::Failed | Kind::Bug => error,
                    _ => error.besides("What was made is recorded: the next `pulumi up` continues with it"),
                },
            }),
        }
    }
}

/// A finished create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created<S> {
    /// The id of the object.
    pub id: String,
    /// Its computed properties.
    pub state: S,
}
