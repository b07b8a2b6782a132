//! Security groups and interface endpoints against the emulator, on a paused clock: each EC2 trap of docs/aws-behavior.md,
//! each way in which a wait can end, and each error with specific advice.
#![allow(clippy::unwrap_used)] // a test may panic

#[path = "resources_ec2/fixed_addresses.rs"]
mod fixed_addresses;
#[path = "support/fixture.rs"]
mod fixture;
#[path = "resources_ec2/interface_endpoint.rs"]
mod interface_endpoint;
#[path = "resources_ec2/interface_endpoint_recovery.rs"]
mod interface_endpoint_recovery;
#[path = "resources_ec2/orphans.rs"]
mod orphans;
#[path = "resources_ec2/partitions.rs"]
mod partitions;
#[path = "resources_ec2/security_group.rs"]
mod security_group;
#[path = "resources_ec2/security_group_recovery.rs"]
mod security_group_recovery;
