//! The functions of the package.

mod api_resource_policy;
mod diagnose_connection;
mod entry;
mod execution_role_policy;
mod http_task;
mod urls;

use pulumi_provider::function::{DynFunction, erase};

use self::api_resource_policy::ApiResourcePolicy;
use self::diagnose_connection::DiagnoseConnection;
use self::execution_role_policy::ExecutionRolePolicy;
use self::http_task::HttpTask;
use crate::aws::Aws;

/// Returns all functions.
#[must_use]
pub fn all() -> Vec<Box<dyn DynFunction<Aws>>> {
    vec![
        erase::<ApiResourcePolicy>(),
        erase::<DiagnoseConnection>(),
        erase::<ExecutionRolePolicy>(),
        erase::<HttpTask>(),
    ]
}
