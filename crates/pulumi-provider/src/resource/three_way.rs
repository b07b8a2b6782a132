//! Computes the value to which an update sets an input, from the recorded value, the wanted value and the live value that the
//! service has now.
//!
//! An update changes what the program changed since the last operation, and nothing else. Other differences in the service
//! were made by someone else. They stay until a refresh records them; then the preview shows them as a difference.
//! `ignoreChanges` needs no code of its own: the engine gives an ignored input its recorded value, so that it has not
//! changed.

use std::collections::{BTreeMap, BTreeSet};

use crate::property::path::PropertyPath;

/// The base of one input in an update. It decides whether the update sets the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The recorded value: the last operation that was to change the input completed.
    Recorded,
    /// An update that was to change the input failed half-way, and it is unknown whether the change arrived. A single value
    /// is set to what the program says. For a map or list, the recorded one holds all items that the resource's own
    /// operations may have written: other items belong to someone else.
    Unsettled,
    /// The live value: the create did not complete, and every input is set to what the program says.
    Live,
}

/// The bases of all inputs of an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bases {
    /// All inputs have the same base.
    All(Base),
    /// [`Base::Unsettled`] at these paths and inside them, [`Base::Recorded`] elsewhere.
    UnsettledAt(Vec<PropertyPath>),
}

impl Bases {
    /// Returns the base of the input at a path.
    ///
    /// # Panics
    /// The text is not a path. Callers pass a literal.
    #[must_use]
    pub fn at(&self, path: &str) -> Base {
        self.of(&path.parse().expect("a path of an input"))
    }

    /// Returns the base of the input at a path that is already parsed.
    #[must_use]
    pub fn of(&self, path: &PropertyPath) -> Base {
        match self {
            Self::All(base) => *base,
            Self::UnsettledAt(paths) if paths.iter().any(|one| one.contains(path) || path.contains(one)) => {
                Base::Unsettled
            }
            Self::UnsettledAt(_) => Base::Recorded,
        }
    }
}

impl Base {
    /// Returns the target for a single value, or for a list that the service replaces as a whole.
    pub fn value<'a, T: ?Sized>(
        self,
        live: &'a T,
        recorded: &T,
        wanted: &'a T,
        same: impl Fn(&T, &T) -> bool,
    ) -> &'a T {
        if self.has_changed(recorded, wanted, same) {
            wanted
        } else {
            live
        }
    }

    /// Reports whether the update has to set a value at all.
    pub fn has_changed<T: ?Sized>(self, recorded: &T, wanted: &T, same: impl Fn(&T, &T) -> bool) -> bool {
        self != Self::Recorded || !same(recorded, wanted)
    }

    /// Returns the target for a map, key by key.
    #[must_use]
    pub fn map<K: Ord + Clone, V: Clone + PartialEq>(
        self,
        live: &BTreeMap<K, V>,
        recorded: &BTreeMap<K, V>,
        wanted: &BTreeMap<K, V>,
    ) -> BTreeMap<K, V> {
        if self == Self::Live {
            return wanted.clone();
        }
        let mut target = live.clone();
        target.retain(|key, _| !recorded.contains_key(key) || wanted.contains_key(key));
        let is_certain = self == Self::Recorded;
        let changed = wanted
            .iter()
            .filter(|(key, value)| !is_certain || recorded.get(key) != Some(value));
        target.extend(changed.map(|(key, value)| (key.clone(), value.clone())));
        target
    }

    /// Returns the target for a list whose order does not matter.
    #[must_use]
    pub fn set<T: Ord + Clone>(self, live: &BTreeSet<T>, recorded: &BTreeSet<T>, wanted: &BTreeSet<T>) -> BTreeSet<T> {
        let keyed = |set: &BTreeSet<T>| set.iter().map(|item| (item.clone(), ())).collect();
        let target = self.map(&keyed(live), &keyed(recorded), &keyed(wanted));
        target.into_keys().collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Tags = BTreeMap<u8, u8>;

    fn tags() -> impl Strategy<Value = Tags> {
        prop::collection::btree_map(0_u8..6, 0_u8..3, 0..6)
    }

    proptest! {
        #[test]
        fn a_key_takes_the_change_of_the_program_or_else_the_live_value(
            live in tags(), recorded in tags(), wanted in tags(),
        ) {
            let target = Base::Recorded.map(&live, &recorded, &wanted);
            for key in 0..6 {
                let expected = if recorded.get(&key) == wanted.get(&key) { live.get(&key) } else { wanted.get(&key) };
                prop_assert_eq!(target.get(&key), expected);
            }
        }

        #[test]
        fn merging_a_second_time_changes_nothing(live in tags(), recorded in tags(), wanted in tags()) {
            let target = Base::Recorded.map(&live, &recorded, &wanted);
            prop_assert_eq!(&Base::Recorded.map(&target, &recorded, &wanted), &target);
            prop_assert_eq!(&Base::Recorded.map(&target, &wanted, &wanted), &target);
        }

        #[test]
        fn unsettled_keys_take_the_value_of_the_program(
            live in tags(), recorded in tags(), wanted in tags(),
        ) {
            let target = Base::Unsettled.map(&live, &recorded, &wanted);
            for key in 0..6 {
                let is_ours = recorded.contains_key(&key) || wanted.contains_key(&key);
                prop_assert_eq!(target.get(&key), if is_ours { wanted.get(&key) } else { live.get(&key) });
            }
        }

        #[test]
        fn the_live_base_takes_every_key_from_the_program(live in tags(), recorded in tags(), wanted in tags()) {
            prop_assert_eq!(Base::Live.map(&live, &recorded, &wanted), wanted);
        }
    }

    #[test]
    fn a_live_value_stays_unless_the_program_changed_its_meaning() {
        let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
        assert_eq!(Base::Recorded.value("foreign", "a", "A", same), "foreign");
        assert_eq!(Base::Recorded.value("foreign", "a", "b", same), "b");
        assert_eq!(Base::Unsettled.value("foreign", "a", "A", same), "A");
        assert_eq!(Base::Live.value("foreign", "a", "A", same), "A");
    }

    #[test]
    fn a_set_keeps_elements_that_others_added() {
        let set = |items: &[&'static str]| items.iter().copied().collect::<BTreeSet<_>>();
        let target = Base::Recorded.set(&set(&["old", "foreign"]), &set(&["old"]), &set(&["new"]));
        assert_eq!(target, set(&["foreign", "new"]));
    }
}
