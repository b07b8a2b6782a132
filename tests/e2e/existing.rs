//! What exists in AWS already, or no longer: import and drift.

use std::fs;

use crate::world::World;

const EACH: &str = "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties:
      vpcId: ${vpcId}
      name: callers
      ingress: [{ protocol: tcp, fromPort: 443, toPort: 443, cidrIpv4: 172.31.0.0/16, description: callers }]
      tags: { stage: test }
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties:
      vpcId: ${vpcId}
      service: states
      subnetIds: ${subnetIds}
      securityGroupIds: ['${group.id}']
      policy:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Principal: '*', Action: 'states:StartExecution', Resource: '*' }]
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}', securityGroupIds: ['${group.id}'], name: shared }
  configuration:
    type: private-step-functions:ResourceConfiguration
    properties:
      resourceGatewayId: ${gateway.id}
      name: orders
      ports: ['443']
      target: { domainName: orders.example.com }
outputs:
  group: ${group.id}
  endpoint: ${endpoint.id}
  gateway: ${gateway.id}
  configuration: ${configuration.id}
";

#[test]
fn each_resource_is_imported_as_it_was_made() {
    let world = World::new(EACH);
    world.up().succeeds();
    let ids = world.outputs();

    // The state is forgotten, and the same program takes over what is there.
    let stack_file = world.project().join("Pulumi.test.yaml");
    let config = fs::read(&stack_file).unwrap();
    world.pulumi(&["stack", "rm", "test", "--force", "--yes"]).succeeds();
    fs::write(&stack_file, config).unwrap();
    world.pulumi(&["stack", "init", "test"]).succeeds();
    let mut program = EACH.to_owned();
    for name in ["group", "endpoint", "gateway", "configuration"] {
        let (id, heading) = (ids[name].as_str().unwrap(), format!("  {name}:\n"));
        program = program.replacen(&heading, &format!("{heading}    options: {{ import: '{id}' }}\n"), 1);
    }
    world.program(&program);
    world.up().succeeds().says("4 imported");
    assert_eq!(world.outputs(), ids);

    // Once imported they are resources like any other.
    world.program(EACH);
    world.up_unchanged().succeeds();
    world.refresh_unchanged().succeeds();
    world.finish();
}
