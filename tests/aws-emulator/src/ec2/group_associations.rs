//! Associations of security groups with other VPCs.

use serde_json::{Value, json};

use super::listing::{Listing, required};
use crate::accounts::Accounts;
use crate::operation::{CallCx, ServiceError};
use crate::timings::VISIBLE_AFTER_CREATE;

/// One association.
#[derive(Debug)]
pub(crate) struct GroupAssociation {
    pub(crate) group: String,
    pub(crate) vpc: String,
    state: &'static str,
}

const LISTING: Listing = Listing {
    key: "SecurityGroupVpcAssociations",
    ids: ("", ""),
    not_found: |id| ServiceError::new("InvalidID", id.to_owned()),
    filters: &[
        ("group-id", "GroupId"),
        ("group-owner-id", "GroupOwnerId"),
        ("vpc-id", "VpcId"),
        ("vpc-owner-id", "VpcOwnerId"),
        ("state", "State"),
    ],
};

/// Handles AssociateSecurityGroupVpc: `associating`, and `associated` soon after. Neither default groups nor the default
/// VPC can be associated (API reference, AssociateSecurityGroupVpc, which has no codes for these errors).
pub(super) fn associate(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let (id, vpc_id) = (
        required(params, "GroupId")?.to_owned(),
        required(params, "VpcId")?.to_owned(),
    );
    let now = accounts.now();
    let ec2 = &mut accounts.region(cx).ec2;
    let invalid = |message: String| Err(ServiceError::new("InvalidParameterValue", message));
    let (group, vpc) = (ec2.group(&id, now)?, ec2.vpc(&vpc_id)?);
    if group.is_default() || vpc.is_default {
        return invalid("A default security group or a default VPC cannot be associated.".to_owned());
    }
    if group.vpc == vpc_id {
        return invalid(format!("The security group '{id}' was created in the VPC '{vpc_id}'."));
    }
    let is_it = move |one: &GroupAssociation| one.group == id && one.vpc == vpc_id;
    if let Some(existing) = ec2.group_associations.iter().find(|one| is_it(one)) {
        return Ok(json!({ "State": existing.state }));
    }
    ec2.group_associations.push(GroupAssociation {
        group: required(params, "GroupId")?.to_owned(),
        vpc: required(params, "VpcId")?.to_owned(),
        state: "associating",
    });
    let cx = cx.clone();
    accounts.after(VISIBLE_AFTER_CREATE, move |accounts| {
        let all = accounts.region(&cx).ec2.group_associations.iter_mut();
        all.filter(|one| is_it(one)).for_each(|one| one.state = "associated");
    });
    Ok(json!({ "State": "associating" }))
}

/// Handles DescribeSecurityGroupVpcAssociations.
pub(super) fn describe(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let ec2 = &accounts.region(cx).ec2;
    let render = |one: &GroupAssociation| {
        json!({ "GroupId": one.group, "VpcId": one.vpc, "State": one.state, "GroupOwnerId": ec2.account,
            "VpcOwnerId": ec2.account })
    };
    LISTING.answer(ec2.group_associations.iter().map(render).collect(), params)
}
