//! When a connection works. <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection-states.html>

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_types::DateTime;
use tokio::time::Instant;

use super::{ConnectionInputs, ConnectionState, Live, answer, explain, find, limit};
use crate::aws::Aws;
use crate::aws::wait::{self, Look, Wait};
use crate::cx::Cx;
use crate::error::{Error, Kind};

/// How long a new connection may be unknown to reads.
const INVISIBLE: Duration = Duration::from_secs(60);
/// A private connection passes through AUTHORIZED on its way to ACTIVE, but some stay there and work: after this long without any
/// change, and with its association, it counts as done.
const SETTLED: Duration = Duration::from_secs(75);

/// What happened to the connection that is awaited.
pub(super) enum After {
    /// It was created.
    Create,
    /// It was updated: what was seen before does not count.
    Update {
        /// The time that the update's answer gives: reads that show an earlier one are stale.
        modified: Option<DateTime>,
        /// The association that it leaves behind when it leads elsewhere.
        left: Option<String>,
    },
    /// Nothing: it may still be on its way from an operation before.
    Nothing,
}

/// The state as AWS writes it.
pub(super) fn state(live: &Live) -> &str {
    live.connection_state().map_or("UNKNOWN", |state| state.as_str())
}

/// Waits until the connection works. `seen` follows what the looks show.
pub(super) async fn ready(
    cx: &Cx<Aws>,
    inputs: &ConnectionInputs,
    after: After,
    seen: &Mutex<ConnectionState>,
) -> Result<Live, Error> {
    let wait = Wait {
        what: "the connection",
        deadline: cx.deadline(limit(inputs)),
    };
    let began = Instant::now();
    let mut settling: Option<(Instant, Option<DateTime>)> = None;
    let judge = |looked: Result<Option<Live>, Error>| {
        let live = match looked {
            Err(error) => return Look::Failed(error),
            Ok(Some(live)) => live,
            Ok(None) if matches!(after, After::Create) && began.elapsed() < INVISIBLE => {
                return Look::Pending("not visible yet".to_owned());
            }
            Ok(None) => return Look::Failed(vanished(&inputs.name)),
        };
        *seen.lock().unwrap_or_else(PoisonError::into_inner) = answer::state(&live);
        let state = state(&live).to_owned();
        if is_stale(&live, inputs, &after) {
            settling = None;
            return Look::Pending(state);
        }
        let since = match (&settling, state.as_str()) {
            (Some((since, modified)), "AUTHORIZED") if *modified == live.last_modified_time => *since,
            _ => Instant::now(),
        };
        settling = Some((since, live.last_modified_time));
        match state.as_str() {
            "ACTIVE" => Look::Ready(live),
            "AUTHORIZED" if inputs.resource_configuration_arn.is_none() => Look::Ready(live),
            "AUTHORIZED" => {
                let associated = answer::state(&live).resource_association_arn.is_some();
                if associated && since.elapsed() >= SETTLED {
                    Look::Ready(live)
                } else {
                    Look::Pending(state)
                }
            }
            "CREATING" | "UPDATING" | "AUTHORIZING" | "DEAUTHORIZING" => Look::Pending(state),
            _ => Look::Failed(explain::failed(&live, inputs)),
        }
    };
    wait::until(cx, wait, &|| find(cx, &inputs.name), judge).await
}

/// Whether a read shows the connection as it was before the update.
fn is_stale(live: &Live, inputs: &ConnectionInputs, after: &After) -> bool {
    let After::Update { modified, left } = after else {
        return false;
    };
    let early = matches!((live.last_modified_time(), modified), (Some(seen), Some(sent)) if seen < sent);
    let elsewhere = answer::configuration_arn(live) != inputs.resource_configuration_arn.as_deref();
    let still_there = left.is_some() && answer::state(live).resource_association_arn == *left;
    early || elsewhere || still_there
}

pub(super) fn vanished(name: &str) -> Error {
    Error::new(
        Kind::NotFound,
        format!("the connection \"{name}\" does not exist any more"),
    )
    .advise("Run `pulumi refresh`, then `pulumi up` makes a new one")
}
