//! The other resource options: `ignoreChanges`, `additionalSecretOutputs`, `dependsOn`, and `--parallel`.

use crate::programs::{COMPONENT_MADE, component};
use crate::project::Project;
use crate::scenario::{Scenario, Step, resources, run, scenarios, steps, up, up_unchanged};

const TAGGED: &str = "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}', tags: { stage: one, team: orders } }
    options: { ignoreChanges: [tags.stage] }
  connection:
    type: private-step-functions:Connection
    properties: { description: one, auth: { apiKey: { name: x-api-key, value: one } } }
    options: { ignoreChanges: [auth.apiKey.value] }
";

scenarios! {
    ignore_changes: Scenario {
        promise: "`ignoreChanges` on one property, secret or not, keeps its value while other properties change",
        program: TAGGED.to_owned(),
        steps: steps![
            up(),
            Step::Edit("stage: one", "stage: two"),
            Step::Edit("value: one", "value: two"),
            up_unchanged(),
            Step::Edit("team: orders", "team: billing"),
            up().changes_only(&["CreateTags"]),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    ignore_and_replace_on_changes_of_the_component: Scenario {
        promise: "`ignoreChanges` and `replaceOnChanges` on the component do not apply to its resources, and the plugin warns \
                  of that",
        program: component("ignoreChanges: [tags], replaceOnChanges: [tags]"),
        steps: steps![
            up().says(&["warning: `ignoreChanges` on a component", "warning: `replaceOnChanges` on a component"]),
            Step::Edit("stage: one", "stage: two"),
            up().keeps().changes_only(&["CreateTags", "TagResource"]),
        ],
        ..Scenario::EMPTY
    };
    additional_secret_outputs: Scenario {
        promise: "`additionalSecretOutputs` encrypts an output of a resource, and of the component",
        program: component("additionalSecretOutputs: [resourceGatewayId, connections]").replace("resources:", "resources:
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}' }
    options: { additionalSecretOutputs: [arn] }") + "  arn: ${group.arn}\n",
        steps: steps![up().says(&["[secret]"]), Step::Look(chosen_outputs_are_encrypted), up_unchanged()],
        ..Scenario::EMPTY
    };
    depends_on_the_component: Scenario {
        promise: "a resource that depends on the component is created after all of its resources and destroyed before them",
        program: component("").replace("resources:", "resources:
  last:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}', description: the last }
    options: { dependsOn: ['${private}'] }"),
        steps: steps![
            up().calls(&["CreateConnection", "CreateSecurityGroup"]),
            run("destroy --yes --skip-preview").calls(&["DeleteSecurityGroup", "DeleteConnection"]),
        ],
        ..Scenario::EMPTY
    };
    a_child_of_the_program: Scenario {
        promise: "a resource of the program can have the component as its parent, and is created and destroyed with it",
        program: component("").replace("resources:", "resources:
  own:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}' }
    options: { parent: '${private}' }"),
        steps: steps![up().says(&["own created"]), up_unchanged()],
        ..Scenario::EMPTY
    };
    hide_diffs: Scenario {
        promise: "`hideDiffs` hides a value from the diff, and the update changes it nevertheless",
        program: TAGGED.replace("ignoreChanges: [tags.stage]", "hideDiffs: [tags, tagsAll]"),
        steps: steps![
            up(),
            Step::Edit("stage: one", "stage: unseen"),
            run("up --yes --diff").never_says(&["unseen"]).changes_only(&["CreateTags"]),
        ],
        ..Scenario::EMPTY
    };
    environment_of_a_provider: Scenario {
        promise: "`envVarMappings` gives each provider its own environment variables, such as a Region",
        program: "
resources:
  elsewhere:
    type: pulumi:providers:private-step-functions
    options: { envVarMappings: { ELSEWHERE: AWS_REGION } }
  connection:
    type: private-step-functions:Connection
    properties: { auth: { apiKey: { name: x-api-key, value: one } } }
    options: { provider: '${elsewhere}' }
outputs:
  arn: ${connection.arn}
".to_owned(),
        steps: steps![
            Step::Set("ELSEWHERE", "us-west-2"),
            up(),
            Step::Look(|project| {
                let outputs = project.outputs();
                assert!(outputs["arn"].as_str().unwrap().starts_with("arn:aws:events:us-west-2:"), "{outputs:#}");
            }),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    one_at_a_time: Scenario {
        promise: "`--parallel 1` creates and destroys the component too",
        program: component(""),
        steps: steps![
            run("up --yes --skip-preview --parallel 1").makes(COMPONENT_MADE),
            up_unchanged(),
            run("destroy --yes --skip-preview --parallel 1").makes(&[]),
        ],
        ..Scenario::EMPTY
    };
}

fn chosen_outputs_are_encrypted(project: &Project) {
    let resources = resources(project);
    // Look up by name, because the component has groups of its own.
    let outputs = |end: &str| {
        let found = resources
            .iter()
            .find(|one| one["urn"].as_str().is_some_and(|urn| urn.ends_with(end)));
        &found.unwrap()["outputs"]
    };
    let is_secret = |value: &serde_json::Value| value["ciphertext"].is_string();
    let (component, group) = (
        outputs(":PrivateStepFunctions::private"),
        outputs(":SecurityGroup::group"),
    );
    assert!(
        is_secret(&component["resourceGatewayId"]) && is_secret(&component["connections"]),
        "{component:#}"
    );
    assert!(is_secret(&group["arn"]) && !is_secret(&group["name"]), "{group:#}");
}
