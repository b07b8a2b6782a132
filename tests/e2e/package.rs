//! The package as Pulumi's own tools see it.

use std::fs;

use serde_json::Value;

use crate::project::{Project, plugins};

#[test]
fn the_plugin_serves_a_schema_that_pulumi_accepts() {
    let project = Project::new("resources: {}\n");
    let plugin = plugins().join("pulumi-resource-private-step-functions");
    let served = project
        .pulumi(&["package", "get-schema", plugin.to_str().unwrap()])
        .succeeds();
    let schema: Value = serde_json::from_str(&served.stdout).unwrap();
    assert_eq!(
        (&schema["name"], &schema["version"]),
        (&"private-step-functions".into(), &env!("CARGO_PKG_VERSION").into())
    );

    let file = project.directory().join("schema.json");
    fs::write(&file, &served.stdout).unwrap();
    project
        .pulumi(&["schema", "check", file.to_str().unwrap()])
        .succeeds()
        .never_says("arning");
}
