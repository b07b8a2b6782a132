//! Lists what blocks the deletion of a resource configuration: associations with service networks, and VPC endpoints of type
//! Resource.

use aws_sdk_vpclattice::types::{ResourceEndpointAssociationSummary, ServiceNetworkResourceAssociationSummary};
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::context::Cx;

use crate::aws::Aws;
use crate::aws::error::classify;

/// The associations that refer to a configuration.
#[derive(Debug, Default)]
pub(super) struct Obstacles {
    /// Associations with service networks, those of EventBridge and others.
    pub(super) associations: Vec<ServiceNetworkResourceAssociationSummary>,
    /// Associations with VPC endpoints.
    pub(super) endpoints: Vec<ResourceEndpointAssociationSummary>,
}

impl Obstacles {
    /// Lists the associations of a configuration. Without the permission to list those with VPC endpoints, they are left out: few
    /// accounts have any.
    ///
    /// # Errors
    /// Any error of the two calls, except a missing permission to list the associations with VPC endpoints.
    pub(super) async fn of(cx: &Cx<Aws>, id: &str) -> Result<Self, Error> {
        Ok(Self {
            associations: associations(cx, id).await?,
            endpoints: match endpoints(cx, id).await {
                Err(error) if error.kind() == ErrorKind::Denied => Vec::new(),
                listed => listed?,
            },
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.associations.is_empty() && self.endpoints.is_empty()
    }

    /// Returns the associations as text, for the status of a wait.
    pub(super) fn shown(&self) -> String {
        let associations = self.associations.iter().map(|one| {
            let status = one.status().map_or("UNKNOWN", |status| status.as_str());
            format!("{} {status}", one.id().unwrap_or_default())
        });
        let endpoints = self
            .endpoints
            .iter()
            .filter_map(|one| one.vpc_endpoint_id().map(str::to_owned));
        associations.chain(endpoints).collect::<Vec<_>>().join(", ")
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

async fn endpoints(cx: &Cx<Aws>, id: &str) -> Result<Vec<ResourceEndpointAssociationSummary>, Error> {
    let client = cx.clients().lattice().await?;
    let pages = client
        .list_resource_endpoint_associations()
        .resource_configuration_identifier(id)
        .into_paginator()
        .items()
        .send();
    let all: Result<Vec<_>, _> = pages.collect().await;
    all.map_err(|error| classify("ListResourceEndpointAssociations", error))
}

/// Returns the VPC endpoints that use a service network; none if they cannot be listed.
pub(super) async fn endpoints_of_network(cx: &Cx<Aws>, network: &str) -> Vec<String> {
    let Ok(client) = cx.clients().lattice().await else {
        return Vec::new();
    };
    let pages = client
        .list_service_network_vpc_endpoint_associations()
        .service_network_identifier(network)
        .into_paginator()
        .items()
        .send();
    let all: Result<Vec<_>, _> = pages.collect().await;
    let all = all.unwrap_or_default();
    all.iter()
        .filter_map(|one| one.vpc_endpoint_id().map(str::to_owned))
        .collect()
}
