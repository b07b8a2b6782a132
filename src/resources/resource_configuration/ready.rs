//! Looks up a resource configuration and waits until it is ready.

use std::sync::Mutex;

use aws_smithy_types::DateTime;
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use super::{Live, ResourceConfiguration, State};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::resources::lattice::{self, Expect, Seen, Shown};

impl Shown for Live {
    fn status(&self) -> &str {
        self.status().map_or("UNKNOWN", |status| status.as_str())
    }

    fn arn(&self) -> Option<&str> {
        self.arn()
    }

    fn last_updated_at(&self) -> Option<DateTime> {
        self.last_updated_at
    }
}

impl Seen for State {
    fn status(&mut self) -> &mut Option<String> {
        &mut self.status
    }

    fn arn(&mut self) -> &mut Option<String> {
        &mut self.arn
    }
}

/// Looks up the configuration with this id. Returns `None` if it does not exist.
pub(super) async fn find(cx: &Cx<Aws>, id: &str) -> Result<Option<Live>, Error> {
    let client = cx.clients().lattice().await?;
    let answer = client
        .get_resource_configuration()
        .resource_configuration_identifier(id)
        .send()
        .await;
    match answer.map_err(|error| classify("GetResourceConfiguration", error)) {
        Ok(live) => Ok(Some(live)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Waits until the configuration is ready: ACTIVE. Before an update, UPDATE_FAILED ends the wait too: the caller sends the update
/// again.
///
/// # Errors
/// For CREATE_FAILED and UPDATE_FAILED, AWS's reason.
pub(super) async fn ready(
    cx: &Cx<Aws>,
    id: &str,
    expect: Expect<'_, Live>,
    seen: &Mutex<State>,
    deadline: Instant,
) -> Result<Live, Error> {
    let live = lattice::settled::<ResourceConfiguration>(cx, id, &expect, seen, deadline).await?;
    match (Shown::status(&live), expect) {
        ("CREATE_FAILED", _) => Err(failed(id, &live).advise("The next `pulumi up` replaces it")),
        ("UPDATE_FAILED", Expect::New | Expect::Updated { .. }) => {
            Err(failed(id, &live).advise("The next `pulumi up` tries again; contact AWS Support if it fails again"))
        }
        _ => Ok(live),
    }
}

/// Returns the error for a failed configuration. VPC Lattice gives a reason, other than for gateways.
fn failed(id: &str, live: &Live) -> Error {
    let reason = live
        .failure_reason()
        .filter(|reason| !reason.is_empty())
        .unwrap_or("AWS gives no reason");
    Error::new(
        ErrorKind::Failed,
        format!("resource configuration {id} is {}: {reason}", Shown::status(live)),
    )
}
