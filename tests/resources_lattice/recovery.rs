//! Lost responses and unfinished changes: the provider creates nothing twice and loses nothing.

use std::time::Duration;

use aws_emulator::faults::{Fault, FaultKind};
use private_step_functions::resources::connection::Connection;
use private_step_functions::resources::resource_configuration::ResourceConfiguration;
use private_step_functions::resources::resource_gateway::ResourceGateway;
use pulumi_provider::error::Kind;
use serde_json::json;

use crate::configuration::dns_inputs;
use crate::gateway::{gateway, gateway_inputs};
use crate::world::{World, with};

fn connection() -> serde_json::Value {
    json!({ "name": "orders", "auth": { "apiKey": { "name": "x-api-key", "value": "hidden" } } })
}

/// Returns two worlds: with the SDK's retries and without them.
fn worlds() -> [World; 2] {
    [World::new(), World::configured(json!({ "maxRetries": 0 }))]
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_makes_no_second_object() {
    for world in worlds() {
        for operation in [
            "CreateResourceGateway",
            "CreateResourceConfiguration",
            "CreateConnection",
        ] {
            world.inject(operation, FaultKind::ResetAfter);
        }
        let gateway = gateway(&world, "gateway").await;
        let inputs = dns_inputs(&gateway.id, "orders.example.com");
        let target = world.create::<ResourceConfiguration>("orders", inputs).await.unwrap();
        let inputs = with(
            &connection(),
            json!({ "resourceConfigurationArn": target.output("arn") }),
        );
        let made = world.create::<Connection>("orders", inputs).await.unwrap();
        assert!(["ACTIVE", "AUTHORIZED"].contains(&made.output("state").as_str()));
        for kind in ["resource-gateway", "resource-configuration", "connection"] {
            assert_eq!(world.existing(kind).len(), 1, "{kind}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_never_arrived_is_repeated() {
    for world in worlds() {
        for operation in [
            "CreateResourceGateway",
            "CreateResourceConfiguration",
            "CreateConnection",
        ] {
            world
                .emulator
                .inject(Fault::new(operation, 1, FaultKind::ResetBefore).times(2));
        }
        let gateway = gateway(&world, "gateway").await;
        let inputs = dns_inputs(&gateway.id, "orders.example.com");
        world.create::<ResourceConfiguration>("orders", inputs).await.unwrap();
        world.create::<Connection>("orders", connection()).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_never_comes_is_reported_as_unknown() {
    let world = World::configured(json!({ "maxRetries": 0 }));
    world
        .emulator
        .inject(Fault::new("CreateResourceGateway", 1, FaultKind::ResetBefore).times(10_000));
    let inputs = gateway_inputs(&world).await;
    let (recorded, error) = world.create::<ResourceGateway>("orders", inputs).await.unwrap_err();
    assert!(recorded.is_none());
    assert_eq!(error.kind(), Kind::MaybeSent);
    assert!(
        error.to_string().contains("AWS may have made it nevertheless"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_strangers_connection_is_not_taken_over() {
    let world = World::new();
    let events = world.aws.events().await.unwrap();
    let made = world.create::<Connection>("orders", connection()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    // There is no doubt: AWS rejected our only attempt.
    let (recorded, error) = world.create::<Connection>("again", connection()).await.unwrap_err();
    assert!(recorded.is_none() && error.kind() == Kind::Conflict);
    assert!(error.to_string().contains("Choose another `name`"), "{error}");
    // The request was lost, but the existing connection does not match our inputs.
    world.inject("CreateConnection", FaultKind::ResetBefore);
    let other = with(&connection(), json!({ "description": "mine" }));
    let (recorded, error) = world.create::<Connection>("other", other).await.unwrap_err();
    assert!(recorded.is_none() && error.kind() == Kind::Conflict, "{error}");
    let live = events.describe_connection().name("orders").send().await.unwrap();
    assert_eq!(live.connection_arn().unwrap(), made.output("arn"), "it is as it was");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_create_is_recorded_and_finished_later() {
    let mut world = World::cautious(json!({}));
    let inputs = gateway_inputs(&world).await;
    let cancel = world.cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(2)).await;
        cancel.cancel();
    });
    let (recorded, error) = world
        .create::<ResourceGateway>("orders", inputs.clone())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Cancelled);
    let recorded = recorded.expect("its id must not be lost");
    assert_eq!(recorded.output("status"), "CREATE_IN_PROGRESS");
    assert!(recorded.output("arn").contains(&recorded.id));
    // The next run has equal inputs, and runs an update.
    world.restart(b"second run");
    let finished = world
        .update::<ResourceGateway>(&recorded, inputs.clone())
        .await
        .unwrap();
    assert_eq!(finished.output("status"), "ACTIVE");
    assert!(
        world
            .diff::<ResourceGateway>(&finished, inputs)
            .unwrap()
            .detailed
            .is_empty()
    );
    assert_eq!(world.calls("UpdateResourceGateway").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_create_that_is_repeated_in_the_same_process_continues() {
    let mut world = World::cautious(json!({}));
    let target = {
        let gateway = gateway(&world, "gateway").await;
        let inputs = dns_inputs(&gateway.id, "orders.example.com");
        world.create::<ResourceConfiguration>("target", inputs).await.unwrap()
    };
    let gateway = gateway_inputs(&world).await;
    let private = with(
        &connection(),
        json!({ "resourceConfigurationArn": target.output("arn") }),
    );
    world.timeout = Some(Duration::from_secs(1));
    let (first, _) = world
        .create::<ResourceGateway>("orders", gateway.clone())
        .await
        .unwrap_err();
    world.create::<Connection>("orders", private.clone()).await.unwrap_err();
    world.timeout = None;
    let again = world.create::<ResourceGateway>("orders", gateway).await.unwrap();
    assert_eq!(again.id, first.unwrap().id);
    let again = world.create::<Connection>("orders", private).await.unwrap();
    assert_eq!(again.output("state"), "ACTIVE");
    assert_eq!(world.calls("CreateResourceGateway").len(), 2, "one of each gateway");
    assert_eq!(world.calls("CreateConnection").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_vanished_is_an_error_for_an_update_and_nothing_for_a_refresh() {
    let world = World::new();
    let made = world.create::<Connection>("orders", connection()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    world
        .aws
        .events()
        .await
        .unwrap()
        .delete_connection()
        .name("orders")
        .send()
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    let error = world
        .update::<Connection>(&made, with(&connection(), json!({ "description": "x" })))
        .await
        .unwrap_err();
    assert!(
        error.is_not_found() && error.to_string().contains("pulumi refresh"),
        "{error}"
    );
    assert!(world.refresh::<Connection>(&made).await.unwrap().is_none());
}
