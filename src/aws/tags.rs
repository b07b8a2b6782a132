//! Tags: the user's, the provider's defaults, and the two with which we find our own objects again.
//!
//! Every taggable object carries [`URN_TAG`], which says what made it, and [`OPERATION_TAG`], which proves that it comes from
//! one very create. Both are ours alone: they are in no input and no output. Tags of AWS (`aws:*`) are left alone.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{ResourceType, Tag, TagSpecification};
use sha2::{Digest, Sha256};

use super::Aws;
use crate::cx::Cx;
use crate::lifecycle::changes::{Change, ChangeKind, Changes};
use crate::lifecycle::three_way::{Base, Bases};
use crate::property::{Map, Value};

/// The tag with the URN of the resource that the object was made for.
pub const URN_TAG: &str = "private-step-functions:urn";
/// The tag with the client token of the create that made the object.
pub const OPERATION_TAG: &str = "private-step-functions:operation";

/// Tags by key.
pub type Tags = BTreeMap<String, String>;

/// The effective tags (the output `tagsAll`): the provider's defaults, and the resource's own over them.
#[must_use]
pub fn effective(defaults: &Tags, own: Option<&Tags>) -> Tags {
    let mut tags = defaults.clone();
    tags.extend(
        own.into_iter()
            .flatten()
            .map(|(key, value)| (key.clone(), value.clone())),
    );
    tags
}

/// What a create sends: the effective tags and the ownership tags. `token` is the create's client token.
#[must_use]
pub fn for_create(cx: &Cx<Aws>, own: Option<&Tags>, token: &str) -> Tags {
    use crate::resource::Clients;
    let mut tags = effective(cx.clients().default_tags(), own);
    tags.insert(URN_TAG.to_owned(), urn_value(cx.urn().as_str()));
    tags.insert(OPERATION_TAG.to_owned(), token.to_owned());
    tags
}

/// Whether an object with these tags comes from the create with this client token.
#[must_use]
pub fn is_from(tags: &Tags, token: &str) -> bool {
    tags.get(OPERATION_TAG).is_some_and(|value| value == token)
}

/// The URN as tag value: only characters that every service accepts, and at most 256 of them.
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

/// The tags that the user is to see: all but AWS's and ours.
#[must_use]
pub fn visible(all: &Tags) -> Tags {
    all.iter()
        .filter(|(key, _)| !is_hidden(key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// The tags that a user would write to get the visible ones: without those that the provider's defaults bring, unless the
/// prior inputs spell them out. `None` when there are none and the prior inputs say nothing either.
#[must_use]
pub fn own(visible: &Tags, defaults: &Tags, prior: Option<&Tags>) -> Option<Tags> {
    let own: Tags = visible
        .iter()
        .filter(|(key, value)| {
            defaults.get(*key) != Some(*value) || prior.is_some_and(|prior| prior.contains_key(*key))
        })
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    (!own.is_empty() || prior.is_some()).then_some(own)
}

/// What must be done to get from some tags to others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// Tags to set, new or changed.
    pub set: Tags,
    /// Keys to remove. Never AWS's or ours.
    pub remove: Vec<String>,
}

/// The tags of an update: those recorded, and those wanted, the provider's defaults included on both sides.
#[derive(Clone, Debug)]
pub struct TagsUpdate {
    base: Base,
    recorded: Tags,
    /// What becomes the output `tagsAll`.
    pub wanted: Tags,
}

impl TagsUpdate {
    /// The tags of an update. `recorded` are the output `tagsAll` and the input `tags`.
    #[must_use]
    pub fn new(
        bases: &Bases,
        defaults: &Tags,
        (recorded_all, recorded_own): (Option<&Tags>, Option<&Tags>),
        own: Option<&Tags>,
    ) -> Self {
        let settled = ["tags", "tagsAll"].map(|path| bases.at(path));
        let base = settled.into_iter().find(|base| *base != Base::Recorded);
        let mut recorded = recorded_all.cloned().unwrap_or_default();
        if base == Some(Base::Unsettled) {
            recorded.extend(recorded_own.cloned().unwrap_or_default());
        }
        Self {
            base: match recorded_all {
                // A state without them says nothing about what is there.
                None => Base::Live,
                Some(_) => base.unwrap_or(Base::Recorded),
            },
            recorded,
            wanted: effective(defaults, own),
        }
    }

    /// The same for an object that was just made, and has what its create sent.
    #[must_use]
    pub fn created(defaults: &Tags, own: Option<&Tags>) -> Self {
        let wanted = effective(defaults, own);
        Self {
            base: Base::Live,
            recorded: wanted.clone(),
            wanted,
        }
    }

    /// Whether there may be something to do.
    #[must_use]
    pub fn has_changed(&self) -> bool {
        self.base
            .has_changed(&self.recorded, &self.wanted, |one, other| one == other)
    }

    /// What must be done to an object that has these tags.
    #[must_use]
    pub fn delta(&self, live: &Tags) -> Delta {
        Delta::between(live, &self.base.map(&visible(live), &self.recorded, &self.wanted))
    }
}

impl Delta {
    /// The difference between the tags of an object and those it should have.
    fn between(have: &Tags, want: &Tags) -> Self {
        Self {
            set: want
                .iter()
                .filter(|(key, value)| have.get(*key) != Some(*value))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
            remove: have
                .keys()
                .filter(|key| !want.contains_key(*key) && !is_hidden(key))
                .cloned()
                .collect(),
        }
    }

    /// Whether nothing must be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }
}

/// For `Resource::diff`: records a change at `tagsAll` when the effective tags are not the recorded ones and no change of
/// `tags` says so already. That is how a change of the provider's defaults, and drift of a default tag, are seen.
pub fn diff(changes: &mut Changes<'_>, defaults: &Tags) {
    let ignores = |property| changes.ignored.iter().any(|path| path.first_key() == Some(property));
    if changes.touches("tags") || ignores("tagsAll") {
        return;
    }
    let Some(own) = known_strings(changes.inputs.get("tags")) else {
        return;
    };
    let Some(recorded) = known_strings(changes.old_state.get("tagsAll")) else {
        return;
    };
    if effective(defaults, Some(&own)) != recorded {
        let change = Change {
            kind: ChangeKind::Update,
            replace: false,
            input: false,
        };
        changes.record("tagsAll", change);
    }
}

/// For `Resource::preview`: `tagsAll`, as far as the tags are known.
pub fn preview(outputs: &mut Map, inputs: &Map, defaults: &Tags) {
    if let Some(own) = known_strings(inputs.get("tags")) {
        let tags = effective(defaults, Some(&own))
            .into_iter()
            .map(|(key, value)| (key, value.into()))
            .collect();
        outputs.insert("tagsAll".to_owned(), Value::Object(tags));
    }
}

/// EC2's tags as a map.
#[must_use]
pub fn from_ec2(tags: &[Tag]) -> Tags {
    tags.iter()
        .map(|tag| {
            (
                tag.key().unwrap_or_default().to_owned(),
                tag.value().unwrap_or_default().to_owned(),
            )
        })
        .collect()
}

/// A map as EC2's tags.
#[must_use]
pub fn to_ec2(tags: &Tags) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}

/// A map as what EC2's create operations take.
#[must_use]
pub fn specification(kind: ResourceType, tags: &Tags) -> TagSpecification {
    TagSpecification::builder()
        .resource_type(kind)
        .set_tags(Some(to_ec2(tags)))
        .build()
}

fn is_hidden(key: &str) -> bool {
    key == URN_TAG || key == OPERATION_TAG || key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
}

/// A map of strings; absent means empty, and `None` that something in it is not known (or no string).
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
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn own_tags_win_over_defaults() {
        let defaults = tags(&[("team", "a"), ("env", "dev")]);
        let all = effective(&defaults, Some(&tags(&[("env", "prod")])));
        assert_eq!(all, tags(&[("team", "a"), ("env", "prod")]));
        assert_eq!(effective(&defaults, None), defaults);
    }

    #[test]
    fn what_is_ours_or_amazons_is_neither_shown_nor_removed() {
        let found = tags(&[
            (URN_TAG, "u"),
            (OPERATION_TAG, "t"),
            ("aws:cloudformation:stack-name", "s"),
            ("a", "1"),
        ]);
        assert_eq!(visible(&found), tags(&[("a", "1")]));
        let delta = Delta::between(&found, &tags(&[("b", "2")]));
        assert_eq!(
            delta,
            Delta {
                set: tags(&[("b", "2")]),
                remove: vec!["a".to_owned()]
            }
        );
        assert!(Delta::between(&found, &tags(&[("a", "1")])).is_empty());
    }

    #[test]
    fn inputs_read_back_leave_out_defaults_unless_spelt_out() {
        let (defaults, found) = (tags(&[("team", "a")]), tags(&[("team", "a"), ("env", "dev")]));
        assert_eq!(own(&found, &defaults, None), Some(tags(&[("env", "dev")])));
        assert_eq!(
            own(&found, &defaults, Some(&tags(&[("team", "a")]))),
            Some(found.clone())
        );
        assert_eq!(own(&defaults, &defaults, None), None);
        assert_eq!(own(&defaults, &defaults, Some(&Tags::new())), Some(Tags::new()));
        let drifted = tags(&[("team", "b")]);
        assert_eq!(own(&drifted, &defaults, None), Some(drifted.clone()));
    }

    #[test]
    fn urns_become_values_that_every_service_takes() {
        let urn = "urn:pulumi:dev::shop::a:b:C$d:e:F::größe \"x\"";
        assert_eq!(urn_value(urn), "urn:pulumi:dev::shop::a:b:C/d:e:F::größe /x/");
        let long = format!("urn:pulumi:dev::shop::a:b:C::{}", "x".repeat(400));
        let value = urn_value(&long);
        assert_eq!(value.chars().count(), 256);
        assert_ne!(value, urn_value(&format!("{long}y")));
    }

    #[test]
    fn a_changed_default_is_seen() {
        let (old_inputs, state) = (
            Map::new(),
            Map::from([(
                "tagsAll".to_owned(),
                Value::Object(Map::from([("team".to_owned(), "a".into())])),
            )]),
        );
        let touched = |inputs: &Map, defaults: &Tags| {
            let mut changes = Changes {
                old_inputs: &old_inputs,
                old_state: &state,
                inputs,
                by_path: BTreeMap::new(),
                causes: BTreeMap::new(),
                delete_first: false,
                ignored: &[],
                named_by_user: false,
            };
            diff(&mut changes, defaults);
            changes.touches("tagsAll")
        };
        assert!(!touched(&Map::new(), &tags(&[("team", "a")])));
        assert!(touched(&Map::new(), &tags(&[("team", "b")])));
        assert!(touched(&Map::new(), &Tags::new()));
        let unknown = Map::from([("tags".to_owned(), Value::Unknown)]);
        assert!(
            !touched(&unknown, &tags(&[("team", "b")])),
            "nothing can be said about unknown tags"
        );
    }
}
