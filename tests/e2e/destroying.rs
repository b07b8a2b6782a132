//! `destroy` waits for objects that AWS releases late, instead of failing.

use crate::project::Project;

#[test]
fn the_association_of_eventbridge_lingers() {
    // Slow enough that the association outlives its connection by several polls.
    let project = Project::at_speed(
        4.0,
        "
resources:
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' }
  configuration:
    type: private-step-functions:ResourceConfiguration
    properties:
      resourceGatewayId: ${gateway.id}
      ports: ['443']
      target: { domainName: orders.example.com }
  connection:
    type: private-step-functions:Connection
    properties:
      resourceConfigurationArn: ${configuration.arn}
      auth: { apiKey: { name: x-api-key, value: one } }
",
    );
    project.up().succeeds();
    let before = project.emulator.journal().len();
    // The status of the configuration names what the plugin waits for.
    project.destroy().succeeds().says("association");

    let calls = &project.emulator.journal()[before..];
    let last = |operation: &str| {
        let position = calls
            .iter()
            .rposition(|call| call.operation == operation && call.outcome == "ok");
        position.unwrap_or_else(|| panic!("{operation} never succeeded: {calls:#?}"))
    };
    let (connection, configuration) = (last("DeleteConnection"), last("DeleteResourceConfiguration"));
    assert!(connection < configuration, "the connection goes first");
    let waited = calls[configuration].time - calls[connection].time;
    assert!(
        waited > 2.0,
        "the association lingers for 2.5 s at this pace, but the wait took {waited} s"
    );
    project.finish();
}
