//! Automatic names, with the package's schema.

use proptest::prelude::*;
use pulumi_provider::lifecycle::autoname::{Autonaming, choose};

use super::{resource as schema_of, shared_schema};

fn name(resource: &str, logical: &str, seed: &[u8], mode: Option<Autonaming>) -> Result<String, String> {
    let schema = schema_of(resource);
    let rules = schema.autoname.as_ref().unwrap();
    let limits = &schema.inputs.property(&rules.property).unwrap().constraints;
    choose(rules, limits, logical, seed, mode.as_ref())
}

#[test]
fn a_generated_name_keeps_the_valid_part_of_the_logical_name() {
    for (logical, prefix) in [
        ("Orders_API", "orders-api-"),
        ("rgw-rgw-orders", "orders-"),
        ("--", "xxx-"),
        // With the hyphen, the name would begin with `rgw-`, which the service forbids.
        ("rgw", ""),
        (&"long".repeat(20), "longlonglonglonglonglonglonglong-"),
    ] {
        let name = name("ResourceGateway", logical, b"seed", None).unwrap();
        assert!(name.starts_with(prefix), "{logical} gave {name}");
        assert!((3..=40).contains(&name.len()), "{name}");
        assert!(!name.contains("--") && !name.starts_with("rgw-"), "{name}");
    }
}

#[test]
fn the_autonaming_modes_of_the_engine_are_honored() {
    let choose = |resource, mode| name(resource, "orders", b"seed", Some(mode));
    let propose = |resource, text: &str| choose(resource, Autonaming::Propose(text.to_owned()));
    let enforce = |resource, text: &str| choose(resource, Autonaming::Enforce(text.to_owned()));
    assert_eq!(propose("ResourceGateway", "Dev_orders").unwrap(), "dev-orders");
    assert_eq!(enforce("ResourceGateway", "dev-orders").unwrap(), "dev-orders");
    // A name that the service accepts is kept, even if automatic names have a simpler form.
    for exact in ["Orders (EU)", "a--b"] {
        assert_eq!(enforce("SecurityGroup", exact).unwrap(), exact);
        assert_eq!(propose("SecurityGroup", exact).unwrap(), exact);
    }
    insta::assert_snapshot!(
        enforce("ResourceGateway", "Dev_orders").unwrap_err(),
        @"the configured autonaming pattern gives `Dev_orders`, which the service does not accept here: set `name` in the program or change `pulumi:autonaming`"
    );
    insta::assert_snapshot!(
        choose("Connection", Autonaming::Disable).unwrap_err(),
        @"automatic names are disabled (`pulumi:autonaming`), so `name` must be set; on a PrivateStepFunctions component, set it in `names`"
    );
}

/// Returns the resources with automatic names.
fn named_resources() -> Vec<&'static str> {
    let named = shared_schema()
        .resources()
        .filter(|resource| resource.autoname.is_some());
    named.filter_map(|resource| resource.token.rsplit(':').next()).collect()
}

proptest! {
    #[test]
    fn every_generated_name_satisfies_the_constraints_of_the_schema(
        resource in prop::sample::select(named_resources()),
        logical in prop_oneof![".{1,60}", "(sg|rgw|rcfg)?[-_A]?é?(sg|rgw|rcfg)?", "[A-Za-z0-9._-]{1,300}"],
        seed: [u8; 16],
        proposed: bool,
    ) {
        let schema = schema_of(resource);
        let mode = proposed.then(|| Autonaming::Propose(logical.clone()));
        let name = name(resource, &logical, &seed, mode).unwrap();
        let problem = schema.inputs.property("name").unwrap().constraints.text_problem(&name);
        prop_assert_eq!(problem, None, "{}", name);
    }
}
