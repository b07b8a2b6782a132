//! Compares and merges port ranges: `443-443` equals `443`, and order and repetition do not count.

use std::collections::BTreeSet;

use pulumi_provider::resource::three_way::Base;

use crate::formats::port_range;

/// Reports whether two lists contain the same ports and ranges.
pub(super) fn same(one: &[String], other: &[String]) -> bool {
    set(one) == set(other)
}

/// Returns the ports after an update: in the user's spelling and order, followed by those that somebody else added.
pub(super) fn merged(base: Base, live: &[String], recorded: &[String], wanted: &[String]) -> Vec<String> {
    let mut target = base.set(&set(live), &set(recorded), &set(wanted));
    let mut ports: Vec<String> = wanted
        .iter()
        .filter(|range| target.remove(&canonical(range)))
        .cloned()
        .collect();
    ports.extend(target);
    ports
}

fn set(ports: &[String]) -> BTreeSet<String> {
    ports.iter().map(|range| canonical(range)).collect()
}

/// Returns a range in the spelling of VPC Lattice; a text that is not a range stays as it is.
fn canonical(range: &str) -> String {
    match port_range(range) {
        Some((first, last)) if first == last => first.to_string(),
        Some((first, last)) => format!("{first}-{last}"),
        None => range.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ports(list: &[&str]) -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_update_keeps_ports_that_others_added() {
        let (live, recorded) = (ports(&["443", "9000"]), ports(&["443-443", "80"]));
        let merged = |base| merged(base, &live, &recorded, &ports(&["8443", "443"]));
        assert_eq!(merged(Base::Recorded), ports(&["8443", "443", "9000"]));
        assert_eq!(merged(Base::Live), ports(&["8443", "443"]));
    }

    #[test]
    fn spelling_order_and_repetition_of_ports_do_not_matter() {
        assert!(same(&ports(&["443", "80-80"]), &ports(&["80", "443-443", "443"])));
        assert!(!same(&ports(&["80-443"]), &ports(&["80", "443"])));
        assert!(!same(&ports(&["443"]), &ports(&["443", "8443"])));
    }
}
