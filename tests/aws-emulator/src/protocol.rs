//! Decodes HTTP requests to operation and parameters, and encodes results to HTTP responses.

pub(crate) mod json;
pub(crate) mod query;
pub(crate) mod rest;
mod rest_xml;
mod xml;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use serde_json::Value;

use crate::operation::{Protocol, Service, ServiceError};
use crate::shapes::{MODELS, Model, Operation};

/// A decoded request.
#[derive(Debug)]
pub(crate) struct Decoded {
    /// Name of the operation.
    pub(crate) operation: String,
    /// Its parameters by model names, typed.
    pub(crate) params: Value,
    /// The body as received, as a tree.
    pub(crate) body: Value,
}

impl Decoded {
    /// Returns the journal's placeholder for a request that matches no operation of the service.
    pub(crate) fn not_understood() -> Self {
        Self {
            operation: "?".to_owned(),
            params: Value::Null,
            body: Value::Null,
        }
    }
}

/// The credential scope of a request's SigV4 signature.
#[derive(Debug, PartialEq)]
pub(crate) struct Scope {
    pub(crate) access_key: String,
    pub(crate) region: String,
    pub(crate) service: String,
}

/// Reads the credential scope: `Credential=AKID/20260101/us-east-1/ec2/aws4_request`. The signature is not checked.
pub(crate) fn scope<B>(request: &Request<B>) -> Option<Scope> {
    let header = request.headers().get("authorization")?.to_str().ok()?;
    let credential = header.split("Credential=").nth(1)?.split([',', ' ']).next()?;
    let mut parts = credential.split('/');
    let (access_key, _date) = (parts.next()?, parts.next()?);
    let (region, service) = (parts.next()?, parts.next()?);
    Some(Scope {
        access_key: access_key.to_owned(),
        region: region.to_owned(),
        service: service.to_owned(),
    })
}

/// Decodes a request of this service.
///
/// # Errors
/// An unknown operation, a malformed body, or an unknown or mistyped parameter, with the service's own error code.
pub(crate) fn decode(service: &Service, request: &Request<Bytes>) -> Result<Decoded, ServiceError> {
    match service.protocol {
        Protocol::Ec2 | Protocol::Query => query::decode(service, request),
        Protocol::Json => json::decode(service, request),
        Protocol::Rest | Protocol::RestXml => rest::decode(service, request),
    }
}

/// Encodes a success response.
pub(crate) fn answer(service: &Service, operation: &str, output: &Value, request_id: &str) -> Response<Bytes> {
    match service.protocol {
        Protocol::Ec2 | Protocol::Query => query::answer(service, operation, output, request_id),
        Protocol::Json => json::answer(service, operation, output, request_id),
        Protocol::Rest => rest::answer(service, operation, output, request_id),
        Protocol::RestXml => rest_xml::answer(service, operation, output, request_id),
    }
}

/// Encodes an error response.
pub(crate) fn failure(protocol: Protocol, error: &ServiceError, request_id: &str) -> Response<Bytes> {
    match protocol {
        Protocol::Ec2 | Protocol::Query => query::failure(protocol, error, request_id),
        Protocol::Json => json::failure(error, request_id),
        Protocol::Rest => rest::failure(error, request_id),
        Protocol::RestXml => rest_xml::failure(error, request_id),
    }
}

fn model(service: &Service) -> &'static Model {
    MODELS
        .get(service.name)
        .expect("shapes.json has every service of SERVICES")
}

fn operation(service: &Service, name: &str) -> Option<&'static Operation> {
    model(service).operations.get(name)
}

fn respond(status: u16, content_type: &'static str, body: String, request_id: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = StatusCode::from_u16(status).expect("services answer valid statuses");
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static(content_type));
    let id = HeaderValue::from_str(request_id).expect("request ids are hexadecimal");
    headers.insert("x-amzn-requestid", id);
    response
}

/// Formats seconds since the epoch as ISO 8601 in UTC, with milliseconds.
pub(crate) fn iso8601(seconds: f64) -> String {
    let millis = (seconds * 1000.0).round() as i64;
    let (days, rest) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    // Converts days to a civil date. Years begin in March, so that the leap day comes last.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60);
    format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z",
        rest % 1_000
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_credential_scope_names_service_and_region() {
        let request = Request::builder()
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIA1/20260101/eu-west-1/vpc-lattice/aws4_request, SignedHeaders=host, Signature=0",
            )
            .body(())
            .unwrap();
        let expected = Scope {
            access_key: "AKIA1".into(),
            region: "eu-west-1".into(),
            service: "vpc-lattice".into(),
        };
        assert_eq!(scope(&request), Some(expected));
    }

    #[test]
    fn dates_are_formatted_as_iso_8601() {
        assert_eq!(iso8601(0.0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso8601(1_709_210_096.5), "2024-02-29T12:34:56.500Z");
        assert_eq!(iso8601(1_767_225_599.0), "2025-12-31T23:59:59.000Z");
    }
}
