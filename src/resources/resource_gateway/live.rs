//! The gateway as AWS shows it: looking it up, waiting for it, and what a user would have written to get it.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use aws_smithy_types::DateTime;
use pulumi_provider::error::{Error, Kind};
use pulumi_provider::lock::lock;
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use super::{Live, ResourceGatewayInputs, ResourceGatewayState, diagnosis};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::tags::Tags;
use crate::aws::wait::{self, Look, Wait};

/// How long a new gateway may be unknown to reads.
const INVISIBLE: Duration = Duration::from_secs(60);
/// How long reads may be stale after an update.
const STALE: Duration = Duration::from_secs(30);

/// What is awaited.
#[derive(Clone, Copy)]
pub(super) enum Expect<'a> {
    /// A gateway that was just created.
    New,
    /// A gateway that exists and looks like this, in any state that an update can start from.
    Existing(&'a Live),
    /// A gateway after an update.
    Groups {
        /// The groups that it was given.
        groups: &'a [String],
        /// When it was updated before: a failure of that time is not news.
        before: Option<DateTime>,
    },
}

impl Expect<'_> {
    /// Whether a read shows the gateway as it was before the update.
    fn has_seen(&self, live: &Live) -> bool {
        matches!(self, Self::Groups { before, .. } if *before == live.last_updated_at)
    }
}

/// The gateway; `None` if there is none of this id.
pub(super) async fn find(cx: &Cx<Aws>, id: &str) -> Result<Option<Live>, Error> {
    let client = cx.clients().lattice().await?;
    let answer = client
        .get_resource_gateway()
        .resource_gateway_identifier(id)
        .send()
        .await;
    match answer.map_err(|error| classify("GetResourceGateway", error)) {
        Ok(live) => Ok(Some(live)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Waits until the gateway is usable. `seen` follows what the looks show.
pub(super) async fn ready(
    cx: &Cx<Aws>,
    id: &str,
    expect: Expect<'_>,
    seen: &Mutex<ResourceGatewayState>,
    deadline: Instant,
) -> Result<Live, Error> {
    let wait = Wait {
        what: "the resource gateway to become active",
        deadline,
    };
    let was_active = lock(seen).status.as_deref() == Some("ACTIVE");
    // The status flaps for a while after creation: one ACTIVE counts only where there was one before.
    let needed = if matches!(expect, Expect::Existing(_)) && was_active {
        1
    } else {
        2
    };
    if needed == 1
        && let Expect::Existing(live) = expect
        && status(live) == "ACTIVE"
    {
        return Ok(live.clone());
    }
    let began = Instant::now();
    let mut active = 0;
    let judge = |looked: Result<Option<Live>, Error>| {
        let live = match looked {
            Err(error) => return Look::Failed(error),
            Ok(Some(live)) => live,
            Ok(None) if matches!(expect, Expect::New) && began.elapsed() < INVISIBLE => {
                return Look::Pending("not visible yet".to_owned());
            }
            Ok(None) => return Look::Failed(vanished(id)),
        };
        note(&mut lock(seen), &live);
        let status = status(&live).to_owned();
        if status != "ACTIVE" {
            active = 0;
        }
        match status.as_str() {
            "ACTIVE" => {
                let stale =
                    matches!(expect, Expect::Groups { groups, .. } if !same_set(live.security_group_ids(), groups));
                active = if stale { 0 } else { active + 1 };
                if active >= needed {
                    Look::Ready(live)
                } else {
                    Look::Pending("ACTIVE, to be confirmed".to_owned())
                }
            }
            "CREATE_IN_PROGRESS" | "UPDATE_IN_PROGRESS" => Look::Pending(status),
            "CREATE_FAILED" => Look::Ready(live),
            "UPDATE_FAILED" if expect.has_seen(&live) && began.elapsed() < STALE => Look::Pending(status),
            "UPDATE_FAILED" if !matches!(expect, Expect::New) => Look::Ready(live),
            "DELETE_IN_PROGRESS" | "DELETE_FAILED" => Look::Failed(
                Error::new(
                    Kind::Failed,
                    format!("resource gateway {id} is being deleted by someone else ({status})"),
                )
                .advise("Run `pulumi refresh` when it is gone"),
            ),
            other => Look::Failed(Error::new(
                Kind::Failed,
                format!("resource gateway {id} is in state {other}"),
            )),
        }
    };
    let live = wait::until(cx, wait, &|| find(cx, id), judge).await?;
    if status(&live) == "CREATE_FAILED" {
        return Err(diagnosis::create_failed(cx, &live).await);
    }
    Ok(live)
}

pub(super) fn status(live: &Live) -> &str {
    live.status().map_or("UNKNOWN", |status| status.as_str())
}

fn note(state: &mut ResourceGatewayState, live: &Live) {
    state.status = Some(status(live).to_owned());
    if let Some(arn) = live.arn() {
        state.arn = Some(arn.to_owned());
    }
}

fn vanished(id: &str) -> Error {
    Error::new(Kind::NotFound, format!("resource gateway {id} does not exist any more"))
        .advise("Run `pulumi refresh`, then `pulumi up` makes a new one")
}

/// The gateways that AWS keeps for its own services are not ours to change.
pub(super) fn refuse_managed(live: &Live) -> Result<(), Error> {
    if live.service_managed() != Some(true) {
        return Ok(());
    }
    let id = live.id().unwrap_or_default();
    let owner = live.managed_by().unwrap_or("an AWS service");
    Err(
        Error::new(Kind::Invalid, format!("resource gateway {id} belongs to {owner}"))
            .advise("It cannot be managed with Pulumi; make one of your own"),
    )
}

/// The computed outputs.
pub(super) fn state(live: &Live, inputs: &ResourceGatewayInputs, tags_all: Tags) -> ResourceGatewayState {
    let groups = live.security_group_ids();
    // The user's order, where that is the only difference.
    let given = inputs
        .security_group_ids
        .clone()
        .filter(|given| same_set(given, groups));
    ResourceGatewayState {
        arn: live.arn().map(str::to_owned),
        status: Some(status(live).to_owned()),
        security_group_ids: Some(given.unwrap_or_else(|| groups.to_vec())),
        ip_address_type: live.ip_address_type().map(|kind| kind.as_str().to_owned()),
        ipv4_addresses_per_eni: live.ipv4_addresses_per_eni(),
        dns_resolution: live
            .resource_config_dns_resolution()
            .map(|resolution| resolution.as_str().to_owned()),
        tags_all: Some(tags_all),
    }
}

/// What a user would write. In an import AWS's defaults are left out.
pub(super) fn inputs(live: &Live, prior: Option<&ResourceGatewayInputs>, tags: Option<Tags>) -> ResourceGatewayInputs {
    let keep = prior.is_some();
    let groups = live.security_group_ids().to_vec();
    ResourceGatewayInputs {
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
    fn what_belongs_to_aws_is_refused() {
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
