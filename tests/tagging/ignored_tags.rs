//! `ignoreTags`: the provider neither shows, changes nor removes ignored tags.

use serde_json::{Value as Json, json};

use crate::harness::server::json as plain;
use crate::session::Session;
use crate::tagged::{Tagged, labels_with_tags};

/// Returns a provider configuration that ignores other people's tags.
fn ignoring() -> Json {
    json!({ "ignoreTags": { "keys": ["LastScan"], "keyPrefixes": ["c7n:"] }, "defaultTags": { "tags": { "team": "a" } } })
}

/// Returns the same configuration without `ignoreTags`.
fn seeing() -> Json {
    json!({ "defaultTags": { "tags": { "team": "a" } } })
}

/// Returns these tags together with other people's.
fn and_theirs(tags: &Json) -> Json {
    let mut all = tags.as_object().unwrap().clone();
    all.extend([
        ("LastScan".to_owned(), json!("monday")),
        ("c7n:owner".to_owned(), json!("x")),
    ]);
    all.into()
}

#[tokio::test(start_paused = true)]
async fn no_operation_shows_or_changes_ignored_tags() {
    for label in labels_with_tags().await {
        let tagged = Tagged::of(label).await;
        let session = tagged.session(1, ignoring()).await;
        let program = json!({ "stage": "one" });
        let made = tagged.create(&session, &program).await;
        tagged
            .stranger(&made, &and_theirs(&json!({ "stage": "one", "team": "a" })))
            .await;
        let since = tagged.emulator.journal().len();

        let read = tagged.refresh(&session, &made).await;
        assert_eq!(plain(&read.inputs), plain(&made.inputs), "{label}");
        assert_eq!(plain(&read.outputs), plain(&made.outputs), "{label}");
        assert_eq!(tagged.diff(&session, &read, &program).await, [""; 0], "{label}");

        // With and without a refresh first, until none of our tags is left.
        let mut old = made;
        for (program, in_aws) in [
            (
                json!({ "stage": "two", "more": "x" }),
                json!({ "stage": "two", "more": "x", "team": "a" }),
            ),
            (json!({ "stage": "two" }), json!({ "stage": "two", "team": "a" })),
            (Json::Null, json!({ "team": "a" })),
        ] {
            old = tagged.update(&session, &old, &program).await;
            assert_eq!(tagged.theirs_in_aws(&old), and_theirs(&in_aws), "{label}: {program}");
            assert_eq!(plain(&old.outputs)["tagsAll"], in_aws, "{label}: {program}");
            let read = tagged.refresh(&session, &old).await;
            assert_eq!(plain(&read.outputs), plain(&old.outputs), "{label}: {program}");
        }
        let resource = tagged.subject.resource();
        let imported = session.import(resource, &old.id).await.unwrap().unwrap();
        assert_eq!(plain(&imported.inputs).get("tags"), None, "{label}");
        assert_eq!(plain(&imported.outputs)["tagsAll"], json!({ "team": "a" }), "{label}");
        for call in tagged.calls_since(since) {
            let text = call.parameters.to_string();
            assert!(!text.contains("LastScan") && !text.contains("c7n:"), "{label}: {text}");
        }
        session.delete(resource, &old, 0.0).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_resumed_create_or_update_keeps_ignored_tags() {
    use aws_emulator::faults::{Fault, FaultKind};
    // An update sets and removes tags last. After a failure there, the next update continues from AWS's state.
    for (label, operation) in [("security group", "DeleteTags"), ("resource gateway", "TagResource")] {
        let tagged = Tagged::of(label).await;
        let session = tagged.session(1, ignoring()).await;
        let made = tagged.create(&session, &json!({ "old": "x" })).await;
        tagged
            .stranger(&made, &and_theirs(&json!({ "old": "x", "team": "a" })))
            .await;
        let resource = tagged.subject.resource();
        let inputs = session
            .check(resource, Some(&made.inputs), tagged.program(&json!({ "new": "y" })))
            .await;
        tagged
            .emulator
            .inject(Fault::new(operation, 1, FaultKind::AccessDenied));
        let failed = session.update(resource, &made, &inputs, 0.0).await.unwrap_err();
        let half_way = failed
            .recorded
            .unwrap_or_else(|| panic!("{label}: {:?}", failed.status));
        let updated = tagged.update(&session, &half_way, &json!({ "new": "y" })).await;
        assert_eq!(
            tagged.theirs_in_aws(&updated),
            and_theirs(&json!({ "new": "y", "team": "a" })),
            "{label}"
        );
    }
}

/// A configuration change alone causes no difference, whatever was recorded before it. A difference after a refresh goes
/// away with the next update.
#[tokio::test(start_paused = true)]
async fn a_change_of_ignore_tags_alone_causes_no_difference() {
    for label in labels_with_tags().await {
        let tagged = Tagged::of(label).await;
        let (seeing, ignoring) = (tagged.session(1, seeing()).await, tagged.session(2, ignoring()).await);
        let program = json!({ "stage": "one" });
        let made = tagged.create(&seeing, &program).await;
        tagged
            .stranger(&made, &and_theirs(&json!({ "stage": "one", "team": "a" })))
            .await;
        let in_aws = tagged.theirs_in_aws(&made);
        let recorded = tagged.refresh(&seeing, &made).await;
        assert_eq!(
            tagged.diff(&seeing, &recorded, &program).await,
            ["tags.LastScan", "tags.c7n:owner"],
            "{label}"
        );

        // The tags become ignored, whether a refresh has recorded them or not.
        for old in [&made, &recorded] {
            assert_eq!(tagged.diff(&ignoring, old, &program).await, [""; 0], "{label}");
            let since = tagged.emulator.journal().len();
            let updated = tagged.update(&ignoring, old, &json!({ "stage": "two" })).await;
            assert_eq!(
                plain(&updated.outputs)["tagsAll"],
                json!({ "stage": "two", "team": "a" }),
                "{label}"
            );
            let sent = serde_json::to_string(&tagged.calls_since(since)).unwrap();
            assert!(!sent.contains("LastScan"), "{label}: {sent}");
            tagged.update(&ignoring, &updated, &program).await;
            assert_eq!(tagged.theirs_in_aws(old), in_aws, "{label}");
        }
        let read = tagged.refresh(&ignoring, &recorded).await;
        assert_eq!(
            plain(&read.outputs),
            plain(&made.outputs),
            "{label}: a refresh forgets what was recorded"
        );
        assert_eq!(tagged.diff(&ignoring, &read, &program).await, [""; 0], "{label}");

        // The tags stop being ignored: a refresh records them, and then they are a difference like any other.
        assert_eq!(tagged.diff(&seeing, &read, &program).await, [""; 0], "{label}");
        let seen = tagged.refresh(&seeing, &read).await;
        assert!(!tagged.diff(&seeing, &seen, &program).await.is_empty(), "{label}");
        let healed = tagged.update(&seeing, &seen, &program).await;
        assert_eq!(
            tagged.theirs_in_aws(&healed),
            json!({ "stage": "one", "team": "a" }),
            "{label}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_tag_becomes_ignored_without_a_change() {
    for label in labels_with_tags().await {
        let tagged = Tagged::of(label).await;
        let (seeing, ignoring): (Session, Session) =
            (tagged.session(1, seeing()).await, tagged.session(2, ignoring()).await);
        let made = tagged.create(&seeing, &and_theirs(&json!({ "stage": "one" }))).await;
        let in_aws = tagged.theirs_in_aws(&made);
        // Once with further tags, once with only the ignored ones.
        for (before, after) in [
            (and_theirs(&json!({ "stage": "one" })), json!({ "stage": "one" })),
            (and_theirs(&json!({})), Json::Null),
        ] {
            let old = tagged.update(&seeing, &made, &before).await;
            assert_eq!(tagged.diff(&ignoring, &old, &after).await, [""; 0], "{label}: {after}");
        }
        let updated = tagged.update(&ignoring, &made, &json!({ "stage": "one" })).await;
        assert_eq!(
            tagged.theirs_in_aws(&updated)["LastScan"],
            in_aws["LastScan"],
            "{label}"
        );
        assert_eq!(
            tagged.theirs_in_aws(&updated)["c7n:owner"],
            in_aws["c7n:owner"],
            "{label}"
        );
    }
}
