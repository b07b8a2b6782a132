//! A gateway's EC2 side: VPC, subnets, security groups, and its network interfaces.
//!
//! Facts: docs/aws-behavior.md, Resource gateway, networking; API reference, CreateResourceGateway.

use std::collections::BTreeMap;

use tokio::time::Instant;

use super::errors;
use super::gateway::Gateway;
use crate::accounts::Accounts;
use crate::ec2::{Ec2, FixedAddresses, NewInterface};
use crate::mode::Mode;
use crate::operation::{CallCx, ServiceError};

/// The network location of a new gateway.
pub(super) struct GatewayNetwork<'a> {
    pub vpc_id: &'a str,
    pub subnet_ids: &'a [String],
    /// IPV4, IPV6 or DUALSTACK.
    pub ip_address_type: &'a str,
    /// PUBLIC or IN_VPC.
    pub resolution: &'a str,
}

impl GatewayNetwork<'_> {
    /// Checks that the subnets exist, lie in the VPC, and have addresses of the required type. Unknown objects give 404
    /// (docs/aws-behavior.md, Resource gateway, Errors).
    pub(super) fn check(&self, ec2: &Ec2, mode: Mode) -> Result<(), ServiceError> {
        let Self {
            vpc_id,
            subnet_ids,
            ip_address_type,
            resolution,
        } = *self;
        check_subnets(ec2, vpc_id, subnet_ids, ip_address_type, mode)?;
        // API reference, CreateResourceGateway: "not allowed with IPv6-only subnets".
        if ip_address_type == "IPV6" && resolution == "IN_VPC" {
            return Err(errors::invalid(
                "resourceConfigDnsResolution",
                "resourceConfigDnsResolution IN_VPC is not supported for an IPV6 resource gateway",
            ));
        }
        Ok(())
    }
}

fn check_subnets(ec2: &Ec2, vpc_id: &str, subnet_ids: &[String], kind: &str, mode: Mode) -> Result<(), ServiceError> {
    if !ec2.vpcs.contains_key(vpc_id) {
        return Err(errors::not_found("VPC", vpc_id));
    }
    let mut zones = BTreeMap::new();
    for id in subnet_ids {
        let subnet = ec2.subnets.get(id).ok_or_else(|| errors::not_found("SUBNET", id))?;
        if subnet.vpc != vpc_id {
            return Err(errors::invalid(
                "subnetIds",
                format!("Subnet {id} is not in VPC {vpc_id}"),
            ));
        }
        // AWS documents this rule only for interface endpoints.
        if let Some(other) = zones.insert(&subnet.zone, id).filter(|_| !mode.is_recorded()) {
            let message = format!(
                "Subnets {other} and {id} are in the same Availability Zone {}",
                subnet.zone
            );
            return Err(errors::invalid("subnetIds", message));
        }
        if kind != "IPV4" && subnet.ipv6.is_none() {
            return Err(errors::invalid(
                "ipAddressType",
                format!("Subnet {id} has no IPv6 addresses for type {kind}"),
            ));
        }
        // API reference, CreateResourceGateway, ipAddressType: "only if all selected subnets are IPv6 only subnets".
        if kind == "IPV6" && !subnet.is_ipv6_only() {
            let message = format!("Subnet {id} is not an IPv6-only subnet, which type IPV6 needs");
            return Err(errors::invalid("ipAddressType", message));
        }
    }
    Ok(())
}

/// Returns the groups as AWS returns them: the given ones, or the VPC's default group if none are given
/// (docs/aws-behavior.md, Resource gateway).
pub(super) fn groups(ec2: &Ec2, vpc_id: &str, given: &[String], now: Instant) -> Result<Vec<String>, ServiceError> {
    for id in given {
        // A new group is not visible yet (docs/aws-behavior.md, Security group, Resource gateway).
        let group = ec2
            .group(id, now)
            .map_err(|_| errors::not_found("SECURITY_GROUP", id))?;
        if group.vpc != vpc_id {
            return Err(errors::invalid(
                "securityGroupIds",
                format!("Security group {id} is not in VPC {vpc_id}"),
            ));
        }
    }
    if !given.is_empty() {
        return Ok(given.to_vec());
    }
    Ok(ec2
        .default_group(vpc_id)
        .map(|group| group.id.clone())
        .into_iter()
        .collect())
}

/// Creates one network interface per subnet, each with the gateway's number of addresses. Creates none and returns false if
/// a subnet has too few.
pub(super) fn attach(accounts: &mut Accounts, cx: &CallCx, gateway: &Gateway) -> bool {
    let (region, ids) = accounts.region_and_ids(cx);
    let complete = gateway.subnet_ids.iter().all(|subnet| {
        let interface = NewInterface {
            subnet: subnet.clone(),
            groups: gateway.security_group_ids().to_vec(),
            owner: gateway.id.clone(),
            // EC2's enum has no value for VPC Lattice.
            kind: "interface",
            description: format!("VPC Lattice Resource Gateway {}", gateway.id),
            addresses: gateway.ipv4_addresses_per_eni.unwrap_or(0) as usize,
            ipv6: gateway.ip_address_type != "IPV4",
            fixed: FixedAddresses::default(),
        };
        region.ec2.attach_interface(ids, interface).is_some()
    });
    if !complete {
        detach(&mut region.ec2, &gateway.id);
    }
    complete
}

/// Replaces the groups of a gateway's interfaces.
pub(super) fn regroup(ec2: &mut Ec2, gateway: &str, groups: &[String]) {
    for interface in ec2
        .interfaces
        .values_mut()
        .filter(|interface| interface.owner == gateway)
    {
        interface.groups = groups.to_vec();
    }
}

/// Removes a gateway's interfaces.
pub(super) fn detach(ec2: &mut Ec2, gateway: &str) {
    ec2.detach_interfaces_of(gateway);
}

/// Returns the default VPC and its subnets.
#[cfg(test)]
pub(super) fn default_vpc(ec2: &Ec2) -> (String, Vec<String>) {
    let vpc = ec2
        .vpcs
        .values()
        .find(|vpc| vpc.is_default)
        .expect("a new account has a default VPC");
    let subnets = ec2.subnets.values().filter(|subnet| subnet.vpc == vpc.id);
    (vpc.id.clone(), subnets.map(|subnet| subnet.id.clone()).collect())
}
