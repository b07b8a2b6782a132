//! Ctrl-C while AWS works: nothing that was started is lost, and the next `up` continues it.

use crate::project::Project;

#[test]
fn a_create_that_was_cancelled_is_continued() {
    let project = Project::new(
        "
resources:
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' }
",
    );
    let running = project.up_until("GetResourceGateway");
    running.interrupt();
    running.finish().fails();
    let made = || project.emulator.count()["resource-gateway"];
    assert_eq!(made(), 1);

    project.up().succeeds();
    assert_eq!(made(), 1, "a second gateway was made");
    project.up_unchanged().succeeds();
    project.finish();
}
