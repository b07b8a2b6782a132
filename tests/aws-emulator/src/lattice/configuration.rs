//! Resource configurations.
//!
//! Facts: docs/aws-behavior.md, `association-lingers`, Resource configuration; API reference of the five operations.

mod answers;
mod request;

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use request::{Create, Update};

use super::definition::Definition;
use super::flap::Flap;
use super::ports::ports;
use super::tags::{self, Tags};
use super::{arn, errors, gateway, id_of, page};
use crate::accounts::Accounts;
use crate::lagging::Lagging;
use crate::operation::{CallCx, ResourceRow, ServiceError};
use crate::params;
use crate::quotas::Quota;
use crate::timings;

pub(super) const KIND: &str = "RESOURCE_CONFIGURATION";

/// A resource configuration.
#[derive(Debug)]
pub struct Configuration {
    /// `rcfg-…`.
    pub id: String,
    /// ARN.
    pub arn: String,
    /// Unique within account and Region.
    pub name: String,
    /// SINGLE, GROUP, CHILD, ARN or CIDR.
    pub kind: String,
    pub(super) tags: Tags,
    protocol: Option<String>,
    gateway_id: String,
    group_id: Option<String>,
    custom_domain_name: Option<String>,
    group_domain: Option<String>,
    state: Lagging<State>,
    created_at: f64,
    visible_from: Instant,
    flap: Flap,
}

/// The changeable part.
#[derive(Clone, Debug)]
struct State {
    status: &'static str,
    failure_reason: Option<String>,
    definition: Option<Definition>,
    ports: Vec<String>,
    shareable: bool,
    updated_at: f64,
}

/// Handles CreateResourceConfiguration.
pub(super) fn create(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    if let Some(answer) = accounts.region(cx).lattice.tokens.replay(KIND, input)? {
        return Ok(answer);
    }
    let request: Create = params::read(input);
    tags::check(&request.tags)?;
    request.check()?;
    let (timestamp, visible_from) = (accounts.timestamp(), accounts.visible_from());
    let is_recorded = accounts.settings.mode.is_recorded();

    let most = accounts.region(cx).quotas.of(Quota::ResourceConfigurations);
    let lattice = &accounts.region(cx).lattice;
    if let Some(other) = lattice.configurations.values().find(|c| c.name == request.name) {
        let message = format!("A resource configuration with the name {} already exists", request.name);
        return Err(errors::conflict(KIND, &other.id, message));
    }
    if lattice.configurations.len() >= most {
        let message = "Too many resource configurations";
        return Err(errors::quota(KIND, Quota::ResourceConfigurations, message));
    }
    let group_id = match &request.resource_configuration_group_identifier {
        Some(group) => Some(find(accounts, cx, group)?.id.clone()),
        None => None,
    };
    // A child inherits the gateway and protocol of its group (docs/aws-behavior.md, Resource configuration, group facts).
    let inherited = match &group_id {
        Some(group) => {
            let group = find(accounts, cx, group)?;
            if group.kind != "GROUP" {
                return Err(errors::invalid(
                    "resourceConfigurationGroupIdentifier",
                    format!("{} is not of type GROUP", group.id),
                ));
            }
            Some((
                group.gateway_id.clone(),
                group.protocol.clone(),
                group.state.current().ports.clone(),
            ))
        }
        None => None,
    };
    let (gateway_id, group_protocol, group_ports) = match (inherited, &request.resource_gateway_identifier) {
        (Some(inherited), _) => inherited,
        (None, Some(identifier)) => (id_of(identifier).to_owned(), None, Vec::new()),
        (None, None) => {
            return Err(errors::invalid(
                "resourceGatewayIdentifier",
                "resourceGatewayIdentifier is required",
            ));
        }
    };
    let behind = gateway::find(accounts, cx, &gateway_id)?;
    if behind.status() != "ACTIVE" {
        let message = format!("Resource gateway {gateway_id} is in status {}", behind.status());
        return Err(errors::conflict(gateway::KIND, &gateway_id, message));
    }
    // An IN_VPC gateway cannot serve ARN configurations; a CIDR configuration needs one (API reference,
    // resourceConfigDnsResolution).
    let resolution = behind.dns_resolution().to_owned();
    if (request.kind == "ARN" && resolution == "IN_VPC") || (request.kind == "CIDR" && resolution != "IN_VPC") {
        let message = format!(
            "A gateway with {resolution} DNS resolution cannot serve type {}",
            request.kind
        );
        return Err(errors::invalid("resourceGatewayIdentifier", message));
    }
    let address_type = behind.ip_address_type.clone();
    let definition = match request.resource_configuration_definition {
        Some(definition) => Some(definition.checked(&request.kind, &address_type)?),
        None => None,
    };
    let planned = || cx.fails.then(|| "Internal error".to_owned());
    let failure_reason = failure(definition.as_ref()).or_else(planned);
    let mut port_ranges = ports(&request.port_ranges)?;
    if port_ranges.is_empty() {
        port_ranges = group_ports;
    }

    let id = accounts.ids.with_prefix("rcfg");
    let configuration = Configuration {
        arn: arn(&cx.region, &cx.account, "resourceconfiguration", &id),
        name: request.name,
        tags: request.tags,
        // The default is TCP; an ARN configuration has no protocol (API reference, protocol).
        protocol: (request.kind != "ARN")
            .then(|| request.protocol.or(group_protocol).unwrap_or_else(|| "TCP".to_owned())),
        kind: request.kind,
        gateway_id,
        group_id,
        custom_domain_name: request.custom_domain_name,
        group_domain: request.group_domain,
        state: Lagging::new(State {
            status: "CREATE_IN_PROGRESS",
            failure_reason: None,
            definition,
            ports: port_ranges,
            // The API page documents false; every recording of the real service shows true (docs/aws-behavior.md,
            // `shareable-default`).
            shareable: request.allow_association_to_shareable_service_network.unwrap_or(true),
            updated_at: timestamp,
        }),
        created_at: timestamp,
        visible_from,
        flap: Flap::new(accounts.settings.mode),
        id: id.clone(),
    };
    let mut configuration = configuration;
    // A recorded response says ACTIVE immediately. A later update time shows that work continued in the background.
    let from = if is_recorded && failure_reason.is_none() {
        "ACTIVE"
    } else {
        "CREATE_IN_PROGRESS"
    };
    configuration.state.current_mut().status = from;
    let answer = configuration.created();
    let lattice = &mut accounts.region(cx).lattice;
    lattice.configurations.insert(id.clone(), configuration);
    lattice.tokens.remember(KIND, input, &answer);

    let cx = cx.clone();
    accounts.after(timings::CONFIGURATION_CREATE, move |accounts| {
        let now = accounts.timestamp();
        settle(accounts, &cx, &id, from, |state| {
            state.status = if failure_reason.is_some() {
                "CREATE_FAILED"
            } else {
                "ACTIVE"
            };
            state.failure_reason = failure_reason;
            state.updated_at = now;
        });
    });
    Ok(answer)
}

/// Returns the failure reason of a name that no public resolver knows ("Any domain name that is publicly resolvable", API
/// reference; RFC 2606 reserves `.invalid`). Unlike gateways, configurations have a reason (docs/aws-behavior.md, Resource
/// configuration, failureReason).
fn failure(definition: Option<&Definition>) -> Option<String> {
    let name = definition?.domain_name()?;
    name.ends_with(".invalid")
        .then(|| format!("The domain name {name} could not be resolved"))
}

/// Handles GetResourceConfiguration.
pub(super) fn get(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let (now, flap) = (accounts.now(), accounts.scaled(timings::LATTICE_FLAP));
    let identifier = input["resourceConfigurationIdentifier"].as_str().unwrap_or_default();
    let cx = &owner_of(accounts, cx, identifier);
    let configuration = find(accounts, cx, identifier)?;
    // Reads do not find the configuration for a moment after the create (docs/aws-behavior.md).
    if now < configuration.visible_from {
        return Err(errors::not_found(KIND, id_of(identifier)));
    }
    let status = configuration
        .flap
        .shown(configuration.state.read(now).status, now, flap);
    let mut all = configuration.got(now);
    all["status"] = status.into();
    Ok(all)
}

/// Returns the place in which a read finds a configuration: the caller's, or that of the account that shares it. The consumer of a
/// share names it by its ARN.
fn owner_of(accounts: &mut Accounts, cx: &CallCx, identifier: &str) -> CallCx {
    let is_shared = accounts.region(cx).lattice.shared.contains(identifier);
    let account = identifier.split(':').nth(4).filter(|_| is_shared);
    CallCx {
        account: account.unwrap_or(&cx.account).to_owned(),
        ..cx.clone()
    }
}

/// Handles ListResourceConfigurations: those of the account, and those that others share with it (API reference).
pub(super) fn list(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let now = accounts.now();
    let gateway = input["resourceGatewayIdentifier"].as_str().map(id_of);
    let group = input["resourceConfigurationGroupIdentifier"].as_str().map(id_of);
    // No configuration in the emulator has a domain verification: see `Create::check`.
    let verification = input["domainVerificationIdentifier"].as_str();
    let selected = |c: &&Configuration| {
        now >= c.visible_from
            && verification.is_none()
            && gateway.is_none_or(|gateway| c.gateway_id() == Some(gateway))
            && group.is_none_or(|group| c.group_id.as_deref() == Some(group))
    };
    let lattice = &accounts.region(cx).lattice;
    let shared = lattice.shared.clone();
    let own = lattice.configurations.values().filter(selected);
    let mut items: Vec<Value> = own.map(|c| c.summary(now)).collect();
    for arn in shared {
        let owner = owner_of(accounts, cx, &arn);
        let configurations = &accounts.region(&owner).lattice.configurations;
        let found = configurations.get(id_of(&arn)).filter(selected);
        items.extend(found.map(|c| c.summary(now)));
    }
    page(KIND, items, input)
}

/// Handles UpdateResourceConfiguration: ports, the shareable flag, and the address inside an ipResource.
pub(super) fn update(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let request: Update = params::read(input);
    let (now, timestamp) = (accounts.now(), accounts.timestamp());
    let stale = accounts.lag(timings::CONFIGURATION_STALE);
    let is_recorded = accounts.settings.mode.is_recorded();
    let configuration = find(accounts, cx, &request.resource_configuration_identifier)?;
    // The operation's errors do not include ConflictException (docs/aws-behavior.md, Resource configuration, Errors).
    let status = configuration.status();
    if status.ends_with("_IN_PROGRESS") {
        return Err(errors::refused(format!(
            "Resource configuration {} is in status {status}",
            configuration.id
        )));
    }
    let definition = match (
        &configuration.state.current().definition,
        request.resource_configuration_definition,
    ) {
        // According to reports, AWS silently keeps a DNS definition unchanged.
        (Some(old), Some(_)) if is_recorded && old.domain_name().is_some() => None,
        (Some(old), Some(new)) => Some(old.updated(new)?),
        (None, Some(_)) => return Err(errors::refused("A configuration of type GROUP has no definition")),
        (_, None) => None,
    };
    let port_ranges = match request.port_ranges {
        Some(_) if configuration.kind == "ARN" => {
            return Err(errors::invalid(
                "portRanges",
                "Unexpected attribute portRanges for type ARN",
            ));
        }
        Some(ranges) => Some(ports(&ranges)?),
        None => None,
    };
    let id = configuration.id.clone();
    configuration.flap = Flap::Over;
    configuration.state.change(now, stale, |state| {
        state.status = "UPDATE_IN_PROGRESS";
        state.updated_at = timestamp;
        if definition.is_some() {
            state.definition = definition;
        }
        if let Some(ranges) = port_ranges {
            state.ports = ranges;
        }
        if let Some(shareable) = request.allow_association_to_shareable_service_network {
            state.shareable = shareable;
        }
    });
    let answer = configuration.updated(configuration.state.current());
    let cx = cx.clone();
    accounts.after(timings::CONFIGURATION_UPDATE, move |accounts| {
        let status = if cx.fails { "UPDATE_FAILED" } else { "ACTIVE" };
        settle(accounts, &cx, &id, "UPDATE_IN_PROGRESS", |state| state.status = status);
    });
    Ok(answer)
}

/// Handles DeleteResourceConfiguration: status 204, asynchronous.
pub(super) fn delete(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let identifier = input["resourceConfigurationIdentifier"].as_str().unwrap_or_default();
    let configuration = find(accounts, cx, identifier)?;
    let (id, arn, status) = (
        configuration.id.clone(),
        configuration.arn.clone(),
        configuration.status(),
    );
    if status.ends_with("_IN_PROGRESS") {
        return Err(errors::conflict(
            KIND,
            &id,
            format!("Resource configuration {id} is in status {status}"),
        ));
    }
    let lattice = &mut accounts.region(cx).lattice;
    // This is not a ConflictException but a ValidationException that only its message distinguishes (docs/aws-behavior.md,
    // `association-lingers`, Resource configuration).
    if lattice.associations.values().any(|a| a.configuration_arn == arn) {
        let message = format!("Resource configuration {id} has existing association with service networks");
        return Err(errors::refused(message));
    }
    // AWS's message is unknown. This one follows that for other associations.
    if lattice.resource_endpoints.values().any(|held| held.configuration == id) {
        let message = format!("Resource configuration {id} has existing association with VPC endpoints");
        return Err(errors::refused(message));
    }
    if lattice
        .configurations
        .values()
        .any(|c| c.group_id.as_deref() == Some(id.as_str()))
    {
        return Err(errors::conflict(
            KIND,
            &id,
            format!("Resource configuration {id} has child resource configurations"),
        ));
    }
    let configuration = find(accounts, cx, &id)?;
    configuration.flap = Flap::Over;
    configuration.state.current_mut().status = "DELETE_IN_PROGRESS";
    let cx = cx.clone();
    accounts.after(timings::CONFIGURATION_DELETE, move |accounts| {
        if cx.fails {
            return settle(accounts, &cx, &id, "DELETE_IN_PROGRESS", |state| {
                state.status = "DELETE_FAILED"
            });
        }
        accounts.region(&cx).lattice.configurations.remove(&id);
    });
    Ok(json!({}))
}

fn find<'w>(accounts: &'w mut Accounts, cx: &CallCx, identifier: &str) -> Result<&'w mut Configuration, ServiceError> {
    let id = id_of(identifier);
    let found = accounts.region(cx).lattice.configurations.get_mut(id);
    // An ARN of another account is not found: nothing is shared through this call.
    let found = found.filter(|c| c.arn == identifier || c.id == identifier);
    found.ok_or_else(|| errors::not_found(KIND, id))
}

/// Ends the operation in progress, unless another one started meanwhile.
fn settle(accounts: &mut Accounts, cx: &CallCx, id: &str, from: &str, change: impl FnOnce(&mut State)) {
    let configuration = accounts.region(cx).lattice.configurations.get_mut(id);
    if let Some(configuration) = configuration.filter(|c| c.status() == from) {
        change(configuration.state.current_mut());
    }
}

impl Configuration {
    /// Enters a status that every read shows at once, with the reason for it if there is one.
    pub(super) fn seed(&mut self, status: &'static str, failure_reason: Option<String>) {
        let mut state = self.state.current().clone();
        (state.status, state.failure_reason) = (status, failure_reason);
        (self.state, self.flap) = (Lagging::new(state), Flap::Over);
    }

    /// Returns the current status. Reads may lag behind it.
    pub fn status(&self) -> &'static str {
        self.state.current().status
    }

    /// Returns the id of the configuration's gateway.
    pub fn gateway_id(&self) -> Option<&str> {
        Some(self.gateway_id.as_str())
    }

    /// Reports whether EventBridge can associate the configuration.
    pub(crate) fn is_ready(&self, now: Instant, flap: Duration) -> bool {
        matches!(self.status(), "ACTIVE" | "UPDATE_IN_PROGRESS" | "UPDATE_FAILED") && !self.flap.is_on(now, flap)
    }

    /// Reports whether it may be associated with a shared service network.
    pub(crate) fn is_shareable(&self) -> bool {
        self.state.current().shareable
    }

    pub(super) fn group_id(&self) -> Option<&str> {
        self.group_id.as_deref()
    }

    /// Returns the domain name of the target, if it has one.
    pub fn domain_name(&self) -> Option<&str> {
        self.state
            .current()
            .definition
            .as_ref()
            .and_then(Definition::domain_name)
    }

    pub(super) fn row(&self) -> ResourceRow {
        let detail = json!({ "name": self.name, "resourceGatewayId": self.gateway_id, "tags": self.tags });
        ResourceRow::new("resource-configuration", &self.id, self.status(), detail)
    }
}
