//! Names what blocks the deletion of a resource configuration: associations of EventBridge, other associations, and VPC
//! endpoints.
//!
//! Only a tag shows which connection an association of EventBridge belongs to
//! (<https://docs.aws.amazon.com/eventbridge/latest/userguide/connection-private.html>).

use std::time::Duration;

use aws_sdk_eventbridge::types::ConnectionState;
use aws_sdk_vpclattice::types::{ResourceEndpointAssociationSummary, ServiceNetworkResourceAssociationSummary};
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use super::obstacles::{self, Obstacles};
use crate::arn::Arn;
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::wait::{self, Look, Wait};
use crate::resources::lattice;

/// The tag of EventBridge's associations; its value is `<account>:<connection>`.
const HOLDER: &str = "ManagedByServiceAWSEventBridge";
/// How long reads of a connection may be stale after its update or deletion.
const STALE_FOR: Duration = Duration::from_secs(15);

/// The connections, associations and VPC endpoints that use a configuration.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Holders {
    /// EventBridge connections, as messages name them.
    connections: Vec<String>,
    /// The names of the connections in the account of the configuration.
    own: Vec<String>,
    /// Associations that EventBridge did not make. A person must delete them.
    others: Vec<String>,
    /// VPC endpoints of type Resource. A person must delete them.
    endpoints: Vec<String>,
}

impl Holders {
    /// Reads from the tags which connections the associations belong to.
    pub(super) async fn of(cx: &Cx<Aws>, id: &str, obstacles: &Obstacles) -> Self {
        let endpoints = obstacles.endpoints.iter();
        let mut holders = Self {
            endpoints: endpoints.map(endpoint).collect(),
            ..Self::default()
        };
        for association in &obstacles.associations {
            let own_account = association
                .resource_configuration_arn()
                .and_then(Arn::parse)
                .map(|arn| arn.account);
            let tag = match association.arn() {
                // The tags in another account may not be readable: then only the account is named.
                Some(arn) => lattice::tags::of(cx, arn)
                    .await
                    .ok()
                    .and_then(|tags| tags.get(HOLDER).cloned()),
                None => None,
            };
            let snra = association.id().unwrap_or(id);
            match tag {
                Some(tag) => {
                    holders.connections.push(connection(&tag, own_account));
                    let of_own = tag.split_once(':').filter(|(account, _)| own_account == Some(*account));
                    holders.own.extend(of_own.map(|(_, name)| name.to_owned()));
                }
                None if association.is_managed_association() == Some(true) => {
                    let account = association.created_by().unwrap_or("an unknown account");
                    holders.connections.push(format!("of account {account} ({snra})"));
                }
                None => {
                    holders.others.push(by_hand(cx, snra, association).await);
                }
            }
        }
        holders
    }

    /// Refuses the deletion if a connection still uses the configuration, because EventBridge then keeps its association. Waits
    /// up to [`STALE_FOR`] first, because reads of a connection that was just updated or deleted are stale.
    ///
    /// # Errors
    /// The connections that use the configuration. If they cannot be read, that is no error: the wait for the associations
    /// follows.
    pub(super) async fn refuse_if_in_use(
        &self,
        cx: &Cx<Aws>,
        id: &str,
        associations: &[ServiceNetworkResourceAssociationSummary],
        deadline: Instant,
    ) -> Result<(), Error> {
        let arns: Vec<_> = associations
            .iter()
            .filter_map(|one| one.resource_configuration_arn())
            .collect();
        let Some(arn) = arns.first().filter(|_| !self.own.is_empty()) else {
            return Ok(());
        };
        let wait = Wait {
            what: &self.what(),
            deadline: deadline.min(Instant::now() + STALE_FOR),
        };
        // Only connections that use the configuration now: a deleted connection's association stays for a while.
        let mut using = String::new();
        let judge = |looked: Result<Vec<String>, Error>| match looked {
            Ok(users) if !users.is_empty() => {
                let (noun, verb) = if users.len() == 1 {
                    ("connection", "uses")
                } else {
                    ("connections", "use")
                };
                using = format!("{noun} {}", users.join(", "));
                Look::Pending(format!("{using} still {verb} {id}"))
            }
            _ => Look::Ready(()),
        };
        match wait::until(cx, wait, &|| users(cx, &self.own, arn), judge).await {
            Err(error) if error.kind() == ErrorKind::TimedOut && Instant::now() < deadline => Err(Error::new(
                ErrorKind::Failed,
                format!("resource configuration {id} is in use by {using}"),
            )
            .advise("Delete each connection, or let it use another resource configuration, then repeat the command")),
            done => done,
        }
    }

    /// Returns the end of the sentence "waiting for …".
    pub(super) fn what(&self) -> String {
        let mut parts = Vec::new();
        match self.connections.as_slice() {
            [] => {}
            [one] => parts.push(format!("EventBridge to release the association of connection {one}")),
            many => parts.push(format!(
                "EventBridge to release the associations of connections {}",
                many.join(", ")
            )),
        }
        let to_delete: Vec<_> = self.others.iter().chain(&self.endpoints).cloned().collect();
        if !to_delete.is_empty() {
            parts.push(format!("someone to delete {}", to_delete.join(", ")));
        }
        parts.join(" and ")
    }

    pub(super) fn advice(&self) -> &'static str {
        if !self.endpoints.is_empty() {
            "Delete the VPC endpoint, or ask its account to delete it, then repeat the command; `aws vpc-lattice \
             delete-resource-endpoint-association` removes the association and keeps the endpoint"
        } else if self.others.is_empty() {
            "EventBridge removes the association some minutes after the connection is deleted or uses another resource configuration: \
             if the connection still exists, delete it first; then repeat the command"
        } else {
            "Delete the association with `aws vpc-lattice delete-service-network-resource-association`, then repeat the command"
        }
    }
}

/// Describes an association that EventBridge did not make, with the VPC endpoints that use its service network.
async fn by_hand(cx: &Cx<Aws>, snra: &str, association: &ServiceNetworkResourceAssociationSummary) -> String {
    let id = association.service_network_id();
    let network = association
        .service_network_name()
        .or(id)
        .unwrap_or("of another account");
    let users = match id {
        Some(id) => obstacles::endpoints_of_network(cx, id).await,
        None => Vec::new(),
    };
    let used = match users.as_slice() {
        [] => String::new(),
        [one] => format!(" (which VPC endpoint {one} uses)"),
        many => format!(" (which VPC endpoints {} use)", many.join(", ")),
    };
    format!("the association {snra} with service network {network}{used}")
}

fn endpoint(held: &ResourceEndpointAssociationSummary) -> String {
    let id = held.vpc_endpoint_id().unwrap_or("of type Resource");
    let own_account = held
        .resource_configuration_arn()
        .and_then(Arn::parse)
        .map(|arn| arn.account);
    match held.vpc_endpoint_owner() {
        Some(owner) if own_account != Some(owner) => format!("the VPC endpoint {id} of account {owner}"),
        _ => format!("the VPC endpoint {id}"),
    }
}

/// Returns how messages name the connection of a tag `<account>:<connection>`. The account is left out if it is that of the
/// configuration.
fn connection(tag: &str, own_account: Option<&str>) -> String {
    match tag.split_once(':') {
        Some((account, name)) if own_account == Some(account) => format!("\"{name}\""),
        Some((account, name)) => format!("\"{name}\" of account {account}"),
        None => format!("\"{tag}\""),
    }
}

/// Returns those of these connections that use the configuration, for calls or for OAuth tokens, and are not being deleted.
async fn users(cx: &Cx<Aws>, names: &[String], arn: &str) -> Result<Vec<String>, Error> {
    let client = cx.clients().events().await?;
    let mut users = Vec::new();
    for name in names {
        let answer = client.describe_connection().name(name).send().await;
        let live = match answer.map_err(|error| classify("DescribeConnection", error)) {
            Err(error) if error.is_not_found() => continue,
            answer => answer?,
        };
        let deleting = live.connection_state() == Some(&ConnectionState::Deleting);
        let for_tokens = live.auth_parameters().and_then(|auth| auth.connectivity_parameters());
        let paths = [live.invocation_connectivity_parameters(), for_tokens];
        let resources = paths
            .into_iter()
            .flatten()
            .filter_map(|path| path.resource_parameters());
        if !deleting
            && resources
                .map(|one| one.resource_configuration_arn())
                .any(|used| used == arn)
        {
            users.push(format!("\"{name}\""));
        }
    }
    Ok(users)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_names_each_holder() {
        let mut holders = Holders {
            connections: vec![connection("123456789012:orders", Some("123456789012"))],
            ..Holders::default()
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
