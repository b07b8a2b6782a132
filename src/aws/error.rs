//! Converts errors of the SDK to an [`Error`] that callers can act on.
//!
//! Codes: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>, and the exceptions of the VPC Lattice
//! and EventBridge API references. Some codes mean different things in different calls: `ConflictException` of a create says
//! that the name is taken, that of a delete says "not yet". There the caller sets the kind with [`Error::with_kind`].

use std::borrow::Cow;
use std::error::Error as StdError;
use std::sync::LazyLock;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;
use pulumi_provider::error::{Error, ErrorKind};
use regex::Regex;

use super::credentials::Unanswered;
use super::denial;

/// Classifies a failed call. `Display` of the result is `CreateThing: access denied: <AWS's message> (request id …)`.
#[must_use]
pub fn classify<E>(operation: &str, error: SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    classify_of(service_of::<E>(), operation, error)
}

/// Classifies a failed call of the service with this IAM prefix.
pub(super) fn classify_of<E>(service: &str, operation: &str, error: SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    let request_id = error.request_id().map(str::to_owned);
    match &error {
        SdkError::ServiceError(refused) => {
            let status = refused.raw().status().as_u16();
            let meta = refused.err().meta();
            let code = meta.code().unwrap_or_default();
            let request_id = request_id.as_deref().or_else(|| meta.request_id());
            answered(
                service,
                operation,
                code,
                meta.message().unwrap_or_default(),
                status,
                request_id,
            )
        }
        SdkError::ResponseError(response) => {
            let status = response.raw().status().as_u16();
            let text = format!(
                "{operation}: AWS's answer (HTTP {status}) could not be read: {}",
                root_cause(&error)
            );
            // AWS answered, so it may have carried the request out.
            Error::new(ErrorKind::MaybeSent, text).with_request_id(request_id)
        }
        SdkError::ConstructionFailure(_) | SdkError::DispatchFailure(_)
            if let Some(problem) = without_endpoint(&root_cause(&error)) =>
        {
            Error::new(ErrorKind::Invalid, format!("{operation}: no endpoint: {problem}"))
                .advise("Check the settings for endpoints: URLs, FIPS, dual-stack and the Region")
        }
        SdkError::ConstructionFailure(_) => Error::bug(format!(
            "{operation}: the request could not be built: {}",
            root_cause(&error)
        )),
        _ if let Some(missing) = find::<CredentialsError>(&error) => no_credentials(operation, missing),
        SdkError::DispatchFailure(failure) if failure.is_user() => Error::new(
            ErrorKind::Invalid,
            format!("{operation}: the request could not be sent: {}", root_cause(&error)),
        ),
        // The SDK's message states its timeout of an attempt, but the operation's limits may have shortened that.
        SdkError::TimeoutError(_) => {
            Error::new(ErrorKind::MaybeSent, format!("{operation}: AWS did not answer in time"))
                .advise("Check the network, proxy and endpoint settings if this persists")
        }
        SdkError::DispatchFailure(_) => {
            let cause = root_cause(&error);
            let advice = if cause.contains("invalid peer certificate") {
                "If a proxy decrypts TLS traffic, set AWS_CA_BUNDLE to a file with the certificate authority of the proxy"
            } else {
                "Check the network, proxy and endpoint settings if this persists"
            };
            Error::new(
                ErrorKind::MaybeSent,
                format!("{operation}: no answer from AWS: {cause}"),
            )
            .advise(advice)
        }
        _ => Error::new(ErrorKind::MaybeSent, format!("{operation}: {}", root_cause(&error))),
    }
}

/// Classifies an error that a service returned, also one inside a successful response (`Unsuccessful` of DeleteVpcEndpoints).
/// `service` is the IAM prefix, such as `ec2`.
#[must_use]
pub fn answered(
    service: &str,
    operation: &str,
    code: &str,
    message: &str,
    status: u16,
    request_id: Option<&str>,
) -> Error {
    let kind = kind(code, status);
    let what = match kind {
        ErrorKind::Credentials => Cow::Borrowed("credentials not accepted"),
        ErrorKind::Denied => Cow::Borrowed("access denied"),
        ErrorKind::Throttled => Cow::Borrowed("throttled"),
        _ if code.is_empty() => Cow::Owned(format!("HTTP {status}")),
        _ => Cow::Borrowed(code),
    };
    let decoding = denial::decoding(message);
    let message = without_values(denial::without_encoded(message)).into_owned();
    let separator = if message.is_empty() { "" } else { ": " };
    let error = Error::new(kind, format!("{operation}: {what}{separator}{message}"))
        .with_code(code)
        .with_request_id(request_id);
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => {
            error.advise("Sign in to AWS again and repeat the command")
        }
        "InvalidSignatureException" | "SignatureDoesNotMatch" => {
            error.advise("Check the secret key, and the clock of this machine")
        }
        "OptInRequired" => error.advise("Check that the account is active, and has enabled the service and the Region"),
        _ if kind == ErrorKind::Credentials => {
            error.advise("Check the profile or keys, and that the account has enabled the Region")
        }
        _ if kind == ErrorKind::Denied => {
            let error = denial::explain(error, service, operation);
            match decoding {
                Some(command) => error.besides(command),
                None => error,
            }
        }
        _ if kind == ErrorKind::NotFound => {
            error.advise_otherwise("Check that it exists in the provider's Region and account")
        }
        "InsufficientFreeAddressesInSubnet" => {
            error.advise_otherwise("Free addresses in the subnet, or choose another one")
        }
        _ if kind == ErrorKind::Quota => {
            error.advise_otherwise("Delete objects that you no longer need, or ask AWS for a higher quota")
        }
        _ if kind == ErrorKind::Throttled => error
            .advise_otherwise("The account makes more calls in this Region than AWS allows: repeat the command later"),
        _ if kind == ErrorKind::Unavailable => {
            error.advise_otherwise("The error is on the AWS side: repeat the command")
        }
        _ => error,
    }
}

/// Returns the IAM prefix of the service whose error type this is, from the name of its SDK crate. Only advice depends on it,
/// because the name of a type is not guaranteed to stay as it is.
fn service_of<E>() -> &'static str {
    let path = std::any::type_name::<E>();
    let name = path.split("::").next().unwrap_or(path);
    match name.strip_prefix("aws_sdk_").unwrap_or(name) {
        "eventbridge" => "events",
        "vpclattice" => "vpc-lattice",
        same => same,
    }
}

fn kind(code: &str, status: u16) -> ErrorKind {
    match code {
        "UnauthorizedOperation" | "AccessDenied" | "AccessDeniedException" | "Blocked" | "OptInRequired" => {
            ErrorKind::Denied
        }
        "AuthFailure"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "RequestExpired"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException" => ErrorKind::Credentials,
        "RequestLimitExceeded"
        | "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "TooManyRequestsException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "SlowDown"
        | "EC2ThrottledException"
        | "BandwidthLimitExceeded" => ErrorKind::Throttled,
        "InvalidGroup.Duplicate" | "ConflictException" | "ResourceAlreadyExistsException" => ErrorKind::Conflict,
        "OperationInProgress"
        | "DependencyViolation"
        | "InvalidGroup.InUse"
        | "IncorrectState"
        | "InvalidState"
        | "ConcurrentModificationException" => ErrorKind::Busy,
        "InternalError"
        | "InternalFailure"
        | "InternalException"
        | "InternalServerException"
        | "Unavailable"
        | "ServiceUnavailable"
        | "ServiceUnavailableException" => ErrorKind::Unavailable,
        // `LimitExceededException` is EventBridge's code for a quota. The SDK treats it as throttling unless a retry classifier
        // forbids that.
        "LimitExceededException" | "ServiceQuotaExceededException" | "InsufficientFreeAddressesInSubnet" => {
            ErrorKind::Quota
        }
        "ResourceNotFoundException" | "NotFoundException" | "NoSuchResourceException" => ErrorKind::NotFound,
        _ if code.ends_with(".NotFound") => ErrorKind::NotFound,
        _ if code.ends_with("LimitExceeded") => ErrorKind::Quota,
        _ if status >= 500 => ErrorKind::Unavailable,
        _ if status == 429 => ErrorKind::Throttled,
        _ if matches!(status, 401 | 403) => ErrorKind::Denied,
        _ => ErrorKind::Invalid,
    }
}

/// Removes the values that a service refused from its message, because they may be secrets. Services repeat them:
/// `Value 'x' at 'authParameters…' failed to satisfy constraint`.
fn without_values(message: &str) -> Cow<'_, str> {
    static VALUE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?s)\b([Vv]alue) (?:'.*?'|\[.*?\]) at '").expect("the pattern is constant and valid")
    });
    VALUE.replace_all(message, "$1 at '")
}

fn no_credentials(operation: &str, missing: &CredentialsError) -> Error {
    // A role could not be assumed: return STS's error. The call itself was not sent.
    if let Some(error) = find::<Error>(missing) {
        let kind = match error.kind() {
            kind @ (ErrorKind::Denied | ErrorKind::Throttled | ErrorKind::Unavailable) => kind,
            _ => ErrorKind::Credentials,
        };
        return error.clone().with_kind(kind).context(operation);
    }
    if let Some(source) = find::<Unanswered>(missing) {
        return Error::new(
            ErrorKind::Credentials,
            format!("{operation}: no AWS credentials: {source}"),
        )
        .advise("Find out what this source waits for and sign in there, or use other credentials");
    }
    let cause = match root_cause(missing) {
        all if all.starts_with("no credentials found in chain") => {
            "none in the environment or a profile, and no web identity, container or instance role".to_owned()
        }
        one => one,
    };
    Error::new(ErrorKind::Credentials, format!("{operation}: no AWS credentials: {cause}")).advise(
        "Sign in (`aws login`, `aws sso login`, AWS_PROFILE, AWS_ACCESS_KEY_ID, a role), or set `private-step-functions:profile` or \
         `private-step-functions:accessKey` and `private-step-functions:secretKey`",
    )
}

/// Returns the SDK's message that it has no endpoint for these settings: FIPS or dual-stack together with a URL, or where AWS
/// has no such endpoint.
fn without_endpoint(cause: &str) -> Option<&str> {
    match cause.strip_prefix("Invalid Configuration: ") {
        Some(problem) => Some(problem),
        None => Some(cause).filter(|cause| cause.starts_with("FIPS ") || cause.starts_with("DualStack ")),
    }
}

/// Returns the first line of the innermost error, without the operating system's error number. The SDK appends lists of what it
/// tried in further lines.
pub(super) fn root_cause(error: &(dyn StdError + 'static)) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let text = cause.to_string();
    let line = text.lines().next().unwrap_or_default();
    let line = line.split(" (os error ").next().unwrap_or_default();
    line.trim_end_matches(['.', ':']).to_owned()
}

fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    std::iter::successors(Some(error), |error: &&'a (dyn StdError + 'static)| (*error).source())
        .find_map(|error| error.downcast_ref::<T>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_line_with_code_and_request_id() {
        insta::assert_snapshot!(
            answered("ec2", "CreateVpcEndpoint", "UnauthorizedOperation", "You are not authorized.", 403, Some("r-1")),
            @"CreateVpcEndpoint: access denied: You are not authorized. Grant ec2:CreateVpcEndpoint and ec2:CreateTags (request id r-1)"
        );
        insta::assert_snapshot!(
            answered("ec2", "CreateVpcEndpoint",
                "UnauthorizedOperation",
                "You are not authorized to perform this operation. User: arn:aws:iam::1:user/x is not authorized to perform: \
                 ec2:CreateTags on resource: y because no identity-based policy allows the ec2:CreateTags action. Encoded \
                 authorization failure message: 8xHQ",
                403,
                Some("r-1")
            ),
            @"CreateVpcEndpoint: access denied: You are not authorized to perform this operation. User: arn:aws:iam::1:user/x is not authorized to perform: ec2:CreateTags on resource: y because no identity-based policy allows the ec2:CreateTags action. Grant ec2:CreateTags (request id r-1)"
        );
        insta::assert_snapshot!(
            answered("ec2", "DeleteSecurityGroup", "DependencyViolation", "resource sg-1 has a dependent object", 400, None),
            @"DeleteSecurityGroup: DependencyViolation: resource sg-1 has a dependent object"
        );
        insta::assert_snapshot!(answered("ec2", "GetThing", "", "", 502, None), @"GetThing: HTTP 502. The error is on the AWS side: repeat the command");
    }

    #[test]
    fn each_service_has_its_iam_prefix() {
        use aws_sdk_ec2::operation::describe_vpcs::DescribeVpcsError;
        use aws_sdk_eventbridge::operation::describe_connection::DescribeConnectionError;
        use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
        use aws_sdk_vpclattice::operation::get_resource_gateway::GetResourceGatewayError;
        let found = [
            service_of::<DescribeVpcsError>(),
            service_of::<DescribeConnectionError>(),
            service_of::<GetCallerIdentityError>(),
            service_of::<GetResourceGatewayError>(),
        ];
        assert_eq!(found, ["ec2", "events", "sts", "vpc-lattice"]);
    }

    #[test]
    fn each_error_code_has_its_kind() {
        for (code, status, expected) in [
            ("InvalidVpcEndpointId.NotFound", 400, ErrorKind::NotFound),
            ("VpcEndpointLimitExceeded", 400, ErrorKind::Quota),
            ("LimitExceededException", 400, ErrorKind::Quota),
            ("NotFoundException", 400, ErrorKind::NotFound),
            ("NoSuchResourceException", 400, ErrorKind::NotFound),
            ("ServiceQuotaExceededException", 402, ErrorKind::Quota),
            ("RequestLimitExceeded", 503, ErrorKind::Throttled),
            ("OperationInProgress", 400, ErrorKind::Busy),
            ("DependencyViolation", 400, ErrorKind::Busy),
            ("InvalidGroup.InUse", 400, ErrorKind::Busy),
            ("InvalidState", 400, ErrorKind::Busy),
            ("InvalidParameter", 400, ErrorKind::Invalid),
            ("SomethingNew", 500, ErrorKind::Unavailable),
            ("SomethingNew", 403, ErrorKind::Denied),
            ("ExpiredToken", 403, ErrorKind::Credentials),
        ] {
            assert_eq!(kind(code, status), expected, "{code} {status}");
        }
    }

    #[test]
    fn an_error_does_not_repeat_the_refused_value() {
        let message = "1 validation error detected: Value 'pass'word' at 'authParameters.apiKeyValue' failed to satisfy \
                       constraint: Member must have length less than or equal to 512";
        let text = answered("events", "CreateConnection", "ValidationException", message, 400, None).to_string();
        assert!(
            !text.contains("pass") && text.contains("Value at 'authParameters.apiKeyValue'"),
            "{text}"
        );
    }
}
