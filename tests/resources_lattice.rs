//! Resource gateways, resource configurations and connections against the emulator, on a paused clock: each AWS trap of
//! docs/aws-behavior.md, each way in which a wait can end, and each error with specific advice.
#![allow(clippy::unwrap_used)] // a test may panic

#[path = "resources_lattice/configuration.rs"]
mod configuration;
#[path = "resources_lattice/connection.rs"]
mod connection;
#[path = "resources_lattice/connection_failures.rs"]
mod connection_failures;
#[path = "support/fixture.rs"]
mod fixture;
#[path = "resources_lattice/gateway.rs"]
mod gateway;
#[path = "resources_lattice/holders.rs"]
mod holders;
#[path = "resources_lattice/orphans.rs"]
mod orphans;
#[path = "resources_lattice/readiness.rs"]
mod readiness;
#[path = "resources_lattice/recovery.rs"]
mod recovery;
