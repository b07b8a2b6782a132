//! Deletes a security group: waits until nothing refers to it.

use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::context::Cx;
use pulumi_provider::resource::{Deleted, Found};
use tokio::time::Instant;

use super::{Inputs, State, blockers};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::wait::repeat::delete_again;
use crate::aws::wait::{Wait, retry};

/// Deletes the group and waits until nothing refers to it.
pub(super) async fn delete(cx: &Cx<Aws>, id: &str, _old: &Found<Inputs, State>) -> Result<Deleted, Error> {
    match send(cx, id).await {
        Err(error) if error.is_not_found() => Ok(Deleted::WasAbsent),
        done => done.map(|()| Deleted::Done),
    }
}

/// Deletes the group. Repeats the call while something refers to the group. After [`blockers::NAMED_AFTER`], the status names
/// what refers to it.
async fn send(cx: &Cx<Aws>, id: &str) -> Result<(), Error> {
    let deadline = cx.deadline();
    let call = || async {
        let call = cx.clients().ec2().await?.delete_security_group().group_id(id);
        call.send()
            .await
            .map(drop)
            .map_err(|error| classify("DeleteSecurityGroup", error))
    };
    // A delete that was throttled until the deadline has another code: it says nothing about blockers.
    let is_stuck = |error: &Error| {
        error.kind() == ErrorKind::TimedOut && matches!(error.code(), "DependencyViolation" | "InvalidGroup.InUse")
    };

    let patience = Wait {
        what: "the objects that use the group to release it",
        deadline: deadline.min(Instant::now() + blockers::NAMED_AFTER),
    };
    match retry(cx, patience, call, delete_again).await {
        Err(error) if error.kind() == ErrorKind::TimedOut && Instant::now() < deadline => {}
        Err(error) if is_stuck(&error) => return Err(blockers::explain(cx, id, error).await),
        done => return done,
    }
    let holders = blockers::find(cx, id).await.unwrap_or_default().to_string();
    let what = format!("the objects that use the group to release it ({holders})");
    match retry(cx, Wait { what: &what, deadline }, call, delete_again).await {
        Err(error) if is_stuck(&error) => Err(blockers::explain(cx, id, error).await),
        done => done,
    }
}
