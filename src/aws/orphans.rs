//! Orphans: objects that a killed process created for this resource and the engine did not record.
//!
//! A process can be killed after AWS answers a create and before the engine records the object. The next run creates another
//! object. Meanwhile it looks for objects that carry the resource's [`URN_TAG`] and that the engine has not shown in this
//! process. One warning names them; nothing is adopted or deleted. The look-up is best effort: it runs during the wait of the
//! create, and its failures are only logged. It runs once and late, because AWS does not show a new object at once.
//!
//! EventBridge connections cannot be tagged, so their orphans are not found this way. Connection names are unique: a program
//! with a fixed name gets a conflict with the orphan. If the configuration turns the tag off (`ownershipTags`), there is no
//! look-up.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use aws_sdk_ec2::types::Filter;
use pulumi_provider::error::Error;
use pulumi_provider::resource::context::Cx;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use super::Aws;
use super::error::classify;
use super::tags::{URN_TAG, urn_value};

/// The type of the object that is being created. The look-up searches for the same type.
#[derive(Clone, Copy, Debug)]
pub enum OrphanKind<'a> {
    /// Found with one DescribeSecurityGroups, by tag.
    SecurityGroup,
    /// Found with one DescribeVpcEndpoints, by tag.
    InterfaceEndpoint,
    /// Found with ListResourceGateways, and ListTagsForResource for each gateway whose name differs from this one only after
    /// the last hyphen, where the random part of a name is.
    ResourceGateway(&'a str),
    /// Found with ListResourceConfigurations in the same way.
    ResourceConfiguration(&'a str),
}

/// How long AWS may take to show an object that was made just before the process was killed.
const SHOWN: Duration = Duration::from_secs(10);
/// How long the look-up may take after `create` has ended.
const LOOK: Duration = Duration::from_secs(5);

/// Runs `create`, the rest of a create whose object exists, and warns about orphans of earlier runs. The look-up begins some
/// seconds later, or when `create` ends if that is sooner.
///
/// Both futures are on the heap: futures that contain AWS calls are large, and a create is polled deep in the stack.
pub fn beside<'a, T: Send + 'a>(
    cx: &'a Cx<Aws>,
    kind: OrphanKind<'a>,
    create: impl Future<Output = T> + Send + 'a,
) -> Pin<Box<dyn Future<Output = T> + Send + 'a>> {
    let mut create = Box::pin(create);
    if !cx.clients().tagging().marks_what_is_made() {
        return create;
    }
    Box::pin(async move {
        let ended = Notify::new();
        let mut look = Box::pin(async {
            tokio::select! {
                () = sleep(SHOWN) => {}
                () = ended.notified() => {}
            }
            warn(cx, kind).await;
        });
        tokio::select! {
            biased;
            done = &mut create => {
                ended.notify_one();
                // A slow look-up must not delay the create.
                tokio::select! {
                    biased;
                    () = cx.cancelled() => {}
                    _ = timeout(LOOK, look) => {}
                }
                done
            }
            () = &mut look => create.await,
        }
    })
}

/// An AWS object as list and describe calls show it.
#[derive(Clone, Debug)]
struct Found {
    id: String,
    name: Option<String>,
    arn: String,
    /// Whether the object is being deleted, or is deleted and still shown.
    going: bool,
}

async fn warn(cx: &Cx<Aws>, kind: OrphanKind<'_>) {
    let found = match kind {
        OrphanKind::SecurityGroup => security_groups(cx).await,
        OrphanKind::InterfaceEndpoint => interface_endpoints(cx).await,
        OrphanKind::ResourceGateway(name) => match resource_gateways(cx).await {
            Ok(all) => Ok(tagged(cx, all, name).await),
            Err(error) => Err(error),
        },
        OrphanKind::ResourceConfiguration(name) => match resource_configurations(cx).await {
            Ok(all) => Ok(tagged(cx, all, name).await),
            Err(error) => Err(error),
        },
    };
    match found {
        Ok(mut found) => {
            found.retain(|one| unknown(cx, one));
            if !found.is_empty() {
                cx.warn(&text(kind, &found));
            }
            // If this create is repeated, do not warn again.
            found.iter().for_each(|one| cx.know(&one.id));
        }
        Err(error) => {
            tracing::debug!(urn = %cx.urn(), error = cx.redact(&error.to_string()), "cannot look for what an earlier run left behind")
        }
    }
}

/// Reports whether the object is an orphan: it is not being deleted, the engine has not shown it, and this create did not make
/// it.
fn unknown(cx: &Cx<Aws>, found: &Found) -> bool {
    !found.going && !cx.knows(&found.id)
}

fn text(kind: OrphanKind<'_>, found: &[Found]) -> String {
    let (what, costs) = match kind {
        OrphanKind::SecurityGroup => ("security group", "as long as it exists its VPC cannot be deleted"),
        OrphanKind::InterfaceEndpoint => ("interface endpoint", "it is charged by the hour"),
        OrphanKind::ResourceGateway(_) => ("resource gateway", "it keeps its security groups and subnets in use"),
        OrphanKind::ResourceConfiguration(_) => ("resource configuration", "it keeps its resource gateway in use"),
    };
    let listed: Vec<String> = found
        .iter()
        .map(|one| match &one.name {
            Some(name) => format!("{} (\"{name}\")", one.id),
            None => one.id.clone(),
        })
        .collect();
    let listed = match listed.as_slice() {
        [one] => format!("{what} {one}"),
        many => format!("each of the {what}s {}", many.join(", ")),
    };
    format!(
        "{listed} carries this resource's tag {URN_TAG}, but the state did not show it to this run. Unless Pulumi deletes it \
         at the end of a replacement, a run that was killed left it behind: delete it if nothing uses it, for {costs}"
    )
}

/// Returns the EC2 filter that finds the objects of this resource. The tag's value contains no wildcards of EC2's filters.
fn by_tag(cx: &Cx<Aws>) -> Filter {
    Filter::builder()
        .name(format!("tag:{URN_TAG}"))
        .values(urn_value(cx.urn().as_str()))
        .build()
}

async fn security_groups(cx: &Cx<Aws>) -> Result<Vec<Found>, Error> {
    let call = cx.clients().ec2().await?.describe_security_groups().filters(by_tag(cx));
    let answer = call
        .send()
        .await
        .map_err(|error| classify("DescribeSecurityGroups", error))?;
    let groups = answer.security_groups.unwrap_or_default().into_iter();
    Ok(groups
        .map(|group| Found {
            id: group.group_id.unwrap_or_default(),
            name: group.group_name,
            arn: group.security_group_arn.unwrap_or_default(),
            going: false,
        })
        .collect())
}

async fn interface_endpoints(cx: &Cx<Aws>) -> Result<Vec<Found>, Error> {
    let call = cx.clients().ec2().await?.describe_vpc_endpoints().filters(by_tag(cx));
    let answer = call
        .send()
        .await
        .map_err(|error| classify("DescribeVpcEndpoints", error))?;
    let endpoints = answer.vpc_endpoints.unwrap_or_default().into_iter();
    Ok(endpoints
        .map(|endpoint| Found {
            // EC2 writes its states sometimes with a capital letter and sometimes without.
            going: endpoint
                .state()
                .is_some_and(|state| state.as_str().to_ascii_lowercase().starts_with("delet")),
            id: endpoint.vpc_endpoint_id.unwrap_or_default(),
            name: None,
            arn: String::new(),
        })
        .collect())
}

async fn resource_gateways(cx: &Cx<Aws>) -> Result<Vec<Found>, Error> {
    let list = cx.clients().lattice().await?.list_resource_gateways();
    let mut pages = list.into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| classify("ListResourceGateways", error))?;
        found.extend(page.items.unwrap_or_default().into_iter().map(|one| {
            Found {
                going: one
                    .status()
                    .is_some_and(|status| status.as_str() == "DELETE_IN_PROGRESS"),
                id: one.id.unwrap_or_default(),
                name: one.name,
                arn: one.arn.unwrap_or_default(),
            }
        }));
    }
    Ok(found)
}

async fn resource_configurations(cx: &Cx<Aws>) -> Result<Vec<Found>, Error> {
    let list = cx.clients().lattice().await?.list_resource_configurations();
    let mut pages = list.into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| classify("ListResourceConfigurations", error))?;
        found.extend(page.items.unwrap_or_default().into_iter().map(|one| {
            Found {
                going: one
                    .status()
                    .is_some_and(|status| status.as_str() == "DELETE_IN_PROGRESS"),
                id: one.id.unwrap_or_default(),
                name: one.name,
                arn: one.arn.unwrap_or_default(),
            }
        }));
    }
    Ok(found)
}

/// Returns the objects of a list that were created for this resource. VPC Lattice's lists show no tags and cannot be filtered
/// by them. So only objects with a similar name have their tags read, one after the other.
async fn tagged(cx: &Cx<Aws>, all: Vec<Found>, name: &str) -> Vec<Found> {
    let wanted = urn_value(cx.urn().as_str());
    let mut found = Vec::new();
    let may_be = |one: &Found| unknown(cx, one) && one.name.as_deref().is_some_and(|other| similar(other, name));
    for one in all.into_iter().filter(may_be) {
        match tag(cx, &one.arn).await {
            Ok(Some(urn)) if urn == wanted => found.push(one),
            Ok(_) => {}
            // For example, another account shares the object, or the object is gone by now.
            Err(error) => {
                tracing::debug!(urn = %cx.urn(), id = cx.redact(&one.id), error = cx.redact(&error.to_string()), "cannot tell whose it is")
            }
        }
    }
    found
}

async fn tag(cx: &Cx<Aws>, arn: &str) -> Result<Option<String>, Error> {
    let client = cx.clients().lattice().await?;
    let answer = client.list_tags_for_resource().resource_arn(arn).send().await;
    let answer = answer.map_err(|error| classify("ListTagsForResource", error))?;
    Ok(answer.tags.unwrap_or_default().remove(URN_TAG))
}

/// Reports whether two names differ only after the last hyphen, as automatic names of one resource do.
fn similar(one: &str, other: &str) -> bool {
    let start = |name: &str| name.rsplit_once('-').map_or(name, |(start, _)| start).to_owned();
    start(one) == start(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::testing;

    #[test]
    fn names_of_one_resource_are_similar() {
        assert!(similar("orders-3f2a", "orders-77ab"));
        assert!(similar("orders-api-3f2a", "orders-api-77ab"));
        assert!(!similar("orders-api-3f2a", "orders-77ab"));
        assert!(!similar("order-3f2a", "orders-77ab"));
        assert!(similar("orders", "orders") && !similar("orders", "invoices"));
    }

    #[test]
    fn the_warning_names_each() {
        let found = |id: &str, name: Option<&str>| Found {
            id: id.to_owned(),
            name: name.map(str::to_owned),
            arn: String::new(),
            going: false,
        };
        insta::assert_snapshot!(
            text(OrphanKind::ResourceGateway("orders-77ab"), &[found("rgw-1", Some("orders-3f2a"))]),
            @r#"resource gateway rgw-1 ("orders-3f2a") carries this resource's tag private-step-functions:urn, but the state did not show it to this run. Unless Pulumi deletes it at the end of a replacement, a run that was killed left it behind: delete it if nothing uses it, for it keeps its security groups and subnets in use"#
        );
        insta::assert_snapshot!(
            text(OrphanKind::InterfaceEndpoint, &[found("vpce-1", None), found("vpce-2", None)]),
            @"each of the interface endpoints vpce-1, vpce-2 carries this resource's tag private-step-functions:urn, but the state did not show it to this run. Unless Pulumi deletes it at the end of a replacement, a run that was killed left it behind: delete it if nothing uses it, for it is charged by the hour"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_the_look() {
        let cx = testing::cx(testing::aws());
        assert_eq!(beside(&cx, OrphanKind::SecurityGroup, std::future::ready(1)).await, 1);
        // A failed look-up does not end the create either: nothing is reachable here.
        let create = sleep(Duration::from_secs(60));
        beside(&cx, OrphanKind::SecurityGroup, create).await;
    }
}
