//! VPC Lattice: resource gateways, resource configurations and their associations.

use serde_json::Value;

use crate::operation::{CallCx, Protocol, Service, ServiceError};
use crate::validate::{Violation, summary};
use crate::world::World;

/// VPC Lattice: resource gateways, resource configurations and their associations.
pub const SERVICE: Service = Service {
    name: "vpc-lattice",
    protocol: Protocol::Rest,
    handle,
    invalid: |violations: &[Violation]| ServiceError::new("ValidationException", summary(violations)),
    bucket: |_, _| None,
    throttled: || ServiceError::new("ThrottlingException", "Rate exceeded").status(429),
    denied: |action| {
        let message = format!("User is not authorized to perform: {action}");
        ServiceError::new("AccessDeniedException", message).status(403)
    },
    internal: || ServiceError::new("InternalServerException", "An internal error occurred.").status(500),
    resources: |_, _| Vec::new(),
};

/// State of the service in one account and Region.
#[derive(Debug, Default)]
pub struct Lattice {}

fn handle(_: &mut World, _: &CallCx, operation: &str, _: &Value) -> Result<Value, ServiceError> {
    Err(ServiceError::new(
        "UnknownOperationException",
        format!("Unknown operation: {operation}"),
    ))
}
