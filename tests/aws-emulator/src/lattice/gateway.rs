//! Resource gateways.
//!
//! Facts: docs/aws-behavior.md, Resource gateway; API reference of the five operations.

mod answers;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::flap::Flap;
use super::tags::{self, Tags};
use super::{arn, errors, id_of, network, page};
use crate::accounts::Accounts;
use crate::lagging::Lagging;
use crate::operation::{CallCx, ResourceRow, ServiceError};
use crate::params;
use crate::quotas::Quota;
use crate::timings;

pub(super) const KIND: &str = "RESOURCE_GATEWAY";

/// A resource gateway.
#[derive(Debug)]
pub struct Gateway {
    /// `rgw-…`.
    pub id: String,
    /// ARN.
    pub arn: String,
    /// Unique within account and Region.
    pub name: String,
    /// Its VPC.
    pub vpc_id: String,
    /// One per Availability Zone.
    pub subnet_ids: Vec<String>,
    /// IPV4, IPV6 or DUALSTACK.
    pub ip_address_type: String,
    /// IPv4 addresses per network interface; none for IPV6.
    pub ipv4_addresses_per_eni: Option<u32>,
    pub(super) tags: Tags,
    state: Lagging<State>,
    created_at: f64,
    visible_from: Instant,
    flap: Flap,
}

/// The changeable part.
#[derive(Clone, Debug)]
struct State {
    status: &'static str,
    security_group_ids: Vec<String>,
    dns_resolution: String,
    updated_at: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Create {
    name: String,
    vpc_identifier: Option<String>,
    #[serde(default)]
    subnet_ids: Vec<String>,
    #[serde(default)]
    security_group_ids: Vec<String>,
    ip_address_type: Option<String>,
    ipv4_addresses_per_eni: Option<u32>,
    resource_config_dns_resolution: Option<String>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Update {
    resource_gateway_identifier: String,
    security_group_ids: Option<Vec<String>>,
    resource_config_dns_resolution: Option<String>,
}

/// Handles CreateResourceGateway.
pub(super) fn create(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    if let Some(answer) = accounts.region(cx).lattice.tokens.replay(KIND, input)? {
        return Ok(answer);
    }
    let request: Create = params::read(input);
    tags::check(&request.tags)?;
    // The model requires neither; the service does (both are required in CloudFormation and Terraform,
    // docs/aws-behavior.md, Resource gateway).
    let vpc_id = request
        .vpc_identifier
        .ok_or_else(|| errors::invalid("vpcIdentifier", "vpcIdentifier is required"))?;
    if request.subnet_ids.is_empty() {
        return Err(errors::invalid("subnetIds", "At least one subnet is required"));
    }
    // The defaults that AWS returns: IPV4, 16 addresses, PUBLIC (docs/aws-behavior.md, Resource gateway).
    let ip_address_type = request.ip_address_type.unwrap_or_else(|| "IPV4".to_owned());
    if ip_address_type == "IPV6" && request.ipv4_addresses_per_eni.is_some() {
        return Err(errors::invalid(
            "ipv4AddressesPerEni",
            "ipv4AddressesPerEni cannot be set for an IPV6 gateway",
        ));
    }
    let ipv4_addresses_per_eni = (ip_address_type != "IPV6").then(|| request.ipv4_addresses_per_eni.unwrap_or(16));

    let (now, timestamp) = (accounts.now(), accounts.timestamp());
    let (visible_from, mode) = (accounts.visible_from(), accounts.settings.mode);
    let region = accounts.region(cx);
    if let Some(other) = region.lattice.gateways.values().find(|g| g.name == request.name) {
        let message = format!("A resource gateway with the name {} already exists", request.name);
        return Err(errors::conflict(KIND, &other.id, message));
    }
    let network = network::GatewayNetwork {
        vpc_id: &vpc_id,
        subnet_ids: &request.subnet_ids,
        ip_address_type: &ip_address_type,
        resolution: request.resource_config_dns_resolution.as_deref().unwrap_or("PUBLIC"),
    };
    network.check(&region.ec2, mode)?;
    let security_group_ids = network::groups(&region.ec2, &vpc_id, &request.security_group_ids, now)?;
    let beside = region.lattice.gateways.values().filter(|g| g.vpc_id == vpc_id);
    if beside.count() >= region.quotas.of(Quota::ResourceGatewaysPerVpc) {
        let message = "Too many resource gateways in the VPC";
        return Err(errors::quota(KIND, Quota::ResourceGatewaysPerVpc, message));
    }

    let id = accounts.ids.with_prefix("rgw");
    let is_recorded = mode.is_recorded();
    let gateway = Gateway {
        arn: arn(&cx.region, &cx.account, "resourcegateway", &id),
        name: request.name,
        vpc_id,
        subnet_ids: request.subnet_ids,
        ip_address_type,
        ipv4_addresses_per_eni,
        tags: request.tags,
        state: Lagging::new(State {
            status: "CREATE_IN_PROGRESS",
            security_group_ids,
            dns_resolution: request
                .resource_config_dns_resolution
                .unwrap_or_else(|| "PUBLIC".to_owned()),
            updated_at: timestamp,
        }),
        created_at: timestamp,
        visible_from,
        flap: Flap::new(mode),
        id: id.clone(),
    };
    // AWS detects too few free addresses only while it creates the network interfaces. The API has no field for the reason,
    // so the gateway only has the failed status (docs/aws-behavior.md, Resource gateway).
    let status = if network::attach(accounts, cx, &gateway) && !cx.fails {
        "ACTIVE"
    } else {
        "CREATE_FAILED"
    };
    let mut gateway = gateway;
    // A recorded response says ACTIVE immediately. A later update time shows that work continued in the background.
    let from = if is_recorded && status == "ACTIVE" {
        "ACTIVE"
    } else {
        "CREATE_IN_PROGRESS"
    };
    gateway.state.current_mut().status = from;
    let answer = gateway.created(gateway.status_at(now));
    let lattice = &mut accounts.region(cx).lattice;
    lattice.gateways.insert(id.clone(), gateway);
    lattice.tokens.remember(KIND, input, &answer);
    settle(accounts, cx, &id, timings::GATEWAY_CREATE, from, status);
    Ok(answer)
}

/// Handles GetResourceGateway.
pub(super) fn get(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let (now, flap) = (accounts.now(), accounts.scaled(timings::LATTICE_FLAP));
    let identifier = input["resourceGatewayIdentifier"].as_str().unwrap_or_default();
    let gateway = find(accounts, cx, identifier)?;
    // Reads do not find the gateway for a moment after the create (docs/aws-behavior.md).
    if now < gateway.visible_from {
        return Err(errors::not_found(KIND, id_of(identifier)));
    }
    let status = gateway.shown_status(now, flap);
    Ok(gateway.got(now, status))
}

/// Handles ListResourceGateways.
pub(super) fn list(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let (now, flap) = (accounts.now(), accounts.scaled(timings::LATTICE_FLAP));
    let gateways = accounts.region(cx).lattice.gateways.values_mut();
    let items = gateways
        .filter(|gateway| now >= gateway.visible_from)
        .map(|gateway| {
            let status = gateway.shown_status(now, flap);
            gateway.summary(now, status)
        })
        .collect();
    page(KIND, items, input)
}

/// Handles UpdateResourceGateway. The new list of groups replaces the old one. The DNS resolution changes in place since
/// November 2026.
pub(super) fn update(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let request: Update = params::read(input);
    let (now, timestamp, stale) = (accounts.now(), accounts.timestamp(), accounts.stale_until());
    let id = id_of(&request.resource_gateway_identifier).to_owned();
    let vpc_id = {
        let gateway = find(accounts, cx, &id)?;
        gateway.refuse_while_busy()?;
        gateway.vpc_id.clone()
    };
    let region = accounts.region(cx);
    let groups = match &request.security_group_ids {
        Some(groups) => Some(network::groups(&region.ec2, &vpc_id, groups, now)?),
        None => None,
    };
    if let Some(resolution) = &request.resource_config_dns_resolution {
        // One gateway cannot serve both ARN (PUBLIC) and CIDR (IN_VPC) configurations (API reference,
        // resourceConfigDnsResolution).
        let misfit = if resolution == "IN_VPC" { "ARN" } else { "CIDR" };
        let mut behind = region
            .lattice
            .configurations
            .values()
            .filter(|c| c.gateway_id() == Some(id.as_str()));
        if behind.any(|c| c.kind == misfit) {
            let message = format!("{resolution} does not fit the {misfit} resource configurations of this gateway");
            return Err(errors::invalid("resourceConfigDnsResolution", message));
        }
    }
    if let Some(groups) = &groups {
        network::regroup(&mut region.ec2, &id, groups);
    }
    let gateway = find(accounts, cx, &id)?;
    gateway.flap = Flap::Over;
    // Reads show the old groups and the old status ACTIVE for a moment (docs/aws-behavior.md, Resource gateway, read-back,
    // Connection).
    gateway.state.change(now, stale, |state| {
        state.status = "UPDATE_IN_PROGRESS";
        state.updated_at = timestamp;
        if let Some(groups) = groups {
            state.security_group_ids = groups;
        }
        if let Some(resolution) = request.resource_config_dns_resolution {
            state.dns_resolution = resolution;
        }
    });
    let answer = gateway.updated();
    let status = if cx.fails { "UPDATE_FAILED" } else { "ACTIVE" };
    settle(accounts, cx, &id, timings::GATEWAY_UPDATE, "UPDATE_IN_PROGRESS", status);
    Ok(answer)
}

/// Handles DeleteResourceGateway. Fails while a configuration refers to the gateway; otherwise asynchronous.
pub(super) fn delete(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let id = id_of(input["resourceGatewayIdentifier"].as_str().unwrap_or_default()).to_owned();
    find(accounts, cx, &id)?.refuse_while_busy()?;
    let lattice = &mut accounts.region(cx).lattice;
    if lattice
        .configurations
        .values()
        .any(|c| c.gateway_id() == Some(id.as_str()))
    {
        let message = format!("Resource gateway {id} has resource configuration(s) associated");
        return Err(errors::conflict(KIND, &id, message));
    }
    let gateway = find(accounts, cx, &id)?;
    gateway.flap = Flap::Over;
    gateway.state.current_mut().status = "DELETE_IN_PROGRESS";
    let answer = json!({
        "id": gateway.id, "arn": gateway.arn, "name": gateway.name, "status": "DELETE_IN_PROGRESS",
    });
    if cx.fails {
        // Delete can be called again (docs/aws-behavior.md, Resource gateway, Statuses).
        settle(
            accounts,
            cx,
            &id,
            timings::GATEWAY_DELETE,
            "DELETE_IN_PROGRESS",
            "DELETE_FAILED",
        );
        return Ok(answer);
    }
    let cx = cx.clone();
    accounts.after(timings::GATEWAY_DELETE, move |accounts| {
        accounts.region(&cx).lattice.gateways.remove(&id);
        // "after 404 the ENIs may still exist briefly" (docs/aws-behavior.md, Resource gateway, Delete): they still use
        // groups, subnets and addresses.
        accounts.after(timings::INTERFACE_LINGER, move |accounts| {
            network::detach(&mut accounts.region(&cx).ec2, &id)
        });
    });
    Ok(answer)
}

/// Returns the gateway, even before reads can see it.
pub(super) fn find<'w>(
    accounts: &'w mut Accounts,
    cx: &CallCx,
    identifier: &str,
) -> Result<&'w mut Gateway, ServiceError> {
    let id = id_of(identifier);
    let found = accounts.region(cx).lattice.gateways.get_mut(id);
    found.ok_or_else(|| errors::not_found(KIND, id))
}

/// Ends the operation in progress.
fn settle(
    accounts: &mut Accounts,
    cx: &CallCx,
    id: &str,
    after: std::time::Duration,
    from: &'static str,
    to: &'static str,
) {
    let (cx, id) = (cx.clone(), id.to_owned());
    accounts.after(after, move |accounts| {
        let now = accounts.timestamp();
        let gateway = accounts.region(&cx).lattice.gateways.get_mut(&id);
        if let Some(gateway) = gateway.filter(|g| g.state.current().status == from) {
            let state = gateway.state.current_mut();
            (state.status, state.updated_at) = (to, now);
        }
    });
}

impl Gateway {
    /// Returns the current status. Reads may lag behind it.
    pub fn status(&self) -> &'static str {
        self.state.current().status
    }

    /// Returns PUBLIC or IN_VPC.
    pub fn dns_resolution(&self) -> &str {
        &self.state.current().dns_resolution
    }

    /// Enters a status that every read shows at once.
    pub(super) fn seed(&mut self, status: &'static str) {
        let mut state = self.state.current().clone();
        state.status = status;
        (self.state, self.flap) = (Lagging::new(state), Flap::Over);
    }

    pub(super) fn security_group_ids(&self) -> &[String] {
        &self.state.current().security_group_ids
    }

    pub(super) fn row(&self) -> ResourceRow {
        let detail = json!({ "name": self.name, "vpcId": self.vpc_id, "tags": self.tags });
        ResourceRow::new("resource-gateway", &self.id, self.status(), detail)
    }

    /// Fails with 409 if an update or delete arrives while another operation runs (docs/aws-behavior.md, Resource gateway,
    /// Errors).
    fn refuse_while_busy(&self) -> Result<(), ServiceError> {
        match self.status() {
            status if status.ends_with("_IN_PROGRESS") => Err(errors::conflict(
                KIND,
                &self.id,
                format!("Resource gateway {} is in status {status}", self.id),
            )),
            _ => Ok(()),
        }
    }

    fn status_at(&self, now: Instant) -> &'static str {
        self.state.read(now).status
    }

    fn shown_status(&mut self, now: Instant, flap: std::time::Duration) -> &'static str {
        let status = self.status_at(now);
        self.flap.shown(status, now, flap)
    }
}
