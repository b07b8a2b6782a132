//! The next run reports objects that a killed run left behind: resource gateways and resource configurations.

use std::time::Duration;

use aws_emulator::faults::{Fault, FaultKind};
use private_step_functions::resources::resource_configuration::ResourceConfiguration;
use private_step_functions::resources::resource_gateway::ResourceGateway;
use serde_json::json;
use tokio::time::Instant;

use crate::configuration::dns_inputs;
use crate::fixture::{Fixture, with};
use crate::gateway::{gateway, gateway_inputs};

#[tokio::test(start_paused = true)]
async fn orphaned_gateways_and_configurations_are_named() {
    let mut fixture = Fixture::new();
    let left = gateway(&fixture, "orders").await;
    gateway(&fixture, "invoices").await;
    // A gateway with a similar name that belongs to another resource.
    let inputs = with(&gateway_inputs(&fixture).await, json!({ "name": "orders-2" }));
    fixture.create::<ResourceGateway>("other", inputs).await.unwrap();
    let inputs = dns_inputs(&left.id, "orders.example.com");
    let target = fixture
        .create::<ResourceConfiguration>("target", inputs.clone())
        .await
        .unwrap();
    assert_eq!(fixture.warnings(), [""; 0]);
    fixture.restart(b"second run");
    gateway(&fixture, "orders").await;
    fixture.create::<ResourceConfiguration>("target", inputs).await.unwrap();
    let warnings = fixture.warnings();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    for (warning, what, made) in [
        (&warnings[0], "resource gateway", &left),
        (&warnings[1], "resource configuration", &target),
    ] {
        let name = made.prior.inputs["name"].as_str().unwrap();
        let beginning = format!("{what} {} (\"{name}\") has this resource's tag", made.id);
        assert!(warning.starts_with(&beginning), "{warning}");
    }
    assert_eq!(
        fixture.calls("ListTagsForResource").len(),
        4,
        "only what has such a name is asked for its tags"
    );
}

#[tokio::test(start_paused = true)]
async fn a_replaced_gateway_is_not_an_orphan() {
    let mut fixture = Fixture::new();
    let old = gateway(&fixture, "orders").await;
    fixture.restart(b"second run");
    let (_, subnets) = fixture.network().await;
    let inputs = with(&gateway_inputs(&fixture).await, json!({ "subnetIds": subnets[..1] }));
    assert!(
        !fixture
            .diff::<ResourceGateway>(&old, inputs.clone())
            .unwrap()
            .replaces
            .is_empty()
    );
    fixture.create::<ResourceGateway>("orders", inputs).await.unwrap();
    assert_eq!(fixture.warnings(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_denied_look_up_of_orphans_does_not_fail_a_create() {
    for operation in ["ListResourceGateways", "ListTagsForResource"] {
        let mut fixture = Fixture::new();
        gateway(&fixture, "orders").await;
        fixture.restart(b"second run");
        fixture
            .emulator
            .inject(Fault::new(operation, 1, FaultKind::AccessDenied));
        gateway(&fixture, "orders").await;
        assert_eq!(fixture.warnings(), [""; 0], "{operation}");
        let denied = |outcome: &str| outcome.starts_with("AccessDenied");
        assert!(
            fixture.calls(operation).iter().any(|call| denied(&call.outcome)),
            "{operation}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_or_hanging_look_up_does_not_delay_a_create() {
    let mut fixture = Fixture::configured(json!({ "maxRetries": 0 }));
    let inputs = gateway_inputs(&fixture).await;
    let began = Instant::now();
    fixture
        .create::<ResourceGateway>("orders", inputs.clone())
        .await
        .unwrap();
    let usual = began.elapsed();
    let mut hanging = Fault::new("ListResourceGateways", 1, FaultKind::Slow);
    hanging.delay = 3600.0;
    let denied = Fault::new("ListResourceGateways", 1, FaultKind::AccessDenied);
    let runs: [(Fault, &[u8]); 2] = [(denied, b"second run"), (hanging, b"third run")];
    for (fault, seed) in runs {
        fixture.restart(seed);
        fixture.emulator.inject(fault);
        let began = Instant::now();
        fixture
            .create::<ResourceGateway>("orders", inputs.clone())
            .await
            .unwrap();
        // Because of the jitter there may be one or two polls more, and this run ends a few seconds later.
        let longest = usual + Duration::from_secs(15);
        assert!(began.elapsed() <= longest, "{:?} instead of {usual:?}", began.elapsed());
    }
    assert_eq!(fixture.warnings(), [""; 0], "it was not found out");
}
