//! Secrets are encrypted in the state, masked in output, and written nowhere else.

use std::fs;

use crate::project::Project;

/// Nothing else contains these words. The user marks one as secret. Another is a plain string in a property that the schema
/// declares secret: SDKs do not wrap nested secrets, so the plugin has to.
const MARKED: &str = "marked-by-the-user-7f3a";
const PLAIN: &str = "plain-in-the-program-9c1d";
const PARAMETER: &str = "declared-secret-by-flag-2b8e";

const PROGRAM: &str = "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${vpcId}
      subnetIds: ${subnetIds}
      endpoints: { states: false, syncStates: false, executeApi: true }
      privateApis:
        marked:
          auth: { apiKey: { name: x-api-key, value: { 'fn::secret': 'MARKED' } } }
        plain:
          auth: { basic: { username: caller, password: 'PLAIN' } }
          invocationParameters:
            headers: [{ key: x-tenant, value: 'PARAMETER', secret: true }]
outputs:
  connections: ${private.connections}
";

#[test]
fn no_secret_is_readable_anywhere() {
    let program = |plain: &str| {
        PROGRAM
            .replace("MARKED", MARKED)
            .replace("PLAIN", plain)
            .replace("PARAMETER", PARAMETER)
    };
    let project = Project::new(&program(PLAIN));
    let unreadable = |text: &str, what: &str| {
        for secret in [MARKED, PLAIN, PARAMETER, "rotated-5e5e"] {
            assert!(!text.contains(secret), "{secret} is readable in {what}: {text}");
        }
    };
    let rotate = |project: &Project| {
        project.program(&program("rotated-5e5e"));
        project.pulumi(&["up", "--yes", "--diff"])
    };
    for run in [
        project.preview(),
        project.up(),
        project.refresh_unchanged(),
        project.up_unchanged(),
        rotate(&project),
    ] {
        let run = run.succeeds();
        unreadable(&run.stdout, "the CLI's output");
        unreadable(&run.stderr, "the CLI's messages");
    }
    unreadable(&project.state().to_string(), "the exported state");
    for file in project.files() {
        if file.file_name().is_some_and(|name| name != "Pulumi.yaml") {
            unreadable(
                &String::from_utf8_lossy(&fs::read(&file).unwrap()),
                &file.display().to_string(),
            );
        }
    }
    // Without this check, the assertions above would pass even if the values were never sent.
    let sent = project
        .emulator
        .journal()
        .iter()
        .filter(|call| call.operation == "UpdateConnection")
        .count();
    assert_eq!(sent, 1, "the rotated password was not sent");
    project.finish();
}

#[test]
fn an_error_shows_no_secret() {
    let project = Project::new(&format!(
        "
resources:
  connection:
    type: private-step-functions:Connection
    properties:
      auth:
        apiKey: {{ name: x-api-key, value: {MARKED} }}
        basic: {{ username: caller, password: {PLAIN} }}
"
    ));
    project.preview().fails().never_says(MARKED).never_says(PLAIN);
    project.up().fails().never_says(MARKED).never_says(PLAIN);

    // The engine prints the value at the path of a mistake in a component's inputs. This mistake is inside a secret.
    project.program(&format!(
        "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${{vpcId}}
      subnetIds: ${{subnetIds}}
      endpoints: {{ executeApi: true }}
      privateApis:
        orders: {{ auth: {{ apiKey: {{ name: x-api-key, value: '{MARKED}:no-colon-please' }} }} }}
"
    ));
    let refused = project.preview().fails();
    refused.says("privateApis.orders.auth.apiKey.value").never_says(MARKED);
    project.finish();
}
