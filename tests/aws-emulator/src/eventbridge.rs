//! EventBridge: connections, with their authorization and their private connectivity.
//!
//! Facts: docs/aws-behavior.md, `connectivity-stays`, `quota-is-no-throttling`, Connection; the service model `events`
//! 2015-10-07.
//!
//! A test makes a connection fail by the domain name of its resource configuration or of its OAuth endpoint: a target whose
//! name contains `unauthorized` answers 401 (DEAUTHORIZED), one whose name contains `unreachable` never answers
//! (FAILED_CONNECTIVITY). A configuration that is not active is not reachable either. `POST /_emulator/permissions` removes
//! permissions.

mod auth;
mod connection;
mod operations;
mod parameters;
mod progress;
pub mod secrets;
pub(crate) mod seeds;
mod target;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use connection::Connection;

use serde_json::Value;

use crate::accounts::{Accounts, Region};
use crate::buckets::Bucket;
use crate::operation::{CallCx, Protocol, ResourceRow, Service, ServiceError};
use crate::validate::{Violation, summary};

/// The EventBridge service: connections.
pub const SERVICE: Service = Service {
    name: "events",
    protocol: Protocol::Json,
    handle,
    invalid: |violations: &[Violation]| invalid(summary(violations)),
    // 50 calls a second for the whole control plane (docs/aws-behavior.md, Connection).
    bucket: |_, _| {
        Some(Bucket {
            class: "events control plane",
            capacity: 50.0,
            refill: 50.0,
        })
    },
    throttled: || ServiceError::new("ThrottlingException", "Rate exceeded"),
    denied: |action| {
        ServiceError::new(
            "AccessDeniedException",
            format!("User is not authorized to perform: {action}"),
        )
    },
    internal: || ServiceError::new("InternalException", "An internal error occurred.").status(500),
    resources,
};

/// State of the service in one account and Region.
#[derive(Debug, Default)]
pub struct EventBridge {
    /// Connections by name. The name is their only identity.
    pub connections: BTreeMap<String, Connection>,
}

fn handle(accounts: &mut Accounts, cx: &CallCx, operation: &str, input: &Value) -> Result<Value, ServiceError> {
    match operation {
        "CreateConnection" => operations::create(accounts, cx, input),
        "DescribeConnection" => operations::describe(accounts, cx, input),
        "ListConnections" => operations::list(accounts, cx, input),
        "UpdateConnection" => operations::update(accounts, cx, input),
        "DeauthorizeConnection" => operations::deauthorize(accounts, cx, input),
        "DeleteConnection" => operations::delete(accounts, cx, input),
        other => unreachable!("{other} is in shapes.json but not in eventbridge::handle"),
    }
}

fn resources(_: &Accounts, region: &Region) -> Vec<ResourceRow> {
    region.eventbridge.connections.values().map(Connection::row).collect()
}

fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new("ValidationException", message.into())
}

fn not_found(what: &str) -> ServiceError {
    ServiceError::new("ResourceNotFoundException", format!("{what} does not exist."))
}
