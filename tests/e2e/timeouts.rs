//! `customTimeouts`: how long the plugin waits for AWS.

use crate::programs::{COMPONENT_MADE, component};
use crate::scenario::{Scenario, Step, run, scenarios, steps, up, up_unchanged};

const GATEWAY: &str = "
resources:
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' }
    options: { customTimeouts: { create: 1s } }
";

scenarios! {
    create: Scenario {
        promise: "a create that takes too long fails in time, says what was awaited and how to wait longer, and the next `up` goes on with the same object",
        program: GATEWAY.to_owned(),
        speed: 1.0,
        steps: steps![
            up().fails().says(&["waited 1 s", "customTimeouts"]).makes(&[("resource-gateway", 1)]),
            Step::Edit("create: 1s", "create: 1m, update: 1m"),
            up().keeps(),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    delete: Scenario {
        promise: "a delete that takes too long fails in time and forgets nothing: the next destroy finishes it",
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
        promise: "`customTimeouts` on the component count for every resource in it",
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
