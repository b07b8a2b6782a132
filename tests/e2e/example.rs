//! The engine runs the example of `pulumi-provider`, which does not depend on AWS.

use std::fs;

use crate::project::Project;

/// Features that the author of another provider gets from the framework.
#[test]
fn the_example_is_a_whole_provider() {
    let program = |path: &str, content: &str| {
        format!(
            "resources:\n  note:\n    type: textfile:File\n    properties: {{ path: {path}, content: {content} }}\n\
             outputs:\n  bytes: ${{note.bytes}}\n"
        )
    };
    let project = Project::new(&program("one.txt", "hello"));
    let at = |name: &str| project.directory().join(name);
    project.preview().succeeds().says("+ textfile:index:File");
    assert!(!at("one.txt").exists(), "a preview makes nothing");
    project.up().succeeds();
    assert_eq!(fs::read_to_string(at("one.txt")).unwrap(), "hello");
    assert_eq!(project.outputs()["bytes"], 5);
    project.up_unchanged().succeeds();
    project.refresh_unchanged().succeeds();

    project.program(&program("one.txt", "bye"));
    project.preview().succeeds().says("~ content: \"hello\" => \"bye\"");
    project.up().succeeds();
    assert_eq!(project.outputs()["bytes"], 3);
    // A refresh sees the foreign change.
    fs::write(at("one.txt"), "changed").unwrap();
    project
        .pulumi(&["refresh", "--yes", "--diff"])
        .succeeds()
        .says("\"bye\" => \"changed\"");
    project.up().succeeds();

    project.program(&program("two.txt", "bye"));
    project.up().succeeds().says("replaced");
    assert!(!at("one.txt").exists() && at("two.txt").exists());
    project.program(&program("two.txt", &"x".repeat(1001)));
    project.up().fails().says("must have at most 1000 characters");
    project.finish();
}
