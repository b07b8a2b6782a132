//! The rules of a security group: as the user writes them, as EC2 returns them, and in the form in which both are compared.
//!
//! EC2 clears the host bits of CIDR blocks, replaces the numbers of common protocols by names, and has no ports for protocol -1
//! (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html>).

mod same;

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{
    IpPermission, IpRange, Ipv6Range, PrefixListId, UserIdGroupPair, Vpc, VpcCidrBlockState, VpcCidrBlockStateCode,
};
use ipnet::{Ipv4Net, Ipv6Net};
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::resource::draft::{Draft, Failures};
use serde::{Deserialize, Serialize};

use crate::formats::ip_protocol;

pub(super) use self::same::diff;

/// A rule as the user writes it. Exactly one of `cidr_ipv4`, `cidr_ipv6`, `prefix_list_id`, `security_group_id` and `vpc` is set.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, a number, or `-1` for everything; absent means `tcp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// First port, or ICMP type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_port: Option<i32>,
    /// Last port, or ICMP code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_port: Option<i32>,
    /// What the rule is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// An IPv4 block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr_ipv4: Option<String>,
    /// An IPv6 block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr_ipv6: Option<String>,
    /// A managed prefix list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix_list_id: Option<String>,
    /// A security group, as `sg-…` or `account/sg-…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_group_id: Option<String>,
    /// All CIDR blocks of the VPC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc: Option<bool>,
    /// With `vpc`, only the blocks of `ipv4` or of `ipv6`; absent means both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_ip_address_type: Option<String>,
}

impl Rule {
    /// Reports whether the rule is for the CIDR blocks of the VPC.
    pub(super) fn is_whole_vpc(&self) -> bool {
        self.vpc == Some(true)
    }
}

/// The rules of one direction: the traffic that each one allows, and its description. EC2 has at most one rule for the same
/// traffic.
pub(super) type Rules = BTreeMap<Key, Option<String>>;

/// The traffic that a rule allows, in the form that EC2 returns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    protocol: String,
    ports: Option<(i32, i32)>,
    peer: Peer,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Peer {
    V4(Ipv4Net),
    V6(Ipv6Net),
    PrefixList(String),
    /// The account is absent if it is the account of the group that has the rule.
    Group {
        account: Option<String>,
        id: String,
    },
}

/// The CIDR blocks that are associated with a VPC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Blocks {
    v4: Vec<Ipv4Net>,
    v6: Vec<Ipv6Net>,
}

impl Blocks {
    /// Returns the blocks that are associated, without those that are being associated or disassociated.
    pub(super) fn of(vpc: &Vpc) -> Self {
        let counts = |state: Option<&VpcCidrBlockState>| {
            state.and_then(VpcCidrBlockState::state) == Some(&VpcCidrBlockStateCode::Associated)
        };
        let v4 = vpc
            .cidr_block_association_set()
            .iter()
            .filter(|block| counts(block.cidr_block_state()));
        let v6 = vpc
            .ipv6_cidr_block_association_set()
            .iter()
            .filter(|block| counts(block.ipv6_cidr_block_state()));
        Self {
            v4: v4.filter_map(|block| block.cidr_block()?.parse().ok()).collect(),
            v6: v6.filter_map(|block| block.ipv6_cidr_block()?.parse().ok()).collect(),
        }
    }

    /// Parses the recorded blocks.
    pub(super) fn recorded(texts: &[String]) -> Self {
        let mut blocks = Self::default();
        for text in texts {
            match (text.parse(), text.parse()) {
                (Ok(block), _) => blocks.v4.push(block),
                (_, Ok(block)) => blocks.v6.push(block),
                // Another version of the provider wrote this text.
                _ => {}
            }
        }
        blocks
    }

    /// Returns the blocks as the state records them.
    pub(super) fn texts(&self) -> Vec<String> {
        let (v4, v6) = (self.v4.iter(), self.v6.iter());
        v4.map(ToString::to_string).chain(v6.map(ToString::to_string)).collect()
    }
}

/// Returns the wanted rules. `owner` is the account of the group. If a rule for one block of the VPC and a rule for the whole VPC
/// allow the same traffic, the description of the former counts.
///
/// # Errors
/// A CIDR block that Check should have refused.
pub(super) fn wanted(rules: &[Rule], owner: &str, blocks: &Blocks) -> Result<Rules, Error> {
    let mut wanted = Rules::new();
    let (whole, single): (Vec<_>, Vec<_>) = rules.iter().partition(|rule| rule.is_whole_vpc());
    for rule in whole.into_iter().chain(single) {
        for key in keys(rule, owner, blocks)? {
            wanted.insert(key, described(rule.description.as_deref()));
        }
    }
    Ok(wanted)
}

/// Converts the permissions of a group to rules.
pub(super) fn live(permissions: &[IpPermission], owner: &str) -> Rules {
    let mut rules = Rules::new();
    for permission in permissions {
        let protocol = ip_protocol(permission.ip_protocol().unwrap_or("-1"));
        let ports = ports(&protocol, permission.from_port(), permission.to_port());
        let mut add = |peer: Peer, description: Option<&str>| {
            let key = Key {
                protocol: protocol.clone(),
                ports,
                peer,
            };
            rules.insert(key, described(description));
        };
        for range in permission.ip_ranges() {
            if let Some(block) = range.cidr_ip().and_then(|text| text.parse::<Ipv4Net>().ok()) {
                add(Peer::V4(block.trunc()), range.description());
            }
        }
        for range in permission.ipv6_ranges() {
            if let Some(block) = range.cidr_ipv6().and_then(|text| text.parse::<Ipv6Net>().ok()) {
                add(Peer::V6(block.trunc()), range.description());
            }
        }
        for list in permission.prefix_list_ids() {
            add(
                Peer::PrefixList(list.prefix_list_id().unwrap_or_default().to_owned()),
                list.description(),
            );
        }
        for pair in permission.user_id_group_pairs() {
            let account = pair.user_id().filter(|account| *account != owner).map(str::to_owned);
            let id = pair.group_id().unwrap_or_default().to_owned();
            add(Peer::Group { account, id }, pair.description());
        }
    }
    rules
}

/// Protocol and ports.
type Traffic<'a> = (&'a str, Option<(i32, i32)>);
/// The peers of rules, with the descriptions of the rules.
type Peers<'a> = Vec<(&'a Peer, Option<&'a str>)>;

/// Converts rules to the permissions of a request: one permission for each protocol and port range.
pub(super) fn permissions(rules: &Rules) -> Vec<IpPermission> {
    let mut by_ports: BTreeMap<Traffic<'_>, Peers<'_>> = BTreeMap::new();
    for (key, description) in rules {
        let peers = by_ports.entry((&key.protocol, key.ports)).or_default();
        peers.push((&key.peer, description.as_deref()));
    }
    let permission = |((protocol, ports), peers): (Traffic<'_>, Peers<'_>)| {
        let mut permission = IpPermission::builder()
            .ip_protocol(protocol)
            .set_from_port(ports.map(|(from, _)| from))
            .set_to_port(ports.map(|(_, to)| to));
        for (peer, description) in peers {
            let description = description.map(str::to_owned);
            permission = match peer {
                Peer::V4(block) => permission.ip_ranges(
                    IpRange::builder()
                        .cidr_ip(block.to_string())
                        .set_description(description)
                        .build(),
                ),
                Peer::V6(block) => permission.ipv6_ranges(
                    Ipv6Range::builder()
                        .cidr_ipv6(block.to_string())
                        .set_description(description)
                        .build(),
                ),
                Peer::PrefixList(id) => permission.prefix_list_ids(
                    PrefixListId::builder()
                        .prefix_list_id(id)
                        .set_description(description)
                        .build(),
                ),
                Peer::Group { account, id } => permission.user_id_group_pairs(
                    UserIdGroupPair::builder()
                        .group_id(id)
                        .set_user_id(account.clone())
                        .set_description(description)
                        .build(),
                ),
            };
        }
        permission.build()
    };
    by_ports.into_iter().map(permission).collect()
}

/// Converts live rules to inputs. Prior rules that still apply keep their spelling and order; all other rules follow in EC2's
/// form. Returns `None` if there are no rules and the prior inputs set none either.
pub(super) fn spelled(
    live: &Rules,
    prior: Option<&[Rule]>,
    owner: &str,
    blocks: &Blocks,
) -> Result<Option<Vec<Rule>>, Error> {
    let mut rest = live.clone();
    let mut rules = Vec::new();
    let prior_rules = prior.unwrap_or_default();
    let single: Vec<Rule> = prior_rules
        .iter()
        .filter(|rule| !rule.is_whole_vpc())
        .cloned()
        .collect();
    let single = wanted(&single, owner, blocks)?;
    for rule in prior_rules {
        let keys = keys(rule, owner, blocks)?;
        let description = described(rule.description.as_deref());
        let is_there = |key: &Key| {
            let found = live.get(key);
            // A rule for this block alone may have set the description.
            let another = rule.is_whole_vpc() && single.contains_key(key);
            found == Some(&description) || (another && found.is_some())
        };
        if !keys.is_empty() && keys.iter().all(is_there) {
            // A rule for a single block keeps its own key.
            for key in keys
                .iter()
                .filter(|key| !rule.is_whole_vpc() || !single.contains_key(key))
            {
                rest.remove(key);
            }
            rules.push(rule.clone());
        }
    }
    rules.extend(rest.into_iter().map(|(key, description)| key.into_rule(description)));
    Ok((prior.is_some() || !rules.is_empty()).then_some(rules))
}

impl Key {
    fn into_rule(self, description: Option<String>) -> Rule {
        let rule = Rule {
            protocol: Some(self.protocol),
            from_port: self.ports.map(|(from, _)| from),
            to_port: self.ports.map(|(_, to)| to),
            description,
            ..Rule::default()
        };
        match self.peer {
            Peer::V4(block) => Rule {
                cidr_ipv4: Some(block.to_string()),
                ..rule
            },
            Peer::V6(block) => Rule {
                cidr_ipv6: Some(block.to_string()),
                ..rule
            },
            Peer::PrefixList(id) => Rule {
                prefix_list_id: Some(id),
                ..rule
            },
            Peer::Group { account, id } => Rule {
                security_group_id: Some(account.map_or_else(|| id.clone(), |account| format!("{account}/{id}"))),
                ..rule
            },
        }
    }
}

fn keys(rule: &Rule, owner: &str, blocks: &Blocks) -> Result<Vec<Key>, Error> {
    let protocol = ip_protocol(rule.protocol.as_deref().unwrap_or("tcp"));
    let ports = ports(&protocol, rule.from_port, rule.to_port);
    let mut peers = Vec::new();
    if let Some(text) = &rule.cidr_ipv4 {
        peers.push(Peer::V4(
            text.parse::<Ipv4Net>().map_err(|_| invalid("cidrIpv4"))?.trunc(),
        ));
    }
    if let Some(text) = &rule.cidr_ipv6 {
        peers.push(Peer::V6(
            text.parse::<Ipv6Net>().map_err(|_| invalid("cidrIpv6"))?.trunc(),
        ));
    }
    if let Some(id) = &rule.prefix_list_id {
        peers.push(Peer::PrefixList(id.clone()));
    }
    if let Some(id) = &rule.security_group_id {
        let (account, id) = match id.split_once('/') {
            Some((account, id)) => (Some(account).filter(|account| *account != owner), id),
            None => (None, id.as_str()),
        };
        peers.push(Peer::Group {
            account: account.map(str::to_owned),
            id: id.to_owned(),
        });
    }
    if rule.is_whole_vpc() {
        let wants = |family| {
            rule.vpc_ip_address_type
                .as_deref()
                .is_none_or(|wanted| wanted == family)
        };
        // ICMP exists for IPv4 only, and ICMPv6 for IPv6 only.
        if protocol != "icmpv6" && wants("ipv4") {
            peers.extend(blocks.v4.iter().copied().map(Peer::V4));
        }
        if protocol != "icmp" && wants("ipv6") {
            peers.extend(blocks.v6.iter().copied().map(Peer::V6));
        }
    }
    let key = |peer| Key {
        protocol: protocol.clone(),
        ports,
        peer,
    };
    Ok(peers.into_iter().map(key).collect())
}

fn invalid(property: &str) -> Error {
    Error::new(ErrorKind::Invalid, format!("a rule's `{property}` is no CIDR block"))
}

/// Only these four have ports (or ICMP types); ICMP without any means all.
fn ports(protocol: &str, from: Option<i32>, to: Option<i32>) -> Option<(i32, i32)> {
    match protocol {
        "tcp" | "udp" | "icmp" | "icmpv6" => Some((from.unwrap_or(-1), to.unwrap_or(-1))),
        _ => None,
    }
}

fn described(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Checks the properties of each rule, and the descriptions of rules for the same traffic.
pub(super) fn check(property: &str, draft: &Draft<'_>, failures: &mut Failures) {
    check_each(property, draft, failures);
    same::check_descriptions(property, draft, failures);
}

fn check_each(property: &str, draft: &Draft<'_>, failures: &mut Failures) {
    for (index, item) in draft.list(property).unwrap_or_default().iter().enumerate() {
        let Some(map) = item.as_object() else {
            continue;
        };
        let rule = Draft::new(map);
        let at = PropertyPath::root().key(property).index(index);
        if rule.is_unknown("protocol") || failures.blames(&at.key("protocol")) {
            continue;
        }
        let number = |name: &str| rule.known(name).and_then(pulumi_provider::property::Value::as_number);
        let (from, to) = (number("fromPort"), number("toPort"));
        match ip_protocol(rule.text("protocol").unwrap_or("tcp")).as_str() {
            name @ ("tcp" | "udp") => {
                for port in ["fromPort", "toPort"] {
                    if !rule.is_given(port) {
                        failures.add(at.key(port), format!("is required for protocol {name}"));
                    } else if number(port).is_some_and(|number| number < 0.0) {
                        failures.add(at.key(port), "must be a port from 0 to 65535");
                    }
                }
                if let (Some(from), Some(to)) = (from, to)
                    && from > to
                {
                    failures.add(at.key("toPort"), "must not be below `fromPort`");
                }
            }
            "icmp" | "icmpv6" => {
                if rule.is_given("fromPort") != rule.is_given("toPort") {
                    failures.add(
                        at,
                        "needs both `fromPort` (ICMP type) and `toPort` (ICMP code), or neither for all",
                    );
                }
            }
            name => {
                for port in ["fromPort", "toPort"] {
                    if rule.is_given(port) {
                        failures.add(
                            at.key(port),
                            format!("has no meaning for protocol {name}: leave it out"),
                        );
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
