//! `ignoreTags`: the plugin neither shows, changes nor removes other people's tags.

use serde_json::{Value, json};

use super::{all, program};
use crate::project::Project;
use crate::scenario::{Scenario, Step, resources, run, scenarios, steps, up, up_unchanged};

const IGNORING: &str = "ignoreTags: { keys: [LastScan], keyPrefixes: ['c7n:'] }\n      polling:";

/// Returns the program with a provider that ignores these tags.
fn ignoring(defaults: &str, own: &str) -> String {
    program(defaults, own).replace("polling:", IGNORING)
}

scenarios! {
    through_a_whole_life: Scenario {
        promise: "a refresh, update, import or `get` shows no tags of others, and they stay unchanged in AWS",
        program: ignoring("team: orders", "stage: one"),
        steps: steps![
            up(),
            Step::Look(tag_as_others_do),
            run("refresh --yes --skip-preview --expect-no-changes").keeps().never_says(&["LastScan"]),
            run("preview --diff --refresh --expect-no-changes").never_says(&["LastScan", "c7n:"]),
            Step::Edit("stage: one", "stage: two"),
            up().says(&["~ 4 updated"]).keeps(),
            Step::Look(|project| tagged(project, &json!({ "stage": "two", "team": "orders" }))),
            Step::Edit("stage: two", ""),
            up().says(&["~ 4 updated"]).keeps(),
            Step::Look(|project| tagged(project, &json!({ "team": "orders" }))),
            run("refresh --yes --skip-preview --expect-no-changes").keeps(),
            Step::Look(imported),
            Step::Look(|project| tagged(project, &json!({ "team": "orders" }))),
        ],
        ..Scenario::EMPTY
    };
    ignored_from_now_on: Scenario {
        promise: "tags that a refresh recorded are no difference after the provider ignores them, and one `pulumi up` leaves a \
                  tag of the program to others without a call",
        program: program("", "stage: one, LastScan: monday"),
        steps: steps![
            up(),
            Step::Look(tag_as_others_do),
            run("refresh --yes --skip-preview").says(&["~ 4 updated"]),
            run("preview --diff").says(&["c7n:owner"]),
            Step::Edit("polling:", IGNORING),
            run("up --yes --skip-preview").fails().says(&["tags.LastScan", "excludes tags with this key"]).changes_only(&[]),
            Step::Edit("stage: one, LastScan: monday", "stage: one"),
            up().changes_only(&[]).keeps().never_says(&["4 updated"]),
            Step::Look(|project| tagged(project, &json!({ "stage": "one" }))),
            run("refresh --yes --skip-preview").keeps(),
            run("refresh --yes --skip-preview --expect-no-changes").keeps(),
            up_unchanged(),
            // Without `ignoreTags`, the tags are a difference again.
            Step::Edit(IGNORING, "polling:"),
            up().changes_only(&[]).keeps(),
            run("refresh --yes --skip-preview").says(&["~ 4 updated"]),
            up().says(&["~ 4 updated"]).keeps(),
            Step::Look(|project| {
                for (_, tags) in in_aws(project) {
                    assert_eq!(tags, json!({ "stage": "one" }));
                }
            }),
        ],
        ..Scenario::EMPTY
    };
}

/// Returns the names and outputs of the resources with tags.
fn taggable(project: &Project) -> Vec<(String, Value)> {
    let mut resources = resources(project);
    resources.retain(|resource| !resource["outputs"]["tagsAll"].is_null());
    assert_eq!(resources.len(), 4);
    let named = resources.into_iter().map(|mut resource| {
        let (_, name) = resource["urn"].as_str().unwrap().rsplit_once("::").unwrap();
        (name.to_owned(), resource["outputs"].take())
    });
    named.collect()
}

fn tag_as_others_do(project: &Project) {
    for (_, outputs) in taggable(project) {
        let arn = outputs["arn"].as_str().unwrap();
        if arn.contains(":ec2:") {
            let (_, id) = arn.rsplit_once('/').unwrap();
            let tags = "&Tag.1.Key=LastScan&Tag.1.Value=monday&Tag.2.Key=c7n:owner&Tag.2.Value=x";
            project.emulator.ec2("CreateTags", &format!("&ResourceId.1={id}{tags}"));
        } else {
            let path = format!("/tags/{}", arn.replace('/', "%2F"));
            let tags = json!({ "tags": { "LastScan": "monday", "c7n:owner": "x" } });
            project.emulator.lattice("POST", &path, &tags);
        }
    }
    // EC2 shows new tags late.
    project.emulator.wait_for("their tags on everything", |rows| {
        let mut rows = rows.iter().filter(|row| !row.detail["tags"].is_null());
        rows.all(|row| all(&row.detail["tags"]).is_empty() || all(&row.detail["tags"]).contains_key("LastScan"))
    });
}

/// Returns the ids of the objects in AWS that can have tags, and their tags without the ownership tags.
fn in_aws(project: &Project) -> Vec<(String, Value)> {
    let rows = project.emulator.made().into_iter();
    let tagged = rows.filter(|row| super::KINDS.contains(&row.kind.as_str())).map(|row| {
        let mut tags = all(&row.detail["tags"]);
        tags.retain(|key, _| !key.starts_with("private-step-functions:"));
        (row.id, json!(tags))
    });
    tagged.collect()
}

/// Asserts that every object in AWS has these tags and those of others.
fn tagged(project: &Project, expected: &Value) {
    let mut in_aws = expected.clone();
    in_aws["LastScan"] = json!("monday");
    in_aws["c7n:owner"] = json!("x");
    for (id, tags) in self::in_aws(project) {
        assert_eq!(tags, in_aws, "{id}");
    }
}

/// Removes the resources from the state and imports them with the `import` option. Reads one with `get`.
fn imported(project: &Project) {
    let ids: Vec<_> = resources(project)
        .iter()
        .map(|resource| {
            let (_, name) = resource["urn"].as_str().unwrap().rsplit_once("::").unwrap();
            (name.to_owned(), resource["id"].as_str().unwrap().to_owned())
        })
        .collect();
    project.forget();
    let plain = ignoring("team: orders", "");
    let mut importing = plain.clone();
    for (name, id) in &ids {
        let (before, after) = importing.split_once(&format!("  {name}:\n")).unwrap();
        let after = after.replacen("options: { ", &format!("options: {{ import: '{id}', "), 1);
        importing = format!("{before}  {name}:\n{after}");
    }
    project.program(&importing);
    project.up().succeeds().says("4 imported").never_says("LastScan");
    let (_, group) = ids.iter().find(|(name, _)| name == "group").unwrap();
    let seen = format!(
        "{plain}  seen:\n    type: private-step-functions:SecurityGroup\n    get: {{ id: {group} }}\n    options: {{ provider: \
         '${{account}}' }}\noutputs:\n  own: ${{seen.tags}}\n  all: ${{seen.tagsAll}}\n"
    );
    project.program(&seen);
    project.up().succeeds();
    assert_eq!(project.outputs()["all"], json!({ "team": "orders" }));
    assert!(!project.outputs().to_string().contains("LastScan"));
    project.program(&plain);
    project.up().succeeds();
    project.up_unchanged().succeeds();
    let recorded = taggable(project);
    assert!(
        !json!(recorded.iter().map(|(_, outputs)| outputs).collect::<Vec<_>>())
            .to_string()
            .contains("LastScan")
    );
}
