use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::samples::inputs::{Leaves, fitting, map};
use crate::samples::toy::thing;
use crate::schema::ResourceSchema;

fn never(_: &PropertyPath, _: &Value, _: &Value) -> bool {
    false
}

/// Returns a line for each change: `+`, `-` or `~`, the path, and `!` if it replaces.
fn changes(schema: &ResourceSchema, same: SameRule, old: Json, new: Json) -> Vec<String> {
    let line = |(path, change): (&PropertyPath, &Change)| {
        let sign = match change.kind {
            ChangeKind::Add => '+',
            ChangeKind::Delete => '-',
            ChangeKind::Update => '~',
        };
        format!("{sign}{path}{}", if change.replace { "!" } else { "" })
    };
    inputs(&schema.inputs, same, &map(old), &Map::new(), &map(new))
        .iter()
        .map(line)
        .collect()
}

fn thing_changes(old: Json, new: Json) -> Vec<String> {
    changes(thing(), never, old, new)
}

#[test]
fn setting_the_value_that_the_service_chose_is_no_change() {
    let outputs = map(json!({"size": 16, "ratio": 1}));
    let changed = |new: Json| {
        let changes = inputs(&thing().inputs, never, &Map::new(), &outputs, &map(new));
        changes.keys().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(changed(json!({"size": 16})), Vec::<String>::new());
    assert_eq!(changed(json!({"size": 17})), ["size"]);
    assert_eq!(changed(json!({"size": "!unknown!"})), ["size"]);
    // This holds only for `serviceDefault` properties: other outputs do not count.
    assert_eq!(changed(json!({"ratio": 1})), ["ratio"]);
}

#[test]
fn a_change_is_reported_at_the_innermost_path() {
    let rule = |port: i32| json!({"peer": "a", "port": port});
    for (old, new, expected) in [
        (json!({"zone": "a"}), json!({"zone": "b"}), vec!["~zone!"]),
        (json!({}), json!({"ratio": 1, "zone": "a"}), vec!["+ratio", "+zone!"]),
        (json!({"ratio": 1}), json!({"ratio": null}), vec!["-ratio"]),
        // Nested objects.
        (
            json!({"target": {"host": "a"}}),
            json!({"target": {"host": "b"}}),
            vec!["~target.host!"],
        ),
        (
            json!({"target": {"host": "a"}}),
            json!({"target": {"address": "b"}}),
            vec!["+target.address", "-target.host!"],
        ),
        (
            json!({"target": {"address": "10.0.0.1"}}),
            json!({"target": {"address": "10.0.0.2"}}),
            vec!["~target.address"],
        ),
        (
            json!({"auth": {"password": "!secret!a"}}),
            json!({"auth": {"password": "!secret!b"}}),
            vec!["~auth.password"],
        ),
        // Added and removed objects.
        (json!({}), json!({"target": {"address": "a"}}), vec!["+target"]),
        (json!({}), json!({"target": {"host": "a"}}), vec!["+target!"]),
        (json!({"target": {"host": "a"}}), json!({}), vec!["-target!"]),
        (
            json!({"target": {"address": "a"}}),
            json!({"target": "!unknown!"}),
            vec!["~target!"],
        ),
        // Lists, maps, sets.
        (
            json!({"hosts": ["a", "b"]}),
            json!({"hosts": ["a", "c", "d"]}),
            vec!["~hosts[1]", "+hosts[2]"],
        ),
        (json!({"hosts": ["a", "b"]}), json!({"hosts": ["a"]}), vec!["-hosts[1]"]),
        (
            json!({"steps": [rule(1), rule(2)]}),
            json!({"steps": [rule(1), rule(3)]}),
            vec!["~steps[1].port"],
        ),
        (
            json!({"steps": [rule(443)]}),
            json!({"steps": [{"peer": "b"}]}),
            vec!["~steps[0].peer"],
        ),
        (
            json!({"tags": {"a": "1", "b.c": "1", "d": "1"}}),
            json!({"tags": {"a": "2", "d": "1", "e": "1"}}),
            vec!["~tags.a", "-tags[\"b.c\"]", "+tags.e"],
        ),
        (
            json!({"targets": {"x": {"host": "a"}}}),
            json!({"targets": {"x": {"host": "b"}, "y": {"host": "c"}}}),
            vec!["~targets.x.host!", "+targets.y"],
        ),
        (
            json!({"subnets": ["a", "b"]}),
            json!({"subnets": ["b", "c"]}),
            vec!["-subnets[0]!", "+subnets[1]!"],
        ),
        (
            json!({"subnets": ["a", "b"]}),
            json!({"subnets": ["b", "!unknown!", "a"]}),
            vec!["+subnets[1]!"],
        ),
        (
            json!({"rules": [rule(1), rule(3)]}),
            json!({"rules": [rule(1), rule(2), rule(3)]}),
            vec!["+rules[1]"],
        ),
        (
            json!({"rules": [rule(1), rule(2)]}),
            json!({"rules": [rule(3), rule(2)]}),
            vec!["~rules[0].port"],
        ),
        // Free-form JSON.
        (
            json!({"extra": {"a": [1, {"b": 2}], "c": 3}}),
            json!({"extra": {"a": [1, {"b": 4}, 5], "c": 3}}),
            vec!["~extra.a[1].b", "+extra.a[2]"],
        ),
        (json!({"extra": {"a": 1}}), json!({"extra": [1]}), vec!["~extra"]),
        (json!({"extra": [1]}), json!({"extra": [2]}), vec!["~extra"]),
    ] {
        let mut found = thing_changes(old.clone(), new.clone());
        let mut expected: Vec<_> = expected.into_iter().map(str::to_owned).collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{old} {new}");
    }
}

#[test]
fn a_change_in_a_document_is_reported_at_its_path() {
    let words = |words: Json| json!({"words": {"words": words}});
    for (old, new, expected) in [
        (json!(["a", "b"]), json!(["B", "A"]), vec![]),
        (json!(["a", "b"]), json!(["a", "c"]), vec!["~words.words[1]"]),
        (json!(["a", "b"]), json!(["c", "a", "b"]), vec!["+words.words[0]"]),
        (json!(["a"]), json!(["!unknown!"]), vec!["~words.words[0]"]),
    ] {
        assert_eq!(
            thing_changes(words(old.clone()), words(new.clone())),
            expected,
            "{old} {new}"
        );
    }
    assert_eq!(thing_changes(words(json!(["a"])), json!({})), ["-words"]);
    assert_eq!(thing_changes(words(json!(["all"])), json!({})), [""; 0]);
    // Check converts a text to an object. A text that was recorded without Check is compared as a whole.
    let text = json!({"words": "{\"words\": [\"a\"]}"});
    assert_eq!(thing_changes(text, words(json!(["b"]))), ["~words"]);
}

#[test]
fn a_change_at_a_key_without_a_path_is_reported_at_the_map() {
    for key in ["*", "a.b\\"] {
        assert_eq!(
            thing_changes(json!({"tags": {"a": "1"}}), json!({"tags": {"a": "1", key: "2"}})),
            ["~tags"]
        );
        assert_eq!(
            thing_changes(json!({"extra": {"x": {key: 1}}}), json!({"extra": {"x": {key: 2}}})),
            ["~extra.x"]
        );
    }
}

#[test]
fn an_omitted_input_equals_its_default() {
    for (old, new) in [
        // Values that the service chose, or that were set before.
        (json!({"size": 16}), json!({})),
        (json!({"size": 16}), json!({"size": null})),
        (
            json!({"target": {"host": "a", "family": "v4"}}),
            json!({"target": {"host": "a"}}),
        ),
        (
            json!({"targets": {"x": {"host": "a", "family": "v4"}}}),
            json!({"targets": {"x": {"host": "a"}}}),
        ),
        // Defaults of the schema.
        (json!({}), json!({"enabled": true})),
        (json!({"enabled": true}), json!({})),
        (
            json!({"steps": [{"all": true}]}),
            json!({"steps": [{"all": true, "port": 443}]}),
        ),
        (json!({}), json!({"tags": {}, "hosts": [], "rules": []})),
        // Diff ignores a property that the schema does not have: Check refused it, or the engine owns it.
        (json!({"__defaults": []}), json!({})),
    ] {
        assert_eq!(thing_changes(old.clone(), new.clone()), [""; 0], "{old} {new}");
    }
    assert_eq!(thing_changes(json!({"enabled": false}), json!({})), ["-enabled"]);
    assert_eq!(thing_changes(json!({}), json!({"size": 16})), ["+size"]);
    assert_eq!(
        thing_changes(
            json!({"target": {"host": "a"}}),
            json!({"target": {"host": "a", "family": "v4"}})
        ),
        ["+target.family!"]
    );
}

#[test]
fn the_equality_rule_of_a_resource_applies_on_every_level() {
    fn first_letter(_: &PropertyPath, old: &Value, new: &Value) -> bool {
        matches!((old.as_str(), new.as_str()), (Some(old), Some(new)) if old.as_bytes().first() == new.as_bytes().first())
    }
    let old = json!({"zone": "a1", "hosts": ["a1", "b1"], "tags": {"k": "a1"}, "target": {"host": "a1"}});
    let new = json!({"zone": "a2", "hosts": ["a2", "b2"], "tags": {"k": "a2"}, "target": {"host": "a2"}});
    assert_eq!(changes(thing(), first_letter, old.clone(), new.clone()), [""; 0]);
    assert_eq!(
        thing_changes(old, new),
        ["~hosts[0]", "~hosts[1]", "~tags.k", "~target.host!", "~zone!"]
    );
}

/// Reports whether nothing has changed, in a second way without paths: each property is the same, or left to the service.
fn is_unchanged(schema: &ObjectSchema, old: &Map, new: &Map) -> bool {
    schema.properties.iter().all(|(name, property)| {
        let (old, new) = (old.get(name), new.get(name));
        let left_to_the_service = property.service_default && present(new).is_none();
        left_to_the_service
            || equality::property(property, old, new)
            || are_unchanged(&property.kind, property.same, old, new)
    })
}

/// Does the same for the properties of nested objects.
fn are_unchanged(kind: &Type, by: Same, old: Option<&Value>, new: Option<&Value>) -> bool {
    match (kind, present(old), present(new)) {
        (Type::Object(schema), Some(Value::Object(old)), Some(Value::Object(new))) => is_unchanged(schema, old, new),
        (Type::Map(item), Some(Value::Object(old)), Some(Value::Object(new))) => {
            old.keys().eq(new.keys())
                && old.keys().all(|key| {
                    equality::item(item, &old[key], &new[key])
                        || are_unchanged(&item.kind, item.same, old.get(key), new.get(key))
                })
        }
        (Type::Array(item), Some(Value::Array(old)), Some(Value::Array(new))) if matches!(by, Same::Exact) => {
            old.len() == new.len()
                && old.iter().zip(new).all(|(old, new)| {
                    equality::item(item, old, new) || are_unchanged(&item.kind, item.same, Some(old), Some(new))
                })
        }
        _ => false,
    }
}

/// Reports whether a path of `thing` leads to an element of a list whose order does not count.
fn in_set(path: &PropertyPath) -> bool {
    let lists = ["subnets", "rules", "words"];
    path.first_key().is_some_and(|top| lists.contains(&top)) && path.to_string().ends_with(']')
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn equal_inputs_have_no_changes(inputs in fitting(&thing().inputs, Leaves::Secrets)) {
        let schema = thing();
        prop_assert_eq!(super::inputs(&schema.inputs, never, &inputs, &Map::new(), &inputs), BTreeMap::new());
        // A secret mark is no difference.
        let plain = crate::property::secret_paths::split(inputs.clone()).0;
        prop_assert_eq!(super::inputs(&schema.inputs, never, &plain, &Map::new(), &inputs), BTreeMap::new());
    }

    #[test]
    fn a_diff_is_empty_exactly_for_unchanged_inputs(
        old in fitting(&thing().inputs, Leaves::Unknowns),
        new in fitting(&thing().inputs, Leaves::Unknowns),
        kept: [bool; 16],
    ) {
        // Some properties keep their old value, or hardly any sample would be without changes.
        let names = thing().inputs.properties.keys().zip(kept).filter(|(_, kept)| *kept);
        let new: Map = names.fold(new, |mut new, (name, _)| {
            match old.get(name) {
                Some(value) => new.insert(name.clone(), value.clone()),
                None => new.remove(name),
            };
            new
        });
        let changes = inputs(&thing().inputs, never, &old, &Map::new(), &new);
        prop_assert_eq!(changes.is_empty(), is_unchanged(&thing().inputs, &old, &new), "{:?}", changes);
        for (path, change) in changes {
            let present = |map: &Map| present(path.get(map)).is_some();
            // Where order does not count, another element may be at the index of an added or removed one.
            let (was, is) = match change.kind {
                ChangeKind::Add => (present(&old) && in_set(&path), true),
                ChangeKind::Delete => (true, present(&new) && in_set(&path)),
                ChangeKind::Update => (true, true),
            };
            prop_assert_eq!((present(&old), present(&new)), (was, is), "{} {:?}", path, change);
            prop_assert_eq!(path.to_string().parse::<PropertyPath>().unwrap(), path);
        }
    }
}
