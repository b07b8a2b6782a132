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
//! | [`existing`] | import, and objects that vanished |
//! | [`package`] | the schema, in the hands of Pulumi's tools |
//! | [`destroying`] | destroy waits for what AWS lets go of late |

#![expect(
    clippy::unwrap_used,
    reason = "a test whose world cannot be made has nothing better to say than where"
)]

mod cycle;
mod destroying;
mod emulator;
mod existing;
mod invalid;
mod package;
mod pulumi;
mod secrets;
mod world;
