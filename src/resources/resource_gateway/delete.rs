//! Deletes a resource gateway: waits until no resource configuration refers to it, and until its network interfaces are gone.

use std::time::Duration;

use aws_sdk_ec2::types::{Filter, NetworkInterface};
use aws_sdk_vpclattice::types::ResourceConfigurationSummary;
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::context::Cx;
use pulumi_provider::resource::{Deleted, Found};
use tokio::time::Instant;

use super::{Inputs, Live, State, answer, ready};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::wait::repeat::delete_again;
use crate::aws::wait::{self, Look, Wait};
use crate::resources::lattice::Shown;

/// How long a delete waits for the network interfaces of a gateway that is gone. The deletion of its subnets and security groups
/// has to wait for them as well.
const INTERFACES_GONE: Duration = Duration::from_secs(5 * 60);
/// The same for network interfaces that may belong to another gateway.
const PROBABLE_INTERFACES_GONE: Duration = Duration::from_secs(60);
/// The tag of every network interface that VPC Lattice makes
/// (<https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSVpcLatticeServiceRolePolicy.html>).
const MANAGED: &str = "VpcLatticeManaged";
/// How many times a delete is tried if the status becomes DELETE_FAILED.
const ATTEMPTS: usize = 3;

/// Deletes the gateway and waits until it is gone.
pub(super) async fn delete(cx: &Cx<Aws>, id: &str, _old: &Found<Inputs, State>) -> Result<Deleted, Error> {
    let Some(gateway) = ready::find(cx.clients(), id).await? else {
        return Ok(Deleted::WasAbsent);
    };
    answer::refuse_managed(&gateway)?;
    let deadline = cx.deadline();
    // Only the gateway tells which network interfaces it has, so they are looked up while it exists.
    let interfaces = Interfaces::of(cx, &gateway).await;
    for _ in 0..ATTEMPTS {
        send(cx, id, deadline).await?;
        if gone(cx, id, deadline).await? {
            released(cx, id, interfaces).await?;
            return Ok(Deleted::Done);
        }
    }
    Err(Error::new(
        ErrorKind::Failed,
        format!("resource gateway {id} is DELETE_FAILED; AWS gives no reason"),
    )
    .advise("Run `pulumi destroy` again, and contact AWS Support if it fails again"))
}

/// Sends DeleteResourceGateway, and repeats it while a resource configuration refers to the gateway.
async fn send(cx: &Cx<Aws>, id: &str, deadline: Instant) -> Result<(), Error> {
    let client = cx.clients().lattice().await?;
    let wait = Wait {
        what: "AWS to allow the deletion of the resource gateway",
        deadline,
    };
    let call = || async {
        let answer = client
            .delete_resource_gateway()
            .resource_gateway_identifier(id)
            .send()
            .await;
        match answer.map_err(|error| classify("DeleteResourceGateway", error)) {
            Ok(_) => Ok(()),
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) if is_in_use(&error) => Err(name_users(cx, id, error).await),
            Err(error) => Err(error),
        }
    };
    wait::retry(cx, wait, call, delete_again).await
}

/// Reports whether resource configurations block the deletion. VPC Lattice answers with a conflict. A validation error that
/// mentions them counts too, because VPC Lattice answers with one if associations block a deletion.
fn is_in_use(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Conflict | ErrorKind::Busy)
        || (error.kind() == ErrorKind::Invalid && error.message().to_lowercase().contains("resource configuration"))
}

/// Returns an error that names the resource configurations that refer to the gateway.
async fn name_users(cx: &Cx<Aws>, id: &str, error: Error) -> Error {
    let users = match users(cx, id).await {
        Ok(users) if !users.is_empty() => users.join(", "),
        _ => return error.with_kind(ErrorKind::Busy),
    };
    Error::new(
        ErrorKind::Busy,
        format!("resource configurations still refer to it: {users}"),
    )
    .with_code(error.code())
    .advise("Delete the resource configurations that this stack does not manage")
}

async fn users(cx: &Cx<Aws>, id: &str) -> Result<Vec<String>, Error> {
    let client = cx.clients().lattice().await?;
    let answer = client
        .list_resource_configurations()
        .resource_gateway_identifier(id)
        .send()
        .await;
    let answer = answer.map_err(|error| classify("ListResourceConfigurations", error))?;
    let name = |one: &ResourceConfigurationSummary| {
        // Only the service that made such a configuration deletes it.
        let managed = if one.amazon_managed() == Some(true) {
            ", managed by AWS"
        } else {
            ""
        };
        format!(
            "{} ({}{managed})",
            one.name().unwrap_or_default(),
            one.id().unwrap_or_default()
        )
    };
    Ok(answer.items().iter().map(name).collect())
}

/// Waits until the gateway is gone. Returns false if its status becomes DELETE_FAILED.
async fn gone(cx: &Cx<Aws>, id: &str, deadline: Instant) -> Result<bool, Error> {
    let wait = Wait {
        what: "the resource gateway to be deleted",
        deadline,
    };
    let judge = |looked: Result<Option<Live>, Error>| match looked {
        Err(error) => Look::Failed(error),
        Ok(None) => Look::Ready(true),
        Ok(Some(live)) if Shown::status(&live) == "DELETE_FAILED" => Look::Ready(false),
        Ok(Some(live)) => Look::Pending(Shown::status(&live).to_owned()),
    };
    wait::until(cx, wait, &|| ready::find(cx.clients(), id), judge).await
}

/// The network interfaces of a gateway, and how long a delete waits for them.
struct Interfaces {
    ids: Vec<String>,
    limit: Duration,
}

impl Interfaces {
    /// Looks up the network interfaces. If that fails, warns and returns none, so that the delete does not wait for any.
    async fn of(cx: &Cx<Aws>, gateway: &Live) -> Self {
        let filter = |name: &str, values: &[String]| {
            (!values.is_empty()).then(|| Filter::builder().name(name).set_values(Some(values.to_vec())).build())
        };
        let filters = [
            filter("subnet-id", gateway.subnet_ids()),
            filter("group-id", gateway.security_group_ids()),
        ];
        let all = match describe(cx, filters.into_iter().flatten().collect()).await {
            Ok(all) => all,
            Err(error) => {
                cx.warn(&format!(
                    "the provider does not wait for the network interfaces of the resource gateway, so its subnets and security groups may stay in \
                     use for a short time: {error}"
                ));
                Vec::new()
            }
        };
        let id = gateway.id().unwrap_or_default();
        let certain = ids(&all, |one| mentions(one, id));
        if certain.is_empty() {
            return Self {
                ids: ids(&all, |one| one.tag_set().iter().any(|tag| tag.key() == Some(MANAGED))),
                limit: PROBABLE_INTERFACES_GONE,
            };
        }
        Self {
            ids: certain,
            limit: INTERFACES_GONE,
        }
    }
}

/// Waits until the network interfaces are gone, which keep subnets and security groups in use. The gateway itself is gone
/// already, so every error but a cancellation becomes a warning.
async fn released(cx: &Cx<Aws>, id: &str, interfaces: Interfaces) -> Result<(), Error> {
    if interfaces.ids.is_empty() {
        return Ok(());
    }
    let wait = Wait {
        what: "the network interfaces of the resource gateway to be deleted",
        deadline: cx.deadline().min(Instant::now() + interfaces.limit),
    };
    let filters = vec![
        Filter::builder()
            .name("network-interface-id")
            .set_values(Some(interfaces.ids.clone()))
            .build(),
    ];
    let judge = |looked: Result<Vec<NetworkInterface>, Error>| match looked {
        Err(error) => Look::Failed(error),
        Ok(left) if left.is_empty() => Look::Ready(()),
        Ok(left) => Look::Pending(ids(&left, |_| true).join(", ")),
    };
    match wait::until(cx, wait, &|| describe(cx, filters.clone()), judge).await {
        Err(error) if error.kind() == ErrorKind::Cancelled => Err(error),
        Err(error) => {
            cx.warn(&format!(
                "resource gateway {id} is deleted, but its network interfaces may still exist: {error}"
            ));
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

fn ids(all: &[NetworkInterface], chosen: impl Fn(&NetworkInterface) -> bool) -> Vec<String> {
    let chosen = all.iter().filter(|one| chosen(one));
    chosen
        .filter_map(|one| one.network_interface_id())
        .map(str::to_owned)
        .collect()
}

fn mentions(interface: &NetworkInterface, id: &str) -> bool {
    interface.description().is_some_and(|text| text.contains(id))
        || interface
            .tag_set()
            .iter()
            .any(|tag| tag.value().is_some_and(|value| value.contains(id)))
}

async fn describe(cx: &Cx<Aws>, filters: Vec<Filter>) -> Result<Vec<NetworkInterface>, Error> {
    let client = cx.clients().ec2().await?;
    let pages = client
        .describe_network_interfaces()
        .set_filters(Some(filters))
        .into_paginator()
        .items()
        .send();
    let all: Result<Vec<_>, _> = pages.collect().await;
    all.map_err(|error| classify("DescribeNetworkInterfaces", error))
}
