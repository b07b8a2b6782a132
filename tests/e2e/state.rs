//! `pulumi state`, `pulumi stack` and `pulumi cancel`: commands that take the state apart and reassemble it.

use std::fs;

use crate::programs::{component, each};
use crate::project::Project;
use crate::scenario::{Scenario, Step, resources, run, scenarios, steps, up, up_unchanged};

const NAMED: &str = "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}', name: callers }
outputs:
  id: ${group.id}
";

scenarios! {
    export_and_import: Scenario {
        promise: "a state that is exported and imported again is complete, secrets included",
        program: each(""),
        steps: steps![
            up(),
            run("stack export --file kept.json"),
            run("state delete --yes --all"),
            run("stack import --file kept.json"),
            up_unchanged(),
            run("refresh --yes --skip-preview --expect-no-changes").keeps(),
        ],
        ..Scenario::EMPTY
    };
    forgotten_with_a_fixed_name: Scenario {
        promise: "an object with a fixed name that the state has lost is not created twice; the error has the command that \
                  imports it",
        program: NAMED.to_owned(),
        steps: steps![
            up(),
            run("state delete --yes @group"),
            up().fails().says(&["pulumi import private-step-functions:index:SecurityGroup group sg-"]).keeps(),
            Step::Look(|project| {
                let made = project.emulator.made();
                let id = made[0].id.as_str();
                let import = ["import", "private-step-functions:index:SecurityGroup", "group", id];
                let quietly = ["--yes", "--skip-preview", "--protect=false", "--generate-code=false"];
                project.pulumi(&[&import[..], &quietly[..]].concat()).succeeds();
            }),
            up().keeps().changes_only(&[]),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    forgotten_with_an_automatic_name: Scenario {
        promise: "when a second object is created in place of one that the state has lost, a warning names the lost one",
        program: NAMED.replace(", name: callers", ""),
        steps: steps![
            up(),
            run("state delete --yes @group"),
            up().says(&["warning: security group sg-", "has this resource's tag"]).makes(&[("security-group", 2)]),
            Step::Look(|project| {
                let id = project.outputs()["id"].as_str().unwrap().to_owned();
                let made = project.emulator.made();
                let orphan = made.iter().find(|row| row.kind == "security-group" && row.id != id).unwrap();
                project.emulator.ec2("DeleteSecurityGroup", &format!("&GroupId={}", orphan.id));
            }),
        ],
        ..Scenario::EMPTY
    };
}

#[test]
fn moved_to_another_stack() {
    let project = Project::new(&component("")).proving(
        "`pulumi state move` moves the component and every resource in it to another stack and changes no object in AWS",
    );
    project.up().succeeds();
    let directory = project.directory();
    fs::copy(directory.join("Pulumi.test.yaml"), directory.join("Pulumi.other.yaml")).unwrap();
    project.pulumi(&["stack", "init", "other"]).succeeds();
    project.pulumi(&["stack", "select", "test"]).succeeds();
    let component = &resources(&project)[0];
    let urn = component["urn"].as_str().unwrap();
    project
        .pulumi(&["state", "move", "--yes", "--source", "test", "--dest", "other", urn])
        .succeeds();

    // The program now belongs to the other stack.
    let before = project.emulator.made();
    project.pulumi(&["stack", "select", "other"]).succeeds();
    project.up().succeeds();
    assert_eq!(project.emulator.made(), before, "an object was touched");
    project.up_unchanged().succeeds();
    project.refresh_unchanged().succeeds();
    project.destroy().succeeds();
    project.pulumi(&["stack", "select", "test"]).succeeds();
    project.finish();
}

#[test]
fn an_update_that_was_killed() {
    let project = Project::new(
        "
resources:
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}', service: execute-api, privateDnsEnabled: false }
outputs:
  id: ${endpoint.id}
",
    )
    .proving("after an update was killed, `pulumi cancel` unlocks the stack, and the next update names the orphan");
    let running = project.up_until("DescribeVpcEndpoints");
    running.kill();
    project.up().fails().says("the stack is currently locked");
    project.pulumi(&["cancel", "--yes"]).succeeds();
    let orphan = project
        .emulator
        .made()
        .into_iter()
        .find(|row| row.kind == "vpc-endpoint")
        .unwrap()
        .id;

    let next = project.up().succeeds();
    next.says(&format!("interface endpoint {orphan}"))
        .says("has this resource's tag");
    assert_eq!(project.emulator.count()["vpc-endpoint"], 2);
    project
        .emulator
        .ec2("DeleteVpcEndpoints", &format!("&VpcEndpointId.1={orphan}"));
    project.up_unchanged().succeeds();
    project.finish();
}
