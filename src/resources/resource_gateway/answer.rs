//! Converts a resource gateway, as VPC Lattice describes it, to inputs and computed outputs.

use std::collections::BTreeSet;

use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::Found;
use pulumi_provider::resource::context::Cx;

use super::{Inputs, Live, State};
use crate::aws::Aws;
use crate::aws::tags::Tags;
use crate::resources::lattice::{self, Shown};

/// Returns the inputs and the computed outputs.
///
/// # Errors
/// An AWS service manages the gateway, or its tags cannot be read.
pub(super) async fn found(
    cx: &Cx<Aws>,
    live: Live,
    prior: Option<&Found<Inputs, State>>,
) -> Result<Found<Inputs, State>, Error> {
    refuse_managed(&live)?;
    let prior = prior.map(|prior| &prior.inputs);
    let tagging = cx.clients().tagging();
    let tags = tagging.visible(&lattice::tags::of(cx, live.arn().unwrap_or_default()).await?);
    let own = tagging.own(&tags, prior.and_then(|prior| prior.tags.as_ref()));
    let inputs = inputs(&live, prior, own);
    let state = state(&live, &inputs, tags);
    Ok(Found { inputs, state })
}

/// Refuses a gateway that an AWS service manages.
pub(super) fn refuse_managed(live: &Live) -> Result<(), Error> {
    if live.service_managed() != Some(true) {
        return Ok(());
    }
    let id = live.id().unwrap_or_default();
    let owner = live.managed_by().unwrap_or("an AWS service");
    Err(
        Error::new(ErrorKind::Invalid, format!("resource gateway {id} belongs to {owner}"))
            .advise("Pulumi cannot manage it; create your own resource gateway"),
    )
}

/// Returns the computed outputs.
pub(super) fn state(live: &Live, inputs: &Inputs, tags_all: Tags) -> State {
    let groups = live.security_group_ids();
    // Keep the user's order if the groups are the same.
    let given = inputs
        .security_group_ids
        .clone()
        .filter(|given| same_set(given, groups));
    State {
        security_group_ids: Some(given.unwrap_or_else(|| groups.to_vec())),
        tags_all: Some(tags_all),
        ..shown(live)
    }
}

/// Returns the computed outputs that GetResourceGateway shows: those without tags.
#[must_use]
pub fn shown(live: &Live) -> State {
    State {
        arn: live.arn().map(str::to_owned),
        status: Some(Shown::status(live).to_owned()),
        security_group_ids: Some(live.security_group_ids().to_vec()),
        ip_address_type: live.ip_address_type().map(|kind| kind.as_str().to_owned()),
        ipv4_addresses_per_eni: live.ipv4_addresses_per_eni(),
        dns_resolution: live
            .resource_config_dns_resolution()
            .map(|resolution| resolution.as_str().to_owned()),
        tags_all: None,
    }
}

/// Returns the inputs that a user would write to get this gateway. In an import, AWS's defaults are left out.
fn inputs(live: &Live, prior: Option<&Inputs>, tags: Option<Tags>) -> Inputs {
    let keep = prior.is_some();
    let groups = live.security_group_ids().to_vec();
    Inputs {
        vpc_id: live.vpc_id().unwrap_or_default().to_owned(),
        subnet_ids: live.subnet_ids().to_vec(),
        security_group_ids: (!groups.is_empty()).then_some(groups),
        name: live.name().unwrap_or_default().to_owned(),
        ip_address_type: live
            .ip_address_type()
            .map(|kind| kind.as_str().to_owned())
            .filter(|kind| keep || kind != "IPV4"),
        ipv4_addresses_per_eni: live.ipv4_addresses_per_eni().filter(|count| keep || *count != 16),
        dns_resolution: live
            .resource_config_dns_resolution()
            .map(|resolution| resolution.as_str().to_owned())
            .filter(|resolution| keep || resolution != "PUBLIC"),
        tags,
    }
}

pub(super) fn same_set(one: &[String], other: &[String]) -> bool {
    one.iter().collect::<BTreeSet<_>>() == other.iter().collect::<BTreeSet<_>>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_managed_gateways_are_refused() {
        let live = Live::builder()
            .id("rgw-1")
            .service_managed(true)
            .managed_by("ec2.amazonaws.com")
            .build();
        let error = refuse_managed(&live).unwrap_err();
        assert!(
            error.to_string().contains("rgw-1 belongs to ec2.amazonaws.com"),
            "{error}"
        );
        assert_eq!(refuse_managed(&Live::builder().service_managed(false).build()), Ok(()));
    }
}
