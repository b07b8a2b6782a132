//! Which requests are sent again: creates with a client token, and deletes.

use std::future::Future;
use std::sync::Mutex;
use std::time::Duration;

use pulumi_provider::error::{Error, Kind};
use pulumi_provider::lock::lock;
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use super::{Wait, retry};
use crate::aws::Aws;

/// How long something that was made a moment ago may be unknown to another service.
const UNKNOWN: Duration = Duration::from_secs(30);

/// Repeats a create until it is known what came of it, or the operation has to end. AWS answers a repetition with the object
/// that the first one made if it carries a client token, so that no lookup is needed when an answer was lost.
///
/// # Errors
/// The service's own error, [`Kind::MaybeSent`] if it still is not known.
pub async fn repeat_create<T, F, Fut>(cx: &Cx<Aws>, what: &str, call: F) -> Result<T, Error>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, Error>>,
{
    let began = Instant::now();
    let last = Mutex::<Option<Error>>::new(None);
    let again = |error: &Error| {
        let repeat = match error.kind() {
            Kind::MaybeSent | Kind::Unavailable | Kind::Busy => true,
            // What it refers to may have been made by the same `pulumi up`.
            Kind::NotFound => began.elapsed() < UNKNOWN,
            _ => false,
        };
        let mut last = lock(&last);
        // What was sent and not answered stays in doubt, whatever is answered later.
        let settled = |last: &Error| last.kind() != Kind::MaybeSent || error.kind() == Kind::MaybeSent;
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
        Err(error) if matches!(error.kind(), Kind::TimedOut | Kind::Cancelled) => error,
        done => return done,
    };
    let last = lock(&last).take();
    let cause = match last {
        // What the service said last says more than that it was repeated. Who cancels has to know of an object that may exist,
        // and of nothing else.
        Some(cause) if error.kind() == Kind::TimedOut || cause.kind() == Kind::MaybeSent => cause,
        _ => error,
    };
    Err(match cause.kind() {
        Kind::MaybeSent => cause
            .advise("AWS may have made it nevertheless: look for its name in AWS, and delete or import what is there"),
        _ => cause,
    })
}

/// Whether a delete is worth repeating: something still stands in its way, or nobody knows whether it arrived. It does no harm
/// when it arrives twice.
#[must_use]
pub fn delete_again(error: &Error) -> bool {
    matches!(error.kind(), Kind::Busy) || delete_lost(error)
}

/// Whether nobody knows if a delete arrived.
#[must_use]
pub fn delete_lost(error: &Error) -> bool {
    matches!(error.kind(), Kind::MaybeSent | Kind::Unavailable)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::aws::testing;

    #[tokio::test(start_paused = true)]
    async fn a_create_in_doubt_stays_in_doubt() {
        let cx = testing::cx(testing::aws());
        let calls = Cell::new(0);
        let create = || async {
            calls.set(calls.get() + 1);
            let (kind, text) = match calls.get() {
                1 => (Kind::MaybeSent, "no answer"),
                _ => (Kind::Unavailable, "HTTP 503"),
            };
            Err::<(), _>(Error::new(kind, text))
        };
        let error = repeat_create(&cx, "AWS to accept it", create).await.unwrap_err();
        assert!(calls.get() > 2);
        assert_eq!((error.kind(), error.message()), (Kind::MaybeSent, "no answer"));
        assert!(
            error.to_string().contains("AWS may have made it nevertheless"),
            "{error}"
        );
    }
}
