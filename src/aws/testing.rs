//! Helpers for unit tests of the AWS half: a connection on which every call fails, and a context around it.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use pulumi_provider::resource::context::{Cx, CxParts, Silent};
use pulumi_provider::resource::limits::OperationKind;
use pulumi_provider::resource::memory::ProcessMemory;
use pulumi_provider::resource::redaction::Redaction;
use tokio_util::sync::CancellationToken;

use super::Aws;
use super::config::ProviderConfig;

#[derive(Debug)]
struct Unreachable;

impl HttpConnector for Unreachable {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(Err(ConnectorError::io("nothing is reachable here".into())))
    }
}

/// Creates a connection on which every call fails.
pub(crate) fn aws() -> Aws {
    configured(serde_json::json!({"region": "eu-west-1", "accessKey": "test", "secretKey": "test", "maxRetries": 0}))
}

/// Creates a connection with this configuration on which every call fails.
pub(crate) fn configured(config: serde_json::Value) -> Aws {
    let config: ProviderConfig = serde_json::from_value(config).unwrap();
    Aws::in_process(config, http_client_fn(|_, _| SharedHttpConnector::new(Unreachable)))
}

/// Creates a context around a connection.
pub(crate) fn cx(aws: Aws) -> Cx<Aws> {
    cancellable(aws, CancellationToken::new())
}

/// Creates a context that can be canceled.
pub(crate) fn cancellable(aws: Aws, cancel: CancellationToken) -> Cx<Aws> {
    Cx::new(CxParts {
        clients: Arc::new(aws),
        urn: "urn:pulumi:dev::shop::private-step-functions:index:Thing::orders"
            .parse()
            .unwrap(),
        doing: OperationKind::Create,
        limit: Duration::from_secs(15 * 60),
        cancel,
        report: Arc::new(Silent),
        memory: Arc::new(ProcessMemory::default()),
        secrets: Redaction::default(),
        request: "{}".to_owned(),
    })
}
