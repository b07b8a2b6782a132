//! Programs through the whole cycle: preview, up, up again, refresh, update, destroy.
//!
//! A row is a program and its expected results. The checks are the same for every row: the preview makes no AWS call, a
//! second `up` and a refresh change nothing, the edit causes an in-place update, and destroy leaves nothing behind.

use serde_json::Value;

use crate::project::Project;
use crate::scenario::{counts, made};

/// One program.
struct Cycle {
    /// YAML from `resources:` on.
    program: &'static str,
    /// What exists in AWS after `up`, by kind; see [`made`].
    makes: &'static [(&'static str, usize)],
    /// Checks the stack's outputs after `up`.
    outputs: fn(&Value),
    /// A text of the program, and its replacement for the update.
    edit: (&'static str, &'static str),
}

fn run(cycle: &Cycle) {
    let project = Project::new(cycle.program);

    project.preview_that_reads().succeeds().says("create");

    project.up().succeeds();
    assert_eq!(made(&project), counts(cycle.makes));
    (cycle.outputs)(&project.outputs());

    let (again, calls) = project.counting_calls(Project::up_unchanged);
    again.succeeds();
    assert_eq!(calls, 0, "an up without changes called AWS");
    project.refresh_unchanged().succeeds();

    let (before, after) = cycle.edit;
    assert!(cycle.program.contains(before), "{before:?} is not in the program");
    project.program(&cycle.program.replace(before, after));
    project.preview().succeeds().says("update");
    project.up().succeeds().says("updated");
    assert_eq!(made(&project), counts(cycle.makes));
    project.up_unchanged().succeeds();
    project.refresh_unchanged().succeeds();
    project.finish();
}

/// Turns each row into a test, so that rows run in parallel and a failure shows the row's name.
macro_rules! cycles {
    ($($name:ident: $cycle:expr;)+) => {
        $(#[test] fn $name() { run(&$cycle); })+
    };
}

cycles! {
    the_whole_component: Cycle {
        program: "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${vpcId}
      subnetIds: ${subnetIds}
      endpoints: { executeApi: true, allowedCidrBlocks: [172.31.0.0/16] }
      policy:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Principal: '*', Action: 'states:*', Resource: '*' }]
      privateApis:
        orders:
          auth: { apiKey: { name: x-api-key, value: one } }
      tags: { application: orders }
outputs:
  states: ${private.statesEndpoint}
  syncStates: ${private.syncStatesEndpoint}
  executeApi: ${private.executeApiEndpoint}
  gateway: ${private.resourceGatewayArn}
  orders: ${private.connections.orders}
  policy: ${private.executionRolePolicy}
",
        makes: &[
            ("connection", 1),
            ("resource-configuration", 1),
            ("resource-gateway", 1),
            ("security-group", 2),
            ("vpc-endpoint", 3),
        ],
        outputs: |outputs| {
            for endpoint in ["states", "syncStates", "executeApi"] {
                starts_with(&outputs[endpoint]["id"], "vpce-");
            }
            starts_with(&outputs["states"]["url"], "https://states.");
            starts_with(&outputs["syncStates"]["url"], "https://sync-states.");
            starts_with(&outputs["gateway"], "arn:aws:vpc-lattice:eu-west-1:");
            starts_with(&outputs["orders"]["arn"], "arn:aws:events:eu-west-1:");
            assert_eq!(outputs["orders"]["state"], "ACTIVE");
            assert_eq!(outputs["orders"]["domainName"], outputs["executeApi"]["regionalDnsName"]);
            let policy: Value = serde_json::from_str(outputs["policy"].as_str().unwrap()).unwrap();
            let policy = policy.to_string();
            for needed in ["states:InvokeHTTPEndpoint", "events:RetrieveConnectionCredentials", "secretsmanager:GetSecretValue"] {
                assert!(policy.contains(needed), "{needed} is not in {policy}");
            }
        },
        edit: ("Action: 'states:*'", "Action: 'states:StartExecution'"),
    };

    inbound_only: Cycle {
        program: "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${vpcId}
      subnetIds: ${subnetIds}
      tags: { stage: one }
outputs:
  states: ${private.statesEndpoint}
  executeApi: ${private.executeApiEndpoint}
  group: ${private.endpointSecurityGroupId}
  gateway: ${private.resourceGatewayId}
",
        makes: &[("security-group", 1), ("vpc-endpoint", 2)],
        outputs: |outputs| {
            starts_with(&outputs["states"]["id"], "vpce-");
            starts_with(&outputs["group"], "sg-");
            assert_eq!((&outputs["executeApi"], &outputs["gateway"]), (&Value::Null, &Value::Null));
        },
        edit: ("stage: one", "stage: two"),
    };

    outbound_with_an_existing_gateway: Cycle {
        program: "
resources:
  shared:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' }
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${vpcId}
      subnetIds: ${subnetIds}
      endpoints: { states: false, syncStates: false }
      resourceGateway: { id: '${shared.id}' }
      privateApis:
        billing:
          domainName: billing.internal.example.com
          auth: { basic: { username: caller, password: one } }
outputs:
  shared: ${shared.id}
  gateway: ${private.resourceGatewayId}
  group: ${private.gatewaySecurityGroupId}
  billing: ${private.connections.billing}
",
        makes: &[("connection", 1), ("resource-configuration", 1), ("resource-gateway", 1)],
        outputs: |outputs| {
            assert_eq!(outputs["gateway"], outputs["shared"]);
            assert_eq!(outputs["group"], Value::Null);
            assert_eq!(outputs["billing"]["domainName"], "billing.internal.example.com");
        },
        edit: ("username: caller", "username: another"),
    };

    two_components_side_by_side: Cycle {
        program: "
resources:
  first:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${vpcId}
      subnetIds: ${subnetIds}
      endpoints: { executeApi: true }
      privateApis:
        orders: { auth: { apiKey: { name: x-api-key, value: one } } }
  second:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${vpcId}
      subnetIds: ${subnetIds}
      endpoints: { states: false, syncStates: false }
      privateApis:
        orders:
          vpcEndpointId: ${first.executeApiEndpoint.id}
          description: second
        stock:
          ipAddress: 172.31.0.10
          urls: ['https://stock.example.com/*']
          auth: { basic: { username: caller, password: two } }
outputs:
  first: ${first.connections.orders}
  second: ${second.connections.orders}
",
        makes: &[
            ("connection", 3),
            ("resource-configuration", 3),
            ("resource-gateway", 2),
            ("security-group", 3),
            ("vpc-endpoint", 3),
        ],
        outputs: |outputs| {
            assert_ne!(outputs["first"]["arn"], outputs["second"]["arn"]);
            assert_eq!(outputs["first"]["domainName"], outputs["second"]["domainName"]);
        },
        edit: ("description: second", "description: changed"),
    };

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
