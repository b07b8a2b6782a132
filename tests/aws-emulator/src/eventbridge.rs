//! EventBridge: connections.

use serde_json::Value;

use crate::operation::{CallCx, Protocol, Service, ServiceError};
use crate::validate::{Violation, summary};
use crate::world::World;

/// EventBridge: connections.
pub const SERVICE: Service = Service {
    name: "events",
    protocol: Protocol::Json,
    handle,
    invalid: |violations: &[Violation]| ServiceError::new("ValidationException", summary(violations)),
    bucket: |_, _| None,
    throttled: || ServiceError::new("ThrottlingException", "Rate exceeded").status(400),
    denied: |action| {
        let message = format!("User is not authorized to perform: {action}");
        ServiceError::new("AccessDeniedException", message).status(400)
    },
    internal: || ServiceError::new("InternalException", "An internal error occurred.").status(500),
    resources: |_, _| Vec::new(),
};

/// State of the service in one account and Region.
#[derive(Debug, Default)]
pub struct EventBridge {}

fn handle(_: &mut World, _: &CallCx, operation: &str, _: &Value) -> Result<Value, ServiceError> {
    Err(ServiceError::new(
        "UnknownOperationException",
        format!("Unknown operation: {operation}"),
    ))
}
