//! The operations on security group rules. [`form`] has the format of a rule.

pub(crate) mod form;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use tokio::time::Instant;

pub(crate) use self::form::{Rule, Source};

use super::listing::{Listing, list, missing, required, text};
use super::{Ec2, groups, tags};
use crate::accounts::{Accounts, Ids};
use crate::operation::{CallCx, ServiceError};
use crate::quotas::Quota;

const LISTING: Listing = Listing {
    key: "SecurityGroupRules",
    ids: ("SecurityGroupRuleIds", "SecurityGroupRuleId"),
    not_found: |id| not_found(id),
    filters: &[
        ("group-id", "GroupId"),
        ("security-group-rule-id", "SecurityGroupRuleId"),
    ],
};

/// Returns the error for a rule id that does not exist.
pub(super) fn not_found(id: &str) -> ServiceError {
    let message = format!("The security group rule ID '{id}' does not exist");
    ServiceError::new("InvalidSecurityGroupRuleId.NotFound", message)
}

/// Adds a rule for all protocols and ports.
pub(super) fn insert_all_traffic(ec2: &mut Ec2, ids: &mut Ids, group: &str, egress: bool, source: Source) {
    let id = ids.with_prefix("sgr");
    let rule = Rule {
        id: id.clone(),
        group: group.to_owned(),
        egress,
        protocol: "-1".to_owned(),
        ports: None,
        source,
        description: None,
        starting: false,
    };
    ec2.rules.insert(id, rule);
}

/// Adds the default egress rules: AWS allows a new group all outbound traffic, over IPv6 too where its VPC has an IPv6
/// block (docs/aws-behavior.md, Security group).
pub(super) fn insert_egress_defaults(ec2: &mut Ec2, ids: &mut Ids, group: &str) {
    insert_all_traffic(ec2, ids, group, true, Source::V4(ipnet::Ipv4Net::default()));
    let vpc = ec2.groups.get(group).and_then(|group| ec2.vpcs.get(&group.vpc));
    if vpc.is_some_and(|vpc| !vpc.ipv6_blocks.is_empty()) {
        insert_all_traffic(ec2, ids, group, true, Source::V6(ipnet::Ipv6Net::default()));
    }
}

/// Handles AuthorizeSecurityGroupIngress and …Egress. Adds all rules of the request or none.
pub(super) fn authorize(
    accounts: &mut Accounts,
    cx: &CallCx,
    params: &Value,
    egress: bool,
) -> Result<Value, ServiceError> {
    let tags = tags::specified(params, "security-group-rule")?;
    let now = accounts.now();
    let (region, ids) = accounts.region_and_ids(cx);
    let most = region.quotas.of(Quota::RulesPerSecurityGroup);
    let ec2 = &mut region.ec2;
    let group = groups::chosen(ec2, params)?;
    ec2.group(&group, now)?;
    let mut new: Vec<Rule> = Vec::new();
    for form in form::read(params, &ec2.account)? {
        refers_to_something(ec2, &form.source, now)?;
        let rule = form.into_rule(ids.with_prefix("sgr"), group.clone(), egress);
        if new.iter().any(|other| other.same_traffic(&rule)) {
            let message = "The same permission must not appear multiple times";
            return Err(ServiceError::new("InvalidParameterValue", message));
        }
        if ec2.rules.values().any(|other| other.same_traffic(&rule)) {
            let message = format!("the specified rule \"{}\" already exists", rule.in_words());
            return Err(ServiceError::new("InvalidPermission.Duplicate", message));
        }
        new.push(rule);
    }
    if new.is_empty() {
        return Err(missing("ipPermissions"));
    }
    let after = ec2
        .rules
        .values()
        .chain(&new)
        .filter(|rule| rule.group == group && rule.egress == egress);
    // The quota holds for each direction and address family. References count for both families, a prefix list with all the
    // entries that it may have (VPC quotas, "Inbound or outbound rules per security group").
    let (v4, v6) = after.fold((0, 0), |(v4, v6), rule| match &rule.source {
        Source::V4(_) => (v4 + 1, v6),
        Source::V6(_) => (v4, v6 + 1),
        Source::Group { .. } => (v4 + 1, v6 + 1),
        Source::PrefixList(id) => {
            let entries = ec2.prefix_lists.get(id).map_or(1, |list| list.max_entries as usize);
            (v4 + entries, v6 + entries)
        }
    });
    if v4 > most || v6 > most {
        let message = "The maximum number of rules per security group has been reached.";
        return Err(ServiceError::new("RulesPerSecurityGroupLimitExceeded", message));
    }
    for rule in &new {
        tags::set(ec2, &rule.id, tags.clone());
        ec2.rules.insert(rule.id.clone(), rule.clone());
    }
    let rendered: Vec<_> = new.iter().map(|rule| render(ec2, rule, now)).collect();
    Ok(json!({ "Return": true, "SecurityGroupRules": rendered }))
}

fn refers_to_something(ec2: &Ec2, source: &Source, now: Instant) -> Result<(), ServiceError> {
    match source {
        Source::Group { group, account } if *account == ec2.account => ec2.group(group, now).map(drop),
        Source::PrefixList(id) if !ec2.prefix_lists.contains_key(id) => Err(super::prefix_lists::not_found(id)),
        _ => Ok(()),
    }
}

/// Handles RevokeSecurityGroupIngress and …Egress, by rule id or by value. In a default VPC an unknown rule is not an
/// error; the response lists it (EC2 API reference, RevokeSecurityGroupIngress).
pub(super) fn revoke(
    accounts: &mut Accounts,
    cx: &CallCx,
    params: &Value,
    egress: bool,
) -> Result<Value, ServiceError> {
    let now = accounts.now();
    let ec2 = &mut accounts.region(cx).ec2;
    let group = groups::chosen(ec2, params)?;
    let lenient = ec2
        .vpcs
        .get(&ec2.group(&group, now)?.vpc)
        .is_some_and(|vpc| vpc.is_default);
    let ours = |rule: &&Rule| rule.group == group && rule.egress == egress;
    let (mut gone, mut unknown): (Vec<Rule>, Vec<Value>) = (Vec::new(), Vec::new());
    for id in list(params, "SecurityGroupRuleIds") {
        gone.push(ec2.rules.get(id).filter(ours).ok_or_else(|| not_found(id))?.clone());
    }
    for form in form::read(params, &ec2.account)? {
        let wanted = form.into_rule(String::new(), group.clone(), egress);
        match ec2.rules.values().find(|rule| rule.same_traffic(&wanted)) {
            Some(rule) => gone.push(rule.clone()),
            None if lenient => unknown.push(wanted.permission()),
            None => {
                let message = "The specified rule does not exist in this security group.";
                return Err(ServiceError::new("InvalidPermission.NotFound", message));
            }
        }
    }
    if gone.is_empty() && unknown.is_empty() {
        return Err(missing("ipPermissions"));
    }
    let revoked: Vec<_> = gone.iter().map(form::revoked).collect();
    for rule in &gone {
        ec2.rules.remove(&rule.id);
        ec2.tags.remove(&rule.id);
    }
    Ok(json!({ "Return": true, "UnknownIpPermissions": unknown, "RevokedSecurityGroupRules": revoked }))
}

/// Handles ModifySecurityGroupRules. Ports, protocol, CIDR and description change in place; another kind of source needs a
/// new rule (docs/aws-behavior.md, Security group).
pub(super) fn modify(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let now = accounts.now();
    let ec2 = &mut accounts.region(cx).ec2;
    let group = required(params, "GroupId")?;
    ec2.group(group, now)?;
    let mut changed: Vec<Rule> = Vec::new();
    for update in params["SecurityGroupRules"].as_array().into_iter().flatten() {
        let id = required(update, "SecurityGroupRuleId")?;
        let old = ec2
            .rules
            .get(id)
            .filter(|rule| rule.group == group)
            .ok_or_else(|| not_found(id))?;
        let form = form::from_rule_request(&update["SecurityGroupRule"], &ec2.account)?;
        refers_to_something(ec2, &form.source, now)?;
        if std::mem::discriminant(&form.source) != std::mem::discriminant(&old.source) {
            let message = "You may not change the source type of a security group rule.";
            return Err(ServiceError::new("InvalidParameterValue", message));
        }
        let rule = form.into_rule(id.to_owned(), group.to_owned(), old.egress);
        let others = ec2.rules.values().filter(|other| other.id != rule.id);
        if others.chain(&changed).any(|other| other.same_traffic(&rule)) {
            let message = format!("the specified rule \"{}\" already exists", rule.in_words());
            return Err(ServiceError::new("InvalidPermission.Duplicate", message));
        }
        changed.push(rule);
    }
    ec2.rules
        .extend(changed.into_iter().map(|rule| (rule.id.clone(), rule)));
    Ok(json!({ "Return": true }))
}

/// Handles UpdateSecurityGroupRuleDescriptionsIngress and …Egress.
pub(super) fn update_descriptions(
    accounts: &mut Accounts,
    cx: &CallCx,
    params: &Value,
    egress: bool,
) -> Result<Value, ServiceError> {
    let now = accounts.now();
    let ec2 = &mut accounts.region(cx).ec2;
    let group = groups::chosen(ec2, params)?;
    ec2.group(&group, now)?;
    let mut updates = BTreeMap::new();
    for update in params["SecurityGroupRuleDescriptions"].as_array().into_iter().flatten() {
        let id = required(update, "SecurityGroupRuleId")?;
        let ours = ec2
            .rules
            .get(id)
            .is_some_and(|rule| rule.group == group && rule.egress == egress);
        let description = text(update, "Description").map(str::to_owned);
        form::check_description(description.as_deref())?;
        updates.insert(
            if ours { id.to_owned() } else { return Err(not_found(id)) },
            description,
        );
    }
    for form in form::read(params, &ec2.account)? {
        let wanted = form.into_rule(String::new(), group.clone(), egress);
        let Some(rule) = ec2.rules.values().find(|rule| rule.same_traffic(&wanted)) else {
            let message = "The specified rule does not exist in this security group.";
            return Err(ServiceError::new("InvalidPermission.NotFound", message));
        };
        updates.insert(rule.id.clone(), wanted.description);
    }
    for (id, description) in updates {
        if let Some(rule) = ec2.rules.get_mut(&id) {
            rule.description = description;
        }
    }
    Ok(json!({ "Return": true }))
}

/// Handles DescribeSecurityGroupRules.
pub(super) fn describe(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let now = accounts.now();
    let ec2 = &accounts.region(cx).ec2;
    let visible = ec2.rules.values().filter(|rule| ec2.group(&rule.group, now).is_ok());
    LISTING.answer(visible.map(|rule| render(ec2, rule, now)).collect(), params)
}

fn render(ec2: &Ec2, rule: &Rule, now: Instant) -> Value {
    // The ports of "all traffic" are -1 here, but absent in IpPermissions.
    let (from, to) = rule.ports.unwrap_or((-1, -1));
    let mut out = json!({
        "SecurityGroupRuleId": rule.id,
        "SecurityGroupRuleArn": ec2.arn("security-group-rule", &rule.id),
        "GroupId": rule.group,
        "GroupOwnerId": ec2.account,
        "IsEgress": rule.egress,
        "IpProtocol": rule.protocol,
        "FromPort": from,
        "ToPort": to,
        "Description": rule.description,
        "Tags": tags::render(ec2, &rule.id, now),
    });
    let (member, value) = match &rule.source {
        Source::V4(net) => ("CidrIpv4", json!(net.to_string())),
        Source::V6(net) => ("CidrIpv6", json!(net.to_string())),
        Source::PrefixList(id) => ("PrefixListId", json!(id)),
        Source::Group { group, account } => ("ReferencedGroupInfo", json!({ "GroupId": group, "UserId": account })),
    };
    out[member] = value;
    out
}

/// Returns a group's rules of one direction as `IpPermissions`: one entry for each protocol and port range.
pub(super) fn permissions(ec2: &Ec2, group: &str, egress: bool) -> Vec<Value> {
    let mut merged: BTreeMap<_, Map<String, Value>> = BTreeMap::new();
    for rule in ec2
        .rules
        .values()
        .filter(|rule| rule.group == group && rule.egress == egress)
    {
        let Value::Object(permission) = rule.permission() else {
            continue;
        };
        let entry = merged.entry((rule.protocol.clone(), rule.ports)).or_default();
        for (name, value) in permission {
            match (entry.get_mut(&name), value) {
                (Some(Value::Array(items)), Value::Array(more)) => items.extend(more),
                (_, value) => drop(entry.insert(name, value)),
            }
        }
    }
    merged.into_values().map(Value::Object).collect()
}
