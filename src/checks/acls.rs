//! Checks the network ACLs of the subnets of an endpoint or a resource gateway.
//!
//! Network ACLs are stateless, so the answers need a rule too: they go to the ports from which clients connect. Traffic inside one
//! subnet does not pass them. See <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html>.

use aws_sdk_ec2::types::{NetworkAcl, NetworkAclEntry, RuleAction};
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::findings::{Certainty, Findings};

use super::{Item, values};
use crate::aws::{Aws, looks};

/// The ports from which clients connect
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports>).
const EPHEMERAL: (i32, i32) = (1024, 65535);
const TCP: &str = "6";

/// The connections that have to pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connections {
    /// From callers to port 443 of the object.
    In,
    /// From the object to port 443 of a target.
    Out,
}

/// Checks the ACLs of these subnets.
pub async fn check(cx: &CheckCx<'_, Aws>, subnets: &[Item], connections: Connections, findings: &mut Findings) {
    if subnets.is_empty() {
        return;
    }
    let acls = match looks::network_acls(cx.clients(), &values(subnets)).await {
        Ok(acls) => acls,
        Err(error) => return cx.not_checked("the network ACLs", error),
    };
    let https = (443, 443);
    let (inbound, outbound) = match connections {
        Connections::In => (https, EPHEMERAL),
        Connections::Out => (EPHEMERAL, https),
    };
    for item in subnets {
        let Some(acl) = acls.get(&item.value) else {
            continue;
        };
        for (egress, ports, word) in [(false, inbound, "inbound"), (true, outbound, "outbound")] {
            let Some(rule) = denied_everywhere(acl, egress, ports) else {
                continue;
            };
            let id = acl.network_acl_id().unwrap_or_default();
            let ports = match ports {
                (from, to) if from == to => format!("port {from}"),
                (from, to) => format!("ports {from} to {to}"),
            };
            let text = format!(
                "network ACL {id} of {} denies {word} TCP on {ports} ({rule}). Connections through it time out. Add a rule that allows it",
                item.value
            );
            findings.add(Certainty::WorksOtherwise, "acl-denies", item.path.clone(), text);
        }
    }
}

/// Returns the rule by which an ACL denies TCP on all of these ports to everybody; `None` if somebody gets through.
///
/// The rule with the lowest number decides about a packet. So a range of addresses gets through if a rule allows it on one of the
/// ports before a rule denies everything.
fn denied_everywhere(acl: &NetworkAcl, egress: bool, ports: (i32, i32)) -> Option<String> {
    let mut rules: Vec<_> = acl
        .entries()
        .iter()
        .filter(|rule| rule.egress() == Some(egress))
        .collect();
    rules.sort_by_key(|rule| rule.rule_number());
    for rule in rules.into_iter().filter(|rule| touches(rule, ports)) {
        match rule.rule_action() {
            Some(RuleAction::Allow) => return None,
            _ if is_for_all(rule, ports) => return Some(named(rule)),
            _ => {}
        }
    }
    Some("no rule allows it".to_owned())
}

/// Reports whether a rule applies to TCP on one of these ports.
fn touches(rule: &NetworkAclEntry, (from, to): (i32, i32)) -> bool {
    match rule.protocol() {
        Some("-1") => true,
        Some(TCP) => rule
            .port_range()
            .is_none_or(|range| range.from().unwrap_or(0) <= to && range.to().unwrap_or(65535) >= from),
        _ => false,
    }
}

/// Reports whether a rule applies to every IPv4 address on all of these ports. Subnets with IPv6 have rules for that, too: these do
/// not make a denial of IPv4 certain.
fn is_for_all(rule: &NetworkAclEntry, (from, to): (i32, i32)) -> bool {
    let covers = rule.protocol() == Some("-1")
        || rule
            .port_range()
            .is_none_or(|range| range.from().unwrap_or(0) <= from && range.to().unwrap_or(65535) >= to);
    covers && rule.cidr_block() == Some("0.0.0.0/0")
}

fn named(rule: &NetworkAclEntry) -> String {
    match rule.rule_number() {
        // EC2 shows the last rule, which denies the rest, with this number.
        Some(32767) | None => "no rule allows it".to_owned(),
        Some(number) => format!("rule {number}"),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::PortRange;

    use super::*;

    fn rule(number: i32, action: RuleAction, cidr: &str, ports: Option<(i32, i32)>) -> NetworkAclEntry {
        let rule = NetworkAclEntry::builder()
            .rule_number(number)
            .rule_action(action)
            .cidr_block(cidr)
            .egress(false);
        match ports {
            None => rule.protocol("-1").build(),
            Some((from, to)) => {
                let range = PortRange::builder().from(from).to(to).build();
                rule.protocol(TCP).port_range(range).build()
            }
        }
    }

    fn judged(rules: &[NetworkAclEntry]) -> Option<String> {
        let acl = NetworkAcl::builder().set_entries(Some(rules.to_vec())).build();
        denied_everywhere(&acl, false, (443, 443))
    }

    #[test]
    fn only_what_nobody_passes_is_denied() {
        use RuleAction::{Allow, Deny};
        let (all, vpc) = ("0.0.0.0/0", "10.0.0.0/16");
        let last = || rule(32767, Deny, all, None);
        assert_eq!(judged(&[rule(100, Allow, all, None), last()]), None);
        assert_eq!(judged(&[rule(100, Allow, vpc, Some((443, 443))), last()]), None);
        // The deny before it is for other addresses, or for other ports.
        assert_eq!(judged(&[rule(90, Deny, vpc, None), rule(100, Allow, all, None)]), None);
        assert_eq!(
            judged(&[rule(90, Deny, all, Some((22, 22))), rule(100, Allow, all, None)]),
            None
        );

        let denied = [
            (vec![last()], "no rule allows it"),
            (vec![], "no rule allows it"),
            (
                vec![
                    rule(90, Deny, all, Some((443, 443))),
                    rule(100, Allow, all, None),
                    last(),
                ],
                "rule 90",
            ),
            (
                vec![
                    rule(90, Deny, all, Some((0, 1023))),
                    rule(100, Allow, all, None),
                    last(),
                ],
                "rule 90",
            ),
            (vec![rule(100, Allow, all, Some((80, 80))), last()], "no rule allows it"),
        ];
        for (rules, why) in denied {
            assert_eq!(judged(&rules).as_deref(), Some(why), "{rules:?}");
        }
    }
}
