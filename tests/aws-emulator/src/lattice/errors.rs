//! VPC Lattice's errors with their members and HTTP statuses (API reference, "Errors" of each operation;
//! docs/aws-behavior.md, Resource gateway).

use serde_json::json;

use super::definition::Broken;
use crate::operation::ServiceError;
use crate::quotas::Quota;
use crate::validate::Violation;

/// Returns the error for a violated rule that the model does not contain.
pub(super) fn invalid(field: &str, message: impl Into<String>) -> ServiceError {
    let message = message.into();
    ServiceError::new("ValidationException", message.clone())
        .field("reason", "fieldValidationFailed")
        .field("fieldList", json!([{ "name": field, "message": message }]))
}

/// Returns the error for a request that the object's state does not allow, where the operation has no ConflictException.
pub(super) fn refused(message: impl Into<String>) -> ServiceError {
    ServiceError::new("ValidationException", message).field("reason", "other")
}

/// Returns a 404 error, both for the object of the request and for objects that the request refers to.
pub(super) fn not_found(kind: &str, id: &str) -> ServiceError {
    ServiceError::new("ResourceNotFoundException", format!("{kind} {id} not found"))
        .status(404)
        .field("resourceId", id)
        .field("resourceType", kind)
}

/// Returns a 409 error: the name is taken, an operation is in progress, or something still refers to the object.
pub(super) fn conflict(kind: &str, id: &str, message: impl Into<String>) -> ServiceError {
    ServiceError::new("ConflictException", message)
        .status(409)
        .field("resourceId", id)
        .field("resourceType", kind)
}

/// Returns a 402 error: an unusual but documented status for a quota.
pub(super) fn quota(kind: &str, quota: Quota, message: impl Into<String>) -> ServiceError {
    ServiceError::new("ServiceQuotaExceededException", message)
        .status(402)
        .field("resourceType", kind)
        .field("serviceCode", "vpc-lattice")
        .field("quotaCode", quota.facts().code)
}

/// Returns the error for parameters that violate the model's constraints.
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

/// Returns a 429 error.
pub(super) fn throttled() -> ServiceError {
    ServiceError::new("ThrottlingException", "Rate exceeded")
        .status(429)
        .field("retryAfterSeconds", 1)
}

/// Returns a 403 error.
pub(super) fn denied(action: &str) -> ServiceError {
    ServiceError::new(
        "AccessDeniedException",
        format!("User is not authorized to perform: {action}"),
    )
    .status(403)
}

/// Returns a 500 error.
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
