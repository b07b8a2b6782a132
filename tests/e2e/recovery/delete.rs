//! Deletes that fail: the object stays in the state, and the next run deletes it.

use aws_emulator::faults::FaultKind::{AccessDenied, Internal};

use super::{COMPONENT, CONFIGURATION, CONNECTION, ENDPOINT, GATEWAY, GROUP, Hits, failing, project};

fn run(program: &str, hits: Hits<'_>, says: &str) {
    let project = project(
        program,
        "an object whose delete failed stays in the state, and the next run deletes it",
    );
    // `destroy` does not run the program: it uses the custom timeouts in the state.
    failing(&project, program, hits, |project| {
        project.up().succeeds();
        project.destroy()
    })
    .says(says);
    project.finish();
}

macro_rules! failures {
    ($($name:ident: $program:ident $hits:expr, $says:literal;)+) => {
        $(#[test] fn $name() { run($program, &$hits, $says); })+
    };
}

failures! {
    a_group: GROUP [("DeleteSecurityGroup", 1, AccessDenied)], "DeleteSecurityGroup: access denied";
    an_endpoint: ENDPOINT [("DeleteVpcEndpoints", 1, AccessDenied)], "DeleteVpcEndpoints: access denied";
    an_endpoint_while_ec2_is_down: ENDPOINT [("DeleteVpcEndpoints", 1, Internal)], "DeleteVpcEndpoints";
    a_gateway: GATEWAY [("DeleteResourceGateway", 1, AccessDenied)], "DeleteResourceGateway: access denied";
    a_configuration: CONFIGURATION [("DeleteResourceConfiguration", 1, AccessDenied)], "access denied";
    a_connection: CONNECTION [("DeleteConnection", 1, AccessDenied)], "DeleteConnection: access denied";
    a_component: COMPONENT [("DeleteConnection", 1, AccessDenied)], "DeleteConnection: access denied";
}
