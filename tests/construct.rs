//! Tests of the component, constructed by the real server in memory: its registrations, its outputs and its errors.
#![allow(clippy::unwrap_used)] // a test may panic

// Each test binary uses only part of the harness, and no other crate can use it.
#[allow(dead_code, unreachable_pub)]
mod harness {
    pub mod engine;
    pub mod monitor;
    pub mod network;
    pub mod server;
}

#[path = "construct_component/failures.rs"]
mod failures;
#[path = "construct_component/options.rs"]
mod options;
#[path = "construct_component/preview.rs"]
mod preview;
#[path = "construct_component/program.rs"]
mod program;
#[path = "construct_component/structure.rs"]
mod structure;
#[path = "construct_component/validation.rs"]
mod validation;
#[path = "construct_component/values.rs"]
mod values;
