//! Updates a resource configuration: its ports, the flag for shareable service networks, address and tags.

use std::sync::Mutex;

use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::lock::lock;
use pulumi_provider::resource::Update;
use pulumi_provider::resource::context::Cx;
use pulumi_provider::resource::three_way::Base;
use tokio::time::Instant;

use super::{Inputs, Live, State, answer, ports, ready, target};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::tags::TagsUpdate;
use crate::aws::wait::{self, Wait};
use crate::resources::lattice::{self, Expect, Shown};

/// Updates the configuration to the wanted inputs.
pub(super) async fn update(
    cx: &Cx<Aws>,
    id: &str,
    found: Live,
    update: &Update<Inputs, State>,
    seen: &Mutex<State>,
) -> Result<State, Error> {
    let recorded = &update.recorded;
    let deadline = cx.deadline();
    let mut live = ready::ready(cx, id, Expect::Existing(&found), seen, deadline).await?;
    let changes = Delta::of(&live, update)?;
    if !changes.is_empty() {
        let before = live.last_updated_at;
        send_update(cx, id, &changes, deadline).await?;
        let shows = |live: &Live| changes.are_shown(live);
        let sent = Expect::Updated { shows: &shows, before };
        live = ready::ready(cx, id, sent, seen, deadline).await?;
    }
    let tags_all = recorded.state.tags_all.clone();
    let state = answer::state(&live, tags_all.clone().unwrap_or_default());
    lock(seen).clone_from(&State { tags_all, ..state });
    let tags = TagsUpdate::new(cx, update);
    lattice::tags::update(cx, live.arn().unwrap_or_default(), &tags).await?;
    Ok(answer::state(&live, tags.wanted))
}

/// The fields that an update sends; `None` for a field that does not change.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Delta {
    ports: Option<Vec<String>>,
    shareable: Option<bool>,
    address: Option<String>,
}

impl Delta {
    /// Returns the changes that an update sends.
    ///
    /// # Errors
    /// The configuration has a host name, which VPC Lattice cannot replace by an address.
    fn of(live: &Live, update: &Update<Inputs, State>) -> Result<Self, Error> {
        let (old, new) = (&update.recorded.inputs, &update.wanted);
        // A failed update is sent again as a whole.
        let failed = Shown::status(live) == "UPDATE_FAILED";
        let base = |path| if failed { Base::Unsettled } else { update.bases.at(path) };
        let ports = ports::merged(base("ports"), live.port_ranges(), &old.ports, &new.ports);
        let shareable = live.allow_association_to_shareable_service_network();
        // Not set, or no longer set: the preview shows no change, so the update makes none.
        let wanted_shareable = match new.allow_association_to_shareable_service_network {
            None => None,
            Some(_) => *base("allowAssociationToShareableServiceNetwork").value(
                &shareable,
                &old.allow_association_to_shareable_service_network,
                &new.allow_association_to_shareable_service_network,
                Option::eq,
            ),
        };
        let same_address = |old: &target::Target, new: &target::Target| old.ip_address == new.ip_address;
        let address = match base("target.ipAddress").has_changed(&old.target, &new.target, same_address) {
            true => target::new_address(live, &new.target)?,
            false => None,
        };
        Ok(Self {
            ports: (failed || !ports::same(live.port_ranges(), &ports)).then_some(ports),
            shareable: wanted_shareable.filter(|_| failed || shareable != wanted_shareable),
            address,
        })
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Reports whether a read shows everything that was sent.
    pub(super) fn are_shown(&self, live: &Live) -> bool {
        let ports = self.ports.as_deref();
        let shareable = live.allow_association_to_shareable_service_network();
        ports.is_none_or(|ports| ports::same(live.port_ranges(), ports))
            && self.shareable.is_none_or(|sent| Some(sent) == shareable)
            && self
                .address
                .as_deref()
                .is_none_or(|sent| target::has_address(live, sent))
    }
}

async fn send_update(cx: &Cx<Aws>, id: &str, changes: &Delta, deadline: Instant) -> Result<(), Error> {
    let client = cx.clients().lattice().await?;
    let wait = Wait {
        what: "another operation on the resource configuration to end",
        deadline,
    };
    let call = || async {
        let request = client
            .update_resource_configuration()
            .resource_configuration_identifier(id)
            .set_port_ranges(changes.ports.clone())
            .set_allow_association_to_shareable_service_network(changes.shareable)
            .set_resource_configuration_definition(changes.address.as_deref().map(target::address_definition));
        request
            .send()
            .await
            .map_err(|error| classify("UpdateResourceConfiguration", error))
    };
    // It is safe to send the same update twice, so a lost answer is retried. AWS documents no conflict error for this operation:
    // only the message shows that another operation is in progress.
    let again = |error: &Error| {
        matches!(
            error.kind(),
            ErrorKind::Conflict | ErrorKind::Busy | ErrorKind::MaybeSent | ErrorKind::Unavailable
        ) || (error.kind() == ErrorKind::Invalid && error.message().contains("_IN_PROGRESS"))
    };
    wait::retry(cx, wait, call, again).await.map(drop)
}
