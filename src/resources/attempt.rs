//! Creating with a client token, and what is made of an object of VPC Lattice that failed half-way.

use std::future::Future;
use std::sync::Mutex;
use std::time::Duration;

use pulumi_provider::error::{Error, Failed, Kind};
use pulumi_provider::lock::lock;
use pulumi_provider::property::Value;
use pulumi_provider::resource::changes::{Change, ChangeKind, Changes};
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use crate::aws::Aws;
use crate::aws::wait::{self, Wait};

/// How long something that was made a moment ago may be unknown to another service.
const UNKNOWN: Duration = Duration::from_secs(30);

/// What to do about a name that this very resource's own object has: only the engine knows whether that is being replaced, and
/// where the user forces a replacement it does not say so.
pub(super) fn explain_own_name(cx: &Cx<Aws>, id: &str) -> String {
    let keep = "change `name`, or set the resource option `deleteBeforeReplace`";
    if cx.knows(id) {
        return format!("{id} has this name and is being replaced: {keep}");
    }
    format!(
        "{id} has this name and was made for this very resource. If it is being replaced, {keep}. If an interrupted run left \
         it behind, delete it or import it with `pulumi import {} {} {id}`",
        cx.urn().type_token(),
        cx.urn().name()
    )
}

/// What to do about a name that another object has, of which no tag says that it was made for this resource.
pub(super) fn explain_taken_name(cx: &Cx<Aws>, id: &str) -> String {
    let advice = format!(
        "{id} has this name: choose another `name`, or import it with `pulumi import {} {} {id}`",
        cx.urn().type_token(),
        cx.urn().name()
    );
    if cx.clients().tagging().marks_what_is_made() {
        return advice;
    }
    format!(
        "{advice}. It may be of an interrupted run or of a create whose answer was lost: nothing tells, since the provider's \
         `ownershipTags` is false"
    )
}

/// Repeats a create until it is known what came of it, or the operation has to end. AWS answers a repetition with the object
/// that the first one made if it carries a client token, so that no lookup is needed when an answer was lost.
///
/// # Errors
/// The service's own error, [`Kind::MaybeSent`] if it still is not known.
pub(super) async fn repeat_create<T, F, Fut>(cx: &Cx<Aws>, what: &str, call: F) -> Result<T, Error>
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
    let error = match wait::retry(cx, wait, call, again).await {
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
pub(super) fn delete_again(error: &Error) -> bool {
    matches!(error.kind(), Kind::Busy) || delete_lost(error)
}

/// Whether nobody knows if a delete arrived.
pub(super) fn delete_lost(error: &Error) -> bool {
    matches!(error.kind(), Kind::MaybeSent | Kind::Unavailable)
}

/// A create that failed half-way is recorded as it was last seen: the next Diff has to know a failed status.
pub(super) fn with_last_seen<S: Clone>(failed: Failed<S>, seen: &Mutex<S>) -> Failed<S> {
    match failed {
        Failed::Partial { id, error, .. } => Failed::Partial {
            id,
            state: Box::new(lock(seen).clone()),
            error,
        },
        not_created @ Failed::NotCreated(_) => not_created,
    }
}

/// For `Resource::diff`: an object whose creation failed is replaced, for it never recovers; a failed update is done again.
pub(super) fn diff_failed_status(changes: &mut Changes<'_>) {
    let (replace, cause) = match changes.old_state.get("status").and_then(Value::as_str) {
        Some("CREATE_FAILED") => (true, "it is CREATE_FAILED, and what never worked cannot be repaired"),
        Some("UPDATE_FAILED") => (false, "it is UPDATE_FAILED, and the update is made again"),
        _ => return,
    };
    let change = Change {
        kind: ChangeKind::Update,
        replace,
        input: false,
    };
    changes.record("status", change);
    changes.because("status", cause);
    // Nothing can refer to what never worked: a name that the program fixes can be freed first.
    changes.delete_first = replace && changes.named_by_user && !changes.touches("name");
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
