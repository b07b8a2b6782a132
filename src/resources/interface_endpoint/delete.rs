//! Deletes an interface endpoint: waits until it is gone, and until its network interfaces are gone.

use aws_sdk_ec2::types::{NetworkInterface, UnsuccessfulItem, VpcEndpoint as Live};
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::context::Cx;
use pulumi_provider::resource::{Deleted, Found};
use tokio::time::Instant;

use super::answer::state_name;
use super::{Inputs, State};
use crate::aws::Aws;
use crate::aws::error::{answered, classify};
use crate::aws::wait::poller::Polled;
use crate::aws::wait::repeat::delete_again;
use crate::aws::wait::{Look, Wait, retry, until};

const OPERATION: &str = "DeleteVpcEndpoints";

/// Deletes the endpoint and waits until it and its network interfaces are gone.
pub(super) async fn delete(cx: &Cx<Aws>, id: &str, old: &Found<Inputs, State>) -> Result<Deleted, Error> {
    let deadline = cx.deadline();
    let deleted = delete_endpoint(cx, id, deadline).await?;
    let interfaces = old.state.network_interface_ids.as_deref().unwrap_or_default();
    interfaces_gone(cx, interfaces, deadline).await?;
    Ok(deleted)
}

async fn delete_endpoint(cx: &Cx<Aws>, id: &str, deadline: Instant) -> Result<Deleted, Error> {
    let what = format!("endpoint {id} to accept its deletion");
    match retry(cx, Wait { what: &what, deadline }, || send(cx, id), delete_again).await {
        Err(error) if error.is_not_found() => return Ok(Deleted::WasAbsent),
        sent => sent?,
    }
    let what = format!("endpoint {id} to be gone");
    let polled = Polled::<Live>::new(cx.clients(), id);
    until(cx, Wait { what: &what, deadline }, &polled, |seen| match seen {
        Ok(None) => Look::Ready(Deleted::Done),
        Ok(Some(live)) if state_name(&live).eq_ignore_ascii_case("deleted") => Look::Ready(Deleted::Done),
        Ok(Some(live)) => Look::Pending(state_name(&live).to_ascii_lowercase()),
        Err(error) => Look::Failed(error),
    })
    .await
}

async fn send(cx: &Cx<Aws>, id: &str) -> Result<(), Error> {
    let aws = cx.clients();
    let call = aws.ec2().await?.delete_vpc_endpoints().vpc_endpoint_ids(id);
    let limiter = &aws.limiters().delete;
    limiter.ready().await?;
    let answer = match call.send().await.map_err(|error| classify(OPERATION, error)) {
        Ok(answer) => answer,
        Err(error) => {
            if error.kind() == ErrorKind::Throttled {
                limiter.throttled().await;
            }
            return Err(error);
        }
    };
    carried_out(answer.unsuccessful())
}

/// Returns the failure in an answer of DeleteVpcEndpoints, which has HTTP status 200 even if the deletion failed.
fn carried_out(unsuccessful: &[UnsuccessfulItem]) -> Result<(), Error> {
    match unsuccessful.first().and_then(|item| item.error()) {
        Some(error) => Err(answered(
            "ec2",
            OPERATION,
            error.code().unwrap_or_default(),
            error.message().unwrap_or_default(),
            200,
            None,
        )),
        None => Ok(()),
    }
}

/// Waits until the network interfaces are gone, which keep subnets and security groups in use.
async fn interfaces_gone(cx: &Cx<Aws>, ids: &[String], deadline: Instant) -> Result<(), Error> {
    let polled: Vec<_> = ids
        .iter()
        .map(|id| Polled::<NetworkInterface>::new(cx.clients(), id))
        .collect();
    for (id, watch) in ids.iter().zip(&polled) {
        let what = format!("network interface {id} of the endpoint to be gone");
        match watch.current().await {
            Ok(None) => continue,
            // The permission to delete endpoints does not include the one to describe network interfaces.
            Err(error) if error.kind() == ErrorKind::Denied => return Ok(()),
            _ => {}
        }
        until(cx, Wait { what: &what, deadline }, watch, |seen| match seen {
            Ok(None) => Look::Ready(()),
            Ok(Some(live)) => Look::Pending(live.status().map_or("present", |status| status.as_str()).to_owned()),
            Err(error) => Look::Failed(error),
        })
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::UnsuccessfulItemError;

    use super::*;

    #[test]
    fn failures_inside_a_successful_response_are_errors() {
        let item = |code: &str, message: &str| {
            let error = UnsuccessfulItemError::builder().code(code).message(message).build();
            UnsuccessfulItem::builder().resource_id("vpce-1").error(error).build()
        };
        assert_eq!(carried_out(&[]), Ok(()));
        let managed = item(
            "OperationNotPermitted",
            "Operation is not permitted on requester-managed endpoints.",
        );
        insta::assert_snapshot!(
            carried_out(&[managed]).unwrap_err(),
            @"DeleteVpcEndpoints: OperationNotPermitted: Operation is not permitted on requester-managed endpoints"
        );
        let missing = item(
            "InvalidVpcEndpoint.NotFound",
            "The vpc endpoint 'vpce-1' does not exist",
        );
        assert!(carried_out(&[missing]).unwrap_err().is_not_found());
    }
}
