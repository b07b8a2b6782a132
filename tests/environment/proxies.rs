//! Asserts that requests use the configured proxy, and bypass it where they should.

use serde_json::json;

use super::authority::Authority;
use super::loopback::Loopback;
use super::trial::Trial;

const EC2: &str = "ec2.eu-west-1.amazonaws.com:443";

/// A host that does not exist (RFC 2606), for requests that bypass the proxy.
const NOWHERE: &str = "https://ec2.aws.invalid";

/// Returns a trial with access keys, a proxy, and the test authority as trusted.
fn behind(proxy: &str) -> Trial {
    Trial::with_keys()
        .variable("HTTPS_PROXY", proxy)
        .file("ca.pem", &Authority::get().pem())
        .trusting("ca.pem")
}

impl Trial {
    fn trusting(self, name: &str) -> Self {
        let path = self.path(name).to_str().unwrap().to_owned();
        self.variable("AWS_CA_BUNDLE", &path)
    }
}

#[test]
fn https_goes_through_a_tunnel_of_the_proxy() {
    let proxy = Loopback::plain();
    // Go accepts a proxy without a scheme, and many profiles set one.
    for url in [proxy.url(), format!("127.0.0.1:{}", proxy.port)] {
        behind(&url).run().arrived();
    }
    let calls = proxy.calls("DescribeSecurityGroups");
    assert_eq!(calls.len(), 2);
    for call in calls {
        assert_eq!((call.tunnel.as_deref(), call.secure), (Some(EC2), true));
        assert_eq!(call.signed_by(), ("AKIAVARIABLE", "eu-west-1"));
    }
    assert_eq!(proxy.tunnels(), [EC2]);
}

#[test]
fn https_proxy_in_upper_case_overrides_the_lower_case_name() {
    let (proxy, other) = (Loopback::plain(), Loopback::plain());
    behind("").variable("https_proxy", &proxy.url()).run().arrived();
    behind(&proxy.url())
        .variable("https_proxy", &other.url())
        .run()
        .arrived();
    assert_eq!(
        (proxy.calls("DescribeSecurityGroups").len(), other.seen().len()),
        (2, 0)
    );
}

#[test]
fn proxy_credentials_are_sent_only_to_the_proxy() {
    let proxy = Loopback::plain();
    let outcome = behind(&format!("http://us%40er:hush%3A%2Fed^@127.0.0.1:{}", proxy.port).replace('^', "%5E")).run();
    outcome.arrived().never_says(&["hush"]);
    let seen = proxy.seen();
    let tunnel = seen.iter().find(|seen| seen.line.starts_with("CONNECT")).unwrap();
    // The credentials are us@er:hush:/ed^
    assert_eq!(tunnel.header("proxy-authorization"), "Basic dXNAZXI6aHVzaDovZWRe");
    let inside = proxy.calls("DescribeSecurityGroups");
    assert_eq!(inside[0].header("proxy-authorization"), "");
}

#[test]
fn a_proxy_with_an_https_url_is_reached_through_tls() {
    let proxy = Loopback::secure();
    let outcome = behind(&format!("https://localhost:{}", proxy.port)).run();
    // The proxy receives the request for the tunnel, but the test server supports no tunnel inside TLS.
    outcome.says(&["DescribeSecurityGroups", "HTTPS_PROXY"]);
    assert_eq!(proxy.tunnels(), [EC2]);
}

#[test]
fn an_unreachable_proxy_is_named() {
    // A port that was just free.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let outcome = behind(&format!("http://user:hushed@127.0.0.1:{port}")).run();
    outcome
        .says(&[
            "DescribeSecurityGroups",
            &format!("the proxy 127.0.0.1:{port} of HTTPS_PROXY"),
        ])
        .never_says(&["hushed"]);
}

#[test]
fn hosts_in_no_proxy_bypass_the_proxy() {
    let proxy = Loopback::plain();
    let trial = || behind(&proxy.url()).variable("AWS_ENDPOINT_URL_EC2", NOWHERE);
    for pattern in ["*", "aws.invalid", ".aws.invalid:443", " x , EC2.AWS.invalid"] {
        // The host does not exist, so the call fails. The test asserts that the proxy receives nothing.
        trial()
            .variable("NO_PROXY", pattern)
            .run()
            .says(&["DescribeSecurityGroups: no answer from AWS"]);
    }
    assert_eq!(proxy.seen().len(), 0);
    trial().variable("no_proxy", "example.com, 10.0.0.0/8").run().arrived();
    assert_eq!(proxy.calls("DescribeSecurityGroups").len(), 1);
}

#[test]
fn http_uses_only_the_proxy_for_http() {
    let proxy = Loopback::plain();
    let trial = || Trial::with_keys().variable("AWS_ENDPOINT_URL_EC2", "http://ec2.aws.invalid:8080");
    trial().variable("HTTP_PROXY", &proxy.url()).run().arrived();
    trial().variable("http_proxy", &proxy.url()).run().arrived();
    let seen = proxy.seen();
    assert!(
        seen.iter().all(|seen| seen.line == "POST http://ec2.aws.invalid:8080/"),
        "{seen:?}"
    );
    // HTTPS_PROXY does not apply to plain HTTP.
    let other = Loopback::plain();
    trial()
        .variable("HTTPS_PROXY", &other.url())
        .run()
        .says(&["no answer from AWS"]);
    assert_eq!((seen.len(), other.seen().len()), (2, 0));
}

#[test]
fn a_cgi_script_does_not_use_http_proxy() {
    let proxy = Loopback::plain();
    let outcome = Trial::with_keys()
        .variable("AWS_ENDPOINT_URL_EC2", "http://ec2.aws.invalid:8080")
        .variable("HTTP_PROXY", &proxy.url())
        .variable("REQUEST_METHOD", "GET")
        .run();
    outcome.says(&["HTTP_PROXY", "REQUEST_METHOD"]);
    assert_eq!(proxy.seen().len(), 0);
}

#[test]
fn loopback_hosts_are_reached_without_a_proxy() {
    let (proxy, aws) = (Loopback::plain(), Loopback::plain());
    for host in ["127.0.0.1", "localhost"] {
        Trial::with_keys()
            .variable("HTTP_PROXY", &proxy.url())
            .variable("HTTPS_PROXY", &proxy.url())
            .config(json!({ "endpoints": { "ec2": format!("http://{host}:{}", aws.port) } }))
            .run()
            .arrived();
    }
    assert_eq!((proxy.seen().len(), aws.calls("DescribeSecurityGroups").len()), (0, 2));
}

#[test]
fn all_proxy_is_ignored_and_reported() {
    let proxy = Loopback::plain();
    for name in ["ALL_PROXY", "all_proxy"] {
        let trial = behind("")
            .variable("AWS_ENDPOINT_URL_EC2", NOWHERE)
            .variable(name, &proxy.url());
        trial
            .run()
            .says(&["no answer from AWS", &format!("the provider ignores {name}")]);
    }
    assert_eq!(proxy.seen().len(), 0);
}

#[test]
fn an_invalid_proxy_url_is_refused() {
    for (value, says) in [
        ("socks5://user:hushed@127.0.0.1:1080", "SOCKS"),
        ("socks5h://127.0.0.1:1080", "SOCKS"),
        ("ftp://127.0.0.1", "is not the URL of an HTTP or HTTPS proxy"),
        ("http://user:hushed@127.0.0.1:port", "port"),
        ("http://", "names no host"),
    ] {
        let outcome = Trial::with_keys().variable("HTTPS_PROXY", value).run();
        outcome.says(&["HTTPS_PROXY", says]).never_says(&["hushed"]);
    }
}

#[test]
fn proxies_of_the_configuration_override_the_variables() {
    let (proxy, other) = (Loopback::plain(), Loopback::plain());
    let outcome = behind(&other.url())
        .config(json!({ "httpsProxy": format!("user:hushed@127.0.0.1:{}", proxy.port), "noProxy": "example.com" }))
        .variable("NO_PROXY", "*")
        .run();
    outcome.arrived().never_says(&["hushed"]);
    assert_eq!((proxy.tunnels(), other.seen().len()), (vec![EC2.to_owned()], 0));
    let plain = Trial::with_keys()
        .variable("AWS_ENDPOINT_URL_EC2", "http://ec2.aws.invalid:8080")
        .config(json!({ "httpProxy": proxy.url() }));
    plain.run().arrived();
    let outcome = Trial::with_keys()
        .config(json!({ "httpsProxy": "socks5://hushed:1" }))
        .run();
    outcome
        .says(&["private-step-functions:httpsProxy", "SOCKS"])
        .never_says(&["hushed"]);
}
