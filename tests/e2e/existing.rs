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
