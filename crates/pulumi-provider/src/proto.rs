//! The Pulumi protocol, as of the version that `tools/sdk` pins, as Rust types with gRPC clients and servers.
//!
//! Generated from the files in `proto/` and committed, so that building needs no protobuf compiler.
//! `tests/generated.rs` proves that the code is current; `tests/descriptors.rs` proves that `proto/` is the protocol.
//!
//! The messages derive `Debug` and may hold secrets: never log one.

pub use generated::*;

#[allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    elided_lifetimes_in_paths,
    clippy::all,
    rustdoc::all
)]
mod generated {
    include!("proto/pulumirpc.rs");
}

/// The standard gRPC error model (`google.rpc.Status`), whose details carry Pulumi's structured errors.
#[allow(missing_docs, unreachable_pub, unused_qualifications, clippy::all, rustdoc::all)]
pub mod google {
    include!("proto/google.rpc.rs");
}
