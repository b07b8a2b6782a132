//! `--target` and `--exclude`: updates of a part of the stack.
//!
//! For a resource that it leaves out, the engine answers as if the resource had been created, without an id and with
//! unknown outputs.
//!
//! A preview of 3.276 (not of 3.260) keeps a state in memory (`pkg/backend/diy/backend.go`). For a targeted child whose
//! component is left out, the preview reports what is missing and plans the child nevertheless
//! (`pkg/resource/deploy/step_generator.go`). The check of that state then finds a child without its parent, which the
//! engine treats as a bug of its own. It always prints one more error, and in some runs also its bug report with a stack
//! trace. An update stops earlier, at the Check of the child, which receives null in place of each missing output.

use serde_json::Value;

use crate::programs::{COMPONENT_MADE, EACH_MADE, component, each};
use crate::project::Project;
use crate::scenario::{Scenario, Step, run, scenarios, steps, up, up_unchanged};

scenarios! {
    a_new_component_alone: Scenario {
        promise: "`--target` of a new component alone creates none of its resources and loses nothing: the next `up` creates \
                  them",
        program: component("").replace("  orders: ${private.connections.orders.arn}\n", ""),
        steps: steps![
            run("up --yes --skip-preview --target **PrivateStepFunctions::private")
                .says(&["not created yet: private, private-endpoints, private-gateway", "--target-dependents"])
                .makes(&[]),
            up().makes(COMPONENT_MADE),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    a_new_component_with_its_dependents: Scenario {
        promise: "`--target` of a component with `--target-dependents` creates or deletes the whole component and nothing else",
        program: component("").replace("resources:", OTHER),
        steps: steps![
            run("up --yes --skip-preview --target **PrivateStepFunctions::private --target-dependents").makes(COMPONENT_MADE),
            up().makes(COMPONENT_AND_OTHER),
            run("destroy --yes --skip-preview --target **PrivateStepFunctions::private --target-dependents")
                .makes(&[("security-group", 1)]),
        ],
        ..Scenario::EMPTY
    };
    a_new_child_alone: Scenario {
        promise: "a child that needs others cannot be created alone: the preview names the missing ones, and no object is \
                  left behind",
        program: component(""),
        steps: steps![
            run("preview --target **private-states")
                .fails_also_by("refers to missing parent")
                .says(&["private-endpoints", "not specified in --target list"]),
            run("up --yes --skip-preview --target **private-states").fails().makes(&[]),
            up().makes(COMPONENT_MADE),
        ],
        ..Scenario::EMPTY
    };
    an_existing_component_alone: Scenario {
        promise: "`--target` of a component alone changes none of its resources; the next `up` does, and no output is lost",
        program: component(""),
        steps: steps![
            up(),
            Step::Edit("stage: one", "stage: two"),
            run("up --yes --skip-preview --target **PrivateStepFunctions::private").changes_only(&[]),
            Step::Look(every_output_is_known),
            up().changes_only(&["CreateTags", "TagResource"]).keeps(),
            Step::Look(every_output_is_known),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    an_existing_child_alone: Scenario {
        promise: "`--target` of one resource in the component changes that resource alone",
        program: component(""),
        steps: steps![
            up(),
            Step::Edit("stage: one", "stage: two"),
            run("up --yes --skip-preview --target **ResourceGateway::private").changes_only(&["TagResource"]).keeps(),
            Step::Look(every_output_is_known),
            up().changes_only(&["CreateTags", "TagResource"]).keeps(),
        ],
        ..Scenario::EMPTY
    };
    refresh: Scenario {
        promise: "`refresh --target` refreshes only that resource",
        program: each(""),
        steps: steps![
            up(),
            run("refresh --yes --skip-preview --expect-no-changes --target **gateway").says(&["1 unchanged"]),
        ],
        ..Scenario::EMPTY
    };
    destroy: Scenario {
        promise: "`destroy --target` deletes a resource without dependents, and refuses one with dependents unless they are \
                  deleted too",
        program: each(""),
        steps: steps![
            up().makes(EACH_MADE),
            run("destroy --yes --skip-preview --target **connection").changes_only(&["DeleteConnection"]),
            run("destroy --yes --skip-preview --target **group").fails().says(&["pass --target-dependents"]).keeps(),
            run("destroy --yes --skip-preview --target **gateway --target-dependents")
                .makes(&[("security-group", 1), ("vpc-endpoint", 1)]),
            up().makes(EACH_MADE),
        ],
        ..Scenario::EMPTY
    };
    exclude: Scenario {
        promise: "`--exclude` leaves a resource as it is, and with `--exclude-dependents` its dependents too",
        program: each(""),
        steps: steps![
            run("up --yes --skip-preview --exclude **configuration --exclude-dependents")
                .makes(&[("resource-gateway", 1), ("security-group", 1), ("vpc-endpoint", 1)]),
            up().makes(EACH_MADE),
            run("destroy --yes --skip-preview --exclude **group")
                .makes(&[("security-group", 1)]),
        ],
        ..Scenario::EMPTY
    };
}

const OTHER: &str = "resources:
  other:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}' }";

const COMPONENT_AND_OTHER: &[(&str, usize)] = &[
    ("connection", 1),
    ("resource-configuration", 1),
    ("resource-gateway", 1),
    ("security-group", 3),
    ("vpc-endpoint", 1),
];

fn every_output_is_known(project: &Project) {
    let outputs = project.outputs();
    let starts_with = |output: &Value, start: &str| output.as_str().is_some_and(|text| text.starts_with(start));
    assert!(starts_with(&outputs["states"]["id"], "vpce-"), "{outputs:#}");
    assert!(starts_with(&outputs["gateway"], "rgw-"), "{outputs:#}");
    assert!(starts_with(&outputs["orders"], "arn:"), "{outputs:#}");
}
