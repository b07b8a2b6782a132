//! Checks existing security groups of an endpoint or a resource gateway.
//! <https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html#create-interface-endpoint-aws>

use aws_sdk_ec2::types::{IpPermission, SecurityGroup, UserIdGroupPair};
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::draft::Draft;
use pulumi_provider::resource::findings::{Certainty, Findings};

use super::{items, place, values};
use crate::aws::{Aws, looks};

const PROPERTY: &str = "securityGroupIds";

/// The direction of the traffic that the groups have to let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Traffic {
    /// Callers reach the object on this port.
    In(u16),
    /// The object reaches targets.
    Out,
}

/// Checks the groups that the operation sets: that they exist in the VPC, and let traffic through at all.
pub async fn check(
    cx: &CheckCx<'_, Aws>,
    draft: &Draft<'_>,
    vpc: Option<&str>,
    traffic: Traffic,
    findings: &mut Findings,
) {
    if !cx.sets(draft, PROPERTY) {
        return;
    }
    if !draft.is_given(PROPERTY) {
        return default_group(cx, vpc, traffic, findings).await;
    }
    let given = items(draft, PROPERTY);
    let found = match looks::groups(cx.clients(), &values(&given)).await {
        Ok(found) => found,
        Err(error) => return cx.not_checked("the security groups", error),
    };
    for item in &given {
        let id = &item.value;
        let Some(group) = found.get(id) else {
            let text = format!(
                "there is no security group {id} {}. Check the id, the Region and the account",
                place(cx).await
            );
            findings.add(Certainty::Fails, "group-missing", item.path.clone(), text);
            continue;
        };
        if let (Some(vpc), Some(actual)) = (vpc, group.vpc_id())
            && vpc != actual
        {
            // A group can also be associated with other VPCs; whether it then works here is not documented.
            let text = format!("{id} belongs to {actual}, but `vpcId` is {vpc}. Choose a group of {vpc}");
            findings.add(Certainty::MayFail, "group-vpc", item.path.clone(), text);
        }
    }
    // The rules of groups that are not known yet, or not in the list, may let the traffic through.
    let are_known = draft.list(PROPERTY).is_some_and(|list| list.len() == given.len()) && found.len() == given.len();
    if are_known && !given.is_empty() && !found.values().any(|group| lets_through(group, traffic)) {
        let ids = values(&given).join(", ");
        let text = match traffic {
            Traffic::In(port) => {
                format!("no rule of {ids} admits TCP on port {port}, so no caller reaches the endpoint. Add a rule")
            }
            Traffic::Out => format!("no rule of {ids} lets TCP out, so the gateway reaches no target. Add a rule"),
        };
        findings.add(Certainty::WorksOtherwise, "group-closed", at(), text);
    }
}

/// Without groups, AWS takes the VPC's default group. Unless somebody changed its rules, it admits only its own members
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html>).
async fn default_group(cx: &CheckCx<'_, Aws>, vpc: Option<&str>, traffic: Traffic, findings: &mut Findings) {
    let (Some(vpc), Traffic::In(port)) = (vpc, traffic) else {
        return;
    };
    let group = match looks::default_group(cx.clients(), vpc).await {
        Ok(Some(group)) => group,
        Ok(None) => return,
        Err(error) => return cx.not_checked("the default security group of the VPC", error),
    };
    let id = group.group_id().unwrap_or_default();
    let is_for_others = |rule: &IpPermission| {
        let is_own = |pair: &UserIdGroupPair| pair.group_id() == Some(id);
        let only_members = !rule.user_id_group_pairs().is_empty()
            && rule.user_id_group_pairs().iter().all(is_own)
            && rule.ip_ranges().is_empty()
            && rule.ipv6_ranges().is_empty()
            && rule.prefix_list_ids().is_empty();
        covers(rule, port) && !only_members
    };
    if !group.ip_permissions().iter().any(is_for_others) {
        let text = format!(
            "without groups, the default group {id} of {vpc} applies, which admits only its own members on port {port}. Set \
             `securityGroupIds`"
        );
        findings.add(Certainty::WorksOtherwise, "group-default", at(), text);
    }
}

pub(crate) fn lets_through(group: &SecurityGroup, traffic: Traffic) -> bool {
    match traffic {
        Traffic::In(port) => group.ip_permissions().iter().any(|rule| covers(rule, port)),
        Traffic::Out => group.ip_permissions_egress().iter().any(is_tcp),
    }
}

/// Reports whether a rule applies to TCP on this port, whatever its source.
pub(super) fn covers(rule: &IpPermission, port: u16) -> bool {
    let port = i32::from(port);
    let is_in = |from: i32, to: i32| from <= port && port <= to;
    match rule.ip_protocol() {
        Some("-1") => true,
        Some("tcp" | "6") => is_in(rule.from_port().unwrap_or(0), rule.to_port().unwrap_or(65535)),
        _ => false,
    }
}

fn is_tcp(rule: &IpPermission) -> bool {
    matches!(rule.ip_protocol(), Some("-1" | "tcp" | "6"))
}

fn at() -> PropertyPath {
    PropertyPath::root().key(PROPERTY)
}
