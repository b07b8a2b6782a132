//! Drift: objects that no longer exist in AWS.

use crate::project::Project;

#[test]
fn what_was_deleted_behind_our_back_is_made_again() {
    let project = Project::new(
        "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' }
outputs:
  states: ${private.statesEndpoint.id}
  syncStates: ${private.syncStatesEndpoint.id}
",
    );
    project.up().succeeds();
    let before = project.outputs();
    let lost = before["states"].as_str().unwrap();
    project
        .emulator
        .ec2("DeleteVpcEndpoints", &format!("&VpcEndpointId.1={lost}"));
    project
        .emulator
        .wait_for("the end of the endpoint", |rows| rows.iter().all(|row| row.id != lost));

    project
        .pulumi(&["refresh", "--yes", "--skip-preview"])
        .succeeds()
        .says("deleted");
    project.up().succeeds().says("created");
    let after = project.outputs();
    assert_ne!(after["states"], before["states"]);
    assert_eq!(after["syncStates"], before["syncStates"]);
    project.finish();
}
