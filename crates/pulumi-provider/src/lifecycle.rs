//! Check, Diff and previews: derived from the schema for every resource alike, without any network call.

pub mod adapter;
pub mod autoname;
pub mod check;
pub mod diff;
pub mod equality;
pub mod other_versions;
pub mod preview;
pub mod secrets;
