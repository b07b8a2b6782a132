//! Inputs that other resources of the same program make: unknown in preview, there in the update.

use crate::world::World;

const PROGRAM: &str = "
resources:
  vpc:
    type: testnet:Vpc
    properties: { cidrBlock: 10.20.0.0/16 }
  first:
    type: testnet:Subnet
    properties: { vpcId: '${vpc.id}', cidrBlock: 10.20.1.0/24, availabilityZone: eu-west-1a }
  second:
    type: testnet:Subnet
    properties: { vpcId: '${vpc.id}', cidrBlock: 10.20.2.0/24, availabilityZone: eu-west-1b }
  existing:
    type: private-step-functions:InterfaceEndpoint
    properties:
      vpcId: ${vpc.id}
      service: execute-api
      subnetIds: ['${first.id}', '${second.id}']
      privateDnsEnabled: false
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${vpc.id}
      subnetIds: ['${first.id}', '${second.id}']
      privateApis:
        orders:
          vpcEndpointId: ${existing.id}
          auth: { apiKey: { name: x-api-key, value: '${existing.serviceName}' } }
outputs:
  vpc: ${vpc.id}
  standard: ${private.standardEndpoint}
  executeApi: ${private.executeApiEndpoint}
  orders: ${private.connections.orders}
  domainName: ${existing.regionalDnsName}
";

#[test]
fn everything_that_others_make_is_unknown_in_preview() {
    let world = World::new(PROGRAM);
    let (preview, calls) = world.counting_calls(World::preview);
    let preview = preview.succeeds();
    assert_eq!(calls, 0, "preview called AWS");
    // Each child is in the preview, although nothing it is made from is known.
    for child in [
        "private-states",
        "private-sync-states",
        "private-endpoints",
        "private-gateway",
        "private-orders",
    ] {
        preview.says(child);
    }
    world.up().succeeds();
    let outputs = world.outputs();
    assert_eq!(outputs["orders"]["domainName"], outputs["domainName"]);
    assert_eq!(outputs["executeApi"], serde_json::Value::Null);
    let endpoint = outputs["standard"]["id"].as_str().unwrap().to_owned();
    let described = world
        .emulator
        .ec2("DescribeVpcEndpoints", &format!("&VpcEndpointId.1={endpoint}"));
    assert!(described.contains(outputs["vpc"].as_str().unwrap()), "{described}");

    world.up_unchanged().succeeds();
    world.refresh_unchanged().succeeds();
    world.finish();
}
