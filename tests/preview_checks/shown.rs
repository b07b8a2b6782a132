//! The checks of a preview, for a resource on its own.

use pulumi_provider::proto::{CreateRequest, LogSeverity, UpdateRequest};
use serde_json::{Value as Json, json};
use tonic::{Code, Status};

use crate::harness::server::{Harness, fields, secret, urn};
use crate::harness::toy::{THING, Toy};

async fn checked(region: &str) -> Harness {
    Harness::start(Toy::new(), json!({ "region": region })).await
}

fn create(inputs: Json) -> CreateRequest {
    CreateRequest {
        urn: urn(THING, "one"),
        properties: Some(fields(inputs)),
        preview: true,
        ..CreateRequest::default()
    }
}

async fn preview(harness: &mut Harness, behavior: &str) -> Result<(), Status> {
    let inputs = json!({"name": "one", "size": 1, "behavior": behavior, "payload": secret("hunter2")});
    harness.client.create(create(inputs)).await.map(|_| ())
}

fn about_the_stack(harness: &Harness) -> Vec<String> {
    let messages = harness.engine.messages().into_iter();
    let about = messages.filter(|message| message.urn.is_empty() && message.severity() == LogSeverity::Warning);
    about.map(|message| message.message).collect()
}

#[tokio::test(start_paused = true)]
async fn what_will_fail_fails_the_preview_and_shows_no_secret() {
    let mut harness = checked("checked").await;
    let error = preview(&mut harness, "fail").await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidArgument);
    assert!(
        error
            .message()
            .starts_with("`behavior`: this fails with [secret] (1). If this is wrong, set `toy:previewChecks` to"),
        "{error}"
    );
    assert_eq!(harness.engine.warnings("one"), ["Thing \"one\": `size`: this is small"]);
    // Resources that belong to no component share nothing.
    let error = preview(&mut harness, "fail").await.unwrap_err();
    assert!(error.message().contains("(1)"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_may_fail_is_a_warning() {
    let mut harness = checked("checked").await;
    preview(&mut harness, "doubt").await.unwrap();
    assert_eq!(harness.engine.warnings("one"), ["Thing \"one\": this may fail"]);
}

#[tokio::test(start_paused = true)]
async fn everything_can_be_a_warning_or_unchecked() {
    let mut harness = checked("warned").await;
    preview(&mut harness, "fail").await.unwrap();
    assert_eq!(
        harness.engine.warnings("one"),
        [
            "Thing \"one\": `behavior`: this fails with [secret] (1)",
            "Thing \"one\": `size`: this is small"
        ]
    );
    let mut harness = checked("here").await;
    preview(&mut harness, "fail").await.unwrap();
    assert_eq!(harness.engine.messages(), []);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_told_once_in_a_command() {
    let mut harness = checked("checked").await;
    for _ in 0..3 {
        preview(&mut harness, "blind").await.unwrap();
    }
    let told = about_the_stack(&harness);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("the things could not be read: ListThings: access denied"),
        "{told:?}"
    );
    assert_eq!(harness.engine.warnings("one"), Vec::<String>::new());
    harness.configure(json!({ "region": "checked" })).await.unwrap();
    preview(&mut harness, "blind").await.unwrap();
    assert_eq!(about_the_stack(&harness).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_update_is_checked_where_it_changes_something() {
    let mut harness = checked("checked").await;
    let old = json!({"name": "one", "size": 1, "behavior": "fail"});
    let update = |news: Json| UpdateRequest {
        id: "id-of-one".to_owned(),
        urn: urn(THING, "one"),
        old_inputs: Some(fields(old.clone())),
        olds: Some(fields(json!({"name": "one", "arn": "arn:id-of-one", "state": "ready"}))),
        news: Some(fields(news)),
        preview: true,
        ..UpdateRequest::default()
    };
    let same = update(json!({"name": "one", "size": 2, "behavior": "fail"}));
    harness.client.update(same).await.unwrap();
    let other = update(json!({"name": "one", "size": 2, "behavior": "doubt"}));
    harness.client.update(other).await.unwrap();
    assert_eq!(harness.engine.warnings("one"), ["Thing \"one\": this may fail"]);
}

/// The engine previews a resource during an update if it skips it, because one that it depends on failed.
#[tokio::test(start_paused = true)]
async fn nothing_is_checked_during_an_update() {
    let mut harness = checked("checked").await;
    let real = CreateRequest {
        preview: false,
        ..create(json!({"name": "other", "size": 1, "behavior": ""}))
    };
    harness.client.create(real).await.unwrap();
    preview(&mut harness, "fail").await.unwrap();
    assert_eq!(harness.engine.warnings("one"), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn inputs_are_checked_where_the_service_cannot_be_asked() {
    let mut harness = checked("checked").await;
    for size in [-1, -2] {
        let inputs = json!({"name": "one", "size": size, "behavior": "deaf"});
        harness.client.create(create(inputs)).await.unwrap();
    }
    assert_eq!(
        harness.engine.warnings("one"),
        ["Thing \"one\": `size`: this is negative"; 2]
    );
}

/// Each attempt to reach the service would take as long as the first.
#[tokio::test(start_paused = true)]
async fn a_service_that_does_not_answer_is_asked_once() {
    let mut harness = checked("checked").await;
    let began = tokio::time::Instant::now();
    for _ in 0..5 {
        preview(&mut harness, "deaf").await.unwrap();
    }
    assert!(
        began.elapsed() < std::time::Duration::from_secs(15),
        "{:?}",
        began.elapsed()
    );
    let told = about_the_stack(&harness);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("did not answer in time"), "{told:?}");
    preview(&mut harness, "fail").await.unwrap();
}
