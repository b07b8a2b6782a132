//! Lost responses and unfinished changes: the provider creates nothing twice and loses nothing.

use std::time::Duration;

use aws_emulator::faults::{Fault, FaultKind};
use private_step_functions::resources::connection::Connection;
use private_step_functions::resources::resource_configuration::ResourceConfiguration;
use private_step_functions::resources::resource_gateway::ResourceGateway;
use pulumi_provider::error::ErrorKind;
use serde_json::json;

use crate::configuration::dns_inputs;
use crate::fixture::{Fixture, with};
use crate::gateway::{gateway, gateway_inputs};

fn connection() -> serde_json::Value {
    json!({ "name": "orders", "auth": { "apiKey": { "name": "x-api-key", "value": "hidden" } } })
}

/// Returns two worlds: with the SDK's retries and without them.
fn worlds() -> [Fixture; 2] {
    [Fixture::new(), Fixture::configured(json!({ "maxRetries": 0 }))]
}

#[tokio::test(start_paused = true)]
async fn a_lost_response_creates_no_second_object() {
    for fixture in worlds() {
        for operation in [
            "CreateResourceGateway",
            "CreateResourceConfiguration",
            "CreateConnection",
        ] {
            fixture.inject(operation, FaultKind::ResetAfter);
        }
        let gateway = gateway(&fixture, "gateway").await;
        let inputs = dns_inputs(&gateway.id, "orders.example.com");
        let target = fixture.create::<ResourceConfiguration>("orders", inputs).await.unwrap();
        let inputs = with(
            &connection(),
            json!({ "resourceConfigurationArn": target.output("arn") }),
        );
        let made = fixture.create::<Connection>("orders", inputs).await.unwrap();
        assert!(["ACTIVE", "AUTHORIZED"].contains(&made.output("state").as_str()));
        for kind in ["resource-gateway", "resource-configuration", "connection"] {
            assert_eq!(fixture.existing(kind).len(), 1, "{kind}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_never_arrived_is_repeated() {
    for fixture in worlds() {
        for operation in [
            "CreateResourceGateway",
            "CreateResourceConfiguration",
            "CreateConnection",
        ] {
            fixture
                .emulator
                .inject(Fault::new(operation, 1, FaultKind::ResetBefore).times(2));
        }
        let gateway = gateway(&fixture, "gateway").await;
        let inputs = dns_inputs(&gateway.id, "orders.example.com");
        fixture.create::<ResourceConfiguration>("orders", inputs).await.unwrap();
        fixture.create::<Connection>("orders", connection()).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_without_a_response_is_reported_as_maybe_created() {
    let fixture = Fixture::configured(json!({ "maxRetries": 0 }));
    fixture
        .emulator
        .inject(Fault::new("CreateResourceGateway", 1, FaultKind::ResetBefore).times(10_000));
    let inputs = gateway_inputs(&fixture).await;
    let (recorded, error) = fixture.create::<ResourceGateway>("orders", inputs).await.unwrap_err();
    assert!(recorded.is_none());
    assert_eq!(error.kind(), ErrorKind::MaybeSent);
    assert!(
        error.to_string().contains("AWS may have created the object anyway"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_existing_connection_of_the_same_name_is_not_adopted() {
    let fixture = Fixture::new();
    let events = fixture.aws.events().await.unwrap();
    let made = fixture.create::<Connection>("orders", connection()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    // There is no doubt: AWS rejected our only attempt.
    let (recorded, error) = fixture.create::<Connection>("again", connection()).await.unwrap_err();
    assert!(recorded.is_none() && error.kind() == ErrorKind::Conflict);
    assert!(error.to_string().contains("choose another `name`"), "{error}");
    // The request was lost, but the existing connection does not match our inputs.
    fixture.inject("CreateConnection", FaultKind::ResetBefore);
    let other = with(&connection(), json!({ "description": "mine" }));
    let (recorded, error) = fixture.create::<Connection>("other", other).await.unwrap_err();
    assert!(recorded.is_none() && error.kind() == ErrorKind::Conflict, "{error}");
    let live = events.describe_connection().name("orders").send().await.unwrap();
    assert_eq!(live.connection_arn().unwrap(), made.output("arn"), "it is as it was");
}

#[tokio::test(start_paused = true)]
async fn a_canceled_create_is_recorded_and_finished_later() {
    let mut fixture = Fixture::cautious(json!({}));
    let inputs = gateway_inputs(&fixture).await;
    let cancel = fixture.cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(2)).await;
        cancel.cancel();
    });
    let (recorded, error) = fixture
        .create::<ResourceGateway>("orders", inputs.clone())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    let recorded = recorded.expect("its id must not be lost");
    assert_eq!(recorded.output("status"), "CREATE_IN_PROGRESS");
    assert!(recorded.output("arn").contains(&recorded.id));
    // The next run has equal inputs, and runs an update.
    fixture.restart(b"second run");
    let finished = fixture
        .update::<ResourceGateway>(&recorded, inputs.clone())
        .await
        .unwrap();
    assert_eq!(finished.output("status"), "ACTIVE");
    assert!(
        fixture
            .diff::<ResourceGateway>(&finished, inputs)
            .unwrap()
            .detailed
            .is_empty()
    );
    assert_eq!(fixture.calls("UpdateResourceGateway").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_create_that_is_repeated_in_the_same_process_continues() {
    let mut fixture = Fixture::cautious(json!({}));
    let target = {
        let gateway = gateway(&fixture, "gateway").await;
        let inputs = dns_inputs(&gateway.id, "orders.example.com");
        fixture.create::<ResourceConfiguration>("target", inputs).await.unwrap()
    };
    let gateway = gateway_inputs(&fixture).await;
    let private = with(
        &connection(),
        json!({ "resourceConfigurationArn": target.output("arn") }),
    );
    fixture.timeout = Some(Duration::from_secs(1));
    let (first, _) = fixture
        .create::<ResourceGateway>("orders", gateway.clone())
        .await
        .unwrap_err();
    fixture
        .create::<Connection>("orders", private.clone())
        .await
        .unwrap_err();
    fixture.timeout = None;
    let again = fixture.create::<ResourceGateway>("orders", gateway).await.unwrap();
    assert_eq!(again.id, first.unwrap().id);
    let again = fixture.create::<Connection>("orders", private).await.unwrap();
    assert_eq!(again.output("state"), "ACTIVE");
    assert_eq!(fixture.calls("CreateResourceGateway").len(), 2, "one of each gateway");
    assert_eq!(fixture.calls("CreateConnection").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_connection_fails_an_update_and_not_a_refresh() {
    let fixture = Fixture::new();
    let made = fixture.create::<Connection>("orders", connection()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    fixture
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
    let error = fixture
        .update::<Connection>(&made, with(&connection(), json!({ "description": "x" })))
        .await
        .unwrap_err();
    assert!(
        error.is_not_found() && error.to_string().contains("pulumi refresh"),
        "{error}"
    );
    assert!(fixture.refresh::<Connection>(&made).await.unwrap().is_none());
}
