//! `ownershipTags: false`: the plugin adds no ownership tags, and its messages say what it cannot do without them.

use crate::programs::component;
use crate::project::Project;
use crate::scenario::{Scenario, Step, run, scenarios, steps, up, up_unchanged};

const WITHOUT: &str = "  private-step-functions:ownershipTags: false\n";

const NAMED: &str = "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}', name: callers }
";

scenarios! {
    life_of_the_component: Scenario {
        promise: "all commands on a component work without ownership tags; turning them on later changes no existing object",
        program: component(""),
        config: WITHOUT,
        steps: steps![
            up().never_says(&["warning"]),
            Step::Look(|project| carried(project, false)),
            Step::Edit("stage: one", "stage: two"),
            up().keeps().changes_only(&["CreateTags", "TagResource"]),
            run("refresh --yes --skip-preview --expect-no-changes").keeps(),
            run("config set private-step-functions:ownershipTags true"),
            up_unchanged(),
            run("refresh --yes --skip-preview --expect-no-changes").keeps(),
            Step::Edit("stage: two", "stage: one"),
            up().keeps().changes_only(&["CreateTags", "TagResource"]),
            Step::Look(|project| carried(project, false)),
        ],
        ..Scenario::EMPTY
    };
    left_out_later: Scenario {
        promise: "objects created with ownership tags keep them after they are turned off, and nothing else changes",
        program: component(""),
        steps: steps![
            up(),
            Step::Look(|project| carried(project, true)),
            run("config set private-step-functions:ownershipTags false"),
            up_unchanged(),
            Step::Edit("stage: one", "stage: two"),
            up().keeps().changes_only(&["CreateTags", "TagResource"]),
            run("refresh --yes --skip-preview --expect-no-changes").keeps(),
            Step::Look(|project| carried(project, true)),
        ],
        ..Scenario::EMPTY
    };
    forgotten_with_a_fixed_name: Scenario {
        promise: "without ownership tags, the error for a name in use names the object and the setting, and does not say \
                  whose object it is",
        program: NAMED.to_owned(),
        config: WITHOUT,
        steps: steps![
            up(),
            run("state delete --yes @group"),
            up()
                .fails()
                .says(&["SecurityGroup group sg-", "`ownershipTags` is false"])
                .never_says(&["created for this same resource"])
                .keeps(),
            Step::Look(|project| {
                let id = project.emulator.made()[0].id.clone();
                let import = ["import", "private-step-functions:index:SecurityGroup", "group", &id];
                let quietly = ["--yes", "--skip-preview", "--protect=false", "--generate-code=false"];
                project.pulumi(&[&import[..], &quietly[..]].concat()).succeeds();
            }),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
}

#[test]
fn a_create_that_was_killed() {
    let project = Project::new(
        "
resources:
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}', service: execute-api, privateDnsEnabled: false }
",
    )
    .proving("without ownership tags, the run after a killed one succeeds, searches no tags and reports no orphan");
    project.add_config(WITHOUT);
    let endpoints = || {
        let made = project.emulator.made().into_iter();
        made.filter(|row| row.kind == "vpc-endpoint").collect::<Vec<_>>()
    };
    let running = project.up_until("DescribeVpcEndpoints");
    running.kill();
    project.pulumi(&["cancel", "--yes"]).succeeds();
    let orphan = endpoints().remove(0).id;

    let since = project.emulator.journal().len();
    project
        .up()
        .succeeds()
        .never_says("has this resource's tag")
        .never_says(&orphan);
    assert_eq!(endpoints().len(), 2);
    for call in &project.emulator.journal()[since..] {
        let text = call.parameters.to_string();
        assert!(!text.contains("tag:private-step-functions"), "{text}");
    }
    project
        .emulator
        .ec2("DeleteVpcEndpoints", &format!("&VpcEndpointId.1={orphan}"));
    project.up_unchanged().succeeds();
    project.finish();
}

/// Asserts that every object that can have tags has both ownership tags, or none if `expected` is false.
fn carried(project: &Project, expected: bool) {
    let rows = project.emulator.made();
    let mut rows = rows
        .iter()
        .filter(|row| super::KINDS.contains(&row.kind.as_str()))
        .peekable();
    assert!(rows.peek().is_some());
    for row in rows {
        let tags = super::all(&row.detail["tags"]);
        let ours: Vec<_> = tags
            .keys()
            .filter(|key| key.starts_with("private-step-functions:"))
            .collect();
        let expected: &[&str] = match expected {
            true => &["private-step-functions:operation", "private-step-functions:urn"],
            false => &[],
        };
        assert_eq!(ours, expected, "{} {}", row.kind, row.id);
    }
}
