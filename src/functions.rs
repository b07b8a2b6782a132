//! The functions of the package.

mod api_resource_policy;
mod client_settings;
mod diagnose_connection;
mod entry;
mod execution_role_policy;
mod get_connection;
mod get_interface_endpoint;
mod get_resource_configuration;
mod get_resource_gateway;
mod get_vpc;
mod http_task;
mod urls;

use pulumi_provider::function::{DynFunction, erase};

use self::api_resource_policy::ApiResourcePolicy;
use self::client_settings::ClientSettings;
use self::diagnose_connection::DiagnoseConnection;
use self::execution_role_policy::ExecutionRolePolicy;
use self::get_connection::GetConnection;
use self::get_interface_endpoint::GetInterfaceEndpoint;
use self::get_resource_configuration::GetResourceConfiguration;
use self::get_resource_gateway::GetResourceGateway;
use self::get_vpc::GetVpc;
use self::http_task::HttpTask;
use crate::aws::Aws;

/// Returns all functions.
#[must_use]
pub fn all() -> Vec<Box<dyn DynFunction<Aws>>> {
    vec![
        erase::<ApiResourcePolicy>(),
        erase::<ClientSettings>(),
        erase::<DiagnoseConnection>(),
        erase::<ExecutionRolePolicy>(),
        erase::<GetConnection>(),
        erase::<GetInterfaceEndpoint>(),
        erase::<GetResourceConfiguration>(),
        erase::<GetResourceGateway>(),
        erase::<GetVpc>(),
        erase::<HttpTask>(),
    ]
}
