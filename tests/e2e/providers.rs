//! Provider resources: several of them, the default one, and the effect of changing one on its resources.

use serde_json::Value;

use crate::project::Project;
use crate::scenario::{Scenario, Step, resources, run, scenarios, steps, up, up_unchanged};

/// A provider resource. Its polling equals that of the stack's configuration.
const OWN: &str = "resources:
  own:
    type: pulumi:providers:private-step-functions
    properties: { region: eu-west-1, polling: { initialIntervalSeconds: 0.1, maxIntervalSeconds: 0.5 } }";

/// Returns a program with the component and a separate resource, with these options: YAML inside braces.
fn program(own: &str, options: &str) -> String {
    "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}', endpoints: { syncStates: false } }
    options: { OPTIONS }
  connection:
    type: private-step-functions:Connection
    properties: { name: orders, auth: { apiKey: { name: x-api-key, value: one } } }
    options: { OPTIONS }
outputs:
  arn: ${connection.arn}
"
    .replace("resources:", own)
    .replace("OPTIONS", options)
}

scenarios! {
    the_default_one: Scenario {
        promise: "without a provider in the program, one default provider creates the whole stack, the component's resources too",
        program: program("resources:", ""),
        steps: steps![up(), Step::Look(one_provider), up_unchanged()],
        ..Scenario::EMPTY
    };
    the_default_one_of_a_version: Scenario {
        promise: "neither a `version` option, as SDKs send it, nor its later removal changes an object",
        program: program("resources:", "version: 0.1.0"),
        steps: steps![
            up(),
            Step::Look(one_provider),
            Step::Edit("version: 0.1.0", ""),
            up().keeps().changes_only(&[]),
            Step::Look(one_provider),
        ],
        ..Scenario::EMPTY
    };
    an_explicit_one: Scenario {
        promise: "the provider of the component creates every resource in it",
        program: program(OWN, "provider: '${own}'"),
        steps: steps![up(), Step::Look(one_provider), up_unchanged()],
        ..Scenario::EMPTY
    };
    several_for_the_component: Scenario {
        promise: "the component takes its provider from a list of providers too",
        program: program(OWN, "").replace("endpoints: { syncStates: false } }\n    options: {  }",
            "endpoints: { syncStates: false } }\n    options: { providers: ['${own}'] }")
            .replace("auth: { apiKey: { name: x-api-key, value: one } } }\n    options: {  }",
            "auth: { apiKey: { name: x-api-key, value: one } } }\n    options: { provider: '${own}' }"),
        steps: steps![up(), Step::Look(one_provider), up_unchanged()],
        ..Scenario::EMPTY
    };
    no_default_ones: Scenario {
        promise: "if the stack disables default providers, the component and its resources work with an explicit provider",
        program: program(OWN, ""),
        config: "  pulumi:disable-default-providers: [private-step-functions]\n",
        steps: steps![
            run("preview").fails().says(&["Default provider for 'private-step-functions' disabled"]),
            Step::Edit("options: {  }", "options: { provider: '${own}' }"),
            up(),
            Step::Look(one_provider),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    two_regions: Scenario {
        promise: "one stack works in several Regions at once, with objects of the same name in each",
        program: TWO_REGIONS.to_owned(),
        steps: steps![
            up().makes(&[("connection", 2)]),
            Step::Look(in_both_regions),
            up_unchanged(),
            run("refresh --yes --skip-preview --expect-no-changes"),
        ],
        ..Scenario::EMPTY
    };
    another_region: Scenario {
        promise: "a provider whose Region changes creates its objects again in the new Region and deletes those in the old \
                  Region",
        program: TWO_REGIONS.to_owned(),
        steps: steps![
            up(),
            Step::Edit("region: us-west-2", "region: eu-central-1"),
            run("preview").says(&["replace"]),
            up().makes(&[("connection", 2)]).calls(&["CreateConnection", "DeleteConnection"]),
            Step::Look(|project| {
                let outputs = project.outputs();
                assert!(outputs["there"].as_str().unwrap().starts_with("arn:aws:events:eu-central-1:"), "{outputs:#}");
            }),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    another_region_of_the_environment: Scenario {
        promise: "when the environment names another Region, no object counts as deleted: every operation fails and names \
                  both Regions",
        program: program("resources:", "").replace("value: one", "value: VALUE"),
        steps: steps![
            up(),
            Step::Set("AWS_REGION", "us-west-2"),
            run("refresh --yes --skip-preview").fails().says(&["is in Region eu-west-1, but the provider uses Region us-west-2"]).keeps(),
            Step::Edit("VALUE", "two"),
            up().fails().says(&["is in Region eu-west-1"]).keeps().changes_only(&[]),
            run("destroy --yes --skip-preview").fails().says(&["is in Region eu-west-1"]).keeps().changes_only(&[]),
            Step::Set("AWS_REGION", "eu-west-1"),
            up().keeps().changes_only(&["UpdateConnection"]),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    another_version: Scenario {
        promise: "a new version of the plugin changes no object",
        program: program(OWN, "provider: '${own}'"),
        steps: steps![
            up(),
            Step::Look(|project| {
                let mut state = project.state();
                let resources = state["deployment"]["resources"].as_array_mut().unwrap();
                let provider = resources.iter_mut().find(|one| is_ours(one)).unwrap();
                for side in ["inputs", "outputs"] {
                    provider[side]["version"] = "0.0.9".into();
                }
                project.import_state(&state);
            }),
            up().keeps().changes_only(&[]).never_says(&["replace"]),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
}

const TWO_REGIONS: &str = "
resources:
  ireland:
    type: pulumi:providers:private-step-functions
    properties: { region: eu-west-1 }
  oregon:
    type: pulumi:providers:private-step-functions
    properties: { region: us-west-2 }
  here:
    type: private-step-functions:Connection
    properties: { name: orders, auth: { apiKey: { name: x-api-key, value: one } } }
    options: { provider: '${ireland}' }
  there:
    type: private-step-functions:Connection
    properties: { name: orders, auth: { apiKey: { name: x-api-key, value: one } } }
    options: { provider: '${oregon}' }
outputs:
  here: ${here.arn}
  there: ${there.arn}
";

fn is_ours(resource: &Value) -> bool {
    resource["type"] == "pulumi:providers:private-step-functions"
}

/// Asserts that one provider resource, and thus one process, created everything.
fn one_provider(project: &Project) {
    let all = project.stored();
    let providers: Vec<_> = all.iter().filter(|resource| is_ours(resource)).collect();
    assert_eq!(providers.len(), 1, "{providers:#?}");
    let reference = format!(
        "{}::{}",
        providers[0]["urn"].as_str().unwrap(),
        providers[0]["id"].as_str().unwrap()
    );
    let resources = resources(project);
    let custom = resources.iter().filter(|resource| resource["custom"] == true);
    let used: Vec<_> = custom
        .map(|resource| resource["provider"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(used, vec![reference; 3]);
}

fn in_both_regions(project: &Project) {
    let outputs = project.outputs();
    for (output, region) in [("here", "eu-west-1"), ("there", "us-west-2")] {
        let arn = outputs[output].as_str().unwrap();
        assert!(arn.starts_with(&format!("arn:aws:events:{region}:")), "{outputs:#}");
    }
}
