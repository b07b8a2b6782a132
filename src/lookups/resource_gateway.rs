//! A resource gateway: by its id, its name, or its VPC if that has only one.
//! <https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_ListResourceGateways.html>

use pulumi_provider::error::Error;
use serde::{Deserialize, Serialize};

use super::Sought;
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::resources::resource_gateway::{self, State};

/// Which gateway: exactly one of the three.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Arguments {
    /// Its id.
    #[serde(default)]
    pub id: Option<String>,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Its VPC.
    #[serde(default)]
    pub vpc_id: Option<String>,
}

/// A gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The VPC.
    pub vpc_id: String,
    /// The subnets, sorted.
    pub subnet_ids: Vec<String>,
    /// Whether an AWS service manages it. Nobody else can put resource configurations behind it.
    pub service_managed: bool,
    /// What the resource has as outputs.
    #[serde(flatten)]
    pub outputs: State,
}

/// Looks a gateway up: with one call by id, otherwise with a list before that, which VPC Lattice does not filter. A gateway that is
/// being deleted counts only if it is asked for by its id, and one of an AWS service not if it is asked for by its VPC.
///
/// # Errors
/// There is none or more than one, or it cannot be read.
pub async fn look_up(aws: &Aws, arguments: &Arguments) -> Result<Found, Error> {
    let Arguments { id, name, vpc_id } = arguments;
    let sought = Sought {
        noun: "resource gateway",
        which: match (id, name, vpc_id) {
            (Some(id), ..) => id.clone(),
            (_, Some(name), _) => format!("named \"{name}\""),
            _ => format!("in {}", vpc_id.clone().unwrap_or_default()),
        },
        otherwise: "the `id` or the `name` of one of them",
    };
    let live = match id {
        Some(id) => resource_gateway::find(aws, id).await?,
        None => {
            let mut candidates = Vec::new();
            for id in listed(aws, arguments).await? {
                candidates.extend(resource_gateway::find(aws, &id).await?);
            }
            candidates.retain(|live| vpc_id.is_none() || live.service_managed() != Some(true));
            let named = |live: &_| called(live);
            Some(sought.only(aws, candidates, named).await?)
        }
    };
    let Some(live) = live else {
        return Err(sought.missing(aws).await);
    };
    let mut outputs = resource_gateway::shown(&live);
    outputs
        .security_group_ids
        .iter_mut()
        .for_each(|groups| groups.sort_unstable());
    let mut subnet_ids = live.subnet_ids().to_vec();
    subnet_ids.sort_unstable();
    Ok(Found {
        id: live.id().unwrap_or_default().to_owned(),
        name: live.name().unwrap_or_default().to_owned(),
        vpc_id: live.vpc_id().unwrap_or_default().to_owned(),
        subnet_ids,
        service_managed: live.service_managed().unwrap_or_default(),
        outputs,
    })
}

/// Returns the ids of the gateways that have the name or are in the VPC. The list does not tell which of them a service manages.
async fn listed(aws: &Aws, arguments: &Arguments) -> Result<Vec<String>, Error> {
    let pages = aws
        .lattice()
        .await?
        .list_resource_gateways()
        .max_results(100)
        .into_paginator();
    let all: Result<Vec<_>, _> = pages.items().send().collect().await;
    let all = all.map_err(|error| classify("ListResourceGateways", error))?;
    let fits = |wanted: &Option<String>, seen: Option<&str>| wanted.is_none() || wanted.as_deref() == seen;
    Ok(all
        .into_iter()
        .filter(|one| fits(&arguments.name, one.name()) && fits(&arguments.vpc_id, one.vpc_identifier()))
        .filter(|one| {
            one.status()
                .is_none_or(|status| status.as_str() != "DELETE_IN_PROGRESS")
        })
        .filter_map(|one| one.id)
        .collect())
}

/// Returns how a message names one of several gateways.
fn called(live: &aws_sdk_vpclattice::operation::get_resource_gateway::GetResourceGatewayOutput) -> String {
    format!(
        "{} ({})",
        live.id().unwrap_or_default(),
        live.name().unwrap_or_default()
    )
}
