//! Updating a configuration, from what it is to what the inputs say.

use std::sync::Mutex;

use aws_sdk_vpclattice::types::ResourceConfigurationDefinition;
use tokio::time::Instant;

use super::{ResourceConfigurationInputs, ResourceConfigurationState, live, target};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::tags;
use crate::aws::wait::{self, Wait};
use crate::cx::Cx;
use crate::error::{Error, Kind};
use crate::resource::Clients;
use crate::resources::lattice_tags;

/// Makes a configuration what the inputs say, from what it is now: ports, the flag, an address and tags can change.
pub(super) async fn converge(
    cx: &Cx<Aws>,
    id: &str,
    old: &ResourceConfigurationState,
    inputs: &ResourceConfigurationInputs,
) -> Result<ResourceConfigurationState, Error> {
    let deadline = cx.deadline();
    let seen = Mutex::new(old.clone());
    let mut live = live::ready(cx, id, live::Expect::Existing, &seen, deadline).await?;
    let address = target::new_address(&live, &inputs.target)?;
    let failed = live::status(&live) == "UPDATE_FAILED";
    if failed || !live::shows(&live, inputs) {
        let before = live.last_updated_at;
        send_update(cx, id, inputs, address, deadline).await?;
        live = live::ready(cx, id, live::Expect::Inputs { inputs, before }, &seen, deadline).await?;
    }
    let tags = tags::effective(cx.clients().default_tags(), inputs.tags.as_ref());
    lattice_tags::sync(cx, live.arn().unwrap_or_default(), &tags).await?;
    Ok(live::state(&live, tags))
}

async fn send_update(
    cx: &Cx<Aws>,
    id: &str,
    inputs: &ResourceConfigurationInputs,
    address: Option<ResourceConfigurationDefinition>,
    deadline: Instant,
) -> Result<(), Error> {
    let client = cx.clients().lattice().await?;
    let wait = Wait {
        what: "another operation on the resource configuration to end",
        deadline,
    };
    let call = || async {
        let request = client
            .update_resource_configuration()
            .resource_configuration_identifier(id)
            .set_port_ranges(Some(inputs.ports.clone()))
            .allow_association_to_shareable_service_network(inputs.shareable)
            .set_resource_configuration_definition(address.clone());
        request
            .send()
            .await
            .map_err(|error| classify("UpdateResourceConfiguration", error))
    };
    // An update that may have arrived does no harm when it arrives twice. The operation lists no conflict: an operation that is
    // under way is told by the message alone.
    let again = |error: &Error| {
        matches!(
            error.kind(),
            Kind::Conflict | Kind::Busy | Kind::MaybeSent | Kind::Unavailable
        ) || (error.kind() == Kind::Invalid && error.message().contains("_IN_PROGRESS"))
    };
    wait::retry(cx, wait, call, again).await.map(drop)
}
