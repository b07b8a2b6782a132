//! Updates a resource gateway: its security groups and tags.

use std::collections::BTreeSet;
use std::sync::Mutex;

use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::lock::lock;
use pulumi_provider::resource::Update;
use pulumi_provider::resource::context::Cx;
use pulumi_provider::resource::three_way::Base;
use tokio::time::Instant;

use super::{Inputs, Live, State, answer, diagnosis, ready};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::tags::TagsUpdate;
use crate::aws::wait::{self, Wait};
use crate::resources::lattice::{self, Expect, Shown};

/// Updates the gateway to the wanted inputs.
pub(super) async fn update(
    cx: &Cx<Aws>,
    id: &str,
    found: Live,
    update: &Update<Inputs, State>,
    seen: &Mutex<State>,
) -> Result<State, Error> {
    let Update { recorded, wanted, .. } = update;
    let deadline = cx.deadline();
    let mut live = ready::ready(cx, id, Expect::Existing(&found), seen, deadline).await?;
    let mut attempts_left = 2;
    while let Some(groups) = groups_to_send(&live, update) {
        if attempts_left == 0 {
            return Err(diagnosis::update_failed(&live));
        }
        attempts_left -= 1;
        let before = live.last_updated_at;
        send_update(cx, id, &groups, deadline).await?;
        let shows = |live: &Live| answer::same_set(live.security_group_ids(), &groups);
        let sent = Expect::Updated { shows: &shows, before };
        live = ready::ready(cx, id, sent, seen, deadline).await?;
    }
    let tags_all = recorded.state.tags_all.clone();
    let state = answer::state(&live, wanted, tags_all.clone().unwrap_or_default());
    lock(seen).clone_from(&State { tags_all, ..state });
    let tags = TagsUpdate::new(cx, update);
    lattice::tags::update(cx, live.arn().unwrap_or_default(), &tags).await?;
    Ok(answer::state(&live, wanted, tags.wanted))
}

/// Returns the security groups to send; `None` if nothing is to be sent. If the program sets no groups, they stay as they are:
/// AWS chose them, or an earlier program set them.
fn groups_to_send(live: &Live, update: &Update<Inputs, State>) -> Option<Vec<String>> {
    let Update {
        recorded,
        wanted,
        bases,
        ..
    } = update;
    let wanted = wanted.given_groups()?;
    let set = |groups: &[String]| groups.iter().cloned().collect::<BTreeSet<_>>();
    // Groups that AWS chose are recorded in the state. The wanted groups replace them.
    let recorded = recorded
        .inputs
        .given_groups()
        .or(recorded.state.security_group_ids.as_deref());
    let has = set(live.security_group_ids());
    // A failed update must be sent again even if the groups look right.
    let failed = Shown::status(live) == "UPDATE_FAILED";
    let base = if failed {
        Base::Unsettled
    } else {
        bases.at("securityGroupIds")
    };
    let groups = base.set(&has, &set(recorded.unwrap_or_default()), &set(wanted));
    (failed || groups != has).then(|| in_order_of(groups, wanted))
}

/// Returns the groups in the user's order, followed by those that somebody else added.
fn in_order_of(groups: BTreeSet<String>, wanted: &[String]) -> Vec<String> {
    let others = groups.iter().filter(|group| !wanted.contains(group)).cloned();
    let ours = wanted.iter().filter(|group| groups.contains(*group)).cloned();
    ours.chain(others.collect::<Vec<_>>()).collect()
}

async fn send_update(cx: &Cx<Aws>, id: &str, groups: &[String], deadline: Instant) -> Result<(), Error> {
    let client = cx.clients().lattice().await?;
    let wait = Wait {
        what: "another operation on the resource gateway to end",
        deadline,
    };
    let call = || async {
        let request = client
            .update_resource_gateway()
            .resource_gateway_identifier(id)
            .set_security_group_ids(Some(groups.to_vec()));
        request
            .send()
            .await
            .map_err(|error| classify("UpdateResourceGateway", error))
    };
    // It is safe to send the same update twice, so a lost answer is retried.
    let again = |error: &Error| {
        matches!(
            error.kind(),
            ErrorKind::Conflict | ErrorKind::Busy | ErrorKind::MaybeSent | ErrorKind::Unavailable
        )
    };
    wait::retry(cx, wait, call, again).await.map(drop)
}
