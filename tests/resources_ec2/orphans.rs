//! The next run reports objects that a killed run left behind: security groups and interface endpoints.

use private_step_functions::resources::interface_endpoint::InterfaceEndpoint;
use private_step_functions::resources::security_group::SecurityGroup;
use serde_json::json;

use crate::fixture::{Fixture, with};
use crate::interface_endpoint::endpoint;
use crate::security_group::{group, group_inputs};

#[tokio::test(start_paused = true)]
async fn an_orphaned_group_is_named_once() {
    let mut fixture = Fixture::new();
    let left = group(&fixture, "api", json!({})).await;
    group(&fixture, "other", json!({})).await;
    assert_eq!(fixture.warnings(), [""; 0]);
    fixture.restart(b"second run");
    group(&fixture, "api", json!({})).await;
    let warnings = fixture.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    let name = left.prior.inputs["name"].as_str().unwrap();
    let beginning = format!(
        "security group {} (\"{name}\") has this resource's tag private-step-functions:urn",
        left.id
    );
    assert!(warnings[0].starts_with(&beginning), "{warnings:?}");
    assert_eq!(fixture.existing("security-group").len(), 3, "nothing is deleted");
}

#[tokio::test(start_paused = true)]
async fn a_replaced_group_is_not_an_orphan() {
    let mut fixture = Fixture::new();
    let old = group(&fixture, "api", json!({})).await;
    fixture.restart(b"second run");
    let inputs = with(&group_inputs(&fixture).await, json!({ "description": "another" }));
    assert!(!fixture.diff::<SecurityGroup>(&old, inputs).unwrap().replaces.is_empty());
    group(&fixture, "api", json!({ "description": "another", "name": "another" })).await;
    // A second create in the same process warns of nothing either.
    group(&fixture, "api", json!({ "description": "third", "name": "third" })).await;
    assert_eq!(fixture.warnings(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn orphaned_endpoints_are_named() {
    let mut fixture = Fixture::new();
    let more = json!({ "privateDnsEnabled": false });
    let one = endpoint(&fixture, "states", more.clone()).await;
    fixture.restart(b"second run");
    let two = endpoint(&fixture, "states", more.clone()).await;
    let warnings = fixture.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].starts_with(&format!("interface endpoint {} has", one.id)),
        "{warnings:?}"
    );
    // An object that the engine reads is recorded, so it is not a leftover. Neither is a deleted one.
    fixture.restart(b"third run");
    fixture.refresh::<InterfaceEndpoint>(&two).await.unwrap().unwrap();
    fixture.delete::<InterfaceEndpoint>(&one).await.unwrap();
    endpoint(&fixture, "states", more).await;
    assert_eq!(fixture.warnings().len(), 1, "{:?}", fixture.warnings());
}
