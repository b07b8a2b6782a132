//! Every call of the provider protocol, through the real server in memory, for a package that is not this crate's own.
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

#[path = "preview_checks/functions.rs"]
mod functions;
#[path = "preview_checks/shown.rs"]
mod previews;

use std::collections::BTreeMap;
use std::sync::Arc;

use harness::monitor::MONITOR;
use harness::server::{Harness, PROVIDER_URN, UNKNOWN, detail, fields, json, secret, urn};
use harness::toy::{BUNDLE, THING, Toy};
use pulumi_provider::engine::Tcp;
use pulumi_provider::proto::diff_response::DiffChanges;
use pulumi_provider::proto::property_diff::Kind;
use pulumi_provider::proto::{
    CallRequest, CheckRequest, CheckResponse, ConfigureErrorMissingKeys, ConfigureRequest, ConstructRequest,
    CreateRequest, DiffRequest, DiffResponse, GetMappingRequest, GetMappingsRequest, GetSchemaRequest,
    InputPropertiesError, InvokeRequest, ListRequest, ParameterizeRequest, PluginAttach,
};
use pulumi_provider::provider::Provider;
use serde_json::{Value as Json, json};
use tonic::{Code, Status};

fn thing() -> CreateRequest {
    CreateRequest {
        urn: urn(THING, "one"),
        properties: Some(fields(json!({"name": "one", "size": 1, "behavior": ""}))),
        ..CreateRequest::default()
    }
}

#[tokio::test(start_paused = true)]
async fn calls_that_need_no_configuration_succeed_without_one() {
    let mut harness = Harness::serve(Toy::new());
    harness.handshake().await;
    let info = harness.client.get_plugin_info(()).await.unwrap().into_inner();
    assert_eq!(info.version, "1.2.3");
    let schema = harness
        .client
        .get_schema(GetSchemaRequest::default())
        .await
        .unwrap()
        .into_inner()
        .schema;
    let schema: Json = serde_json::from_str(&schema).unwrap();
    assert_eq!((&schema["name"], &schema["version"]), (&json!("toy"), &json!("1.2.3")));
    let other = GetSchemaRequest {
        version: 1,
        ..GetSchemaRequest::default()
    };
    assert_eq!(
        harness.client.get_schema(other).await.unwrap_err().code(),
        Code::InvalidArgument
    );
    let other = GetSchemaRequest {
        subpackage_name: "sub".to_owned(),
        ..GetSchemaRequest::default()
    };
    assert_eq!(
        harness.client.get_schema(other).await.unwrap_err().code(),
        Code::InvalidArgument
    );
    assert!(
        check_config(&mut harness, json!({"region": "here"}))
            .await
            .failures
            .is_empty()
    );
}

#[tokio::test(start_paused = true)]
async fn calls_that_need_a_configuration_fail_without_one() {
    let mut harness = Harness::serve(Toy::new());
    harness.handshake().await;
    let mut errors = vec![harness.client.create(thing()).await.unwrap_err()];
    let diff = DiffRequest {
        urn: urn(THING, "one"),
        ..DiffRequest::default()
    };
    errors.push(harness.client.diff(diff).await.unwrap_err());
    errors.push(construct(&mut harness, json!({})).await.unwrap_err());
    for error in errors {
        assert_eq!(error.code(), Code::FailedPrecondition);
        assert!(error.message().contains("not configured"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn unknown_tokens_are_refused_by_name() {
    let mut harness = Harness::start(Toy::new(), json!({"region": "here"})).await;
    let client = &mut harness.client;
    let tok = || "toy:index:nothing".to_owned();
    let create = CreateRequest {
        urn: urn("toy:index:nothing", "one"),
        ..CreateRequest::default()
    };
    for error in [
        client
            .invoke(InvokeRequest {
                tok: tok(),
                ..InvokeRequest::default()
            })
            .await
            .unwrap_err(),
        client
            .call(CallRequest {
                tok: tok(),
                ..CallRequest::default()
            })
            .await
            .unwrap_err(),
        client
            .list(ListRequest {
                token: tok(),
                ..ListRequest::default()
            })
            .await
            .unwrap_err(),
        client.create(create).await.unwrap_err(),
        client
            .construct(ConstructRequest {
                r#type: tok(),
                ..ConstructRequest::default()
            })
            .await
            .unwrap_err(),
    ] {
        assert!(
            matches!(error.code(), Code::InvalidArgument | Code::Unimplemented),
            "{error}"
        );
        assert!(
            error.message().contains("package toy") && error.message().contains("toy:index:nothing"),
            "{error}"
        );
    }
    let error = client.parameterize(ParameterizeRequest::default()).await.unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        (Code::Unimplemented, "the package toy takes no parameters")
    );
    let mapping = client
        .get_mapping(GetMappingRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert!(mapping.provider.is_empty() && mapping.data.is_empty());
    assert!(
        client
            .get_mappings(GetMappingsRequest::default())
            .await
            .unwrap()
            .into_inner()
            .providers
            .is_empty()
    );
    let error = client
        .create(CreateRequest {
            urn: "no urn".to_owned(),
            ..CreateRequest::default()
        })
        .await;
    assert_eq!(error.unwrap_err().code(), Code::InvalidArgument);
}

#[test]
fn a_package_that_does_not_implement_its_schema_is_not_served() {
    let error = Provider::new(Toy::incomplete(), Arc::new(Tcp)).err().unwrap();
    assert!(
        error.to_string().contains("nothing implements toy:index:Bundle"),
        "{error}"
    );
}

async fn check_config(harness: &mut Harness, news: Json) -> CheckResponse {
    let request = CheckRequest {
        urn: PROVIDER_URN.to_owned(),
        olds: Some(fields(json!({}))),
        news: Some(fields(news)),
        ..CheckRequest::default()
    };
    harness.client.check_config(request).await.unwrap().into_inner()
}

#[tokio::test(start_paused = true)]
async fn check_config_keeps_every_shape_and_marks_secrets() {
    let mut harness = Harness::serve(Toy::new());
    let news = json!({
        "region": "here", "retries": "5", "verbose": true, "accounts": "[\"1\"]", "password": "x",
        "defaultTags": {"a": "b"}, "version": "1.2.3", "pluginDownloadURL": "https://example.org",
    });
    let answer = check_config(&mut harness, news.clone()).await;
    assert_eq!(answer.failures, []);
    let mut expected = news;
    expected["password"] = secret("x");
    assert_eq!(json(&answer.inputs.unwrap()), expected);
}

#[tokio::test(start_paused = true)]
async fn check_config_reports_every_mistake_and_accepts_unknown_values() {
    let mut harness = Harness::serve(Toy::new());
    let answer = check_config(
        &mut harness,
        json!({"region": "moon", "retrys": 1, "retries": 99, "verbose": "perhaps", "accounts": "{}", "password": 7}),
    )
    .await;
    let failures: Vec<_> = answer
        .failures
        .iter()
        .map(|f| format!("{}|{}", f.property, f.reason))
        .collect();
    insta::assert_snapshot!(failures.join("\n"), @r"
    |`password`: must be a string: write it in quotes, because a number loses leading zeros
    |`verbose`: must be a boolean
    |`retrys`: there is no property of this name; did you mean `retries`?
    |`accounts`: must be a list, but is an object; write a list, even for one element
    retries|must be from 0 to 9
    region|must be on earth
    ");
    let answer = check_config(
        &mut harness,
        json!({"retries": UNKNOWN, "verbose": UNKNOWN, "password": UNKNOWN}),
    )
    .await;
    assert_eq!(answer.failures, []);
    assert_eq!(json(&answer.inputs.unwrap())["password"], json!(UNKNOWN));
}

#[tokio::test(start_paused = true)]
async fn a_project_may_have_the_name_of_the_package() {
    let toy = Toy::new();
    let configured = toy.configured.clone();
    let mut harness = Harness::serve(toy);
    let news = json!({"region": "here", "databaseUrl": "x", "retrys": "1"});
    for (provider, failing) in [("default", 1), ("default_1_2_3", 1), ("mine", 2)] {
        let request = CheckRequest {
            urn: urn("pulumi:providers:toy", provider),
            news: Some(fields(news.clone())),
            ..CheckRequest::default()
        };
        let answer = harness.client.check_config(request).await.unwrap().into_inner();
        assert_eq!(answer.failures.len(), failing, "{provider}: {:?}", answer.failures);
        assert_eq!(json(&answer.inputs.unwrap()), news);
    }
    harness
        .configure(json!({"region": "here", "databaseUrl": "x"}))
        .await
        .unwrap();
    assert!(!configured.lock().unwrap()[0].contains_key("databaseUrl"));
}

async fn diff_config(harness: &mut Harness, old: Json, new: Json) -> DiffResponse {
    let request = DiffRequest {
        urn: PROVIDER_URN.to_owned(),
        olds: Some(fields(old.clone())),
        old_inputs: Some(fields(old)),
        news: Some(fields(new)),
        ..DiffRequest::default()
    };
    harness.client.diff_config(request).await.unwrap().into_inner()
}

#[tokio::test(start_paused = true)]
async fn diff_config_compares_values_and_replaces_only_for_declared_keys() {
    let mut harness = Harness::serve(Toy::new());
    let old = json!({"region": "here", "retries": "5", "password": "x", "version": "1.2.3"});
    let same = json!({"region": "here", "retries": 5, "password": secret("x"), "version": "1.2.3"});
    let diff = diff_config(&mut harness, old.clone(), same).await;
    assert_eq!(
        (diff.changes(), diff.diffs.len(), diff.has_detailed_diff),
        (DiffChanges::DiffNone, 0, true)
    );

    let upgraded = json!({"region": "here", "retries": 6, "password": "y", "version": "1.3.0"});
    let diff = diff_config(&mut harness, old.clone(), upgraded).await;
    assert_eq!(diff.changes(), DiffChanges::DiffSome);
    assert_eq!(
        (diff.diffs, diff.replaces.len()),
        (vec!["password".into(), "retries".into(), "version".into()], 0)
    );
    assert!(diff.detailed_diff.values().all(|change| change.kind() == Kind::Update));

    let moved = json!({"region": "there", "retries": "5", "password": "x", "version": "1.2.3"});
    let diff = diff_config(&mut harness, old.clone(), moved).await;
    assert_eq!(diff.replaces, ["region"]);
    assert_eq!(diff.detailed_diff["region"].kind(), Kind::UpdateReplace);
    assert!(!diff.delete_before_replace);
}

#[tokio::test(start_paused = true)]
async fn configure_accepts_every_encoding_of_values() {
    let native = json!({
        "region": "true", "retries": 5, "verbose": true, "accounts": ["1"], "password": secret("x"),
        "defaultTags": {"a": "b"}, "version": "1.2.3",
    });
    let texts = json!({
        "region": "true", "retries": "5", "verbose": "true", "accounts": "[\"1\"]", "password": "x",
        "defaultTags": secret("{\"a\":\"b\"}"), "pluginDownloadURL": "https://example.org", "version": "1.2.3",
    });
    let toy = Toy::new();
    let configured = toy.configured.clone();
    let mut harness = Harness::serve(toy);
    harness.handshake().await;
    for args in [native, texts.clone()] {
        let answer = harness.configure(args).await.unwrap();
        assert!(answer.accept_secrets && answer.supports_preview && answer.accept_resources && answer.accept_outputs);
        assert!(answer.supports_autonaming_configuration);
    }
    let mut variables = BTreeMap::from([("toy:config:region".to_owned(), "true".to_owned())]);
    for (key, text) in [
        ("retries", "5"),
        ("verbose", "true"),
        // The format that `pulumi config set --path` writes.
        ("accounts", "[1]"),
        ("password", "x"),
    ] {
        variables.insert(format!("toy:config:{key}"), text.to_owned());
    }
    variables.insert("toy:config:defaultTags".to_owned(), "{\"a\":\"b\"}".to_owned());
    variables.insert("other:config:region".to_owned(), "there".to_owned());
    harness
        .client
        .configure(ConfigureRequest {
            variables,
            ..ConfigureRequest::default()
        })
        .await
        .unwrap();

    let seen = configured.lock().unwrap();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|config| *config == seen[0]), "{seen:?}");
    insta::assert_debug_snapshot!(seen[0], @r#"
    {
        "accounts": [
            "1",
        ],
        "defaultTags": {
            "a": "b",
        },
        "password": "x",
        "region": "true",
        "retries": 5.0,
        "verbose": true,
    }
    "#);
}

#[tokio::test(start_paused = true)]
async fn configure_names_the_key_of_each_mistake() {
    let mut harness = Harness::serve(Toy::new());
    let error = harness
        .configure(json!({"password": secret("hidden")}))
        .await
        .unwrap_err();
    let missing: ConfigureErrorMissingKeys = detail(&error, "ConfigureErrorMissingKeys");
    assert_eq!(missing.missing_keys[0].name, "toy:region");
    assert_eq!(missing.missing_keys[0].description, "Where the things are.");

    let wrong = json!({"region": "moon", "retries": "many", "password": [secret("hidden")]});
    let error = harness.configure(wrong).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidArgument);
    insta::assert_snapshot!(
        error.message(),
        @"the configuration is not valid: toy:retries: must be a whole number; toy:password: must be a string, but is a list; toy:region: must be on earth"
    );
    let error = harness.configure(json!({"region": "closed"})).await.unwrap_err();
    assert_eq!(error.message(), "configuring the provider: region: this one is closed");
    // None of the failed calls configured the provider.
    assert_eq!(
        harness.client.create(thing()).await.unwrap_err().code(),
        Code::FailedPrecondition
    );
}

async fn construct(harness: &mut Harness, inputs: Json) -> Result<(String, Json, Vec<String>), Status> {
    let request = ConstructRequest {
        project: "shop".to_owned(),
        stack: "dev".to_owned(),
        monitor_endpoint: MONITOR.to_owned(),
        r#type: BUNDLE.to_owned(),
        name: "all".to_owned(),
        inputs: Some(fields(inputs)),
        accepts_output_values: true,
        ..ConstructRequest::default()
    };
    let answer = harness.client.construct(request).await?.into_inner();
    let dependencies = answer
        .state_dependencies
        .into_values()
        .flat_map(|dependencies| dependencies.urns)
        .collect();
    Ok((answer.urn, json(&answer.state.unwrap()), dependencies))
}

#[tokio::test(start_paused = true)]
async fn a_component_registers_its_children_with_its_own_provider() {
    let mut harness = Harness::start(Toy::new(), json!({"region": "here"})).await;
    let (component, state, dependencies) = construct(&mut harness, json!({"size": 2})).await.unwrap();
    assert_eq!(component, urn(BUNDLE, "all"));
    assert_eq!(state, json!({"thing": "all-thing-id"}));
    let child = harness.monitor.registration("all-thing");
    assert_eq!(dependencies, [child.urn]);
    assert_eq!(child.request.provider, format!("{PROVIDER_URN}::provider-id"));
    assert_eq!(child.request.version, "1.2.3");
    assert_eq!(harness.monitor.outputs(&component).len(), 1);
    assert_eq!(harness.engine.warnings("all"), ["a bundle has only one thing"]);
}

#[tokio::test(start_paused = true)]
async fn wrong_inputs_of_a_component_are_reported_one_by_one() {
    let mut harness = Harness::start(Toy::new(), json!({"region": "here"})).await;
    let error = construct(&mut harness, json!({"size": 0})).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidArgument);
    let inputs: InputPropertiesError = detail(&error, "InputPropertiesError");
    let told: Vec<_> = inputs
        .errors
        .iter()
        .map(|one| (one.property_path.as_str(), one.reason.as_str()))
        .collect();
    // For an empty path, the engine would print every input.
    assert_eq!(told, [("size", "must not be 0")]);
    assert!(
        error.message().ends_with("\n\t\t- and something else is wrong"),
        "{error}"
    );
    assert!(harness.monitor.registrations().is_empty());

    harness.monitor.script(|script| script.stopped = true);
    assert_eq!(
        construct(&mut harness, json!({})).await.unwrap_err().code(),
        Code::Cancelled
    );
}

#[tokio::test(start_paused = true)]
async fn attaching_after_a_cancellation_makes_the_provider_usable_again() {
    let mut harness = Harness::start(Toy::new(), json!({"region": "here"})).await;
    for _ in 0..2 {
        harness.client.cancel(()).await.unwrap();
    }
    let address = "engine:1".to_owned();
    harness.client.attach(PluginAttach { address }).await.unwrap();
    assert!(harness.client.create(thing()).await.is_ok());
}
