//! ModifyVpcEndpoint: it takes deltas, allows one change at a time, applies it slowly, and reads show it late.

use serde_json::{Value, json};

use super::checks::checked;
use super::{Form, State, addresses, interface};
use crate::accounts::Accounts;
use crate::ec2::endpoint_services::{self, EndpointService};
use crate::ec2::listing::{list, required, text};
use crate::ec2::{Ec2, policy};
use crate::operation::{CallCx, ServiceError};
use crate::timings::{ENDPOINT_MODIFY, STALE_AFTER_CHANGE};

/// Handles ModifyVpcEndpoint.
pub(in crate::ec2) fn modify(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let id = required(params, "VpcEndpointId")?;
    let (now, stale_until) = (accounts.now(), accounts.later(STALE_AFTER_CHANGE));
    let (region, ids) = accounts.region_and_ids(cx);
    let (ec2, quotas) = (&mut region.ec2, &region.quotas);
    let endpoint = ec2.endpoint(id, now)?;
    // docs/aws-behavior.md, `one-change-at-a-time`: EC2 rejects a second change while the first one is in progress.
    if endpoint.modifying {
        return Err(ServiceError::new(
            "OperationInProgress",
            "VpcEndpoint modify operation in progress",
        ));
    }
    if endpoint.state != State::Available {
        let message = format!("The VPC endpoint '{id}' is in the state {}.", endpoint.state.wire());
        return Err(ServiceError::new("IncorrectState", message));
    }
    let old = endpoint.form.current().clone();
    let form = changed(ec2, &endpoint.vpc, &old, params)?;
    let service = EndpointService::find(&ec2.region, &endpoint.service)
        .ok_or_else(|| endpoint_services::not_found(&endpoint.service))?;
    checked(ec2, quotas, &endpoint.vpc, service, &form, Some(endpoint), now)?;
    let fixed = addresses::requested(ec2, id, &form, params)?;
    // AWS replaces an interface to give it another address (API reference, SubnetConfiguration).
    let holds = |ec2: &Ec2, subnet: &String| {
        let mut own = ec2.interfaces_of(id).filter(|interface| interface.subnet == *subnet);
        own.any(|interface| fixed.get(subnet).is_none_or(|fixed| fixed.are_of(interface)))
    };
    let mut replaced = Vec::new();
    for subnet in &form.subnets {
        if holds(ec2, subnet) {
            continue;
        }
        replaced.extend(
            ec2.interfaces_of(id)
                .filter(|one| one.subnet == *subnet)
                .map(|one| one.id.clone()),
        );
        ec2.attach_interface(ids, interface(id, subnet, &form, fixed.get(subnet)))
            .expect("checked: the subnet has a free address");
    }
    let endpoint = ec2.endpoints.get_mut(id).expect("looked up above");
    endpoint.modifying = true;
    // docs/aws-behavior.md documents stale reads for connections (Connection). The emulator assumes the same for
    // endpoints.
    endpoint
        .form
        .change(now, stale_until, |current| *current = form.clone());
    let (cx, id) = (cx.clone(), id.to_owned());
    accounts.after(ENDPOINT_MODIFY, move |accounts| {
        settle(&mut accounts.region(&cx).ec2, &id, &form, &replaced)
    });
    Ok(json!({ "Return": true }))
}

/// Finishes the modification. Interfaces leave their subnets and groups only now, so removed ones can be deleted from here
/// on.
fn settle(ec2: &mut Ec2, id: &str, form: &Form, replaced: &[String]) {
    let Some(endpoint) = ec2.endpoints.get_mut(id) else {
        return;
    };
    endpoint.modifying = false;
    if endpoint.state != State::Available {
        return;
    }
    ec2.interfaces
        .retain(|_, interface| interface.owner != id || form.subnets.contains(&interface.subnet));
    ec2.interfaces.retain(|interface, _| !replaced.contains(interface));
    for interface in ec2.interfaces.values_mut().filter(|interface| interface.owner == id) {
        interface.groups.clone_from(&form.groups);
    }
}

fn changed(ec2: &Ec2, vpc: &str, old: &Form, params: &Value) -> Result<Form, ServiceError> {
    let mut form = old.clone();
    delta(
        &mut form.subnets,
        &list(params, "AddSubnetIds"),
        &list(params, "RemoveSubnetIds"),
    );
    delta(
        &mut form.groups,
        &list(params, "AddSecurityGroupIds"),
        &list(params, "RemoveSecurityGroupIds"),
    );
    if form.groups.is_empty() {
        form.groups.extend(ec2.default_group(vpc).map(|group| group.id.clone()));
    }
    let reset = params["ResetPolicy"] == Value::Bool(true);
    match (text(params, "PolicyDocument"), reset) {
        (Some(_), true) => {
            let message = "PolicyDocument and ResetPolicy cannot be used together.";
            return Err(ServiceError::new("InvalidParameterCombination", message));
        }
        (Some(document), false) => document.clone_into(&mut form.policy),
        (None, true) => policy::FULL_ACCESS.clone_into(&mut form.policy),
        (None, false) => {}
    }
    if let Some(private_dns) = params["PrivateDnsEnabled"].as_bool() {
        form.private_dns = private_dns;
    }
    if let Some(address_type) = text(params, "IpAddressType") {
        address_type.clone_into(&mut form.address_type);
        // The record type follows the address type unless the request sets it.
        address_type.clone_into(&mut form.record_type);
    }
    if let Some(record_type) = text(&params["DnsOptions"], "DnsRecordIpType") {
        record_type.clone_into(&mut form.record_type);
    }
    Ok(form)
}

fn delta(ids: &mut Vec<String>, add: &[&str], remove: &[&str]) {
    ids.retain(|id| !remove.contains(&id.as_str()));
    for id in add {
        if !ids.iter().any(|present| present == id) {
            ids.push((*id).to_owned());
        }
    }
}
