//! The HTTP client. It sends each request directly or through its proxy, and trusts the configured certificate authorities.

use std::sync::Arc;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector, ConnectorBuilder};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use http::Uri;

use super::error::root_cause;
use super::proxy::{Proxies, Proxy};
use super::trust::Trust;

/// Creates a client that uses these proxies and trusts these certificate authorities.
pub(super) fn client(proxies: Proxies, trust: Trust) -> SharedHttpClient {
    let through = |proxy: Option<&Proxy>| proxy.map(|proxy| secure(trust.clone(), Some(proxy.url())));
    SharedHttpClient::new(Routes(Arc::new(Ways {
        plain: Builder::new()
            .build_with_connector_fn(|settings, components| prepared(settings, components).build_http()),
        direct: secure(trust.clone(), None),
        http_proxy: through(proxies.http()),
        https_proxy: through(proxies.https()),
        proxies,
        trust,
    })))
}

/// One HTTP client for each way that a request can take. Each has its own connections.
#[derive(Debug)]
struct Ways {
    /// Without TLS, for emulators and metadata services: the machine may have no certificate authorities.
    plain: SharedHttpClient,
    direct: SharedHttpClient,
    http_proxy: Option<SharedHttpClient>,
    https_proxy: Option<SharedHttpClient>,
    proxies: Proxies,
    trust: Trust,
}

#[derive(Clone, Debug)]
struct Routes(Arc<Ways>);

impl HttpClient for Routes {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Route {
            ways: Arc::clone(&self.0),
            settings: settings.clone(),
            components: components.clone(),
        })
    }
}

#[derive(Debug)]
struct Route {
    ways: Arc<Ways>,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

impl HttpConnector for Route {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let refuse = |what: String| HttpConnectorFuture::ready(Err(ConnectorError::user(what.into())));
        let Ok(uri) = request.uri().parse::<Uri>() else {
            return refuse("the endpoint is not a URL".to_owned());
        };
        let ways = &self.ways;
        let proxy = match ways.proxies.of(&uri) {
            Ok(proxy) => proxy,
            Err(refusal) => return refuse(refusal),
        };
        let secure = uri.scheme_str() == Some("https");
        if (secure || proxy.is_some())
            && let Err(refusal) = ways.trust.context()
        {
            return refuse(refusal);
        }
        let (direct, through) = if secure {
            (&ways.direct, &ways.https_proxy)
        } else {
            (&ways.plain, &ways.http_proxy)
        };
        let (client, way) = match (proxy, through) {
            (Some(proxy), Some(through)) => {
                let way = format!("through the proxy {} of {}", proxy.place(), proxy.setting());
                (through, Some(way))
            }
            _ => {
                let ignored = ways.proxies.ignored().filter(|_| secure);
                let way = ignored.map(|name| {
                    format!("without a proxy, because the provider ignores {name}: set HTTPS_PROXY instead")
                });
                (direct, way)
            }
        };
        let answer = client.http_connector(&self.settings, &self.components).call(request);
        HttpConnectorFuture::new(async move {
            answer.await.map_err(|error| match way {
                Some(way) => by(&way, error),
                None => error,
            })
        })
    }
}

/// Adds to a timeout or I/O error which way the request went.
fn by(way: &str, error: ConnectorError) -> ConnectorError {
    let told = |error: &ConnectorError| format!("{}, {way}", root_cause(error)).into();
    match error {
        error if error.is_timeout() => ConnectorError::timeout(told(&error)),
        error if error.is_io() => ConnectorError::io(told(&error)),
        error => error,
    }
}

fn secure(trust: Trust, proxy: Option<String>) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        encrypted(&trust, proxy.as_deref(), prepared(settings, components))
    })
}

fn encrypted(trust: &Trust, proxy: Option<&str>, mut connector: ConnectorBuilder) -> Connector {
    connector.set_proxy_config(
        proxy.map(|url| ProxyConfig::all(url).expect("a proxy's address is a URL with a scheme, in ASCII")),
    );
    let mut connector = connector.tls_provider(Provider::Rustls(CryptoMode::Ring));
    // `Route::call` has already refused the request if there are no authorities.
    connector.set_tls_context(trust.context_or_nothing());
    connector.build()
}

fn prepared(settings: Option<&HttpConnectorSettings>, components: Option<&RuntimeComponents>) -> ConnectorBuilder {
    let mut connector = Connector::builder();
    connector.set_connector_settings(settings.cloned());
    if let Some(components) = components {
        connector.set_sleep_impl(components.sleep_impl());
    }
    connector
}

#[cfg(test)]
mod tests {
    use super::super::trust::tests::without_authorities;
    use super::*;

    /// The SDK's own default panics then, in a debug build. It reads the authorities once in a process, so this test repeats
    /// itself in a process that finds none.
    #[test]
    fn a_machine_without_authorities_has_connectors() {
        const NOWHERE: &str = "/nowhere";
        if std::env::var_os("SSL_CERT_FILE").is_some_and(|file| file == NOWHERE) {
            encrypted(&without_authorities(), None, prepared(None, None));
            encrypted(&without_authorities(), Some("http://proxy:3128"), prepared(None, None));
            return;
        }
        let repeated = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "aws::http::tests::a_machine_without_authorities_has_connectors",
            ])
            .env("SSL_CERT_FILE", NOWHERE)
            .env_remove("SSL_CERT_DIR")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&repeated.stdout);
        assert!(repeated.status.success() && said.contains("1 passed"), "{said}");
    }
}
