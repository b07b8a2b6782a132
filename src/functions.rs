//! The functions of the package.

mod client_settings;
mod diagnose_connection;
mod get_connection;
mod get_interface_endpoint;
mod get_resource_configuration;
mod get_resource_gateway;
mod get_vpc;

use pulumi_provider::function::{DynFunction, erase};

use self::client_settings::ClientSettings;
use self::diagnose_connection::DiagnoseConnection;
use self::get_connection::GetConnection;
use self::get_interface_endpoint::GetInterfaceEndpoint;
use self::get_resource_configuration::GetResourceConfiguration;
use self::get_resource_gateway::GetResourceGateway;
use self::get_vpc::GetVpc;
use crate::aws::Aws;

/// Returns all functions.
#[must_use]
pub fn all() -> Vec<Box<dyn DynFunction<Aws>>> {
    vec![
        erase::<ClientSettings>(),
        erase::<DiagnoseConnection>(),
        erase::<GetConnection>(),
        erase::<GetInterfaceEndpoint>(),
        erase::<GetResourceConfiguration>(),
        erase::<GetResourceGateway>(),
        erase::<GetVpc>(),
    ]
}
