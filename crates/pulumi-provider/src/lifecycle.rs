//! What is the same for every resource: Check, Diff and previews, answered from the schema, without any network call.

pub mod adapter;
pub mod autoname;
pub mod check;
pub mod diff;
pub mod equality;
pub mod other_versions;
pub mod preview;
pub mod secrets;
