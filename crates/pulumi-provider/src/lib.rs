//! A Pulumi provider in Rust: the protocol, the values, the schema and the lifecycle, for any package.

pub mod component;
pub mod engine;
pub mod error;
pub mod lifecycle;
pub mod lock;
pub mod plugin;
pub mod property;
pub mod proto;
pub mod provider;
pub mod resource;
#[cfg(test)]
mod samples;
pub mod schema;
pub mod server;
pub mod urn;

// The samples are written for the tests of packages too.
#[cfg(test)]
extern crate self as pulumi_provider;
