//! Deletes a connection.

use pulumi_provider::error::Error;
use pulumi_provider::resource::context::Cx;
use pulumi_provider::resource::{Deleted, Found};
use tokio::time::Instant;

use super::{Inputs, Live, State, ready};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::wait::repeat::delete_again;
use crate::aws::wait::{self, Look, Wait};

/// Deletes the connection with the recorded ARN and waits until it is gone.
pub(super) async fn delete(cx: &Cx<Aws>, name: &str, old: &Found<Inputs, State>) -> Result<Deleted, Error> {
    let arn = old.state.arn.as_deref();
    let deadline = cx.deadline();
    send_delete(cx, name, deadline).await?;
    let wait = Wait {
        what: "the connection to be deleted",
        deadline,
    };
    let judge = |looked: Result<Option<Live>, Error>| match looked {
        Err(error) => Look::Failed(error),
        // Another connection has this name now: the one with this ARN is gone.
        Ok(Some(live)) if arn.is_some() && live.connection_arn() != arn => Look::Ready(Deleted::Done),
        Ok(Some(live)) => Look::Pending(ready::state(&live).to_owned()),
        Ok(None) => Look::Ready(Deleted::Done),
    };
    wait::until(cx, wait, &|| ready::find(cx.clients(), name), judge).await
}

async fn send_delete(cx: &Cx<Aws>, name: &str, deadline: Instant) -> Result<(), Error> {
    let client = cx.clients().events().await?;
    let wait = Wait {
        what: "another operation on the connection to end",
        deadline,
    };
    let call = || async {
        match client
            .delete_connection()
            .name(name)
            .send()
            .await
            .map_err(|error| classify("DeleteConnection", error))
        {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    };
    wait::retry(cx, wait, call, delete_again).await
}
