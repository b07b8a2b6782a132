//! Ctrl-C while AWS works: nothing that was started is lost, and the next `up` continues it.

use crate::project::Project;

#[test]
fn a_create_that_was_cancelled_is_continued() {
    // Slow enough that the create is still in progress when the signal arrives.
    let project = Project::at_speed(
        2.0,
        "
resources:
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' }
",
    );
    let running = project.start(&["up", "--yes", "--skip-preview"]);
    let made = || {
        project
            .emulator
            .count()
            .get("resource-gateway")
            .copied()
            .unwrap_or_default()
    };
    while made() == 0 {
        running.look_again_later();
    }
    running.interrupt();
    running.finish().fails();
    assert_eq!(made(), 1);

    project.up().succeeds();
    assert_eq!(made(), 1, "a second gateway was made");
    project.up_unchanged().succeeds();
    project.finish();
}
