//! Tests of tags: other people's tags, which stay untouched, the provider's ownership tags, which can be disabled, and
//! AWS's tag limit. For each resource that has tags, through the real server in memory, on a paused clock.
// In a test, a failed unwrap is a test failure.
#![allow(clippy::unwrap_used)]

// Each test binary uses only part of the harness, and no other crate can use it.
#[allow(dead_code, unreachable_pub)]
mod harness {
    pub mod engine;
    pub mod monitor;
    pub mod network;
    pub mod server;
}
#[path = "tagging/check.rs"]
mod check;
#[path = "tagging/ignored_tags.rs"]
mod ignored_tags;
#[path = "tagging/ownership.rs"]
mod ownership;
#[path = "support/session.rs"]
mod session;
#[path = "support/subjects.rs"]
mod subjects;
#[path = "tagging/tagged.rs"]
mod tagged;
