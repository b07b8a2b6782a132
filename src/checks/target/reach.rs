//! Checks the security groups at both ends: that those of the target admit the resource gateway, and that those of the gateway let
//! connections out to the target.
//!
//! The rules of all groups of a network interface count together
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html>). A rule counts if it applies to one of the other
//! end's addresses. Whose addresses a prefix list holds is not read: a rule with one counts.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{IpPermission, SecurityGroup, Subnet};
use ipnet::IpNet;
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::findings::{Certainty, Findings};

use super::{Approach, Gateway};
use crate::aws::{Aws, looks};

/// The network interfaces of a target.
pub(super) struct Interfaces {
    /// How messages name the target, such as `vpce-1`.
    pub(super) name: String,
    /// The security groups. Without any, everything is admitted: some load balancers have none.
    pub(super) groups: Vec<String>,
    /// The subnets that the addresses are of, if the addresses are not known.
    pub(super) subnets: Vec<String>,
    /// The addresses.
    pub(super) addresses: Vec<IpNet>,
}

/// One end of a connection, as rules name it.
struct End<'a> {
    groups: &'a [String],
    blocks: Vec<IpNet>,
}

/// Checks both ends.
pub(super) async fn check(
    cx: &CheckCx<'_, Aws>,
    target: &Interfaces,
    gateway: &Gateway,
    approach: &Approach<'_>,
    findings: &mut Findings,
) {
    let own = gateway.groups.as_deref().unwrap_or_default();
    // One call for the groups and one for the subnets of both ends.
    let (groups, subnets) = match (
        looks::groups(cx.clients(), &[&target.groups, own].concat()).await,
        looks::subnets(cx.clients(), &[&gateway.subnets[..], &target.subnets].concat()).await,
    ) {
        (Ok(groups), Ok(subnets)) => (groups, subnets),
        (Err(error), _) | (_, Err(error)) => return cx.not_checked("the security groups of the target", error),
    };
    let blocks = |ids: &[String]| -> Vec<IpNet> {
        let known = ids.iter().filter_map(|id| subnets.get(id)).flat_map(blocks_of);
        known.filter(|block| gateway.connects_by(block)).collect()
    };
    let from = End {
        groups: own,
        blocks: blocks(&gateway.subnets),
    };
    if let Some(theirs) = all(&target.groups, &groups)
        && !from.blocks.is_empty()
    {
        let rules = theirs.iter().flat_map(|group| group.ip_permissions());
        if let Some(ports) = approach.ports.closed(&between(rules, &from)) {
            let text = format!(
                "no rule of {} admits the resource gateway to {} on {ports}. Unless something adds one, calls time out",
                target.groups.join(", "),
                target.name
            );
            findings.add(Certainty::WorksOtherwise, "target-closed", approach.path(), text);
        }
    }
    let to = End {
        groups: &target.groups,
        blocks: [target.addresses.clone(), blocks(&target.subnets)].concat(),
    };
    if let Some(ours) = all(own, &groups)
        && !to.blocks.is_empty()
    {
        let rules = ours.iter().flat_map(|group| group.ip_permissions_egress());
        if let Some(ports) = approach.ports.closed(&between(rules, &to)) {
            let text = format!(
                "no rule of {} of the resource gateway lets TCP out to {} on {ports}. Unless something adds one, calls time out",
                own.join(", "),
                target.name
            );
            findings.add(Certainty::WorksOtherwise, "target-egress", approach.path(), text);
        }
    }
}

/// Returns the groups with these IDs; `None` if there are none, or if one of them is not known: its rules may be the right ones.
fn all<'a>(ids: &[String], found: &'a BTreeMap<String, SecurityGroup>) -> Option<Vec<&'a SecurityGroup>> {
    let all: Option<Vec<_>> = ids.iter().map(|id| found.get(id)).collect();
    all.filter(|all| !all.is_empty())
}

/// Returns the rules that apply to one of the addresses of an end, or to one of its groups.
fn between<'a>(rules: impl Iterator<Item = &'a IpPermission>, end: &End<'_>) -> Vec<&'a IpPermission> {
    let applies = |rule: &&IpPermission| {
        let pairs = rule.user_id_group_pairs().iter();
        let mut named = pairs.filter_map(|pair| pair.group_id());
        let v4 = rule.ip_ranges().iter().filter_map(|range| range.cidr_ip());
        let v6 = rule.ipv6_ranges().iter().filter_map(|range| range.cidr_ipv6());
        let mut ranges = v4.chain(v6).filter_map(|range| range.parse::<IpNet>().ok());
        !rule.prefix_list_ids().is_empty()
            || named.any(|named| end.groups.iter().any(|group| group == named))
            || ranges.any(|range| end.blocks.iter().any(|block| overlap(&range, block)))
    };
    rules.filter(applies).collect()
}

/// Reports whether two blocks have addresses in common: of two blocks, one contains the other or they are apart.
fn overlap(one: &IpNet, other: &IpNet) -> bool {
    one.contains(other) || other.contains(one)
}

fn blocks_of(subnet: &Subnet) -> Vec<IpNet> {
    let v6 = subnet.ipv6_cidr_block_association_set().iter();
    let v6 = v6.filter_map(|with| with.ipv6_cidr_block());
    let texts = subnet.cidr_block().into_iter().chain(v6);
    texts.filter_map(|text| text.parse().ok()).collect()
}

impl Gateway {
    /// Reports whether the gateway connects to addresses of this family.
    fn connects_by(&self, block: &IpNet) -> bool {
        match self.family.as_deref() {
            Some("IPV4") => matches!(block, IpNet::V4(_)),
            Some("IPV6") => matches!(block, IpNet::V6(_)),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::{IpRange, Ipv6Range, PrefixListId, UserIdGroupPair};

    use super::*;

    #[test]
    fn a_rule_counts_if_it_applies_to_the_other_end() {
        let groups = ["sg-1".to_owned()];
        let end = End {
            groups: &groups,
            blocks: vec!["10.0.1.0/24".parse().unwrap(), "2001:db8::/64".parse().unwrap()],
        };
        let v4 = |range: &str| IpPermission::builder().ip_ranges(IpRange::builder().cidr_ip(range).build());
        let v6 = |range: &str| IpPermission::builder().ipv6_ranges(Ipv6Range::builder().cidr_ipv6(range).build());
        let group =
            |id: &str| IpPermission::builder().user_id_group_pairs(UserIdGroupPair::builder().group_id(id).build());
        let list = PrefixListId::builder().prefix_list_id("pl-1").build();
        for (rule, counts) in [
            (v4("10.0.0.0/16"), true),
            (v4("10.0.1.7/32"), true),
            (v4("10.0.2.0/24"), false),
            (v6("::/0"), true),
            (v6("2001:db8:1::/48"), false),
            (group("sg-1"), true),
            (group("sg-2"), false),
            (IpPermission::builder().prefix_list_ids(list), true),
            (IpPermission::builder(), false),
        ] {
            let rule = rule.build();
            assert_eq!(
                between([&rule].into_iter(), &end).len(),
                usize::from(counts),
                "{rule:?}"
            );
        }
    }

    #[test]
    fn groups_that_are_not_known_have_no_finding() {
        let found = BTreeMap::from([("sg-1".to_owned(), SecurityGroup::builder().build())]);
        let known =
            |ids: &[&str]| all(&ids.iter().map(ToString::to_string).collect::<Vec<_>>(), &found).map(|all| all.len());
        assert_eq!(
            (known(&["sg-1"]), known(&["sg-1", "sg-2"]), known(&[])),
            (Some(1), None, None)
        );
    }
}
