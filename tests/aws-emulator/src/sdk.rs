//! Adapts an [`Emulator`] as HTTP client of an AWS SDK for Rust: no socket, tokio's clock.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;

use crate::Emulator;

/// Returns the HTTP client for `Config::builder().http_client(…)`. The endpoint URL of the SDK does not matter.
pub fn client(emulator: &Emulator) -> SharedHttpClient {
    SharedHttpClient::new(InProcess(emulator.clone()))
}

#[derive(Clone, Debug)]
struct InProcess(Emulator);

impl HttpClient for InProcess {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let emulator = self.0.clone();
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x().map_err(|e| ConnectorError::user(e.into()))?;
            // None of these services has streaming requests.
            let body = request.body().bytes().map(Bytes::copy_from_slice);
            let body = body.ok_or_else(|| ConnectorError::user("a streaming body was sent".into()))?;
            let request = request.map(|_| body);
            let response = emulator
                .call(request)
                .await
                .map_err(|reset| ConnectorError::io(reset.into()))?;
            response
                .map(SdkBody::from)
                .try_into()
                .map_err(|e| ConnectorError::other(Box::new(e), None))
        })
    }
}
