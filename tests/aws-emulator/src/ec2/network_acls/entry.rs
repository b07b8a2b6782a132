//! One entry of a network ACL (EC2 API reference, CreateNetworkAclEntry).

use ipnet::IpNet;
use serde_json::{Value, json};

use crate::ec2::listing::{missing, required, text};
use crate::operation::ServiceError;

/// All IPv4 addresses.
pub(super) const V4: &str = "0.0.0.0/0";
/// All IPv6 addresses.
pub(super) const V6: &str = "::/0";

/// The numbers of protocols that a request may name.
const PROTOCOLS: [(&str, &str); 4] = [("all", "-1"), ("icmp", "1"), ("tcp", "6"), ("udp", "17")];

/// One entry.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) number: i64,
    pub(super) egress: bool,
    /// A protocol number, or -1 for all.
    protocol: String,
    range: IpNet,
    allows: bool,
    ports: Option<(i64, i64)>,
    icmp: Option<(i64, i64)>,
}

impl Entry {
    /// Returns an entry that admits everything.
    pub(super) fn all(number: i64, egress: bool, range: &str) -> Self {
        Self {
            number,
            egress,
            protocol: "-1".to_owned(),
            range: range.parse().expect("a constant range"),
            allows: true,
            ports: None,
            icmp: None,
        }
    }

    /// Returns the last entry, which denies everything. It cannot be deleted.
    pub(super) fn last(number: i64, egress: bool, range: &str) -> Self {
        Self {
            allows: false,
            ..Self::all(number, egress, range)
        }
    }

    /// Returns what identifies the entry in its ACL. The lowest number is first.
    pub(super) fn place(&self) -> (bool, i64) {
        (self.egress, self.number)
    }

    pub(super) fn render(&self) -> Value {
        let member = match self.range {
            IpNet::V4(_) => "CidrBlock",
            IpNet::V6(_) => "Ipv6CidrBlock",
        };
        json!({
            member: self.range.to_string(),
            "Egress": self.egress,
            "Protocol": self.protocol,
            "RuleAction": if self.allows { "allow" } else { "deny" },
            "RuleNumber": self.number,
            "PortRange": self.ports.map(|(from, to)| json!({ "From": from, "To": to })),
            "IcmpTypeCode": self.icmp.map(|(kind, code)| json!({ "Type": kind, "Code": code })),
        })
    }
}

/// Returns direction and number in a request.
pub(super) fn place(params: &Value) -> (bool, i64) {
    (
        params["Egress"] == Value::Bool(true),
        params["RuleNumber"].as_i64().unwrap_or_default(),
    )
}

/// Reads the entry of a request. TCP and UDP need ports, ICMP needs type and code.
pub(super) fn read(params: &Value) -> Result<Entry, ServiceError> {
    let invalid = |message: String| ServiceError::new("InvalidParameterValue", message);
    let (egress, number) = place(params);
    if !(1..=32_766).contains(&number) {
        return Err(invalid(format!(
            "Value ({number}) for parameter ruleNumber is invalid. Must be 1 to 32766"
        )));
    }
    let given = required(params, "Protocol")?;
    let named = PROTOCOLS.iter().find(|(name, _)| *name == given);
    let protocol = named.map_or(given, |(_, number)| number);
    if !protocol.parse::<i64>().is_ok_and(|number| (-1..=255).contains(&number)) {
        return Err(invalid(format!("Value ({given}) for parameter protocol is invalid.")));
    }
    let range = match (text(params, "CidrBlock"), text(params, "Ipv6CidrBlock")) {
        (Some(v4), None) => v4.parse().ok().filter(|net| matches!(net, IpNet::V4(_))),
        (None, Some(v6)) => v6.parse().ok().filter(|net| matches!(net, IpNet::V6(_))),
        (None, None) => return Err(missing("CidrBlock")),
        (Some(_), Some(_)) => None,
    };
    let range: IpNet =
        range.ok_or_else(|| invalid("Exactly one valid CidrBlock or Ipv6CidrBlock is needed.".to_owned()))?;
    let pair = |member: &str, first: &str, second: &str| {
        let value = &params[member];
        value[first].as_i64().zip(value[second].as_i64())
    };
    let ports = pair("PortRange", "From", "To").filter(|_| ["6", "17"].contains(&protocol));
    let icmp = pair("IcmpTypeCode", "Type", "Code").filter(|_| ["1", "58"].contains(&protocol));
    match protocol {
        "6" | "17" if ports.is_none() => return Err(missing("PortRange")),
        "1" | "58" if icmp.is_none() => return Err(missing("IcmpTypeCode")),
        _ => {}
    }
    if ports.is_some_and(|(from, to)| from > to || from < 0 || to > 65_535) {
        return Err(invalid("The port range is invalid.".to_owned()));
    }
    Ok(Entry {
        number,
        egress,
        protocol: protocol.to_owned(),
        range: range.trunc(),
        allows: required(params, "RuleAction")? == "allow",
        ports,
        icmp,
    })
}
