//! Connections that AWS rejects or that fail later.

use std::time::Duration;

use aws_emulator::faults::{Fault, FaultKind};
use private_step_functions::resources::connection::Connection;
use pulumi_provider::error::Kind;
use serde_json::json;

use crate::connection::{api_key, last, target};
use crate::world::{World, with};

#[tokio::test(start_paused = true)]
async fn failures_carry_reason_and_next_step() {
    let world = World::cautious(json!({}));
    for (host, state, advice) in [
        (
            "unauthorized",
            "DEAUTHORIZED",
            "the next `pulumi up` sends the credentials again",
        ),
        ("unreachable", "FAILED_CONNECTIVITY", "security groups allow TCP 443"),
    ] {
        let inputs = with(
            &api_key(),
            json!({ "name": host, "resourceConfigurationArn": target(&world, host).await }),
        );
        let (recorded, error) = world.create::<Connection>(host, inputs.clone()).await.unwrap_err();
        let recorded = recorded.expect("it exists and must be recorded");
        assert_eq!(recorded.output("state"), state);
        assert!(recorded.output("stateReason").contains(host));
        let text = error.to_string();
        assert!(
            text.contains(&format!("is {state}: ")) && text.contains(advice),
            "{text}"
        );
        assert_eq!(error.kind(), Kind::Failed);
        // The recorded state is a difference on its own, so the update tries again.
        assert!(
            world
                .diff::<Connection>(&recorded, inputs.clone())
                .unwrap()
                .properties
                .contains("state")
        );
        let error = world.update::<Connection>(&recorded, inputs).await.unwrap_err();
        assert!(error.to_string().contains(state), "{error}");
        assert!(last(&world, "UpdateConnection").get("AuthParameters").is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn the_twenty_first_private_one_is_explained_at_once() {
    let world = World::new();
    let target = target(&world, "api").await;
    for number in 0..20 {
        let inputs = with(
            &api_key(),
            json!({ "name": format!("c-{number}"), "resourceConfigurationArn": target }),
        );
        world
            .create::<Connection>(&format!("c-{number}"), inputs)
            .await
            .unwrap();
    }
    let calls = world.calls("CreateConnection").len();
    let inputs = with(&api_key(), json!({ "resourceConfigurationArn": target }));
    let (recorded, error) = world.create::<Connection>("orders", inputs).await.unwrap_err();
    assert!(recorded.is_none() && error.kind() == Kind::Quota, "{error}");
    assert!(error.to_string().contains("20 private connections"), "{error}");
    assert_eq!(
        world.calls("CreateConnection").len(),
        calls + 1,
        "a quota is not throttling"
    );
}

#[tokio::test(start_paused = true)]
async fn the_missing_permission_is_named() {
    let world = World::new();
    let target = target(&world, "api").await;
    let inputs = with(&api_key(), json!({ "resourceConfigurationArn": target }));
    for (denied, expected) in [
        (
            "vpc-lattice:CreateServiceNetworkResourceAssociation",
            "Grant vpc-lattice:CreateServiceNetworkResourceAssociation: EventBridge",
        ),
        (
            "vpc-lattice:TagResource",
            "Grant vpc-lattice:TagResource: EventBridge associates",
        ),
        (
            "secretsmanager:CreateSecret",
            "Grant secretsmanager:CreateSecret: EventBridge keeps the credentials",
        ),
        ("events:CreateConnection", "Grant events:CreateConnection"),
    ] {
        world.emulator.deny([denied.to_owned()]);
        let (recorded, error) = world.create::<Connection>("orders", inputs.clone()).await.unwrap_err();
        assert!(recorded.is_none() && error.kind() == Kind::Denied);
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_resource_configuration_is_waited_for_briefly() {
    let world = World::new();
    let nowhere = "arn:aws:vpc-lattice:eu-west-1:123456789012:resourceconfiguration/rcfg-0123456789abcdef0";
    let inputs = with(&api_key(), json!({ "resourceConfigurationArn": nowhere }));
    let began = tokio::time::Instant::now();
    let (recorded, error) = world.create::<Connection>("orders", inputs).await.unwrap_err();
    assert!(recorded.is_none() && error.kind() == Kind::NotFound, "{error}");
    assert!(error.to_string().contains("its share was accepted"), "{error}");
    assert!((30..60).contains(&began.elapsed().as_secs()));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_takes_too_long_says_what_was_seen() {
    let mut world = World::cautious(json!({}));
    let inputs = with(
        &api_key(),
        json!({ "resourceConfigurationArn": target(&world, "api").await }),
    );
    world.timeout = Some(Duration::from_secs(2));
    let (recorded, error) = world.create::<Connection>("orders", inputs.clone()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::TimedOut);
    assert!(
        error
            .to_string()
            .contains("waited 2 s for the connection to become ready; last seen: AUTHORIZING"),
        "{error}"
    );
    let recorded = recorded.unwrap();
    assert_eq!(recorded.output("state"), "AUTHORIZING");
    // The next update finishes the connection, with equal inputs and without a modifying call.
    world.timeout = None;
    let finished = world.update::<Connection>(&recorded, inputs).await.unwrap();
    assert_eq!(finished.output("state"), "ACTIVE");
    assert_eq!(world.calls("UpdateConnection").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn throttling_is_sat_out() {
    let world = World::new();
    for operation in [
        "CreateConnection",
        "DescribeConnection",
        "UpdateConnection",
        "DeleteConnection",
    ] {
        world
            .emulator
            .inject(Fault::new(operation, 1, FaultKind::Throttle).times(3));
    }
    let made = world.create::<Connection>("orders", api_key()).await.unwrap();
    let updated = world
        .update::<Connection>(&made, with(&api_key(), json!({ "description": "x" })))
        .await
        .unwrap();
    world.delete::<Connection>(&updated).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn another_account_is_not_mistaken_for_a_deletion() {
    let world = World::new();
    let mut made = world.create::<Connection>("orders", api_key()).await.unwrap();
    let elsewhere = made.output("arn").replace("123456789012", "999999999999");
    made.prior.outputs.insert("arn".to_owned(), elsewhere.into());
    tokio::time::sleep(Duration::from_secs(2)).await;
    for error in [
        world.refresh::<Connection>(&made).await.unwrap_err(),
        world.delete::<Connection>(&made).await.unwrap_err(),
    ] {
        assert!(error.to_string().contains("belongs to account 999999999999"), "{error}");
    }
    assert_eq!(world.existing("connection"), ["orders"]);
}
