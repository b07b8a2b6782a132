//! Engine behavior beyond its documentation, and the tests that show how the plugin handles it.
//!
//! | the engine … | so the plugin … | shown by |
//! |---|---|---|
//! | starts another provider for children without a provider | gives each child its own provider | [`providers`](crate::providers) |
//! | answers with unknowns for children that `--target` leaves out, in a real update | continues, and names them in a warning | [`target`](crate::target) |
//! | answers in the same way for resources that `--continue-on-error` skips (after 3.260) | names them in the same warning | `tests/automation/test_continued.py` |
//! | requests previews of skipped resources during an update (after 3.260) | reads `preview` from each request | the same |
//! | retries a partial Create for an error hook as an Update (after 3.260) | completes the object in both cases | `tests/automation/test_hooks.py` |
//! | checks whether an object exists with a Read under a reserved name (since 3.269) | answers that it does not exist, where an import fails | `tests/automation/node` |
//! | sends a new random seed with every registration | keeps a name once it is generated | [`autonaming`](crate::autonaming), `preview::plan` |
//! | loses an object if it is killed during the create | names the object in the next run | `state::an_update_that_was_killed` |
//! | does not wrap nested secrets | marks the properties that the schema declares secret | [`secrets`](crate::secrets) |
//! | prints the value at the path of a mistake | reports no path at, above or below a secret | `secrets::an_error_shows_no_secret` |
//! | sends containers that are unknown as a whole | leaves out, in a preview, the parts that depend on them | `engine::a_container_that_is_not_known_yet` |
//! | treats an output that a preview omits as unknown | returns null for an output that cannot exist | `engine::outputs_that_cannot_be` |
//! | prints a line for each message outside a terminal | reports a state once | `engine::progress` |
//! | skips Diff where the user forces a replacement | fixes the order beforehand where it matters, and explains a name that is taken | [`replace`](crate::replace) |
//! | deletes first wherever names are `verbatim` | fails early where a delete could never finish | `autonaming::verbatim_in_use` |
//! | passes few options on to children | copies `customTimeouts`, and warns of the others | [`timeouts`](crate::timeouts), [`options`](crate::options) |
//! | requires names for the component's children too, where autonaming is disabled | reads them from `names` | `autonaming::disabled_component` |
//! | treats an empty Read response as a deletion | refuses to read in another Region | `providers::another_region_of_the_environment` |
//! | sends a Diff with unknowns in a real update | answers it | `replace::delete_before_replace_with_what_needs_it` |
//! | handles dependencies on a component, its aliases and `deletedWith` | leaves these to the engine | `options::depends_on_the_component`, `rename::the_component`, `protect::the_component_deleted_with` |

use std::collections::BTreeMap;

use crate::project::Project;
use crate::scenario::{Scenario, Step, run, scenarios, steps, up, up_unchanged};

const PRIVATE: &str = "
resources:
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties: { vpcId: '${vpcId}', service: execute-api, subnetIds: '${subnetIds}', privateDnsEnabled: false }
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${vpcId}
      subnetIds: ${subnetIds}
      endpoints: { syncStates: false }
      privateApis:
        fn::secret:
          orders: { vpcEndpointId: '${endpoint.id}', auth: { apiKey: { name: x-api-key, value: one } } }
outputs:
  shown: { 'fn::toJSON': { executeApi: '${private.executeApiEndpoint}' } }
";

scenarios! {
    a_container_that_is_not_known_yet: Scenario {
        promise: "a preview with unknown containers says which parts it cannot show and shows the rest; the update creates \
                  everything",
        program: PRIVATE.to_owned(),
        steps: steps![
            run("preview").says(&["warning: `privateApis` is not known yet", "private-states"]).never_says(&["private-orders"]),
            up().says(&["private-orders"]).never_says(&["not known yet"]),
            up_unchanged(),
        ],
        ..Scenario::EMPTY
    };
    outputs_that_cannot_be: Scenario {
        promise: "an output for a resource that the component does not create is null, in a preview too",
        program: PRIVATE.to_owned(),
        steps: steps![run("preview").says(&["executeApi: <null>"])],
        ..Scenario::EMPTY
    };
    a_resource_that_is_only_read: Scenario {
        promise: "`get` reads an existing object by its id alone and never changes or deletes it",
        program: "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}', name: callers, tags: { stage: one } }
  same:
    type: private-step-functions:SecurityGroup
    get: { id: '${group.id}' }
outputs:
  name: ${same.name}
"
        .to_owned(),
        steps: steps![
            up(),
            Step::Look(|project| assert_eq!(project.outputs()["name"], "callers")),
            up_unchanged(),
            run("refresh --yes --skip-preview --expect-no-changes"),
            run("destroy --yes --skip-preview").calls(&["DeleteSecurityGroup"]),
        ],
        ..Scenario::EMPTY
    };
}

#[test]
fn progress() {
    // Slow enough for a busy machine: the CLI draws only the latest line of a row.
    let project = Project::at_speed(
        1.0,
        "
resources:
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}' }
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties: { vpcId: '${vpcId}', service: execute-api, subnetIds: '${subnetIds}', privateDnsEnabled: false }
",
    )
    .proving(
        "the resource's row shows each state that the plugin waits for once, and no longer shows one when the object is ready",
    );
    for run in [project.up(), project.destroy()] {
        let run = run.succeeds();
        let mut last: BTreeMap<&str, &str> = BTreeMap::new();
        let mut told = 0;
        for line in run.stdout.lines() {
            let Some(name) = ["gateway", "endpoint"]
                .into_iter()
                .find(|name| line.contains(&format!(" {name} ")))
            else {
                continue;
            };
            let text = line.split_once(") ").map_or("", |(_, text)| text.trim());
            if text.starts_with("waiting for ") {
                assert_ne!(last.get(name), Some(&text), "told twice: {}", run.stdout);
                told += 1;
            }
            last.insert(name, text);
        }
        assert!(
            told >= 2 && last.values().all(|text| text.is_empty()),
            "{last:?}: {}",
            run.stdout
        );
    }
    project.finish();
}
