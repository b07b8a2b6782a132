//! Compares the choice of the proxy with Go's own results.

use std::collections::BTreeMap;

use aws_smithy_http_client::proxy::ProxyConfig;
use serde::Deserialize;

use super::*;

/// One line of `tests/fixtures/proxy/expected.jsonl`.
#[derive(Deserialize)]
struct Expected {
    variables: BTreeMap<String, String>,
    url: String,
    proxy: Option<GoProxy>,
    error: Option<String>,
    #[serde(default)]
    unreadable: bool,
}

#[derive(Deserialize)]
struct GoProxy {
    scheme: String,
    host: String,
    port: String,
    user: String,
    password: String,
}

impl GoProxy {
    /// Reports whether this crate refuses the proxy: its protocol is not supported, or its host is empty or the name of a
    /// scheme.
    fn is_to_be_refused(&self) -> bool {
        !matches!(self.scheme.as_str(), "http" | "https") || matches!(self.host.as_str(), "" | "http" | "https")
    }
}

const EC2: &str = "https://ec2.eu-west-1.amazonaws.com";

fn expectations() -> Vec<Expected> {
    let lines = include_str!("../../../tests/fixtures/proxy/expected.jsonl");
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn read(variables: &BTreeMap<String, String>) -> Proxies {
    Proxies::read(&ProviderConfig::default(), &Variables::given(variables.clone()))
}

fn proxies(pairs: &[(&str, &str)]) -> Proxies {
    read(
        &pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    )
}

#[test]
fn every_url_uses_the_proxy_that_go_would_use() {
    let expectations = expectations();
    let (mut agreed, mut refused, mut wrong) = (0, 0, Vec::new());
    for expected in &expectations {
        let case = format!("{:?} {}", expected.variables, expected.url);
        let refuse = expected.unreadable || expected.proxy.as_ref().is_some_and(GoProxy::is_to_be_refused);
        let proxies = read(&expected.variables);
        let uri: Uri = expected.url.parse().unwrap();
        let same = match (proxies.of(&uri), &expected.proxy) {
            (found, _) if refuse => {
                refused += 1;
                found.is_err()
            }
            (Err(_), None) => expected.error.is_some(),
            // This crate never reaches the metadata service through a proxy.
            (Ok(None), Some(_)) => uri.host() == Some("169.254.169.254"),
            (Ok(None), None) => expected.error.is_none(),
            (Ok(Some(Proxy { address, .. })), Some(go)) => {
                let secure = go.scheme == "https";
                let port = address.port.map(|port| port.to_string()).unwrap_or_default();
                (address.secure, &address.host, &port) == (secure, &go.host, &go.port)
                    && (&address.user[..], &address.password[..]) == (go.user.as_bytes(), go.password.as_bytes())
            }
            _ => false,
        };
        if same {
            agreed += 1;
        } else {
            wrong.push(format!("{case}: {:?}", proxies.of(&uri)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(agreed > 1500 && refused > 30, "{agreed} agreed, {refused} refused");
}

#[test]
fn every_parser_accepts_the_normalized_proxy_url() {
    for expected in expectations() {
        let proxies = read(&expected.variables);
        for proxy in [proxies.http(), proxies.https()].into_iter().flatten() {
            let uri: Uri = proxy.url().parse().unwrap();
            let again = Address::parse(&proxy.url()).unwrap();
            assert_eq!(
                (&again.user, &again.password),
                (&proxy.address.user, &proxy.address.password)
            );
            assert_eq!(uri.port_u16(), proxy.address.port);
            assert!(ProxyConfig::all(proxy.url()).is_ok());
            assert!(uri.host().is_some() && uri.to_string().is_ascii());
        }
    }
}

#[test]
fn no_message_repeats_an_invalid_proxy_url() {
    for value in [
        "socks5://user:hushed@hush.example",
        "http://user:hushed@hush.example:port",
        "http://user:hu%zz@hush.example",
        "http://user:hushed@hush.example:70000",
        "hush://user:hushed@hush.example",
        "http://user:hushed@[hush",
        "http://user:hushed@hush example",
        "http://user:hushed/x@hush.example",
    ] {
        let proxies = proxies(&[("HTTPS_PROXY", value)]);
        let told = proxies.of(&Uri::from_static(EC2)).unwrap_err();
        assert!(
            told.starts_with("HTTPS_PROXY ") && told.contains("http://HOST:PORT"),
            "{told}"
        );
        assert!(!told.contains("hu%") && !told.contains("hush"), "{told}");
    }
    let proxies = proxies(&[("HTTPS_PROXY", "http://user:hushed@proxy:3128")]);
    let debug = format!("{proxies:?}");
    assert!(debug.contains("proxy:3128") && !debug.contains("hushed"), "{debug}");
}

#[test]
fn a_socks_proxy_is_refused_only_for_urls_that_would_use_it() {
    const HTTP: &str = "http://sts.amazonaws.com";
    for (name, value, used, unused) in [
        ("https_proxy", "socks5://proxy", EC2, HTTP),
        ("HTTP_PROXY", "socks5h://proxy:1080", HTTP, EC2),
    ] {
        let proxies = proxies(&[(name, value), ("NO_PROXY", "example.com")]);
        let text = proxies.of(&Uri::from_static(used)).unwrap_err();
        assert!(text.starts_with(name) && text.contains("SOCKS"), "{text}");
        for past in [unused, "http://localhost:4566", "https://example.com"] {
            assert!(proxies.of(&Uri::from_static(past)).unwrap().is_none(), "{past}");
        }
    }
}

#[test]
fn the_configuration_overrides_the_environment() {
    let configured = ProviderConfig {
        https_proxy: Some("configured:1".into()),
        no_proxy: Some("example.com".to_owned()),
        ..ProviderConfig::default()
    };
    let variables = BTreeMap::from([
        ("HTTPS_PROXY".to_owned(), "socks5://never:read".to_owned()),
        ("NO_PROXY".to_owned(), "*".to_owned()),
    ]);
    let proxies = Proxies::read(&configured, &Variables::given(variables));
    let of = |uri: &'static str| proxies.of(&Uri::from_static(uri)).unwrap().map(Proxy::place);
    assert_eq!(
        of("https://ec2.eu-west-1.amazonaws.com").as_deref(),
        Some("configured:1")
    );
    assert_eq!(of("https://example.com"), None);
}

#[test]
fn the_metadata_service_is_called_without_a_proxy() {
    let proxies = proxies(&[("HTTP_PROXY", "proxy:1"), ("HTTPS_PROXY", "proxy:1")]);
    for host in METADATA {
        for scheme in ["http", "https"] {
            let uri: Uri = format!("{scheme}://{host}/latest").parse().unwrap();
            assert!(proxies.of(&uri).unwrap().is_none(), "{uri}");
        }
    }
    assert!(proxies.of(&Uri::from_static("http://169.254.1.1")).unwrap().is_some());
}
