//! Text formats of EC2 and VPC Lattice: which texts are valid, and which mean the same.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::Ipv4Net;
use pulumi_provider::schema::{Format, TextEquality};

/// Text formats: values of `format` in the schema.
pub const FORMATS: [Format; 5] = [
    // An IP address that VPC Lattice accepts as a target: IPv4 from the private ranges, or IPv6 of a VPC
    // (docs/aws-behavior.md, Resource configuration).
    Format {
        name: "private-ip-address",
        expected: "an IPv6 address, or an IPv4 address from 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10",
        accepts: |text| text.parse().is_ok_and(is_private),
    },
    // Addresses of network interfaces.
    Format {
        name: "ipv4-address",
        expected: "an IPv4 address such as 10.0.0.10",
        accepts: |text| text.parse::<Ipv4Addr>().is_ok(),
    },
    Format {
        name: "ipv6-address",
        expected: "an IPv6 address such as 2001:db8::10",
        accepts: |text| text.parse::<Ipv6Addr>().is_ok(),
    },
    // A port or a range of ports, in VPC Lattice's form.
    Format {
        name: "port-range",
        expected: "a port such as \"443\" or a range such as \"8000-8010\", from 1 to 65535",
        accepts: |text| port_range(text).is_some(),
    },
    // An IP protocol, in EC2's form.
    Format {
        name: "ip-protocol",
        expected: "tcp, udp, icmp, icmpv6, a protocol number from 0 to 255, or -1 for all",
        accepts: is_protocol,
    },
];

/// Comparisons of texts: values of `same` in the schema.
pub const EQUALITIES: [TextEquality; 2] = [
    // `443` and `443-443` open the same port.
    TextEquality {
        name: "port-range",
        same: |old, new| old == new || port_range(old).is_some_and(|old| Some(old) == port_range(new)),
    },
    // EC2 accepts protocols by name or by IANA's number and returns the name.
    TextEquality {
        name: "ip-protocol",
        same: |old, new| ip_protocol(old) == ip_protocol(new),
    },
];

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let shared = Ipv4Net::new_assert(Ipv4Addr::new(100, 64, 0, 0), 10);
            address.is_private() || shared.contains(&address)
        }
        IpAddr::V6(address) => {
            !address.is_loopback()
                && !address.is_unspecified()
                && !address.is_multicast()
                && !address.is_unicast_link_local()
                && address.to_ipv4_mapped().is_none()
        }
    }
}

/// The first and the last port of a port or a range of ports; `None` for any other text.
#[must_use]
pub fn port_range(text: &str) -> Option<(u16, u16)> {
    let port = |digits: &str| {
        let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u16>().ok().filter(|&port| all_digits && port > 0)
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let range = (port(first)?, port(last)?);
    (range.0 <= range.1).then_some(range)
}

fn is_protocol(text: &str) -> bool {
    let named = ["tcp", "udp", "icmp", "icmpv6", "-1"]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(text));
    named || (text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u8>().is_ok())
}

/// The protocol as EC2 writes it: these four by name, every other one by IANA's number, and -1 for all.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html>
#[must_use]
pub fn ip_protocol(text: &str) -> String {
    match text.to_ascii_lowercase().as_str() {
        "1" => "icmp".to_owned(),
        "6" => "tcp".to_owned(),
        "17" => "udp".to_owned(),
        "58" => "icmpv6".to_owned(),
        "all" => "-1".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_accepts_valid_and_refuses_invalid_strings() {
        let table: &[(&str, &[&str], &[&str])] = &[
            (
                "private-ip-address",
                &["10.0.0.1", "172.31.0.1", "192.168.1.1", "100.64.0.1", "2001:db8::1"],
                &[
                    "8.8.8.8",
                    "100.128.0.1",
                    "::1",
                    "fe80::1",
                    "ff02::1",
                    "::ffff:10.0.0.1",
                    "host",
                ],
            ),
            (
                "port-range",
                &["1", "443", "443-443", "1-65535"],
                &["0", "65536", "9-8", "-1", "+1", "443-", "a", ""],
            ),
            (
                "ip-protocol",
                &["tcp", "TCP", "-1", "0", "255"],
                &["256", "sctp", "-2", "", "+6"],
            ),
        ];
        for (name, good, bad) in table {
            let format = FORMATS.iter().find(|format| format.name == *name).unwrap();
            good.iter()
                .for_each(|text| assert!((format.accepts)(text), "{name} {text}"));
            bad.iter()
                .for_each(|text| assert!(!(format.accepts)(text), "{name} {text}"));
        }
    }
}
