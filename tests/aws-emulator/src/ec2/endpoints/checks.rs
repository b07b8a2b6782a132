//! The checks of CreateVpcEndpoint and ModifyVpcEndpoint.

use std::collections::BTreeMap;

use serde_json::Value;
use tokio::time::Instant;

use super::{Endpoint, Form};
use crate::ec2::endpoint_services::{self, EndpointService, Offer};
use crate::ec2::listing::{required, text};
use crate::ec2::{Ec2, policy, vpcs};
use crate::operation::ServiceError;
use crate::quotas::{Quota, Quotas};

/// Returns the error for a parameter that does not fit.
pub(super) fn invalid(message: String) -> ServiceError {
    ServiceError::new("InvalidParameter", message)
}

/// Returns the requested service. The API's default type is Gateway, which none of these services supports.
pub(super) fn service(ec2: &Ec2, params: &Value) -> Result<&'static EndpointService, ServiceError> {
    let name = required(params, "ServiceName")?;
    let service = EndpointService::find(&ec2.region, name).ok_or_else(|| endpoint_services::not_found(name))?;
    match text(params, "VpcEndpointType").unwrap_or("Gateway") {
        "Interface" => Ok(service),
        other => Err(invalid(format!(
            "Endpoint type ({other}) does not match available service types ([Interface])."
        ))),
    }
}

/// Checks all rules for the endpoint's new properties. `before` is the endpoint that is being modified.
pub(super) fn checked(
    ec2: &Ec2,
    quotas: &Quotas,
    vpc: &str,
    service: &EndpointService,
    form: &Form,
    before: Option<&Endpoint>,
    now: Instant,
) -> Result<(), ServiceError> {
    if !ec2.vpcs.contains_key(vpc) {
        return Err(vpcs::not_found(vpc));
    }
    let offer = service.offer(ec2);
    families(&offer, form)?;
    subnets(ec2, vpc, service, &offer, form, before)?;
    groups(ec2, quotas.of(Quota::SecurityGroupsPerInterface), vpc, form, now)?;
    policy::check(&form.policy)?;
    if !offer.takes_policies && form.policy != policy::FULL_ACCESS {
        return Err(invalid(format!(
            "The service {} does not support VPC endpoint policies.",
            service.name
        )));
    }
    let had_private_dns = before.is_some_and(|endpoint| endpoint.form.current().private_dns);
    if form.private_dns && !had_private_dns {
        private_dns(ec2, vpc, service, before)?;
    }
    Ok(())
}

/// Checks the record type: ipv4 has ipv4 records, ipv6 has ipv6 records, dualstack any of them (docs/aws-behavior.md,
/// Interface endpoint).
fn families(offer: &Offer, form: &Form) -> Result<(), ServiceError> {
    let (address, record) = (form.address_type.as_str(), form.record_type.as_str());
    let families: &[&str] = if address == "dualstack" {
        &["ipv4", "ipv6"]
    } else {
        &[address]
    };
    let offered = |family: &&str| offer.families.iter().any(|one| one == family);
    if !families.iter().all(offered) {
        return Err(invalid(format!(
            "The service does not support the IP address type {address}."
        )));
    }
    let fits = match address {
        "dualstack" => ["dualstack", "ipv4", "ipv6", "service-defined"].contains(&record),
        other => record == other,
    };
    if fits {
        return Ok(());
    }
    Err(invalid(format!(
        "The DNS record IP type {record} is not compatible with the IP address type {address}."
    )))
}

fn subnets(
    ec2: &Ec2,
    vpc: &str,
    service: &EndpointService,
    offer: &Offer,
    form: &Form,
    before: Option<&Endpoint>,
) -> Result<(), ServiceError> {
    let mut by_zone: BTreeMap<&str, &str> = BTreeMap::new();
    for id in &form.subnets {
        let subnet = ec2.subnets.get(id).ok_or_else(|| {
            ServiceError::new(
                "InvalidSubnetId.NotFound",
                format!("The subnet ID '{id}' does not exist"),
            )
        })?;
        if subnet.vpc != vpc {
            return Err(invalid(format!(
                "The subnet '{id}' does not belong to the VPC '{vpc}'."
            )));
        }
        // Only the owner of a shared subnet can have endpoints in it (PrivateLink guide, "Shared subnets", without a code).
        if let Some(owner) = &subnet.seeded.owner {
            let message = format!("The subnet '{id}' is owned by the account {owner}.");
            return Err(ServiceError::new("OperationNotPermitted", message));
        }
        if !offer.zones.contains(&subnet.zone) {
            let message = format!(
                "The VPC endpoint service {} does not support the availability zone of the subnet: {id}.",
                service.name
            );
            return Err(invalid(message));
        }
        // One subnet per zone (docs/aws-behavior.md, Interface endpoint).
        if by_zone.insert(&subnet.zone, id).is_some() {
            let message = format!("Found another VPC endpoint subnet in the availability zone of {id}");
            return Err(ServiceError::new("DuplicateSubnetsInSameZone", message));
        }
        if form.address_type != "ipv4" && subnet.ipv6.is_none() {
            return Err(invalid(format!("The subnet '{id}' does not have an IPv6 CIDR block.")));
        }
        let is_new = before.is_none_or(|endpoint| !endpoint.form.current().subnets.contains(id));
        if is_new && ec2.free_addresses(subnet) == 0 {
            let message = format!("The subnet '{id}' does not have enough free addresses to satisfy the request.");
            return Err(ServiceError::new("InsufficientFreeAddressesInSubnet", message));
        }
    }
    Ok(())
}

fn groups(ec2: &Ec2, most: usize, vpc: &str, form: &Form, now: Instant) -> Result<(), ServiceError> {
    for id in &form.groups {
        if ec2.group(id, now)?.vpc != vpc {
            return Err(invalid(format!(
                "Security group {id} and VPC {vpc} do not belong to the same network."
            )));
        }
    }
    if form.groups.len() > most {
        let message =
            format!("You have exceeded the maximum number of security groups allowed per network interface: {most}.");
        return Err(ServiceError::new("SecurityGroupsPerInterfaceLimitExceeded", message));
    }
    Ok(())
}

/// Checks that the VPC has both DNS attributes, and that no other endpoint has the private name, not even one that is still
/// being deleted (docs/aws-behavior.md, Interface endpoint), and no private hosted zone.
fn private_dns(ec2: &Ec2, vpc: &str, service: &EndpointService, before: Option<&Endpoint>) -> Result<(), ServiceError> {
    if ec2
        .vpcs
        .get(vpc)
        .is_none_or(|found| !(found.dns_support && found.dns_hostnames))
    {
        let message = format!(
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for {vpc}"
        );
        return Err(invalid(message));
    }
    let own = before.map(|endpoint| endpoint.id.as_str());
    let owner = ec2.endpoints.values().find(|endpoint| {
        let same = EndpointService::find(&ec2.region, &endpoint.service).is_some_and(|s| s.name == service.name);
        let holds = endpoint.form.current().private_dns && !endpoint.state.is_deleted();
        endpoint.vpc == vpc && same && holds && Some(endpoint.id.as_str()) != own
    });
    // A private hosted zone of the VPC with the same domain conflicts, too (terraform-provider-aws #37783). What a zone of a service
    // does is not known.
    let zones = ec2
        .vpcs
        .get(vpc)
        .map(|found| found.zones.as_slice())
        .unwrap_or_default();
    let names = service.private_names(&ec2.region);
    let in_zone = names
        .iter()
        .find(|name| zones.iter().any(|zone| zone == name.trim_start_matches("*.")));
    if owner.is_some() || in_zone.is_some() {
        let name = in_zone.cloned().unwrap_or_else(|| service.private_name(&ec2.region));
        let message = format!(
            "private-dns-enabled cannot be set because there is already a conflicting DNS domain for {name} in the VPC {vpc}"
        );
        return Err(invalid(message));
    }
    Ok(())
}
