//! VPC Lattice's errors with their members and HTTP statuses (API reference, "Errors" of each operation; docs/aws-behaviour.md, Resource gateway).

use serde_json::json;

use super::definition::Broken;
use crate::operation::ServiceError;
use crate::validate::Violation;

/// A rule of the service that the models do not state.
pub(super) fn invalid(field: &str, message: impl Into<String>) -> ServiceError {
    let message = message.into();
    ServiceError::new("ValidationException", message.clone())
        .field("reason", "fieldValidationFailed")
        .field("fieldList", json!([{ "name": field, "message": message }]))
}

/// A request that does not fit the state of the object, where the operation lists no ConflictException.
pub(super) fn refused(message: impl Into<String>) -> ServiceError {
    ServiceError::new("ValidationException", message).field("reason", "other")
}

/// 404, for what a request names as much as for what it is about.
pub(super) fn not_found(kind: &str, id: &str) -> ServiceError {
    ServiceError::new("ResourceNotFoundException", format!("{kind} {id} not found"))
        .status(404)
        .field("resourceId", id)
        .field("resourceType", kind)
}

/// 409: names that are taken, operations in progress, what still refers to the object.
pub(super) fn conflict(kind: &str, id: &str, message: impl Into<String>) -> ServiceError {
    ServiceError::new("ConflictException", message)
        .status(409)
        .field("resourceId", id)
        .field("resourceType", kind)
}

/// 402, an unusual status for a quota, but documented.
pub(super) fn quota(kind: &str, code: &str, message: impl Into<String>) -> ServiceError {
    ServiceError::new("ServiceQuotaExceededException", message)
        .status(402)
        .field("resourceType", kind)
        .field("serviceCode", "vpc-lattice")
        .field("quotaCode", code)
}

/// Parameters outside the model's constraints.
pub(super) fn violations(violations: &[Violation]) -> ServiceError {
    let fields: Vec<_> = violations
        .iter()
        .map(|v| json!({ "name": v.path, "message": v.message }))
        .collect();
    let all: Vec<_> = violations
        .iter()
        .map(|v| format!("{}: {}", v.path, v.message))
        .collect();
    ServiceError::new("ValidationException", all.join("; "))
        .field("reason", "fieldValidationFailed")
        .field("fieldList", fields)
}

/// 429.
pub(super) fn throttled() -> ServiceError {
    ServiceError::new("ThrottlingException", "Rate exceeded")
        .status(429)
        .field("retryAfterSeconds", 1)
}

/// 403.
pub(super) fn denied(action: &str) -> ServiceError {
    ServiceError::new(
        "AccessDeniedException",
        format!("User is not authorized to perform: {action}"),
    )
    .status(403)
}

/// 500.
pub(super) fn internal() -> ServiceError {
    ServiceError::new("InternalServerException", "An internal error occurred")
        .status(500)
        .field("retryAfterSeconds", 1)
}

impl From<Broken> for ServiceError {
    fn from(broken: Broken) -> Self {
        invalid(broken.field, broken.message)
    }
}
