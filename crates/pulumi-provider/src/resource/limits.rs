//! The time limits of the running operation, for code that has no [`Cx`](super::Cx): the SDK between a call and its answer,
//! and state that operations share. An operation runs in one task, so a task-local holds its limits.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::error::{Error, ErrorKind};
use crate::resource::sent::Sent;

/// How long a request in flight may still take when its operation has to end. If the client hangs up on a create, the new
/// object may be lost. Services answer within seconds.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// The kind of operation, as the resource option `customTimeouts` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    /// Creates an object.
    Create,
    /// Reads an object.
    Read,
    /// Updates an object.
    Update,
    /// Deletes an object.
    Delete,
}

impl fmt::Display for OperationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
        })
    }
}

tokio::task_local! {
    static UNDER_WAY: Arc<Limits>;
}

/// The time limits of an operation, and the requests that it has sent.
#[derive(Debug)]
pub struct Limits {
    pub(super) started: Instant,
    pub(super) deadline: Instant,
    pub(super) cancel: CancellationToken,
    /// How many requests of the operation are in flight: some run concurrently.
    in_flight: AtomicUsize,
    /// The requests that were sent and may have changed something.
    pub(super) sent: Sent,
}

/// A request in flight, from its creation until it is dropped.
#[derive(Debug)]
pub struct InFlight(Arc<Limits>);

impl InFlight {
    /// Counts a request of the operation with these limits as in flight.
    #[must_use]
    pub fn of(limits: Arc<Limits>) -> Self {
        limits.in_flight.fetch_add(1, Ordering::Relaxed);
        Self(limits)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Limits {
    pub(crate) fn new(limit: Duration, cancel: CancellationToken) -> Self {
        let started = Instant::now();
        Self {
            started,
            deadline: started + limit,
            cancel,
            in_flight: AtomicUsize::new(0),
            sent: Sent::default(),
        }
    }

    /// Returns the limits of the operation that this task runs, if it runs one.
    #[must_use]
    pub fn of_task() -> Option<Arc<Self>> {
        UNDER_WAY.try_with(Arc::clone).ok()
    }

    pub(crate) async fn rule<F: Future>(self: Arc<Self>, operation: F) -> F::Output {
        UNDER_WAY.scope(self, operation).await
    }

    /// Reports whether the operation has to end.
    #[must_use]
    pub fn are_reached(&self) -> bool {
        self.cancel.is_cancelled() || Instant::now() >= self.deadline
    }

    /// Returns the record of the requests that were sent and may have changed something.
    #[must_use]
    pub const fn sent(&self) -> &Sent {
        &self.sent
    }

    /// Sleeps for this long, but not beyond the deadline or a cancellation. A request in flight gets a few more seconds.
    pub async fn sleep(&self, duration: Duration) {
        let now = Instant::now();
        let end = (now + duration).min(self.last_moment());
        tokio::select! {
            () = sleep_until(end) => {}
            () = self.cancel.cancelled() => if self.in_flight.load(Ordering::Relaxed) > 0 {
                sleep_until(end.min(Instant::now() + ANSWER_TIMEOUT)).await;
            }
        }
    }

    fn last_moment(&self) -> Instant {
        self.deadline.max(Instant::now() + ANSWER_TIMEOUT)
    }
}

/// Waits for something that other operations may delay, such as a turn in a queue, but no longer than the operation of this
/// task may take. `what` completes the message "waiting for …".
///
/// # Errors
/// [`ErrorKind::TimedOut`] or [`ErrorKind::Cancelled`].
pub async fn within<T>(what: &str, waiting: impl Future<Output = T>) -> Result<T, Error> {
    let Some(limits) = Limits::of_task() else {
        return Ok(waiting.await);
    };
    tokio::select! {
        biased;
        done = waiting => Ok(done),
        () = limits.cancel.cancelled() => Err(Error::new(ErrorKind::Cancelled, format!("canceled while waiting for {what}"))),
        () = sleep_until(limits.last_moment()) => {
            let waited = human(limits.started.elapsed());
            Err(Error::new(ErrorKind::TimedOut, format!("waited {waited} for {what}")))
        }
    }
}

/// Formats a duration for people: `45 s`, `15 min`, `1 h 30 min`.
#[must_use]
pub fn human(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, 0) => format!("{m} min"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, 0, _) => format!("{h} h"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn slept(limits: &Limits, seconds: u64) -> f64 {
        let began = Instant::now();
        limits.sleep(Duration::from_secs(seconds)).await;
        began.elapsed().as_secs_f64().round()
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_end_at_the_deadline_with_a_grace_period() {
        let limits = Limits::new(Duration::from_secs(60), CancellationToken::new());
        assert_eq!(slept(&limits, 20).await, 20.0);
        assert_eq!(slept(&limits, 100).await, 40.0);
        assert!(limits.are_reached());
        assert_eq!(slept(&limits, 100).await, 5.0, "a last request is given a moment");
        assert_eq!(slept(&limits, 1).await, 1.0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancellation_ends_a_pause_at_once_and_a_request_soon() {
        for (in_flight, seconds) in [(false, 10.0), (true, 15.0)] {
            let limits = Arc::new(Limits::new(Duration::from_secs(900), CancellationToken::new()));
            let request = in_flight.then(|| InFlight::of(limits.clone()));
            // A concurrent request that ends first.
            drop(InFlight::of(limits.clone()));
            let cancel = async {
                tokio::time::sleep(Duration::from_secs(10)).await;
                limits.cancel.cancel();
            };
            assert_eq!(tokio::join!(slept(&limits, 60), cancel).0, seconds);
            drop(request);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_for_another_operation_ends_at_the_deadline() {
        let limits = Arc::new(Limits::new(Duration::from_secs(60), CancellationToken::new()));
        let waiting = within("a turn", std::future::pending::<()>());
        let error = limits.clone().rule(waiting).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::TimedOut, "waited 1 min for a turn")
        );
        let waiting = within("a turn", std::future::ready(1));
        assert_eq!(
            limits.rule(waiting).await,
            Ok(1),
            "what is there is taken, however late"
        );
    }

    #[test]
    fn durations_are_printed_in_hours_minutes_and_seconds() {
        let said = [45, 90, 900, 3600, 5400].map(|seconds| human(Duration::from_secs(seconds)));
        assert_eq!(said, ["45 s", "1 min 30 s", "15 min", "1 h", "1 h 30 min"]);
    }
}
