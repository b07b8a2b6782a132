use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::property::{Output, ReferenceId, ResourceReference};
use crate::samples::inputs::{Leaves, fitting, map};
use crate::samples::toy::thing;

const URN: &str = "urn:pulumi:dev::shop::toy:index:Thing::orders";

fn run(schema: &ResourceSchema, olds: &Map, news: Map) -> Checked {
    let request = Request {
        urn: &URN.parse().unwrap(),
        olds,
        news,
        seed: b"seed",
        autonaming: None,
    };
    check(schema, request, |_, _| {})
}

/// Returns the inputs that Check completes, and asserts that it reports no failure.
fn completed(news: Json) -> Map {
    let checked = run(thing(), &Map::new(), map(news));
    assert_eq!(checked.failures, [], "{:?}", checked.inputs);
    checked.inputs
}

/// Returns the failures of these inputs, one line `property
///
/// reason` each.
fn failures(schema: &ResourceSchema, news: Map) -> String {
    let line = |failure: &CheckFailure| format!("{} | {}", failure.property, failure.reason);
    let lines: Vec<_> = run(schema, &Map::new(), news).failures.iter().map(line).collect();
    lines.join("\n")
}

fn wrong(news: Json) -> String {
    failures(thing(), map(news))
}

#[test]
fn defaults_are_set_on_every_level_and_the_name_is_generated() {
    let inputs = completed(json!({
        "zone": "a",
        "enabled": null,
        "auth": {"user": "u", "password": "hunter2"},
        "rules": [{"cidr": "10.0.0.0/8"}, {"all": true, "port": 80}],
    }));
    let name = inputs["name"].as_str().unwrap();
    assert!(name.starts_with("orders-") && name.len() == 14, "{name}");
    assert_eq!(inputs["enabled"], Value::from(true));
    assert_eq!(
        PropertyPath::root().key("auth").key("scheme").get(&inputs),
        Some(&Value::from("red"))
    );
    let ports: Vec<_> = inputs["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule.as_object().unwrap()["port"].clone())
        .collect();
    assert_eq!(ports, [Value::from(443.0), Value::from(80.0)]);
}

#[test]
fn all_invalid_properties_are_reported_at_once() {
    insta::assert_snapshot!(wrong(json!({
        "size": 63, "ratio": "1", "enabled": "yes", "color": "Red", "hosts": "a.example.com",
        "tags": {"aws:x": "1", "long": "123456789012345678901"},
    })), @r"
    color | must be one of `red`, `green` (did you mean `red`?)
    enabled | must be a boolean, but is a string; write it without quotes
    hosts | must be a list, but is a string; write a list, even for one element
    ratio | must be a number, but is a string; write it without quotes
    size | must be from 1 to 62
     | `tags.aws:x`: the key must be a key of your own
     | `tags.long`: must have at most 20 characters
     | `zone`: is required
    ");
}

#[test]
fn a_type_error_names_the_expected_type() {
    for (news, expected) in [
        (
            json!({"zone": 1}),
            "zone | must be a string, but is a number; put it in quotes",
        ),
        (
            json!({"zone": true}),
            "zone | must be a string, but is a boolean; put it in quotes",
        ),
        (json!({"zone": ["a"]}), " | `zone`: must be a string, but is a list"),
        (json!({"zone": "a", "size": 1.5}), "size | must be a whole number"),
        (json!({"zone": "a", "size": 9.1e15}), "size | must be a whole number"),
        (
            json!({"zone": "a", "color": "blue"}),
            "color | must be one of `red`, `green`",
        ),
        (
            json!({"zone": "a", "target": []}),
            " | `target`: must be an object, but is a list",
        ),
        (
            json!({"zone": "a", "tags": "x"}),
            "tags | must be a map, but is a string",
        ),
        (
            json!({"zone": "a", "tags": {"k": null}}),
            " | `tags.k`: must not be null",
        ),
        (
            json!({"zone": "a", "hosts": ["a", null]}),
            " | `hosts[1]`: must not be null",
        ),
        (
            json!({"zone": "a", "hosts": ["a", "b", "c", "d"]}),
            " | `hosts`: must have at most 3 elements",
        ),
        (
            json!({"zone": "a", "steps": {"all": true}}),
            " | `steps`: must be a list, but is an object; write a list, even for one element",
        ),
        (
            json!({"zone": "a", "steps": [{"all": true, "port": 0}]}),
            " | `steps[0].port`: must be from 1 to 65535",
        ),
        (json!({"zone": "a", "name": "tg-x"}), "name | must be lower case"),
        (json!({"zone": null}), " | `zone`: is required"),
    ] {
        assert_eq!(wrong(news.clone()), expected, "{news}");
    }
}

#[test]
fn misspelled_properties_get_a_suggestion_without_a_property_path() {
    insta::assert_snapshot!(wrong(json!({
        "zone": "a", "colour": "red", "Enabled": true, "wholly-different": 1, "target": {"hots": "x", "host": "a"},
        "__internal": "the engine's own", "auth": {"user": "u", "password": "hunter2", "__more": 1},
    })), @r"
     | `Enabled`: there is no property of this name; did you mean `enabled`?
     | `colour`: there is no property of this name; did you mean `color`?
     | `wholly-different`: there is no property of this name; the properties are `auth`, `color`, `enabled`, `extra`, `hosts`, `name`, `ratio`, `rules`, `size`, `steps`, `subnets`, `tags`, `target`, `targets`, `words`, `zone`
     | `auth.__more`: there is no property of this name; the properties are `password`, `scheme`, `user`
     | `target.hots`: there is no property of this name; did you mean `host`?
    ");
}

#[test]
fn groups_count_known_properties_and_accept_unknown_ones() {
    let cases = [
        (json!({"host": "a"}), ""),
        (
            json!({}),
            " | `target`: needs exactly one of `host`, `address`; none is given",
        ),
        (
            json!({"host": null}),
            " | `target`: needs exactly one of `host`, `address`; none is given",
        ),
        (
            json!({"host": "a", "address": "b"}),
            " | `target`: takes exactly one of `host`, `address`; `host` and `address` are given",
        ),
        (json!({"host": "!unknown!"}), ""),
        (json!({"host": "!unknown!", "address": "b"}), ""),
        (
            json!({"address": "b", "family": "f"}),
            " | `target`: takes at most one of `address`, `family`; `address` and `family` are given",
        ),
        (
            json!({"host": "!secret!a", "address": "!secret!b"}),
            " | `target`: takes exactly one of `host`, `address`; `host` and `address` are given",
        ),
    ];
    for (target, expected) in cases {
        assert_eq!(wrong(json!({"zone": "a", "target": target})), expected, "{target}");
    }
    let rule = |rule: Json| wrong(json!({"zone": "a", "steps": [rule]}));
    assert_eq!(rule(json!({"cidr": "a", "all": false})), "");
    assert_eq!(
        rule(json!({"all": false})),
        " | `steps[0]`: needs exactly one of `cidr`, `peer`, `all`; none is given"
    );
    // An unknown value does not excuse two known ones.
    assert_eq!(
        rule(json!({"cidr": "a", "peer": "b", "all": "!unknown!"})),
        " | `steps[0]`: takes exactly one of `cidr`, `peer`, `all`; `cidr` and `peer` are given"
    );
}

#[test]
fn unknown_values_are_not_checked() {
    let all: Map = thing()
        .inputs
        .properties
        .keys()
        .map(|name| (name.clone(), Value::Unknown))
        .collect();
    let checked = run(thing(), &Map::new(), all.clone());
    assert_eq!(checked.failures, []);
    assert_eq!(checked.inputs, all);
    assert!(checked.named_by_user, "an unknown name is the program's");
    let nested = json!({"zone": "a", "hosts": ["!unknown!"], "tags": {"k": "!unknown!"}, "target": {"host": "!unknown!"},
        "words": {"words": ["!unknown!"]}});
    assert_eq!(wrong(nested), "");
}

#[test]
fn secret_values_are_marked_at_their_own_path() {
    let inputs = completed(json!({"zone": "a", "auth": {"user": "u", "password": "hunter2"}}));
    let password = PropertyPath::root().key("auth").key("password");
    assert_eq!(password.get(&inputs), Some(&Value::from("hunter2").into_secret()));
    // The output with its dependencies stays outermost.
    let output = |secret| {
        Value::Output(Box::new(Output {
            value: Some("hunter2".into()),
            secret,
            dependencies: ["urn:x".to_owned()].into(),
        }))
    };
    let mut news = map(json!({"zone": "a", "auth": {"user": "u"}}));
    assert!(password.set(&mut news, output(false)));
    assert_eq!(
        password.get(&run(thing(), &Map::new(), news).inputs),
        Some(&output(true))
    );
}

#[test]
fn no_failure_names_a_property_with_secrets_in_it() {
    for news in [
        json!({"zone": "a", "auth": "SESAME"}),
        json!({"zone": "a", "auth": {"user": "SESAME", "password": "SESAME-IS-TOO-LONG"}}),
        json!({"zone": "!secret!SESAME", "color": "!secret!SESAME", "size": "!secret!SESAME", "words": "!secret!{SESAME"}),
        json!({"zone": "a", "tags": {"k": "!secret!SESAME-IS-FAR-TOO-LONG-HERE"}}),
        json!({"zone": "a", "hosts": ["!secret!SESAME", 1]}),
    ] {
        let checked = run(thing(), &Map::new(), map(news.clone()));
        assert_ne!(checked.failures, [], "{news}");
        for CheckFailure { property, reason } in checked.failures {
            assert_eq!(property, "", "{news}: {reason}");
            assert!(!reason.contains("SESAME"), "{reason}");
        }
    }
}

#[test]
fn a_resource_reference_is_replaced_by_its_id() {
    let reference = |id| {
        Value::Reference(ResourceReference {
            urn: "urn:x".to_owned(),
            id,
            package_version: String::new(),
        })
    };
    let known = || reference(Some(ReferenceId::Known("vpc-1".to_owned())));
    let mut news = map(json!({"hosts": [], "extra": {"list": []}}));
    news.insert("zone".to_owned(), known());
    news.insert(
        "hosts".to_owned(),
        vec![reference(None), reference(Some(ReferenceId::Unknown))].into(),
    );
    news.insert(
        "extra".to_owned(),
        Map::from([("list".to_owned(), vec![known().into_secret()].into())]).into(),
    );
    let checked = run(thing(), &Map::new(), news);
    assert_eq!(checked.failures, []);
    assert_eq!(checked.inputs["zone"], Value::from("vpc-1"));
    assert_eq!(
        checked.inputs["hosts"],
        Value::from(vec![Value::from("urn:x"), Value::Unknown])
    );
    let extra = map(json!({"list": ["!secret!vpc-1"]}));
    assert_eq!(checked.inputs["extra"], Value::from(extra));
    // An id is checked like a literal string.
    let mut named = map(json!({"zone": "a"}));
    named.insert(
        "name".to_owned(),
        reference(Some(ReferenceId::Known("tg-1".to_owned()))),
    );
    assert_eq!(failures(thing(), named), "name | must be lower case");
}

#[test]
fn invalid_documents_are_refused() {
    let with = |words: Json| wrong(json!({"zone": "a", "words": words}));
    assert_eq!(with(json!({"words": ["a"]})), "");
    assert_eq!(
        with(json!("{\"words\": [1, \"a\", 2]}")),
        " | `words`: word 1 is none\n | `words`: word 3 is none"
    );
    assert_eq!(with(json!([])), " | `words`: must have `words`");
    assert_eq!(with(json!("{")), "words | must be JSON");
    // White space is not sent, so it does not count.
    let spacious = format!("{{\"words\":{}[]}}", " ".repeat(400));
    assert_eq!(with(json!(spacious)), "");
    let long = json!({"words": ["x".repeat(300)]});
    assert_eq!(
        with(long.clone()),
        " | `words`: must have at most 300 characters as JSON without white space"
    );
    assert_eq!(with(json!(long.to_string())), with(long));
}

/// The CLI shows changes inside an object, but not inside a text.
#[test]
fn a_document_as_text_becomes_an_object() {
    let document = json!({"words": ["a"]});
    let text = json!(serde_json::to_string_pretty(&document).unwrap());
    let of = |words: Json| completed(json!({"zone": "a", "words": words}))["words"].clone();
    assert_eq!(of(text.clone()), of(document.clone()));
    let secret = json!(format!("!secret!{}", text.as_str().unwrap()));
    assert_eq!(of(secret), Value::from(document).into_secret());
}

#[test]
fn a_generated_name_is_kept_until_the_object_is_replaced() {
    fn request(olds: &Map, news: Json, seed: &[u8], autonaming: Option<Autonaming>) -> Checked {
        let request = Request {
            urn: &URN.parse().unwrap(),
            olds,
            news: map(news),
            seed,
            autonaming,
        };
        check(thing(), request, |_, _| {})
    }
    let first = completed(json!({"zone": "a"}));
    let disabled = || Some(Autonaming::Disable);
    let again = request(&first, json!({"zone": "b"}), b"another seed", disabled());
    assert_eq!((&again.inputs["name"], again.named_by_user), (&first["name"], false));
    let replacement = request(&Map::new(), json!({"zone": "b"}), b"another seed", None);
    assert_ne!(replacement.inputs["name"], first["name"]);
    let own = request(&first, json!({"zone": "b", "name": "mine"}), b"", disabled());
    assert_eq!((&own.inputs["name"], own.named_by_user), (&Value::from("mine"), true));
    let nameless = request(&Map::new(), json!({"zone": "b"}), b"", disabled());
    assert_eq!((nameless.failures.len(), nameless.inputs.get("name")), (1, None));
    assert!(nameless.failures[0].reason.starts_with("`name`: "));
    // An old name that was unknown is not kept.
    let unknown = request(&map(json!({"name": "!unknown!"})), json!({"zone": "b"}), b"seed", None);
    assert_eq!(unknown.inputs["name"], first["name"]);
}

#[test]
fn rules_of_the_resource_receive_the_completed_inputs() {
    let request = Request {
        urn: &URN.parse().unwrap(),
        olds: &Map::new(),
        news: map(json!({"zone": "a", "auth": {"user": "u", "password": "!secret!hunter2"}})),
        seed: b"seed",
        autonaming: None,
    };
    let checked = check(thing(), request, |draft, failures| {
        let scheme = draft
            .object("auth")
            .and_then(|auth| auth.text("scheme").map(str::to_owned));
        failures.at("zone", format!("seen {} {scheme:?}", draft.is_given("name")));
        failures.at("auth", "is not liked");
        failures.add(PropertyPath::root(), "as a whole");
    });
    let found: Vec<_> = checked
        .failures
        .iter()
        .map(|failure| (&*failure.property, &*failure.reason))
        .collect();
    assert_eq!(
        found,
        [
            ("zone", "seen true Some(\"red\")"),
            ("", "`auth`: is not liked"),
            ("", "as a whole"),
        ]
    );
}

/// Replaces one value by a secret one of another type.
fn spoil(inputs: &mut Map, at: prop::sample::Index) {
    let name = inputs.keys().nth(at.index(inputs.len())).unwrap().clone();
    let spoilt = match &inputs[&name] {
        Value::Object(_) | Value::Array(_) => Value::from("SESAME"),
        _ => Value::Array(vec!["SESAME".into()]),
    };
    inputs.insert(name, spoilt.into_secret());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_second_check_changes_nothing(
        news in fitting(&thing().inputs, Leaves::Unknowns),
    ) {
        let schema = thing();
        let once = run(schema, &Map::new(), news);
        prop_assert_eq!(&once.failures, &[]);
        let twice = run(schema, &once.inputs, once.inputs.clone());
        prop_assert_eq!(twice.failures, []);
        prop_assert_eq!(&twice.inputs, &once.inputs);
        // A name that Check generated is treated like one that the program sets.
        prop_assert_eq!(twice.inputs.get("name"), once.inputs.get("name"));
    }

    #[test]
    fn no_failure_shows_a_secret(
        news in fitting(&thing().inputs, Leaves::Plain),
        at: prop::sample::Index,
    ) {
        let mut news = news;
        spoil(&mut news, at);
        for failure in run(thing(), &Map::new(), news).failures {
            prop_assert!(!failure.reason.contains("SESAME"), "{}", failure.reason);
            prop_assert_eq!(failure.property, "");
        }
    }
}

/// After an import, or after a refresh that found other credentials, the engine sends the recorded value under `ignoreChanges`.
#[test]
fn a_required_secret_may_be_missing_if_the_object_is_as_recorded() {
    let recorded = map(json!({"zone": "a", "name": "x", "auth": {"user": "u"}}));
    let missing = |news: Json| {
        let failures = run(thing(), &recorded, map(news)).failures;
        failures.iter().any(|failure| failure.reason.contains("password"))
    };
    assert!(!missing(json!({"zone": "a", "auth": {"user": "u"}})));
    assert!(missing(json!({"zone": "a", "auth": {"user": "another"}})));
}
