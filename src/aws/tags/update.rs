//! The update of an object's tags.

use pulumi_provider::resource::Update;
use pulumi_provider::resource::context::Cx;
use pulumi_provider::resource::three_way::{Base, Bases};

use super::{Tagging, Tags};
use crate::aws::Aws;

/// Inputs, which hold a resource's own tags, and outputs, which hold all visible tags.
pub trait Tagged {
    /// Returns these tags, or `None` if there are none.
    fn tags(&self) -> Option<&Tags>;
}

/// The recorded tags and the wanted tags of an update. Both include the provider's defaults.
#[derive(Clone, Debug)]
pub struct TagsUpdate<'a> {
    tagging: &'a Tagging,
    base: Base,
    recorded: Tags,
    /// The wanted tags; they become the output `tagsAll`.
    pub wanted: Tags,
}

impl<'a> TagsUpdate<'a> {
    /// Reads the recorded and the wanted tags of an update.
    #[must_use]
    pub fn new<I: Tagged, S: Tagged>(cx: &'a Cx<Aws>, update: &Update<I, S>) -> Self {
        let base = base(&update.bases);
        let recorded = update.recorded.state.tags().map(|all| {
            let mut recorded = all.clone();
            // The outputs do not contain what a failed update may have set.
            let attempted = update.recorded.inputs.tags().filter(|_| base == Base::Unsettled);
            recorded.extend(super::copied(attempted.into_iter().flatten()));
            recorded
        });
        Self::between(cx.clients().tagging(), base, recorded.as_ref(), update.wanted.tags())
    }

    fn between(tagging: &'a Tagging, base: Base, recorded: Option<&Tags>, own: Option<&Tags>) -> Self {
        Self {
            tagging,
            // A state without recorded tags does not say which tags the object has.
            base: if recorded.is_some() { base } else { Base::Live },
            // A recorded tag that `ignoreTags` now covers must not be removed.
            recorded: recorded.map(|recorded| tagging.visible(recorded)).unwrap_or_default(),
            wanted: tagging.effective(own),
        }
    }

    /// Creates the update of an object that was just created, and has the tags that its create sent.
    #[must_use]
    pub fn created(cx: &'a Cx<Aws>, inputs: &impl Tagged) -> Self {
        let tagging = cx.clients().tagging();
        let wanted = tagging.effective(inputs.tags());
        Self {
            tagging,
            base: Base::Live,
            recorded: wanted.clone(),
            wanted,
        }
    }

    /// Reports whether tags may have to be changed.
    #[must_use]
    pub fn has_changed(&self) -> bool {
        self.base
            .has_changed(&self.recorded, &self.wanted, |one, other| one == other)
    }

    /// Returns the changes for an object that has these tags now.
    #[must_use]
    pub fn delta(&self, live: &Tags) -> TagsDelta {
        let live = self.tagging.visible(live);
        TagsDelta::between(&live, &self.base.map(&live, &self.recorded, &self.wanted))
    }
}

/// Returns the base of the update. A change of the provider's defaults shows only at the output `tagsAll`, so both paths count.
fn base(bases: &Bases) -> Base {
    let at = ["tags", "tagsAll"].map(|path| bases.at(path));
    at.into_iter()
        .find(|base| *base != Base::Recorded)
        .unwrap_or(Base::Recorded)
}

/// The changes that turn some tags into others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagsDelta {
    /// Tags to set, new or changed.
    pub set: Tags,
    /// Keys to remove. Never those of AWS, of other tools, or of the ownership tags.
    pub remove: Vec<String>,
}

impl TagsDelta {
    /// Returns the difference between an object's tags and those that it should have.
    fn between(have: &Tags, want: &Tags) -> Self {
        let is_new = |(key, value): &(&String, &String)| have.get(*key) != Some(*value);
        Self {
            set: super::copied(want.iter().filter(is_new)),
            remove: have.keys().filter(|key| !want.contains_key(*key)).cloned().collect(),
        }
    }

    /// Reports whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::aws::tags::tests::{tagging, tags};
    use crate::aws::tags::{OPERATION_TAG, URN_TAG};

    #[test]
    fn ownership_aws_and_ignored_tags_are_never_changed() {
        let tagging =
            tagging(json!({ "ignoreTags": { "keys": ["scan"], "keyPrefixes": ["c7n:"] }, "ownershipTags": false }));
        let found = tags(&[
            (URN_TAG, "u"),
            (OPERATION_TAG, "t"),
            ("aws:cloudformation:stack-name", "s"),
            ("scan", "x"),
            ("c7n:owner", "y"),
            ("a", "1"),
        ]);
        // Tags of other tools may be recorded, if `ignoreTags` did not cover them then.
        let recorded = [None, Some(tags(&[("scan", "x"), ("c7n:owner", "old"), ("a", "1")]))];
        for recorded in recorded.iter().map(Option::as_ref) {
            for base in [Base::Recorded, Base::Live] {
                let update = |own: &Tags| TagsUpdate::between(&tagging, base, recorded, Some(own)).delta(&found);
                assert_eq!(
                    update(&tags(&[("b", "2")])),
                    TagsDelta {
                        set: tags(&[("b", "2")]),
                        remove: vec!["a".to_owned()]
                    }
                );
                assert!(update(&tags(&[("a", "1")])).is_empty());
                // Check refuses such a tag. Even without Check, it is not sent.
                assert!(update(&tags(&[("a", "1"), ("scan", "mine"), ("c7n:owner", "mine")])).is_empty());
            }
        }
        let recorded = tags(&[("scan", "x"), ("a", "1")]);
        let update = TagsUpdate::between(&tagging, Base::Recorded, Some(&recorded), Some(&tags(&[("a", "1")])));
        assert!(!update.has_changed(), "no call is made for what was recorded");
    }
}
