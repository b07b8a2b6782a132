//! VPC Lattice: resource gateways, resource configurations, and the associations that EventBridge creates.
//!
//! Facts: docs/aws-behavior.md, Every call, Resource gateway, Resource configuration; the service model `vpc-lattice`
//! 2022-11-30.
//!
//! A test makes them fail with a gateway in a subnet without enough free addresses, or a configuration for a domain name
//! under `.invalid`.

mod association;
mod configuration;
mod definition;
mod errors;
mod flap;
mod gateway;
mod network;
mod ports;
mod tags;
#[cfg(test)]
pub(crate) mod tests;
mod tokens;
pub mod vpc_endpoints;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub use association::{Association, associate_by_hand};
pub(crate) use association::{associate, disassociate};
pub use configuration::Configuration;
pub use gateway::Gateway;

use crate::operation::{CallCx, Protocol, ResourceRow, Service, ServiceError};
use crate::world::{Region, World};
use crate::{page, partition};

/// The service, as the emulator's dispatcher sees it.
pub(crate) static SERVICE: Service = Service {
    name: "vpc-lattice",
    protocol: Protocol::Rest,
    handle,
    invalid: errors::violations,
    // VPC Lattice documents no request rates.
    bucket: |_, _| None,
    throttled: errors::throttled,
    denied: errors::denied,
    internal: errors::internal,
    resources,
};

/// The state of one account and Region.
#[derive(Debug, Default)]
pub struct Lattice {
    /// Gateways by id.
    pub gateways: BTreeMap<String, Gateway>,
    /// Configurations by id.
    pub configurations: BTreeMap<String, Configuration>,
    /// Associations by id: those made from this account, and those with this account's configurations.
    pub associations: BTreeMap<String, Association>,
    /// VPC endpoints for a configuration, by the id of the association.
    pub resource_endpoints: BTreeMap<String, vpc_endpoints::ResourceEndpoint>,
    /// VPC endpoints for a service network, by id.
    pub network_endpoints: BTreeMap<String, vpc_endpoints::NetworkEndpoint>,
    tokens: tokens::Tokens,
}

fn handle(world: &mut World, cx: &CallCx, operation: &str, input: &Value) -> Result<Value, ServiceError> {
    match operation {
        "CreateResourceGateway" => gateway::create(world, cx, input),
        "GetResourceGateway" => gateway::get(world, cx, input),
        "ListResourceGateways" => gateway::list(world, cx, input),
        "UpdateResourceGateway" => gateway::update(world, cx, input),
        "DeleteResourceGateway" => gateway::delete(world, cx, input),
        "CreateResourceConfiguration" => configuration::create(world, cx, input),
        "GetResourceConfiguration" => configuration::get(world, cx, input),
        "ListResourceConfigurations" => configuration::list(world, cx, input),
        "UpdateResourceConfiguration" => configuration::update(world, cx, input),
        "DeleteResourceConfiguration" => configuration::delete(world, cx, input),
        "ListServiceNetworkResourceAssociations" => association::list(world, cx, input),
        "GetServiceNetworkResourceAssociation" => association::get(world, cx, input),
        "DeleteServiceNetworkResourceAssociation" => association::delete(world, cx, input),
        "ListResourceEndpointAssociations" => vpc_endpoints::list_of_configuration(world, cx, input),
        "ListServiceNetworkVpcEndpointAssociations" => vpc_endpoints::list_of_network(world, cx, input),
        "TagResource" => tags::tag(world, cx, input),
        "UntagResource" => tags::untag(world, cx, input),
        "ListTagsForResource" => tags::list(world, cx, input),
        other => unreachable!("{other} is in shapes.json but not in lattice::handle"),
    }
}

fn resources(_: &World, region: &Region) -> Vec<ResourceRow> {
    let lattice = &region.lattice;
    let gateways = lattice.gateways.values().map(Gateway::row);
    let configurations = lattice.configurations.values().map(Configuration::row);
    let associations = lattice.associations.values().map(Association::row);
    gateways.chain(configurations).chain(associations).collect()
}

/// Returns the id in an identifier that may also be an ARN.
fn id_of(identifier: &str) -> &str {
    identifier.rsplit('/').next().unwrap_or(identifier)
}

fn arn(region: &str, account: &str, path: &str, id: &str) -> String {
    partition::arn("vpc-lattice", region, account, &format!("{path}/{id}"))
}

/// Returns one page of a list response: `items` and `nextToken`. A page has up to 100 items (model, MaxResults).
fn page(list: &str, items: Vec<Value>, input: &Value) -> Result<Value, ServiceError> {
    let max = input["maxResults"].as_u64().and_then(|max| usize::try_from(max).ok());
    let (items, next) = page::paginate(list, items, max, 100, input["nextToken"].as_str())
        .map_err(|_| errors::invalid("nextToken", "Invalid nextToken"))?;
    let mut answer = json!({ "items": items });
    if let Some(next) = next {
        answer["nextToken"] = next.into();
    }
    Ok(answer)
}
