//! What an update makes of an object's tags.

use pulumi_provider::resource::Update;
use pulumi_provider::resource::context::Cx;
use pulumi_provider::resource::three_way::{Base, Bases};

use super::{Tagging, Tags};
use crate::aws::Aws;

/// Inputs, which have a resource's own tags, and outputs, which have all that are shown.
pub trait Tagged {
    /// These tags; `None` where there are none to tell.
    fn tags(&self) -> Option<&Tags>;
}

/// The tags of an update: those recorded, and those wanted, the provider's defaults included on both sides.
#[derive(Clone, Debug)]
pub struct TagsUpdate<'a> {
    tagging: &'a Tagging,
    base: Base,
    recorded: Tags,
    /// What becomes the output `tagsAll`.
    pub wanted: Tags,
}

impl<'a> TagsUpdate<'a> {
    /// The tags of an update.
    #[must_use]
    pub fn new<I: Tagged, S: Tagged>(cx: &'a Cx<Aws>, update: &Update<I, S>) -> Self {
        let base = base(&update.bases);
        let recorded = update.recorded.state.tags().map(|all| {
            let mut recorded = all.clone();
            // What a failed update may have set is not among the outputs.
            let attempted = update.recorded.inputs.tags().filter(|_| base == Base::Unsettled);
            recorded.extend(super::copied(attempted.into_iter().flatten()));
            recorded
        });
        Self::between(cx.clients().tagging(), base, recorded.as_ref(), update.wanted.tags())
    }

    fn between(tagging: &'a Tagging, base: Base, recorded: Option<&Tags>, own: Option<&Tags>) -> Self {
        Self {
            tagging,
            // A state without them says nothing about what is there.
            base: if recorded.is_some() { base } else { Base::Live },
            // What was recorded of a tag before it was left to others is not ours to remove.
            recorded: recorded.map(|recorded| tagging.visible(recorded)).unwrap_or_default(),
            wanted: tagging.effective(own),
        }
    }

    /// The same for an object that was just made, and has what its create sent.
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

    /// Whether there may be something to do.
    #[must_use]
    pub fn has_changed(&self) -> bool {
        self.base
            .has_changed(&self.recorded, &self.wanted, |one, other| one == other)
    }

    /// What must be done to an object that has these tags.
    #[must_use]
    pub fn delta(&self, live: &Tags) -> Delta {
        let live = self.tagging.visible(live);
        Delta::between(&live, &self.base.map(&live, &self.recorded, &self.wanted))
    }
}

/// A change of the provider's defaults shows at the output alone.
fn base(bases: &Bases) -> Base {
    let at = ["tags", "tagsAll"].map(|path| bases.at(path));
    at.into_iter()
        .find(|base| *base != Base::Recorded)
        .unwrap_or(Base::Recorded)
}

/// What must be done to get from some tags to others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// Tags to set, new or changed.
    pub set: Tags,
    /// Keys to remove. Never AWS's, those of others, or ours.
    pub remove: Vec<String>,
}

impl Delta {
    /// The difference between the tags of an object and those it should have.
    fn between(have: &Tags, want: &Tags) -> Self {
        let is_new = |(key, value): &(&String, &String)| have.get(*key) != Some(*value);
        Self {
            set: super::copied(want.iter().filter(is_new)),
            remove: have.keys().filter(|key| !want.contains_key(*key)).cloned().collect(),
        }
    }

    /// Whether nothing must be done.
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
    fn what_is_ours_amazons_or_of_others_is_never_touched() {
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
        // Those of others may be recorded, from a time when they were not left to them.
        let recorded = [None, Some(tags(&[("scan", "x"), ("c7n:owner", "old"), ("a", "1")]))];
        for recorded in recorded.iter().map(Option::as_ref) {
            for base in [Base::Recorded, Base::Live] {
                let update = |own: &Tags| TagsUpdate::between(&tagging, base, recorded, Some(own)).delta(&found);
                assert_eq!(
                    update(&tags(&[("b", "2")])),
                    Delta {
                        set: tags(&[("b", "2")]),
                        remove: vec!["a".to_owned()]
                    }
                );
                assert!(update(&tags(&[("a", "1")])).is_empty());
                // Check refuses such a tag. Nothing is sent of it even so.
                assert!(update(&tags(&[("a", "1"), ("scan", "mine"), ("c7n:owner", "mine")])).is_empty());
            }
        }
        let recorded = tags(&[("scan", "x"), ("a", "1")]);
        let update = TagsUpdate::between(&tagging, Base::Recorded, Some(&recorded), Some(&tags(&[("a", "1")])));
        assert!(!update.has_changed(), "no call is made for what was recorded");
    }
}
