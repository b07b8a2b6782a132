//! Operations that end half-way, and the operations after them.

use super::*;

#[tokio::test]
async fn a_failed_update_records_what_it_has_changed() {
    for (zone, told_too, next) in [
        ("refused", "", "update (None, None, [Recorded, Recorded], false)"),
        (
            "accepted",
            "The changes made so far are recorded",
            "update (None, None, [Unsettled, Recorded], false)",
        ),
        (
            "lost",
            "The object may have changed",
            "update (None, None, [Unsettled, Recorded], true)",
        ),
    ] {
        let inputs = changed(json!({"zone": zone}));
        let (updating, first) = (erase::<Thing>(), cx(there()));
        let failed = updating.update(thing(), &first, "thing-1", prior(), &inputs);
        let FailedUpdate { error, outputs } = failed.await.unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with("updating thing \"thing-1\": no news of orders-1"),
            "{text}"
        );
        assert!(text.contains(told_too), "{text}");
        assert_eq!(outputs.is_some(), !told_too.is_empty());
        let mut old = prior();
        if let Some(outputs) = outputs {
            assert_eq!(outputs["state"].as_str(), Some("half-made"));
            // The engine keeps the old inputs.
            old.outputs = outputs;
        }
        // The next update does not rely on the record of the input that was to change. A success removes the mark.
        let cx = cx(there());
        let done = erase::<Thing>()
            .update(thing(), &cx, "thing-1", old, &checked())
            .await
            .unwrap();
        assert_eq!(told(&cx)[1], next);
        assert!(!done.keys().any(|name| name.starts_with("__")));
    }
}

#[test]
fn a_diff_explains_that_the_last_operation_did_not_finish() {
    let reason = |old: &Prior| {
        let request = DiffRequest {
            old,
            inputs: &checked(),
            ignored: &[],
            named_by_user: false,
        };
        erase::<Thing>()
            .diff(thing(), &FakeService::default(), request)
            .unwrap()
            .reason
    };
    let mut old = prior();
    assert_eq!(reason(&old), None);
    unfinished::mark_created(&mut old.outputs, &checked());
    insta::assert_snapshot!(
        reason(&old).unwrap(),
        @"must be updated: the last operation on it did not finish, and this one continues from the object as it is now"
    );
}

#[tokio::test]
async fn a_refresh_omits_a_secret_whose_update_is_in_doubt() {
    for (in_doubt, known) in [(false, true), (true, false)] {
        let mut old = prior();
        let mut reached = old.inputs.clone();
        let auth = map(json!({"auth": {"user": "u", "password": "!secret!new"}}));
        reached.extend(auth);
        let attempt = unfinished::Attempt {
            schema: &thing().inputs,
            old_outputs: &Map::new(),
            possible: &old.inputs,
            inputs: &reached,
            changes: None,
            in_doubt,
        };
        unfinished::mark_updated(&mut old.outputs, attempt);
        // As with a service that returns no secrets: the resource takes the password from the recorded inputs, if it is there.
        let auth = if known {
            json!({"user": "u", "password": "hunter2"})
        } else {
            json!({"user": "u"})
        };
        let answer = live(json!({"zone": "a", "name": "orders-1", "enabled": true, "auth": auth}));
        let found = erase::<Thing>().read(thing(), &cx(answer), "thing-1", Some(old)).await;
        let found = found.unwrap().unwrap();
        let auth = found.inputs["auth"].as_object().unwrap();
        assert_eq!(auth.contains_key("password"), known);
        assert!(
            !found.outputs.keys().any(|name| name.starts_with("__")),
            "what was recorded is what is there"
        );
    }
}
