//! The next run reports objects that a killed run left behind: security groups and interface endpoints.

use private_step_functions::resources::interface_endpoint::InterfaceEndpoint;
use private_step_functions::resources::security_group::SecurityGroup;
use serde_json::json;

use crate::interface_endpoint::endpoint;
use crate::security_group::{group, group_inputs};
use crate::world::{World, with};

#[tokio::test(start_paused = true)]
async fn a_group_that_nobody_recorded_is_named_once() {
    let mut world = World::new();
    let left = group(&world, "api", json!({})).await;
    group(&world, "other", json!({})).await;
    assert_eq!(world.warnings(), [""; 0]);
    world.restart(b"second run");
    group(&world, "api", json!({})).await;
    let warnings = world.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    let name = left.prior.inputs["name"].as_str().unwrap();
    let beginning = format!(
        "security group {} (\"{name}\") carries this resource's tag private-step-functions:urn",
        left.id
    );
    assert!(warnings[0].starts_with(&beginning), "{warnings:?}");
    assert_eq!(world.existing("security-group").len(), 3, "nothing is deleted");
}

#[tokio::test(start_paused = true)]
async fn a_group_that_is_replaced_is_no_leftover() {
    let mut world = World::new();
    let old = group(&world, "api", json!({})).await;
    world.restart(b"second run");
    let inputs = with(&group_inputs(&world).await, json!({ "description": "another" }));
    assert!(!world.diff::<SecurityGroup>(&old, inputs).unwrap().replaces.is_empty());
    group(&world, "api", json!({ "description": "another", "name": "another" })).await;
    // A second create in the same process warns of nothing either.
    group(&world, "api", json!({ "description": "third", "name": "third" })).await;
    assert_eq!(world.warnings(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn endpoints_that_nobody_recorded_are_named() {
    let mut world = World::new();
    let more = json!({ "privateDnsEnabled": false });
    let one = endpoint(&world, "states", more.clone()).await;
    world.restart(b"second run");
    let two = endpoint(&world, "states", more.clone()).await;
    let warnings = world.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].starts_with(&format!("interface endpoint {} carries", one.id)),
        "{warnings:?}"
    );
    // An object that the engine reads is recorded, so it is not a leftover. Neither is a deleted one.
    world.restart(b"third run");
    world.refresh::<InterfaceEndpoint>(&two).await.unwrap().unwrap();
    world.delete::<InterfaceEndpoint>(&one).await.unwrap();
    endpoint(&world, "states", more).await;
    assert_eq!(world.warnings().len(), 1, "{:?}", world.warnings());
}
