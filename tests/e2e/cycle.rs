//! Programs through the whole cycle: preview, up, up again, refresh, update, destroy.
//!
//! A row is a program and what it must come to. Every row is checked alike: preview makes no AWS call, a second `up` and
//! a refresh change nothing, the update is an update, and destroy leaves nothing behind.

use serde_json::Value;

use crate::world::World;

/// One program.
struct Cycle {
    /// YAML from `resources:` on.
    program: &'static str,
    /// What exists in AWS after `up`, by kind; see [`made`].
    makes: &'static [(&'static str, usize)],
    /// Looks at the stack's outputs after `up`.
    outputs: fn(&Value),
    /// A text of the program and what the update puts in its place.
    edit: (&'static str, &'static str),
}

fn run(cycle: &Cycle) {
    let world = World::new(cycle.program);

    let (preview, calls) = world.counting_calls(World::preview);
    preview.succeeds().says("create");
    assert_eq!(calls, 0, "preview called AWS");

    world.up().succeeds();
    assert_eq!(made(&world), counts(cycle.makes));
    (cycle.outputs)(&world.outputs());

    let (again, calls) = world.counting_calls(World::up_unchanged);
    again.succeeds();
    assert_eq!(calls, 0, "an up without changes called AWS");
    world.refresh_unchanged().succeeds();

    let (before, after) = cycle.edit;
    assert!(cycle.program.contains(before), "{before:?} is not in the program");
    world.program(&cycle.program.replace(before, after));
    world.preview().succeeds().says("update");
    world.up().succeeds().says("updated");
    assert_eq!(made(&world), counts(cycle.makes));
    world.up_unchanged().succeeds();
    world.refresh_unchanged().succeeds();
    world.finish();
}

/// A row becomes a test, so that rows run side by side and fail by name.
macro_rules! cycles {
    ($($name:ident: $cycle:expr;)+) => {
        $(#[test] fn $name() { run(&$cycle); })+
    };
}

cycles! {
    a_security_group_on_its_own: Cycle {
        program: "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties:
      vpcId: ${vpcId}
      description: For callers
      ingress:
        - { protocol: tcp, fromPort: 443, toPort: 443, vpc: true, description: all of the VPC }
        - { protocol: tcp, fromPort: 443, toPort: 443, cidrIpv4: 10.0.0.0/8 }
      tags: { stage: one }
outputs:
  arn: ${group.arn}
",
        makes: &[("security-group", 1)],
        outputs: |outputs| starts_with(&outputs["arn"], "arn:aws:ec2:eu-west-1:"),
        edit: ("10.0.0.0/8", "10.1.0.0/16"),
    };

    each_resource_on_its_own: Cycle {
        program: "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties:
      vpcId: ${vpcId}
      ingress: [{ protocol: tcp, fromPort: 443, toPort: 443, cidrIpv4: 172.31.0.0/16, description: callers }]
      egress: [{ protocol: tcp, fromPort: 443, toPort: 443, vpc: true }]
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties:
      vpcId: ${vpcId}
      service: execute-api
      subnetIds: ${subnetIds}
      securityGroupIds: ['${group.id}']
      privateDnsEnabled: false
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}', securityGroupIds: ['${group.id}'] }
  configuration:
    type: private-step-functions:ResourceConfiguration
    properties:
      resourceGatewayId: ${gateway.id}
      ports: ['443']
      target: { vpcEndpointId: '${endpoint.id}' }
  connection:
    type: private-step-functions:Connection
    properties:
      resourceConfigurationArn: ${configuration.arn}
      auth: { apiKey: { name: x-api-key, value: one } }
outputs:
  endpoint: ${endpoint.regionalDnsName}
  configuration: ${configuration.domainName}
  state: ${connection.state}
",
        makes: &[
            ("connection", 1),
            ("resource-configuration", 1),
            ("resource-gateway", 1),
            ("security-group", 1),
            ("vpc-endpoint", 1),
        ],
        outputs: |outputs| {
            assert_eq!(outputs["endpoint"], outputs["configuration"]);
            assert_eq!(outputs["state"], "ACTIVE");
        },
        edit: ("cidrIpv4: 172.31.0.0/16", "cidrIpv4: 172.31.0.0/20"),
    };
}

fn starts_with(value: &Value, prefix: &str) {
    assert!(
        value.as_str().is_some_and(|text| text.starts_with(prefix)),
        "{value} does not start with {prefix:?}"
    );
}

/// What exists, apart from what is part of it or made by AWS along with it.
fn made(world: &World) -> Vec<(String, usize)> {
    let part = |kind: &String| ["network-interface", "security-group-rule"].contains(&kind.as_str());
    let own = |kind: &String| !part(kind) && !kind.contains("association");
    world
        .emulator
        .count()
        .into_iter()
        .filter(|(kind, _)| own(kind))
        .collect()
}

fn counts(expected: &[(&str, usize)]) -> Vec<(String, usize)> {
    expected
        .iter()
        .map(|(kind, count)| ((*kind).to_owned(), *count))
        .collect()
}
