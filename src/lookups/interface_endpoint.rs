//! An interface endpoint: by its id, or by its VPC and service.
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html>

use aws_sdk_ec2::types::{Filter, VpcEndpoint as Live};
use pulumi_provider::error::{Error, ErrorKind};
use serde::{Deserialize, Serialize};

use super::{Sought, wrong};
use crate::aws::Aws;
use crate::aws::endpoint_state::is_useless;
use crate::aws::error::classify;
use crate::aws::looks::filter;
use crate::resources::interface_endpoint::{self, State, full_name, short_name};

/// Which endpoint.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Arguments {
    /// Its id.
    #[serde(default)]
    pub id: Option<String>,
    /// Its VPC.
    #[serde(default)]
    pub vpc_id: Option<String>,
    /// The short or full name of its service.
    #[serde(default)]
    pub service: Option<String>,
}

/// An endpoint.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// The id.
    pub id: String,
    /// The VPC.
    pub vpc_id: String,
    /// The short name of the service; its full name if it has no short one.
    pub service: String,
    /// The subnets, sorted.
    pub subnet_ids: Vec<String>,
    /// Whether the service's default DNS name resolves to the endpoint inside the VPC.
    pub private_dns_enabled: bool,
    /// What the resource has as outputs.
    #[serde(flatten)]
    pub outputs: State,
}

/// Looks an endpoint up, with one call. One that is being deleted, or failed for good, counts only if it is asked for by its id.
///
/// # Errors
/// There is none or more than one, it is of another type, or it cannot be read.
pub async fn look_up(aws: &Aws, arguments: &Arguments) -> Result<Found, Error> {
    let (filters, which) = chosen(aws, arguments).await?;
    let sought = Sought {
        noun: "interface endpoint",
        which,
        otherwise: "the `id` of one of them",
    };
    let call = aws.ec2().await?.describe_vpc_endpoints().set_filters(Some(filters));
    let all: Result<Vec<_>, _> = call.into_paginator().items().send().collect().await;
    let mut all = all.map_err(|error| classify("DescribeVpcEndpoints", error))?;
    all.retain(|live| !is_gone(live) && (arguments.id.is_some() || !is_useless(live)));
    let live = sought.only(aws, all, called).await?;
    let kind = live.vpc_endpoint_type().map_or("Interface", |kind| kind.as_str());
    if !kind.eq_ignore_ascii_case("Interface") {
        let text = format!("{} is a {kind} endpoint, not an interface endpoint", sought.which);
        return Err(Error::new(ErrorKind::Invalid, text).advise("Give the `id` of an interface endpoint"));
    }
    let outputs = interface_endpoint::shown(aws, &live).await?;
    let mut subnet_ids = live.subnet_ids().to_vec();
    subnet_ids.sort_unstable();
    Ok(Found {
        id: live.vpc_endpoint_id().unwrap_or_default().to_owned(),
        vpc_id: live.vpc_id().unwrap_or_default().to_owned(),
        service: short_name(aws.region().await?, live.service_name().unwrap_or_default()).to_owned(),
        subnet_ids,
        private_dns_enabled: live.private_dns_enabled().unwrap_or_default(),
        outputs,
    })
}

/// Returns the filters for the arguments, and the words for messages.
async fn chosen(aws: &Aws, arguments: &Arguments) -> Result<(Vec<Filter>, String), Error> {
    let Arguments { id, vpc_id, service } = arguments;
    let problems: Vec<_> = [
        (
            id.is_some() && service.is_some(),
            "`service` does not go with `id`: remove one of them",
        ),
        (
            vpc_id.is_some() && service.is_none(),
            "`service` is required with `vpcId`",
        ),
        (id.is_none() && vpc_id.is_none(), "one of `id` and `vpcId` is required"),
    ]
    .into_iter()
    .filter(|(is_wrong, _)| *is_wrong)
    .map(|(_, text)| text.to_owned())
    .collect();
    if let Some(error) = wrong(&problems) {
        return Err(error);
    }
    if let Some(id) = id {
        return Ok((vec![filter("vpc-endpoint-id", vec![id.clone()])], id.clone()));
    }
    let vpc = vpc_id.clone().unwrap_or_default();
    let service = service.clone().unwrap_or_default();
    let full = full_name(aws.region().await?, &service);
    let filters = vec![
        filter("vpc-id", vec![vpc.clone()]),
        filter("service-name", vec![full]),
        filter("vpc-endpoint-type", vec!["Interface".to_owned()]),
    ];
    Ok((filters, format!("for {service} of {vpc}")))
}

/// EC2 shows deleted endpoints for a while.
fn is_gone(live: &Live) -> bool {
    live.state()
        .is_some_and(|state| state.as_str().eq_ignore_ascii_case("deleted"))
}

/// Returns how a message names one of several endpoints: what tells them apart.
fn called(live: &Live) -> String {
    let id = live.vpc_endpoint_id().unwrap_or_default();
    match live.private_dns_enabled() {
        Some(true) => format!("{id} (with private DNS)"),
        _ => id.to_owned(),
    }
}
