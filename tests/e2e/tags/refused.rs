//! Tags that the plugin refuses: too many of them, and reserved keys.

use super::program;
use crate::programs::component;
use crate::scenario::{Scenario, Step, run, scenarios, steps, up};

/// Returns this number of tags, as YAML.
fn many(count: usize) -> String {
    let tags: Vec<_> = (0..count).map(|number| format!("k{number}: x")).collect();
    tags.join(", ")
}

scenarios! {
    more_than_aws_takes: Scenario {
        promise: "the preview reports that an object would have more tags than AWS allows, and how many come from each source",
        program: program("team: orders, k0: y", &many(48)),
        steps: steps![
            run("preview").fails().says(&[
                "AWS allows 50 tags on an object, but it would have 51: 48 from the resource's `tags`, 1 more from the provider's \
                 `defaultTags`, 2 that the provider adds itself. Remove 1",
            ]).changes_only(&[]),
            Step::Edit("team: orders, ", ""),
            up(),
        ],
        ..Scenario::EMPTY
    };
    more_than_aws_takes_in_the_component: Scenario {
        promise: "the preview reports too many tags of a component, which its children get",
        program: component("").replace("stage: one", &many(49)),
        steps: steps![
            run("preview").fails().says(&["it would have 51: 49 from the resource's `tags`, 2 that the provider adds itself"]).changes_only(&[]),
            Step::Edit(", k48: x", ""),
            run("preview").changes_only(&[]),
        ],
        ..Scenario::EMPTY
    };
    reserved_keys: Scenario {
        promise: "the preview refuses the keys of the ownership tags in `defaultTags` and in a resource's `tags`",
        program: program("private-step-functions:urn: x", "stage: one"),
        steps: steps![
            run("preview").fails().says(&["defaultTags.tags.private-step-functions:urn", "the provider's own"]).changes_only(&[]),
            Step::Edit("private-step-functions:urn: x", ""),
            Step::Edit("stage: one", "private-step-functions:operation: x"),
            run("preview").fails().says(&["tags.private-step-functions:operation", "the provider's own"]).changes_only(&[]),
        ],
        ..Scenario::EMPTY
    };
    reserved_keys_of_the_component: Scenario {
        promise: "the preview refuses the keys of the ownership tags in a component's `tags`",
        program: component("").replace("stage: one", "'private-step-functions:urn': x"),
        steps: steps![
            run("preview").fails().says(&["tags.private-step-functions:urn", "the provider's own"]).changes_only(&[]),
        ],
        ..Scenario::EMPTY
    };
}
