//! The choice of the proxy for a request. It follows Go, and so the Pulumi CLI and the AWS provider.
//!
//! <https://pkg.go.dev/golang.org/x/net/http/httpproxy>; the expected values in `tests/fixtures/proxy` come from that package.
//! There are three intended differences. Go ignores a value that it cannot read, or takes it for a host name; here, the
//! requests for which the proxy is set are refused. Requests for a SOCKS proxy are refused too, because the SDK's HTTP client
//! does not support SOCKS. And a request to the machine's own metadata services never goes through a proxy, which could only
//! return its own machine's metadata.

mod address;
mod bypass;
#[cfg(test)]
mod tests;

use http::Uri;

use self::address::Address;
use self::bypass::Bypass;
use super::config::{ProviderConfig, Secret};
use super::variables::Variables;

/// The proxy of each scheme, and the hosts that are reached without one. For a proxy that cannot be used, the error message.
#[derive(Debug)]
pub(super) struct Proxies {
    http: Option<Result<Proxy, String>>,
    https: Option<Result<Proxy, String>>,
    bypass: Bypass,
    /// Whether the process may be a CGI script. There, the `Proxy` header of the client's request becomes `HTTP_PROXY`.
    cgi: bool,
    /// The name of a set variable that curl reads and Go does not.
    ignored: Option<&'static str>,
}

/// One proxy, and the setting that it comes from.
#[derive(Debug)]
pub(super) struct Proxy {
    setting: &'static str,
    address: Address,
}

impl Proxy {
    /// Returns the variable or configuration key that the proxy comes from.
    pub(super) const fn setting(&self) -> &'static str {
        self.setting
    }

    /// Returns the URL with the credentials, only for the HTTP client.
    pub(super) fn url(&self) -> String {
        self.address.url()
    }

    /// Returns host and port, for messages.
    pub(super) fn place(&self) -> String {
        self.address.place()
    }
}

/// Hosts of the metadata services that give this machine its role: EC2, ECS and EKS, IPv4 and IPv6.
const METADATA: [&str; 5] = [
    "169.254.169.254",
    "169.254.170.2",
    "169.254.170.23",
    "[fd00:ec2::254]",
    "[fd00:ec2::23]",
];

impl Proxies {
    /// Reads the proxies from the configuration, or else from the environment.
    pub(super) fn read(configured: &ProviderConfig, variables: &Variables) -> Self {
        let proxy = |key: &'static str, value: Option<&Secret>, names: [&'static str; 2]| {
            let (setting, value) = match value {
                Some(value) => (key, value.expose().to_owned()),
                None => names
                    .into_iter()
                    .find_map(|name| Some((name, variables.filled(name)?)))?,
            };
            Some(match Address::parse(&value) {
                Ok(address) => Ok(Proxy { setting, address }),
                Err(refusal) => Err(format!("{setting} {refusal}. {FORM}")),
            })
        };
        let https = proxy(
            "`private-step-functions:httpsProxy`",
            configured.https_proxy.as_ref(),
            ["HTTPS_PROXY", "https_proxy"],
        );
        let http = proxy(
            "`private-step-functions:httpProxy`",
            configured.http_proxy.as_ref(),
            ["HTTP_PROXY", "http_proxy"],
        );
        let bypass = configured
            .no_proxy
            .clone()
            .or_else(|| variables.first(["NO_PROXY", "no_proxy"]));
        Self {
            // A request cannot have set a proxy from the configuration.
            cgi: configured.http_proxy.is_none() && variables.filled("REQUEST_METHOD").is_some(),
            ignored: ["ALL_PROXY", "all_proxy"]
                .into_iter()
                .find(|name| https.is_none() && variables.filled(name).is_some()),
            http,
            https,
            bypass: Bypass::parse(bypass.as_deref().unwrap_or_default()),
        }
    }

    /// Returns the proxy for a request.
    ///
    /// # Errors
    /// The value is not the URL of a supported proxy: the message names the setting and not the value, which may be a secret.
    /// Or the proxy is `HTTP_PROXY` and the process may be a CGI script.
    pub(super) fn of(&self, uri: &Uri) -> Result<Option<&Proxy>, String> {
        let secure = uri.scheme_str() == Some("https");
        let Some(proxy) = (if secure { &self.https } else { &self.http }) else {
            return Ok(None);
        };
        let host = uri.host().unwrap_or_default();
        if METADATA.contains(&host) {
            return Ok(None);
        }
        if !secure && self.cgi {
            return Err(CGI.to_owned());
        }
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        if self.bypass.contains(host, port) {
            return Ok(None);
        }
        proxy.as_ref().map(Some).map_err(Clone::clone)
    }

    /// Returns the proxy for plain HTTP, if it can be used.
    pub(super) fn http(&self) -> Option<&Proxy> {
        self.http.as_ref()?.as_ref().ok()
    }

    /// Returns the proxy for HTTPS, if it can be used.
    pub(super) fn https(&self) -> Option<&Proxy> {
        self.https.as_ref()?.as_ref().ok()
    }

    /// Returns the variable that curl would use, for the message when AWS cannot be reached.
    pub(super) const fn ignored(&self) -> Option<&'static str> {
        self.ignored
    }
}

/// Describes the accepted forms of a proxy setting.
const FORM: &str = "Write it as http://HOST:PORT, https://HOST:PORT or HOST:PORT, with credentials as \
                    http://USER:PASSWORD@HOST:PORT, percent-encoded";

const CGI: &str = "HTTP_PROXY is not used when REQUEST_METHOD is set, because the client of a CGI script can set HTTP_PROXY: unset one of the two";
