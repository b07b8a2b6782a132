//! Which proxy a request goes through: as Go decides it, and with it the Pulumi CLI and the AWS provider.
//!
//! <https://pkg.go.dev/golang.org/x/net/http/httpproxy>; `tests/fixtures/proxy` asks that package itself. There are three
//! differences, all on purpose. What Go cannot read it ignores or takes for the name of a host: here the requests that it is for
//! are refused. So are those for SOCKS, which the SDK's HTTP client cannot speak. And the metadata services of the machine itself are never asked through a
//! proxy, which could only tell of its own machine.

mod address;
mod bypass;
#[cfg(test)]
mod tests;

use http::Uri;

use self::address::Address;
use self::bypass::Bypass;
use super::config::{ProviderConfig, Secret};
use super::variables::Variables;

/// The proxies for each scheme, and what goes past them. One that cannot be used is what a message says about it.
#[derive(Debug)]
pub(super) struct Proxies {
    http: Option<Result<Proxy, String>>,
    https: Option<Result<Proxy, String>>,
    bypass: Bypass,
    /// Whether this could be a CGI script: the header `Proxy` of a request would then be `HTTP_PROXY`.
    cgi: bool,
    /// A variable of curl's that Go does not know.
    ignored: Option<&'static str>,
}

/// One proxy, and where it is set.
#[derive(Debug)]
pub(super) struct Proxy {
    setting: &'static str,
    address: Address,
}

impl Proxy {
    /// The variable or configuration key.
    pub(super) const fn setting(&self) -> &'static str {
        self.setting
    }

    /// The URL with the credentials, for the HTTP client alone.
    pub(super) fn url(&self) -> String {
        self.address.url()
    }

    /// Host and port, for messages.
    pub(super) fn place(&self) -> String {
        self.address.place()
    }
}

/// Where metadata services answer that give this machine its role: EC2, ECS, EKS, in IPv4 and IPv6.
const METADATA: [&str; 5] = [
    "169.254.169.254",
    "169.254.170.2",
    "169.254.170.23",
    "[fd00:ec2::254]",
    "[fd00:ec2::23]",
];

impl Proxies {
    /// What the configuration says, else the environment.
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
            // A configured proxy is none that a request could have smuggled in.
            cgi: configured.http_proxy.is_none() && variables.filled("REQUEST_METHOD").is_some(),
            ignored: ["ALL_PROXY", "all_proxy"]
                .into_iter()
                .find(|name| https.is_none() && variables.filled(name).is_some()),
            http,
            https,
            bypass: Bypass::parse(bypass.as_deref().unwrap_or_default()),
        }
    }

    /// The proxy for a request.
    ///
    /// # Errors
    /// A value that is not the URL of a proxy of ours, named by its setting, for it may be a secret; `HTTP_PROXY` in what may be a
    /// CGI script.
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

    /// The proxy for plain HTTP, if it can be used.
    pub(super) fn http(&self) -> Option<&Proxy> {
        self.http.as_ref()?.as_ref().ok()
    }

    /// The proxy for HTTPS, if it can be used.
    pub(super) fn https(&self) -> Option<&Proxy> {
        self.https.as_ref()?.as_ref().ok()
    }

    /// The variable that would have an effect with curl, for the message when AWS cannot be reached.
    pub(super) const fn ignored(&self) -> Option<&'static str> {
        self.ignored
    }
}

/// How a proxy is written.
const FORM: &str = "Write it as http://HOST:PORT, https://HOST:PORT or HOST:PORT, with credentials as \
                    http://USER:PASSWORD@HOST:PORT, percent-encoded";

const CGI: &str =
    "HTTP_PROXY is not used where REQUEST_METHOD is set, since a CGI script has it from its client: unset one of them";
