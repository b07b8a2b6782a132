//! Every message that a user can meet, word for word: `tests/told/snapshots/` is to be read as a person reads it who was
//! woken up by it. Each must say what was done, to what, why it failed and what to do next.
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
#[path = "told/failed.rs"]
mod failed;
#[path = "told/in_the_way.rs"]
mod in_the_way;
#[path = "told/page.rs"]
mod page;
#[path = "told/refused.rs"]
mod refused;
#[path = "told/scene.rs"]
mod scene;
#[path = "support/session.rs"]
mod session;
#[path = "support/subjects.rs"]
mod subjects;
