//! End-to-end tests: the real Pulumi CLI and engine, this plugin and the AWS emulator, each as its own process.
//!
//! Every test has its own [`project::Project`]: a new emulator, Pulumi home, state backend and project, all removed afterwards.
//! Therefore tests run in parallel, and need no account, credentials or network.
//!
//! The tests use the Pulumi CLI in `build/bin`, where `make test` installs it, or the one on PATH. They fail without one.
//!
//! | module | subject |
//! |---|---|
//! | [`cycle`] | programs through preview, up, up, refresh, update, destroy: a table, one row per program |
//! | [`functions`] | functions that write tasks and policies; the program of docs/state-machines.md |
//! | [`secrets`] | secrets are encrypted in the state, masked in output, and written nowhere else |
//! | [`invalid`] | all mistakes in a program are reported at once, before anything is created |
//! | [`unknown`] | inputs that come from other resources of the program |
//! | [`existing`] | drift: objects that no longer exist |
//! | [`import`] | existing objects: the `import` option, `pulumi import`, `get`; a table, one row per program |
//! | [`adopt`] | objects that others made, as a component: the command, the import, the first preview, a change |
//! | [`recovery`] | a failed create, update or delete, and the next run that finishes it: a table, one row per failure |
//! | [`upgrade`] | state that another version of the plugin wrote |
//! | [`package`] | the schema, as Pulumi's tools read it |
//! | [`configuration`] | the provider's configuration, and mistakes in it |
//! | [`properties`] | every property of every resource: changed, changed by somebody else, ignored, replaced; tables |
//! | [`component_parts`] | parts of a component that the program adds, removes and moves |
//! | [`names`] | names that the program sets, and replacements |
//! | [`tags`] | tags on the resource, on the provider, on both |
//! | [`deleted`] | objects that somebody deleted outside Pulumi |
//! | [`interrupted`] | Ctrl-C while AWS works |
//! | [`destroying`] | `destroy` waits for objects that AWS releases late |
//! | [`target`] | `--target` and `--exclude`: updates of a part of the stack |
//! | [`replace`] | replacements that the user requests |
//! | [`protect`] | `protect`, `retainOnDelete`, `deletedWith` |
//! | [`rename`] | renamed and moved resources |
//! | [`timeouts`] | `customTimeouts` |
//! | [`options`] | the other resource options |
//! | [`engines`] | the example with a recent engine and with the oldest supported one, and their messages |
//! | [`partitions`] | the component in China, GovCloud and the European Sovereign Cloud: a table, one row per Region |
//! | [`providers`] | several providers, the default one, changes of Region and version |
//! | [`preview`] | the forms of `preview`, `--refresh`, update plans |
//! | [`failures`] | a part of the update fails |
//! | [`state`] | commands that take the state apart and reassemble it |
//! | [`engine`] | observed engine behavior, and the tests that show how the plugin handles it |
//! | [`example`] | the example of `pulumi-provider`, a provider without AWS |
//! | [`lost_responses`] | the response to each creating call is lost once: a table, one row per call |

#![expect(
    clippy::unwrap_used,
    reason = "a test whose project cannot be made has nothing better to say than where"
)]

mod adopt;
mod autonaming;
mod component_parts;
mod configuration;
mod cycle;
mod deleted;
mod destroying;
mod diagnose;
mod emulator;
mod engine;
mod engines;
mod example;
mod existing;
mod failures;
mod fips;
mod functions;
mod import;
mod interrupted;
mod invalid;
mod lookups;
mod lost_responses;
mod names;
mod options;
mod package;
mod partitions;
mod preview;
mod preview_checks;
mod programs;
mod project;
mod properties;
mod protect;
mod providers;
mod pulumi;
mod reasons;
mod recovery;
mod rename;
mod replace;
mod scenario;
mod secrets;
mod shown;
mod state;
mod tags;
mod target;
mod timeouts;
mod traffic;
mod unknown;
mod upgrade;
