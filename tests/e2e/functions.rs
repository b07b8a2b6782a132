//! The functions that write what a call from a state machine needs: `httpTask`, `executionRolePolicy`, `apiResourcePolicy`.

use serde_json::{Value, json};

use crate::project::Project;

/// Returns the program of docs/state-machines.md, without its name and configuration, which the project of a test has.
fn program() -> &'static str {
    let page = include_str!("../../docs/state-machines.md");
    let (_, rest) = page.split_once("```yaml\n").unwrap();
    let (program, _) = rest.split_once("```").unwrap();
    &program[program.find("resources:").unwrap()..]
}

#[test]
fn the_program_of_the_page_writes_a_definition_and_two_policies() {
    let project = Project::new(program()).proving("a program gets a task, its role's policy and its API's policy");
    // Before the connection exists, the definition is not known. The API's policy is.
    project.preview_that_reads().succeeds().says("aws:SourceVpc");
    project.up().succeeds();
    let outputs = project.outputs();
    let parsed = |name: &str| serde_json::from_str::<Value>(outputs[name].as_str().unwrap()).unwrap();
    let definition = parsed("definition");
    let states = &definition["States"];
    let stored = project.stored();
    let connection = stored
        .iter()
        .find(|resource| resource["type"] == "private-step-functions:index:Connection")
        .unwrap();
    let arn = &connection["outputs"]["arn"];
    let base = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod";
    assert_eq!(
        states["Get order"]["Arguments"],
        json!({
            "ApiEndpoint": format!("{{% '{base}' & ('/orders/' & $states.input.id) %}}"),
            "Method": "GET",
            "InvocationConfig": { "ConnectionArn": arn },
        }),
        "{definition:#}"
    );
    assert_eq!(
        states["Close order"]["Arguments"]["ApiEndpoint"],
        format!("{base}/closed-orders")
    );
    // Whole numbers stay whole on the way through the engine.
    assert_eq!(states["Get order"]["Retry"][0]["MaxAttempts"], json!(8));
    assert!(outputs["definition"].as_str().unwrap().contains(r#""MaxAttempts":8"#));
    let policy = parsed("rolePolicy");
    assert_eq!(
        policy["Statement"][0]["Condition"],
        json!({
            "StringEquals": { "states:HTTPMethod": ["GET", "POST"] },
            "StringLike": { "states:HTTPEndpoint": [format!("{base}/*")] },
        })
    );
    assert_eq!(policy["Statement"][1]["Resource"], json!([arn]));
    assert!(parsed("apiPolicy")["Statement"][1]["Condition"]["StringNotEquals"]["aws:SourceVpc"].is_string());
    project.up_unchanged().succeeds();
    // From now on a mistake is found in the preview.
    project.program(&program().replace("path: /closed-orders", "path: closed-orders"));
    project.preview().fails().says("`path` must begin with `/`");
    project.program(program());
    project.finish();
}

#[test]
fn all_wrong_arguments_are_named_at_once_without_their_values() {
    let program = "
variables:
  task:
    fn::invoke:
      function: private-step-functions:httpTask
      arguments:
        connectionArn: orders
        url: http://hunter2
        method: hunter2
        headers: { Host: hunter2 }
        timeoutSeconds: 60
        transform: { encoding: FORM }
        retires: 3
outputs:
  task: ${task.json}
";
    let project = Project::new(program).proving("one message names every wrong argument, and no value");
    let run = project.preview().fails();
    let run = run
        .says("`connectionArn` must be the ARN of a connection")
        .says("`url` must begin with `https://`")
        .says("`method` must be one of `GET`")
        .says("`headers.Host` is a header that Step Functions refuses")
        .says("`timeoutSeconds` must be from 1 to 59")
        .says("`transform.encoding` must be one of")
        .says("`retires` there is no property of this name; did you mean `retriers`?");
    // The CLI shows the program besides.
    let message = run
        .stderr
        .lines()
        .find(|line| line.contains("returned an error"))
        .unwrap();
    assert!(!message.contains("hunter2"), "{message}");
    project.finish();
}

#[test]
fn a_secret_argument_makes_the_answer_secret() {
    let program = "
variables:
  task:
    fn::invoke:
      function: private-step-functions:httpTask
      arguments:
        connectionArn: arn:aws:events:eu-west-1:123456789012:connection/orders/0a1b2c3d
        url: https://api.example.com/orders
        body:
          token: { fn::secret: hunter2-of-the-test }
outputs:
  task: ${task.json}
";
    let project = Project::new(program).proving("a secret in a body stays secret in the definition");
    project.up().succeeds();
    let shown = project.pulumi(&["stack", "output", "--json"]).succeeds().stdout;
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(
        project.outputs()["task"]
            .as_str()
            .unwrap()
            .contains("hunter2-of-the-test")
    );
    project.finish();
}
