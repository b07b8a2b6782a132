//! Converts an [`Error`] to a gRPC status. No other module does so.
//!
//! Data for the engine is sent as a detail of the status: a `google.rpc.Status` with one `Any` in the trailer
//! `grpc-status-details-bin`.

use prost::Message;
use prost_types::{Any, Struct};
use tonic::{Code, Status};

use crate::error::{Error, ErrorKind};
use crate::proto::configure_error_missing_keys::MissingKey;
use crate::proto::input_properties_error::PropertyError;
use crate::proto::{ConfigureErrorMissingKeys, ErrorResourceInitFailed, InputPropertiesError, google};

/// An object that exists but does not match its inputs. The engine records it, and calls Update in the next run.
#[derive(Clone, Debug)]
pub struct InitFailed {
    /// The id of the object.
    pub id: String,
    /// Its outputs as far as they are known.
    pub properties: Struct,
    /// The inputs of the operation that failed.
    pub inputs: Struct,
}

/// Returns the status of a failed operation. For the engine, it means that nothing was created or changed.
///
/// For `Unknown`, `Internal` and `DataLoss`, the engine says that the state of the object is unknown. That is right for a
/// request that may have arrived and for a bug, and for nothing else. `Unavailable` would look like a plugin that died.
#[must_use]
pub fn failed(error: &Error) -> Status {
    Status::new(code(error.kind()), error.to_string())
}

/// Returns the status of an operation that failed after its object was created.
#[must_use]
pub fn init_failed(error: &Error, object: InitFailed) -> Status {
    let message = error.to_string();
    let detail = ErrorResourceInitFailed {
        id: object.id,
        properties: Some(object.properties),
        reasons: vec![message.clone()],
        inputs: Some(object.inputs),
        refresh_before_update: false,
    };
    with_detail(code(error.kind()), message, "ErrorResourceInitFailed", &detail)
}

/// Returns the status of a Configure call that lacks required keys. The engine prints each key with its description and a
/// `pulumi config set` line, so the names are full: `package:key`.
#[must_use]
pub fn missing_keys(missing: Vec<MissingKey>) -> Status {
    let names: Vec<&str> = missing.iter().map(|key| key.name.as_str()).collect();
    let message = format!("required configuration is missing: {}", names.join(", "));
    let detail = ConfigureErrorMissingKeys { missing_keys: missing };
    with_detail(Code::InvalidArgument, message, "ConfigureErrorMissingKeys", &detail)
}

/// Returns the status of a Construct call whose inputs are wrong, with all failures at once.
///
/// The engine prints the value at each path, and all inputs for an empty path. So no path may be at, above or below a secret.
/// Failures there go into the message.
#[must_use]
pub fn input_properties(message: impl Into<String>, errors: Vec<PropertyError>) -> Status {
    let detail = InputPropertiesError { errors };
    with_detail(Code::InvalidArgument, message.into(), "InputPropertiesError", &detail)
}

/// Returns the status of an operation that ended in a panic.
#[must_use]
pub fn panicked(doing: &str) -> Status {
    failed(&Error::bug("the operation ended unexpectedly").context(doing))
}

const fn code(kind: ErrorKind) -> Code {
    match kind {
        ErrorKind::Bug => Code::Internal,
        ErrorKind::Busy => Code::Aborted,
        ErrorKind::Cancelled => Code::Cancelled,
        ErrorKind::Conflict => Code::AlreadyExists,
        ErrorKind::Credentials => Code::Unauthenticated,
        ErrorKind::Denied => Code::PermissionDenied,
        ErrorKind::Failed | ErrorKind::Unavailable => Code::FailedPrecondition,
        ErrorKind::Invalid => Code::InvalidArgument,
        ErrorKind::MaybeSent => Code::Unknown,
        ErrorKind::NotFound => Code::NotFound,
        ErrorKind::Quota | ErrorKind::Throttled => Code::ResourceExhausted,
        ErrorKind::TimedOut => Code::DeadlineExceeded,
    }
}

fn with_detail(code: Code, message: String, name: &str, detail: &impl Message) -> Status {
    let any = Any {
        type_url: format!("type.googleapis.com/pulumirpc.{name}"),
        value: detail.encode_to_vec(),
    };
    let inner = google::Status {
        code: code.into(),
        message: message.clone(),
        details: vec![any],
    };
    Status::with_details(code, message, inner.encode_to_vec().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_possibly_sent_request_has_the_status_unknown() {
        for kind in [
            ErrorKind::Busy,
            ErrorKind::Cancelled,
            ErrorKind::Conflict,
            ErrorKind::Credentials,
            ErrorKind::Denied,
            ErrorKind::Failed,
            ErrorKind::Invalid,
            ErrorKind::NotFound,
            ErrorKind::Quota,
            ErrorKind::Throttled,
            ErrorKind::TimedOut,
            ErrorKind::Unavailable,
        ] {
            let code = failed(&Error::new(kind, "no")).code();
            assert!(
                !matches!(
                    code,
                    Code::Ok
                        | Code::Unknown
                        | Code::Internal
                        | Code::DataLoss
                        | Code::Unavailable
                        | Code::Unimplemented
                ),
                "{kind:?} is {code:?}"
            );
        }
        assert_eq!(failed(&Error::new(ErrorKind::MaybeSent, "lost")).code(), Code::Unknown);
        assert_eq!(failed(&Error::bug("lost")).code(), Code::Internal);
    }

    #[test]
    fn an_init_failure_is_nested_in_the_status_details() {
        let error = Error::new(ErrorKind::TimedOut, "not ready").context("creating thing");
        let object = InitFailed {
            id: "thing-1".to_owned(),
            properties: Struct::default(),
            inputs: Struct::default(),
        };
        let status = init_failed(&error, object);
        let inner = google::Status::decode(status.details()).unwrap();
        assert_eq!(
            (inner.code, inner.message.as_str()),
            (Code::DeadlineExceeded as i32, "creating thing: not ready")
        );
        assert_eq!(
            inner.details[0].type_url,
            "type.googleapis.com/pulumirpc.ErrorResourceInitFailed"
        );
        let detail = ErrorResourceInitFailed::decode(inner.details[0].value.as_slice()).unwrap();
        assert_eq!((detail.id.as_str(), detail.reasons.len()), ("thing-1", 1));
    }
}
