//! Updates an interface endpoint: sends all differences in one ModifyVpcEndpoint, and waits until DescribeVpcEndpoints shows
//! them.

mod delta;

use std::sync::Mutex;
use std::time::Duration;

use aws_sdk_ec2::types::{DnsOptionsSpecification, VpcEndpoint as Live};
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::lock::lock;
use pulumi_provider::resource::Update;
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use self::delta::{Delta, UpdateTarget};
use super::addresses::{self, Addresses};
use super::answer::state_name;
use super::{Inputs, State, answer, create, not_yet_known, private_dns, ready};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::tags::{self, TagsUpdate};
use crate::aws::wait::{Wait, retry};

/// How often the differences are computed and sent, for example after a lost answer or a taken private DNS name.
const ATTEMPTS: u32 = 4;

/// How long DescribeVpcEndpoints may not show a change.
const STALE_FOR: Duration = Duration::from_secs(10);

/// Updates the endpoint to the wanted inputs.
pub(super) async fn update(
    cx: &Cx<Aws>,
    id: &str,
    live: Live,
    update: &Update<Inputs, State>,
    seen: &Mutex<State>,
) -> Result<State, Error> {
    let Update {
        recorded,
        wanted,
        bases,
        ..
    } = update;
    let tags = TagsUpdate::new(cx, update);
    let target = UpdateTarget::new(cx, recorded, wanted, bases).await?;
    let live = apply(cx, id, live, &target, cx.deadline()).await?;
    let state = State {
        tags_all: recorded.state.tags_all.clone(),
        ..answer::state(cx, &live, wanted, Some(&recorded.state)).await?
    };
    lock(seen).clone_from(&state);
    tags::update_ec2(cx.clients(), id, &tags::from_ec2(live.tags()), &tags).await?;
    Ok(State {
        tags_all: Some(tags.wanted),
        ..state
    })
}

/// Updates everything but the tags. Makes no call if nothing differs and the endpoint is available.
async fn apply(
    cx: &Cx<Aws>,
    id: &str,
    mut live: Live,
    target: &UpdateTarget<'_>,
    deadline: Instant,
) -> Result<Live, Error> {
    let name_until = deadline.min(Instant::now() + private_dns::UNOWNED_FOR);
    let mut addresses = target.addresses(cx, &live).await?;
    for _ in 0..ATTEMPTS {
        let delta = target.delta(&live, &addresses);
        // An interrupted update may still be in progress.
        let is_settled = state_name(&live).eq_ignore_ascii_case("available") && ready::lagging(&live).is_none();
        if delta == Delta::default() && is_settled {
            return Ok(live);
        }
        if delta != Delta::default() {
            match send(cx, id, &delta, deadline).await {
                Ok(()) => {}
                Err(error) if private_dns::is_taken(&error) => {
                    private_dns::free(cx, &target.wanted.vpc_id, &target.service_name, Some(id), deadline).await?;
                    if Instant::now() >= name_until {
                        return Err(error);
                    }
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::MaybeSent => {
                    live = after_lost_answer(cx, id, target, &addresses, deadline).await?;
                    addresses = target.addresses(cx, &live).await?;
                    continue;
                }
                Err(error) => return Err(create::explained(error, target.wanted)),
            }
        }
        // A difference that was not sent is a change by somebody else, which a stale read had hidden: the next attempt undoes it.
        live = ready::settled(cx, id, deadline, |live| {
            let rest = Delta {
                addresses: Vec::new(),
                ..target.delta(live, &addresses)
            };
            (rest != Delta::default() && rest.is_part_of(&delta)).then_some("the change does not show yet")
        })
        .await?;
        addresses = match delta.addresses.is_empty() {
            true => target.addresses(cx, &live).await?,
            false => addresses::shown(cx, id, &delta.addresses, deadline).await?,
        };
    }
    if target.delta(&live, &addresses) == Delta::default() {
        return Ok(live);
    }
    Err(Error::new(
        ErrorKind::Busy,
        "the endpoint changed again during every attempt to update it",
    )
    .advise("Another program or person also changes this endpoint: let only one manage it"))
}

/// Waits after a lost answer until the change shows, at most for [`STALE_FOR`]. Returns the endpoint in both cases.
async fn after_lost_answer(
    cx: &Cx<Aws>,
    id: &str,
    target: &UpdateTarget<'_>,
    addresses: &Addresses,
    deadline: Instant,
) -> Result<Live, Error> {
    let patience = Instant::now() + STALE_FOR;
    ready::settled(cx, id, deadline, |live| {
        (target.delta(live, addresses) != Delta::default() && Instant::now() < patience)
            .then_some("the change does not show yet")
    })
    .await
}

async fn send(cx: &Cx<Aws>, id: &str, delta: &Delta, deadline: Instant) -> Result<(), Error> {
    let what = format!("endpoint {id} to accept the change");
    let unknown = not_yet_known();
    let limiter = &cx.clients().limiters().modify;
    let list = |ids: &[String]| (!ids.is_empty()).then(|| ids.to_vec());
    let call = || async {
        let record_type = delta.record_type.as_deref();
        let dns_options = record_type.map(|kind| {
            DnsOptionsSpecification::builder()
                .dns_record_ip_type(kind.into())
                .build()
        });
        let call = cx
            .clients()
            .ec2()
            .await?
            .modify_vpc_endpoint()
            .vpc_endpoint_id(id)
            .set_add_subnet_ids(list(&delta.add_subnets))
            .set_remove_subnet_ids(list(&delta.remove_subnets))
            .set_subnet_configurations(addresses::request(&delta.addresses))
            .set_add_security_group_ids(list(&delta.add_groups))
            .set_remove_security_group_ids(list(&delta.remove_groups))
            .set_policy_document(delta.policy.clone())
            .set_private_dns_enabled(delta.private_dns)
            .set_ip_address_type(delta.address_type.as_deref().map(Into::into))
            .set_dns_options(dns_options);
        limiter.ready().await?;
        let sent = call
            .send()
            .await
            .map(drop)
            .map_err(|error| classify("ModifyVpcEndpoint", error));
        if sent.as_ref().is_err_and(|error| error.kind() == ErrorKind::Throttled) {
            limiter.throttled().await;
        }
        sent
    };
    // `ErrorKind::Busy`: another change is in progress (`OperationInProgress`), or the endpoint is not available yet
    // (`IncorrectState`).
    retry(cx, Wait { what: &what, deadline }, call, |error| {
        error.kind() == ErrorKind::Busy || unknown(error)
    })
    .await
}
