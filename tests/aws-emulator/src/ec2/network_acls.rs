//! Network ACLs: the default one of each VPC and others, their entries, and the subnets that they guard (VPC user guide,
//! "Network ACLs"). [`entry`] has the format of an entry.

mod entry;

use serde_json::{Value, json};
use tokio::time::Instant;

use self::entry::Entry;
use super::listing::{Listing, required};
use super::{Ec2, derived, tags};
use crate::accounts::Accounts;
use crate::operation::{CallCx, ServiceError};

/// One network ACL.
#[derive(Debug)]
pub(crate) struct NetworkAcl {
    pub(crate) id: String,
    pub(crate) vpc: String,
    pub(crate) is_default: bool,
    /// Without the last ones, which deny what no other admits.
    entries: Vec<Entry>,
}

/// The ACL of one subnet.
#[derive(Debug)]
pub(crate) struct Association {
    id: String,
    acl: String,
}

const LISTING: Listing = Listing {
    key: "NetworkAcls",
    ids: ("NetworkAclIds", "NetworkAclId"),
    not_found: |id| not_found(id),
    filters: &[
        ("network-acl-id", "NetworkAclId"),
        ("vpc-id", "VpcId"),
        ("default", "IsDefault"),
        ("owner-id", "OwnerId"),
        ("association.association-id", "Associations/NetworkAclAssociationId"),
        ("association.network-acl-id", "Associations/NetworkAclId"),
        ("association.subnet-id", "Associations/SubnetId"),
        ("entry.cidr", "Entries/CidrBlock"),
        ("entry.ipv6-cidr", "Entries/Ipv6CidrBlock"),
        ("entry.egress", "Entries/Egress"),
        ("entry.protocol", "Entries/Protocol"),
        ("entry.port-range.from", "Entries/PortRange/From"),
        ("entry.port-range.to", "Entries/PortRange/To"),
        ("entry.rule-action", "Entries/RuleAction"),
        ("entry.rule-number", "Entries/RuleNumber"),
    ],
};

/// Returns the error for an ACL that does not exist.
pub(super) fn not_found(id: &str) -> ServiceError {
    ServiceError::new(
        "InvalidNetworkAclID.NotFound",
        format!("The networkAcl ID '{id}' does not exist"),
    )
}

/// Creates a VPC's default ACL, which admits everything.
pub(super) fn make_default(ec2: &mut Ec2, vpc: &str) {
    let acl = NetworkAcl {
        id: derived("acl", vpc),
        vpc: vpc.to_owned(),
        is_default: true,
        entries: [false, true].map(|egress| Entry::all(100, egress, entry::V4)).into(),
    };
    ec2.network_acls.insert(acl.id.clone(), acl);
}

/// Adds the entries for IPv6 to the default ACL of a VPC that gets its first IPv6 block. AWS does so unless somebody
/// changed the ACL (VPC user guide, "Default network ACL").
pub(super) fn admit_ipv6(ec2: &mut Ec2, vpc: &str) {
    if let Some(acl) = ec2.network_acls.get_mut(&derived("acl", vpc)) {
        let unchanged = [false, true].map(|egress| Entry::all(100, egress, entry::V4));
        if acl.entries == unchanged {
            let more = [false, true].map(|egress| Entry::all(101, egress, entry::V6));
            acl.entries.extend(more);
            acl.entries.sort_by_key(Entry::place);
        }
    }
}

/// Handles CreateNetworkAcl. A new ACL denies everything.
pub(super) fn create(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    const OPERATION: &str = "CreateNetworkAcl";
    if let Some(answer) = accounts.region(cx).ec2.tokens.replay(OPERATION, params)? {
        return Ok(answer);
    }
    let vpc = required(params, "VpcId")?;
    let tags = tags::specified(params, "network-acl")?;
    let now = accounts.now();
    let (region, ids) = accounts.region_and_ids(cx);
    let ec2 = &mut region.ec2;
    ec2.vpc(vpc)?;
    let acl = NetworkAcl {
        id: ids.with_prefix("acl"),
        vpc: vpc.to_owned(),
        is_default: false,
        entries: Vec::new(),
    };
    tags::set(ec2, &acl.id, tags);
    let answer = json!({ "NetworkAcl": render(ec2, &acl, now) });
    ec2.network_acls.insert(acl.id.clone(), acl);
    Ok(ec2.tokens.remember(OPERATION, params, answer))
}

/// Handles DeleteNetworkAcl. The default ACL and one that guards a subnet cannot be deleted (API reference).
pub(super) fn delete(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let id = required(params, "NetworkAclId")?;
    let ec2 = &mut accounts.region(cx).ec2;
    if find(ec2, id)?.is_default {
        let message = format!("cannot delete default network ACL {id}");
        return Err(ServiceError::new("InvalidParameterValue", message));
    }
    if ec2.acl_associations.values().any(|association| association.acl == id) {
        let message = format!("The network ACL '{id}' has dependencies and cannot be deleted.");
        return Err(ServiceError::new("DependencyViolation", message));
    }
    ec2.network_acls.remove(id);
    ec2.tags.remove(id);
    Ok(json!({}))
}

/// Handles DescribeNetworkAcls.
pub(super) fn describe(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let now = accounts.now();
    let ec2 = &accounts.region(cx).ec2;
    let all = ec2.network_acls.values().map(|acl| render(ec2, acl, now)).collect();
    LISTING.answer(all, params)
}

/// Handles CreateNetworkAclEntry.
pub(super) fn create_entry(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let entry = entry::read(params)?;
    let acl = find(&mut accounts.region(cx).ec2, required(params, "NetworkAclId")?)?;
    if acl.entries.iter().any(|other| other.place() == entry.place()) {
        let message = format!("The network acl entry identified by {} already exists.", entry.number);
        return Err(ServiceError::new("NetworkAclEntryAlreadyExists", message));
    }
    acl.entries.push(entry);
    acl.entries.sort_by_key(Entry::place);
    Ok(json!({}))
}

/// Handles DeleteNetworkAclEntry.
pub(super) fn delete_entry(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let place = entry::place(params);
    let acl = find(&mut accounts.region(cx).ec2, required(params, "NetworkAclId")?)?;
    let Some(index) = acl.entries.iter().position(|entry| entry.place() == place) else {
        let message = format!(
            "The network acl entry identified by {} does not exist.",
            params["RuleNumber"]
        );
        return Err(ServiceError::new("InvalidNetworkAclEntry.NotFound", message));
    };
    acl.entries.remove(index);
    Ok(json!({}))
}

/// Handles ReplaceNetworkAclAssociation: another ACL of the same VPC guards the subnet. The association gets another id.
pub(super) fn replace_association(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let (old, acl) = (required(params, "AssociationId")?, required(params, "NetworkAclId")?);
    let (region, ids) = accounts.region_and_ids(cx);
    let ec2 = &mut region.ec2;
    let vpc = find(ec2, acl)?.vpc.clone();
    let subnet = ec2
        .subnets
        .values()
        .find(|subnet| association(ec2, &subnet.id).id == old);
    let Some((subnet, home)) = subnet.map(|subnet| (subnet.id.clone(), subnet.vpc.clone())) else {
        let message = format!("The association ID '{old}' does not exist");
        return Err(ServiceError::new("InvalidAssociationID.NotFound", message));
    };
    if home != vpc {
        let message = format!("The network ACL '{acl}' and the subnet '{subnet}' belong to different VPCs.");
        return Err(ServiceError::new("InvalidParameterValue", message));
    }
    let new = Association {
        id: ids.with_prefix("aclassoc"),
        acl: acl.to_owned(),
    };
    let answer = json!({ "NewAssociationId": new.id });
    ec2.acl_associations.insert(subnet, new);
    Ok(answer)
}

fn find<'a>(ec2: &'a mut Ec2, id: &str) -> Result<&'a mut NetworkAcl, ServiceError> {
    ec2.network_acls.get_mut(id).ok_or_else(|| not_found(id))
}

/// Returns the association of a subnet: with the VPC's default ACL unless a call replaced it.
fn association(ec2: &Ec2, subnet: &str) -> Association {
    match ec2.acl_associations.get(subnet) {
        Some(Association { id, acl }) => Association {
            id: id.clone(),
            acl: acl.clone(),
        },
        None => Association {
            id: derived("aclassoc", subnet),
            acl: derived("acl", ec2.subnets.get(subnet).map_or("", |subnet| &subnet.vpc)),
        },
    }
}

fn render(ec2: &Ec2, acl: &NetworkAcl, now: Instant) -> Value {
    let subnets = ec2.subnets.keys().map(|subnet| (subnet, association(ec2, subnet)));
    let associations: Vec<_> = subnets
        .filter(|(_, association)| association.acl == acl.id)
        .map(|(subnet, one)| json!({ "NetworkAclAssociationId": one.id, "NetworkAclId": one.acl, "SubnetId": subnet }))
        .collect();
    let has_ipv6 = ec2.vpcs.get(&acl.vpc).is_some_and(|vpc| !vpc.ipv6_blocks.is_empty());
    let mut entries: Vec<Value> = Vec::new();
    for egress in [false, true] {
        let own = acl.entries.iter().filter(|entry| entry.egress == egress);
        entries.extend(own.map(Entry::render));
        entries.push(Entry::last(32_767, egress, entry::V4).render());
        entries.extend(has_ipv6.then(|| Entry::last(32_768, egress, entry::V6).render()));
    }
    json!({
        "NetworkAclId": acl.id,
        "VpcId": acl.vpc,
        "OwnerId": ec2.account,
        "IsDefault": acl.is_default,
        "Associations": associations,
        "Entries": entries,
        "Tags": tags::render(ec2, &acl.id, now),
    })
}
