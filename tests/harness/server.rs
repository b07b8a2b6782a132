//! Serves a provider in memory, connected to a fake engine and a fake monitor.

use std::collections::BTreeMap;
use std::sync::Arc;

use prost::Message;
use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value};
use pulumi_provider::engine::Dial;
use pulumi_provider::proto::resource_provider_client::ResourceProviderClient;
use pulumi_provider::proto::{ConfigureRequest, ConfigureResponse, ProviderHandshakeRequest, google};
use pulumi_provider::provider::{Package, Provider};
use pulumi_provider::server;
use serde_json::Value as Json;
use tonic::Status;
use tonic::transport::{Channel, Server};

use super::engine::{ENGINE, FakeEngine};
use super::monitor::FakeMonitor;
use super::network::Network;

const PROVIDER: &str = "provider:1";
const LIMIT: usize = 400 * 1024 * 1024;

/// The URN of the provider resource that [`Harness::configure`] sends.
pub const PROVIDER_URN: &str = "urn:pulumi:dev::shop::pulumi:providers:toy::mine";

/// A provider and the servers it talks to.
pub struct Harness {
    /// Calls the provider as the engine does.
    pub client: ResourceProviderClient<Channel>,
    /// The engine that the provider logs to.
    pub engine: FakeEngine,
    /// The monitor that the provider's components register with.
    pub monitor: FakeMonitor,
}

impl Harness {
    /// Serves a package without calling it.
    pub fn serve(package: impl Package) -> Self {
        let (network, engine, monitor) = (Network::default(), FakeEngine::default(), FakeMonitor::default());
        engine.serve(&network);
        monitor.serve(&network);
        let provider = Provider::new(package, Arc::new(network.clone())).unwrap();
        let service = server::service(Arc::new(provider));
        let incoming = network.listen(PROVIDER);
        tokio::spawn(Server::builder().add_service(service).serve_with_incoming(incoming));
        let client = ResourceProviderClient::new(network.dial(PROVIDER).unwrap())
            .max_decoding_message_size(LIMIT)
            .max_encoding_message_size(LIMIT);
        Self {
            client,
            engine,
            monitor,
        }
    }

    /// Serves a package, then calls Handshake and Configure.
    pub async fn start(package: impl Package, config: Json) -> Self {
        let mut harness = Self::serve(package);
        harness.handshake().await;
        harness.configure(config).await.unwrap();
        harness
    }

    /// Calls Handshake as a current engine does.
    pub async fn handshake(&mut self) {
        let request = ProviderHandshakeRequest {
            engine_address: ENGINE.to_owned(),
            configure_with_urn: true,
            supports_views: true,
            supports_refresh_before_update: true,
            invoke_with_preview: true,
            accepts_byte_string: true,
            ..ProviderHandshakeRequest::default()
        };
        let answer = self.client.handshake(request).await.unwrap().into_inner();
        assert!(answer.accept_secrets && answer.accept_resources && answer.accept_outputs);
        assert!(answer.supports_autonaming_configuration && !answer.accepts_byte_string);
    }

    /// Configures the provider as a current engine does.
    pub async fn configure(&mut self, config: Json) -> Result<ConfigureResponse, Status> {
        let request = ConfigureRequest {
            args: Some(fields(config)),
            accept_secrets: true,
            accept_resources: true,
            urn: Some(PROVIDER_URN.to_owned()),
            id: Some("provider-id".to_owned()),
            variables: BTreeMap::new(),
            ..ConfigureRequest::default()
        };
        Ok(self.client.configure(request).await?.into_inner())
    }
}

/// Returns the URN of a resource of this type at the root of the stack.
pub fn urn(token: &str, name: &str) -> String {
    format!("urn:pulumi:dev::shop::{token}::{name}")
}

/// Converts a JSON object to properties.
pub fn fields(json: Json) -> Struct {
    let Some(Kind::StructValue(fields)) = wire(json).kind else {
        panic!("not an object");
    };
    fields
}

/// Converts properties to JSON.
pub fn json(fields: &Struct) -> Json {
    fields
        .fields
        .iter()
        .map(|(name, value)| (name.clone(), unwire(value)))
        .collect()
}

/// Returns a secret in its wire form.
pub fn secret(value: impl Into<Json>) -> Json {
    serde_json::json!({
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        "value": value.into(),
    })
}

/// The wire form of an unknown string.
pub const UNKNOWN: &str = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/// Returns the detail of a failed call, decoded as the engine does.
pub fn detail<M: Message + Default>(status: &Status, name: &str) -> M {
    let inner = google::Status::decode(status.details()).unwrap();
    assert_eq!(inner.code, status.code() as i32);
    let url = format!("type.googleapis.com/pulumirpc.{name}");
    let any = inner.details.iter().find(|any| any.type_url == url);
    M::decode(
        any.unwrap_or_else(|| panic!("no {name} in {status:?}"))
            .value
            .as_slice(),
    )
    .unwrap()
}

fn wire(json: Json) -> Value {
    let kind = match json {
        Json::Null => Kind::NullValue(0),
        Json::Bool(flag) => Kind::BoolValue(flag),
        Json::Number(number) => Kind::NumberValue(number.as_f64().unwrap()),
        Json::String(text) => Kind::StringValue(text),
        Json::Array(items) => Kind::ListValue(ListValue {
            values: items.into_iter().map(wire).collect(),
        }),
        Json::Object(map) => Kind::StructValue(Struct {
            fields: map.into_iter().map(|(name, value)| (name, wire(value))).collect(),
        }),
    };
    Value { kind: Some(kind) }
}

fn unwire(value: &Value) -> Json {
    match &value.kind {
        None | Some(Kind::NullValue(_)) => Json::Null,
        Some(Kind::BoolValue(flag)) => (*flag).into(),
        // Write whole numbers as JSON integers.
        Some(Kind::NumberValue(number)) if number.fract() == 0.0 => (*number as i64).into(),
        Some(Kind::NumberValue(number)) => (*number).into(),
        Some(Kind::StringValue(text)) => text.clone().into(),
        Some(Kind::ListValue(list)) => list.values.iter().map(unwire).collect(),
        Some(Kind::StructValue(object)) => json(object),
    }
}
