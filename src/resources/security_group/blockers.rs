//! Finds what blocks the deletion of a security group: network interfaces, rules of other groups, and associations with other VPCs
//! (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html>).

use std::fmt;
use std::time::Duration;

use aws_sdk_ec2::types::Filter;
use pulumi_provider::error::Error;
use pulumi_provider::resource::context::Cx;

use crate::aws::Aws;
use crate::aws::error::classify;

/// How long a delete waits before it looks for blockers: the network interfaces of deleted endpoints and gateways usually
/// disappear within this time.
pub(super) const NAMED_AFTER: Duration = Duration::from_secs(60);

/// The network interfaces and security groups that refer to a group.
#[derive(Debug, Default)]
pub(super) struct Blockers {
    /// Network interfaces, each with its description.
    interfaces: Vec<String>,
    /// Security groups with a rule that refers to this group.
    groups: Vec<String>,
    /// Other VPCs that the group is associated with.
    vpcs: Vec<String>,
    /// Whether an interface belongs to a service of AWS, which alone removes it.
    has_managed: bool,
}

impl fmt::Display for Blockers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if !self.interfaces.is_empty() {
            parts.push(format!("network interfaces: {}", self.interfaces.join(", ")));
        }
        if !self.groups.is_empty() {
            parts.push(format!("rules of other security groups: {}", self.groups.join(", ")));
        }
        if !self.vpcs.is_empty() {
            parts.push(format!("associations with other VPCs: {}", self.vpcs.join(", ")));
        }
        if parts.is_empty() {
            return f.write_str("EC2 does not name the objects");
        }
        f.write_str(&parts.join("; "))
    }
}

/// Looks up the network interfaces and security groups that refer to a group.
pub(super) async fn find(cx: &Cx<Aws>, id: &str) -> Result<Blockers, Error> {
    let ec2 = cx.clients().ec2().await?;
    let filter = |name: &str| Filter::builder().name(name).values(id).build();
    let pages = ec2
        .describe_network_interfaces()
        .filters(filter("group-id"))
        .into_paginator();
    let interfaces: Result<Vec<_>, _> = pages.items().send().collect().await;
    let interfaces = interfaces.map_err(|error| classify("DescribeNetworkInterfaces", error))?;
    let mut blockers = Blockers {
        interfaces: interfaces
            .iter()
            .map(|interface| {
                let interface_id = interface.network_interface_id().unwrap_or_default();
                // Only the service that made such an interface removes it.
                let managed = (interface.requester_managed() == Some(true)).then_some("managed by AWS");
                let text = interface.description().filter(|text| !text.is_empty());
                let about: Vec<_> = text.into_iter().chain(managed).collect();
                match about.is_empty() {
                    true => interface_id.to_owned(),
                    false => format!("{interface_id} ({})", about.join(", ")),
                }
            })
            .collect(),
        has_managed: interfaces
            .iter()
            .any(|interface| interface.requester_managed() == Some(true)),
        ..Blockers::default()
    };
    for name in ["ip-permission.group-id", "egress.ip-permission.group-id"] {
        let pages = ec2.describe_security_groups().filters(filter(name)).into_paginator();
        let groups: Result<Vec<_>, _> = pages.items().send().collect().await;
        let groups = groups.map_err(|error| classify("DescribeSecurityGroups", error))?;
        let ids = groups.into_iter().filter_map(|group| group.group_id);
        blockers.groups.extend(ids.filter(|other| other != id));
    }
    blockers.groups.sort_unstable();
    blockers.groups.dedup();
    // Few groups have associations, and few credentials the permission to read them.
    if blockers.interfaces.is_empty() && blockers.groups.is_empty() {
        let pages = ec2
            .describe_security_group_vpc_associations()
            .filters(filter("group-id"))
            .into_paginator();
        let associations: Result<Vec<_>, _> = pages.items().send().collect().await;
        let vpcs = associations.unwrap_or_default().into_iter();
        blockers.vpcs = vpcs.filter_map(|association| association.vpc_id).collect();
    }
    Ok(blockers)
}

impl Blockers {
    fn advice(&self) -> String {
        let mut advice = match self.vpcs.is_empty() {
            true => "Delete the objects that use the group, or remove the group from them, then repeat the command"
                .to_owned(),
            false => "Remove the association with `aws ec2 disassociate-security-group-vpc`, then repeat the command"
                .to_owned(),
        };
        if self.has_managed {
            advice.push_str("; an interface that is managed by AWS goes with its endpoint, gateway or load balancer");
        }
        advice
    }
}

/// Adds the blockers to the error. The lookup is best effort: if it fails, the error stays as it is.
pub(super) async fn explain(cx: &Cx<Aws>, id: &str, error: Error) -> Error {
    match find(cx, id).await {
        Ok(blockers) => {
            let remove = blockers.advice();
            // The error of a wait that named the blockers already contains them.
            match error.message().contains(&blockers.to_string()) {
                true => error.advise(remove),
                false => error.advise(format!("Still in use: {blockers}. {remove}")),
            }
        }
        Err(_) => error,
    }
}
