//! A resource configuration, of this account or shared with it by AWS RAM: by its id, its ARN or its name.
//! <https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_ListResourceConfigurations.html>

use pulumi_provider::error::Error;
use serde::{Deserialize, Serialize};

use super::Sought;
use crate::arn::Arn;
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::resources::resource_configuration::{self, State, Target};

/// Which configuration: exactly one of the three.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Arguments {
    /// Its id, if this account owns it.
    #[serde(default)]
    pub id: Option<String>,
    /// Its ARN.
    #[serde(default)]
    pub arn: Option<String>,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
}

/// A configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The account that owns it.
    pub owner_id: String,
    /// SINGLE, GROUP, CHILD, ARN or CIDR.
    pub r#type: String,
    /// The gateway; absent if VPC Lattice does not show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_gateway_id: Option<String>,
    /// TCP ports and port ranges.
    pub ports: Vec<String>,
    /// The target; absent for a group, an ARN or a CIDR block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// Why it failed, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
    /// What the resource has as outputs.
    #[serde(flatten)]
    pub outputs: State,
}

/// Looks a configuration up: with one call by id or ARN, by name with a list before that, which VPC Lattice does not filter by name.
/// One that is being deleted does not count in the list.
///
/// # Errors
/// There is none or more than one, or it cannot be read.
pub async fn look_up(aws: &Aws, arguments: &Arguments) -> Result<Found, Error> {
    let sought = Sought {
        noun: "resource configuration",
        which: match (&arguments.id, &arguments.arn, &arguments.name) {
            (Some(known), ..) | (None, Some(known), _) => known.clone(),
            (None, None, name) => format!("named \"{}\"", name.clone().unwrap_or_default()),
        },
        otherwise: "the `arn` of one of them",
    };
    let identifier = match arguments.id.as_ref().or(arguments.arn.as_ref()) {
        Some(known) => known.clone(),
        None => {
            let found = listed(aws, arguments.name.as_deref()).await?;
            sought.only(aws, found, Clone::clone).await?
        }
    };
    let Some(live) = resource_configuration::find(aws, &identifier).await? else {
        return Err(match &arguments.arn {
            Some(_) => sought
                .missing(aws)
                .await
                .advise("If it belongs to another account, accept the share in AWS RAM"),
            None => sought.missing(aws).await,
        });
    };
    let outputs = resource_configuration::shown(&live);
    let owner = outputs
        .arn
        .as_deref()
        .and_then(Arn::parse)
        .map(|arn| arn.account.to_owned());
    let target = live.resource_configuration_definition();
    let target = target.and_then(|definition| resource_configuration::target(definition, None));
    Ok(Found {
        id: live.id().unwrap_or_default().to_owned(),
        name: live.name().unwrap_or_default().to_owned(),
        owner_id: owner.unwrap_or_default(),
        r#type: live.r#type().map_or("SINGLE", |kind| kind.as_str()).to_owned(),
        resource_gateway_id: live.resource_gateway_id().map(str::to_owned),
        ports: live.port_ranges().to_vec(),
        target,
        failure_reason: live.failure_reason().filter(|text| !text.is_empty()).map(str::to_owned),
        outputs,
    })
}

/// Returns the ARNs of the configurations with this name. A name is unique in an account, but accounts share configurations.
async fn listed(aws: &Aws, name: Option<&str>) -> Result<Vec<String>, Error> {
    let call = aws.lattice().await?.list_resource_configurations().max_results(100);
    let all: Result<Vec<_>, _> = call.into_paginator().items().send().collect().await;
    let all = all.map_err(|error| classify("ListResourceConfigurations", error))?;
    Ok(all
        .into_iter()
        .filter(|one| one.name() == name)
        .filter(|one| {
            one.status()
                .is_none_or(|status| status.as_str() != "DELETE_IN_PROGRESS")
        })
        .filter_map(|one| one.arn)
        .collect())
}
