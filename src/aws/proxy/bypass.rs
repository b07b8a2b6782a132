//! Hosts that are reached without a proxy: `NO_PROXY`, interpreted pattern by pattern as Go does.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

/// The patterns of one `NO_PROXY` value.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Bypass {
    everything: bool,
    patterns: Vec<Pattern>,
}

#[derive(Debug, PartialEq, Eq)]
enum Pattern {
    Block(IpNet),
    Address {
        address: IpAddr,
        port: String,
    },
    Domain {
        /// The domain with a dot before it.
        suffix: String,
        /// Whether the pattern matches the domain itself too, and not only its subdomains.
        itself: bool,
        port: String,
    },
}

impl Bypass {
    /// Parses comma-separated patterns. A text that is not a pattern is ignored, as in Go.
    pub(super) fn parse(text: &str) -> Self {
        let patterns: Vec<String> = text
            .split(',')
            .map(|pattern| pattern.trim().to_lowercase())
            .filter(|pattern| !pattern.is_empty())
            .collect();
        Self {
            everything: patterns.iter().any(|pattern| pattern == "*"),
            patterns: patterns.iter().filter_map(|pattern| Pattern::parse(pattern)).collect(),
        }
    }

    /// Reports whether a host, written as in a URL, is reached without a proxy. `localhost` and loopback addresses always are.
    pub(super) fn contains(&self, host: &str, port: u16) -> bool {
        let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let address = bare
            .unwrap_or(host)
            .parse::<IpAddr>()
            .ok()
            .map(|address| address.to_canonical());
        if host == "localhost" || address.is_some_and(|address| address.is_loopback()) || self.everything {
            return true;
        }
        let (host, port) = (host.to_lowercase(), port.to_string());
        self.patterns
            .iter()
            .any(|pattern| pattern.matches(&host, address, &port))
    }
}

impl Pattern {
    fn parse(text: &str) -> Option<Self> {
        if let Ok(block) = text.parse() {
            return Some(Self::Block(canonical(block)));
        }
        let (host, port) = split_host_port(text).unwrap_or((text, ""));
        if let Ok(address) = host.parse::<IpAddr>() {
            return Some(Self::Address {
                address: address.to_canonical(),
                port: port.to_owned(),
            });
        }
        let host = host
            .strip_prefix('*')
            .filter(|rest| rest.starts_with('.'))
            .unwrap_or(host);
        let itself = !host.starts_with('.');
        let domain = host.strip_prefix('.').unwrap_or(host);
        let ascii = if domain.is_ascii() {
            domain.to_owned()
        } else {
            idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_owned())
        };
        (!host.is_empty()).then(|| Self::Domain {
            suffix: format!(".{ascii}"),
            itself,
            port: port.to_owned(),
        })
    }

    fn matches(&self, host: &str, address: Option<IpAddr>, port: &str) -> bool {
        let at = |wanted: &str| wanted.is_empty() || wanted == port;
        match (self, address) {
            (Self::Block(block), Some(address)) => block.contains(&address),
            (Self::Address { address: wanted, port }, Some(address)) => *wanted == address && at(port),
            (Self::Domain { suffix, itself, port }, None) => {
                (host.ends_with(suffix) || (*itself && host == &suffix[1..])) && at(port)
            }
            _ => false,
        }
    }
}

/// Converts a block of IPv4-mapped IPv6 addresses to the block of IPv4 addresses, and leaves any other block as it is.
fn canonical(block: IpNet) -> IpNet {
    if let IpNet::V6(v6) = block
        && let Some(v4) = v6.addr().to_ipv4_mapped()
        && let Some(prefix) = v6.prefix_len().checked_sub(96)
        && let Ok(v4) = Ipv4Net::new(v4, prefix)
    {
        return IpNet::V4(v4);
    }
    block
}

/// Splits host and port as Go's `net.SplitHostPort`. Returns `None` for a text without a port, or with brackets or colons in
/// other places.
fn split_host_port(text: &str) -> Option<(&str, &str)> {
    let (host, port) = text.rsplit_once(':')?;
    let host = match host.strip_prefix('[') {
        Some(inner) => inner.strip_suffix(']')?,
        None if host.contains(':') => return None,
        None => host,
    };
    let bracket = |part: &str| part.contains(['[', ']']);
    (!bracket(host) && !bracket(port)).then_some((host, port))
}
