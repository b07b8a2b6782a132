//! Tags: those of others, which are left alone, ours, which may be left out, and how many AWS takes. Each resource that has tags,
//! through the real server in memory, on a paused clock.
// In a test, what cannot be unwrapped is a failure.
#![allow(clippy::unwrap_used)]

// Each test binary uses a part of the harness, and nothing outside it can.
#[allow(dead_code, unreachable_pub)]
mod harness {
    pub mod engine;
    pub mod monitor;
    pub mod network;
    pub mod server;
}
#[path = "tagging/check.rs"]
mod check;
#[path = "tagging/others.rs"]
mod others;
#[path = "tagging/ownership.rs"]
mod ownership;
#[path = "tagging/scene.rs"]
mod scene;
#[path = "support/session.rs"]
mod session;
#[path = "support/subjects.rs"]
mod subjects;
