//! The KMS key of a connection.

use private_step_functions::resources::connection::Connection;
use pulumi_provider::resource::check_cx::Shared;
use pulumi_provider::resource::findings::Certainty::{Fails, MayFail};
use serde_json::json;

use crate::fixture::Fixture;
use crate::situation::{has, is_fine, keyed, usable_key};

const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

#[tokio::test(start_paused = true)]
async fn a_key_by_id_arn_alias_or_arn_of_the_alias() {
    let fixture = Fixture::new();
    usable_key(&fixture, json!({ "KeyId": ID }));
    let arn = "arn:aws:kms:eu-west-1:123456789012:";
    for name in [
        ID.to_owned(),
        format!("{arn}key/{ID}"),
        "alias/orders".to_owned(),
        format!("{arn}alias/orders"),
    ] {
        let inputs = keyed(&name);
        let (found, not_checked) = fixture
            .findings::<Connection>("it", inputs.clone(), None, &Shared::default())
            .await;
        assert_eq!((found, not_checked), (vec![], vec![]), "{name}");
        // DescribeKey finds a key by each name; the other two calls take the ARN that it gives, so they are made once.
    }
    let calls = |operation: &str| fixture.calls(operation).len();
    assert_eq!(
        (calls("DescribeKey"), calls("ListResourceTags"), calls("GetKeyPolicy")),
        (4, 1, 1)
    );
    is_fine::<Connection>(&fixture, keyed("alias/orders")).await;
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_not_there() {
    let fixture = Fixture::new();
    usable_key(&fixture, json!({ "KeyId": ID }));
    let expected = (
        "key-missing",
        "kmsKeyId",
        "there is no KMS key alias/other in eu-west-1 for account 123456789012",
    );
    has::<Connection>(&fixture, keyed("alias/other"), Fails, expected).await;
    let asked = fixture.calls("DescribeKey").len();
    let elsewhere = format!("arn:aws:kms:us-east-1:123456789012:key/{ID}");
    let (found, _) = fixture
        .findings::<Connection>("it", keyed(&elsewhere), None, &Shared::default())
        .await;
    assert!(
        found[0].code == "key-missing"
            && found[0]
                .text
                .contains("is a key of us-east-1, and the connection is in eu-west-1"),
        "{found:?}"
    );
    assert_eq!(fixture.calls("DescribeKey").len(), asked, "the Region needs no call");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_cannot_be_used() {
    for (state, certainty, text) in [
        ("Disabled", Fails, "is Disabled. Enable it"),
        ("PendingDeletion", Fails, "is PendingDeletion and will be deleted on 20"),
        ("PendingImport", Fails, "is PendingImport. Choose another key"),
        ("Creating", MayFail, "is Creating. Wait"),
    ] {
        let fixture = Fixture::new();
        usable_key(&fixture, json!({ "KeyState": state }));
        has::<Connection>(
            &fixture,
            keyed("alias/orders"),
            certainty,
            ("key-state", "kmsKeyId", text),
        )
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_without_the_tag() {
    for (tags, manager) in [
        (json!({ "EventBridgeApiDestinations": "True" }), "CUSTOMER"),
        (json!({ "eventbridgeapidestinations": "true" }), "CUSTOMER"),
        (json!({}), "AWS"),
    ] {
        let fixture = Fixture::new();
        usable_key(&fixture, json!({ "tags": tags, "KeyManager": manager }));
        let text = match manager {
            "AWS" => "is a key that AWS manages",
            _ => "has no tag EventBridgeApiDestinations=true",
        };
        has::<Connection>(&fixture, keyed("alias/orders"), Fails, ("key-tag", "kmsKeyId", text)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn all_findings_of_a_key_are_shown_at_once() {
    let fixture = Fixture::new();
    usable_key(
        &fixture,
        json!({ "KeyState": "Disabled", "tags": {}, "policy": "{\"Statement\": []}" }),
    );
    let (found, _) = fixture
        .findings::<Connection>("it", keyed("alias/orders"), None, &Shared::default())
        .await;
    let codes: Vec<_> = found.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["key-state", "key-tag", "key-policy"]);
}

#[tokio::test(start_paused = true)]
async fn a_key_of_another_account() {
    let theirs = format!("arn:aws:kms:eu-west-1:999988887777:key/{ID}");
    let expected = (
        "key-account",
        "kmsKeyId",
        "belongs to account 999988887777. Its key policy must allow",
    );
    // KMS refuses to describe it, and that is no read that lacks a permission.
    let fixture = Fixture::new();
    has::<Connection>(&fixture, keyed(&theirs), MayFail, expected).await;
    // Neither its tags nor its policy can be read, but its state.
    let fixture = Fixture::new();
    usable_key(
        &fixture,
        json!({ "account": "999988887777", "KeyId": ID, "KeyState": "Disabled" }),
    );
    let (found, not_checked) = fixture
        .findings::<Connection>("it", keyed(&theirs), None, &Shared::default())
        .await;
    let codes: Vec<_> = found.iter().map(|finding| finding.code).collect();
    assert_eq!((codes, not_checked), (vec!["key-state", "key-account"], vec![]));
}

/// An update that leaves the key alone makes no call, and one without a key neither.
#[tokio::test(start_paused = true)]
async fn only_a_key_that_is_set_is_read() {
    let fixture = Fixture::new();
    usable_key(&fixture, json!({ "KeyId": ID }));
    let made = fixture.create::<Connection>("it", keyed(ID)).await.unwrap();
    usable_key(&fixture, json!({ "KeyId": ID, "KeyState": "Disabled" }));
    let mut inputs = keyed(ID);
    inputs["description"] = json!("other");
    let (found, _) = fixture
        .findings::<Connection>("it", inputs, Some(&made), &Shared::default())
        .await;
    assert_eq!(found, []);
    let (found, _) = fixture
        .findings::<Connection>("it", keyed("alias/orders"), Some(&made), &Shared::default())
        .await;
    assert_eq!(found.len(), 1, "{found:?}");
    let asked = fixture.calls("DescribeKey").len();
    let mut none = keyed(ID);
    none.as_object_mut().unwrap().remove("kmsKeyId");
    none["name"] = json!("other");
    is_fine::<Connection>(&fixture, none).await;
    assert_eq!(fixture.calls("DescribeKey").len(), asked);
}
