//! A Pulumi provider that makes AWS Step Functions private in both directions.
//!
//! Two halves share the crate. The Pulumi half ([`property`], [`schema`], [`lifecycle`], [`resource`], `provider`, `server`,
//! `engine`, `component`) speaks the protocol and knows no AWS; the AWS half (`aws`, `resources`) calls the services and
//! knows no protocol. They meet in the [`Resource`](resource::Resource) trait.

pub mod aws;
pub mod cli;
pub mod component;
pub mod cx;
pub mod engine;
pub mod error;
pub mod formats;
pub mod iam_policy;
pub mod lifecycle;
mod lock;
pub mod operation;
pub mod package;
pub mod partition;
pub mod plugin;
pub mod property;
pub mod proto;
pub mod provider;
pub mod resource;
pub mod resources;
#[cfg(test)]
mod samples;
pub mod schema;
pub mod server;
pub mod status;
pub mod urn;

// The samples are written for other crates too.
#[cfg(test)]
extern crate self as pulumi_provider;
