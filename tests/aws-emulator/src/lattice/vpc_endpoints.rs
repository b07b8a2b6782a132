//! VPC endpoints for a resource configuration or a service network. Tests add them to the state directly, because the
//! emulator's API creates only interface endpoints.
//!
//! Facts: API reference, ListResourceEndpointAssociations and ListServiceNetworkVpcEndpointAssociations.

use serde_json::{Value, json};

use super::{arn, id_of, page};
use crate::accounts::Accounts;
use crate::operation::{CallCx, ServiceError};

/// An endpoint of type Resource, and its configuration.
#[derive(Clone, Debug)]
pub struct ResourceEndpoint {
    /// `rea-…`.
    pub id: String,
    /// The endpoint.
    pub endpoint: String,
    /// The account that owns the endpoint.
    pub owner: String,
    /// `rcfg-…`.
    pub configuration: String,
    created_at: f64,
}

/// An endpoint of type ServiceNetwork, and its network.
#[derive(Clone, Debug)]
pub struct NetworkEndpoint {
    /// The endpoint.
    pub endpoint: String,
    /// `sn-…`.
    pub network: String,
    created_at: f64,
}

/// Adds an endpoint of account `owner` for a configuration of `account`, which may be the same one. Returns the endpoint's
/// id.
pub fn hold_configuration(
    accounts: &mut Accounts,
    account: &str,
    region: &str,
    configuration: &str,
    owner: &str,
) -> String {
    let (id, endpoint) = (accounts.ids.with_prefix("rea"), accounts.ids.with_prefix("vpce"));
    let held = ResourceEndpoint {
        id: id.clone(),
        endpoint: endpoint.clone(),
        owner: owner.to_owned(),
        configuration: configuration.to_owned(),
        created_at: accounts.timestamp(),
    };
    accounts
        .region_of(account, region)
        .lattice
        .resource_endpoints
        .insert(id, held);
    endpoint
}

/// Adds an endpoint for a service network. Returns the endpoint's id.
pub fn join_network(accounts: &mut Accounts, account: &str, region: &str, network: &str) -> String {
    let endpoint = accounts.ids.with_prefix("vpce");
    let joined = NetworkEndpoint {
        endpoint: endpoint.clone(),
        network: network.to_owned(),
        created_at: accounts.timestamp(),
    };
    let lattice = &mut accounts.region_of(account, region).lattice;
    lattice.network_endpoints.insert(endpoint.clone(), joined);
    endpoint
}

/// Handles ListResourceEndpointAssociations.
pub(super) fn list_of_configuration(
    accounts: &mut Accounts,
    cx: &CallCx,
    input: &Value,
) -> Result<Value, ServiceError> {
    let configuration = id_of(input["resourceConfigurationIdentifier"].as_str().unwrap_or_default()).to_owned();
    let is = |name: &str, value: &str| input[name].as_str().is_none_or(|wanted| id_of(wanted) == value);
    let lattice = &accounts.region(cx).lattice;
    let name = lattice
        .configurations
        .get(&configuration)
        .map(|found| found.name.clone());
    let items = lattice
        .resource_endpoints
        .values()
        .filter(|held| held.configuration == configuration)
        .filter(|held| is("resourceEndpointAssociationIdentifier", &held.id))
        .filter(|held| is("vpcEndpointId", &held.endpoint) && is("vpcEndpointOwner", &held.owner))
        .map(|held| {
            json!({
                "id": held.id, "arn": arn(&cx.region, &cx.account, "resourceendpointassociation", &held.id),
                "resourceConfigurationId": configuration, "resourceConfigurationName": name,
                "resourceConfigurationArn": arn(&cx.region, &cx.account, "resourceconfiguration", &configuration),
                "vpcEndpointId": held.endpoint, "vpcEndpointOwner": held.owner, "createdBy": held.owner,
                "createdAt": held.created_at,
            })
        })
        .collect();
    page("RESOURCE_ENDPOINT_ASSOCIATION", items, input)
}

/// Handles ListServiceNetworkVpcEndpointAssociations.
pub(super) fn list_of_network(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let network = id_of(input["serviceNetworkIdentifier"].as_str().unwrap_or_default());
    let items = accounts
        .region(cx)
        .lattice
        .network_endpoints
        .values()
        .filter(|joined| joined.network == network)
        .map(|joined| {
            json!({
                "vpcEndpointId": joined.endpoint, "vpcEndpointOwnerId": cx.account, "state": "available",
                "serviceNetworkArn": arn(&cx.region, &cx.account, "servicenetwork", network),
                "createdAt": joined.created_at,
            })
        })
        .collect();
    page("SERVICE_NETWORK_VPC_ENDPOINT_ASSOCIATION", items, input)
}
