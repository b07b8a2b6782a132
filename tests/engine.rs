//! Tests of the provider's connection to the engine, against a fake engine in memory.
// In a test, a failed unwrap is a test failure.
#![allow(clippy::unwrap_used)]

// Each test binary uses only part of the harness, and no other crate can use it.
#[allow(dead_code, unreachable_pub)]
mod harness {
    pub mod engine;
    pub mod monitor;
    pub mod network;
}

use std::time::Duration;

use harness::engine::{ENGINE, FakeEngine};
use harness::monitor::{FakeMonitor, MONITOR};
use harness::network::Network;
use pulumi_provider::engine::Dial;
use pulumi_provider::engine::log::EngineLog;
use pulumi_provider::engine::monitor::{Monitor, MonitorError};
use pulumi_provider::plugin::engine_alive::gone;
use pulumi_provider::proto::{RegisterResourceRequest, ResourceMonitorFeature};
use pulumi_provider::resource::context::Report;
use pulumi_provider::urn::Urn;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};

fn urn() -> Urn {
    "urn:pulumi:dev::shop::toy:index:Thing::orders".parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_status_is_sent_on_change_repeated_rarely_and_cleared_at_the_end() {
    let (network, engine) = (Network::default(), FakeEngine::default());
    engine.serve(&network);
    let log = EngineLog::new(network.dial(ENGINE).unwrap());
    for _ in 0..80 {
        log.status(&urn(), "waiting: PENDING");
        sleep(Duration::from_secs(1)).await;
    }
    log.status(&urn(), "waiting: ACTIVE");
    log.warn(&urn(), "mind the gap");
    log.settle(&urn()).await;
    assert_eq!(
        engine.statuses("orders"),
        ["waiting: PENDING", "waiting: PENDING", "waiting: ACTIVE", ""]
    );
    assert_eq!(engine.warnings("orders"), ["mind the gap"]);
    log.settle(&urn()).await;
    assert_eq!(engine.messages().len(), 5, "there was nothing to clear");
}

#[tokio::test(start_paused = true)]
async fn an_announcement_is_replaced_only_by_a_status_that_lasts() {
    let (network, engine) = (Network::default(), FakeEngine::default());
    engine.serve(&network);
    let log = EngineLog::new(network.dial(ENGINE).unwrap());
    log.announce(&urn(), "must be replaced");
    log.status(&urn(), "waiting: PENDING");
    sleep(Duration::from_secs(2)).await;
    log.status(&urn(), "waiting: PENDING");
    log.note(&urn(), "noted");
    log.settle(&urn()).await;
    assert_eq!(engine.statuses("orders"), ["must be replaced", "waiting: PENDING", ""]);
    assert_eq!(engine.notes("orders"), ["noted"]);
}

#[tokio::test(start_paused = true)]
async fn an_unreachable_engine_does_not_hold_up_an_operation() {
    let log = EngineLog::new(Network::default().dial(ENGINE).unwrap());
    let start = Instant::now();
    log.status(&urn(), "waiting");
    log.settle(&urn()).await;
    assert!(start.elapsed() <= Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn a_monitor_without_a_required_feature_is_refused() {
    for old in [false, true] {
        let (network, fake) = (Network::default(), FakeMonitor::default());
        fake.serve(&network);
        fake.script(|script| {
            script.old = old;
            script
                .features
                .retain(|one| *one != ResourceMonitorFeature::DeletedWith);
        });
        Monitor::connect(&network, MONITOR).await.unwrap();
        fake.script(|script| {
            script
                .features
                .retain(|one| *one != ResourceMonitorFeature::ResourceReferences);
        });
        let error = Monitor::connect(&network, MONITOR).await.unwrap_err();
        assert!(error.to_string().contains("resourceReferences"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_engine_without_secrets_is_refused() {
    let (network, fake) = (Network::default(), FakeMonitor::default());
    fake.serve(&network);
    fake.script(|script| script.features.clear());
    let error = Monitor::connect(&network, MONITOR).await.unwrap_err();
    assert!(matches!(error, MonitorError::TooOld("secrets")), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_monitor_that_starts_late_is_waited_for() {
    let (network, fake) = (Network::default(), FakeMonitor::default());
    let late = (network.clone(), fake.clone());
    tokio::spawn(async move {
        sleep(Duration::from_secs(3)).await;
        late.1.serve(&late.0);
    });
    let start = Instant::now();
    assert!(Monitor::connect(&network, MONITOR).await.is_ok());
    assert!(start.elapsed() < Duration::from_secs(4));
    let error = Monitor::connect(&network, "nobody:1").await.unwrap_err();
    assert!(matches!(error, MonitorError::Stopped), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_registration_distinguishes_a_refusal_from_a_stopped_deployment() {
    let (network, fake) = (Network::default(), FakeMonitor::default());
    fake.serve(&network);
    let monitor = Monitor::connect(&network, MONITOR).await.unwrap();
    let request = |parent: &str| RegisterResourceRequest {
        r#type: "toy:index:Bundle".to_owned(),
        name: "orders".to_owned(),
        parent: parent.to_owned(),
        ..RegisterResourceRequest::default()
    };
    let answer = monitor.register(request("")).await.unwrap();
    assert_eq!(answer.urn, "urn:pulumi:dev::shop::toy:index:Bundle::orders");
    monitor.register_outputs(&answer.urn, Default::default()).await.unwrap();
    assert_eq!(fake.outputs(&answer.urn).len(), 1);
    let error = monitor
        .register(request("urn:pulumi:dev::shop::toy:index:No::no"))
        .await;
    assert!(matches!(error, Err(MonitorError::Refused(text)) if text.contains("could not find parent")));
    fake.script(|script| script.stopped = true);
    let error = monitor.register(request("")).await;
    assert!(matches!(error, Err(MonitorError::Stopped)));
}

#[tokio::test(start_paused = true)]
async fn an_engine_is_gone_only_if_its_port_stays_closed() {
    let (network, engine) = (Network::default(), FakeEngine::default());
    engine.serve(&network);
    let channel = network.dial(ENGINE).unwrap();
    // A server without a health service counts as alive too.
    let hint = Notify::new();
    let watch = gone(channel, &hint);
    assert!(timeout(Duration::from_secs(600), watch).await.is_err());

    let start = Instant::now();
    gone(network.dial("nobody:1").unwrap(), &hint).await;
    assert!(start.elapsed() >= Duration::from_secs(2));
}
