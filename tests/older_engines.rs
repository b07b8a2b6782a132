//! Engines that send fewer fields than a current one: the plugin still works with them.
//!
//! Their requests are data: the oldest supported engine from its recorded traffic (`tests/fixtures/engines/oldest`), and an
//! engine that sends only its address, which no supported engine does.
// In a test, a failed unwrap is a test failure.
#![allow(clippy::unwrap_used)]

// Each test binary uses only part of the harness, and no other crate can use it.
#[allow(dead_code, unreachable_pub)]
mod harness {
    pub mod engine;
    pub mod monitor;
    pub mod network;
    pub mod server;
    pub mod toy;
}

use std::path::Path;

use harness::engine::ENGINE;
use harness::monitor::MONITOR;
use harness::server::{Harness, fields, json, urn};
use harness::toy::{BUNDLE, THING, Toy};
use pulumi_provider::proto::diff_response::DiffChanges;
use pulumi_provider::proto::{
    CheckRequest, ConfigureRequest, ConstructRequest, CreateRequest, DeleteRequest, DiffRequest,
    ProviderHandshakeRequest, ReadRequest, UpdateRequest,
};
use serde_json::{Value as Json, json};

/// The first requests of an engine.
struct Engine {
    handshake: ProviderHandshakeRequest,
    configure: ConfigureRequest,
}

/// The oldest supported engine. Its handshake says neither whether invokes get a `preview` flag nor whether it accepts byte
/// strings, and lacks the addresses of its mapper, loader and package resolver.
fn oldest() -> Engine {
    let said = |method: &str| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/engines/oldest/preview.json");
        let recorded = std::fs::read_to_string(file).unwrap();
        let calls = recorded.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
        let mut requests = calls.filter(|call| call["method"].as_str().unwrap().ends_with(method));
        requests.next().unwrap()["request"].take()
    };
    let (handshake, configure) = (said("/Handshake"), said("/Configure"));
    for unsaid in [
        "invokeWithPreview",
        "acceptsByteString",
        "mapperTarget",
        "loaderTarget",
        "resolverTarget",
    ] {
        assert!(
            handshake.get(unsaid).is_none(),
            "the recorded engine says {unsaid}: {handshake}"
        );
    }
    let flag = |said: &Json, name: &str| said[name].as_bool().unwrap_or_default();
    let text = |said: &Json, name: &str| said[name].as_str().map(str::to_owned);
    Engine {
        handshake: ProviderHandshakeRequest {
            root_directory: text(&handshake, "rootDirectory"),
            program_directory: text(&handshake, "programDirectory"),
            configure_with_urn: flag(&handshake, "configureWithUrn"),
            supports_views: flag(&handshake, "supportsViews"),
            supports_refresh_before_update: flag(&handshake, "supportsRefreshBeforeUpdate"),
            ..silent().handshake
        },
        configure: ConfigureRequest {
            accept_secrets: flag(&configure, "acceptSecrets"),
            accept_resources: flag(&configure, "acceptResources"),
            sends_old_inputs: flag(&configure, "sendsOldInputs"),
            sends_old_inputs_to_delete: flag(&configure, "sendsOldInputsToDelete"),
            urn: text(&configure, "urn"),
            id: text(&configure, "id"),
            name: text(&configure, "name"),
            r#type: text(&configure, "type"),
            ..silent().configure
        },
    }
}

/// An engine that sends only its address.
fn silent() -> Engine {
    Engine {
        handshake: ProviderHandshakeRequest {
            engine_address: ENGINE.to_owned(),
            ..ProviderHandshakeRequest::default()
        },
        configure: ConfigureRequest {
            args: Some(fields(json!({"region": "here"}))),
            ..ConfigureRequest::default()
        },
    }
}

/// Serves a provider and sends it this engine's handshake and configuration.
async fn introduced(engine: Engine) -> Harness {
    let mut harness = Harness::serve(Toy::new());
    let answer = harness.client.handshake(engine.handshake).await.unwrap().into_inner();
    assert!(answer.accept_secrets && answer.accept_resources && answer.accept_outputs);
    // The provider offers this only where the engine's side is implemented, whatever the engine sends.
    assert!(!answer.accepts_byte_string);
    let answer = harness.client.configure(engine.configure).await.unwrap().into_inner();
    // An engine without Handshake relies on these.
    assert!(answer.accept_secrets && answer.accept_resources && answer.accept_outputs && answer.supports_preview);
    assert!(answer.supports_autonaming_configuration);
    harness
}

/// Takes a resource through its lifecycle with requests that lack the fields added over time: name and type, the seed,
/// autonaming. Every supported engine sends old inputs.
async fn takes_a_resource_through_its_life(engine: Engine) {
    let mut harness = introduced(engine).await;
    let (client, urn) = (&mut harness.client, urn(THING, "one"));
    let check = |olds: Json, news: Json| CheckRequest {
        urn: urn.clone(),
        olds: Some(fields(olds)),
        news: Some(fields(news)),
        ..CheckRequest::default()
    };
    let first = check(json!({}), json!({"behavior": ""}));
    let inputs = client.check(first).await.unwrap().into_inner().inputs.unwrap();
    let create = CreateRequest {
        urn: urn.clone(),
        properties: Some(inputs.clone()),
        ..CreateRequest::default()
    };
    let created = client.create(create).await.unwrap().into_inner();
    let (id, outputs) = (created.id, created.properties.unwrap());
    assert_eq!(json(&outputs)["state"], "ready");

    let second = check(json(&inputs), json!({"behavior": "", "size": 2}));
    let changed = client.check(second).await.unwrap().into_inner().inputs.unwrap();
    assert_eq!(json(&changed)["name"], json(&inputs)["name"], "a name stays");
    let diff = DiffRequest {
        id: id.clone(),
        urn: urn.clone(),
        olds: Some(outputs.clone()),
        old_inputs: Some(inputs.clone()),
        news: Some(changed.clone()),
        ..DiffRequest::default()
    };
    let diff = client.diff(diff).await.unwrap().into_inner();
    assert_eq!(
        (diff.changes(), diff.diffs.as_slice()),
        (DiffChanges::DiffSome, ["size".to_owned()].as_slice())
    );
    let update = UpdateRequest {
        id: id.clone(),
        urn: urn.clone(),
        olds: Some(outputs),
        old_inputs: Some(inputs),
        news: Some(changed.clone()),
        ..UpdateRequest::default()
    };
    let outputs = client.update(update).await.unwrap().into_inner().properties.unwrap();
    let read = ReadRequest {
        id: id.clone(),
        urn: urn.clone(),
        properties: Some(outputs.clone()),
        inputs: Some(changed.clone()),
        ..ReadRequest::default()
    };
    let read = client.read(read).await.unwrap().into_inner();
    assert_eq!(json(&read.inputs.unwrap())["size"], 2);
    let delete = DeleteRequest {
        id: id.clone(),
        urn: urn.clone(),
        properties: Some(outputs.clone()),
        old_inputs: Some(changed.clone()),
        ..DeleteRequest::default()
    };
    client.delete(delete).await.unwrap();
    let read = ReadRequest {
        id,
        urn,
        properties: Some(outputs),
        inputs: Some(changed),
        ..ReadRequest::default()
    };
    assert_eq!(client.read(read).await.unwrap().into_inner().id, "", "it is gone");
}

/// Constructs a component with a monitor that answers only feature by feature, and with a program that takes only plain
/// outputs.
async fn constructs_a_component(engine: Engine) -> Harness {
    let mut harness = introduced(engine).await;
    harness.monitor.script(|script| script.old = true);
    let request = ConstructRequest {
        monitor_endpoint: MONITOR.to_owned(),
        r#type: BUNDLE.to_owned(),
        name: "all".to_owned(),
        inputs: Some(fields(json!({"size": 2}))),
        ..ConstructRequest::default()
    };
    let answer = harness.client.construct(request).await.unwrap().into_inner();
    assert_eq!(json(&answer.state.unwrap()), json!({"thing": "all-thing-id"}));
    // Without output values, the program learns from this where an output comes from.
    let child = harness.monitor.registration("all-thing").urn;
    assert_eq!(answer.state_dependencies["thing"].urns, [child]);
    harness
}

#[tokio::test(start_paused = true)]
async fn the_oldest_supported_engine_manages_resources() {
    takes_a_resource_through_its_life(oldest()).await;
}

#[tokio::test(start_paused = true)]
async fn the_oldest_supported_engine_constructs_components_in_its_instance() {
    let engine = oldest();
    let (urn, id) = (
        engine.configure.urn.clone().unwrap(),
        engine.configure.id.clone().unwrap(),
    );
    let harness = constructs_a_component(engine).await;
    let child = harness.monitor.registration("all-thing").request;
    assert_eq!(child.provider, format!("{urn}::{id}"));
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_sends_only_its_address_manages_resources() {
    takes_a_resource_through_its_life(silent()).await;
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_sends_only_its_address_constructs_by_version() {
    let harness = constructs_a_component(silent()).await;
    let child = harness.monitor.registration("all-thing").request;
    assert_eq!((child.provider.as_str(), child.version.as_str()), ("", "1.2.3"));
}
