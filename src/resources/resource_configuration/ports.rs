//! Port ranges in one spelling: `443-443` is `443`, and neither order nor repetition counts.

use std::collections::BTreeSet;

/// Whether two lists stand for the same ports and ranges.
pub(super) fn same(one: &[String], other: &[String]) -> bool {
    set(one) == set(other)
}

fn set(ports: &[String]) -> BTreeSet<String> {
    ports.iter().map(|range| canonical(range)).collect()
}

/// A range in the form that the service writes; text that is no range stays as it is.
fn canonical(range: &str) -> String {
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    match (first.trim().parse::<u16>(), last.trim().parse::<u16>()) {
        (Ok(first), Ok(last)) if first == last => first.to_string(),
        (Ok(first), Ok(last)) => format!("{first}-{last}"),
        _ => range.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ports(list: &[&str]) -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn spellings_order_and_repetition_do_not_count() {
        assert!(same(&ports(&["443", "80-80"]), &ports(&["80", "443-443", "443"])));
        assert!(!same(&ports(&["80-443"]), &ports(&["80", "443"])));
        assert!(!same(&ports(&["443"]), &ports(&["443", "8443"])));
    }
}
