//! Ctrl-C while AWS works: nothing that was started is lost, and the next `up` continues it.

use aws_emulator::faults::{Fault, FaultKind};

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
    // The first look at the new gateway gets no answer: however slow the machine is, the signal comes in time.
    project
        .emulator
        .inject(&Fault::new("GetResourceGateway", 1, FaultKind::NoAnswer));
    let running = project.start(&["up", "--yes", "--skip-preview"]);
    let looked = || {
        let calls = project.emulator.journal();
        calls.iter().any(|call| call.operation == "GetResourceGateway")
    };
    while !looked() {
        running.look_again_later();
    }
    running.interrupt();
    running.finish().fails();
    let made = || project.emulator.count()["resource-gateway"];
    assert_eq!(made(), 1);

    project.up().succeeds();
    assert_eq!(made(), 1, "a second gateway was made");
    project.up_unchanged().succeeds();
    project.finish();
}
