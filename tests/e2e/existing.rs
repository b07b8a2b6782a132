//! Drift: objects that no longer exist in AWS.

use crate::world::World;

#[test]
fn what_was_deleted_behind_our_back_is_made_again() {
    let world = World::new(
        "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' }
outputs:
  standard: ${private.standardEndpoint.id}
  synchronous: ${private.synchronousEndpoint.id}
",
    );
    world.up().succeeds();
    let before = world.outputs();
    let lost = before["standard"].as_str().unwrap();
    world
        .emulator
        .ec2("DeleteVpcEndpoints", &format!("&VpcEndpointId.1={lost}"));
    world
        .emulator
        .wait_for("the end of the endpoint", |rows| rows.iter().all(|row| row.id != lost));

    world
        .pulumi(&["refresh", "--yes", "--skip-preview"])
        .succeeds()
        .says("deleted");
    world.up().succeeds().says("created");
    let after = world.outputs();
    assert_ne!(after["standard"], before["standard"]);
    assert_eq!(after["synchronous"], before["synchronous"]);
    world.finish();
}
