//! What a text denotes, where a regular expression would be wrong or unreadable.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::Deserialize;

/// What a text denotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// An IPv4 or IPv6 CIDR block.
    Cidr,
    /// An IPv4 CIDR block.
    CidrIpv4,
    /// An IPv6 CIDR block.
    CidrIpv6,
    /// An IP address that VPC Lattice takes as a target: IPv4 from the private ranges, or IPv6 of a VPC
    /// (docs/aws-behaviour.md, Resource configuration).
    PrivateIpAddress,
    /// A port or a range of ports, as VPC Lattice writes them.
    PortRange,
    /// An IP protocol, as EC2 writes it.
    IpProtocol,
    /// A URL with the scheme http or https.
    HttpUrl,
    /// A URL with the scheme https.
    HttpsUrl,
}

impl Format {
    /// Whether the text denotes such a thing.
    pub fn accepts(self, text: &str) -> bool {
        match self {
            Self::Cidr => text.parse::<IpNet>().is_ok(),
            Self::CidrIpv4 => text.parse::<Ipv4Net>().is_ok(),
            Self::CidrIpv6 => text.parse::<Ipv6Net>().is_ok(),
            Self::PrivateIpAddress => text.parse().is_ok_and(is_private),
            Self::PortRange => is_port_range(text),
            Self::IpProtocol => is_protocol(text),
            Self::HttpUrl => is_url(text, "http://") || is_url(text, "https://"),
            Self::HttpsUrl => is_url(text, "https://"),
        }
    }

    /// The words that complete "must be …".
    pub fn expected(self) -> &'static str {
        match self {
            Self::Cidr => "a CIDR block such as 10.0.0.0/16 or 2001:db8::/56",
            Self::CidrIpv4 => "an IPv4 CIDR block such as 10.0.0.0/16",
            Self::CidrIpv6 => "an IPv6 CIDR block such as 2001:db8::/56",
            Self::PrivateIpAddress => {
                "an IPv6 address, or an IPv4 address from 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10"
            }
            Self::PortRange => "a port such as \"443\" or a range such as \"8000-8010\", from 1 to 65535",
            Self::IpProtocol => "tcp, udp, icmp, icmpv6, a protocol number from 0 to 255, or -1 for all",
            Self::HttpUrl => "an http:// or https:// URL",
            Self::HttpsUrl => "an https:// URL",
        }
    }
}

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

fn is_port_range(text: &str) -> bool {
    let port = |digits: &str| {
        let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u16>().ok().filter(|&port| all_digits && port > 0)
    };
    match text.split_once('-') {
        None => port(text).is_some(),
        Some((first, last)) => matches!((port(first), port(last)), (Some(first), Some(last)) if first <= last),
    }
}

fn is_protocol(text: &str) -> bool {
    let named = ["tcp", "udp", "icmp", "icmpv6", "-1"]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(text));
    named || (text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u8>().is_ok())
}

/// Scheme, then a host; the rest is left to whoever connects.
fn is_url(text: &str, scheme: &str) -> bool {
    let Some((start, rest)) = text.split_at_checked(scheme.len()) else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    start.eq_ignore_ascii_case(scheme) && !host.is_empty() && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_tell_what_is_meant() {
        let table: &[(Format, &[&str], &[&str])] = &[
            (
                Format::Cidr,
                &["10.0.0.0/16", "10.1.2.3/8", "2001:db8::/56"],
                &["10.0.0.0", "10.0.0.0/33", "all"],
            ),
            (Format::CidrIpv4, &["0.0.0.0/0"], &["::/0", "10.0.0/8"]),
            (Format::CidrIpv6, &["::/0"], &["0.0.0.0/0"]),
            (
                Format::PrivateIpAddress,
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
                Format::PortRange,
                &["1", "443", "443-443", "1-65535"],
                &["0", "65536", "9-8", "-1", "+1", "443-", "a", ""],
            ),
            (
                Format::IpProtocol,
                &["tcp", "TCP", "-1", "0", "255"],
                &["256", "sctp", "-2", "", "+6"],
            ),
            (
                Format::HttpUrl,
                &["http://127.0.0.1:4566", "https://h/p?q"],
                &["h", "ftp://h", "http://", "https:///p"],
            ),
            (
                Format::HttpsUrl,
                &["https://h/token"],
                &["http://h", "https://a b", "http"],
            ),
        ];
        for (format, good, bad) in table {
            good.iter()
                .for_each(|text| assert!(format.accepts(text), "{format:?} {text}"));
            bad.iter()
                .for_each(|text| assert!(!format.accepts(text), "{format:?} {text}"));
        }
    }
}
