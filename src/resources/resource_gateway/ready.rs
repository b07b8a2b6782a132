//! Looks up a resource gateway and waits until it is ready.

use std::sync::Mutex;

use aws_smithy_types::DateTime;
use pulumi_provider::error::Error;
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use super::{Live, ResourceGateway, State, diagnosis};
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

/// Looks up the gateway with this id. Returns `None` if it does not exist.
///
/// # Errors
/// The read failed.
pub async fn find(aws: &Aws, id: &str) -> Result<Option<Live>, Error> {
    let client = aws.lattice().await?;
    let answer = client
        .get_resource_gateway()
        .resource_gateway_identifier(id)
        .send()
        .await;
    match answer.map_err(|error| classify("GetResourceGateway", error)) {
        Ok(live) => Ok(Some(live)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Waits until the gateway is ready: ACTIVE. Except after a create, UPDATE_FAILED ends the wait too: the caller sends the update
/// again.
///
/// # Errors
/// For CREATE_FAILED, the likely causes that the subnets show.
pub(super) async fn ready(
    cx: &Cx<Aws>,
    id: &str,
    expect: Expect<'_, Live>,
    seen: &Mutex<State>,
    deadline: Instant,
) -> Result<Live, Error> {
    let live = lattice::settled::<ResourceGateway>(cx, id, &expect, seen, deadline).await?;
    match (Shown::status(&live), expect) {
        ("CREATE_FAILED", _) => Err(diagnosis::create_failed(&live)),
        ("UPDATE_FAILED", Expect::New) => Err(diagnosis::update_failed(&live)),
        _ => Ok(live),
    }
}
