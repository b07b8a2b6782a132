//! Formats of texts that are the same for every service.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::Format;

pub(super) const BUILT_IN: [Format; 5] = [
    Format {
        name: "cidr",
        expected: "a CIDR block such as 10.0.0.0/16 or 2001:db8::/56",
        accepts: |text| text.parse::<IpNet>().is_ok(),
    },
    Format {
        name: "cidr-ipv4",
        expected: "an IPv4 CIDR block such as 10.0.0.0/16",
        accepts: |text| text.parse::<Ipv4Net>().is_ok(),
    },
    Format {
        name: "cidr-ipv6",
        expected: "an IPv6 CIDR block such as 2001:db8::/56",
        accepts: |text| text.parse::<Ipv6Net>().is_ok(),
    },
    Format {
        name: "http-url",
        expected: "an http:// or https:// URL",
        accepts: |text| is_url(text, "http://") || is_url(text, "https://"),
    },
    Format {
        name: "https-url",
        expected: "an https:// URL",
        accepts: |text| is_url(text, "https://"),
    },
];

/// Reports whether the text has this scheme, a host and no white space. The client that connects to the URL checks the rest.
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
    fn each_format_accepts_valid_and_refuses_invalid_strings() {
        let table: &[(&str, &[&str], &[&str])] = &[
            (
                "cidr",
                &["10.0.0.0/16", "10.1.2.3/8", "2001:db8::/56"],
                &["10.0.0.0", "10.0.0.0/33", "all"],
            ),
            ("cidr-ipv4", &["0.0.0.0/0"], &["::/0", "10.0.0/8"]),
            ("cidr-ipv6", &["::/0"], &["0.0.0.0/0"]),
            (
                "http-url",
                &["http://127.0.0.1:4566", "https://h/p?q"],
                &["h", "ftp://h", "http://", "https:///p"],
            ),
            ("https-url", &["https://h/token"], &["http://h", "https://a b", "http"]),
        ];
        for (name, good, bad) in table {
            let format = BUILT_IN.iter().find(|format| format.name == *name).unwrap();
            good.iter()
                .for_each(|text| assert!((format.accepts)(text), "{name} {text}"));
            bad.iter()
                .for_each(|text| assert!(!(format.accepts)(text), "{name} {text}"));
        }
    }
}
