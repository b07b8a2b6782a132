//! Renamed and moved resources: `aliases`, `pulumi state rename`, `pulumi stack rename`.

use crate::programs::{component, each};
use crate::scenario::{Scenario, Step, run, scenarios, steps, up, up_unchanged};

scenarios! {
    the_component: Scenario {
        promise: "a renamed component with an alias keeps all of its resources as they are",
        program: component(""),
        steps: steps![
            up(),
            Step::Edit("  private:\n", "  renamed:\n"),
            Step::Edit("${private.", "${renamed."),
            Step::Edit("options: {  }", "options: { aliases: [{ name: private }] }"),
            up().keeps().changes_only(&[]),
            Step::Edit("aliases: [{ name: private }]", ""),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    a_resource: Scenario {
        promise: "a renamed resource with an alias keeps its object",
        program: each(""),
        steps: steps![
            up(),
            Step::Edit("  group:\n", "  renamed:\n"),
            Step::Edit("${group.id}", "${renamed.id}"),
            Step::Edit("description: callers }]\n    options: {  }", "description: callers }]\n    options: { aliases: [{ name: group }] }"),
            up().keeps().changes_only(&[]),
            Step::Edit("aliases: [{ name: group }]", ""),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    state_rename: Scenario {
        promise: "`pulumi state rename` and the same change in the program rename a resource without an alias",
        program: each(""),
        steps: steps![
            up(),
            run("state rename --yes @connection link"),
            Step::Edit("  connection:\n", "  link:\n"),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    stack_rename: Scenario {
        promise: "`pulumi stack rename` changes every URN and not one object",
        program: component(""),
        steps: steps![
            up(),
            run("stack rename moved"),
            up_unchanged(),
            run("refresh --yes --skip-preview --expect-no-changes").keeps().never_says(&["warning"]),
            run("stack rename test"),
        ],
        ..Scenario::EMPTY
    };
}
