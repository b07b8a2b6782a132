//! Objects that somebody deleted outside Pulumi: each kind of resource, alone and inside a component.

use aws_emulator::operation::ResourceRow;
use serde_json::{Value, json};

use crate::emulator::Emulator;
use crate::project::Project;
use crate::scenario::{Scenario, Step, run, scenarios, steps, up, up_unchanged};

/// One of each of the five resources. Each can be deleted without deleting another one first.
const APART: &str = "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}', ingress: [{ fromPort: 443, toPort: 443, vpc: true }] }
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties: { vpcId: '${vpcId}', service: states, subnetIds: '${subnetIds}' }
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' }
  configuration:
    type: private-step-functions:ResourceConfiguration
    properties: { resourceGatewayId: '${gateway.id}', ports: ['443'], target: { domainName: orders.example.com } }
  connection:
    type: private-step-functions:Connection
    properties: { auth: { apiKey: { name: x-api-key, value: one } } }
";

/// A component that creates every kind of resource.
const WHOLE: &str = "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${vpcId}
      subnetIds: ${subnetIds}
      endpoints: { executeApi: true }
      privateApis:
        orders: {}
        billing: { domainName: billing.example.com }
";

const WHOLE_MADE: &[(&str, usize)] = &[
    ("connection", 2),
    ("resource-configuration", 2),
    ("resource-gateway", 1),
    ("security-group", 2),
    ("vpc-endpoint", 3),
];

const EACH_MADE: &[(&str, usize)] = &[
    ("connection", 1),
    ("resource-configuration", 1),
    ("resource-gateway", 1),
    ("security-group", 1),
    ("vpc-endpoint", 1),
];

/// The kinds in an order in which AWS allows their deletion.
const ORDER: [&str; 5] = [
    "connection",
    "resource-configuration",
    "resource-gateway",
    "vpc-endpoint",
    "security-group",
];

scenarios! {
    each_resource_is_seen_by_a_refresh: Scenario {
        promise: "a refresh removes deleted objects from the state, and the next `up` creates them again",
        program: APART.to_owned(),
        steps: steps![
            up(),
            Step::Look(|project| delete(&project.emulator, &ORDER)),
            run("refresh --yes --skip-preview").says(&["- 5 deleted"]),
            up().says(&["+ 5 created"]).makes(EACH_MADE),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    each_resource_is_made_again_at_once: Scenario {
        promise: "`up --refresh` detects deleted objects and creates them again in one run",
        program: APART.to_owned(),
        steps: steps![
            up(),
            Step::Look(|project| delete(&project.emulator, &ORDER)),
            run("up --refresh --yes --skip-preview").makes(EACH_MADE),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    destroy_without_a_refresh: Scenario {
        promise: "a destroy succeeds although the objects are already deleted",
        program: APART.to_owned(),
        steps: steps![
            up(),
            Step::Look(|project| delete(&project.emulator, &ORDER)),
            run("destroy --yes --skip-preview").says(&["deleted"]),
        ],
        ..Scenario::EMPTY
    };
    a_connection_of_a_component: Scenario {
        promise: "a deleted connection of a component is created again, and the rest of the component stays",
        program: WHOLE.to_owned(),
        steps: steps![
            up().makes(WHOLE_MADE),
            Step::Look(|project| {
                let connections = rows(&project.emulator, "connection");
                delete_one(&project.emulator, &connections[0]);
            }),
            run("up --refresh --yes --skip-preview").changes_only(&["CreateConnection"]).makes(WHOLE_MADE),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    an_endpoint_of_a_component: Scenario {
        promise: "a deleted endpoint of a component is created again, and the configuration and connections that led to it \
                  follow",
        program: WHOLE.to_owned(),
        steps: steps![
            up(),
            Step::Look(|project| {
                let is_of_apis = |row: &&ResourceRow| row.detail["service"].to_string().contains("execute-api");
                let endpoints = rows(&project.emulator, "vpc-endpoint");
                delete_one(&project.emulator, endpoints.iter().find(is_of_apis).unwrap());
            }),
            run("up --refresh --yes --skip-preview")
                .calls(&["CreateVpcEndpoint", "CreateResourceConfiguration", "UpdateConnection", "DeleteResourceConfiguration"])
                .changes_only(&["CreateVpcEndpoint", "CreateResourceConfiguration", "UpdateConnection",
                    "DeleteResourceConfiguration"])
                .makes(WHOLE_MADE),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    the_outbound_half_of_a_component: Scenario {
        promise: "deleted connections, configurations and gateway are created again, and the endpoints stay",
        program: WHOLE.to_owned(),
        steps: steps![
            up(),
            Step::Look(|project| delete(&project.emulator, &ORDER[..3])),
            run("refresh --yes --skip-preview").says(&["- 5 deleted"]),
            up().makes(WHOLE_MADE)
                .changes_only(&["CreateResourceGateway", "CreateResourceConfiguration", "CreateConnection"]),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    all_of_a_component: Scenario {
        promise: "a component whose objects are all deleted is created again as a whole",
        program: WHOLE.to_owned(),
        steps: steps![
            up(),
            Step::Look(|project| delete(&project.emulator, &ORDER)),
            run("up --refresh --yes --skip-preview").makes(WHOLE_MADE),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
}

fn rows(aws: &Emulator, kind: &str) -> Vec<ResourceRow> {
    let mut rows = aws.made();
    rows.retain(|row| row.kind == kind);
    rows
}

/// Deletes all objects of these kinds, after waiting for the objects that block them.
fn delete(aws: &Emulator, kinds: &[&str]) {
    for kind in kinds {
        let holders: &[&str] = match *kind {
            "resource-configuration" => &["service-network-resource-association"],
            "security-group" => &["network-interface"],
            _ => &[],
        };
        aws.wait_for("what holds it is gone", |rows| {
            !rows.iter().any(|row| holders.contains(&row.kind.as_str()))
        });
        let mut groups = rows(aws, kind);
        // Delete a group only after the groups that refer to it.
        let refers = |id: &str| {
            rows(aws, "security-group-rule")
                .iter()
                .any(|rule| rule.detail["source"].to_string().contains(id))
        };
        groups.sort_by_key(|row| refers(&row.id));
        for row in groups {
            delete_one(aws, &row);
        }
    }
}

/// Deletes one object and waits until it is gone.
fn delete_one(aws: &Emulator, row: &ResourceRow) {
    let id = &row.id;
    match row.kind.as_str() {
        "connection" => drop(aws.events("DeleteConnection", &json!({ "Name": id }))),
        "resource-configuration" => drop(aws.lattice("DELETE", &format!("/resourceconfigurations/{id}"), &Value::Null)),
        "resource-gateway" => drop(aws.lattice("DELETE", &format!("/resourcegateways/{id}"), &Value::Null)),
        "vpc-endpoint" => drop(aws.ec2("DeleteVpcEndpoints", &format!("&VpcEndpointId.1={id}"))),
        "security-group" => drop(aws.ec2("DeleteSecurityGroup", &format!("&GroupId={id}"))),
        other => panic!("{other} is nothing that a user makes"),
    }
    aws.wait_for("the end of it", |rows| rows.iter().all(|row| row.id != *id));
}

/// A deleted object cannot be updated: the message says what to do.
#[test]
fn an_update_without_a_refresh_says_what_to_do() {
    let project = Project::new(APART)
        .proving("an update of a deleted object fails and asks for a refresh; `up --refresh` creates the object again");
    project.up().succeeds();
    delete_one(&project.emulator, &rows(&project.emulator, "security-group")[0]);
    project.program(&APART.replace("vpc: true }]", "vpc: true }], tags: { stage: one }"));
    project
        .up()
        .fails()
        .says("the security group no longer exists")
        .says("`pulumi refresh`");
    let run = project
        .pulumi(&["up", "--refresh", "--yes", "--skip-preview"])
        .succeeds();
    run.says("1 created");
    project.finish();
}
