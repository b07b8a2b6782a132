//! The limit on the number of tags of an object.

use std::collections::BTreeSet;

use super::{OPERATION_TAG, Tags, URN_TAG};

/// AWS's limit for an object of EC2 or VPC Lattice. Tags of AWS (`aws:*`) do not count
/// (<https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html>).
const MOST: usize = 50;
/// The number of ownership tags.
const OURS: usize = [URN_TAG, OPERATION_TAG].len();

/// Returns the problem if an object would have too many tags: how many come from where, and what to do. `marks` says whether
/// the ownership tags are among them.
pub(super) fn problem<'a>(own: impl Iterator<Item = &'a str>, defaults: &Tags, marks: bool) -> Option<String> {
    let own: BTreeSet<&str> = own.collect();
    let inherited = defaults.keys().filter(|key| !own.contains(key.as_str())).count();
    let ours = if marks { OURS } else { 0 };
    let all = own.len() + inherited + ours;
    let excess = all.checked_sub(MOST).filter(|excess| *excess > 0)?;
    let sources = [
        (own.len(), "from the resource's `tags`"),
        (inherited, "more from the provider's `defaultTags`"),
        (ours, "that the provider adds itself"),
    ];
    let sources: Vec<String> = sources
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, source)| format!("{count} {source}"))
        .collect();
    let way_out = if (1..=ours).contains(&excess) {
        ", or set the provider's `ownershipTags` to false"
    } else {
        ""
    };
    Some(format!(
        "AWS allows {MOST} tags on an object, but it would have {all}: {}. Remove {excess}{way_out}",
        sources.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("k{number}")).collect()
    }

    /// Returns the problem of `own` own tags and `defaults` default tags, of which `shared` have the keys of own tags.
    fn told(own: usize, defaults: usize, shared: usize, marks: bool) -> Option<String> {
        let defaults = keys(shared)
            .into_iter()
            .chain((shared..defaults).map(|number| format!("d{number}")));
        let defaults: Tags = defaults.map(|key| (key, String::new())).collect();
        problem(keys(own).iter().map(String::as_str), &defaults, marks)
    }

    #[test]
    fn tags_of_all_sources_count_and_shared_keys_count_once() {
        for (own, defaults, shared, marks, fits) in [
            (0, 0, 0, true, true),
            (48, 0, 0, true, true),
            (49, 0, 0, true, false),
            (50, 0, 0, false, true),
            (51, 0, 0, false, false),
            (40, 8, 0, true, true),
            (40, 9, 0, true, false),
            (40, 9, 1, true, true),
            (48, 48, 48, true, true),
            (0, 48, 0, true, true),
            (0, 49, 0, true, false),
            (0, 50, 0, false, true),
            (1, 50, 0, false, false),
            (1, 50, 1, false, true),
        ] {
            let told = told(own, defaults, shared, marks);
            assert_eq!(told.is_none(), fits, "{own} + {defaults} - {shared}, {marks}: {told:?}");
        }
    }

    #[test]
    fn the_error_names_the_number_of_tags_of_each_source() {
        insta::assert_snapshot!(
            told(45, 10, 4, true).unwrap(),
            @"AWS allows 50 tags on an object, but it would have 53: 45 from the resource's `tags`, 6 more from the provider's `defaultTags`, 2 that the provider adds itself. Remove 3"
        );
        insta::assert_snapshot!(
            told(50, 0, 0, true).unwrap(),
            @"AWS allows 50 tags on an object, but it would have 52: 50 from the resource's `tags`, 2 that the provider adds itself. Remove 2, or set the provider's `ownershipTags` to false"
        );
        insta::assert_snapshot!(
            told(51, 0, 0, false).unwrap(),
            @"AWS allows 50 tags on an object, but it would have 51: 51 from the resource's `tags`. Remove 1"
        );
    }
}
