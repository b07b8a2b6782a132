//! The tables of rows, one module per resource.

pub(super) mod component;
pub(super) mod connection;
pub(super) mod interface_endpoint;
pub(super) mod resource_configuration;
pub(super) mod resource_gateway;
pub(super) mod security_group;
