//! What seeds change in VPC Lattice ([`crate::seeds`]).

use serde::Deserialize;
use serde_json::{Value, json};

use super::association::associate_by_hand;
use super::vpc_endpoints::{hold_configuration, join_network};
use crate::accounts::Accounts;
use crate::seeds::{absent, account, one_of, place};

/// The statuses of gateways and configurations (model, ResourceGatewayStatus and ResourceConfigurationStatus).
const STATUSES: [&str; 7] = [
    "ACTIVE",
    "CREATE_IN_PROGRESS",
    "UPDATE_IN_PROGRESS",
    "DELETE_IN_PROGRESS",
    "CREATE_FAILED",
    "UPDATE_FAILED",
    "DELETE_FAILED",
];

/// The statuses of associations (model, ServiceNetworkResourceAssociationStatus).
const ASSOCIATION_STATUSES: [&str; 6] = [
    "ACTIVE",
    "PARTIAL",
    "CREATE_IN_PROGRESS",
    "DELETE_IN_PROGRESS",
    "CREATE_FAILED",
    "DELETE_FAILED",
];

/// A resource gateway.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourceGateway {
    id: String,
    status: String,
}

impl ResourceGateway {
    pub(crate) fn apply(self, accounts: &mut Accounts) -> Result<Value, String> {
        let status = one_of("status", &self.status, &STATUSES)?;
        let mut regions = accounts.regions_mut();
        let gateway = regions.find_map(|region| region.lattice.gateways.get_mut(&self.id));
        gateway
            .ok_or_else(|| absent("resource gateway", &self.id))?
            .seed(status);
        Ok(json!({}))
    }
}

/// A resource configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourceConfiguration {
    id: String,
    status: String,
    failure_reason: Option<String>,
}

impl ResourceConfiguration {
    pub(crate) fn apply(self, accounts: &mut Accounts) -> Result<Value, String> {
        let status = one_of("status", &self.status, &STATUSES)?;
        let mut regions = accounts.regions_mut();
        let configuration = regions.find_map(|region| region.lattice.configurations.get_mut(&self.id));
        configuration
            .ok_or_else(|| absent("resource configuration", &self.id))?
            .seed(status, self.failure_reason);
        Ok(json!({}))
    }
}

/// An association with a service network.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Association {
    id: String,
    status: String,
    failure_code: Option<String>,
    failure_reason: Option<String>,
}

impl Association {
    pub(crate) fn apply(self, accounts: &mut Accounts) -> Result<Value, String> {
        let status = one_of("status", &self.status, &ASSOCIATION_STATUSES)?;
        // Consumer and owner of a shared configuration both see the association.
        let all = accounts
            .regions_mut()
            .filter_map(|region| region.lattice.associations.get_mut(&self.id));
        let mut found = 0;
        for association in all {
            association.status = status;
            association.failure_code.clone_from(&self.failure_code);
            association.failure_reason.clone_from(&self.failure_reason);
            found += 1;
        }
        match found {
            0 => Err(absent("association", &self.id)),
            _ => Ok(json!({})),
        }
    }
}

/// A configuration that its account shares with another one by AWS RAM, and that the other one has accepted.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourceShare {
    resource_configuration_id: String,
    principal: String,
}

impl ResourceShare {
    pub(crate) fn apply(self, accounts: &mut Accounts) -> Result<Value, String> {
        let id = &self.resource_configuration_id;
        let (owner, region) = owner_of(accounts, id)?;
        let arn = accounts.region_of(&owner, &region).lattice.configurations[id]
            .arn
            .clone();
        let principal = account("principal", self.principal)?;
        accounts.region_of(&principal, &region).lattice.shared.insert(arn);
        Ok(json!({}))
    }
}

/// A VPC endpoint that holds a configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourceEndpoint {
    resource_configuration_id: String,
    vpc_endpoint_owner: Option<String>,
}

impl ResourceEndpoint {
    pub(crate) fn apply(self, accounts: &mut Accounts) -> Result<Value, String> {
        let id = &self.resource_configuration_id;
        let (own, region) = owner_of(accounts, id)?;
        let owner = self
            .vpc_endpoint_owner
            .map(|owner| account("vpcEndpointOwner", owner))
            .transpose()?;
        let owner = owner.unwrap_or_else(|| own.clone());
        let endpoint = hold_configuration(accounts, &own, &region, id, &owner);
        let held = &accounts.region_of(&own, &region).lattice.resource_endpoints;
        let association = held
            .values()
            .find(|held| held.endpoint == endpoint)
            .map(|held| &held.id);
        Ok(json!({ "id": association, "vpcEndpointId": endpoint }))
    }
}

/// An association with a service network that a user made.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnmanagedAssociation {
    resource_configuration_id: String,
}

impl UnmanagedAssociation {
    pub(crate) fn apply(self, accounts: &mut Accounts) -> Result<Value, String> {
        let id = &self.resource_configuration_id;
        let (account, region) = owner_of(accounts, id)?;
        let (association, network) = associate_by_hand(accounts, &account, &region, id);
        Ok(json!({ "id": association, "serviceNetworkId": network }))
    }
}

/// A VPC endpoint for a service network.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NetworkEndpoint {
    region: String,
    account: Option<String>,
    service_network_id: String,
}

impl NetworkEndpoint {
    pub(crate) fn apply(self, accounts: &mut Accounts) -> Result<Value, String> {
        let (account, region) = place(accounts, self.region, self.account)?;
        if !self.service_network_id.starts_with("sn-") {
            return Err(format!("serviceNetworkId begins with sn-: {}", self.service_network_id));
        }
        let endpoint = join_network(accounts, &account, &region, &self.service_network_id);
        Ok(json!({ "vpcEndpointId": endpoint }))
    }
}

/// Returns account and Region of a configuration.
fn owner_of(accounts: &mut Accounts, id: &str) -> Result<(String, String), String> {
    let mut all = accounts
        .regions_mut()
        .filter_map(|region| region.lattice.configurations.get(id));
    let configuration = all.next().ok_or_else(|| absent("resource configuration", id))?;
    let mut parts = configuration.arn.split(':').skip(3).map(str::to_owned);
    let region = parts.next().unwrap_or_default();
    Ok((parts.next().unwrap_or_default(), region))
}
