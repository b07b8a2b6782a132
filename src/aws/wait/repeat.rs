//! Repetition of requests: creates with a client token, and deletes.

use std::future::Future;
use std::sync::Mutex;
use std::time::Duration;

use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::lock::lock;
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use super::{Wait, retry};
use crate::aws::Aws;

/// How long another service may not know an object that was just created.
const UNKNOWN_FOR: Duration = Duration::from_secs(30);

/// Repeats a create until its outcome is known or the operation has to end. If the create carries a client token, AWS answers a
/// repeated request with the object that the first one created. So a lost answer needs no look-up.
///
/// # Errors
/// The service's error; [`ErrorKind::MaybeSent`] if the outcome is still unknown.
pub async fn repeat_create<T, F, Fut>(cx: &Cx<Aws>, what: &str, call: F) -> Result<T, Error>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, Error>>,
{
    let began = Instant::now();
    let last = Mutex::<Option<Error>>::new(None);
    let again = |error: &Error| {
        let repeat = match error.kind() {
            ErrorKind::MaybeSent | ErrorKind::Unavailable | ErrorKind::Busy => true,
            // The same `pulumi up` may just have created the object that the request refers to.
            ErrorKind::NotFound => began.elapsed() < UNKNOWN_FOR,
            _ => false,
        };
        let mut last = lock(&last);
        // A request that was sent and not answered stays in doubt, whatever later requests return.
        let settled = |last: &Error| last.kind() != ErrorKind::MaybeSent || error.kind() == ErrorKind::MaybeSent;
        if repeat && last.as_ref().is_none_or(settled) {
            *last = Some(error.clone());
        }
        repeat
    };
    let wait = Wait {
        what,
        deadline: cx.deadline(),
    };
    let error = match retry(cx, wait, call, again).await {
        Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Cancelled) => error,
        done => return done,
    };
    let last = lock(&last).take();
    let cause = match last {
        // The service's last error explains more than that the time is over. On cancellation, report only an object that may
        // exist.
        Some(cause) if error.kind() == ErrorKind::TimedOut || cause.kind() == ErrorKind::MaybeSent => cause,
        _ => error,
    };
    Err(match cause.kind() {
        ErrorKind::MaybeSent => {
            cause.advise("AWS may have created the object anyway: look for it in AWS, and delete or import it")
        }
        _ => cause,
    })
}

/// Reports whether to repeat a delete: something is still in its way, or it is unknown whether it arrived. A delete that
/// arrives twice does no harm.
#[must_use]
pub fn delete_again(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Busy) || delete_lost(error)
}

/// Reports whether it is unknown if a delete arrived.
#[must_use]
pub fn delete_lost(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::MaybeSent | ErrorKind::Unavailable)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::aws::testing;

    #[tokio::test(start_paused = true)]
    async fn later_errors_do_not_hide_that_a_create_may_have_succeeded() {
        let cx = testing::cx(testing::aws());
        let calls = Cell::new(0);
        let create = || async {
            calls.set(calls.get() + 1);
            let (kind, text) = match calls.get() {
                1 => (ErrorKind::MaybeSent, "no answer"),
                _ => (ErrorKind::Unavailable, "HTTP 503"),
            };
            Err::<(), _>(Error::new(kind, text))
        };
        let error = repeat_create(&cx, "AWS to accept it", create).await.unwrap_err();
        assert!(calls.get() > 2);
        assert_eq!((error.kind(), error.message()), (ErrorKind::MaybeSent, "no answer"));
        assert!(
            error.to_string().contains("AWS may have created the object anyway"),
            "{error}"
        );
    }
}
