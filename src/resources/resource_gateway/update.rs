//! Updating a gateway, from what it is to what the inputs say.

use std::sync::Mutex;

use tokio::time::Instant;

use super::{Live, ResourceGatewayInputs, ResourceGatewayState, diagnosis, live};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::tags;
use crate::aws::wait::{self, Wait};
use crate::cx::Cx;
use crate::error::{Error, Kind};
use crate::resource::Clients;
use crate::resources::lattice_tags;

/// Makes a gateway what the inputs say, from what it is now: security groups and tags are all that can change.
pub(super) async fn converge(
    cx: &Cx<Aws>,
    id: &str,
    old: ResourceGatewayState,
    inputs: &ResourceGatewayInputs,
) -> Result<ResourceGatewayState, Error> {
    let deadline = cx.deadline();
    let seen = Mutex::new(old);
    let mut live = live::ready(cx, id, live::Expect::Existing, &seen, deadline).await?;
    // Groups that are not given are left as they are: AWS has chosen them, or was told once.
    let mut attempts_left = 2;
    while let Some(groups) = inputs.given_groups().filter(|groups| needs_update(&live, groups)) {
        if attempts_left == 0 {
            return Err(diagnosis::update_failed(&live));
        }
        attempts_left -= 1;
        let before = live.last_updated_at;
        send_update(cx, id, groups, deadline).await?;
        live = live::ready(cx, id, live::Expect::Groups { groups, before }, &seen, deadline).await?;
    }
    let tags = tags::effective(cx.clients().default_tags(), inputs.tags.as_ref());
    lattice_tags::sync(cx, live.arn().unwrap_or_default(), &tags).await?;
    Ok(live::state(&live, inputs, tags))
}

/// An update that failed has to be repeated even if the groups look right.
fn needs_update(live: &Live, groups: &[String]) -> bool {
    !live::same_set(live.security_group_ids(), groups) || live.status().is_some_and(|s| s.as_str() == "UPDATE_FAILED")
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
    // An update that may have arrived does no harm when it arrives twice.
    let again = |error: &Error| {
        matches!(
            error.kind(),
            Kind::Conflict | Kind::Busy | Kind::MaybeSent | Kind::Unavailable
        )
    };
    wait::retry(cx, wait, call, again).await.map(drop)
}
