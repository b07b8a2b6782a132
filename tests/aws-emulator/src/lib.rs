//! An AWS that fits into a test: EC2 (VPC, security groups, interface endpoints), STS, VPC Lattice (resource gateways
//! and configurations) and EventBridge (connections), at wire level, with AWS's own slowness and rules.
//!
//! [`Emulator`] is a service from HTTP request to HTTP response. It opens no socket and knows no clock but tokio's, so
//! that tests plug it into an SDK ([`sdk::client`]) and run on a paused clock. The binary puts hyper around it.
//!
//! The walk of a call, in [`emulator`]:
//!
//! 1. Time: everything that was scheduled up to now happens ([`world::World::advance`]). No background task exists.
//! 2. The service is the one named in the SigV4 credential scope; its [`protocol`] turns the request into an operation
//!    and a tree of parameters *by the names of the service model* (as boto3 spells them), typed.
//! 3. [`faults`] may intervene, the token [`buckets`] may throttle, [`validate`] checks the model's constraints.
//! 4. The service's `handle` changes the [`world`] and answers a tree, again by model names.
//! 5. The protocol writes the answer; the [`journal`] keeps call and outcome.
//!
//! Tests in Rust need no HTTP either: [`Emulator::invoke`] makes one call by model names, [`Emulator::inject`] plans a
//! fault, [`Emulator::beyond_start`] lists what a test left behind, [`Emulator::journal`] what was called. Programs
//! outside this process have the same under `/_emulator/` ([`control`]).
//!
//! # Adding an operation, or a service
//!
//! * List the operation in `shapes.py` and run it: `shapes.json` then knows its names, constraints, URI and status.
//! * Match its name in the service's `handle` (`ec2::handle`, …). Parameters are validated and typed when it is called:
//!   read them with `serde_json`. Timestamps in answers are numbers, seconds of the epoch ([`world::World::timestamp`]);
//!   the protocol writes them as the service does. A member that the model does not know is a bug and panics in tests.
//! * State lives in the service's own struct inside [`world::Region`], reached with `world.region(cx)`.
//! * What takes time: `world.after(duration, |world| …)`, with the duration from [`timings`]. Find the object again by
//!   id inside the closure; it may be gone.
//! * What is read late: [`lagging::Lagging`]. Long lists: [`page::paginate`].
//! * A new service: a module with `pub(crate) const SERVICE: operation::Service`, a field in [`world::Region`], a line in
//!   [`operation::SERVICES`].
//! * Every behaviour carries a comment with the fact it comes from, and a test; boto3 drives it in `tests/boto3`.

pub mod buckets;
pub mod control;
pub mod ec2;
pub mod emulator;
pub mod eventbridge;
pub mod faults;
pub mod journal;
pub mod lagging;
pub mod lattice;
pub mod operation;
pub mod page;
mod params;
pub mod partition;
pub mod protocol;
pub mod sdk;
pub mod shapes;
pub mod sts;
pub mod temper;
pub mod timings;
pub mod validate;
pub mod world;

pub use emulator::{ConnectionReset, Emulator, Settings};
