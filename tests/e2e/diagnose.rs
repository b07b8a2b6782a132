//! `diagnoseConnection` in a program, and `diagnose` at a terminal.

use std::process::Command;

use serde_json::{Value, json};

use crate::project::{Project, plugins};

const PROGRAM: &str = "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: '${vpcId}'
      subnetIds: '${subnetIds}'
      endpoints: { executeApi: true }
      privateApis:
        orders: { urls: ['https://a.example/*'] }
variables:
  found:
    fn::invoke:
      function: private-step-functions:diagnoseConnection
      arguments: { connection: '${private.connections[\"orders\"].arn}' }
outputs:
  works: ${found.works}
  steps: ${found.steps}
  name: ${found.connectionName}
";

/// Runs the plugin's executable as a person at a terminal does. Returns what it prints, and its exit code.
fn run(project: &Project, arguments: &[&str]) -> (String, i32) {
    let program = plugins().join("pulumi-resource-private-step-functions");
    let mut command = Command::new(program);
    command.args(arguments).envs(project.environment());
    let ended = command.output().unwrap();
    let said = [ended.stdout, ended.stderr].concat();
    (String::from_utf8(said).unwrap(), ended.status.code().unwrap())
}

#[test]
fn a_connection_in_a_program_and_at_a_terminal() {
    let project = Project::new(PROGRAM).proving("a program and a person learn why a private connection does not work");
    // Before the connection exists, the answer is not known.
    project.preview().succeeds();
    project.up().succeeds();
    let outputs = project.outputs();
    assert_eq!(outputs["works"], json!(true), "{outputs:#}");
    let steps = |outputs: &Value| {
        let steps = outputs["steps"].as_array().unwrap().clone();
        steps
            .iter()
            .map(|step| (step["step"].as_str().unwrap().to_owned(), step["outcome"].clone()))
            .collect::<Vec<_>>()
    };
    assert!(
        steps(&outputs).contains(&("target".to_owned(), json!("ok"))),
        "{outputs:#}"
    );
    let name = outputs["name"].as_str().unwrap();
    let (said, code) = run(&project, &["diagnose", name]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("ok       target"), "{said}");

    let endpoint = project
        .emulator
        .made()
        .into_iter()
        .find(|row| row.kind == "vpc-endpoint" && row.detail["service"].as_str().unwrap().ends_with("execute-api"));
    let endpoint = endpoint.unwrap().id;
    project
        .emulator
        .seed(&json!({ "kind": "vpc-endpoint", "VpcEndpointId": endpoint, "State": "rejected" }));
    let (said, code) = run(&project, &["diagnose", name]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains(&format!("FAIL     target                  {endpoint} is rejected")),
        "{said}"
    );
    let (said, code) = run(&project, &["diagnose", name, "--json"]);
    assert_eq!(code, 1, "{said}");
    let found: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(found["works"], json!(false));
    assert_eq!(found["connectionName"], json!(name));

    let (said, code) = run(&project, &["diagnose", "nobody"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.starts_with("FAIL     connection  there is no connection nobody in eu-west-1\n"),
        "{said}"
    );
    let mut without = Command::new(plugins().join("pulumi-resource-private-step-functions"));
    without
        .args(["diagnose", name])
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true");
    let ended = without.output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(
        said.contains("no AWS Region is configured") && said.contains("use --region, --profile"),
        "{said}"
    );
    project
        .emulator
        .seed(&json!({ "kind": "vpc-endpoint", "VpcEndpointId": endpoint, "State": "available" }));
    project.finish();
}

#[test]
fn wrong_arguments_of_the_function_are_named() {
    let program = PROGRAM.replace(
        "connection: '${private.connections[\\\"orders\\\"].arn}'",
        "conection: orders",
    );
    let program = program.replace(
        "connection: '${private.connections[\"orders\"].arn}'",
        "conection: orders",
    );
    let project = Project::new(&program).proving("a wrong argument is named");
    project
        .up()
        .fails()
        .says("`conection`")
        .says("`connection` is required");
    project.finish();
}
