//! Code that resource gateways and resource configurations share: waits, failed statuses and tags of VPC Lattice objects.

pub(super) mod orphans;
pub(super) mod tags;

use std::sync::Mutex;
use std::time::Duration;

use aws_smithy_types::DateTime;
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::lock::lock;
use pulumi_provider::property::Value;
use pulumi_provider::resource::Resource;
use pulumi_provider::resource::changes::{Change, ChangeKind, Changes};
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use crate::aws::Aws;
use crate::aws::wait::{self, Look, Wait};

/// How long reads may not show a new object.
const INVISIBLE_FOR: Duration = Duration::from_secs(60);
/// How long reads may be stale after an update.
const STALE_FOR: Duration = Duration::from_secs(30);

/// A VPC Lattice object, as a Get call returns it.
pub(super) trait Shown: Clone {
    fn status(&self) -> &str;
    fn arn(&self) -> Option<&str>;
    fn last_updated_at(&self) -> Option<DateTime>;
}

/// The outputs that each read of an object updates.
pub(super) trait Seen {
    fn status(&mut self) -> &mut Option<String>;
    fn arn(&mut self) -> &mut Option<String>;
}

/// How a wait begins: after a create, before an update or after it.
pub(super) enum Expect<'a, L> {
    /// The object was just created.
    New,
    /// The object exists and was read like this. It may be in any status from which an update can start.
    Existing(&'a L),
    /// The object was updated.
    Updated {
        /// Reports whether a read shows what the update sent.
        shows: &'a (dyn Fn(&L) -> bool + Sync),
        /// The time of the update before this one: UPDATE_FAILED with this time may come from a stale read.
        before: Option<DateTime>,
    },
}

impl<L: Shown> Expect<'_, L> {
    /// Reports whether a read shows the object as it was before the update.
    fn has_seen(&self, live: &L) -> bool {
        matches!(self, Self::Updated { before, .. } if *before == live.last_updated_at())
    }

    /// Reports whether a read does not show the update yet.
    fn is_stale(&self, live: &L) -> bool {
        matches!(self, Self::Updated { shows, .. } if !shows(live))
    }
}

/// Waits until the object is ACTIVE, CREATE_FAILED or UPDATE_FAILED. The caller turns the two failures into errors. Each read
/// updates `seen`.
pub(super) async fn settled<R>(
    cx: &Cx<Aws>,
    id: &str,
    expect: &Expect<'_, R::Live>,
    seen: &Mutex<R::State>,
    deadline: Instant,
) -> Result<R::Live, Error>
where
    R: Resource<Clients = Aws>,
    R::Live: Shown,
    R::State: Seen,
{
    let was_active = lock(seen).status().as_deref() == Some("ACTIVE");
    // After a creation, the status changes back and forth for a while: one ACTIVE is enough only if ACTIVE was recorded before.
    let needed = if matches!(expect, Expect::Existing(_)) && was_active {
        1
    } else {
        2
    };
    if let Expect::Existing(live) = expect
        && (live.status() == "UPDATE_FAILED" || (needed == 1 && live.status() == "ACTIVE"))
    {
        return Ok(R::Live::clone(live));
    }
    let what = format!("the {} to become active", R::NOUN);
    let wait = Wait { what: &what, deadline };
    let began = Instant::now();
    let mut active = 0;
    let judge = |looked: Result<Option<R::Live>, Error>| {
        let live = match looked {
            Err(error) => return Look::Failed(error),
            Ok(Some(live)) => live,
            Ok(None) if matches!(expect, Expect::New) && began.elapsed() < INVISIBLE_FOR => {
                return Look::Pending("not visible yet".to_owned());
            }
            Ok(None) => return Look::Failed(vanished(R::NOUN, id)),
        };
        note(&mut *lock(seen), &live);
        let status = live.status().to_owned();
        let is_stale = expect.is_stale(&live);
        active = if status == "ACTIVE" && !is_stale { active + 1 } else { 0 };
        match status.as_str() {
            "ACTIVE" if active < needed => Look::Pending("ACTIVE, to be confirmed".to_owned()),
            "UPDATE_FAILED" if expect.has_seen(&live) && began.elapsed() < STALE_FOR => Look::Pending(status),
            "ACTIVE" | "CREATE_FAILED" | "UPDATE_FAILED" => Look::Ready(live),
            "CREATE_IN_PROGRESS" | "UPDATE_IN_PROGRESS" => Look::Pending(status),
            "DELETE_IN_PROGRESS" | "DELETE_FAILED" => Look::Failed(
                Error::new(
                    ErrorKind::Failed,
                    format!("{} {id} is being deleted by someone else ({status})", R::NOUN),
                )
                .advise("Run `pulumi refresh` when it is gone"),
            ),
            other => Look::Failed(Error::new(
                ErrorKind::Failed,
                format!("{} {id} is in state {other}", R::NOUN),
            )),
        }
    };
    wait::until(cx, wait, &|| R::find(cx, id), judge).await
}

fn note(seen: &mut impl Seen, live: &impl Shown) {
    *seen.status() = Some(live.status().to_owned());
    if let Some(arn) = live.arn() {
        *seen.arn() = Some(arn.to_owned());
    }
}

fn vanished(noun: &str, id: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("{noun} {id} does not exist any more"))
        .advise("Run `pulumi refresh` to remove it from the state, then `pulumi up` to create a new one")
}

/// Adds a failed status to the diff: an object that is CREATE_FAILED is replaced, because it never recovers; for one that is
/// UPDATE_FAILED, the update is sent again.
pub(super) fn diff_failed_status(changes: &mut Changes<'_>) {
    let (replace, cause) = match changes.old_state.get("status").and_then(Value::as_str) {
        Some("CREATE_FAILED") => (true, "it is CREATE_FAILED, and an update cannot repair it"),
        Some("UPDATE_FAILED") => (false, "it is UPDATE_FAILED, so the update is sent again"),
        _ => return,
    };
    let change = Change {
        kind: ChangeKind::Update,
        replace,
        input: false,
    };
    changes.record("status", change);
    changes.because("status", cause);
    // No other object refers to one that never worked. So it can be deleted first, which frees a name that the program sets.
    changes.delete_first = replace && changes.named_by_user && !changes.touches("name");
}
