//! The checks of a preview against the emulator: for each finding a situation that has it, what AWS then does, and one near it
//! that has it not.
#![allow(clippy::unwrap_used)] // a test may panic

#[path = "preview_checks/denied.rs"]
mod denied;
#[path = "support/fixture.rs"]
mod fixture;
#[path = "preview_checks/groups.rs"]
mod groups;
#[path = "preview_checks/keys.rs"]
mod keys;
#[path = "preview_checks/peers.rs"]
mod peers;
#[path = "preview_checks/quotas.rs"]
mod quotas;
#[path = "preview_checks/services.rs"]
mod services;
#[path = "preview_checks/situation.rs"]
mod situation;
#[path = "preview_checks/subnets.rs"]
mod subnets;
#[path = "preview_checks/table.rs"]
mod table;
#[path = "preview_checks/targets.rs"]
mod targets;
#[path = "preview_checks/zones.rs"]
mod zones;
