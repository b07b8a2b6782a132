//! What is the same for every resource: Check, Diff and previews, answered from the schema, without any network call.

pub mod changes;
pub mod draft;
