//! Commands that run before anything changes: the forms of `preview`, `--refresh`, and update plans.

use serde_json::Value;

use crate::programs::component;
use crate::project::Project;
use crate::scenario::{Scenario, Step, run, scenarios, steps, up, up_unchanged};

const GROUP: &str = "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties:
      vpcId: ${vpcId}
      description: one
      ingress: [{ protocol: tcp, fromPort: 443, toPort: 443, cidrIpv4: 10.0.0.0/8 }]
      tags: { stage: one }
outputs:
  id: ${group.id}
  name: ${group.name}
";

scenarios! {
    diff: Scenario {
        promise: "`preview --diff` shows the old and the new value of exactly the parts that change, and which change replaces",
        program: GROUP.to_owned(),
        steps: steps![
            up(),
            Step::Edit("stage: one", "stage: two"),
            Step::Edit("10.0.0.0/8", "10.1.0.0/16"),
            run("preview --diff").says(&[
                "~ private-step-functions:index:SecurityGroup: (update)",
                "~ stage: \"one\" => \"two\"",
                "~ cidrIpv4: \"10.0.0.0/8\" => \"10.1.0.0/16\"",
            ]),
            Step::Edit("description: one", "description: two"),
            run("preview --diff").says(&[
                "+-private-step-functions:index:SecurityGroup: (replace)",
                "~ description: \"one\" => \"two\"",
            ]),
        ],
        ..Scenario::EMPTY
    };
    json: Scenario {
        promise: "`preview --json` states for each resource, those of the component too, what the update will do to it and why",
        program: component(""),
        steps: steps![
            Step::Look(|project| {
                let steps = previewed(project);
                assert_eq!(steps.len(), 7);
                assert!(steps.iter().all(|(_, step)| step["op"] == "create"), "{steps:#?}");
            }),
            up(),
            Step::Look(|project| {
                assert!(previewed(project).iter().all(|(_, step)| step["op"] == "same"));
            }),
            Step::Edit("stage: one", "stage: two"),
            Step::Edit("domainName: orders.example.com", "domainName: orders.example.org"),
            Step::Look(changes_in_json),
        ],
        ..Scenario::EMPTY
    };
    refresh: Scenario {
        promise: "`preview --refresh` shows drift and changes neither state nor AWS; `up --refresh` corrects the drift",
        program: GROUP.to_owned(),
        steps: steps![
            up(),
            Step::Look(|project| {
                let group = project.outputs()["id"].as_str().unwrap().to_owned();
                let tag = "&Tag.1.Key=stage&Tag.1.Value=drifted";
                project.emulator.ec2("CreateTags", &format!("&ResourceId.1={group}{tag}"));
            }),
            run("preview --refresh --diff").changes_only(&[]).says(&["~ stage: \"drifted\" => \"one\""]),
            up_unchanged(),
            run("up --yes --skip-preview --refresh").changes_only(&["CreateTags"]).says(&["1 updated"]),
            run("refresh --yes --skip-preview --expect-no-changes"),
        ],
        ..Scenario::EMPTY
    };
    destroy: Scenario {
        promise: "`destroy --preview-only` shows what it would delete, and deletes nothing",
        program: component(""),
        steps: steps![
            up(),
            run("destroy --preview-only").keeps().changes_only(&[]).says(&["private-states", "- 8 to delete"]),
            run("refresh --preview-only --expect-no-changes").keeps().changes_only(&[]),
        ],
        ..Scenario::EMPTY
    };
    plan: Scenario {
        promise: "`up --plan` does what `preview --save-plan` has shown, with the same names, and refuses anything else",
        program: component(""),
        steps: steps![
            Step::Set("PULUMI_EXPERIMENTAL", "true"),
            run("preview --save-plan plan.json"),
            run("up --yes --skip-preview --plan plan.json"),
            Step::Look(names_are_those_of_the_plan),
            up_unchanged(),
            run("preview --save-plan plan.json"),
            Step::Edit("stage: one", "stage: two"),
            run("up --yes --skip-preview --plan plan.json").fails().says(&["violates plan"]).changes_only(&[]),
            up().keeps(),
        ],
        ..Scenario::EMPTY
    };
}

/// Returns the steps of `preview --json`, by type and name, without those of the stack and of providers.
fn previewed(project: &Project) -> Vec<(String, Value)> {
    let preview = project.pulumi(&["preview", "--json"]).succeeds();
    let mut preview: Value = serde_json::from_str(&preview.stdout).unwrap();
    let Value::Array(steps) = preview["steps"].take() else {
        panic!("{preview:#}")
    };
    let named = steps.into_iter().map(|step| {
        let urn = step["urn"].as_str().unwrap();
        let (kind, name) = urn.rsplit_once("::").unwrap();
        (format!("{} {name}", kind.rsplit(':').next().unwrap()), step)
    });
    let of_engine = |name: &str| name.starts_with("Stack ") || name.starts_with("private-step-functions ");
    named.filter(|(name, _)| !of_engine(name)).collect()
}

fn changes_in_json(project: &Project) {
    let steps = previewed(project);
    let shown = |(name, step): &(String, Value)| {
        let kind = |change: &Value| change["kind"].as_str().unwrap().to_owned();
        let detailed = step["detailedDiff"].as_object().into_iter().flatten();
        let changes: Vec<_> = detailed
            .map(|(path, change)| format!("{path} {}", kind(change)))
            .collect();
        format!("{name}: {} {}", step["op"].as_str().unwrap(), changes.join(", "))
    };
    let mut shown: Vec<_> = steps.iter().map(shown).collect();
    shown.sort_unstable();
    assert_eq!(
        shown,
        [
            "Connection private-orders: update resourceConfigurationArn update",
            "InterfaceEndpoint private-states: update tags.stage update",
            "PrivateStepFunctions private: update ",
            "ResourceConfiguration private-orders: replace tags.stage update, target.domainName update-replace",
            "ResourceGateway private: update tags.stage update",
            "SecurityGroup private-endpoints: update tags.stage update",
            "SecurityGroup private-gateway: update tags.stage update",
        ]
    );
}

fn names_are_those_of_the_plan(project: &Project) {
    let plan = std::fs::read_to_string(project.directory().join("plan.json")).unwrap();
    let resources = crate::scenario::resources(project);
    let names = resources
        .iter()
        .filter_map(|resource| resource["inputs"]["name"].as_str());
    let names: Vec<_> = names.collect();
    assert_eq!(names.len(), 5, "{names:?}");
    for name in names {
        assert!(
            plan.contains(&format!("\"{name}\"")),
            "{name} is not in the plan: {plan}"
        );
    }
}
