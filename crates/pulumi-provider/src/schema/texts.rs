//! Texts of which every service knows more than one spelling.

use std::net::IpAddr;

use ipnet::IpNet;

use super::TextEquality;

pub(super) const BUILT_IN: [TextEquality; 3] = [
    // CIDR blocks that cover the same addresses: bits behind the prefix are cleared.
    TextEquality {
        name: "cidr",
        same: |old, new| canonical_cidr(old) == canonical_cidr(new),
    },
    // Host names: case and a final dot make no difference.
    TextEquality {
        name: "domain-name",
        same: |old, new| domain(old).eq_ignore_ascii_case(domain(new)),
    },
    // IP addresses, which have more than one notation.
    TextEquality {
        name: "ip-address",
        same: |old, new| old == new || address(old).is_some_and(|old| Some(old) == address(new)),
    },
];

fn canonical_cidr(text: &str) -> String {
    let network = text
        .parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.map_or_else(|_| text.to_owned(), |network| network.trunc().to_string())
}

fn domain(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

fn address(text: &str) -> Option<IpAddr> {
    text.parse().ok()
}
