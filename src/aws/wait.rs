//! Waiting for AWS: the loop that looks at an object, judges its state and pauses.
//!
//! A wait ends when the object is ready, when it is in a failed state, at the deadline, or when the engine cancels. The
//! [`ErrorKind`] of the error tells these apart. A look that fails for a transient reason (throttling, 5xx, a lost answer) counts as
//! "not yet".

pub mod limiter;
pub mod poller;
pub mod repeat;
pub(super) mod sdk_limits;

use std::future::Future;
use std::time::Duration;

use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::context::Cx;
use pulumi_provider::resource::limits::human;
use tokio::time::Instant;

use super::Aws;

/// How long a new object may be unknown to other EC2 calls
/// (<https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html>).
pub const EC2_UNKNOWN_FOR: Duration = Duration::from_secs(60);

/// How long the last look may take after the deadline.
const LAST_LOOK: Duration = Duration::from_secs(30);

/// What a wait is for, and its deadline.
#[derive(Clone, Copy, Debug)]
pub struct Wait<'a> {
    /// The end of the sentence "waiting for …", such as `the endpoint vpce-1 to become available`.
    pub what: &'a str,
    /// When to give up.
    pub deadline: Instant,
}

/// The judgment of a look.
#[derive(Clone, Debug, PartialEq)]
pub enum Look<T> {
    /// The awaited state is reached.
    Ready(T),
    /// The awaited state is not reached yet; the text is the state that was seen.
    Pending(String),
    /// The awaited state will not be reached: a failed state, or an error that does not pass.
    Failed(Error),
}

/// The source of looks: a closure that calls the service, or a shared poller.
pub trait Source<S>: Sync {
    /// Reads the current state.
    fn look(&self) -> impl Future<Output = Result<S, Error>> + Send;

    /// Resolves when another watch's look brings news about this object. By default, never.
    fn news(&self) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }
}

impl<S, F, Fut> Source<S> for F
where
    F: Fn() -> Fut + Sync,
    Fut: Future<Output = Result<S, Error>> + Send,
{
    fn look(&self) -> impl Future<Output = Result<S, Error>> + Send {
        self()
    }
}

/// Looks until `judge` returns [`Look::Ready`] or [`Look::Failed`]. The first look comes after the schedule's first pause.
///
/// # Errors
/// [`ErrorKind::TimedOut`], which names what was awaited and the last seen state; [`ErrorKind::Cancelled`]; the error of
/// [`Look::Failed`].
pub async fn until<S, T>(
    cx: &Cx<Aws>,
    wait: Wait<'_>,
    source: &impl Source<S>,
    mut judge: impl FnMut(Result<S, Error>) -> Look<T>,
) -> Result<T, Error> {
    let mut pauses = Pauses::new(cx, wait);
    // The object's last state, and the same with the error of a failed look since.
    let mut seen = None;
    let mut shown = String::from("nothing yet");
    loop {
        let last = match pauses.next(source.news()).await? {
            Pause::Over => false,
            Pause::DeadlinePassed => true,
        };
        let looked = tokio::select! {
            biased;
            looked = source.look() => looked,
            () = cx.cancelled() => return Err(cancelled(wait)),
            // The SDK can retry a call for minutes.
            () = tokio::time::sleep_until(wait.deadline.max(Instant::now()) + LAST_LOOK) => {
                return Err(timed_out(cx, wait, &shown));
            }
        };
        shown = match looked {
            Err(error) if passes(&error) => match &seen {
                Some(state) => format!("{state}; the last read failed: {}", error.message()),
                None => format!("nothing, because every read failed: {}", error.message()),
            },
            looked => match judge(looked) {
                Look::Ready(value) => return Ok(value),
                Look::Failed(error) => return Err(error),
                Look::Pending(state) => {
                    seen = Some(state.clone());
                    state
                }
            },
        };
        if last {
            return Err(timed_out(cx, wait, &shown));
        }
        cx.status(&format!("waiting for {}: {shown}", wait.what));
    }
}

/// Makes a call, and repeats it by the schedule as long as it is throttled or `again` accepts its error. A throttled call is
/// always repeated, because AWS did not carry it out.
///
/// # Errors
/// The first error that is not to be repeated; at the deadline the last error, as [`ErrorKind::TimedOut`] with its code;
/// [`ErrorKind::Cancelled`] (never while a call is in flight).
pub async fn retry<T, F, Fut>(
    cx: &Cx<Aws>,
    wait: Wait<'_>,
    mut call: F,
    again: impl Fn(&Error) -> bool,
) -> Result<T, Error>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, Error>>,
{
    let mut pauses = Pauses::new(cx, wait);
    let mut last = false;
    loop {
        let error = match call().await {
            Err(error) if error.kind() == ErrorKind::Throttled || again(&error) => error,
            done => return done,
        };
        // Then the wait is for AWS itself, and not for the state that `wait.what` names.
        let passes = passes(&error);
        if last && passes {
            let limit = human(wait.deadline.duration_since(cx.started()));
            return Err(error
                .with_kind(ErrorKind::TimedOut)
                .context(format!("gave up after {limit}")));
        }
        if last {
            return Err(timed_out(cx, wait, error.message()).after(error));
        }
        cx.status(&match passes {
            true => format!("trying again: {}", error.message()),
            false => format!("waiting for {}: {}", wait.what, error.message()),
        });
        last = matches!(pauses.next(std::future::pending()).await?, Pause::DeadlinePassed);
    }
}

struct Pauses<'a> {
    cx: &'a Cx<Aws>,
    wait: Wait<'a>,
    began: Instant,
    looks: u32,
}

enum Pause {
    Over,
    /// One last look follows: the object may have become ready during the pause.
    DeadlinePassed,
}

impl<'a> Pauses<'a> {
    fn new(cx: &'a Cx<Aws>, wait: Wait<'a>) -> Self {
        Self {
            cx,
            wait,
            began: Instant::now(),
            looks: 0,
        }
    }

    async fn next(&mut self, news: impl Future<Output = ()>) -> Result<Pause, Error> {
        let pause = self.cx.clients().schedule().pause(self.looks, self.began.elapsed());
        self.looks = self.looks.saturating_add(1);
        let jitter = 0.9 + 0.2 * fastrand::f64();
        let due = Instant::now() + pause.mul_f64(jitter);
        tokio::select! {
            biased;
            () = self.cx.cancelled() => Err(cancelled(self.wait)),
            () = news => Ok(Pause::Over),
            () = tokio::time::sleep_until(due.min(self.wait.deadline)) => {
                Ok(if due < self.wait.deadline { Pause::Over } else { Pause::DeadlinePassed })
            }
        }
    }
}

/// Reports whether an error of a look is transient, and so shows nothing about the object.
fn passes(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Throttled | ErrorKind::Unavailable | ErrorKind::MaybeSent
    )
}

fn cancelled(wait: Wait<'_>) -> Error {
    Error::new(
        ErrorKind::Cancelled,
        format!("canceled while waiting for {}", wait.what),
    )
}

fn timed_out(cx: &Cx<Aws>, wait: Wait<'_>, seen: &str) -> Error {
    let limit = human(wait.deadline.duration_since(cx.started()));
    Error::new(
        ErrorKind::TimedOut,
        format!("waited {limit} for {}; last seen: {seen}", wait.what),
    )
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::aws::testing;

    /// Returns a source that counts its looks.
    fn counter(looks: &AtomicU32) -> impl Source<u32> + '_ {
        move || async move { Ok(looks.fetch_add(1, Ordering::Relaxed)) }
    }

    fn wait(cx: &Cx<Aws>, seconds: u64) -> Wait<'static> {
        Wait {
            what: "the thing to become ready",
            deadline: cx.started() + Duration::from_secs(seconds),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_polls_until_the_object_is_ready() {
        let (cx, looks) = (testing::cx(testing::aws()), AtomicU32::new(0));
        let source = counter(&looks);
        let ready = until(&cx, wait(&cx, 900), &source, |seen| match seen {
            Ok(4) => Look::Ready("done"),
            seen => Look::Pending(format!("{seen:?}")),
        });
        assert_eq!(ready.await, Ok("done"));
        let elapsed = cx.started().elapsed().as_secs_f64();
        // 0.5 + 0.625 + 0.78 + 0.98 + 1.22 s, plus or minus the jitter.
        assert!((3.6..4.6).contains(&elapsed), "{elapsed}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_ends_at_the_deadline_with_the_last_state() {
        let (cx, looks) = (testing::cx(testing::aws()), AtomicU32::new(0));
        let source = counter(&looks);
        let never = until(&cx, wait(&cx, 90), &source, |_| {
            Look::<()>::Pending("pending".to_owned())
        });
        let error = never.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(cx.started().elapsed().as_secs(), 90);
        insta::assert_snapshot!(
            error,
            @"waited 1 min 30 s for the thing to become ready; last seen: pending"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn transient_errors_do_not_end_a_wait() {
        let (cx, looks) = (testing::cx(testing::aws()), AtomicU32::new(0));
        let source = || async {
            match looks.fetch_add(1, Ordering::Relaxed) {
                0 => Err(Error::new(ErrorKind::Throttled, "slow down")),
                1 => Err(Error::new(ErrorKind::Unavailable, "down")),
                _ => Err(Error::new(ErrorKind::Denied, "no")),
            }
        };
        let failed = until(&cx, wait(&cx, 900), &source, |seen: Result<(), Error>| match seen {
            Ok(()) => Look::Ready(()),
            Err(error) => Look::Failed(error),
        });
        assert_eq!(failed.await.unwrap_err().kind(), ErrorKind::Denied);
        assert_eq!(looks.load(Ordering::Relaxed), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_ends_at_once_when_canceled() {
        let cancel = CancellationToken::new();
        let (cx, looks) = (testing::cancellable(testing::aws(), cancel.clone()), AtomicU32::new(0));
        let source = counter(&looks);
        let (error, ()) = tokio::join!(
            until(&cx, wait(&cx, 900), &source, |_| Look::<()>::Pending(
                "pending".to_owned()
            )),
            async {
                tokio::time::sleep(Duration::from_secs(60)).await;
                cancel.cancel();
            }
        );
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Cancelled);
        assert_eq!(cx.started().elapsed().as_secs(), 60);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_is_repeated_while_its_error_is_retryable() {
        let (cx, calls) = (testing::cx(testing::aws()), AtomicU32::new(0));
        let busy = |error: &Error| error.kind() == ErrorKind::Busy;
        let call = || async {
            match calls.fetch_add(1, Ordering::Relaxed) {
                0 => Err(Error::new(ErrorKind::Busy, "in use").with_code("DependencyViolation")),
                1 => Err(Error::new(ErrorKind::Throttled, "slow down")),
                2 => Ok("deleted"),
                _ => Err(Error::new(ErrorKind::Invalid, "no")),
            }
        };
        assert_eq!(retry(&cx, wait(&cx, 900), call, busy).await, Ok("deleted"));
        let error = retry(&cx, wait(&cx, 900), call, busy).await.unwrap_err();
        assert_eq!((error.kind(), calls.load(Ordering::Relaxed)), (ErrorKind::Invalid, 4));
        let always = || async { Err::<(), _>(Error::new(ErrorKind::Busy, "in use").with_code("DependencyViolation")) };
        let error = retry(&cx, wait(&cx, 900), always, busy).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::TimedOut, "DependencyViolation")
        );
    }
}
