//! Deletes a resource configuration: waits until no association refers to it. Most associations belong to EventBridge.
//!
//! EventBridge makes one association for each connection. It removes the association minutes after the connection is deleted or
//! leads to another configuration. Nobody else can remove it
//! (<https://docs.aws.amazon.com/eventbridge/latest/userguide/connection-private.html>).

use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::context::Cx;
use pulumi_provider::resource::{Deleted, Found};
use tokio::time::Instant;

use super::holders::Holders;
use super::obstacles::Obstacles;
use super::{Inputs, Live, State, ready};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::wait::repeat::{delete_again, delete_lost};
use crate::aws::wait::{self, Look, Wait};
use crate::resources::lattice::Shown;

/// How many times a delete is tried if the status becomes DELETE_FAILED.
const ATTEMPTS: usize = 3;

/// Deletes the configuration and waits until it is gone.
pub(super) async fn delete(cx: &Cx<Aws>, id: &str, _old: &Found<Inputs, State>) -> Result<Deleted, Error> {
    let deadline = cx.deadline();
    let mut deleted = Deleted::WasAbsent;
    let mut reason = String::new();
    for _ in 0..ATTEMPTS {
        if !send(cx, id, deadline).await? {
            return Ok(deleted);
        }
        deleted = Deleted::Done;
        match gone(cx, id, deadline).await? {
            None => return Ok(deleted),
            Some(failed) => reason = failed.failure_reason().unwrap_or("AWS gives no reason").to_owned(),
        }
    }
    Err(Error::new(
        ErrorKind::Failed,
        format!("resource configuration {id} is DELETE_FAILED: {reason}"),
    )
    .advise("Run `pulumi destroy` again, and contact AWS Support if it fails again"))
}

/// Sends DeleteResourceConfiguration, and repeats it while an association refers to the configuration. Returns false if the
/// configuration does not exist.
async fn send(cx: &Cx<Aws>, id: &str, deadline: Instant) -> Result<bool, Error> {
    loop {
        let wait = Wait {
            what: "AWS to accept the deletion of the resource configuration",
            deadline,
        };
        let refused = match wait::retry(cx, wait, || attempt(cx, id), delete_lost).await {
            Err(error) if error.kind() == ErrorKind::Busy => error,
            done => return done,
        };
        match Obstacles::of(cx, id).await {
            Ok(found) if !found.is_empty() => {
                let holders = Holders::of(cx, id, &found).await;
                holders.refuse_if_in_use(cx, id, &found.associations, deadline).await?;
                await_release(cx, id, &holders, deadline).await?;
            }
            // No association is listed. Another operation, a child configuration or something that is gone by now blocked the
            // delete: repeat it.
            _ => {
                let what = format!(
                    "AWS to allow the deletion of resource configuration {id} ({})",
                    refused.message()
                );
                let wait = Wait { what: &what, deadline };
                return wait::retry(cx, wait, || attempt(cx, id), delete_again).await;
            }
        }
    }
}

/// Sends DeleteResourceConfiguration once. Returns false if the configuration does not exist. The error is [`ErrorKind::Busy`] if
/// something still refers to it: AWS answers with a conflict or, for associations, with a validation error.
async fn attempt(cx: &Cx<Aws>, id: &str) -> Result<bool, Error> {
    let client = cx.clients().lattice().await?;
    let answer = client
        .delete_resource_configuration()
        .resource_configuration_identifier(id)
        .send()
        .await;
    match answer.map_err(|error| classify("DeleteResourceConfiguration", error)) {
        Ok(_) => Ok(true),
        Err(error) if error.is_not_found() => Ok(false),
        Err(error) if error.kind() == ErrorKind::Conflict => Err(error.with_kind(ErrorKind::Busy)),
        Err(error) if error.kind() == ErrorKind::Invalid && error.message().contains("existing association") => {
            Err(error.with_kind(ErrorKind::Busy))
        }
        Err(error) => Err(error),
    }
}

/// Waits until no association refers to the configuration.
async fn await_release(cx: &Cx<Aws>, id: &str, holders: &Holders, deadline: Instant) -> Result<(), Error> {
    let wait = Wait {
        what: &holders.what(),
        deadline,
    };
    let judge = |looked: Result<Obstacles, Error>| match looked {
        Err(error) => Look::Failed(error),
        Ok(left) if left.is_empty() => Look::Ready(()),
        Ok(left) => Look::Pending(left.shown()),
    };
    wait::until(cx, wait, &|| Obstacles::of(cx, id), judge)
        .await
        .map_err(|error| match error.kind() {
            ErrorKind::TimedOut => error.advise(holders.advice()),
            _ => error,
        })
}

/// Waits until the configuration is gone. Returns it if its status becomes DELETE_FAILED.
async fn gone(cx: &Cx<Aws>, id: &str, deadline: Instant) -> Result<Option<Live>, Error> {
    let wait = Wait {
        what: "the resource configuration to be deleted",
        deadline,
    };
    let judge = |looked: Result<Option<Live>, Error>| match looked {
        Err(error) => Look::Failed(error),
        Ok(Some(live)) if Shown::status(&live) == "DELETE_FAILED" => Look::Ready(Some(live)),
        Ok(Some(live)) => Look::Pending(Shown::status(&live).to_owned()),
        Ok(None) => Look::Ready(None),
    };
    wait::until(cx, wait, &|| ready::find(cx.clients(), id), judge).await
}
