//! End to end: the real Pulumi CLI and engine, this plugin and the AWS emulator, each as a process of its own.
//!
//! Every test owns a [`world::World`]: an emulator, a Pulumi home, a state backend and a project, all fresh and all gone
//! afterwards. So tests run side by side, and none needs an account, credentials or a network.
//!
//! The Pulumi CLI is taken from `build/bin`, where `make test` puts it, or from PATH. Without one these tests fail.
//!
//! | module | what is asked |
//! |---|---|
//! | [`cycle`] | programs through preview, up, up, refresh, update, destroy: a table, one row a program |
//! | [`secrets`] | secrets are encrypted in state, masked in output, and nowhere else |
//! | [`invalid`] | all mistakes of a program at once, before anything is made |
//! | [`unknown`] | inputs that other resources of the program make |
//! | [`existing`] | objects that vanished |
//! | [`import`] | what exists already: the `import` option, `pulumi import`, `get`; a table, one row a program |
//! | [`recovery`] | a create, update or delete that failed, and the next run that finishes it: a table, one row a failure |
//! | [`upgrade`] | state that another version of the plugin wrote |
//! | [`package`] | the schema, in the hands of Pulumi's tools |
//! | [`configuration`] | the provider's configuration, and mistakes in it |
//! | [`properties`] | every property of every resource, changed, changed by somebody else, ignored, replacing: tables |
//! | [`component_parts`] | parts of a component that come, go and move |
//! | [`names`] | names that the program gives, and replacements |
//! | [`tags`] | of the resource, of the provider, of both |
//! | [`deleted`] | objects that somebody deleted behind Pulumi's back |
//! | [`interrupted`] | Ctrl-C while AWS works |
//! | [`destroying`] | destroy waits for what AWS lets go of late |
//! | [`target`] | `--target` and `--exclude`: a part of the stack |
//! | [`replace`] | replacements that the user asks for |
//! | [`protect`] | `protect`, `retainOnDelete`, `deletedWith` |
//! | [`rename`] | new names and places in the program |
//! | [`timeouts`] | `customTimeouts` |
//! | [`options`] | the other resource options |
//! | [`engines`] | the example with a recent engine and with the oldest supported, and what they say to the plugin |
//! | [`partitions`] | the component in China, GovCloud and the European Sovereign Cloud: a table, one row a Region |
//! | [`providers`] | several providers, the default one, changes of Region and version |
//! | [`preview`] | `preview` in its forms, `--refresh`, plans |
//! | [`failures`] | a part of the update fails |
//! | [`state`] | the state, taken apart and put together again |
//! | [`engine`] | what the engine was seen to do, and which case shows what the plugin makes of it |
//! | [`lost_responses`] | the answer of each creating call is lost once: a table, one row a call |

#![expect(
    clippy::unwrap_used,
    reason = "a test whose world cannot be made has nothing better to say than where"
)]

mod component_parts;
mod configuration;
mod cycle;
mod deleted;
mod destroying;
mod emulator;
mod engine;
mod engines;
mod example;
mod existing;
mod failures;
mod import;
mod interrupted;
mod invalid;
mod lost_responses;
mod names;
mod options;
mod package;
mod partitions;
mod preview;
mod programs;
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
mod world;
