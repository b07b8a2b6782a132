//! The context of one operation: everything that resource code needs besides its inputs.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::limits::{Limits, OperationKind, human};
use super::sent::Sent;
use crate::error::{Error, ErrorKind, Failed};
use crate::resource::Clients;
use crate::resource::memory::ProcessMemory;
use crate::resource::redaction::Redaction;
use crate::urn::Urn;

/// Receives the messages for the user while an operation runs. In production it is the engine's log.
pub trait Report: Send + Sync {
    /// Shows what the operation is waiting for, on the resource's row. The implementation limits how often. An empty text
    /// clears the row.
    fn status(&self, urn: &Urn, text: &str);
    /// Shows a message on the resource's row, from the start of an operation until the first status.
    fn announce(&self, urn: &Urn, text: &str);
    /// Shows a message under the resource; the diagnostics keep it.
    fn note(&self, urn: &Urn, text: &str);
    /// Shows a warning under the resource; the diagnostics keep it.
    fn warn(&self, urn: &Urn, text: &str);
    /// Shows an error under the resource; the diagnostics keep it. The command goes on: something else has to fail.
    fn error(&self, urn: &Urn, text: &str);
    /// Shows a warning about the whole stack; the diagnostics keep it.
    fn warn_stack(&self, text: &str);
}

/// A report that discards everything, for code that runs without an engine.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Report for Silent {
    fn status(&self, _: &Urn, _: &str) {}
    fn announce(&self, _: &Urn, _: &str) {}
    fn note(&self, _: &Urn, _: &str) {}
    fn warn(&self, _: &Urn, _: &str) {}
    fn error(&self, _: &Urn, _: &str) {}
    fn warn_stack(&self, _: &str) {}
}

/// A report that removes secrets from each message before it passes the message on.
pub struct Redacted {
    report: Arc<dyn Report>,
    secrets: Redaction,
}

impl Redacted {
    /// Creates a report that passes messages on to `report` without these secrets.
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

    fn error(&self, urn: &Urn, text: &str) {
        self.report.error(urn, &self.secrets.text(text));
    }

    fn warn_stack(&self, text: &str) {
        self.report.warn_stack(&self.secrets.text(text));
    }
}

/// The context of one Create, Read, Update or Delete.
///
/// # Deadline and cancellation
/// [`Cx::cancelled`] resolves when the engine asks the provider to stop. A wait then fails with [`ErrorKind::Cancelled`], and at
/// the deadline with [`ErrorKind::TimedOut`]. Calls inside [`Cx::run`] obey both without further code: no request is sent again,
/// and a request in flight gets a few more seconds, because otherwise the id in its answer would be lost.
pub struct Cx<C> {
    clients: Arc<C>,
    urn: Urn,
    doing: OperationKind,
    limits: Arc<Limits>,
    report: Redacted,
    memory: Arc<ProcessMemory>,
    secrets: Redaction,
    /// The checked inputs in canonical text. Client tokens and resumed creates use it to recognize the same request.
    request: String,
}

/// The parts of a [`Cx`].
pub struct CxParts<C> {
    /// The configured clients of the provider instance.
    pub clients: Arc<C>,
    /// The resource.
    pub urn: Urn,
    /// The kind of operation.
    pub doing: OperationKind,
    /// How long the operation may take: the user's custom timeout, or else the resource's own limit.
    pub limit: Duration,
    /// Fires when the engine cancels.
    pub cancel: CancellationToken,
    /// The receiver of messages for the user.
    pub report: Arc<dyn Report>,
    /// The records of this provider instance's operations.
    pub memory: Arc<ProcessMemory>,
    /// The secrets that no message may contain.
    pub secrets: Redaction,
    /// The inputs of this operation in canonical text. It may contain secrets, so it is only ever hashed.
    pub request: String,
}

impl<C> Cx<C> {
    /// Creates a context. The operation's time starts now.
    #[must_use]
    pub fn new(parts: CxParts<C>) -> Self {
        let CxParts {
            clients,
            urn,
            doing,
            limit,
            cancel,
            report,
            memory,
            secrets,
            request,
        } = parts;
        Self {
            clients,
            urn,
            doing,
            limits: Arc::new(Limits::new(limit, cancel)),
            report: Redacted::new(report, secrets.clone()),
            memory,
            secrets,
            request,
        }
    }

    /// Returns the clients of the configured provider.
    #[must_use]
    pub fn clients(&self) -> &C {
        &self.clients
    }

    /// Returns the resource's URN.
    #[must_use]
    pub const fn urn(&self) -> &Urn {
        &self.urn
    }

    /// Runs the operation: everything that it calls obeys the deadline and the cancellation.
    pub async fn run<F: Future>(&self, operation: F) -> F::Output {
        self.limits.clone().rule(operation).await
    }

    /// Returns the time at which this operation must end.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.limits.deadline
    }

    /// Returns the time at which this operation began.
    #[must_use]
    pub fn started(&self) -> Instant {
        self.limits.started
    }

    /// Returns the record of the requests that this operation has sent and that may have changed something.
    #[must_use]
    pub fn sent(&self) -> &Sent {
        self.limits.sent()
    }

    /// Prepares an error of this operation for the user: adds the advice of the clients, adds how to set a longer limit if
    /// the operation ran out of time, and removes secrets.
    #[must_use]
    pub fn explain(&self, error: Error) -> Error
    where
        C: Clients,
    {
        self.secrets.error(self.with_limit(self.clients.explain(error)))
    }

    /// Removes the secrets of this operation from a text.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        self.secrets.text(text)
    }

    fn with_limit(&self, error: Error) -> Error {
        let passes = matches!(
            error.kind(),
            ErrorKind::Busy
                | ErrorKind::MaybeSent
                | ErrorKind::Throttled
                | ErrorKind::TimedOut
                | ErrorKind::Unavailable
        );
        if !passes || Instant::now() < self.deadline() {
            return error;
        }
        let (limit, doing) = (human(self.deadline() - self.started()), self.doing);
        error.besides(format!(
            "The limit was {limit}; the resource option `customTimeouts.{doing}` sets a longer one"
        ))
    }

    /// Waits until the engine asks the provider to stop.
    pub async fn cancelled(&self) {
        self.limits.cancel.cancelled().await;
    }

    /// Returns the token that fires when the engine asks the provider to stop.
    #[must_use]
    pub fn cancellation(&self) -> CancellationToken {
        self.limits.cancel.clone()
    }

    /// Reports whether the engine has asked the provider to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.limits.cancel.is_cancelled()
    }

    /// Makes reads on which nothing depends, within a limit of their own: the operation's deadline may be over. Returns `None` if the
    /// limit is reached, or the engine asks the provider to stop.
    pub async fn aside<T>(&self, limit: Duration, reads: impl Future<Output = T>) -> Option<T> {
        let limits = Arc::new(Limits::new(limit, self.cancellation()));
        tokio::select! {
            biased;
            () = self.cancelled() => None,
            done = tokio::time::timeout(limit, limits.rule(reads)) => done.ok(),
        }
    }

    /// Shows what the operation is waiting for, e.g. `waiting for the resource gateway: CREATE_IN_PROGRESS`. Call it after
    /// each poll.
    pub fn status(&self, text: &str) {
        self.report.status(&self.urn, text);
    }

    /// Shows a warning under the resource.
    pub fn warn(&self, text: &str) {
        self.report.warn(&self.urn, text);
    }

    /// Returns the client token of this create for the named API operation. The token stays the same while the same create is
    /// repeated in this process.
    #[must_use]
    pub fn client_token(&self, operation: &str) -> String {
        self.memory.token(&self.urn, &format!("{operation}\n{}", self.request))
    }

    /// Returns the id that an earlier, failed attempt at the same create obtained in this process.
    #[must_use]
    pub fn resumed(&self) -> Option<String> {
        self.memory.resume(&self.urn, &self.request)
    }

    /// Reports whether the engine has sent this id for the resource in this process, or this process created the object.
    #[must_use]
    pub fn knows(&self, id: &str) -> bool {
        self.memory.is_known(&self.urn, id)
    }

    /// Adds an id to those that [`Cx::knows`].
    pub fn know(&self, id: &str) {
        self.memory.recorded(&self.urn, id);
    }

    /// Runs the rest of a create (`finish`), after the service has given an id. If `finish` fails or is canceled, the error
    /// contains the id and `partial`, so that the engine records the object and the id is not lost.
    ///
    /// # Errors
    /// [`Failed::Partial`] with the error of `finish`, or with [`ErrorKind::Cancelled`].
    pub async fn created<S, F>(&self, id: impl Into<String>, partial: S, finish: F) -> Result<Created<S>, Failed<S>>
    where
        F: Future<Output = Result<S, Error>>,
    {
        let id = id.into();
        self.memory.begun(&self.urn, &self.request, &id);
        let finished = tokio::select! {
            biased;
            finished = finish => finished,
            () = self.cancelled() => Err(Error::new(ErrorKind::Cancelled, "canceled before the object was ready")),
        };
        match finished {
            Ok(state) => {
                self.memory.finished(&self.urn);
                Ok(Created { id, state })
            }
            Err(error) => Err(Failed::Partial {
                id,
                state: Box::new(partial),
                // Errors about a failed state and bugs have advice of their own.
                error: match error.kind() {
                    ErrorKind::Failed | ErrorKind::Bug => error,
                    _ => {
                        error.besides("The new object is recorded in the state: the next `pulumi up` continues with it")
                    }
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
