//! Failing children, and engines that stop.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use tonic::Code;

use crate::program::{COMPONENT, Program, both_halves, request, within};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn a_failed_child_is_reported_after_running_registrations_end() {
    let mut program = Program::start().await;
    program.harness.monitor.script(|script| {
        script.delay = MINUTE;
        script.failing = ["orders-endpoints".to_owned()].into();
        script.delays = [("orders-gateway".to_owned(), 5 * MINUTE)].into();
    });
    let inputs = within(json!({"privateApis": {"stock": {"vpcEndpointId": "vpce-1"}}}));
    let start = Instant::now();
    let error = program.construct(request(inputs)).await.err().unwrap();
    assert_eq!(
        (error.code(), error.message()),
        (Code::FailedPrecondition, "failed: orders-endpoints")
    );
    assert_eq!(start.elapsed().as_secs() / 60, 5, "the gateway's group is awaited");
    // The component registers nothing else, neither after the failed child nor in parallel.
    assert_eq!(
        program.names(),
        ["SecurityGroup orders-endpoints", "SecurityGroup orders-gateway"]
    );
    let component = program.harness.monitor.registration("orders").urn;
    assert!(program.harness.monitor.outputs(&component).is_empty());
}

#[tokio::test(start_paused = true)]
async fn every_failed_child_is_named_once() {
    let mut program = Program::start().await;
    let failing = ["orders-states", "orders-sync-states"].map(str::to_owned);
    program.harness.monitor.script(|script| {
        script.delay = MINUTE;
        script.failing = failing.into();
    });
    let error = program.construct(request(within(json!({})))).await.err().unwrap();
    assert_eq!(error.message(), "failed: orders-states, orders-sync-states");
}

/// Up to 3.260 the engine reports a skipped child in the result. Later engines answer as for a resource that is not
/// targeted.
#[tokio::test(start_paused = true)]
async fn a_child_that_is_skipped_fails_the_component_of_an_older_engine() {
    let mut program = Program::start().await;
    program
        .harness
        .monitor
        .script(|script| script.skipped = ["orders-states".to_owned()].into());
    let error = program.construct(request(within(json!({})))).await.err().unwrap();
    assert_eq!(error.message(), "failed: orders-states");
}

#[tokio::test(start_paused = true)]
async fn a_component_that_fails_itself_gets_no_children() {
    let mut program = Program::start().await;
    program
        .harness
        .monitor
        .script(|script| script.failing = [COMPONENT.to_owned()].into());
    let error = program.construct(request(within(json!({})))).await.err().unwrap();
    assert_eq!(
        (error.code(), error.message()),
        (Code::FailedPrecondition, "failed: orders")
    );
    assert!(program.children().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_stopped_deployment_ends_the_component_as_canceled() {
    let mut program = Program::start().await;
    let (monitor, outputs) = (program.harness.monitor.clone(), Arc::new(std::sync::Mutex::new(None)));
    program.harness.monitor.script(|script| {
        *outputs.lock().unwrap() = Some(script.outputs.clone());
        script.outputs = Arc::new(move |request| {
            monitor.script(|script| script.stopped = true);
            let outputs = outputs.lock().unwrap().clone().unwrap();
            outputs(request)
        });
    });
    let error = program.construct(request(both_halves())).await.err().unwrap();
    assert_eq!(error.code(), Code::Cancelled);
    assert_eq!(program.names(), ["SecurityGroup orders-gateway"]);
}

#[tokio::test(start_paused = true)]
async fn a_duplicate_name_is_reported_with_the_engines_message() {
    let mut program = Program::start().await;
    program.construct(request(within(json!({})))).await.unwrap();
    let error = program.construct(request(within(json!({})))).await.err().unwrap();
    assert_eq!(error.code(), Code::FailedPrecondition);
    assert!(error.message().contains("duplicate URN"), "{error}");
}
