//! Snapshots of every message that a user can see, word for word. Review `tests/wording/snapshots/` as an on-call engineer
//! would read it. Each message must state the operation, the object, the cause and what to do next.
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
#[path = "wording/blocked.rs"]
mod blocked;
#[path = "wording/failed.rs"]
mod failed;
#[path = "wording/page.rs"]
mod page;
#[path = "support/prepared.rs"]
mod prepared;
#[path = "wording/refused.rs"]
mod refused;
#[path = "support/session.rs"]
mod session;
#[path = "support/subjects.rs"]
mod subjects;
