//! Reasons for changes that the CLI's own diff does not show: it marks no property as the one that forces a replacement,
//! and for a failed object it shows only the state.

use std::collections::BTreeMap;

use serde_json::json;

use crate::emulator::pause;
use crate::project::Project;
use crate::scenario::{Scenario, Step, run, scenarios, steps, up, up_unchanged};
use crate::shown;

const GATEWAY: &str = "
resources:
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}', ipv4AddressesPerEni: 16, tags: { stage: one } }
  configuration:
    type: private-step-functions:ResourceConfiguration
    properties: { resourceGatewayId: '${gateway.id}', ports: ['443'], target: { domainName: orders.example.com } }
";

const CONNECTION: &str = "
resources:
  orders:
    type: private-step-functions:Connection
    properties: { auth: { apiKey: { name: x-api-key, value: one } } }
outputs:
  name: ${orders.name}
";

/// Phrases that mark a reason. A command that neither replaces nor repairs anything must not print them.
const REASONS: &[&str] = &["must be", "may have to be"];

/// Runs a command and asserts that it explains exactly these resources.
fn explains(project: &Project, arguments: &[&str], expected: &[(&str, &str)]) {
    let run = project.pulumi(arguments).succeeds();
    let expected: BTreeMap<_, _> = expected
        .iter()
        .map(|(resource, reason)| ((*resource).to_owned(), (*reason).to_owned()))
        .collect();
    assert_eq!(shown::reasons(&run.text()), expected, "{}", run.text());
}

fn replaced(project: &Project) {
    const EXPECTED: [(&str, &str); 2] = [
        (
            "ResourceGateway gateway",
            "must be replaced: `ipv4AddressesPerEni` cannot be changed in place",
        ),
        (
            "ResourceConfiguration configuration",
            "may have to be replaced: `resourceGatewayId` cannot be changed in place, and its new value is not known yet",
        ),
    ];
    explains(project, &["preview", "--diff"], &EXPECTED);
    // An update shows the reasons as statuses on the rows, not as permanent messages too.
    explains(project, &["up", "--yes"], &EXPECTED);
}

fn deauthorize(project: &Project) {
    let name = project.outputs()["name"].clone();
    project
        .emulator
        .events("DeauthorizeConnection", &json!({ "Name": name }));
    let is_deauthorized = || {
        let answer = project.emulator.events("DescribeConnection", &json!({ "Name": name }));
        answer["ConnectionState"] == "DEAUTHORIZED"
    };
    while !is_deauthorized() {
        pause();
    }
}

scenarios! {
    a_replacement: Scenario {
        promise: "a preview says once for each replacement which property forces it, and gives no reason for any other change",
        program: GATEWAY.to_owned(),
        steps: steps![
            up().never_says(REASONS),
            Step::Edit("stage: one", "stage: two"),
            up().never_says(REASONS),
            Step::Edit("ipv4AddressesPerEni: 16, tags: { stage: two", "ipv4AddressesPerEni: 8, tags: { stage: three"),
            Step::Look(replaced),
            run("refresh --yes --skip-preview --diff").never_says(REASONS),
            Step::Edit("ipv4AddressesPerEni: 8", "ipv4AddressesPerEni: 4"),
            up().says(&["; must be replaced: `ipv4AddressesPerEni` cannot be changed in place", "; must be replaced: `resourceGatewayId`"]),
            up_unchanged().never_says(REASONS),
        ],
        ..Scenario::EMPTY
    };
    a_connection_that_was_deauthorized: Scenario {
        promise: "where only the state of an object differs, preview and update say what is wrong and how it is repaired",
        program: CONNECTION.to_owned(),
        steps: steps![
            up(),
            Step::Look(deauthorize),
            run("refresh --yes --skip-preview --diff").never_says(REASONS),
            Step::Look(|project| explains(project, &["preview", "--diff"], &[(
                "Connection orders",
                "must be updated: it is DEAUTHORIZED, so the update sends the credentials and the connectivity settings again",
            )])),
            up().changes_only(&["UpdateConnection"]).says(&["; must be updated: it is DEAUTHORIZED"]),
            up_unchanged().never_says(REASONS),
        ],
        ..Scenario::EMPTY
    };
}
