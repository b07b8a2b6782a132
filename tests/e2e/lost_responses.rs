//! The response to a creating call is lost after AWS carried it out. The result must be one object, not two.

use std::collections::BTreeSet;

use aws_emulator::faults::{Fault, FaultKind};

use crate::project::Project;

const PROGRAM: &str = "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${vpcId}
      subnetIds: ${subnetIds}
      endpoints: { syncStates: false, executeApi: true }
      privateApis:
        orders: { auth: { apiKey: { name: x-api-key, value: one } } }
";

fn lose(operation: &str) {
    let project =
        Project::new(PROGRAM).proving("a lost response causes no second object, and the user has to repeat nothing");
    project
        .emulator
        .inject(&Fault::new(operation, 1, FaultKind::ResetAfter));
    project.up().succeeds();
    let lost = project
        .emulator
        .journal()
        .iter()
        .filter(|call| call.outcome == "reset after")
        .count();
    assert_eq!(lost, 1, "{operation} was never called");
    let counts = project.emulator.count();
    let made = [
        "connection",
        "resource-configuration",
        "resource-gateway",
        "security-group",
        "vpc-endpoint",
    ];
    assert_eq!(
        made.map(|kind| counts.get(kind).copied().unwrap_or_default()),
        [1, 1, 1, 2, 2],
        "{counts:?}"
    );
    project.up_unchanged().succeeds();
    project.refresh_unchanged().succeeds();
    project.finish();
}

/// Turns each row into a test. The last test asserts that the table lists every creating call.
macro_rules! lost_responses {
    ($($name:ident: $operation:literal;)+) => {
        $(#[test] fn $name() { lose($operation); })+
        const OPERATIONS: &[&str] = &[$($operation),+];
    };
}

lost_responses! {
    create_security_group: "CreateSecurityGroup";
    authorize_security_group_ingress: "AuthorizeSecurityGroupIngress";
    authorize_security_group_egress: "AuthorizeSecurityGroupEgress";
    revoke_security_group_egress: "RevokeSecurityGroupEgress";
    create_vpc_endpoint: "CreateVpcEndpoint";
    create_resource_gateway: "CreateResourceGateway";
    create_resource_configuration: "CreateResourceConfiguration";
    create_connection: "CreateConnection";
}

#[test]
fn every_call_that_changes_something_is_in_the_table() {
    let project = Project::new(PROGRAM);
    project.up().succeeds();
    let reads = ["Describe", "Get", "List"];
    let journal = project.emulator.journal();
    let called = journal.iter().map(|call| call.operation.as_str());
    let changing: BTreeSet<&str> = called
        .filter(|name| !reads.iter().any(|read| name.starts_with(read)))
        .collect();
    assert_eq!(changing, OPERATIONS.iter().copied().collect());
    project.finish();
}
