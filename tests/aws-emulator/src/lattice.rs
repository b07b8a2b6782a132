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
pub(crate) mod seeds;
mod tags;
#[cfg(test)]
pub(crate) mod tests;
mod tokens;
pub mod vpc_endpoints;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

pub use association::{Association, associate_by_hand};
pub(crate) use association::{associate, disassociate};
pub use configuration::Configuration;
pub use gateway::Gateway;

use self::tags::Tags;
use crate::accounts::{Accounts, Region};
use crate::operation::{CallCx, Protocol, ResourceRow, Service, ServiceError};
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
    /// ARNs of configurations of other accounts that AWS RAM shares with this one; only seeds share.
    pub(crate) shared: BTreeSet<String>,
    tokens: tokens::Tokens,
}

impl Lattice {
    /// Returns the tags of the object with this ARN.
    fn tags_of(&mut self, arn: &str) -> Result<&mut Tags, ServiceError> {
        let id = id_of(arn);
        let gateway = self.gateways.get_mut(id).map(|one| (&one.arn, &mut one.tags));
        let configuration = self.configurations.get_mut(id).map(|one| (&one.arn, &mut one.tags));
        let association = self.associations.get_mut(id).map(|one| (&one.arn, &mut one.tags));
        let found = gateway.or(configuration).or(association);
        let (_, tags) = found
            .filter(|(own, _)| *own == arn)
            .ok_or_else(|| errors::not_found("RESOURCE", arn))?;
        Ok(tags)
    }
}

fn handle(accounts: &mut Accounts, cx: &CallCx, operation: &str, input: &Value) -> Result<Value, ServiceError> {
    match operation {
        "CreateResourceGateway" => gateway::create(accounts, cx, input),
        "GetResourceGateway" => gateway::get(accounts, cx, input),
        "ListResourceGateways" => gateway::list(accounts, cx, input),
        "UpdateResourceGateway" => gateway::update(accounts, cx, input),
        "DeleteResourceGateway" => gateway::delete(accounts, cx, input),
        "CreateResourceConfiguration" => configuration::create(accounts, cx, input),
        "GetResourceConfiguration" => configuration::get(accounts, cx, input),
        "ListResourceConfigurations" => configuration::list(accounts, cx, input),
        "UpdateResourceConfiguration" => configuration::update(accounts, cx, input),
        "DeleteResourceConfiguration" => configuration::delete(accounts, cx, input),
        "ListServiceNetworkResourceAssociations" => association::list(accounts, cx, input),
        "GetServiceNetworkResourceAssociation" => association::get(accounts, cx, input),
        "DeleteServiceNetworkResourceAssociation" => association::delete(accounts, cx, input),
        "ListResourceEndpointAssociations" => vpc_endpoints::list_of_configuration(accounts, cx, input),
        "ListServiceNetworkVpcEndpointAssociations" => vpc_endpoints::list_of_network(accounts, cx, input),
        "TagResource" => tags::tag(accounts, cx, input),
        "UntagResource" => tags::untag(accounts, cx, input),
        "ListTagsForResource" => tags::list(accounts, cx, input),
        other => unreachable!("{other} is in shapes.json but not in lattice::handle"),
    }
}

fn resources(_: &Accounts, region: &Region) -> Vec<ResourceRow> {
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
