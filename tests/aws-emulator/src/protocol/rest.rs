//! REST-JSON: the operation in method and path, the parameters in path, query and body.

use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{Decoded, json, model, operation, respond};
use crate::operation::{Service, ServiceError};
use crate::shapes::{Kind, Model, Shape};

const CONTENT_TYPE: &str = "application/json";

pub(super) fn decode(service: &Service, request: &Request<Bytes>) -> Result<Decoded, ServiceError> {
    let model = model(service);
    let method = request.method().as_str();
    let found = model.operations.iter().find_map(|(name, operation)| {
        let labels = labels(operation.uri.as_deref()?, request.uri().path())?;
        (operation.method.as_deref() == Some(method)).then_some((name, operation, labels))
    });
    let Some((name, operation, labels)) = found else {
        return Err(
            ServiceError::new("UnknownOperationException", "No operation has this method and path.").status(404),
        );
    };
    let body = json::body(request)?;
    let mut params = body.as_object().cloned().unwrap_or_default();
    if let Some(input) = &operation.input {
        let shape = model.shape(input);
        let query = request.uri().query().unwrap_or_default();
        for (member, value) in labels.into_iter().chain(query_members(model, shape, query)?) {
            params.insert(member, value);
        }
    }
    Ok(Decoded {
        operation: name.clone(),
        params: Value::Object(params),
        body,
    })
}

/// Returns the labels of a path template, if the path matches it. A label is one percent-encoded segment.
fn labels(template: &str, path: &str) -> Option<Vec<(String, Value)>> {
    let mut labels = Vec::new();
    let (mut wanted, mut given) = (
        template.trim_end_matches('/').split('/'),
        path.trim_end_matches('/').split('/'),
    );
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(labels),
            (Some(wanted), Some(given)) => {
                if let Some(label) = wanted.strip_prefix('{').and_then(|w| w.strip_suffix('}')) {
                    let value = percent_decode_str(given).decode_utf8().ok()?;
                    labels.push((label.to_owned(), Value::from(value.into_owned())));
                } else if wanted != given {
                    return None;
                }
            }
            _ => return None,
        }
    }
}

fn query_members(model: &Model, shape: &Shape, query: &str) -> Result<Vec<(String, Value)>, ServiceError> {
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let mut members = Vec::new();
    for (name, member) in shape
        .members
        .iter()
        .filter(|(_, m)| m.location.as_deref() == Some("querystring"))
    {
        let wire = member.wire.as_ref().unwrap_or(name);
        let values: Vec<_> = pairs
            .iter()
            .filter(|(key, _)| key == wire)
            .map(|(_, value)| value)
            .collect();
        let Some(first) = values.first() else { continue };
        let wrong = || ServiceError::new("SerializationException", format!("{name} has the wrong type."));
        let value = match model.shape(&member.shape).kind {
            Kind::List => values.iter().map(|value| Value::from(value.as_ref())).collect(),
            Kind::Integer | Kind::Long => Value::from(first.parse::<i64>().map_err(|_| wrong())?),
            Kind::Boolean => Value::from(first.parse::<bool>().map_err(|_| wrong())?),
            _ => Value::from(first.as_ref()),
        };
        members.push((name.clone(), value));
    }
    Ok(members)
}

pub(super) fn answer(service: &Service, name: &str, output: &Value, request_id: &str) -> Response<Bytes> {
    let model = model(service);
    let operation = operation(service, name);
    let status = operation.and_then(|o| o.status).unwrap_or(200);
    let shape = operation.and_then(|o| o.output.as_deref());
    // A 204 response has no body (DeleteResourceConfiguration, docs/aws-behavior.md, Resource configuration).
    let body = match shape {
        _ if status == 204 => String::new(),
        Some(shape) => json::render(model, model.shape(shape), output).to_string(),
        None => Value::Object(Map::new()).to_string(),
    };
    respond(status, CONTENT_TYPE, body, request_id)
}

pub(super) fn failure(error: &ServiceError, request_id: &str) -> Response<Bytes> {
    let mut body = error.fields.clone();
    // In the model, retry hints are headers and not in the body (docs/aws-behavior.md, Resource gateway).
    let retry_after = body.remove("retryAfterSeconds").and_then(|seconds| seconds.as_u64());
    body.insert("message".to_owned(), Value::from(error.message.as_str()));
    let mut response = respond(error.status, CONTENT_TYPE, Value::Object(body).to_string(), request_id);
    let code = HeaderValue::from_str(&error.code).expect("error codes are ASCII");
    response.headers_mut().insert("x-amzn-errortype", code);
    if let Some(seconds) = retry_after {
        response.headers_mut().insert("retry-after", HeaderValue::from(seconds));
    }
    response
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(method: &str, uri: &str) -> Result<(String, Value), ServiceError> {
        let request = Request::builder().method(method).uri(uri).body(Bytes::new()).unwrap();
        decode(&crate::lattice::SERVICE, &request).map(|d| (d.operation, d.params))
    }

    #[test]
    fn method_and_path_choose_the_operation() {
        let (operation, params) = read("DELETE", "/resourcegateways/rgw-0").unwrap();
        assert_eq!(
            (&*operation, params),
            ("DeleteResourceGateway", json!({ "resourceGatewayIdentifier": "rgw-0" }))
        );
        let arn = "/tags/arn%3Aaws%3Avpc-lattice%3Ar%3A1%3Aresourcegateway%2Frgw-0?tagKeys=a&tagKeys=b";
        let (operation, params) = read("DELETE", arn).unwrap();
        assert_eq!(operation, "UntagResource");
        assert_eq!(
            params,
            json!({ "resourceArn": "arn:aws:vpc-lattice:r:1:resourcegateway/rgw-0", "tagKeys": ["a", "b"] })
        );
        let (operation, params) = read("GET", "/resourcegateways?maxResults=2").unwrap();
        assert_eq!(
            (&*operation, params),
            ("ListResourceGateways", json!({ "maxResults": 2 }))
        );
        assert_eq!(read("PUT", "/resourcegateways").unwrap_err().status, 404);
        assert_eq!(
            read("GET", "/resourcegateways?maxResults=x").unwrap_err().code,
            "SerializationException"
        );
    }
}
