//! Connections.

use std::time::Duration;

use private_step_functions::resources::connection::Connection;
use private_step_functions::resources::resource_configuration::ResourceConfiguration;
use pulumi_provider::property::{Map, Value};
use serde_json::json;

use crate::configuration::{dns_configuration, dns_inputs};
use crate::fixture::{Fixture, Recorded, with};
use crate::gateway::gateway;

pub(crate) fn api_key() -> serde_json::Value {
    json!({ "name": "orders", "auth": { "apiKey": { "name": "x-api-key", "value": "hidden-1" } } })
}

/// Creates a resource configuration for this host and returns its ARN.
pub(crate) async fn target(fixture: &Fixture, host: &str) -> String {
    let gateway = gateway(fixture, &format!("{host}-gateway")).await;
    let inputs = dns_inputs(&gateway.id, &format!("{host}.example.com"));
    fixture
        .create::<ResourceConfiguration>(host, inputs)
        .await
        .unwrap()
        .output("arn")
}

/// Returns the parameters of the last call of an operation.
pub(crate) fn last(fixture: &Fixture, operation: &str) -> serde_json::Value {
    fixture.calls(operation).last().unwrap().parameters.clone()
}

#[tokio::test(start_paused = true)]
async fn a_create_waits_until_a_private_connection_is_active() {
    // Poll often enough to see each intermediate state.
    let fixture = Fixture::cautious(json!({ "polling": { "initialIntervalSeconds": 0.2, "growthFactor": 1 } }));
    let inputs = with(
        &api_key(),
        json!({ "resourceConfigurationArn": target(&fixture, "api").await }),
    );
    let made = fixture.create::<Connection>("orders", inputs).await.unwrap();
    assert_eq!((made.id.as_str(), made.output("state").as_str()), ("orders", "ACTIVE"));
    assert!(made.output("resourceAssociationArn").contains("snra-"));
    assert!(made.output("secretArn").contains("events!connection/orders"));
    for state in ["AUTHORIZING", "AUTHORIZED"] {
        let shown = fixture.has_shown(&format!("waiting for the connection to become ready: {state}"));
        assert!(shown, "{:?}", fixture.statuses());
    }
    let again = fixture.refresh::<Connection>(&made).await.unwrap().unwrap();
    assert_eq!(again.prior, made.prior);
}

#[tokio::test(start_paused = true)]
async fn a_public_connection_is_ready_when_authorized() {
    let fixture = Fixture::new();
    let made = fixture.create::<Connection>("orders", api_key()).await.unwrap();
    assert_eq!(made.output("state"), "AUTHORIZED");
    assert!(!made.prior.outputs.contains_key("resourceAssociationArn"));
}

#[tokio::test(start_paused = true)]
async fn secrets_are_inputs_only() {
    let fixture = Fixture::new();
    let inputs = with(
        &api_key(),
        json!({ "invocationParameters": { "headers": [{ "key": "h", "value": "hidden-2", "secret": true }, { "key": "open", "value": "shown" }] } }),
    );
    let made = fixture.create::<Connection>("orders", inputs).await.unwrap();
    let outputs = format!("{:?}", plain(&made.prior.outputs));
    assert!(!outputs.contains("hidden"), "{outputs}");
    let again = fixture.refresh::<Connection>(&made).await.unwrap().unwrap();
    assert_eq!(
        again.prior, made.prior,
        "what AWS does not show comes from the prior inputs"
    );
    let imported = fixture.import::<Connection>("orders", "orders").await.unwrap().unwrap();
    assert_eq!(
        plain(&imported.prior.inputs),
        plain(Value::from(json!({ "name": "orders" })).as_object().unwrap()),
        "an import leaves out as a whole what has a secret"
    );
}

#[tokio::test(start_paused = true)]
async fn an_import_keeps_parameters_without_secrets() {
    let fixture = Fixture::new();
    let open = json!({ "headers": [{ "key": "open", "value": "shown" }] });
    let inputs = with(&api_key(), json!({ "invocationParameters": open }));
    fixture.create::<Connection>("orders", inputs).await.unwrap();
    let imported = fixture.import::<Connection>("orders", "orders").await.unwrap().unwrap();
    let expected = json!({ "name": "orders", "invocationParameters": open });
    assert_eq!(
        plain(&imported.prior.inputs),
        plain(Value::from(expected).as_object().unwrap())
    );
}

/// Returns the properties without secret wrappers.
fn plain(map: &Map) -> Value {
    fn strip(value: &Value) -> Value {
        match value.bare() {
            Value::Object(map) => plain(map),
            Value::Array(items) => Value::Array(items.iter().map(strip).collect()),
            other => other.clone(),
        }
    }
    Value::Object(map.iter().map(|(key, value)| (key.clone(), strip(value))).collect())
}

#[tokio::test(start_paused = true)]
async fn a_connection_without_credentials_has_a_placeholder_header() {
    let fixture = Fixture::new();
    let inputs = json!({ "name": "orders" });
    let made = fixture.create::<Connection>("orders", inputs).await.unwrap();
    assert_eq!(
        last(&fixture, "CreateConnection")["AuthParameters"]["ApiKeyAuthParameters"]["ApiKeyName"],
        "x-private-step-functions"
    );
    assert_eq!(
        fixture.refresh::<Connection>(&made).await.unwrap().unwrap().prior,
        made.prior
    );
    let imported = fixture.import::<Connection>("orders", "orders").await.unwrap().unwrap();
    assert!(!imported.prior.inputs.contains_key("auth"));
}

#[tokio::test(start_paused = true)]
async fn each_kind_of_credentials_is_sent_and_read_back() {
    let fixture = Fixture::new();
    let oauth_path = target(&fixture, "tokens").await;
    let basic = json!({ "basic": { "username": "me", "password": "hidden" } });
    let oauth = json!({ "oauth": {
        "authorizationEndpoint": "https://tokens.example.com/token", "httpMethod": "POST", "clientId": "me", "clientSecret": "hidden",
        "parameters": { "body": [{ "key": "scope", "value": "orders" }] }, "resourceConfigurationArn": oauth_path,
    } });
    for (name, auth) in [("basic", basic), ("oauth", oauth)] {
        let inputs = json!({ "name": name, "description": "a test", "auth": auth });
        let made = fixture.create::<Connection>(name, inputs.clone()).await.unwrap();
        assert_eq!(made.output("state"), "AUTHORIZED");
        let again = fixture.refresh::<Connection>(&made).await.unwrap().unwrap();
        assert_eq!(again.prior, made.prior);
        assert!(fixture.diff::<Connection>(&made, inputs).unwrap().detailed.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn drift_of_readable_properties_is_detected_and_repaired() {
    let fixture = Fixture::new();
    let made = fixture.create::<Connection>("orders", api_key()).await.unwrap();
    let events = fixture.aws.events().await.unwrap();
    let request = events
        .update_connection()
        .name("orders")
        .description("somebody was here");
    request.send().await.unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    let drifted = fixture.refresh::<Connection>(&made).await.unwrap().unwrap();
    assert_eq!(drifted.prior.inputs["description"].as_str(), Some("somebody was here"));
    assert!(
        fixture
            .diff::<Connection>(&drifted, api_key())
            .unwrap()
            .properties
            .contains("description")
    );
    let repaired = fixture.update::<Connection>(&drifted, api_key()).await.unwrap();
    let again = fixture.refresh::<Connection>(&repaired).await.unwrap().unwrap();
    assert_eq!(again.prior, repaired.prior);
    assert!(
        last(&fixture, "UpdateConnection").get("AuthParameters").is_none(),
        "only what differs is sent"
    );
}

#[tokio::test(start_paused = true)]
async fn a_changed_secret_is_sent_with_its_kind() {
    let fixture = Fixture::new();
    let made = fixture.create::<Connection>("orders", api_key()).await.unwrap();
    let inputs = with(
        &api_key(),
        json!({ "auth": { "apiKey": { "name": "x-api-key", "value": "hidden-2" } } }),
    );
    let updated = fixture.update::<Connection>(&made, inputs.clone()).await.unwrap();
    assert_eq!(updated.output("state"), "AUTHORIZED");
    let sent = last(&fixture, "UpdateConnection");
    assert_eq!(sent["AuthorizationType"], "API_KEY");
    let key = sent["AuthParameters"]["ApiKeyAuthParameters"].as_object().unwrap();
    assert_eq!(
        key.keys().collect::<Vec<_>>(),
        ["ApiKeyValue"],
        "only what differs is sent"
    );
    assert!(sent.get("InvocationConnectivityParameters").is_none());
    fixture.update::<Connection>(&updated, inputs).await.unwrap();
    assert_eq!(
        fixture.calls("UpdateConnection").len(),
        1,
        "nothing differs, nothing is sent"
    );

    let basic = json!({ "name": "orders", "auth": { "basic": { "username": "me", "password": "hidden-3" } } });
    let updated = fixture.update::<Connection>(&updated, basic).await.unwrap();
    assert_eq!(last(&fixture, "UpdateConnection")["AuthorizationType"], "BASIC");
    assert_eq!(
        fixture.refresh::<Connection>(&updated).await.unwrap().unwrap().prior,
        updated.prior
    );
}

#[tokio::test(start_paused = true)]
async fn removed_inputs_are_cleared_explicitly() {
    let fixture = Fixture::new();
    let private = target(&fixture, "api").await;
    let inputs = with(
        &api_key(),
        json!({
            "resourceConfigurationArn": private, "description": "text",
            "invocationParameters": { "headers": [{ "key": "a", "value": "1" }], "queryString": [{ "key": "b", "value": "2" }] },
        }),
    );
    let made = fixture.create::<Connection>("orders", inputs).await.unwrap();
    let inputs = with(
        &api_key(),
        json!({ "invocationParameters": { "headers": [{ "key": "a", "value": "1" }] } }),
    );
    let public = fixture.update::<Connection>(&made, inputs).await.unwrap();
    let sent = last(&fixture, "UpdateConnection");
    assert_eq!(
        sent["InvocationConnectivityParameters"]["ResourceParameters"]["ResourceConfigurationArn"],
        ""
    );
    assert_eq!(
        sent["AuthParameters"]["InvocationHttpParameters"]["QueryStringParameters"],
        json!([])
    );
    assert_eq!(sent["Description"], "");
    assert_eq!(public.output("state"), "AUTHORIZED");
    assert!(!public.prior.outputs.contains_key("resourceAssociationArn"));
    assert_eq!(
        fixture.refresh::<Connection>(&public).await.unwrap().unwrap().prior,
        public.prior
    );
}

#[tokio::test(start_paused = true)]
async fn an_oauth_endpoint_can_change_from_private_to_public() {
    let fixture = Fixture::new();
    let path = target(&fixture, "tokens").await;
    let oauth = |more: serde_json::Value| {
        let base = json!({ "authorizationEndpoint": "https://tokens.example.com/token", "httpMethod": "POST", "clientId": "me", "clientSecret": "hidden" });
        json!({ "name": "orders", "auth": { "oauth": with(&base, more) } })
    };
    let private = oauth(
        json!({ "resourceConfigurationArn": path, "parameters": { "body": [{ "key": "scope", "value": "x" }] } }),
    );
    let made = fixture.create::<Connection>("orders", private).await.unwrap();
    let public = fixture.update::<Connection>(&made, oauth(json!({}))).await.unwrap();
    let sent = &last(&fixture, "UpdateConnection")["AuthParameters"];
    assert_eq!(
        sent["ConnectivityParameters"]["ResourceParameters"]["ResourceConfigurationArn"],
        ""
    );
    assert_eq!(
        sent["OAuthParameters"]["OAuthHttpParameters"]["BodyParameters"],
        json!([])
    );
    assert_eq!(
        fixture.refresh::<Connection>(&public).await.unwrap().unwrap().prior,
        public.prior
    );
}

#[tokio::test(start_paused = true)]
async fn a_connection_changes_its_target_in_place() {
    let fixture = Fixture::cautious(json!({}));
    let gateway = gateway(&fixture, "gateway").await;
    let (one, two) = (
        dns_configuration(&fixture, &gateway.id, "one").await,
        dns_configuration(&fixture, &gateway.id, "two").await,
    );
    let to = |target: &Recorded| with(&api_key(), json!({ "resourceConfigurationArn": target.output("arn") }));
    let made = fixture.create::<Connection>("orders", to(&one)).await.unwrap();
    assert!(fixture.diff::<Connection>(&made, to(&two)).unwrap().replaces.is_empty());
    let moved = fixture.update::<Connection>(&made, to(&two)).await.unwrap();
    assert_eq!(moved.output("state"), "ACTIVE");
    assert_eq!(moved.output("arn"), made.output("arn"));
    assert_ne!(
        moved.output("resourceAssociationArn"),
        made.output("resourceAssociationArn")
    );
    // Deleting the old configuration handles the association that the connection left behind.
    fixture.delete::<ResourceConfiguration>(&one).await.unwrap();
    assert_eq!(
        fixture.refresh::<Connection>(&moved).await.unwrap().unwrap().prior,
        moved.prior
    );
}

#[tokio::test(start_paused = true)]
async fn a_deauthorized_connection_gets_its_credentials_again() {
    let fixture = Fixture::cautious(json!({}));
    let inputs = with(
        &api_key(),
        json!({
            "resourceConfigurationArn": target(&fixture, "api").await,
            "invocationParameters": { "headers": [{ "key": "a", "value": "hidden", "secret": true }] },
        }),
    );
    let made = fixture.create::<Connection>("orders", inputs.clone()).await.unwrap();
    fixture
        .aws
        .events()
        .await
        .unwrap()
        .deauthorize_connection()
        .name("orders")
        .send()
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    let seen = fixture.refresh::<Connection>(&made).await.unwrap().unwrap();
    assert_eq!(seen.output("state"), "DEAUTHORIZED");
    assert_eq!(
        seen.prior.inputs, made.prior.inputs,
        "that AWS has forgotten the credentials is no drift of the inputs"
    );
    let diff = fixture.diff::<Connection>(&seen, inputs.clone()).unwrap();
    assert_eq!(diff.properties.iter().collect::<Vec<_>>(), ["state"]);
    let repaired = fixture.update::<Connection>(&seen, inputs.clone()).await.unwrap();
    assert_eq!(repaired.output("state"), "ACTIVE");
    assert!(
        fixture
            .diff::<Connection>(&repaired, inputs)
            .unwrap()
            .detailed
            .is_empty()
    );
    let again = fixture.refresh::<Connection>(&repaired).await.unwrap().unwrap();
    assert_eq!(again.prior, repaired.prior);
}

#[tokio::test(start_paused = true)]
async fn an_update_waits_for_a_foreign_update() {
    let fixture = Fixture::new();
    let made = fixture.create::<Connection>("orders", api_key()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let events = fixture.aws.events().await.unwrap();
    events
        .update_connection()
        .name("orders")
        .description("x")
        .send()
        .await
        .unwrap();
    let inputs = with(&api_key(), json!({ "description": "mine" }));
    let updated = fixture.update::<Connection>(&made, inputs).await.unwrap();
    assert_eq!(
        fixture.refresh::<Connection>(&updated).await.unwrap().unwrap().prior,
        updated.prior
    );
    assert!(
        fixture
            .calls("UpdateConnection")
            .iter()
            .any(|call| call.outcome == "ConcurrentModificationException")
    );
    fixture.delete::<Connection>(&updated).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_delete_waits_for_a_foreign_update() {
    let fixture = Fixture::new();
    let made = fixture.create::<Connection>("orders", api_key()).await.unwrap();
    let events = fixture.aws.events().await.unwrap();
    let request = events.update_connection().name("orders").description("x");
    request.send().await.unwrap();
    fixture.delete::<Connection>(&made).await.unwrap();
    assert_eq!(
        fixture.calls("DeleteConnection")[0].outcome,
        "ConcurrentModificationException"
    );
    assert_eq!(fixture.existing("connection"), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn removing_the_kms_key_replaces_the_connection() {
    let fixture = Fixture::new();
    for id in ["1234", "5678"] {
        let tags = json!({ "EventBridgeApiDestinations": "true" });
        let seed = json!({ "kind": "kms-key", "region": "eu-west-1", "KeyId": id, "tags": tags });
        fixture.emulator.seed(seed).unwrap();
    }
    let key = "arn:aws:kms:eu-west-1:123456789012:key/1234";
    let inputs = with(&api_key(), json!({ "kmsKeyId": key }));
    let made = fixture.create::<Connection>("orders", inputs.clone()).await.unwrap();
    let diff = fixture.diff::<Connection>(&made, api_key()).unwrap();
    assert!(
        diff.replaces.contains("kmsKeyId") && diff.delete_first,
        "a given name must be free first"
    );
    let short = with(&api_key(), json!({ "kmsKeyId": "1234" }));
    assert!(
        fixture
            .diff::<Connection>(&made, short.clone())
            .unwrap()
            .detailed
            .is_empty(),
        "the same key"
    );
    fixture.update::<Connection>(&made, short).await.unwrap();
    assert_eq!(fixture.calls("UpdateConnection").len(), 0);
    let other = with(&api_key(), json!({ "kmsKeyId": "5678" }));
    assert!(
        fixture
            .diff::<Connection>(&made, other.clone())
            .unwrap()
            .replaces
            .is_empty()
    );
    let updated = fixture.update::<Connection>(&made, other).await.unwrap();
    assert_eq!(
        fixture.refresh::<Connection>(&updated).await.unwrap().unwrap().prior,
        updated.prior
    );

    let auto = json!({ "auth": api_key()["auth"], "kmsKeyId": key });
    let made = fixture.create::<Connection>("auto", auto).await.unwrap();
    let diff = fixture
        .diff::<Connection>(&made, json!({ "auth": api_key()["auth"] }))
        .unwrap();
    assert!(
        diff.replaces.contains("kmsKeyId") && !diff.delete_first,
        "an automatic name changes: new one first"
    );
}

#[tokio::test(start_paused = true)]
async fn a_delete_waits_and_keeps_a_foreign_connection() {
    let fixture = Fixture::new();
    let made = fixture.create::<Connection>("orders", api_key()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    fixture.delete::<Connection>(&made).await.unwrap();
    assert_eq!(fixture.existing("connection"), Vec::<String>::new());
    assert!(
        fixture.has_shown("waiting for the connection to be deleted: DELETING"),
        "{:?}",
        fixture.statuses()
    );
    fixture
        .delete::<Connection>(&made)
        .await
        .expect("what is gone is deleted");

    // Somebody else creates another connection with the same name.
    let stranger = fixture.create::<Connection>("orders", api_key()).await.unwrap();
    assert_ne!(stranger.output("arn"), made.output("arn"));
    tokio::time::sleep(Duration::from_secs(2)).await;
    fixture.delete::<Connection>(&made).await.unwrap();
    assert_eq!(fixture.existing("connection"), ["orders"]);
    assert!(fixture.warnings()[0].contains("does not change it"));
}

#[tokio::test(start_paused = true)]
async fn a_create_waits_for_a_name_that_is_being_released() {
    let fixture = Fixture::new();
    let made = fixture.create::<Connection>("orders", api_key()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let events = fixture.aws.events().await.unwrap();
    events.delete_connection().name("orders").send().await.unwrap();
    let again = fixture.create::<Connection>("again", api_key()).await.unwrap();
    assert_ne!(again.output("arn"), made.output("arn"));
}

#[tokio::test(start_paused = true)]
async fn previews_know_the_association() {
    let fixture = Fixture::new();
    let known = fixture.preview::<Connection>("orders", api_key(), None);
    assert!(known["resourceAssociationArn"].is_null());
    let inputs = with(
        &api_key(),
        json!({ "resourceConfigurationArn": target(&fixture, "api").await }),
    );
    assert!(
        !fixture
            .preview::<Connection>("orders", inputs.clone(), None)
            .contains_key("resourceAssociationArn")
    );
    let made = fixture.create::<Connection>("orders", inputs.clone()).await.unwrap();
    let described = with(&inputs, json!({ "description": "x" }));
    let known = fixture.preview::<Connection>("orders", described, Some(&made));
    assert_eq!(
        known["resourceAssociationArn"],
        made.prior.outputs["resourceAssociationArn"]
    );
}
