//! `ownershipTags: false`: the provider sets no ownership tags, and no message claims what it cannot know without them.

use std::time::Duration;

use aws_emulator::faults::{Fault, FaultKind};
use aws_emulator::journal::Entry;
use private_step_functions::aws::tags::{OPERATION_TAG, URN_TAG};
use serde_json::{Value as Json, json};
use tokio::time::Instant;

use crate::harness::server::json as plain;
use crate::session::{Recorded, settle};
use crate::subjects::with;
use crate::tagged::{Tagged, labels_with_tags};

fn without() -> Json {
    json!({ "ownershipTags": false })
}

fn ours(tagged: &Tagged, made: &Recorded) -> usize {
    let tags = tagged.in_aws(made);
    [URN_TAG, OPERATION_TAG]
        .iter()
        .filter(|key| tags.contains_key(**key))
        .count()
}

#[tokio::test(start_paused = true)]
async fn existing_objects_are_unaffected_by_a_change_of_ownership_tags() {
    for label in labels_with_tags().await {
        for (first, then, has) in [(without(), json!({}), 0), (json!({}), without(), 2)] {
            let tagged = Tagged::of(label).await;
            let (one, two) = (tagged.session(1, first).await, tagged.session(2, then).await);
            let made = tagged.create(&one, &json!({ "stage": "one" })).await;
            assert_eq!(ours(&tagged, &made), has, "{label}");
            for session in [&one, &two] {
                let read = tagged.refresh(session, &made).await;
                assert_eq!(plain(&read.outputs), plain(&made.outputs), "{label}");
                assert_eq!(
                    tagged.diff(session, &read, &json!({ "stage": "one" })).await,
                    [""; 0],
                    "{label}"
                );
            }
            let updated = tagged.update(&two, &made, &json!({ "stage": "two" })).await;
            let updated = tagged.update(&two, &updated, &Json::Null).await;
            assert_eq!(ours(&tagged, &updated), has, "{label}");
            assert_eq!(tagged.theirs_in_aws(&updated), json!({}), "{label}");
            two.delete(tagged.subject.resource(), &updated, 0.0).await.unwrap();
        }
    }
}

/// The response to the create is lost, with and without the SDK's retries.
#[tokio::test(start_paused = true)]
async fn without_ownership_tags_a_lost_response_creates_no_second_object() {
    for label in labels_with_tags().await {
        for retries in [0, 25] {
            let tagged = Tagged::of(label).await;
            let session = tagged
                .session(1, json!({ "ownershipTags": false, "maxRetries": retries }))
                .await;
            let resource = tagged.subject.resource();
            let inputs = session.check(resource, None, tagged.program(&Json::Null)).await;
            let subject = &tagged.subject;
            let fault = Fault::new(subject.create, 1, FaultKind::ResetAfter);
            tagged.emulator.inject(fault);
            let outcome = session.create(resource, &inputs, 0.0).await;
            let ids = tagged.ids();
            let [id] = ids.as_slice() else {
                panic!("{label}, {retries} retries: {ids:?} exist");
            };
            match outcome {
                Ok(made) => {
                    assert!(
                        subject.create_is_idempotent,
                        "{label}: no token and no tag tells that it is ours"
                    );
                    assert_eq!(made.id, *id, "{label}");
                }
                Err(failed) => {
                    let text = failed.status.message();
                    assert!(!subject.create_is_idempotent, "{label}: {text}");
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
async fn a_create_without_a_response_ends_within_a_minute() {
    for (label, operation, advice) in [
        ("security group", "CreateSecurityGroup", "and found none"),
        (
            "interface endpoint",
            "CreateVpcEndpoint",
            "the provider cannot look for it, because its `ownershipTags` is false",
        ),
    ] {
        let tagged = Tagged::of(label).await;
        let session = tagged
            .session(1, json!({ "ownershipTags": false, "maxRetries": 0 }))
            .await;
        let resource = tagged.subject.resource();
        let inputs = session.check(resource, None, tagged.program(&Json::Null)).await;
        tagged
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
async fn orphans_are_looked_for_only_with_ownership_tags() {
    for label in labels_with_tags().await {
        let mut looked = Vec::new();
        for config in [json!({}), without()] {
            let tagged = Tagged::of(label).await;
            tagged
                .create(&tagged.session(1, config.clone()).await, &Json::Null)
                .await;
            let next = tagged.session(2, config).await;
            let since = tagged.emulator.journal().len();
            let program = with(&tagged.subject.second(), "tags", &Json::Null);
            let resource = tagged.subject.resource();
            let inputs = next.check(resource, None, program).await;
            next.create(resource, &inputs, 0.0).await.unwrap();
            settle().await;
            let is_look = |call: &Entry| match call.operation.as_str() {
                operation if operation.starts_with("Describe") => call.parameters.to_string().contains(URN_TAG),
                operation => operation.starts_with("List"),
            };
            let looks = tagged.calls_since(since).iter().any(is_look);
            looked.push((looks, next.harness.engine.warnings("orders").len()));
        }
        assert_eq!(looked, [(true, 1), (false, 0)], "{label}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_taken_name_is_explained_without_claiming_ownership() {
    for label in labels_with_tags().await {
        let tagged = Tagged::of(label).await;
        if !tagged.subject.has_input("name") {
            continue;
        }
        let program = with(&tagged.program(&Json::Null), "name", &json!("orders"));
        let resource = tagged.subject.resource();
        for (seed, config) in [(1, without()), (2, without())] {
            let session = tagged.session(seed, config).await;
            let inputs = session.check(resource, None, program.clone()).await;
            let outcome = session.create(resource, &inputs, 0.0).await;
            settle().await;
            if seed == 1 {
                outcome.unwrap();
                continue;
            }
            let text = outcome.unwrap_err().status.message().to_owned();
            assert!(
                text.contains(&tagged.ids()[0]) && text.contains("`ownershipTags` is false"),
                "{text}"
            );
            assert!(!text.contains("created for this same resource"), "{text}");
        }
    }
}
