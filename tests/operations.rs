//! Operations on custom resources, through the real server in memory: previews, progress, cancellation, partially created
//! objects.
// In a test, a failed unwrap is a test failure.
#![allow(clippy::unwrap_used)]

// Each test binary uses only part of the harness, and no other crate can use it.
#[allow(dead_code, unreachable_pub)]
mod harness {
    pub mod engine;
    pub mod monitor;
    pub mod network;
    pub mod server;
    pub mod toy;
}

use std::time::Duration;

use harness::server::{Harness, UNKNOWN, detail, fields, json, secret, urn};
use harness::toy::{ODD, THING, Toy};
use pulumi_provider::proto::check_request::AutonamingOptions;
use pulumi_provider::proto::check_request::autonaming_options::Mode;
use pulumi_provider::proto::diff_response::DiffChanges;
use pulumi_provider::proto::property_diff::Kind;
use pulumi_provider::proto::{
    CheckRequest, CheckResponse, CreateRequest, CreateResponse, DeleteRequest, DiffRequest, ErrorResourceInitFailed,
    ReadRequest, ReadResponse, UpdateRequest,
};
use serde_json::{Value as Json, json};
use tokio::time::{Instant, sleep};
use tonic::{Code, Status};

async fn start() -> Harness {
    Harness::start(Toy::new(), json!({"region": "here"})).await
}

async fn check(harness: &mut Harness, olds: Json, news: Json, autonaming: Option<AutonamingOptions>) -> CheckResponse {
    let request = CheckRequest {
        urn: urn(THING, "one"),
        olds: Some(fields(olds)),
        news: Some(fields(news)),
        random_seed: vec![7; 32],
        autonaming,
        ..CheckRequest::default()
    };
    harness.client.check(request).await.unwrap().into_inner()
}

async fn create(harness: &Harness, token: &str, inputs: Json) -> Result<CreateResponse, Status> {
    let request = CreateRequest {
        urn: urn(token, "one"),
        properties: Some(fields(inputs)),
        timeout: 120.0,
        ..CreateRequest::default()
    };
    Ok(harness.client.clone().create(request).await?.into_inner())
}

fn thing(behavior: &str) -> Json {
    json!({"name": "one", "size": 1, "behavior": behavior})
}

/// Explains the replacement of a thing by a permanent message in a preview and by a status in an update. Nowhere else.
#[tokio::test(start_paused = true)]
async fn a_replacement_is_explained_in_the_preview_and_the_update() {
    let harness = start().await;
    let moved = json!({"name": "one", "size": 1, "behavior": "", "zone": "b"});
    let compare = async |news: &Json| {
        let request = DiffRequest {
            id: "id-of-one".to_owned(),
            urn: urn(THING, "one"),
            olds: Some(fields(json!({"arn": "arn:one", "state": "ready"}))),
            old_inputs: Some(fields(json!({"name": "one", "size": 1, "behavior": "", "zone": "a"}))),
            news: Some(fields(news.clone())),
            ..DiffRequest::default()
        };
        harness.client.clone().diff(request).await.unwrap()
    };
    compare(&moved).await;
    assert_eq!(
        harness.engine.messages(),
        [],
        "a refresh compares too, and makes nothing"
    );
    let preview = CreateRequest {
        urn: urn(THING, "one"),
        properties: Some(fields(moved.clone())),
        preview: true,
        ..CreateRequest::default()
    };
    for _ in 0..2 {
        harness.client.clone().create(preview.clone()).await.unwrap();
        assert_eq!(
            harness.engine.notes("one"),
            ["Thing \"one\" must be replaced: `zone` cannot be changed in place"],
            "once"
        );
    }
    assert!(harness.engine.statuses("one").is_empty());

    compare(&moved).await;
    create(&harness, THING, moved.clone()).await.unwrap();
    let shown = ["must be replaced: `zone` cannot be changed in place", ""];
    assert_eq!(harness.engine.statuses("one"), shown);
    assert_eq!(harness.engine.notes("one").len(), 1);

    // The explanation is discarded when a later Diff finds no replacement.
    compare(&moved).await;
    compare(&json!({"name": "one", "size": 2, "behavior": "", "zone": "a"})).await;
    create(&harness, THING, moved).await.unwrap();
    assert_eq!(harness.engine.statuses("one").len(), shown.len());
}

/// With an engine that has no log, only the messages are lost.
#[tokio::test(start_paused = true)]
async fn nothing_is_explained_to_an_engine_without_an_address() {
    let mut harness = Harness::serve(Toy::new());
    harness.configure(json!({"region": "here"})).await.unwrap();
    let request = DiffRequest {
        id: "id-of-one".to_owned(),
        urn: urn(THING, "one"),
        olds: Some(fields(json!({"arn": "arn:one", "state": "ready"}))),
        old_inputs: Some(fields(json!({"name": "one", "size": 1, "behavior": "", "zone": "a"}))),
        news: Some(fields(json!({"name": "one", "size": 1, "behavior": "", "zone": "b"}))),
        ..DiffRequest::default()
    };
    let answer = harness.client.diff(request).await.unwrap().into_inner();
    assert_eq!(answer.replaces, ["zone"]);
    create(&harness, THING, thing("")).await.unwrap();
    assert_eq!(harness.engine.messages(), []);
}

#[tokio::test(start_paused = true)]
async fn check_generates_names_sets_defaults_and_reports_failures() {
    let mut harness = start().await;
    let answer = check(&mut harness, json!({}), json!({"behavior": "", "code": "x"}), None).await;
    assert_eq!(answer.failures, []);
    let inputs = json(&answer.inputs.unwrap());
    assert!(inputs["name"].as_str().unwrap().starts_with("one-"), "{inputs}");
    assert_eq!((&inputs["size"], &inputs["code"]), (&json!(1), &secret("x")));

    let answer = check(
        &mut harness,
        json!({"name": "kept"}),
        json!({"behavior": UNKNOWN}),
        None,
    )
    .await;
    assert_eq!(
        json(&answer.inputs.unwrap()),
        json!({"behavior": UNKNOWN, "name": "kept", "size": 1})
    );

    let answer = check(&mut harness, json!({}), json!({"size": "big", "sise": 1}), None).await;
    let properties: Vec<_> = answer
        .failures
        .iter()
        .map(|failure| failure.property.as_str())
        .collect();
    assert_eq!(properties.len(), 3, "{:?}", answer.failures);

    for (mode, name, fails) in [
        (Mode::Enforce, "exactly-this", false),
        (Mode::Propose, "Proposed", false),
        (Mode::Disable, "", true),
    ] {
        let options = AutonamingOptions {
            proposed_name: name.to_owned(),
            mode: mode.into(),
        };
        let answer = check(&mut harness, json!({}), json!({"behavior": ""}), Some(options)).await;
        assert_eq!(!answer.failures.is_empty(), fails, "{mode:?}: {:?}", answer.failures);
        if mode == Mode::Enforce {
            assert_eq!(json(&answer.inputs.unwrap())["name"], name);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_diff_has_paths_change_kinds_and_property_lists() {
    let mut harness = start().await;
    let old = json!({"name": "one", "size": 1, "behavior": "", "payload": "p", "code": secret("x")});
    let diff = |new: Json| DiffRequest {
        id: "id-of-one".to_owned(),
        urn: urn(THING, "one"),
        olds: Some(fields(old.clone())),
        old_inputs: Some(fields(old.clone())),
        news: Some(fields(new)),
        ..DiffRequest::default()
    };
    let answer = harness.client.diff(diff(old.clone())).await.unwrap().into_inner();
    assert_eq!(
        (answer.changes(), answer.has_detailed_diff),
        (DiffChanges::DiffNone, true)
    );
    assert_eq!(answer.stables, ["arn"]);

    let new = json!({"name": "two", "size": 2, "behavior": "", "code": secret("x")});
    let answer = harness.client.diff(diff(new)).await.unwrap().into_inner();
    assert_eq!(answer.changes(), DiffChanges::DiffSome);
    assert_eq!(
        (answer.diffs, answer.replaces),
        (
            vec!["name".into(), "payload".into(), "size".into()],
            vec!["name".into()]
        )
    );
    let kinds: Vec<_> = answer
        .detailed_diff
        .values()
        .map(|change| (change.kind(), change.input_diff))
        .collect();
    assert_eq!(
        kinds,
        [(Kind::UpdateReplace, true), (Kind::Delete, true), (Kind::Update, true)]
    );

    let odd = DiffRequest {
        urn: urn(ODD, "one"),
        ..DiffRequest::default()
    };
    let error = harness.client.diff(odd).await.unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        (Code::InvalidArgument, "this cannot change")
    );
}

#[tokio::test(start_paused = true)]
async fn a_replacement_with_a_fixed_name_does_not_delete_first() {
    let mut harness = start().await;
    let answer = check(&mut harness, json!({}), json!({"behavior": "", "name": "fixed"}), None).await;
    assert_eq!(answer.failures, []);
    let diff = |zone: &str, name: &str| DiffRequest {
        urn: urn(THING, "one"),
        old_inputs: Some(fields(json!({"name": "fixed", "zone": "a", "size": 1, "behavior": ""}))),
        news: Some(fields(json!({"name": name, "zone": zone, "size": 1, "behavior": ""}))),
        ..DiffRequest::default()
    };
    // The provider cannot know whether the resource option `deleteBeforeReplace` is set. It works with both.
    let answer = harness.client.diff(diff("b", "fixed")).await.unwrap().into_inner();
    assert_eq!(
        (answer.replaces, answer.delete_before_replace),
        (vec!["zone".to_owned()], false)
    );
    // A new name cannot collide. A generated name is new too.
    assert_eq!(
        harness
            .client
            .diff(diff("b", "other"))
            .await
            .unwrap()
            .into_inner()
            .replaces,
        ["name", "zone"]
    );
    check(&mut harness, json!({"name": "fixed"}), json!({"behavior": ""}), None).await;
    assert_eq!(
        harness
            .client
            .diff(diff("b", "fixed"))
            .await
            .unwrap()
            .into_inner()
            .replaces,
        ["zone"]
    );
}

#[tokio::test(start_paused = true)]
async fn previews_make_no_changes_and_keep_known_values() {
    let toy = Toy::new();
    let objects = toy.objects();
    let mut harness = Harness::start(toy, json!({"region": "here"})).await;
    let request = CreateRequest {
        urn: urn(THING, "one"),
        properties: Some(fields(json!({"name": "one", "size": UNKNOWN, "behavior": ""}))),
        preview: true,
        ..CreateRequest::default()
    };
    let answer = harness.client.create(request).await.unwrap().into_inner();
    assert_eq!(answer.id, "");
    assert_eq!(
        json(&answer.properties.unwrap()),
        json!({"name": "one", "size": UNKNOWN, "behavior": ""})
    );
    let request = UpdateRequest {
        id: "id-of-one".to_owned(),
        urn: urn(THING, "one"),
        olds: Some(fields(
            json!({"name": "one", "size": 1, "behavior": "", "arn": "arn:1", "state": "ready"}),
        )),
        old_inputs: Some(fields(thing(""))),
        news: Some(fields(json!({"name": "one", "size": 2, "behavior": ""}))),
        preview: true,
        ..UpdateRequest::default()
    };
    let answer = harness.client.update(request).await.unwrap().into_inner();
    assert_eq!(
        json(&answer.properties.unwrap()),
        json!({"name": "one", "size": 2, "behavior": "", "arn": "arn:1"}),
        "the state may change, so it is left out"
    );
    assert!(objects.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_resource_passes_through_its_whole_lifecycle() {
    let toy = Toy::new();
    let objects = toy.objects();
    let mut harness = Harness::start(toy, json!({"region": "here"})).await;
    let inputs = json!({"name": "one", "size": 1, "behavior": "slow", "code": secret("x")});
    let created = create(&harness, THING, inputs.clone()).await.unwrap();
    let outputs = json(created.properties.as_ref().unwrap());
    let expected = json!({
        "name": "one", "size": 1, "behavior": "slow", "code": secret("x"), "arn": "arn:id-of-one", "state": "ready",
    });
    assert_eq!((created.id.as_str(), &outputs), ("id-of-one", &expected));
    assert_eq!(
        harness.engine.statuses("one"),
        ["waiting for the thing: PENDING", "waiting for the thing: STARTING", ""],
        "cleared before the answer"
    );

    let read = |inputs: Option<Json>, outputs: Option<Json>, id: &str| ReadRequest {
        id: id.to_owned(),
        urn: urn(THING, "one"),
        inputs: inputs.map(fields),
        properties: outputs.map(fields),
        ..ReadRequest::default()
    };
    let refreshed = read(Some(inputs.clone()), Some(outputs.clone()), "id-of-one");
    let refreshed = harness.client.read(refreshed).await.unwrap().into_inner();
    assert_eq!(json(&refreshed.properties.unwrap()), expected);
    assert_eq!(json(&refreshed.inputs.unwrap()), inputs);
    let imported = harness
        .client
        .read(read(None, None, "id-of-one"))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(imported.id, "id-of-one");
    assert!(imported.properties.is_some() && imported.inputs.is_some());
    // An import of a missing object is an error. In a refresh, an empty answer makes the engine drop the object.
    let nothing = harness.client.read(read(None, None, "other")).await.unwrap_err();
    assert_eq!(nothing.code(), Code::NotFound, "{nothing}");
    assert!(nothing.message().contains("there is no Thing `other`"), "{nothing}");
    // An existence check is a read of a resource that no program has, with whatever inputs the program knows.
    for known in [None, Some(json!({})), Some(inputs.clone())] {
        let asked = |id: &str| ReadRequest {
            urn: urn(THING, "__exists__7"),
            ..read(known.clone(), None, id)
        };
        let nothing = harness.client.read(asked("other")).await.unwrap().into_inner();
        assert_eq!(nothing, ReadResponse::default());
        let found = harness.client.read(asked("id-of-one")).await.unwrap().into_inner();
        assert_eq!(
            json(&found.properties.unwrap()),
            json(&imported.properties.clone().unwrap())
        );
    }
    let gone = read(Some(inputs.clone()), Some(outputs.clone()), "other");
    let gone = harness.client.read(gone).await.unwrap().into_inner();
    assert!(gone.id.is_empty() && gone.properties.is_none() && gone.inputs.is_none());

    let update = UpdateRequest {
        id: "id-of-one".to_owned(),
        urn: urn(THING, "one"),
        olds: Some(fields(outputs.clone())),
        old_inputs: Some(fields(inputs.clone())),
        news: Some(fields(json!({"name": "one", "size": 5, "behavior": ""}))),
        ..UpdateRequest::default()
    };
    let updated = harness.client.update(update).await.unwrap().into_inner();
    assert_eq!(json(&updated.properties.unwrap())["state"], "updated");
    assert_eq!(objects.lock().unwrap()["id-of-one"].size, 5);

    for _ in 0..2 {
        let delete = DeleteRequest {
            id: "id-of-one".to_owned(),
            urn: urn(THING, "one"),
            properties: Some(fields(outputs.clone())),
            old_inputs: Some(fields(inputs.clone())),
            ..DeleteRequest::default()
        };
        harness.client.delete(delete).await.unwrap();
    }
    assert!(objects.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_error_before_there_is_an_object_has_no_detail() {
    let harness = start().await;
    let error = create(&harness, THING, thing("fail")).await.unwrap_err();
    assert_eq!(error.code(), Code::PermissionDenied);
    assert_eq!(error.message(), "creating thing: CreateThing: access denied");
    assert!(error.details().is_empty());
}

#[tokio::test(start_paused = true)]
async fn canceling_a_create_records_its_object_at_once() {
    let harness = start().await;
    let creating = {
        let client = harness.client.clone();
        let harness = Harness {
            client,
            engine: harness.engine.clone(),
            monitor: harness.monitor.clone(),
        };
        tokio::spawn(async move { create(&harness, THING, thing("stuck")).await })
    };
    sleep(Duration::from_secs(60)).await;
    assert!(!creating.is_finished());
    let start = Instant::now();
    for _ in 0..2 {
        harness.client.clone().cancel(()).await.unwrap();
    }
    let error = creating.await.unwrap().unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(1));
    assert_eq!(error.code(), Code::Cancelled);
    let failed: ErrorResourceInitFailed = detail(&error, "ErrorResourceInitFailed");
    assert_eq!(failed.id, "id-of-one");
    assert_eq!(json(&failed.properties.unwrap())["state"], "half-made");
    assert_eq!(json(&failed.inputs.unwrap()), thing("stuck"));
    assert!(failed.reasons[0].contains("canceled"), "{:?}", failed.reasons);
    assert_eq!(harness.engine.statuses("one").last().map(String::as_str), Some(""));
}

#[tokio::test(start_paused = true)]
async fn the_custom_timeout_is_applied() {
    let harness = start().await;
    let start = Instant::now();
    let error = create(&harness, THING, thing("timeout")).await.unwrap_err();
    assert_eq!(start.elapsed().as_secs(), 120);
    assert_eq!(error.code(), Code::DeadlineExceeded);
    let failed: ErrorResourceInitFailed = detail(&error, "ErrorResourceInitFailed");
    assert_eq!(
        failed.reasons,
        [
            "the thing is not ready. The new object is recorded in the state: the next `pulumi up` continues with it. The limit was 2 min; the \
          resource option `customTimeouts.create` sets a longer one"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn unknown_outputs_are_reported_as_a_bug_and_the_id_is_recorded() {
    let mut harness = start().await;
    let inputs = json!({"bug": "unknown"});
    let update = UpdateRequest {
        id: "odd-1".to_owned(),
        urn: urn(ODD, "one"),
        news: Some(fields(inputs.clone())),
        ..UpdateRequest::default()
    };
    for error in [
        create(&harness, ODD, inputs.clone()).await.unwrap_err(),
        harness.client.update(update).await.unwrap_err(),
    ] {
        assert_eq!(error.code(), Code::Internal);
        assert!(error.message().contains("`inner.lost`"), "{error}");
        let failed: ErrorResourceInitFailed = detail(&error, "ErrorResourceInitFailed");
        assert_eq!(failed.id, "odd-1");
        assert_eq!(
            json(&failed.properties.unwrap()),
            json!({"kept": "y", "inner": {"known": "x"}})
        );
    }
    let read = ReadRequest {
        id: "odd-1".to_owned(),
        urn: urn(ODD, "one"),
        ..ReadRequest::default()
    };
    let error = harness.client.read(read).await.unwrap_err();
    assert!(error.message().contains("`inner.lost`"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_panic_ends_one_operation_and_not_the_server() {
    let harness = start().await;
    let error = create(&harness, ODD, json!({"bug": "panic"})).await.unwrap_err();
    assert_eq!(error.code(), Code::Internal);
    assert!(error.message().contains("bug in the provider"), "{error}");
    assert!(error.details().is_empty(), "there is no object");
    assert!(create(&harness, THING, thing("")).await.is_ok());

    let error = create(&harness, THING, thing("panic")).await.unwrap_err();
    let failed: ErrorResourceInitFailed = detail(&error, "ErrorResourceInitFailed");
    assert_eq!(failed.id, "id-of-one", "there is one");
}

#[tokio::test(start_paused = true)]
async fn a_create_continues_after_its_call_is_dropped() {
    let toy = Toy::new();
    let objects = toy.objects();
    let harness = Harness::start(toy, json!({"region": "here"})).await;
    let call = tokio::time::timeout(Duration::from_secs(1), create(&harness, THING, thing("slow")));
    assert!(call.await.is_err());
    sleep(Duration::from_secs(60)).await;
    assert_eq!(objects.lock().unwrap().len(), 1);
    assert_eq!(
        harness.engine.statuses("one").len(),
        2,
        "it went on to its second state"
    );
}

#[tokio::test(start_paused = true)]
async fn large_properties_pass_in_both_directions_and_in_errors() {
    let harness = start().await;
    let payload = "x".repeat(8 << 20);
    let mut inputs = thing("");
    inputs["payload"] = payload.clone().into();
    let created = create(&harness, THING, inputs).await.unwrap();
    assert_eq!(
        json(&created.properties.unwrap())["payload"].as_str().unwrap().len(),
        payload.len()
    );

    let mut inputs = thing("timeout");
    inputs["payload"] = payload[..100_000].into();
    let error = create(&harness, THING, inputs).await.unwrap_err();
    let failed: ErrorResourceInitFailed = detail(&error, "ErrorResourceInitFailed");
    assert_eq!(
        json(&failed.inputs.unwrap())["payload"].as_str().unwrap().len(),
        100_000
    );
}

#[tokio::test(start_paused = true)]
async fn hundreds_of_creates_run_in_parallel() {
    let toy = Toy::new();
    let objects = toy.objects();
    let harness = Harness::start(toy, json!({"region": "here"})).await;
    let start = Instant::now();
    let creates = (0..300).map(|number| {
        let mut client = harness.client.clone();
        async move {
            let mut inputs = thing("slow");
            inputs["name"] = format!("thing-{number}").into();
            let properties = Some(fields(inputs));
            let urn = urn(THING, &format!("thing-{number}"));
            client
                .create(CreateRequest {
                    urn,
                    properties,
                    ..CreateRequest::default()
                })
                .await
        }
    });
    for created in futures::future::join_all(creates).await {
        created.unwrap();
    }
    assert_eq!(objects.lock().unwrap().len(), 300);
    assert!(
        start.elapsed() < Duration::from_secs(70),
        "one after another they take hours"
    );
}
