//! `ownershipTags: false`: the provider sets no ownership tags, and no message claims what it cannot know without them.

use std::time::Duration;

use aws_emulator::faults::{Fault, FaultKind};
use aws_emulator::journal::Entry;
use private_step_functions::aws::tags::{OPERATION_TAG, URN_TAG};
use serde_json::{Value as Json, json};
use tokio::time::Instant;

use crate::harness::server::json as plain;
use crate::scene::{Scene, TAGGED};
use crate::session::{Recorded, settle};
use crate::subjects::with;

fn without() -> Json {
    json!({ "ownershipTags": false })
}

fn ours(scene: &Scene, made: &Recorded) -> usize {
    let tags = scene.in_aws(made);
    [URN_TAG, OPERATION_TAG]
        .iter()
        .filter(|key| tags.contains_key(**key))
        .count()
}

#[tokio::test(start_paused = true)]
async fn what_exists_keeps_what_it_has_whatever_the_configuration_becomes() {
    for label in TAGGED {
        for (first, then, has) in [(without(), json!({}), 0), (json!({}), without(), 2)] {
            let scene = Scene::of(label).await;
            let (one, two) = (scene.session(1, first).await, scene.session(2, then).await);
            let made = scene.create(&one, &json!({ "stage": "one" })).await;
            assert_eq!(ours(&scene, &made), has, "{label}");
            for session in [&one, &two] {
                let read = scene.refresh(session, &made).await;
                assert_eq!(plain(&read.outputs), plain(&made.outputs), "{label}");
                assert_eq!(
                    scene.diff(session, &read, &json!({ "stage": "one" })).await,
                    [""; 0],
                    "{label}"
                );
            }
            let updated = scene.update(&two, &made, &json!({ "stage": "two" })).await;
            let updated = scene.update(&two, &updated, &Json::Null).await;
            assert_eq!(ours(&scene, &updated), has, "{label}");
            assert_eq!(scene.theirs_in_aws(&updated), json!({}), "{label}");
            two.delete(scene.subject.resource(), &updated, 0.0).await.unwrap();
        }
    }
}

/// The response to the create is lost, with and without the SDK's retries.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_makes_no_second_object_and_no_false_claim() {
    for (label, operation) in [
        ("security group", "CreateSecurityGroup"),
        ("interface endpoint", "CreateVpcEndpoint"),
        ("resource gateway", "CreateResourceGateway"),
        ("configuration of a host", "CreateResourceConfiguration"),
    ] {
        for retries in [0, 25] {
            let scene = Scene::of(label).await;
            let session = scene
                .session(1, json!({ "ownershipTags": false, "maxRetries": retries }))
                .await;
            let resource = scene.subject.resource();
            let inputs = session.check(resource, None, scene.program(&Json::Null)).await;
            scene.emulator.inject(Fault::new(operation, 1, FaultKind::ResetAfter));
            let outcome = session.create(resource, &inputs, 0.0).await;
            let ids = scene.ids();
            let [id] = ids.as_slice() else {
                panic!("{label}, {retries} retries: {ids:?} exist");
            };
            match outcome {
                Ok(made) => {
                    assert_ne!(label, "security group", "no token and no tag tells that it is ours");
                    assert_eq!(made.id, *id, "{label}");
                }
                Err(failed) => {
                    let text = failed.status.message();
                    assert_eq!(label, "security group", "{text}");
                    assert!(failed.recorded.is_none());
                    for told in [id.as_str(), "`ownershipTags` is false", "pulumi import"] {
                        assert!(text.contains(told), "{retries} retries: {text}");
                    }
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_that_nothing_answers_comes_to_an_end() {
    for (label, operation, advice) in [
        ("security group", "CreateSecurityGroup", "was looked for and not found"),
        (
            "interface endpoint",
            "CreateVpcEndpoint",
            "cannot be looked for, since the provider's `ownershipTags` is false",
        ),
    ] {
        let scene = Scene::of(label).await;
        let session = scene
            .session(1, json!({ "ownershipTags": false, "maxRetries": 0 }))
            .await;
        let resource = scene.subject.resource();
        let inputs = session.check(resource, None, scene.program(&Json::Null)).await;
        scene
            .emulator
            .inject(Fault::new(operation, 1, FaultKind::ResetBefore).times(10_000));
        let began = Instant::now();
        let failed = session.create(resource, &inputs, 0.0).await.unwrap_err();
        assert!(failed.status.message().contains(advice), "{}", failed.status.message());
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "{label}: {:?}",
            began.elapsed()
        );
    }
}

/// The process is killed between AWS's response and the engine's record of it.
#[tokio::test(start_paused = true)]
async fn what_a_killed_run_left_is_not_looked_for() {
    for label in TAGGED {
        let mut looked = Vec::new();
        for config in [json!({}), without()] {
            let scene = Scene::of(label).await;
            scene.create(&scene.session(1, config.clone()).await, &Json::Null).await;
            let next = scene.session(2, config).await;
            let since = scene.emulator.journal().len();
            let program = with(&scene.program(&Json::Null), "privateDnsEnabled", &private_dns(label));
            let resource = scene.subject.resource();
            let inputs = next.check(resource, None, program).await;
            next.create(resource, &inputs, 0.0).await.unwrap();
            settle().await;
            let is_look = |call: &Entry| match call.operation.as_str() {
                operation if operation.starts_with("Describe") => call.parameters.to_string().contains(URN_TAG),
                operation => operation.starts_with("List"),
            };
            let looks = scene.calls_since(since).iter().any(is_look);
            looked.push((looks, next.harness.engine.warnings("orders").len()));
        }
        assert_eq!(looked, [(true, 1), (false, 0)], "{label}");
    }
}

/// Two endpoints cannot share one private DNS name.
fn private_dns(label: &str) -> Json {
    match label {
        "interface endpoint" => json!(false),
        _ => Json::Null,
    }
}

#[tokio::test(start_paused = true)]
async fn a_taken_name_is_explained_as_far_as_it_is_known() {
    for label in ["security group", "resource gateway", "configuration of a host"] {
        let scene = Scene::of(label).await;
        let program = with(&scene.program(&Json::Null), "name", &json!("orders"));
        let resource = scene.subject.resource();
        for (seed, config) in [(1, without()), (2, without())] {
            let session = scene.session(seed, config).await;
            let inputs = session.check(resource, None, program.clone()).await;
            let outcome = session.create(resource, &inputs, 0.0).await;
            settle().await;
            if seed == 1 {
                outcome.unwrap();
                continue;
            }
            let text = outcome.unwrap_err().status.message().to_owned();
            assert!(
                text.contains(&scene.ids()[0]) && text.contains("`ownershipTags` is false"),
                "{text}"
            );
            assert!(!text.contains("made for this very resource"), "{text}");
        }
    }
}
