//! The table of calls and IAM actions names each call that the plugin makes, and no other.

#![allow(
    clippy::unwrap_used,
    reason = "clippy's exception for tests leaves out their helpers"
)]

mod support {
    pub(crate) mod sources;
}

use std::collections::BTreeSet;

use private_step_functions::aws::permissions::CALLS;
use regex::Regex;
use support::sources::below;

#[test]
fn the_table_has_each_call_of_the_source() {
    // `ec2.describe_vpcs()` of the SDKs, also as an argument of a macro, and `.json("DescribeKey", …)` of the services that are
    // called without one.
    let of_sdk = Regex::new(
        r"[. ]((?:assume|authorize|create|delete|describe|get|list|modify|revoke|tag|untag|update)_[a-z_]+)(?:\(\)|,)",
    )
    .unwrap();
    let signed = Regex::new(r#"(?:\.(?:json|get)\(\s*|ask\(aws, )"((?:Describe|Get|List)\w+)""#).unwrap();
    // What looks like a call and is none: the builders of answers.
    let no_call = ["tag_set"];
    let mut found = BTreeSet::new();
    for source in below("src") {
        if source.path.contains("/tests") || source.path.ends_with("testing.rs") {
            continue;
        }
        for name in of_sdk.captures_iter(&source.text).map(|found| found[1].to_owned()) {
            if !no_call.contains(&name.as_str()) {
                found.insert(camel(&name));
            }
        }
        found.extend(signed.captures_iter(&source.text).map(|found| found[1].to_owned()));
    }
    let table: BTreeSet<_> = CALLS.iter().map(|call| call.operation.to_owned()).collect();
    assert_eq!(found, table);
}

fn camel(name: &str) -> String {
    name.split('_')
        .flat_map(|word| {
            let (first, rest) = word.split_at(1);
            [first.to_uppercase(), rest.to_owned()]
        })
        .collect()
}
