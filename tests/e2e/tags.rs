//! Tags: on the resource, on the provider, on both, and on neither, in EC2 and VPC Lattice; other people's tags and
//! ownership tags.

mod others;
mod ownership;
mod refused;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::project::Project;
use crate::scenario::{Scenario, Step, run, scenarios, steps, up, up_unchanged};

const PROGRAM: &str = "
resources:
  account:
    type: pulumi:providers:private-step-functions
    properties:
      defaultTags: { tags: { DEFAULTS } }
      polling: { initialIntervalSeconds: 0.1, growthFactor: 1.2, maxIntervalSeconds: 0.5 }
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}', tags: { OWN } }
    options: { provider: '${account}' }
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}', securityGroupIds: ['${group.id}'], tags: { OWN } }
    options: { provider: '${account}' }
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties: { vpcId: '${vpcId}', service: states, subnetIds: '${subnetIds}', tags: { OWN } }
    options: { provider: '${account}' }
  configuration:
    type: private-step-functions:ResourceConfiguration
    properties: { resourceGatewayId: '${gateway.id}', ports: ['443'], target: { domainName: orders.example.com }, tags: { OWN } }
    options: { provider: '${account}' }
";

fn program(defaults: &str, own: &str) -> String {
    PROGRAM.replace("DEFAULTS", defaults).replace("OWN", own)
}

scenarios! {
    added_changed_and_removed: Scenario {
        promise: "tags, the last one too, are added, changed and removed in place on every resource that can have tags",
        program: program("", "stage: one"),
        steps: steps![
            up(),
            Step::Look(|project| tagged(project, &[("stage", "one")])),
            Step::Edit("stage: one", "stage: two, team: orders"),
            up().says(&["~ 4 updated"]).keeps(),
            Step::Look(|project| tagged(project, &[("stage", "two"), ("team", "orders")])),
            Step::Edit("stage: two, ", ""),
            up().says(&["~ 4 updated"]).keeps(),
            Step::Look(|project| tagged(project, &[("team", "orders")])),
            Step::Edit("team: orders", ""),
            up().says(&["~ 4 updated"]).keeps(),
            Step::Look(|project| tagged(project, &[])),
            Step::Edit(", tags: {  }", ""),
            up_unchanged(),
            run("refresh --yes --skip-preview --expect-no-changes"),
        ],
        ..Scenario::EMPTY
    };
    with_an_empty_value: Scenario {
        promise: "a tag with an empty value works like any other tag",
        program: program("", "stage: ''"),
        steps: steps![
            up(),
            Step::Look(|project| tagged(project, &[("stage", "")])),
            run("refresh --yes --skip-preview --expect-no-changes"),
            Step::Edit("stage: ''", "stage: one"),
            up().says(&["~ 4 updated"]),
            Step::Edit("stage: one", "stage: ''"),
            up().says(&["~ 4 updated"]),
            Step::Look(|project| tagged(project, &[("stage", "")])),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    of_provider_and_resource: Scenario {
        promise: "a resource's own tag overrides the provider's, and removing it restores the provider's",
        program: program("team: platform, stage: all", "stage: one"),
        steps: steps![
            up(),
            Step::Look(|project| tagged(project, &[("stage", "one"), ("team", "platform")])),
            Step::Edit("stage: one", ""),
            up().says(&["~ 4 updated"]),
            Step::Look(|project| tagged(project, &[("stage", "all"), ("team", "platform")])),
            Step::Edit("team: platform, stage: all", "team: orders"),
            up().says(&["~ 5 updated"]).keeps(),
            Step::Look(|project| tagged(project, &[("team", "orders")])),
            up_unchanged(),
            run("refresh --yes --skip-preview --expect-no-changes"),
        ],
        ..Scenario::EMPTY
    };
    the_same_on_both: Scenario {
        promise: "a tag that both provider and resource have stays in AWS until both no longer have it",
        program: program("stage: one", "stage: one"),
        steps: steps![
            up(),
            Step::Look(|project| tagged(project, &[("stage", "one")])),
            run("refresh --yes --skip-preview --expect-no-changes"),
            Step::Edit("defaultTags: { tags: { stage: one } }", "defaultTags: { tags: {  } }"),
            up().keeps(),
            Step::Look(|project| tagged(project, &[("stage", "one")])),
            up_unchanged(),
            Step::Edit("tags: { stage: one }", "tags: {  }"),
            up().says(&["~ 4 updated"]),
            Step::Look(|project| tagged(project, &[])),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
}

/// The kinds of objects that have tags.
const KINDS: [&str; 4] = [
    "security-group",
    "resource-gateway",
    "vpc-endpoint",
    "resource-configuration",
];

/// Asserts that every resource has exactly these tags besides the ownership tags.
fn tagged(project: &Project, expected: &[(&str, &str)]) {
    let expected: BTreeMap<String, String> = expected
        .iter()
        .map(|(key, value)| ((*key).into(), (*value).into()))
        .collect();
    let own = |tags: &Value| {
        let mut tags = all(tags);
        tags.retain(|key, _| !key.starts_with("private-step-functions:"));
        tags
    };
    project
        .emulator
        .wait_for(&format!("{expected:?} on everything"), |rows| {
            let mut rows = rows.iter().filter(|row| KINDS.contains(&row.kind.as_str())).peekable();
            rows.peek().is_some() && rows.all(|row| own(&row.detail["tags"]) == expected)
        });
}

/// Converts tags to a map. EC2 has a list of keys and values, VPC Lattice a map.
fn all(tags: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match tags {
        Value::Array(tags) => tags
            .iter()
            .map(|tag| (text(&tag["Key"]), text(&tag["Value"])))
            .collect(),
        Value::Object(tags) => tags.iter().map(|(key, value)| (key.clone(), text(value))).collect(),
        _ => BTreeMap::new(),
    }
}
