//! What is the same for every resource: Check, Diff and previews, answered from the schema, without any network call.

pub mod autoname;
pub mod changes;
pub mod check;
pub mod diff;
pub mod draft;
pub mod erased;
pub mod preview;
mod reason;
pub mod recorded;
pub mod redaction;
pub mod same;
pub mod secrets;
pub mod three_way;
