//! Comparisons of texts that have more than one spelling, the same for every service.

use std::net::IpAddr;

use ipnet::IpNet;

use super::TextEquality;

pub(super) const BUILT_IN: [TextEquality; 3] = [
    // CIDR blocks are the same if they cover the same addresses: bits after the prefix are cleared.
    TextEquality {
        name: "cidr",
        same: |old, new| canonical_cidr(old) == canonical_cidr(new),
    },
    // Host names: case and a final dot do not matter.
    TextEquality {
        name: "domain-name",
        same: same_domain_name,
    },
    // IP addresses have more than one notation.
    TextEquality {
        name: "ip-address",
        same: same_ip_address,
    },
];

fn canonical_cidr(text: &str) -> String {
    let network = text
        .parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.map_or_else(|_| text.to_owned(), |network| network.trunc().to_string())
}

/// Reports whether two host names are the same to DNS: case and a final dot make no difference.
#[must_use]
pub fn same_domain_name(one: &str, other: &str) -> bool {
    let bare = |name: &str| name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    bare(one) == bare(other)
}

/// Reports whether two texts are the same IP address. Texts that are no addresses are compared as they are.
#[must_use]
pub fn same_ip_address(one: &str, other: &str) -> bool {
    match (one.parse::<IpAddr>(), other.parse::<IpAddr>()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}
