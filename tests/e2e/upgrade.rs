//! State that another version of the plugin wrote: it may contain more or fewer properties than this version writes.

use serde_json::{Value, json};

use crate::project::Project;

const PROGRAM: &str = "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}', ingress: [{ fromPort: 443, toPort: 443, cidrIpv4: 10.0.0.0/8 }] }
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties: { vpcId: '${vpcId}', service: states, subnetIds: '${subnetIds}', tags: { stage: one } }
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' }
  configuration:
    type: private-step-functions:ResourceConfiguration
    properties: { resourceGatewayId: '${gateway.id}', ports: ['443'], target: { domainName: orders.example.com } }
  connection:
    type: private-step-functions:Connection
    properties: { description: one, auth: { apiKey: { name: x-api-key, value: one } } }
";

/// Applies a change to the inputs and outputs of each custom resource of this package.
fn rewrite(project: &Project, change: fn(&mut Value)) {
    let mut state = project.state();
    let ours = |resource: &&mut Value| {
        resource["type"]
            .as_str()
            .unwrap()
            .starts_with("private-step-functions:")
    };
    let mut changed = 0;
    for resource in state["deployment"]["resources"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .filter(ours)
    {
        change(&mut resource["inputs"]);
        change(&mut resource["outputs"]);
        changed += 1;
    }
    assert_eq!(changed, 5);
    project.import_state(&state);
}

/// Adds properties that a newer version would write, at the top level and nested.
fn add(properties: &mut Value) {
    properties["dropped"] = json!({ "some": ["thing"] });
    for nested in ["/target", "/auth", "/auth/apiKey", "/ingress/0"] {
        if let Some(nested) = properties
            .pointer_mut(nested)
            .filter(|nested| !nested.as_object().unwrap().contains_key("ciphertext"))
        {
            nested["dropped"] = json!(true);
        }
    }
}

/// Removes properties with a default that an older version did not have.
fn remove(properties: &mut Value) {
    for newer in [
        "privateDnsEnabled",
        "allowAssociationToShareableServiceNetwork",
        "description",
        "dnsResolution",
    ] {
        properties.as_object_mut().unwrap().remove(newer);
    }
}

fn live_on(project: &Project) {
    project.up_unchanged().succeeds();
    project.refresh_unchanged().succeeds();
}

/// Properties in the state that this version does not know cause no failure and no change.
#[test]
fn properties_that_were_dropped_since() {
    let project =
        Project::new(PROGRAM).proving("a property that this version does not know causes no failure and no change");
    project.up().succeeds();
    rewrite(&project, add);
    live_on(&project);
    rewrite(&project, add);
    project.program(
        &PROGRAM
            .replace("one", "two")
            .replace("10.0.0.0/8", "10.1.0.0/16")
            .replace("['443']", "['443', '8443']"),
    );
    project.up().succeeds().says("4 updated");
    rewrite(&project, add);
    project.finish();
}

/// Properties missing from the state have their defaults.
#[test]
fn properties_that_came_since() {
    let project =
        Project::new(PROGRAM).proving("a property that the state lacks, because it is newer, has its default");
    project.up().succeeds();
    rewrite(&project, remove);
    // The connection's description has no default, so it alone causes an update.
    project.up().succeeds().says("1 updated");
    live_on(&project);
    rewrite(&project, remove);
    project.finish();
}
