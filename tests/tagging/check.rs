//! Tests of Check: AWS's tag limit, and tag keys that a program must not set.

use std::fmt::Write as _;

use private_step_functions::aws::tags::{OPERATION_TAG, URN_TAG};
use pulumi_provider::proto::{CheckFailure, CheckRequest};
use serde_json::{Value as Json, json};

use crate::harness::server::{PROVIDER_URN, UNKNOWN, fields, urn};
use crate::session::Session;
use crate::tagged::{Tagged, labels_with_tags};

/// Returns `count` tags whose keys begin with `prefix`.
fn many(prefix: &str, count: usize) -> Json {
    (0..count)
        .map(|number| (format!("{prefix}{number}"), json!("x")))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Returns Check's failures for a resource with these tags.
async fn told(tagged: &Tagged, session: &Session, tags: &Json) -> String {
    let request = CheckRequest {
        urn: urn(tagged.subject.token, "orders"),
        news: Some(fields(tagged.program(tags))),
        random_seed: vec![1; 32],
        ..CheckRequest::default()
    };
    let answer = session
        .harness
        .client
        .clone()
        .check(request)
        .await
        .unwrap()
        .into_inner();
    text(answer.failures)
}

/// Returns Check's failures for a provider with this configuration.
async fn told_of_provider(config: Json) -> String {
    let tagged = Tagged::of("security group").await;
    let session = tagged.session(1, json!({})).await;
    let request = CheckRequest {
        urn: PROVIDER_URN.to_owned(),
        news: Some(fields(config)),
        ..CheckRequest::default()
    };
    let answer = session
        .harness
        .client
        .clone()
        .check_config(request)
        .await
        .unwrap()
        .into_inner();
    text(answer.failures)
}

fn text(failures: Vec<CheckFailure>) -> String {
    let mut text = String::new();
    for CheckFailure { property, reason } in failures {
        writeln!(text, "{property} {reason}").unwrap();
    }
    text
}

#[tokio::test(start_paused = true)]
async fn the_tags_of_all_sources_are_counted() {
    for label in labels_with_tags().await {
        let tagged = Tagged::of(label).await;
        let defaults = json!({ "defaultTags": { "tags": many("d", 8) } });
        let session = tagged.session(1, defaults.clone()).await;
        assert_eq!(told(&tagged, &session, &many("k", 40)).await, "", "{label}");
        assert_eq!(
            told(&tagged, &session, &many("k", 41)).await,
            " `tags`: AWS allows 50 tags on an object, but it would have 51: 41 from the resource's `tags`, 8 more from the \
             provider's `defaultTags`, 2 that the provider adds itself. Remove 1, or set the provider's `ownershipTags` to false\n",
            "{label}"
        );
        // A key in both maps counts once. A tag with an unknown value counts too.
        let mut shared = many("k", 40);
        shared["d0"] = json!(UNKNOWN);
        assert_eq!(told(&tagged, &session, &shared).await, "", "{label}");
        shared["k40"] = json!(UNKNOWN);
        let told_of_shared = told(&tagged, &session, &shared).await;
        assert!(
            told_of_shared.contains("it would have 51: 42 from the resource's `tags`, 7 more"),
            "{label}: {told_of_shared}"
        );
        // If the whole map is unknown, Check reports nothing.
        assert_eq!(told(&tagged, &session, &json!(UNKNOWN)).await, "", "{label}");
        assert_eq!(told(&tagged, &session, &Json::Null).await, "", "{label}");

        let session = tagged
            .session(
                1,
                json!({ "ownershipTags": false, "defaultTags": defaults["defaultTags"] }),
            )
            .await;
        assert_eq!(told(&tagged, &session, &many("k", 42)).await, "", "{label}");
        assert!(
            told(&tagged, &session, &many("k", 43)).await.contains("Remove 1\n"),
            "{label}"
        );
        // AWS counts in the same way.
        tagged.create(&session, &many("k", 42)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn reserved_and_ignored_tag_keys_are_refused() {
    let ignoring = json!({ "ignoreTags": { "keys": ["LastScan"], "keyPrefixes": ["c7n:"] } });
    for label in labels_with_tags().await {
        let tagged = Tagged::of(label).await;
        for config in [json!({}), json!({ "ownershipTags": false }), ignoring.clone()] {
            let session = tagged.session(1, config).await;
            for key in [URN_TAG, OPERATION_TAG, "aws:x", "AWS:x"] {
                let told = told(&tagged, &session, &json!({ key: "x" })).await;
                assert!(
                    told.contains(&format!("`tags.{key}`: the key must be ")),
                    "{label}: {told}"
                );
            }
            for key in [
                "Private-Step-Functions:urn",
                "private-step-functions:urns",
                "private-step-functions:",
                "my-aws:x",
            ] {
                assert_eq!(
                    told(&tagged, &session, &json!({ key: "x" })).await,
                    "",
                    "{label}: {key}"
                );
            }
        }
        let session = tagged.session(1, ignoring.clone()).await;
        for (key, path) in [("LastScan", "tags.LastScan"), ("c7n:owner", "tags.c7n:owner")] {
            let told = told(&tagged, &session, &json!({ key: "x", "lastscan": "y" })).await;
            assert_eq!(
                told,
                format!(
                    " `{path}`: the provider's `ignoreTags` excludes tags with this key: remove the key from `tags` or from `ignoreTags`\n"
                ),
                "{label}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_default_tags_of_the_configuration_are_checked() {
    let defaults = |tags: Json| json!({ "region": "eu-west-1", "defaultTags": { "tags": tags } });
    for key in [URN_TAG, OPERATION_TAG] {
        let told = told_of_provider(defaults(json!({ key: "x" }))).await;
        assert!(
            told.contains(&format!("`defaultTags.tags.{key}`: the key must be ")),
            "{told}"
        );
    }
    assert_eq!(told_of_provider(defaults(many("d", 48))).await, "");
    let told = told_of_provider(defaults(many("d", 49))).await;
    assert!(
        told.contains("`defaultTags`: AWS allows 50 tags") && told.contains("Remove 1"),
        "{told}"
    );
    let mut without = defaults(many("d", 50));
    without["ownershipTags"] = json!("false");
    assert_eq!(told_of_provider(without).await, "");

    let mut both = defaults(json!({ "c7n:owner": "x", "team": "a" }));
    both["ignoreTags"] = json!({ "keyPrefixes": ["c7n:"] });
    let told = told_of_provider(both.clone()).await;
    assert!(
        told.contains("`defaultTags`: `ignoreTags` excludes tags with the key \"c7n:owner\""),
        "{told}"
    );
    // An unknown value may turn out valid.
    both["ignoreTags"] = json!(UNKNOWN);
    assert_eq!(told_of_provider(both).await, "");

    // An empty prefix would match every tag. An empty key, a list and a misspelled member are likely mistakes.
    for (given, place) in [
        (json!({ "keyPrefixes": [""] }), "ignoreTags.keyPrefixes[0]"),
        (json!({ "keys": [""] }), "ignoreTags.keys[0]"),
        (json!([{ "keys": ["LastScan"] }]), "ignoreTags"),
        (json!({ "key": ["LastScan"] }), "ignoreTags.key"),
    ] {
        let told = told_of_provider(json!({ "region": "eu-west-1", "ignoreTags": given })).await;
        assert!(told.contains(place), "{told}");
    }
}
