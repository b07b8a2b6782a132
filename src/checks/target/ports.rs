//! The ports of a resource configuration, and which of them the rules of security groups leave closed.

use aws_sdk_ec2::types::IpPermission;

use crate::formats::port_range;

/// The port of HTTPS. AWS documents no other one for connections of EventBridge.
const HTTPS: u16 = 443;

/// Ports and ranges of ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ports(Vec<(u16, u16)>);

impl Ports {
    /// Returns the ports in these texts, such as `443` or `8000-8010`. Without one, it is that of HTTPS.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut ranges: Vec<_> = texts.into_iter().filter_map(port_range).collect();
        ranges.sort_unstable();
        ranges.dedup();
        if ranges.is_empty() {
            ranges.push((HTTPS, HTTPS));
        }
        Self(ranges)
    }

    /// Returns the ports to which no rule applies, in words; `None` if there are none. Of a range, HTTPS counts if it is in it, and
    /// otherwise any port.
    pub(super) fn closed(&self, rules: &[&IpPermission]) -> Option<String> {
        let needed = self.0.iter().map(|&(from, to)| match from <= HTTPS && HTTPS <= to {
            true => (HTTPS, HTTPS),
            false => (from, to),
        });
        let closed: Vec<_> = needed
            .filter(|range| !rules.iter().any(|rule| applies(rule, *range)))
            .map(|(from, to)| match from == to {
                true => from.to_string(),
                false => format!("{from} to {to}"),
            })
            .collect();
        match closed.as_slice() {
            [] => None,
            [one] if !one.contains(' ') => Some(format!("port {one}")),
            many => Some(format!("ports {}", many.join(", "))),
        }
    }
}

/// Reports whether a rule applies to TCP on one of these ports.
fn applies(rule: &IpPermission, (from, to): (u16, u16)) -> bool {
    match rule.ip_protocol() {
        Some("-1") => true,
        Some("tcp" | "6") => {
            rule.from_port().unwrap_or(0) <= i32::from(to) && rule.to_port().unwrap_or(65535) >= i32::from(from)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_without_a_rule_are_closed() {
        let rule = |protocol: &str, from, to| {
            IpPermission::builder()
                .ip_protocol(protocol)
                .from_port(from)
                .to_port(to)
                .build()
        };
        let https = rule("tcp", 443, 443);
        let closed = |ports: &[&str], rules: &[&IpPermission]| Ports::of(ports.iter().copied()).closed(rules);
        assert_eq!(closed(&["443"], &[&https]), None);
        assert_eq!(closed(&[], &[&https]), None);
        assert_eq!(closed(&["1-65535"], &[&https]), None);
        assert_eq!(closed(&["443", "8443"], &[&https]).as_deref(), Some("port 8443"));
        assert_eq!(closed(&["8000-8010"], &[&https]).as_deref(), Some("ports 8000 to 8010"));
        assert_eq!(
            closed(&["8000-8010", "9000", "443"], &[]).as_deref(),
            Some("ports 443, 8000 to 8010, 9000")
        );
        assert_eq!(closed(&["8000-8010"], &[&rule("tcp", 8005, 8005)]), None);
        // A range with HTTPS is for HTTPS.
        assert_eq!(
            closed(&["1-1024"], &[&rule("tcp", 80, 80)]).as_deref(),
            Some("port 443")
        );
        assert_eq!(closed(&["443"], &[&rule("udp", 443, 443)]).as_deref(), Some("port 443"));
        assert_eq!(
            closed(&["443"], &[&IpPermission::builder().ip_protocol("-1").build()]),
            None
        );
    }
}
