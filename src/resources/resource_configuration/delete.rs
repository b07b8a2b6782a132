//! Deleting a configuration, which has to wait for whoever is associated with it: usually EventBridge.
//!
//! EventBridge makes an association for each connection and removes it minutes after the connection is gone or points elsewhere.
//! Nobody else can remove it (<https://docs.aws.amazon.com/eventbridge/latest/userguide/connection-private.html>).

use pulumi_provider::error::{Error, Kind};
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use super::holders::Holders;
use super::obstacles::Obstacles;
use super::{Live, ready};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::wait::repeat::{delete_again, delete_lost};
use crate::aws::wait::{self, Look, Wait};
use crate::resources::lattice::Shown;

/// How often a delete that failed is begun again.
const ATTEMPTS: usize = 3;

/// Deletes the configuration and waits until it is gone. False if it was not there to begin with.
pub(super) async fn delete(cx: &Cx<Aws>, id: &str) -> Result<bool, Error> {
    let deadline = cx.deadline();
    let mut was_there = false;
    let mut reason = String::new();
    for _ in 0..ATTEMPTS {
        if !send(cx, id, deadline).await? {
            return Ok(was_there);
        }
        was_there = true;
        match gone(cx, id, deadline).await? {
            None => return Ok(true),
            Some(failed) => reason = failed.failure_reason().unwrap_or("AWS gives no reason").to_owned(),
        }
    }
    Err(Error::new(
        Kind::Failed,
        format!("resource configuration {id} is DELETE_FAILED: {reason}"),
    )
    .advise("Run `pulumi destroy` again, and ask AWS support if it stays so"))
}

/// Asks for the deletion until nothing that can be listed stands in its way. False if the configuration does not exist.
async fn send(cx: &Cx<Aws>, id: &str, deadline: Instant) -> Result<bool, Error> {
    loop {
        let wait = Wait {
            what: "AWS to accept the deletion of the resource configuration",
            deadline,
        };
        let refused = match wait::retry(cx, wait, || attempt(cx, id), delete_lost).await {
            Err(error) if error.kind() == Kind::Busy => error,
            done => return done,
        };
        match Obstacles::of(cx, id).await {
            Ok(found) if !found.is_empty() => {
                let holders = Holders::of(cx, id, &found).await;
                holders.refuse_if_in_use(cx, id, &found.associations, deadline).await?;
                await_release(cx, id, &holders, deadline).await?;
            }
            // It cannot be seen what stands in the way: another operation, a child, or nothing any more.
            _ => {
                let what = format!("resource configuration {id} to be released ({})", refused.message());
                let wait = Wait { what: &what, deadline };
                return wait::retry(cx, wait, || attempt(cx, id), delete_again).await;
            }
        }
    }
}

/// One request; [`Kind::Busy`] if something still refers to the configuration, which AWS calls a conflict or, for associations,
/// a matter of validation.
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
        Err(error) if error.kind() == Kind::Conflict => Err(error.with_kind(Kind::Busy)),
        Err(error) if error.kind() == Kind::Invalid && error.message().contains("existing association") => {
            Err(error.with_kind(Kind::Busy))
        }
        Err(error) => Err(error),
    }
}

/// Waits until nothing refers to the configuration any more.
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
            Kind::TimedOut => error.advise(holders.advice()),
            _ => error,
        })
}

/// Waits until the configuration does not exist; answers it if the deletion failed.
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
    wait::until(cx, wait, &|| ready::find(cx, id), judge).await
}
