//! Deleting a configuration, which has to wait for whoever is associated with it: usually EventBridge.
//!
//! EventBridge makes an association for each connection and removes it minutes after the connection is gone or points elsewhere.
//! Nobody else can remove it, and which connection it belongs to is told by a tag alone
//! (<https://docs.aws.amazon.com/eventbridge/latest/userguide/connection-private.html>).

use std::time::Duration;

use aws_sdk_vpclattice::types::ServiceNetworkResourceAssociationSummary;
use tokio::time::Instant;

use super::{Live, live};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::identity::Arn;
use crate::aws::wait::{self, Look, Wait};
use crate::cx::Cx;
use crate::error::{Error, Kind};
use crate::resources::lattice_tags;

/// How long a delete may take, the wait for EventBridge included.
const GONE: Duration = Duration::from_secs(30 * 60);
/// The tag of EventBridge's associations; its value is `<account>:<connection>`.
const HOLDER: &str = "ManagedByServiceAWSEventBridge";
/// How often a delete that failed is begun again.
const ATTEMPTS: usize = 3;

/// Deletes the configuration and waits until it is gone. False if it was not there to begin with.
pub(super) async fn delete(cx: &Cx<Aws>, id: &str) -> Result<bool, Error> {
    let deadline = cx.deadline(GONE);
    let mut was_there = false;
    let mut reason = String::new();
    for _ in 0..ATTEMPTS {
        if !send(cx, id, deadline).await? {
            return Ok(was_there);
        }
        was_there = true;
        match gone(cx, id, deadline).await? {
            None => return Ok(true),
            Some(failed) => reason = failed.failure_reason().unwrap_or("AWS gives no reason").to_owned(),
        }
    }
    Err(Error::new(
        Kind::Failed,
        format!("resource configuration {id} is DELETE_FAILED: {reason}"),
    )
    .advise("Run `pulumi destroy` again, and ask AWS support if it stays so"))
}

/// Asks for the deletion until no association stands in its way. False if the configuration does not exist.
async fn send(cx: &Cx<Aws>, id: &str, deadline: Instant) -> Result<bool, Error> {
    loop {
        let refused = match attempt(cx, id).await {
            Err(error) if error.kind() == Kind::Busy => error,
            done => return done,
        };
        match associations(cx, id).await {
            Ok(found) if !found.is_empty() => {
                let holders = holders(cx, id, &found).await;
                await_release(cx, id, &holders, deadline).await?;
            }
            // It cannot be seen what stands in the way: another operation, a child, or nothing any more.
            _ => {
                let what = format!("resource configuration {id} to be released ({})", refused.message());
                let wait = Wait { what: &what, deadline };
                let again = |error: &Error| matches!(error.kind(), Kind::Busy | Kind::MaybeSent | Kind::Unavailable);
                return wait::retry(cx, wait, || attempt(cx, id), again).await;
            }
        }
    }
}

/// One request; [`Kind::Busy`] if something still refers to the configuration, which AWS calls a conflict or, for associations,
/// a matter of validation.
async fn attempt(cx: &Cx<Aws>, id: &str) -> Result<bool, Error> {
    let client = cx.clients().lattice().await?;
    let answer = client
        .delete_resource_configuration()
        .resource_configuration_identifier(id)
        .send()
        .await;
    match answer.map_err(|error| classify("DeleteResourceConfiguration", error)) {
        Ok(_) => Ok(true),
        Err(error) if error.is_not_found() => Ok(false),
        Err(error) if error.kind() == Kind::Conflict => Err(error.with_kind(Kind::Busy)),
        Err(error) if error.kind() == Kind::Invalid && error.message().contains("existing association") => {
            Err(error.with_kind(Kind::Busy))
        }
        Err(error) => Err(error),
    }
}

async fn associations(cx: &Cx<Aws>, id: &str) -> Result<Vec<ServiceNetworkResourceAssociationSummary>, Error> {
    let client = cx.clients().lattice().await?;
    let pages = client
        .list_service_network_resource_associations()
        .resource_configuration_identifier(id)
        .into_paginator()
        .items()
        .send();
    let all: Result<Vec<_>, _> = pages.collect().await;
    all.map_err(|error| classify("ListServiceNetworkResourceAssociations", error))
}

/// Waits until no association is left.
async fn await_release(cx: &Cx<Aws>, id: &str, holders: &Holders, deadline: Instant) -> Result<(), Error> {
    let wait = Wait {
        what: &holders.what(),
        deadline,
    };
    let judge = |looked: Result<Vec<ServiceNetworkResourceAssociationSummary>, Error>| match looked {
        Err(error) => Look::Failed(error),
        Ok(left) if left.is_empty() => Look::Ready(()),
        Ok(left) => Look::Pending(left.iter().map(shown).collect::<Vec<_>>().join(", ")),
    };
    wait::until(cx, wait, &|| associations(cx, id), judge)
        .await
        .map_err(|error| match error.kind() {
            Kind::TimedOut => error.advise(holders.advice()),
            _ => error,
        })
}

fn shown(association: &ServiceNetworkResourceAssociationSummary) -> String {
    let status = association.status().map_or("UNKNOWN", |status| status.as_str());
    format!("{} {status}", association.id().unwrap_or_default())
}

/// Who is associated with a configuration.
#[derive(Debug, Default, PartialEq, Eq)]
struct Holders {
    /// EventBridge connections, as they are called in messages.
    connections: Vec<String>,
    /// Associations that somebody made and has to delete.
    others: Vec<String>,
}

impl Holders {
    /// The end of the sentence "waiting for …".
    fn what(&self) -> String {
        let mut parts = Vec::new();
        match self.connections.as_slice() {
            [] => {}
            [one] => parts.push(format!("EventBridge to release the association of connection {one}")),
            many => parts.push(format!(
                "EventBridge to release the associations of connections {}",
                many.join(", ")
            )),
        }
        if !self.others.is_empty() {
            parts.push(format!("someone to delete {}", self.others.join(", ")));
        }
        parts.join(" and ")
    }

    fn advice(&self) -> &'static str {
        if self.others.is_empty() {
            "EventBridge lets go some minutes after the connection is deleted or points elsewhere: if the connection still exists, \
             delete it first; then run the command again"
        } else {
            "Delete the association with `aws vpc-lattice delete-service-network-resource-association`, then run the command again"
        }
    }
}

async fn holders(cx: &Cx<Aws>, id: &str, associations: &[ServiceNetworkResourceAssociationSummary]) -> Holders {
    let mut holders = Holders::default();
    for association in associations {
        let own_account = association
            .resource_configuration_arn()
            .and_then(Arn::parse)
            .map(|arn| arn.account);
        let tag = match association.arn() {
            // Another account's tags may be closed to us: then the account alone is named.
            Some(arn) => lattice_tags::of(cx, arn)
                .await
                .ok()
                .and_then(|tags| tags.get(HOLDER).cloned()),
            None => None,
        };
        let snra = association.id().unwrap_or(id);
        match tag {
            Some(tag) => holders.connections.push(connection(&tag, own_account)),
            None if association.is_managed_association() == Some(true) => {
                let account = association.created_by().unwrap_or("an unknown account");
                holders.connections.push(format!("of account {account} ({snra})"));
            }
            None => {
                let network = association
                    .service_network_name()
                    .or_else(|| association.service_network_id());
                holders.others.push(format!(
                    "the association {snra} with service network {}",
                    network.unwrap_or("of another account")
                ));
            }
        }
    }
    holders
}

/// `<account>:<connection>`, without the account if it is ours.
fn connection(tag: &str, own_account: Option<&str>) -> String {
    match tag.split_once(':') {
        Some((account, name)) if own_account == Some(account) => format!("\"{name}\""),
        Some((account, name)) => format!("\"{name}\" of account {account}"),
        None => format!("\"{tag}\""),
    }
}

/// Waits until the configuration does not exist; answers it if the deletion failed.
async fn gone(cx: &Cx<Aws>, id: &str, deadline: Instant) -> Result<Option<Live>, Error> {
    let wait = Wait {
        what: "the resource configuration to be deleted",
        deadline,
    };
    let judge = |looked: Result<Option<Live>, Error>| match looked {
        Err(error) => Look::Failed(error),
        Ok(Some(live)) if live::status(&live) == "DELETE_FAILED" => Look::Ready(Some(live)),
        Ok(Some(live)) => Look::Pending(live::status(&live).to_owned()),
        Ok(None) => Look::Ready(None),
    };
    wait::until(cx, wait, &|| live::find(cx, id), judge).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_awaited() {
        let mut holders = Holders {
            connections: vec![connection("123456789012:orders", Some("123456789012"))],
            others: Vec::new(),
        };
        insta::assert_snapshot!(holders.what(), @r#"EventBridge to release the association of connection "orders""#);
        holders
            .connections
            .push(connection("999999999999:billing", Some("123456789012")));
        holders
            .others
            .push("the association snra-1 with service network sn-1".to_owned());
        insta::assert_snapshot!(
            holders.what(),
            @r#"EventBridge to release the associations of connections "orders", "billing" of account 999999999999 and someone to delete the association snra-1 with service network sn-1"#
        );
    }
}
