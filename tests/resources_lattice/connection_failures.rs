//! Connections that AWS rejects or that fail later.

use std::time::Duration;

use aws_emulator::faults::{Fault, FaultKind};
use private_step_functions::resources::connection::Connection;
use pulumi_provider::error::ErrorKind;
use serde_json::json;

use crate::connection::{api_key, last, target};
use crate::fixture::{Fixture, with};

#[tokio::test(start_paused = true)]
async fn a_failed_connection_is_reported_with_reason_and_next_step() {
    let fixture = Fixture::cautious(json!({}));
    for (host, state, advice) in [
        (
            "unauthorized",
            "DEAUTHORIZED",
            "the next `pulumi up` sends the credentials again",
        ),
        ("unreachable", "FAILED_CONNECTIVITY", "certificate is publicly trusted"),
    ] {
        let inputs = with(
            &api_key(),
            json!({ "name": host, "resourceConfigurationArn": target(&fixture, host).await }),
        );
        let (recorded, error) = fixture.create::<Connection>(host, inputs.clone()).await.unwrap_err();
        let recorded = recorded.expect("it exists and must be recorded");
        assert_eq!(recorded.output("state"), state);
        assert!(recorded.output("stateReason").contains(host));
        let text = error.to_string();
        assert!(
            text.contains(&format!("is {state}: ")) && text.contains(advice),
            "{text}"
        );
        assert_eq!(error.kind(), ErrorKind::Failed);
        // The recorded state is a difference on its own, so the update tries again.
        assert!(
            fixture
                .diff::<Connection>(&recorded, inputs.clone())
                .unwrap()
                .properties
                .contains("state")
        );
        let error = fixture.update::<Connection>(&recorded, inputs).await.unwrap_err();
        assert!(error.to_string().contains(state), "{error}");
        assert!(last(&fixture, "UpdateConnection").get("AuthParameters").is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn the_twenty_first_private_connection_is_refused_at_once() {
    let fixture = Fixture::new();
    let target = target(&fixture, "api").await;
    for number in 0..20 {
        let inputs = with(
            &api_key(),
            json!({ "name": format!("c-{number}"), "resourceConfigurationArn": target }),
        );
        fixture
            .create::<Connection>(&format!("c-{number}"), inputs)
            .await
            .unwrap();
    }
    let calls = fixture.calls("CreateConnection").len();
    let inputs = with(&api_key(), json!({ "resourceConfigurationArn": target }));
    let (recorded, error) = fixture.create::<Connection>("orders", inputs).await.unwrap_err();
    assert!(recorded.is_none() && error.kind() == ErrorKind::Quota, "{error}");
    assert!(error.to_string().contains("20 private connections"), "{error}");
    assert_eq!(
        fixture.calls("CreateConnection").len(),
        calls + 1,
        "a quota is not throttling"
    );
}

#[tokio::test(start_paused = true)]
async fn the_missing_permission_is_named() {
    let fixture = Fixture::new();
    let target = target(&fixture, "api").await;
    let inputs = with(&api_key(), json!({ "resourceConfigurationArn": target }));
    for (denied, expected) in [
        (
            "vpc-lattice:CreateServiceNetworkResourceAssociation",
            "Grant vpc-lattice:CreateServiceNetworkResourceAssociation: EventBridge",
        ),
        (
            "vpc-lattice:TagResource",
            "Grant vpc-lattice:TagResource: EventBridge uses",
        ),
        (
            "secretsmanager:CreateSecret",
            "Grant secretsmanager:CreateSecret: EventBridge uses the caller's permissions to store the credentials",
        ),
        ("events:CreateConnection", "Grant events:CreateConnection"),
    ] {
        fixture.emulator.deny([denied.to_owned()]);
        let (recorded, error) = fixture
            .create::<Connection>("orders", inputs.clone())
            .await
            .unwrap_err();
        assert!(recorded.is_none() && error.kind() == ErrorKind::Denied);
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_resource_configuration_is_waited_for_briefly() {
    let fixture = Fixture::new();
    let nowhere = "arn:aws:vpc-lattice:eu-west-1:123456789012:resourceconfiguration/rcfg-0123456789abcdef0";
    let inputs = with(&api_key(), json!({ "resourceConfigurationArn": nowhere }));
    let began = tokio::time::Instant::now();
    let (recorded, error) = fixture.create::<Connection>("orders", inputs).await.unwrap_err();
    assert!(recorded.is_none() && error.kind() == ErrorKind::NotFound, "{error}");
    assert!(error.to_string().contains("account accepted the share"), "{error}");
    assert!((30..60).contains(&began.elapsed().as_secs()));
}

#[tokio::test(start_paused = true)]
async fn a_timed_out_wait_reports_the_last_state() {
    let mut fixture = Fixture::cautious(json!({}));
    let inputs = with(
        &api_key(),
        json!({ "resourceConfigurationArn": target(&fixture, "api").await }),
    );
    fixture.timeout = Some(Duration::from_secs(2));
    let (recorded, error) = fixture
        .create::<Connection>("orders", inputs.clone())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(
        error
            .to_string()
            .contains("waited 2 s for the connection to become ready; last seen: AUTHORIZING"),
        "{error}"
    );
    let recorded = recorded.unwrap();
    assert_eq!(recorded.output("state"), "AUTHORIZING");
    // The next update finishes the connection, with equal inputs and without a modifying call.
    fixture.timeout = None;
    let finished = fixture.update::<Connection>(&recorded, inputs).await.unwrap();
    assert_eq!(finished.output("state"), "ACTIVE");
    assert_eq!(fixture.calls("UpdateConnection").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn throttled_calls_are_retried() {
    let fixture = Fixture::new();
    for operation in [
        "CreateConnection",
        "DescribeConnection",
        "UpdateConnection",
        "DeleteConnection",
    ] {
        fixture
            .emulator
            .inject(Fault::new(operation, 1, FaultKind::Throttle).times(3));
    }
    let made = fixture.create::<Connection>("orders", api_key()).await.unwrap();
    let updated = fixture
        .update::<Connection>(&made, with(&api_key(), json!({ "description": "x" })))
        .await
        .unwrap();
    fixture.delete::<Connection>(&updated).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn another_account_is_not_mistaken_for_a_deletion() {
    let fixture = Fixture::new();
    let mut made = fixture.create::<Connection>("orders", api_key()).await.unwrap();
    let elsewhere = made.output("arn").replace("123456789012", "999999999999");
    made.prior.outputs.insert("arn".to_owned(), elsewhere.into());
    tokio::time::sleep(Duration::from_secs(2)).await;
    for error in [
        fixture.refresh::<Connection>(&made).await.unwrap_err(),
        fixture.delete::<Connection>(&made).await.unwrap_err(),
    ] {
        assert!(error.to_string().contains("belongs to account 999999999999"), "{error}");
    }
    assert_eq!(fixture.existing("connection"), ["orders"]);
}
