//! Names in AWS: those that the program sets, which a replacement cannot always keep, and those of a component's parts.

use crate::project::Project;
use crate::scenario::{Scenario, Step, run, scenarios, steps, up, up_unchanged};

/// The three kinds of resources whose replacement cannot keep the name.
const NAMED: &str = "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}', name: callers, description: one }
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}', name: gateway, ipv4AddressesPerEni: 1 }
  configuration:
    type: private-step-functions:ResourceConfiguration
    properties: { resourceGatewayId: '${gateway.id}', name: orders, ports: ['443'], target: { domainName: one.example.com } }
  connection:
    type: private-step-functions:Connection
    properties: { name: orders, description: one, auth: { apiKey: { name: x-api-key, value: one } } }
    options: { replaceOnChanges: [description] }
";

scenarios! {
    a_group_keeps_its_name: Scenario {
        promise: "the preview reports a change that needs a second group of the same name, AWS refuses it, and it works with \
                  a new name",
        program: NAMED.to_owned(),
        steps: steps![
            up(),
            Step::Edit("description: one }\n  gateway", "description: two }\n  gateway"),
            run("preview").says(&["`description`", "while the old one has the same `name`", "`deleteBeforeReplace`"]),
            run("up --yes --skip-preview").fails().says(&["has this name and is being replaced", "`deleteBeforeReplace`"]).keeps(),
            Step::Edit("name: callers", "name: users"),
            up().calls(&["CreateSecurityGroup", "DeleteSecurityGroup"]),
        ],
        ..Scenario::EMPTY
    };
    a_gateway_keeps_its_name: Scenario {
        promise: "the preview reports a change that needs a second gateway of the same name, AWS refuses it, and it works \
                  without a name",
        program: NAMED.to_owned(),
        steps: steps![
            up(),
            Step::Edit("ipv4AddressesPerEni: 1", "ipv4AddressesPerEni: 2"),
            run("preview").says(&["`ipv4AddressesPerEni`", "while the old one has the same `name`", "`deleteBeforeReplace`"]),
            run("up --yes --skip-preview").fails().says(&["has this name and is being replaced", "`deleteBeforeReplace`"]).keeps(),
            Step::Edit("name: gateway, ", ""),
            // The configuration behind the gateway has a name too. Only once the new gateway exists does the engine see
            // that it must be replaced.
            up().fails().says(&["has this name and is being replaced", "`deleteBeforeReplace`"]),
            Step::Edit("name: orders, ports", "ports"),
            up().calls(&["CreateResourceConfiguration", "DeleteResourceConfiguration", "DeleteResourceGateway"])
                .makes(&[("connection", 1), ("resource-configuration", 1), ("resource-gateway", 1), ("security-group", 1)]),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    a_configuration_keeps_its_name: Scenario {
        promise: "the preview reports a change that needs a second configuration of the same name, and it works without a name",
        program: NAMED.to_owned(),
        steps: steps![
            up(),
            Step::Edit("one.example.com", "two.example.com"),
            run("preview").says(&["`target.domainName`", "while the old one has the same `name`", "`deleteBeforeReplace`"]),
            Step::Edit("name: orders, ports", "ports"),
            up().calls(&["CreateResourceConfiguration", "DeleteResourceConfiguration"]),
        ],
        ..Scenario::EMPTY
    };
    a_connection_keeps_its_name: Scenario {
        promise: "the replacement of a connection with a name from the program keeps the name: the old connection is deleted \
                  first",
        program: NAMED.to_owned(),
        steps: steps![
            up(),
            Step::Edit("name: orders, description: one", "name: orders, description: two"),
            up().calls(&["DeleteConnection", "CreateConnection"]).changes_only(&["DeleteConnection", "CreateConnection"]),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    an_endpoint_keeps_its_private_name: Scenario {
        promise: "`replaceOnChanges` on an endpoint with private DNS deletes the old one first, because two cannot have the \
                  same DNS name",
        program: "
resources:
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties: { vpcId: '${vpcId}', service: states, subnetIds: '${subnetIds}', tags: { stage: one } }
    options: { replaceOnChanges: [tags] }
".to_owned(),
        steps: steps![
            up(),
            Step::Edit("stage: one", "stage: two"),
            up().calls(&["DeleteVpcEndpoints", "CreateVpcEndpoint"]).changes_only(&["DeleteVpcEndpoints", "CreateVpcEndpoint"]),
            up_unchanged(),
            Step::Edit("service: states", "service: sync-states"),
            up().calls(&["CreateVpcEndpoint", "DeleteVpcEndpoints"]),
        ],
        ..Scenario::EMPTY
    };
}

/// An error names both components when they would give two resources the same name.
#[test]
fn two_components_with_one_name_for_two_children() {
    let program = |second: &str| {
        format!(
            "
resources:
  orders:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${{vpcId}}
      subnetIds: ${{subnetIds}}
      endpoints: {{ states: false, syncStates: false }}
      privateApis: {{ eu-stock: {{ domainName: one.example.com }} }}
  {second}:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${{vpcId}}
      subnetIds: ${{subnetIds}}
      endpoints: {{ states: false, syncStates: false }}
      privateApis: {{ stock: {{ domainName: two.example.com }} }}
"
        )
    };
    let project = Project::new(&program("orders-eu"))
        .proving("no child of one component silently replaces a child of another component");
    let run = project.preview().fails();
    run.says("`orders`")
        .says("`orders-eu`")
        .says("`orders-eu-stock`")
        .says("Rename");
    assert_eq!(project.emulator.made(), [], "something was made");
    project.program(&program("abroad"));
    project.up().succeeds();
    project.up_unchanged().succeeds();
    project.finish();
}
