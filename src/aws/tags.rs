//! Tags: the user's, the provider's defaults, those that other tools manage, and the two ownership tags by which the provider
//! finds its own objects.
//!
//! Every taggable object is created with [`URN_TAG`], which names the resource, and [`OPERATION_TAG`], which identifies the
//! create that made the object, unless the configuration says `ownershipTags: false`. The ownership tags belong to the provider
//! alone: they are in no input and no output, and nothing changes them after the create. Tags of AWS (`aws:*`) and of other
//! tools (`ignoreTags`) are left alone in every operation. docs/installation-configuration.md (Tags) documents this for users.

mod ec2;
mod limit;
mod update;

use std::collections::BTreeMap;

use pulumi_provider::property::path::{PropertyPath, Segment};
use pulumi_provider::property::{Map, Value};
use pulumi_provider::resource::changes::{Change, ChangeKind, Changes};
use pulumi_provider::resource::draft::{Draft, Failures};
use pulumi_provider::urn::Urn;
use sha2::{Digest, Sha256};

pub use self::ec2::{from_ec2, specification, to_ec2, update_ec2};
pub use self::update::{Tagged, TagsDelta, TagsUpdate};
use super::config::{IgnoreTags, ProviderConfig};

/// The tag that holds the URN of the resource for which the object was created. The schema reserves it.
pub const URN_TAG: &str = "private-step-functions:urn";
/// The tag that holds the client token of the create that made the object. The schema reserves it.
pub const OPERATION_TAG: &str = "private-step-functions:operation";

/// Tags by key. Keys are case-sensitive.
pub type Tags = BTreeMap<String, String>;

/// The provider configuration's rules for tags.
#[derive(Clone, Debug)]
pub struct Tagging {
    defaults: Tags,
    ignored: IgnoreTags,
    marks: bool,
}

impl Tagging {
    /// Reads the rules from a configuration.
    #[must_use]
    pub fn of(config: &ProviderConfig) -> Self {
        let defaults = config.default_tags.as_ref().and_then(|default| default.tags.clone());
        Self {
            defaults: defaults.unwrap_or_default(),
            ignored: config.ignore_tags.clone().unwrap_or_default(),
            marks: config.ownership_tags.unwrap_or(true),
        }
    }

    /// Reports whether new objects get the two ownership tags (`ownershipTags`). Without them, an object does not show which
    /// resource created it.
    #[must_use]
    pub const fn marks_what_is_made(&self) -> bool {
        self.marks
    }

    /// Returns the effective tags (the output `tagsAll`): the provider's defaults, overridden by the resource's own tags.
    #[must_use]
    pub fn effective(&self, own: Option<&Tags>) -> Tags {
        let mut tags = self.defaults.clone();
        tags.extend(copied(own.into_iter().flatten()));
        self.visible(&tags)
    }

    /// Returns the tags that a create sends: the effective tags and the ownership tags. `token` is the create's client token.
    #[must_use]
    pub fn for_create(&self, urn: &Urn, own: Option<&Tags>, token: &str) -> Tags {
        let mut tags = self.effective(own);
        if self.marks {
            tags.insert(URN_TAG.to_owned(), urn_value(urn.as_str()));
            tags.insert(OPERATION_TAG.to_owned(), token.to_owned());
        }
        tags
    }

    /// Returns the tags that the user sees: all except those of AWS, those of other tools and the ownership tags.
    #[must_use]
    pub fn visible(&self, all: &Tags) -> Tags {
        copied(all.iter().filter(|(key, _)| !self.hides(key)))
    }

    /// Returns the tags that a user would write to get the visible ones. Tags that equal the provider's defaults are left out,
    /// unless the prior inputs contain their keys. `None` if no tags remain and the prior inputs have no `tags` either.
    #[must_use]
    pub fn own(&self, visible: &Tags, prior: Option<&Tags>) -> Option<Tags> {
        let is_own = |key: &String, value: &String| {
            self.defaults.get(key) != Some(value) || prior.is_some_and(|prior| prior.contains_key(key))
        };
        let own = copied(visible.iter().filter(|(key, value)| is_own(key, value)));
        (!own.is_empty() || prior.is_some()).then_some(own)
    }

    /// Checks, for `Resource::provider_rules`, that AWS accepts the number of tags and that `ignoreTags` covers none of them.
    pub fn check(&self, draft: &Draft<'_>, failures: &mut Failures) {
        // The keys count even if their values are not known yet.
        let own = draft.known("tags").and_then(Value::as_object);
        let keys = || own.into_iter().flat_map(Map::keys).map(String::as_str);
        for key in keys().filter(|key| self.ignored.covers(key)) {
            failures.add(
                PropertyPath::root().key("tags").key(key),
                "the provider's `ignoreTags` excludes tags with this key: remove the key from `tags` or from `ignoreTags`",
            );
        }
        if let Some(problem) = limit::problem(keys(), &self.defaults, self.marks) {
            failures.at("tags", problem);
        }
    }

    /// Returns the problems of `defaultTags` that do not depend on a resource.
    #[must_use]
    pub fn default_problems(&self) -> Vec<String> {
        let ignored = self.defaults.keys().filter(|key| self.ignored.covers(key));
        let ignored = ignored.map(|key| {
            format!(
                "`ignoreTags` excludes tags with the key \"{key}\": remove the key from `defaultTags` or from `ignoreTags`"
            )
        });
        ignored
            .chain(limit::problem([].into_iter(), &self.defaults, self.marks))
            .collect()
    }

    /// Records, for `Resource::diff`, a change at `tagsAll` if the effective tags differ from the recorded ones and no change
    /// of `tags` shows that already. This detects a change of the provider's defaults, and drift of a default tag. Tags that
    /// `ignoreTags` covers now and that were recorded earlier make no difference.
    pub fn diff(&self, changes: &mut Changes<'_>) {
        let (old, new) = (
            known_strings(changes.old_inputs.get("tags")),
            known_strings(changes.inputs.get("tags")),
        );
        let same = matches!((&old, &new), (Some(old), Some(new)) if self.visible(old) == self.visible(new));
        changes.by_path.retain(|path, _| match path.segments() {
            [Segment::Key(tags)] if tags == "tags" => !same,
            [Segment::Key(tags), Segment::Key(key)] if tags == "tags" => !self.ignored.covers(key),
            _ => true,
        });
        let ignores = |property| changes.ignored.iter().any(|path| path.first_key() == Some(property));
        if changes.touches("tags") || ignores("tagsAll") {
            return;
        }
        let (Some(own), Some(recorded)) = (new, known_strings(changes.old_state.get("tagsAll"))) else {
            return;
        };
        if self.effective(Some(&own)) != self.visible(&recorded) {
            let change = Change {
                kind: ChangeKind::Update,
                replace: false,
                input: false,
            };
            changes.record("tagsAll", change);
        }
    }

    /// Sets, for `Resource::preview`, the output `tagsAll` if the tags are known.
    pub fn preview(&self, outputs: &mut Map, inputs: &Map) {
        if let Some(own) = known_strings(inputs.get("tags")) {
            let tags = self.effective(Some(&own)).into_iter();
            let tags = tags.map(|(key, value)| (key, value.into())).collect();
            outputs.insert("tagsAll".to_owned(), Value::Object(tags));
        }
    }

    fn hides(&self, key: &str) -> bool {
        key == URN_TAG || key == OPERATION_TAG || is_amazons(key) || self.ignored.covers(key)
    }
}

/// Reports whether the create with this client token made the object with these tags.
#[must_use]
pub fn is_from(tags: &Tags, token: &str) -> bool {
    tags.get(OPERATION_TAG).is_some_and(|value| value == token)
}

/// Returns the URN as a tag value: only characters that every service accepts, and at most 256 of them.
#[must_use]
pub fn urn_value(urn: &str) -> String {
    let plain: String = urn
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || " _.:/=+-@".contains(c) {
                c
            } else {
                '/'
            }
        })
        .collect();
    if plain.chars().count() <= 256 {
        return plain;
    }
    let digest: String = Sha256::digest(urn.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let start: String = plain.chars().take(256 - digest.len() - 1).collect();
    format!("{start}/{digest}")
}

fn is_amazons(key: &str) -> bool {
    key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
}

fn copied<'a>(tags: impl Iterator<Item = (&'a String, &'a String)>) -> Tags {
    tags.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Reads a map of strings. An absent map is empty; `None` means that a value in it is unknown or is not a string.
fn known_strings(value: Option<&Value>) -> Option<Tags> {
    match value.map(Value::bare) {
        None | Some(Value::Null) => Some(Tags::new()),
        Some(Value::Object(map)) => map
            .iter()
            .map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
            .collect(),
        Some(_) => None,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    pub(crate) fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    /// Returns the tag rules of a provider with this configuration.
    pub(crate) fn tagging(config: serde_json::Value) -> Tagging {
        Tagging::of(&serde_json::from_value(config).unwrap())
    }

    fn with_defaults(defaults: &[(&str, &str)]) -> Tagging {
        tagging(json!({ "defaultTags": { "tags": tags(defaults) } }))
    }

    fn urn() -> Urn {
        "urn:pulumi:dev::shop::pkg:index:Thing::a".parse().unwrap()
    }

    #[test]
    fn tags_of_the_resource_override_default_tags() {
        let tagging = with_defaults(&[("team", "a"), ("env", "dev")]);
        let all = tagging.effective(Some(&tags(&[("env", "prod")])));
        assert_eq!(all, tags(&[("team", "a"), ("env", "prod")]));
        assert_eq!(tagging.effective(None), tags(&[("team", "a"), ("env", "dev")]));
        let other_case = tagging.effective(Some(&tags(&[("Team", "b")])));
        assert_eq!(other_case.len(), 3, "keys are case-sensitive");
    }

    #[test]
    fn new_objects_get_ownership_tags_unless_disabled() {
        let own = tags(&[("a", "1")]);
        let marked = tagging(json!({})).for_create(&urn(), Some(&own), "token");
        assert_eq!(
            marked,
            tags(&[
                ("a", "1"),
                (URN_TAG, "urn:pulumi:dev::shop::pkg:index:Thing::a"),
                (OPERATION_TAG, "token")
            ])
        );
        assert!(is_from(&marked, "token") && !is_from(&marked, "other"));
        let plain = tagging(json!({ "ownershipTags": false })).for_create(&urn(), Some(&own), "token");
        assert_eq!(plain, own);
        assert!(!is_from(&plain, "token"));
    }

    #[test]
    fn ownership_tags_and_aws_tags_are_not_shown() {
        let found = tags(&[
            (URN_TAG, "u"),
            (OPERATION_TAG, "t"),
            ("aws:cloudformation:stack-name", "s"),
            ("AWS:x", "s"),
            ("a", "1"),
            // Keys are case-sensitive: these two are not the ownership tags.
            ("Private-Step-Functions:urn", "2"),
            ("private-step-functions:cost", "3"),
        ]);
        let shown = tags(&[
            ("a", "1"),
            ("Private-Step-Functions:urn", "2"),
            ("private-step-functions:cost", "3"),
        ]);
        // Objects keep their ownership tags after `ownershipTags` is turned off.
        for config in [json!({}), json!({ "ownershipTags": false })] {
            assert_eq!(tagging(config).visible(&found), shown);
        }
    }

    #[test]
    fn ignored_tags_are_neither_shown_nor_sent() {
        let tagging = tagging(json!({ "ignoreTags": { "keys": ["scan"], "keyPrefixes": ["c7n:"] } }));
        let found = tags(&[("scan", "x"), ("c7n:owner", "y"), ("a", "1"), ("Scan", "z")]);
        let shown = tags(&[("a", "1"), ("Scan", "z")]);
        assert_eq!(tagging.visible(&found), shown);
        assert_eq!(tagging.own(&tagging.visible(&found), None), Some(shown.clone()));
        assert_eq!(tagging.effective(Some(&found)), shown);
    }

    #[test]
    fn inputs_read_back_omit_default_tags_that_the_program_does_not_set() {
        let (tagging, found) = (with_defaults(&[("team", "a")]), tags(&[("team", "a"), ("env", "dev")]));
        assert_eq!(tagging.own(&found, None), Some(tags(&[("env", "dev")])));
        assert_eq!(tagging.own(&found, Some(&tags(&[("team", "a")]))), Some(found.clone()));
        let defaults = tags(&[("team", "a")]);
        assert_eq!(tagging.own(&defaults, None), None);
        assert_eq!(tagging.own(&defaults, Some(&Tags::new())), Some(Tags::new()));
        let drifted = tags(&[("team", "b")]);
        assert_eq!(tagging.own(&drifted, None), Some(drifted.clone()));
    }

    #[test]
    fn urns_are_converted_to_valid_tag_values() {
        let urn = "urn:pulumi:dev::shop::a:b:C$d:e:F::größe \"x\"";
        assert_eq!(urn_value(urn), "urn:pulumi:dev::shop::a:b:C/d:e:F::größe /x/");
        let long = format!("urn:pulumi:dev::shop::a:b:C::{}", "x".repeat(400));
        let value = urn_value(&long);
        assert_eq!(value.chars().count(), 256);
        assert_ne!(value, urn_value(&format!("{long}y")));
    }

    /// Returns the paths that remain after a diff of `tags`, when the schema's comparison has found changes at these paths.
    fn changed(tagging: &Tagging, old: &Map, recorded: &Tags, new: &Map, found: &[&str]) -> Vec<String> {
        let values = recorded.iter().map(|(key, value)| (key.clone(), value.as_str().into()));
        let state = Map::from([("tagsAll".to_owned(), Value::Object(values.collect()))]);
        let change = Change {
            kind: ChangeKind::Update,
            replace: false,
            input: true,
        };
        let mut changes = Changes {
            old_inputs: old,
            old_state: &state,
            inputs: new,
            by_path: found.iter().map(|path| (path.parse().unwrap(), change)).collect(),
            causes: BTreeMap::new(),
            delete_first: false,
            ignored: &[],
            named_by_user: false,
        };
        tagging.diff(&mut changes);
        changes.by_path.keys().map(ToString::to_string).collect()
    }

    fn inputs(tags: serde_json::Value) -> Map {
        Map::from([("tags".to_owned(), tags.into())])
    }

    #[test]
    fn a_changed_default_tag_is_a_difference() {
        let nothing = Map::new();
        let recorded = tags(&[("team", "a")]);
        let touched = |new: &Map, defaults: &[(&str, &str)]| {
            !changed(&with_defaults(defaults), &nothing, &recorded, new, &[]).is_empty()
        };
        assert!(!touched(&nothing, &[("team", "a")]));
        assert!(touched(&nothing, &[("team", "b")]));
        assert!(touched(&nothing, &[]));
        let unknown = Map::from([("tags".to_owned(), Value::Unknown)]);
        assert!(
            !touched(&unknown, &[("team", "b")]),
            "nothing can be said about unknown tags"
        );
    }

    #[test]
    fn a_recorded_tag_that_is_now_ignored_causes_no_difference() {
        let tagging = tagging(json!({ "ignoreTags": { "keys": ["scan"] } }));
        let recorded = tags(&[("scan", "x"), ("a", "1")]);
        let (both, one) = (inputs(json!({ "scan": "x", "a": "1" })), inputs(json!({ "a": "1" })));
        // The key was recorded by an earlier refresh or was in the program. A later refresh does not show it, and compares in
        // the other direction.
        assert_eq!(changed(&tagging, &both, &recorded, &one, &["tags.scan"]), [""; 0]);
        assert_eq!(
            changed(&tagging, &one, &tags(&[("a", "1")]), &both, &["tags.scan"]),
            [""; 0]
        );
        assert_eq!(
            changed(
                &tagging,
                &both,
                &recorded,
                &inputs(json!({ "a": "2" })),
                &["tags.scan", "tags.a"]
            ),
            ["tags.a"]
        );
        // Adding or removing all tags is one change.
        let (scan, nothing) = (inputs(json!({ "scan": "x" })), Map::new());
        assert_eq!(
            changed(&tagging, &scan, &tags(&[("scan", "x")]), &nothing, &["tags"]),
            [""; 0]
        );
        assert_eq!(changed(&tagging, &nothing, &Tags::new(), &scan, &["tags"]), [""; 0]);
        assert_eq!(changed(&tagging, &both, &recorded, &nothing, &["tags"]), ["tags"]);
    }

    #[test]
    fn an_ignored_tag_key_cannot_be_set() {
        let config = json!({
            "defaultTags": { "tags": { "c7n:owner": "a", "team": "b" } },
            "ignoreTags": { "keys": ["scan"], "keyPrefixes": ["c7n:"] },
        });
        let tagging = tagging(config);
        let told = tagging.default_problems();
        assert!(
            matches!(told.as_slice(), [one] if one.contains("\"c7n:owner\"")),
            "{told:?}"
        );
        let mut failures = Failures::default();
        tagging.check(
            &Draft::new(&inputs(json!({ "scan": "x", "Scan": "y", "team": "z" }))),
            &mut failures,
        );
        let told: Vec<_> = failures.iter().map(|failure| failure.path.to_string()).collect();
        assert_eq!(told, ["tags.scan"]);
    }
}
