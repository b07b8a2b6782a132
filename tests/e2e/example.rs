//! The engine runs the example of `pulumi-provider`, which does not depend on AWS.

use std::fs;

use crate::world::World;

/// Features that the author of another provider gets from the framework.
#[test]
fn the_example_is_a_whole_provider() {
    let program = |path: &str, content: &str| {
        format!(
            "resources:\n  note:\n    type: textfile:File\n    properties: {{ path: {path}, content: {content} }}\n\
             outputs:\n  bytes: ${{note.bytes}}\n"
        )
    };
    let world = World::new(&program("one.txt", "hello"));
    let at = |name: &str| world.project().join(name);
    world.preview().succeeds().says("+ textfile:index:File");
    assert!(!at("one.txt").exists(), "a preview makes nothing");
    world.up().succeeds();
    assert_eq!(fs::read_to_string(at("one.txt")).unwrap(), "hello");
    assert_eq!(world.outputs()["bytes"], 5);
    world.up_unchanged().succeeds();
    world.refresh_unchanged().succeeds();

    world.program(&program("one.txt", "bye"));
    world.preview().succeeds().says("~ content: \"hello\" => \"bye\"");
    world.up().succeeds();
    assert_eq!(world.outputs()["bytes"], 3);
    // A refresh sees the foreign change.
    fs::write(at("one.txt"), "changed").unwrap();
    world
        .pulumi(&["refresh", "--yes", "--diff"])
        .succeeds()
        .says("\"bye\" => \"changed\"");
    world.up().succeeds();

    world.program(&program("two.txt", "bye"));
    world.up().succeeds().says("replaced");
    assert!(!at("one.txt").exists() && at("two.txt").exists());
    world.program(&program("two.txt", &"x".repeat(1001)));
    world.up().fails().says("must have at most 1000 characters");
    world.finish();
}
