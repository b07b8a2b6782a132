//! Updates that fail: the next run makes the remaining changes.

use aws_emulator::faults::FaultKind::{AccessDenied, Fail, Internal};

use serde_json::Value;

use super::{COMPONENT, CONFIGURATION, CONNECTION, ENDPOINT, GATEWAY, GROUP, Hits, failing, made, project};
use crate::project::Project;

struct Failure<'a> {
    program: &'static str,
    /// A text of the program, and its replacement for the update.
    edit: (&'static str, &'static str),
    hits: Hits<'a>,
    /// A text in the output of the failed run.
    says: &'static str,
}

fn run(failure: &Failure<'_>) {
    let project = project(failure.program, "the next run completes a failed update in place");
    project.up().succeeds();
    let (before, after) = failure.edit;
    assert!(failure.program.contains(before), "{before:?} is not in the program");
    let had = made(&project);
    let edited = failure.program.replace(before, after);
    failing(&project, &edited, failure.hits, Project::up).says(failure.says);
    project.up().succeeds().says("updated");
    assert_eq!(made(&project), had);
    project.up_unchanged().succeeds();
    project.refresh_unchanged().succeeds();
    project.finish();
}

macro_rules! failures {
    ($($name:ident: $program:ident $edit:expr, $hits:expr, $says:literal;)+) => {
        $(#[test] fn $name() { run(&Failure { program: $program, edit: $edit, hits: &$hits, says: $says }); })+
    };
}

failures! {
    a_group_whose_old_rule_may_not_go: GROUP ("10.0.0.0/8", "10.1.0.0/16"),
        [("RevokeSecurityGroupEgress", 1, AccessDenied)], "RevokeSecurityGroupEgress: access denied";
    an_endpoint_that_may_not_be_modified: ENDPOINT ("['${subnetIds[0]}']", "'${subnetIds}'"),
        [("ModifyVpcEndpoint", 1, AccessDenied)], "ModifyVpcEndpoint: access denied";
    a_gateway_that_may_not_be_tagged: GATEWAY ("stage: one", "stage: two"),
        [("TagResource", 1, AccessDenied)], "TagResource: access denied";
    a_configuration_that_failed_to_change: CONFIGURATION ("['443']", "['443', '8443']"),
        [("UpdateResourceConfiguration", 1, Fail)], "UPDATE_FAILED";
    a_connection_while_eventbridge_is_down: CONNECTION ("value: one", "value: two"),
        [("UpdateConnection", 1, Internal)], "UpdateConnection";
    a_component_with_a_failing_child: COMPONENT ("stage one", "stage two"),
        [("UpdateConnection", 1, AccessDenied)], "UpdateConnection: access denied";
}

/// Tests the next run after an update of a secret that failed although AWS accepted, or may have accepted, the request. `next` is
/// the secret in the next program; `sends` says whether the plugin must send it.
fn after_a_secret(hits: Hits<'_>, refreshes: bool, next: &str, sends: bool) {
    let project = project(
        CONNECTION,
        "after a failed update, the next run brings AWS to what the program says, also for values that AWS never shows",
    );
    project.up().succeeds();
    let edited = CONNECTION.replace("value: one", "value: two");
    failing(&project, &edited, hits, Project::up).says("updating connection");
    let recorded = connection(&project);
    assert_eq!(recorded["initErrors"].as_array().map(Vec::len), Some(1), "{recorded}");
    assert!(recorded["outputs"]["arn"].is_string() && recorded["outputs"]["__unfinished"].is_object());
    if refreshes {
        project.pulumi(&["refresh", "--yes", "--skip-preview"]).succeeds();
    }
    project.program(&CONNECTION.replace("value: one", &format!("value: {next}")));
    if !refreshes {
        let preview = project.preview().succeeds();
        preview.says("the last operation on it did not finish");
    }
    let called = project.emulator.journal().len();
    project.up().succeeds();
    let calls = project.emulator.journal().split_off(called);
    let sent = calls
        .iter()
        .any(|call| call.operation == "UpdateConnection" && call.parameters.to_string().contains("ApiKeyValue"));
    assert_eq!(sent, sends, "{calls:#?}");
    project.up_unchanged().succeeds();
    project.refresh_unchanged().succeeds();
    let recorded = connection(&project);
    assert!(recorded["initErrors"].is_null() && recorded["outputs"]["__unfinished"].is_null());
    project.finish();
}

fn connection(project: &Project) -> Value {
    let stored = project.stored();
    let found = stored
        .iter()
        .find(|one| one["type"] == "private-step-functions:index:Connection");
    found.unwrap().clone()
}

macro_rules! secrets {
    ($($name:ident: $hits:expr, $refreshes:literal, $next:literal, $sends:literal;)+) => {
        $(#[test] fn $name() { after_a_secret(&$hits, $refreshes, $next, $sends); })+
    };
}

// The second DescribeConnection of the update is the first one after AWS accepted UpdateConnection.
secrets! {
    a_secret_that_was_accepted_and_the_old_program: [("DescribeConnection", 2, AccessDenied)], false, "one", true;
    a_secret_that_was_accepted_and_the_same_program: [("DescribeConnection", 2, AccessDenied)], false, "two", false;
    a_secret_in_doubt_and_the_old_program: [("UpdateConnection", 1, Internal)], false, "one", true;
    a_secret_in_doubt_and_the_same_program: [("UpdateConnection", 1, Internal)], false, "two", true;
    a_secret_in_doubt_a_refresh_and_the_old_program: [("UpdateConnection", 1, Internal)], true, "one", true;
    a_secret_in_doubt_a_refresh_and_the_same_program: [("UpdateConnection", 1, Internal)], true, "two", true;
}
