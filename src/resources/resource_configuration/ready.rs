//! Looks up a resource configuration and waits until it is ready.

use std::sync::Mutex;
use std::time::Duration;

use aws_smithy_types::DateTime;
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use super::{Live, ResourceConfiguration, State};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::resources::lattice::{self, Expect, Seen, Shown};

/// How long the read of the gateway after a failure may take.
const LIMIT: Duration = Duration::from_secs(10);

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
///
/// # Errors
/// The read failed.
pub async fn find(aws: &Aws, id: &str) -> Result<Option<Live>, Error> {
    let client = aws.lattice().await?;
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
        ("CREATE_FAILED", _) => {
            let error = match gateway_of(cx, &live).await {
                Some(cause) => failed(id, &live).advise(cause),
                None => failed(id, &live),
            };
            Err(error.advise("The next `pulumi up` replaces it"))
        }
        ("UPDATE_FAILED", Expect::New | Expect::Updated { .. }) => {
            Err(failed(id, &live).advise("The next `pulumi up` tries again; contact AWS Support if it fails again"))
        }
        _ => Ok(live),
    }
}

/// Returns the likely cause of a failure, if the gateway is not ACTIVE. Best effort.
async fn gateway_of(cx: &Cx<Aws>, live: &Live) -> Option<String> {
    let id = live.resource_gateway_id()?;
    let look = async {
        let client = cx.clients().lattice().await.ok()?;
        let call = client.get_resource_gateway().resource_gateway_identifier(id);
        match call.send().await.map_err(|error| classify("GetResourceGateway", error)) {
            Ok(gateway) => Some(gateway.status()?.as_str().to_owned()),
            Err(error) if error.is_not_found() => Some("gone".to_owned()),
            Err(_) => None,
        }
    };
    let status = cx.aside(LIMIT, look).await??;
    (status != "ACTIVE")
        .then(|| format!("The likely cause: its resource gateway {id} is {status}; replace the gateway first"))
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
