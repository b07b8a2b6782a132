//! The address of a proxy.

use std::fmt;
use std::net::Ipv6Addr;

/// The address of an HTTP proxy. `Debug` omits the credentials.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// Whether connections to the proxy itself use TLS.
    pub(super) secure: bool,
    /// A host name or an IP address, without brackets.
    pub(super) host: String,
    pub(super) port: Option<u16>,
    pub(super) user: Vec<u8>,
    pub(super) password: Vec<u8>,
}

impl Address {
    /// Parses the URL of a proxy. A URL without a scheme is one of plain HTTP, as in Go.
    ///
    /// # Errors
    /// What is wrong, phrased to follow the setting's name. Never contains a part of the value, which may be a secret.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) if is_scheme(scheme) => (scheme.to_ascii_lowercase(), rest),
            _ => ("http".to_owned(), text),
        };
        let secure = match scheme.as_str() {
            "http" => false,
            "https" => true,
            socks if socks.starts_with("socks") => {
                return Err("asks for a SOCKS proxy, which this provider does not support: an HTTP proxy is needed");
            }
            _ => return Err("is not the URL of an HTTP or HTTPS proxy"),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (user, place),
            None => ("", authority),
        };
        let (host, port) = split(place)?;
        // If the colon or the slashes are mistyped, the scheme appears in the place of the host, also in Go.
        if host.is_empty() || matches!(host, "http" | "https") {
            return Err("names no host");
        }
        if !is_host(host) {
            return Err("has an invalid host name");
        }
        let port = match port {
            "" => None,
            digits => Some(
                digits
                    .parse()
                    .map_err(|_| "has an invalid port: use a number up to 65535")?,
            ),
        };
        let (user, password) = user.split_once(':').unwrap_or((user, ""));
        Ok(Self {
            secure,
            host: host.to_owned(),
            port,
            user: decode(user)?,
            password: decode(password)?,
        })
    }

    /// Returns the whole URL, in a form that every parser reads in the same way.
    pub(super) fn url(&self) -> String {
        let credentials = if self.user.is_empty() && self.password.is_empty() {
            String::new()
        } else {
            format!("{}:{}@", encode(&self.user), encode(&self.password))
        };
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{credentials}{}", self.place())
    }

    /// Returns host and port.
    pub(super) fn place(&self) -> String {
        let host = match self.host.parse::<Ipv6Addr>() {
            Ok(address) => format!("[{address}]"),
            Err(_) => idna::domain_to_ascii(&self.host).unwrap_or_else(|_| self.host.clone()),
        };
        match self.port {
            Some(port) => format!("{host}:{port}"),
            None => host,
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place())
    }
}

/// Splits `host`, `host:port`, `[address]` or `[address]:port` into host and port.
fn split(place: &str) -> Result<(&str, &str), &'static str> {
    if let Some(rest) = place.strip_prefix('[') {
        let (host, port) = rest.split_once(']').ok_or("has a bracket that is not closed")?;
        if host.parse::<Ipv6Addr>().is_err() {
            return Err("has something else than an IPv6 address in brackets");
        }
        return match port.strip_prefix(':') {
            Some(port) => Ok((host, port)),
            None if port.is_empty() => Ok((host, "")),
            None => Err("has something between the address and the port"),
        };
    }
    Ok(place.rsplit_once(':').unwrap_or((place, "")))
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

fn is_host(text: &str) -> bool {
    let is_name = text
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_'));
    text.parse::<Ipv6Addr>().is_ok() || (is_name && (text.is_ascii() || idna::domain_to_ascii(text).is_ok()))
}

/// Decodes a part of the credentials, which may be percent-encoded.
fn decode(text: &str) -> Result<Vec<u8>, &'static str> {
    const BROKEN: &str = "has credentials with characters that must be percent-encoded";
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let digits =
                    [bytes.next(), bytes.next()].map(|digit| digit.and_then(|digit| char::from(digit).to_digit(16)));
                let [Some(high), Some(low)] = digits else {
                    return Err(BROKEN);
                };
                decoded.push(u8::try_from(high * 16 + low).map_err(|_| BROKEN)?);
            }
            byte if byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=@".contains(&byte) => decoded.push(byte),
            _ => return Err(BROKEN),
        }
    }
    Ok(decoded)
}

fn encode(bytes: &[u8]) -> String {
    let mut encoded = String::with_capacity(bytes.len());
    for byte in bytes {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(*byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
