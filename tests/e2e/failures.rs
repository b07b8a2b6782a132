//! A part of the update fails: the effect on the other resources and on the next `up`.

use aws_emulator::faults::{Fault, FaultKind};

use crate::programs::{COMPONENT_MADE, component};
use crate::project::Project;
use crate::scenario::{Scenario, Step, run, scenarios, steps, up, up_unchanged};

const INDEPENDENT: &str = "
resources:
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' }
  configuration:
    type: private-step-functions:ResourceConfiguration
    properties: { resourceGatewayId: '${gateway.id}', ports: ['443'], target: { domainName: orders.example.com } }
  first:
    type: private-step-functions:Connection
    properties: { auth: { apiKey: { name: x-api-key, value: one } } }
  second:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}' }
    options: { dependsOn: ['${first}'] }
";

fn deny_gateway(project: &Project) {
    project
        .emulator
        .inject(&Fault::new("CreateResourceGateway", 1, FaultKind::AccessDenied));
}

fn deny_endpoint(project: &Project) {
    project
        .emulator
        .inject(&Fault::new("CreateVpcEndpoint", 1, FaultKind::AccessDenied));
}

scenarios! {
    continue_on_error: Scenario {
        promise: "`--continue-on-error` creates every resource that does not need the failed one, and the next `up` creates \
                  the rest",
        program: INDEPENDENT.to_owned(),
        steps: steps![
            Step::Look(deny_gateway),
            run("up --yes --skip-preview --continue-on-error")
                .fails()
                .says(&["access denied"])
                .makes(&[("connection", 1), ("security-group", 1)]),
            up().makes(&[("connection", 1), ("resource-configuration", 1), ("resource-gateway", 1), ("security-group", 1)]),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    one_in_the_component: Scenario {
        promise: "when one resource of the component fails, those in progress are finished and recorded, and the next `up` \
                  creates the rest",
        program: component(""),
        steps: steps![
            Step::Look(deny_endpoint),
            up().fails().says(&["private-states", "access denied"]),
            up().makes(COMPONENT_MADE),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    one_in_the_component_continued: Scenario {
        promise: "`--continue-on-error` loses no object when one resource of a component fails",
        program: component("").replace("resources:", "resources:
  beside:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}' }"),
        steps: steps![
            Step::Look(deny_endpoint),
            run("up --yes --skip-preview --continue-on-error").fails().says(&["private-states", "access denied"]),
            up().makes(&[
                ("connection", 1),
                ("resource-configuration", 1),
                ("resource-gateway", 1),
                ("security-group", 3),
                ("vpc-endpoint", 1),
            ]),
        ],
        ..Scenario::EMPTY
    };
    destroy_continued: Scenario {
        promise: "`destroy --continue-on-error` deletes all but the failed resource and those that it needs; the next destroy \
                  deletes the rest",
        program: INDEPENDENT.to_owned(),
        steps: steps![
            up(),
            Step::Look(|project| project.emulator.inject(&Fault::new("DeleteResourceConfiguration", 1, FaultKind::AccessDenied))),
            run("destroy --yes --skip-preview --continue-on-error")
                .fails()
                .says(&["access denied"])
                .makes(&[("resource-configuration", 1), ("resource-gateway", 1)]),
        ],
        ..Scenario::EMPTY
    };
}
