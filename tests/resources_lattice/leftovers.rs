//! The next run reports objects that a killed run left behind: resource gateways and resource configurations.

use std::time::Duration;

use aws_emulator::faults::{Fault, FaultKind};
use private_step_functions::resources::resource_configuration::ResourceConfiguration;
use private_step_functions::resources::resource_gateway::ResourceGateway;
use serde_json::json;
use tokio::time::Instant;

use crate::configuration::dns_inputs;
use crate::gateway::{gateway, gateway_inputs};
use crate::world::{World, with};

#[tokio::test(start_paused = true)]
async fn gateways_and_configurations_that_nobody_recorded_are_named() {
    let mut world = World::new();
    let left = gateway(&world, "orders").await;
    gateway(&world, "invoices").await;
    // A gateway with a similar name that belongs to another resource.
    let inputs = with(&gateway_inputs(&world).await, json!({ "name": "orders-2" }));
    world.create::<ResourceGateway>("other", inputs).await.unwrap();
    let inputs = dns_inputs(&left.id, "orders.example.com");
    let target = world
        .create::<ResourceConfiguration>("target", inputs.clone())
        .await
        .unwrap();
    assert_eq!(world.warnings(), [""; 0]);
    world.restart(b"second run");
    gateway(&world, "orders").await;
    world.create::<ResourceConfiguration>("target", inputs).await.unwrap();
    let warnings = world.warnings();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    for (warning, what, made) in [
        (&warnings[0], "resource gateway", &left),
        (&warnings[1], "resource configuration", &target),
    ] {
        let name = made.prior.inputs["name"].as_str().unwrap();
        let beginning = format!("{what} {} (\"{name}\") carries this resource's tag", made.id);
        assert!(warning.starts_with(&beginning), "{warning}");
    }
    assert_eq!(
        world.calls("ListTagsForResource").len(),
        4,
        "only what has such a name is asked for its tags"
    );
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_is_replaced_is_no_leftover() {
    let mut world = World::new();
    let old = gateway(&world, "orders").await;
    world.restart(b"second run");
    let (_, subnets) = world.network().await;
    let inputs = with(&gateway_inputs(&world).await, json!({ "subnetIds": subnets[..1] }));
    assert!(
        !world
            .diff::<ResourceGateway>(&old, inputs.clone())
            .unwrap()
            .replaces
            .is_empty()
    );
    world.create::<ResourceGateway>("orders", inputs).await.unwrap();
    assert_eq!(world.warnings(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_look_that_fails_does_not_matter() {
    for operation in ["ListResourceGateways", "ListTagsForResource"] {
        let mut world = World::new();
        gateway(&world, "orders").await;
        world.restart(b"second run");
        world.emulator.inject(Fault::new(operation, 1, FaultKind::AccessDenied));
        gateway(&world, "orders").await;
        assert_eq!(world.warnings(), [""; 0], "{operation}");
        let denied = |outcome: &str| outcome.starts_with("AccessDenied");
        assert!(
            world.calls(operation).iter().any(|call| denied(&call.outcome)),
            "{operation}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_look_that_fails_or_hangs_does_not_matter() {
    let mut world = World::configured(json!({ "maxRetries": 0 }));
    let inputs = gateway_inputs(&world).await;
    let began = Instant::now();
    world.create::<ResourceGateway>("orders", inputs.clone()).await.unwrap();
    let usual = began.elapsed();
    let mut hanging = Fault::new("ListResourceGateways", 1, FaultKind::Slow);
    hanging.delay = 3600.0;
    let denied = Fault::new("ListResourceGateways", 1, FaultKind::AccessDenied);
    let runs: [(Fault, &[u8]); 2] = [(denied, b"second run"), (hanging, b"third run")];
    for (fault, seed) in runs {
        world.restart(seed);
        world.emulator.inject(fault);
        let began = Instant::now();
        world.create::<ResourceGateway>("orders", inputs.clone()).await.unwrap();
        // Because of the jitter there may be one or two polls more, and this run ends a few seconds later.
        let longest = usual + Duration::from_secs(15);
        assert!(began.elapsed() <= longest, "{:?} instead of {usual:?}", began.elapsed());
    }
    assert_eq!(world.warnings(), [""; 0], "it was not found out");
}
