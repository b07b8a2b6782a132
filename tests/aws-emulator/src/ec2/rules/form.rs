//! The format of rules in requests and responses, and the comparison of rules.

use std::fmt;

use ipnet::{Ipv4Net, Ipv6Net};
use serde_json::{Value, json};

use crate::ec2::groups;
use crate::ec2::listing::text;
use crate::operation::ServiceError;

/// One rule.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) group: String,
    pub(crate) egress: bool,
    /// `tcp`, `udp`, `icmp`, `icmpv6`, a number, or -1 for all.
    pub(crate) protocol: String,
    /// Ports, or ICMP type and code; absent for all traffic.
    pub(crate) ports: Option<(i64, i64)>,
    pub(crate) source: Source,
    pub(crate) description: Option<String>,
    pub(crate) starting: bool,
}

/// The other end of a rule.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Source {
    V4(Ipv4Net),
    V6(Ipv6Net),
    PrefixList(String),
    Group { group: String, account: String },
}

impl Source {
    /// Reports whether the source is the group with this id.
    pub(crate) fn is_group(&self, id: &str) -> bool {
        matches!(self, Self::Group { group, .. } if group == id)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(net) => net.fmt(f),
            Self::V6(net) => net.fmt(f),
            Self::PrefixList(id) => f.write_str(id),
            Self::Group { group, .. } => f.write_str(group),
        }
    }
}

impl Rule {
    /// Reports whether group, direction, protocol, ports and source are equal: EC2 rejects a second such rule whatever its
    /// description.
    pub(super) fn same_traffic(&self, other: &Self) -> bool {
        (&self.group, self.egress, &self.protocol, self.ports, &self.source)
            == (&other.group, other.egress, &other.protocol, other.ports, &other.source)
    }

    /// Returns the rule in the notation of EC2's messages.
    pub(super) fn in_words(&self) -> String {
        let protocol = if self.protocol == "-1" {
            "ALL".to_owned()
        } else {
            self.protocol.to_uppercase()
        };
        let ports = self
            .ports
            .map_or_else(String::new, |(from, to)| format!(", from port: {from}, to port: {to}"));
        format!("peer: {}, {protocol}{ports}, ALLOW", self.source)
    }

    /// Returns the rule as one entry of `IpPermissions`.
    pub(super) fn permission(&self) -> Value {
        let about = self.description.as_deref();
        let (mut v4, mut v6, mut lists, mut pairs) = (vec![], vec![], vec![], vec![]);
        match &self.source {
            Source::V4(net) => v4.push(json!({ "CidrIp": net.to_string(), "Description": about })),
            Source::V6(net) => v6.push(json!({ "CidrIpv6": net.to_string(), "Description": about })),
            Source::PrefixList(id) => lists.push(json!({ "PrefixListId": id, "Description": about })),
            Source::Group { group, account } => {
                pairs.push(json!({ "GroupId": group, "UserId": account, "Description": about }));
            }
        }
        json!({
            "IpProtocol": self.protocol,
            "FromPort": self.ports.map(|(from, _)| from),
            "ToPort": self.ports.map(|(_, to)| to),
            "IpRanges": v4,
            "Ipv6Ranges": v6,
            "PrefixListIds": lists,
            "UserIdGroupPairs": pairs,
        })
    }
}

/// Returns the rule as Revoke responses contain it.
pub(super) fn revoked(rule: &Rule) -> Value {
    let (from, to) = rule.ports.unwrap_or((-1, -1));
    let mut out = json!({
        "SecurityGroupRuleId": rule.id,
        "GroupId": rule.group,
        "IsEgress": rule.egress,
        "IpProtocol": rule.protocol,
        "FromPort": from,
        "ToPort": to,
        "Description": rule.description,
    });
    let (member, value) = match &rule.source {
        Source::V4(net) => ("CidrIpv4", net.to_string()),
        Source::V6(net) => ("CidrIpv6", net.to_string()),
        Source::PrefixList(id) => ("PrefixListId", id.clone()),
        Source::Group { group, .. } => ("ReferencedGroupId", group.clone()),
    };
    out[member] = Value::from(value);
    out
}

/// A rule without an id and a group.
#[derive(Debug)]
pub(super) struct Form {
    protocol: String,
    ports: Option<(i64, i64)>,
    pub(super) source: Source,
    description: Option<String>,
}

impl Form {
    pub(super) fn into_rule(self, id: String, group: String, egress: bool) -> Rule {
        let Self {
            protocol,
            ports,
            source,
            description,
        } = self;
        Rule {
            id,
            group,
            egress,
            protocol,
            ports,
            source,
            description,
            starting: false,
        }
    }
}

/// Returns all rules of an Authorize, Revoke or Update request: `IpPermissions`, or the older single-rule parameters.
pub(super) fn read(params: &Value, account: &str) -> Result<Vec<Form>, ServiceError> {
    let mut forms = Vec::new();
    for permission in params["IpPermissions"].as_array().into_iter().flatten() {
        let protocol = protocol(permission)?;
        let ports = ports(&protocol, permission)?;
        let before = forms.len();
        for (list, kind) in [
            ("IpRanges", "CidrIp"),
            ("Ipv6Ranges", "CidrIpv6"),
            ("PrefixListIds", "PrefixListId"),
            ("UserIdGroupPairs", "GroupId"),
        ] {
            for entry in permission[list].as_array().into_iter().flatten() {
                let description = text(entry, "Description").map(str::to_owned);
                check_description(description.as_deref())?;
                let source = source(entry, kind, account)?;
                forms.push(Form {
                    protocol: protocol.clone(),
                    ports,
                    source,
                    description,
                });
            }
        }
        if forms.len() == before {
            let message = "A permission needs at least one source or destination.";
            return Err(ServiceError::new("InvalidPermission.Malformed", message));
        }
    }
    if text(params, "CidrIp").is_some() {
        let protocol = protocol(params)?;
        let ports = ports(&protocol, params)?;
        forms.push(Form {
            ports,
            source: source(params, "CidrIp", account)?,
            protocol,
            description: None,
        });
    }
    Ok(forms)
}

/// Returns the new form of a rule in a ModifySecurityGroupRules request.
pub(super) fn from_rule_request(request: &Value, account: &str) -> Result<Form, ServiceError> {
    let kinds = ["CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupId"];
    let mut given = kinds.into_iter().filter(|kind| text(request, kind).is_some());
    let (Some(kind), None) = (given.next(), given.next()) else {
        let message = "Exactly one of CidrIpv4, CidrIpv6, PrefixListId and ReferencedGroupId must be given.";
        return Err(ServiceError::new("InvalidParameterCombination", message));
    };
    let protocol = protocol(request)?;
    let ports = ports(&protocol, request)?;
    let description = text(request, "Description").map(str::to_owned);
    check_description(description.as_deref())?;
    Ok(Form {
        protocol,
        ports,
        source: source(request, kind, account)?,
        description,
    })
}

/// Parses the source. Host bits are cleared: 100.68.0.18/18 becomes 100.68.0.0/18 (docs/aws-behavior.md, Security group).
fn source(entry: &Value, kind: &str, account: &str) -> Result<Source, ServiceError> {
    let value = text(entry, kind).unwrap_or_default();
    let malformed = || {
        let message = format!("CIDR block {value} is malformed");
        ServiceError::new("InvalidParameterValue", message)
    };
    Ok(match kind {
        "CidrIp" | "CidrIpv4" => Source::V4(value.parse::<Ipv4Net>().map_err(|_| malformed())?.trunc()),
        "CidrIpv6" => Source::V6(value.parse::<Ipv6Net>().map_err(|_| malformed())?.trunc()),
        "PrefixListId" => Source::PrefixList(value.to_owned()),
        _ if value.is_empty() => {
            return Err(ServiceError::new("MissingParameter", "Missing source group id"));
        }
        _ => {
            let account = text(entry, "UserId").unwrap_or(account);
            Source::Group {
                group: value.to_owned(),
                account: account.to_owned(),
            }
        }
    })
}

/// Returns the protocol. Numbers become names where names exist (docs/aws-behavior.md, Security group).
fn protocol(entry: &Value) -> Result<String, ServiceError> {
    let given = text(entry, "IpProtocol")
        .ok_or_else(|| ServiceError::new("MissingParameter", "The request must contain the parameter ipProtocol"))?;
    let known = match given.to_ascii_lowercase().as_str() {
        "tcp" | "6" => "tcp",
        "udp" | "17" => "udp",
        "icmp" | "1" => "icmp",
        "icmpv6" | "58" => "icmpv6",
        "-1" | "all" => "-1",
        other if other.parse::<u8>().is_ok() => return Ok(other.to_owned()),
        _ => {
            let message = format!("Invalid value '{given}' for IP protocol. Unknown protocol.");
            return Err(ServiceError::new("InvalidParameterValue", message));
        }
    };
    Ok(known.to_owned())
}

/// Returns the ports. TCP and UDP need both; "all" and protocols given by number have none.
fn ports(protocol: &str, entry: &Value) -> Result<Option<(i64, i64)>, ServiceError> {
    let invalid = |message: String| Err(ServiceError::new("InvalidParameterValue", message));
    let given = (entry["FromPort"].as_i64(), entry["ToPort"].as_i64());
    match (protocol, given) {
        ("tcp" | "udp", (Some(from), Some(to))) => {
            let fits = |port: i64| (0..=65_535).contains(&port);
            if fits(from) && fits(to) && from <= to {
                return Ok(Some((from, to)));
            }
            invalid(format!("Invalid TCP/UDP port range ({from}:{to})"))
        }
        ("tcp" | "udp", _) => {
            invalid("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.".to_owned())
        }
        ("icmp" | "icmpv6", (from, to)) => Ok(Some((from.unwrap_or(-1), to.unwrap_or(-1)))),
        _ => Ok(None),
    }
}

pub(super) fn check_description(description: Option<&str>) -> Result<(), ServiceError> {
    if description.is_none_or(groups::is_description) {
        return Ok(());
    }
    let message = "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set: a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*";
    Err(ServiceError::new("InvalidParameterValue", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(permission: Value) -> Result<Form, ServiceError> {
        read(&json!({ "IpPermissions": [permission] }), "1").map(|mut forms| forms.remove(0))
    }

    #[test]
    fn rules_are_canonical() {
        let form = one(
            json!({ "IpProtocol": "6", "FromPort": 443, "ToPort": 443, "IpRanges": [{ "CidrIp": "100.68.0.18/18" }] }),
        );
        let form = form.unwrap();
        assert_eq!(
            (&*form.protocol, form.ports, &*form.source.to_string()),
            ("tcp", Some((443, 443)), "100.68.0.0/18")
        );
        let all = json!({ "IpProtocol": "-1", "FromPort": 1, "ToPort": 2, "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] });
        assert_eq!(one(all).unwrap().ports, None);
    }

    #[test]
    fn malformed_rules_are_refused() {
        let code = |permission| one(permission).unwrap_err().code.into_owned();
        let ranges = json!([{ "CidrIp": "10.0.0.0/8" }]);
        assert_eq!(
            code(json!({ "IpProtocol": "tcp", "FromPort": 1, "IpRanges": ranges })),
            "InvalidParameterValue"
        );
        assert_eq!(
            code(json!({ "IpProtocol": "tcp", "FromPort": 2, "ToPort": 1, "IpRanges": ranges })),
            "InvalidParameterValue"
        );
        assert_eq!(
            code(json!({ "IpProtocol": "sctpp", "IpRanges": ranges })),
            "InvalidParameterValue"
        );
        assert_eq!(code(json!({ "IpProtocol": "-1" })), "InvalidPermission.Malformed");
        assert_eq!(
            code(json!({ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "10.0.0.0/33" }] })),
            "InvalidParameterValue"
        );
        let described =
            json!({ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "10.0.0.0/8", "Description": "no <tags>" }] });
        assert_eq!(code(described), "InvalidParameterValue");
    }
}
