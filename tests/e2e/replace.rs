//! Replacements that the user requests: `--replace`, `--target-replace`, taint, `replaceOnChanges`, `deleteBeforeReplace`.
//!
//! For these, the engine asks the plugin neither whether to replace nor in which order.

use crate::programs::{COMPONENT_MADE, EACH_MADE, component, each};
use crate::scenario::{Scenario, Step, run, scenarios, steps, up, up_unchanged};

/// A connection and a security group with names from the program: a second one with the same name cannot exist.
const NAMED: &str = "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}', name: callers, description: one, tags: { stage: one } }
    options: { OPTIONS }
  connection:
    type: private-step-functions:Connection
    properties: { name: orders, auth: { apiKey: { name: x-api-key, value: one } } }
    options: { OPTIONS }
";

fn named(options: &str) -> String {
    NAMED.replace("OPTIONS", options)
}

const GATEWAY: &str = "
resources:
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}', ipv4AddressesPerEni: 16 }
    options: { OPTIONS }
  configuration:
    type: private-step-functions:ResourceConfiguration
    properties: { resourceGatewayId: '${gateway.id}', ports: ['443'], target: { domainName: orders.example.com } }
";

const TRIGGERED: &str = "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}' }
    options: { replacementTrigger: one }
  connection:
    type: private-step-functions:Connection
    properties: { auth: { apiKey: { name: x-api-key, value: one } } }
    options: { replaceWith: ['${group}'] }
";

scenarios! {
    one_by_name: Scenario {
        promise: "`up --target-replace` replaces one resource, creates the new object first, and changes no other resource",
        program: each(""),
        steps: steps![
            up(),
            run("up --yes --skip-preview --target-replace **connection")
                .changes_only(&["CreateConnection", "DeleteConnection"])
                .calls(&["CreateConnection", "DeleteConnection"])
                .makes(EACH_MADE),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    one_with_all_that_needs_it: Scenario {
        promise: "`up --replace` replaces a resource, and moves its dependents to the new object before it deletes the old one",
        program: each(""),
        steps: steps![
            up(),
            run("up --yes --skip-preview --replace **gateway")
                .calls(&["CreateResourceGateway", "CreateResourceConfiguration", "UpdateConnection",
                    "DeleteResourceConfiguration", "DeleteResourceGateway"])
                .makes(EACH_MADE),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    an_endpoint_with_private_dns: Scenario {
        promise: "the replacement of an endpoint with private DNS deletes the old one first, because two cannot have the same \
                  DNS name",
        program: component(""),
        steps: steps![
            up(),
            run("up --yes --skip-preview --target-replace **private-states")
                .changes_only(&["DeleteVpcEndpoints", "CreateVpcEndpoint"])
                .calls(&["DeleteVpcEndpoints", "CreateVpcEndpoint"])
                .makes(COMPONENT_MADE),
            up().keeps(),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    taint: Scenario {
        promise: "the next `up` replaces a tainted resource once",
        program: each(""),
        steps: steps![
            up(),
            run("state taint --yes @connection"),
            up().calls(&["CreateConnection", "DeleteConnection"]).says(&["1 replaced"]).makes(EACH_MADE),
        ],
        ..Scenario::EMPTY
    };
    a_fixed_name_is_in_the_way: Scenario {
        promise: "a replacement that the engine forces fails at once if the name is fixed, and the error says which object \
                  has it",
        program: named(""),
        steps: steps![
            up(),
            run("up --yes --skip-preview --replace **group")
                .fails()
                .says(&["sg-", "has this name", "If it is being replaced", "`deleteBeforeReplace`"])
                .keeps(),
            run("up --yes --skip-preview --replace **connection")
                .fails()
                .says(&["\"orders\"", "is being replaced", "`deleteBeforeReplace`"])
                .keeps(),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    delete_before_replace: Scenario {
        promise: "with `deleteBeforeReplace`, the old object is deleted first, so that the new one can have the same fixed name",
        program: named("deleteBeforeReplace: true"),
        steps: steps![
            up(),
            run("up --yes --skip-preview --replace **group --replace **connection")
                .calls(&["DeleteSecurityGroup", "CreateSecurityGroup"])
                .makes(&[("connection", 1), ("security-group", 1)]),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    a_change_that_replaces_under_a_fixed_name: Scenario {
        promise: "with `deleteBeforeReplace`, a change that replaces a resource with a fixed name works",
        program: named("deleteBeforeReplace: true"),
        steps: steps![
            up(),
            Step::Edit("description: one", "description: two"),
            run("preview"),
            up().calls(&["DeleteSecurityGroup", "CreateSecurityGroup"]).makes(&[("connection", 1), ("security-group", 1)]),
            up_unchanged(),
            Step::Edit("name: callers, description: two", "description: three"),
            up().calls(&["DeleteSecurityGroup", "CreateSecurityGroup"]),
        ],
        ..Scenario::EMPTY
    };
    delete_before_replace_with_what_needs_it: Scenario {
        promise: "`deleteBeforeReplace` also replaces the dependents that must be replaced, in the order that AWS requires",
        program: GATEWAY.replace("OPTIONS", "deleteBeforeReplace: true"),
        steps: steps![
            up(),
            Step::Edit("ipv4AddressesPerEni: 16", "ipv4AddressesPerEni: 8"),
            up().calls(&["DeleteResourceConfiguration", "DeleteResourceGateway", "CreateResourceGateway",
                "CreateResourceConfiguration"])
                .makes(&[("resource-configuration", 1), ("resource-gateway", 1)]),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    replacement_trigger: Scenario {
        promise: "a new `replacementTrigger` replaces a resource, and `replaceWith` replaces another one along with it",
        program: TRIGGERED.to_owned(),
        steps: steps![
            up(),
            up_unchanged(),
            Step::Edit("replacementTrigger: one", "replacementTrigger: two"),
            up().says(&["2 replaced"]).makes(&[("connection", 1), ("security-group", 1)]),
        ],
        ..Scenario::EMPTY
    };
    replace_on_changes: Scenario {
        promise: "`replaceOnChanges` replaces a resource for a change that AWS could make in place",
        program: named("replaceOnChanges: [tags, auth], deleteBeforeReplace: true"),
        steps: steps![
            up(),
            Step::Edit("stage: one", "stage: two"),
            Step::Edit("value: one", "value: two"),
            up().says(&["2 replaced"]).makes(&[("connection", 1), ("security-group", 1)]),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
}
