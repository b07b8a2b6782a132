//! The endpoints of the FIPS services, which only some Regions have.

use serde_json::Value;

use crate::project::Project;

const PROGRAM: &str = "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}', endpoints: { fips: false } }
outputs:
  states: ${private.statesUrl}
  syncStates: ${private.syncStatesUrl}
";

/// Returns the services of the endpoints that exist.
fn services(project: &Project) -> Vec<String> {
    let made = project.emulator.made().into_iter();
    let service = |detail: &Value| {
        detail["service"]
            .as_str()
            .unwrap()
            .rsplit('.')
            .next()
            .unwrap()
            .to_owned()
    };
    let mut services: Vec<_> = made
        .filter(|row| row.kind == "vpc-endpoint")
        .map(|row| service(&row.detail))
        .collect();
    services.sort_unstable();
    services
}

#[test]
fn fips_exchanges_the_endpoints() {
    let project = Project::in_region("us-east-1", PROGRAM);
    project.up().succeeds();
    assert_eq!(services(&project), ["states", "sync-states"]);
    assert_eq!(project.outputs()["states"], "https://states.us-east-1.amazonaws.com");

    project.program(&PROGRAM.replace("fips: false", "fips: true"));
    let plan: Vec<_> = project
        .plan()
        .into_iter()
        .map(|(name, step, _)| format!("{step} {name}"))
        .collect();
    assert_eq!(
        plan,
        [
            "update private",
            "delete private-states",
            "create private-states-fips",
            "delete private-sync-states",
            "create private-sync-states-fips",
        ]
    );
    project.up().succeeds();
    assert_eq!(services(&project), ["states-fips", "sync-states-fips"]);
    let outputs = project.outputs();
    assert_eq!(outputs["states"], "https://states-fips.us-east-1.amazonaws.com");
    assert_eq!(
        outputs["syncStates"],
        "https://sync-states-fips.us-east-1.amazonaws.com"
    );
    project.refresh_unchanged().succeeds();
    project.up_unchanged().succeeds();

    project.program(&PROGRAM.replace("fips: false", "fips: true, syncStates: false"));
    project.up().succeeds();
    assert_eq!(services(&project), ["states-fips"]);
    assert_eq!(
        project.outputs()["syncStates"],
        "https://sync-states-fips.us-east-1.amazonaws.com"
    );
    project.finish();
}

#[test]
fn a_region_without_fips_services_is_named_with_the_way_out() {
    let project = Project::new(&PROGRAM.replace("fips: false", "fips: true"));
    project
        .up()
        .fails()
        .says("com.amazonaws.eu-west-1.states-fips")
        .says("`endpoints.fips`");
    project.finish();
}
