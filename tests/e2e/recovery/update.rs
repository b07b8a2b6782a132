//! Updates that fail: the next run does what is still to be done.

use aws_emulator::faults::FaultKind::{AccessDenied, Fail, Internal};

use super::{COMPONENT, CONFIGURATION, CONNECTION, ENDPOINT, GATEWAY, GROUP, Hits, failing, made, world};
use crate::world::World;

struct Failure<'a> {
    program: &'static str,
    /// A text of the program and what the update puts in its place.
    edit: (&'static str, &'static str),
    hits: Hits<'a>,
    /// What the failed run says.
    says: &'static str,
}

fn run(failure: &Failure<'_>) {
    let world = world(
        failure.program,
        "an update that failed is done by the next run, in place",
    );
    world.up().succeeds();
    let (before, after) = failure.edit;
    assert!(failure.program.contains(before), "{before:?} is not in the program");
    let had = made(&world);
    let edited = failure.program.replace(before, after);
    failing(&world, &edited, failure.hits, World::up).says(failure.says);
    world.up().succeeds().says("updated");
    assert_eq!(made(&world), had);
    world.up_unchanged().succeeds();
    world.refresh_unchanged().succeeds();
    world.finish();
}

macro_rules! failures {
    ($($name:ident: $program:ident $edit:expr, $hits:expr, $says:literal;)+) => {
        $(#[test] fn $name() { run(&Failure { program: $program, edit: $edit, hits: &$hits, says: $says }); })+
    };
}

failures! {
    a_group_whose_old_rule_may_not_go: GROUP ("10.0.0.0/8", "10.1.0.0/16"),
        [("RevokeSecurityGroupEgress", 1, AccessDenied)], "RevokeSecurityGroupEgress: access denied";
    an_endpoint_that_may_not_be_modified: ENDPOINT ("['${subnetIds[0]}']", "'${subnetIds}'"),
        [("ModifyVpcEndpoint", 1, AccessDenied)], "ModifyVpcEndpoint: access denied";
    a_gateway_that_may_not_be_tagged: GATEWAY ("stage: one", "stage: two"),
        [("TagResource", 1, AccessDenied)], "TagResource: access denied";
    a_configuration_that_failed_to_change: CONFIGURATION ("['443']", "['443', '8443']"),
        [("UpdateResourceConfiguration", 1, Fail)], "UPDATE_FAILED";
    a_connection_while_eventbridge_is_down: CONNECTION ("value: one", "value: two"),
        [("UpdateConnection", 1, Internal)], "UpdateConnection";
    a_component_with_a_failing_child: COMPONENT ("stage one", "stage two"),
        [("UpdateConnection", 1, AccessDenied)], "UpdateConnection: access denied";
}
