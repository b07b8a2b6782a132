//! Waits for a private DNS name: only one endpoint of a VPC can own the name of a service.

use std::time::Duration;

use aws_sdk_ec2::types::{Filter, VpcEndpoint as Live};
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use super::answer::state_name;
use crate::aws::Aws;
use crate::aws::endpoint_state::{self, is_dead, is_going};
use crate::aws::error::classify;
use crate::aws::tags::{self, URN_TAG};
use crate::aws::wait::{Look, Wait, until};

/// How long to wait for a taken private DNS name if no endpoint owns it.
pub(super) const UNOWNED_FOR: Duration = Duration::from_secs(120);

/// Reports whether EC2 refused a request because the private DNS name is taken. EC2 has no error code of its own for that.
pub(super) fn is_taken(error: &Error) -> bool {
    error.code() == "InvalidParameter" && error.message().contains("conflicting DNS domain")
}

/// Waits until no endpoint of the VPC that is being deleted owns the private DNS name.
///
/// # Errors
/// An endpoint owns the name and is not being deleted: which one, and what to do.
pub(super) async fn free(
    cx: &Cx<Aws>,
    vpc_id: &str,
    service_name: &str,
    own: Option<&str>,
    deadline: Instant,
) -> Result<(), Error> {
    let what = format!("the private DNS name of {service_name} to be free in {vpc_id}");
    let look = || holder(cx, vpc_id, service_name, own);
    until(cx, Wait { what: &what, deadline }, &look, |seen| match seen {
        Ok(None) => Look::Ready(()),
        Ok(Some(live)) if is_going(&endpoint_state::of(&live)) => Look::Pending(format!(
            "{} is {}",
            live.vpc_endpoint_id().unwrap_or_default(),
            state_name(&live)
        )),
        Ok(Some(live)) => Look::Failed(held_by(&live, vpc_id, service_name)),
        Err(error) => Look::Failed(error),
    })
    .await
}

fn held_by(live: &Live, vpc_id: &str, service_name: &str) -> Error {
    let id = live.vpc_endpoint_id().unwrap_or_default();
    let tags = tags::from_ec2(live.tags());
    let maker = tags
        .get(URN_TAG)
        .map_or_else(String::new, |urn| format!(" (made for {urn})"));
    let state = endpoint_state::of(live);
    if is_dead(&state) {
        let text = format!(
            "endpoint {id}{maker} is {state}, and may still own the private DNS name of {service_name} in {vpc_id}"
        );
        return Error::new(ErrorKind::Conflict, text)
            .advise("Delete that endpoint, or set `privateDnsEnabled` to false here");
    }
    Error::new(
        ErrorKind::Conflict,
        format!("endpoint {id}{maker} already owns the private DNS name of {service_name} in {vpc_id}"),
    )
    .advise(format!(
        "Use that endpoint, set `privateDnsEnabled` to false here, or turn private DNS off at {id}"
    ))
}

/// Returns the endpoint that owns the name. One that works comes before one that is being deleted, and that before one that
/// failed: AWS does not document whether a failed endpoint keeps the name.
async fn holder(cx: &Cx<Aws>, vpc_id: &str, service_name: &str, own: Option<&str>) -> Result<Option<Live>, Error> {
    let filter = |name: &str, value: &str| Filter::builder().name(name).values(value).build();
    let pages = cx
        .clients()
        .ec2()
        .await?
        .describe_vpc_endpoints()
        .filters(filter("vpc-id", vpc_id))
        .filters(filter("service-name", service_name))
        .into_paginator();
    let endpoints: Result<Vec<_>, _> = pages.items().send().collect().await;
    let endpoints = endpoints.map_err(|error| classify("DescribeVpcEndpoints", error))?;
    let holders = endpoints.into_iter().filter(|live| {
        let state = endpoint_state::of(live);
        live.private_dns_enabled() == Some(true) && live.vpc_endpoint_id() != own && state != "deleted"
    });
    Ok(holders.min_by_key(|live| {
        let state = endpoint_state::of(live);
        (is_dead(&state), is_going(&state))
    }))
}
