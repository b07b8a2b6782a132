//! An emulator of AWS for tests: EC2 (VPC, security groups, interface endpoints), STS, VPC Lattice (resource gateways and
//! configurations) and EventBridge (connections), at wire level, with AWS's delays and rules. Of Service Quotas, KMS and
//! Route 53 it has a few operations that only read.
//!
//! [`Emulator`] is a service from HTTP request to HTTP response. It opens no socket and uses only tokio's clock, so tests
//! can plug it into an SDK ([`sdk::client`]) and run on a paused clock. The binary serves it with hyper.
//!
//! The processing of a call, in [`emulator`]:
//!
//! 1. Time: run every scheduled event that is due ([`accounts::Accounts::advance`]). There is no background task.
//! 2. The service is the one named in the SigV4 credential scope; its [`protocol`] turns the request into an operation
//!    and a tree of parameters *by the names of the service model* (as boto3 spells them), typed.
//! 3. [`faults`] may make the call fail, the token [`buckets`] may throttle it, [`validate`] checks the model's constraints.
//! 4. The service's `handle` changes the [`accounts`] and returns a tree, again by model names.
//! 5. The protocol encodes the response; the [`journal`] records call and outcome.
//!
//! Tests in Rust need no HTTP: [`Emulator::invoke`] makes one call by model names, [`Emulator::inject`] injects a fault,
//! [`Emulator::seed`] makes a situation that no call makes, [`Emulator::beyond_start`] lists the objects that a test left behind, [`Emulator::journal`] lists the calls. Other
//! processes use the endpoints under `/_emulator/` ([`control`]).
//!
//! # Adding an operation, or a service
//!
//! * List the operation in `shapes.py` and run it: `shapes.json` then contains its names, constraints, URI and status.
//! * Match its name in the service's `handle` (`ec2::handle`, …). Parameters are validated and typed when it is called:
//!   read them with `serde_json`. Timestamps in results are numbers, seconds since the epoch ([`accounts::Accounts::timestamp`]);
//!   the protocol writes them as the service does. A member that is not in the model is a bug and panics in tests.
//! * State lives in the service's own struct inside [`accounts::Region`], reached with `accounts.region(cx)`.
//! * Delayed effects: `accounts.after(duration, |accounts| …)`, with the duration from [`timings`]. Find the object again by
//!   id inside the closure, because it may be deleted by then.
//! * Eventually consistent reads: [`lagging::Lagging`]. Long lists: [`page::paginate`].
//! * A new service: a module with `pub(crate) const SERVICE: operation::Service`, a field in [`accounts::Region`], a line in
//!   [`operation::SERVICES`].
//! * Every behavior has a comment with its source, and a test; boto3 tests it in `tests/boto3`.

pub mod accounts;
pub mod buckets;
pub mod control;
pub mod ec2;
pub mod emulator;
pub mod eventbridge;
pub mod faults;
pub mod journal;
pub mod kms;
pub mod lagging;
pub mod lattice;
pub mod mode;
pub mod operation;
pub mod page;
mod params;
pub mod partition;
pub mod protocol;
pub mod quotas;
pub mod route53;
pub mod sdk;
pub mod seeds;
pub mod servicequotas;
pub mod shapes;
pub mod sts;
pub mod timings;
pub mod validate;

pub use emulator::{ConnectionReset, Emulator, Settings};
