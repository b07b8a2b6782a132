//! Options that prevent deletion: `protect`, `retainOnDelete`, `deletedWith`.

use crate::programs::{COMPONENT_MADE, EACH_MADE, component, each};
use crate::scenario::{Scenario, Step, run, scenarios, steps, up, up_unchanged};

scenarios! {
    resources: Scenario {
        promise: "a protected resource is not destroyed, replaced, or deleted when it leaves the program, until it is \
                  unprotected",
        program: each("protect: true"),
        steps: steps![
            up(),
            run("destroy --yes --skip-preview").fails().says(&["protected"]).keeps().changes_only(&[]),
            run("destroy --yes --skip-preview --exclude-protected").keeps().changes_only(&[]),
            Step::Edit("service: execute-api", "service: states"),
            up().fails().says(&["marked for protection"]).keeps().changes_only(&[]),
            Step::Edit("service: states", "service: execute-api"),
            up_unchanged(),
            run("state unprotect --all --yes"),
        ],
        ..Scenario::EMPTY
    };
    the_component: Scenario {
        promise: "`protect` on the component protects every resource in it",
        program: component("protect: true"),
        steps: steps![
            up().makes(COMPONENT_MADE),
            run("destroy --yes --skip-preview").fails().says(&["protected"]).keeps().changes_only(&[]),
            Step::Edit("orders: { domainName", "billing: { domainName"),
            Step::Edit("connections.orders", "connections.billing"),
            up().fails().says(&["private-orders", "protected"]),
            Step::Edit("billing: { domainName", "orders: { domainName"),
            Step::Edit("connections.billing", "connections.orders"),
            up().fails().says(&["private-billing", "protected"]),
            run("state unprotect --all --yes"),
            Step::Edit("protect: true", "protect: false"),
            up().makes(COMPONENT_MADE),
        ],
        ..Scenario::EMPTY
    };
    retain_resources: Scenario {
        promise: "a resource with `retainOnDelete` stays in AWS when it leaves the stack",
        program: each("retainOnDelete: true"),
        steps: steps![up().makes(EACH_MADE)],
        leaves: EACH_MADE,
        ..Scenario::EMPTY
    };
    retain_the_component: Scenario {
        promise: "`retainOnDelete` on the component keeps all of it in AWS",
        program: component("retainOnDelete: true"),
        steps: steps![up().makes(COMPONENT_MADE)],
        leaves: COMPONENT_MADE,
        ..Scenario::EMPTY
    };
    retained_and_replaced: Scenario {
        promise: "a replaced resource with `retainOnDelete` leaves its old object in AWS",
        program: "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}', description: one }
    options: { retainOnDelete: true }
".to_owned(),
        steps: steps![
            up(),
            Step::Edit("description: one", "description: two"),
            up().says(&["1 replaced"]).changes_only(&["CreateSecurityGroup", "RevokeSecurityGroupEgress"]),
            Step::Edit("retainOnDelete: true", "retainOnDelete: false"),
            up(),
        ],
        leaves: &[("security-group", 1)],
        ..Scenario::EMPTY
    };
    deleted_with: Scenario {
        promise: "a resource with `deletedWith` gets no delete call when the other resource is deleted",
        program: "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}' }
  connection:
    type: private-step-functions:Connection
    properties: { auth: { apiKey: { name: x-api-key, value: one } } }
    options: { deletedWith: '${group}' }
".to_owned(),
        steps: steps![up(), run("destroy --yes --skip-preview").changes_only(&["DeleteSecurityGroup"])],
        leaves: &[("connection", 1)],
        ..Scenario::EMPTY
    };
    the_component_deleted_with: Scenario {
        promise: "`deletedWith` on the component applies to every resource in it",
        program: component("deletedWith: '${group}'").replace("resources:", "resources:
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}' }"),
        steps: steps![up(), run("destroy --yes --skip-preview").changes_only(&["DeleteSecurityGroup"])],
        leaves: COMPONENT_MADE,
        ..Scenario::EMPTY
    };
}
