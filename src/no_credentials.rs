//! The header of a connection to an API that needs no credentials. EventBridge has no connection without authorization, so such a
//! connection sends a header that the API may ignore.

/// The header's name.
pub const HEADER: &str = "x-private-step-functions";
/// The header's value.
pub const VALUE: &str = "none";
