//! The functions of the package.

mod diagnose_connection;

use pulumi_provider::function::{DynFunction, erase};

use self::diagnose_connection::DiagnoseConnection;
use crate::aws::Aws;

/// Returns all functions.
#[must_use]
pub fn all() -> Vec<Box<dyn DynFunction<Aws>>> {
    vec![erase::<DiagnoseConnection>()]
}
