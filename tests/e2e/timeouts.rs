//! `customTimeouts`: how long the plugin waits for AWS.

use aws_emulator::faults::{Fault, FaultKind};

use crate::programs::{COMPONENT_MADE, component};
use crate::scenario::{Scenario, Step, run, scenarios, steps, up, up_unchanged};

const GATEWAY: &str = "
resources:
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' }
    options: { customTimeouts: { create: 1s } }
";

const ENDPOINT: &str = "
resources:
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties: { vpcId: '${vpcId}', service: states, subnetIds: ['${subnetIds[0]}'] }
    options: { customTimeouts: { create: 1s } }
";

/// Returns a step that makes later calls of the operation take effect without a response.
fn unanswered(operation: &str, times: u32) -> Step {
    Step::Fault(Fault::new(operation, 1, FaultKind::NoAnswer).times(times))
}

scenarios! {
    a_create_without_answer: Scenario {
        promise: "a create that AWS carries out but never answers fails in time, and the next `up` continues with its object",
        program: ENDPOINT.to_owned(),
        speed: 0.5,
        steps: steps![
            unanswered("CreateVpcEndpoint", 1_000),
            up().fails().says(&["endpoint", "customTimeouts.create"]).makes(&[("vpc-endpoint", 1)]),
            Step::Edit("create: 1s", "create: 1m, update: 1m"),
            up().keeps(),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    an_answer_that_is_lost: Scenario {
        promise: "a create whose only response is lost is sent once more before it times out, and its object is recorded",
        program: GATEWAY.to_owned(),
        speed: 0.5,
        steps: steps![
            unanswered("CreateResourceGateway", 1),
            up().fails().says(&["gateway", "customTimeouts.create"]).makes(&[("resource-gateway", 1)]),
            Step::Edit("create: 1s", "create: 1m, update: 1m"),
            up().keeps(),
        ],
        ..Scenario::EMPTY
    };
    a_delete_without_answer: Scenario {
        promise: "a delete that AWS never answers fails in time with an error that says so, and the next destroy finishes it",
        program: ENDPOINT.replace("create", "delete"),
        steps: steps![
            up(),
            unanswered("DeleteVpcEndpoints", 1_000),
            run("destroy --yes --skip-preview").fails().says(&["AWS did not answer in time", "customTimeouts.delete"]),
            Step::Look(|project| project.emulator.heal()),
            Step::Edit("delete: 1s", "delete: 1m"),
            run("destroy --yes --skip-preview --run-program").makes(&[]),
        ],
        ..Scenario::EMPTY
    };
    create: Scenario {
        promise: "a create that takes too long fails in time and says how to wait longer, and the next `up` continues with \
                  the same object",
        program: GATEWAY.to_owned(),
        speed: 1.0,
        steps: steps![
            up().fails().says(&["waited 1 s", "customTimeouts.create"]).makes(&[("resource-gateway", 1)]),
            Step::Edit("create: 1s", "create: 1m, update: 1m"),
            up().keeps(),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    delete: Scenario {
        promise: "a delete that takes too long fails in time and keeps the object in the state: the next destroy finishes it",
        program: "
resources:
  connection:
    type: private-step-functions:Connection
    properties: { auth: { apiKey: { name: x-api-key, value: one } } }
    options: { customTimeouts: { delete: 1s } }
".to_owned(),
        speed: 0.5,
        steps: steps![
            up(),
            run("destroy --yes --skip-preview").fails().says(&["waited 1 s", "customTimeouts"]),
            Step::Edit("delete: 1s", "delete: 1m"),
            run("destroy --yes --skip-preview --run-program").says(&["2 deleted"]).makes(&[]),
        ],
        ..Scenario::EMPTY
    };
    the_component: Scenario {
        promise: "`customTimeouts` on the component apply to every resource in it",
        program: component("customTimeouts: { create: 1s }"),
        speed: 1.0,
        steps: steps![
            up().fails().says(&["waited 1 s", "customTimeouts"]),
            Step::Edit("create: 1s", "create: 1m"),
            up().makes(COMPONENT_MADE),
        ],
        ..Scenario::EMPTY
    };
}
