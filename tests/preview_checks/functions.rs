//! Functions: a program's questions.

use pulumi_provider::proto::InvokeRequest;
use serde_json::{Value as Json, json};
use tonic::{Code, Status};

use crate::harness::server::{Harness, UNKNOWN, fields, json as read, secret};
use crate::harness::toy::Toy;

async fn greet(arguments: Json) -> Result<Json, Status> {
    let mut harness = Harness::start(Toy::new(), json!({ "region": "here" })).await;
    let request = InvokeRequest {
        tok: "toy:index:greet".to_owned(),
        args: Some(fields(arguments)),
        ..InvokeRequest::default()
    };
    let answer = harness.client.invoke(request).await?.into_inner();
    assert_eq!(answer.failures, []);
    Ok(read(&answer.r#return.unwrap()))
}

#[tokio::test(start_paused = true)]
async fn a_function_answers_with_defaults_and_marks_secrets() {
    assert_eq!(
        greet(json!({ "name": "ada" })).await.unwrap(),
        json!({ "text": "hello ada" })
    );
    let twice = greet(json!({ "name": "ada", "times": 2, "password": "hunter2" }))
        .await
        .unwrap();
    assert_eq!(
        twice,
        json!({ "text": "hello ada hello ada", "token": secret("hunter2") })
    );
}

#[tokio::test(start_paused = true)]
async fn wrong_arguments_are_named_all_at_once() {
    let error = greet(json!({ "nme": "ada", "times": "often" })).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidArgument);
    for part in ["`nme`", "`name` is required", "`times` must be"] {
        assert!(error.message().contains(part), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_rule_refuses_is_named_with_what_the_schema_refuses() {
    let error = greet(json!({ "name": "everybody", "password": "hunter2", "loud": true }))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::InvalidArgument);
    assert!(error.message().contains("`loud` there is no property"), "{error}");
    assert!(
        error.message().ends_with("; `password` cannot be told to everybody"),
        "{error}"
    );
    assert!(!error.message().contains("hunter2"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_argument_has_no_answer() {
    let answer = greet(json!({ "name": UNKNOWN })).await.unwrap();
    assert_eq!(answer, json!({}));
}

#[tokio::test(start_paused = true)]
async fn an_error_has_its_code_and_no_secret() {
    let error = greet(json!({ "name": "nobody", "password": "hunter2" }))
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        (Code::NotFound, "nobody knows [secret]")
    );
}

#[tokio::test(start_paused = true)]
async fn a_service_that_does_not_answer_is_given_up() {
    let error = greet(json!({ "name": "sleeper" })).await.unwrap_err();
    assert!(error.message().contains("did not answer in time"), "{error}");
}
