//! Security groups.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::listing::{Listing, list, missing, required, text};
use super::{Ec2, rules, tags, vpcs};
use crate::accounts::{Accounts, Ids};
use crate::operation::{CallCx, ServiceError};
use crate::quotas::Quota;
use crate::timings::VISIBLE_AFTER_CREATE;

/// One security group.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) vpc: String,
    pub(crate) name: String,
    pub(crate) description: String,
    /// Other calls do not find the group before this time (docs/aws-behavior.md, Security group).
    visible: Option<Instant>,
}

impl Group {
    /// Reports whether this is its VPC's default group. Every VPC has one, and it cannot be deleted.
    pub(crate) fn is_default(&self) -> bool {
        self.name == "default"
    }

    fn is_visible(&self, now: Instant) -> bool {
        self.visible.is_none_or(|visible| visible <= now)
    }
}

const LISTING: Listing = Listing {
    key: "SecurityGroups",
    ids: ("GroupIds", "GroupId"),
    not_found: |id| not_found(id),
    filters: &[
        ("group-id", "GroupId"),
        ("group-name", "GroupName"),
        ("description", "Description"),
        ("vpc-id", "VpcId"),
        ("owner-id", "OwnerId"),
        ("ip-permission.cidr", "IpPermissions/IpRanges/CidrIp"),
        ("ip-permission.group-id", "IpPermissions/UserIdGroupPairs/GroupId"),
        ("ip-permission.protocol", "IpPermissions/IpProtocol"),
        ("ip-permission.from-port", "IpPermissions/FromPort"),
        ("ip-permission.to-port", "IpPermissions/ToPort"),
        ("egress.ip-permission.cidr", "IpPermissionsEgress/IpRanges/CidrIp"),
        (
            "egress.ip-permission.group-id",
            "IpPermissionsEgress/UserIdGroupPairs/GroupId",
        ),
        ("egress.ip-permission.protocol", "IpPermissionsEgress/IpProtocol"),
    ],
};

/// Returns the error for a group that does not exist or is not visible yet.
pub(crate) fn not_found(id: &str) -> ServiceError {
    ServiceError::new(
        "InvalidGroup.NotFound",
        format!("The security group '{id}' does not exist"),
    )
}

impl Ec2 {
    /// Returns a group that is visible at this time.
    ///
    /// # Errors
    /// `InvalidGroup.NotFound`, also for a short while after the group was created; `InvalidGroupId.Malformed`.
    pub(crate) fn group(&self, id: &str, now: Instant) -> Result<&Group, ServiceError> {
        if !id.starts_with("sg-") {
            let message = format!("Invalid id: \"{id}\" (expecting \"sg-...\")");
            return Err(ServiceError::new("InvalidGroupId.Malformed", message));
        }
        self.groups
            .get(id)
            .filter(|group| group.is_visible(now))
            .ok_or_else(|| not_found(id))
    }

    /// Returns the default group of a VPC, which AWS uses where the request names none.
    pub(crate) fn default_group(&self, vpc: &str) -> Option<&Group> {
        self.groups
            .values()
            .find(|group| group.vpc == vpc && group.is_default())
    }

    /// Returns a group in the form that other objects' descriptions use.
    pub(super) fn group_pair(&self, id: &str) -> Value {
        json!({ "GroupId": id, "GroupName": self.groups.get(id).map(|group| group.name.as_str()) })
    }
}

/// Creates a VPC's default group: it allows all traffic from itself and to anywhere (VPC user guide, "Default security
/// groups").
pub(super) fn make_default(ec2: &mut Ec2, ids: &mut Ids, vpc: &str) {
    let id = insert(ec2, ids, vpc, "default", "default VPC security group", None);
    let itself = rules::Source::Group {
        group: id.clone(),
        account: ec2.account.clone(),
    };
    rules::insert_all_traffic(ec2, ids, &id, false, itself);
    rules::insert_egress_defaults(ec2, ids, &id);
    let starting = ec2.vpcs.get(vpc).is_some_and(|vpc| vpc.starting);
    ec2.rules
        .values_mut()
        .filter(|rule| rule.group == id)
        .for_each(|rule| rule.starting = starting);
}

fn insert(ec2: &mut Ec2, ids: &mut Ids, vpc: &str, name: &str, description: &str, visible: Option<Instant>) -> String {
    let id = ids.with_prefix("sg");
    let group = Group {
        id: id.clone(),
        vpc: vpc.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        visible,
    };
    ec2.groups.insert(id.clone(), group);
    id
}

/// Removes a group with its rules and tags.
pub(super) fn remove(ec2: &mut Ec2, id: &str) {
    ec2.groups.remove(id);
    ec2.tags.remove(id);
    ec2.rules.retain(|_, rule| rule.group != id);
}

/// Reports whether the text is valid: letters, digits, spaces and `._-:/()#,@[]+=&;{}!$*` (EC2 API reference,
/// CreateSecurityGroup and IpRange).
pub(super) fn is_description(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c);
    text.chars().count() <= 255 && text.chars().all(allowed)
}

/// Handles CreateSecurityGroup (docs/aws-behavior.md, Security group).
pub(super) fn create(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    // "When the name contains trailing spaces, we trim the spaces" (VPC user guide, security groups).
    let name = required(params, "GroupName")?.trim_end_matches(' ');
    let description = text(params, "Description");
    let description = description.ok_or_else(|| missing("GroupDescription"))?;
    for (what, value) in [("GroupName", name), ("GroupDescription", description)] {
        if !is_description(value) {
            let message = format!(
                "Value ({value}) for parameter {what} is invalid. At most 255 characters of a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{{}}!$*"
            );
            return Err(ServiceError::new("InvalidParameterValue", message));
        }
    }
    if name.starts_with("sg-") {
        // pulumi/pulumi-awsx #328.
        let message =
            format!("Value ({name}) for parameter GroupName is invalid. Group names may not be in the format sg-*.");
        return Err(ServiceError::new("InvalidParameterValue", message));
    }
    if name == "default" {
        // The documented InvalidGroup.Reserved is for EC2-Classic. In a VPC, AWS returns this error (hashicorp/terraform
        // #17343).
        let message = format!("Cannot use reserved security group name: {name}");
        return Err(ServiceError::new("InvalidParameterValue", message));
    }
    let tags = tags::specified(params, "security-group")?;
    let visible = accounts.later(VISIBLE_AFTER_CREATE);
    let now = accounts.now();
    let (region, ids) = accounts.region_and_ids(cx);
    let most = region.quotas.of(Quota::SecurityGroups);
    let ec2 = &mut region.ec2;
    let vpc = match text(params, "VpcId") {
        Some(id) => ec2.vpcs.get(id).ok_or_else(|| vpcs::not_found(id))?,
        None => {
            let default = ec2.vpcs.values().find(|vpc| vpc.is_default);
            default.ok_or_else(|| ServiceError::new("VPCIdNotSpecified", "No default VPC for this user"))?
        }
    };
    let vpc = vpc.id.clone();
    // According to public reports, "Abc" and "ABC" are the same name (chef-provisioning-aws #452).
    if ec2
        .groups
        .values()
        .any(|group| group.vpc == vpc && group.name.eq_ignore_ascii_case(name))
    {
        let message = format!("The security group '{name}' already exists for VPC '{vpc}'");
        return Err(ServiceError::new("InvalidGroup.Duplicate", message));
    }
    if ec2.groups.len() >= most {
        let message = "The maximum number of security groups has been reached.";
        return Err(ServiceError::new("SecurityGroupLimitExceeded", message));
    }
    let id = insert(ec2, ids, &vpc, name, description, Some(visible));
    rules::insert_egress_defaults(ec2, ids, &id);
    tags::set(ec2, &id, tags);
    let tags = tags::render(ec2, &id, now);
    Ok(json!({ "GroupId": id, "Tags": tags, "SecurityGroupArn": ec2.arn("security-group", &id) }))
}

/// Handles DeleteSecurityGroup (docs/aws-behavior.md, Security group).
pub(super) fn delete(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let now = accounts.now();
    let ec2 = &mut accounts.region(cx).ec2;
    let id = chosen(ec2, params)?;
    let group = ec2.group(&id, now)?;
    if group.is_default() {
        let message = format!("the specified group: \"{id}\" name: \"default\" cannot be deleted by a user");
        return Err(ServiceError::new("CannotDelete", message));
    }
    let guards = ec2.interfaces.values().any(|interface| interface.groups.contains(&id));
    // A group may refer to itself.
    let referred = ec2
        .rules
        .values()
        .any(|rule| rule.group != id && rule.source.is_group(&id));
    let associated = ec2.group_associations.iter().any(|association| association.group == id);
    if guards || referred || associated {
        return Err(ServiceError::new(
            "DependencyViolation",
            format!("resource {id} has a dependent object"),
        ));
    }
    remove(ec2, &id);
    Ok(json!({ "Return": true, "GroupId": id }))
}

/// Returns the group that a call names: by id, or by name in the default VPC.
pub(super) fn chosen(ec2: &Ec2, params: &Value) -> Result<String, ServiceError> {
    if let Some(id) = text(params, "GroupId") {
        return Ok(id.to_owned());
    }
    let name = text(params, "GroupName").ok_or_else(|| missing("GroupId"))?;
    let in_default = |group: &&Group| ec2.vpcs.get(&group.vpc).is_some_and(|vpc| vpc.is_default);
    let found = ec2.groups.values().filter(in_default).find(|group| group.name == name);
    found.map(|group| group.id.clone()).ok_or_else(|| not_found(name))
}

/// Handles DescribeSecurityGroups.
pub(super) fn describe(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let now = accounts.now();
    let ec2 = &accounts.region(cx).ec2;
    for id in list(params, "GroupIds") {
        ec2.group(id, now)?;
    }
    let names = list(params, "GroupNames");
    for name in &names {
        if !ec2
            .groups
            .values()
            .any(|group| group.name == *name && group.is_visible(now))
        {
            return Err(not_found(name));
        }
    }
    let named = |group: &&Group| names.is_empty() || names.contains(&group.name.as_str());
    let visible = ec2.groups.values().filter(|group| group.is_visible(now)).filter(named);
    LISTING.answer(visible.map(|group| render(ec2, group, now)).collect(), params)
}

fn render(ec2: &Ec2, group: &Group, now: Instant) -> Value {
    json!({
        "GroupId": group.id,
        "GroupName": group.name,
        "Description": group.description,
        "VpcId": group.vpc,
        "OwnerId": ec2.account,
        "SecurityGroupArn": ec2.arn("security-group", &group.id),
        "IpPermissions": rules::permissions(ec2, &group.id, false),
        "IpPermissionsEgress": rules::permissions(ec2, &group.id, true),
        "Tags": tags::render(ec2, &group.id, now),
    })
}
