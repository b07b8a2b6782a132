//! Look-ups in a YAML program: of what the program creates, and of what is not there.

use serde_json::json;

use crate::project::Project;

const PROGRAM: &str = "
resources:
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties: { vpcId: '${vpcId}', service: states, subnetIds: '${subnetIds}' }
variables:
  network:
    fn::invoke:
      function: private-step-functions:getVpc
      arguments: { id: '${endpoint.vpcId}' }
  found:
    fn::invoke:
      function: private-step-functions:getInterfaceEndpoint
      arguments: { id: '${endpoint.id}' }
  settings:
    fn::invoke:
      function: private-step-functions:clientSettings
      arguments: { statesUrl: '${found.url}', sdk: cli }
outputs:
  cidrBlock: ${network.cidrBlocks[0]}
  service: ${found.service}
  privateDns: ${settings.privateDns}
";

#[test]
fn a_program_looks_up_what_it_creates() {
    let project = Project::new(PROGRAM).proving("a program looks up what it creates, and its first preview works");
    // Before the endpoint exists, its id is not known, and nothing is asked.
    project.preview().succeeds();
    project.up().succeeds();
    let outputs = project.outputs();
    assert_eq!(
        [&outputs["cidrBlock"], &outputs["service"], &outputs["privateDns"]],
        [&json!("172.31.0.0/16"), &json!("states"), &json!(true)],
        "{outputs:#}"
    );
    project.preview().succeeds();
    project.finish();
}

/// The YAML host calls in the preview, although the resource is still to be created: docs/lookups.md.
#[test]
fn a_look_up_with_fixed_arguments_fails_in_the_first_preview() {
    let program = PROGRAM.replace(
        "arguments: { id: '${endpoint.id}' }",
        "arguments: { vpcId: '${vpcId}', service: states }\n      options: { dependsOn: ['${endpoint}'] }",
    );
    let project = Project::new(&program).proving("a preview says that what is looked up is not there");
    project
        .preview()
        .fails()
        .says("there is no interface endpoint for states of ")
        .says("If this program creates it, pass its id or ARN as argument");
    project.finish();
}

#[test]
fn wrong_arguments_of_a_look_up_are_named() {
    let program = PROGRAM.replace(
        "arguments: { id: '${endpoint.vpcId}' }",
        "arguments: { vpc: '${vpcId}' }",
    );
    let project = Project::new(&program).proving("wrong arguments of a look-up are named");
    project.up().fails().says("`vpc`").says("`id`");
    project.finish();
}
