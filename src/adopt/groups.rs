//! Security groups of a component, from the rules of existing ones.

use std::collections::BTreeSet;

use pulumi_provider::property::{Map, Value};

use super::found::{Found, Object};

/// How a component comes by the security group of its endpoints or its gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// It manages the group, with its default rules.
    Default,
    /// It manages the group, with the sources or targets of its rules.
    Spelled,
    /// It is given the group, and leaves it alone.
    Given,
}

impl Group {
    /// Returns the way to try if this one would change the group.
    pub(super) const fn next(self) -> Self {
        match self {
            Self::Default => Self::Spelled,
            Self::Spelled | Self::Given => Self::Given,
        }
    }
}

/// Returns the only security group of an endpoint or a gateway.
pub(super) fn only<'a>(found: &'a Found, user: &Object) -> Option<&'a Object> {
    let groups = user.texts("securityGroupIds");
    let only = groups.first().filter(|_| groups.len() == 1)?;
    found.groups.get(only)
}

/// Sets `allowedCidrBlocks` and `allowedSecurityGroupIds` from the group's ingress rules, without those for the gateway's groups.
pub(super) fn sources(group: &Object, gateway_groups: &BTreeSet<String>, endpoints: &mut Map) {
    let (cidrs, groups) = peers(group, "ingress");
    let groups = groups.difference(gateway_groups).cloned().collect();
    set(endpoints, "allowedCidrBlocks", cidrs);
    set(endpoints, "allowedSecurityGroupIds", groups);
}

/// Sets `targetCidrBlocks`, `targetSecurityGroupIds` and `ingressCidrBlocks` from the group's rules.
pub(super) fn targets(group: &Object, gateway: &mut Map) {
    let (cidrs, groups) = peers(group, "egress");
    set(gateway, "targetCidrBlocks", cidrs);
    set(gateway, "targetSecurityGroupIds", groups);
    set(gateway, "ingressCidrBlocks", peers(group, "ingress").0);
}

/// Returns the CIDR blocks and the security groups in rules.
fn peers(group: &Object, direction: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let rules = group.prior.inputs.get(direction).and_then(Value::as_array);
    let rules = rules.unwrap_or_default().iter().filter_map(Value::as_object);
    let (mut cidrs, mut groups) = (BTreeSet::new(), BTreeSet::new());
    for rule in rules {
        let text = |name: &str| rule.get(name).and_then(Value::as_str).map(str::to_owned);
        cidrs.extend(text("cidrIpv4").or_else(|| text("cidrIpv6")));
        groups.extend(text("securityGroupId"));
    }
    (cidrs, groups)
}

fn set(inputs: &mut Map, name: &str, texts: BTreeSet<String>) {
    if !texts.is_empty() {
        let texts = texts.into_iter().map(Value::from).collect();
        inputs.insert(name.to_owned(), Value::Array(texts));
    }
}
