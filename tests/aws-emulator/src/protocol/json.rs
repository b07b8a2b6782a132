//! awsJson1.1: the operation in `X-Amz-Target`, JSON in request and response.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Map, Value};

use super::{Decoded, iso8601, model, operation, respond};
use crate::operation::{Service, ServiceError};
use crate::shapes::{Kind, Model, Shape};

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

pub(super) fn decode(service: &Service, request: &Request<Bytes>) -> Result<Decoded, ServiceError> {
    let target = request
        .headers()
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let name = target.rsplit('.').next().unwrap_or_default().to_owned();
    if operation(service, &name).is_none() {
        let message = format!("Unknown operation: {target}");
        return Err(ServiceError::new("UnknownOperationException", message));
    }
    let body = body(request)?;
    Ok(Decoded {
        operation: name,
        params: body.clone(),
        body,
    })
}

/// Parses a JSON object. An empty body is an empty object.
pub(super) fn body(request: &Request<Bytes>) -> Result<Value, ServiceError> {
    if request.body().is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    match serde_json::from_slice(request.body()) {
        Ok(body @ Value::Object(_)) => Ok(body),
        _ => Err(ServiceError::new(
            "SerializationException",
            "The request body is not a JSON object.",
        )),
    }
}

pub(super) fn answer(service: &Service, name: &str, output: &Value, request_id: &str) -> Response<Bytes> {
    let model = model(service);
    let shape = operation(service, name).and_then(|o| o.output.as_deref());
    let body = shape.map_or_else(
        || Value::Object(Map::new()),
        |shape| render(model, model.shape(shape), output),
    );
    respond(200, CONTENT_TYPE, body.to_string(), request_id)
}

/// Returns the response as the service writes it: without nulls, with timestamps in the model's format.
///
/// # Panics
/// When a member is not in the model, which is a bug in a service.
pub(super) fn render(model: &Model, shape: &Shape, value: &Value) -> Value {
    match (shape.kind, value) {
        (Kind::Structure, Value::Object(members)) => {
            let render_member = |(name, value): (&String, &Value)| {
                let Some(member) = shape.members.get(name) else {
                    panic!("the model has no member {name} in this answer")
                };
                let wire = member.wire.as_ref().unwrap_or(name).clone();
                (wire, render(model, model.shape(&member.shape), value))
            };
            Value::Object(
                members
                    .iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(render_member)
                    .collect(),
            )
        }
        (Kind::List, Value::Array(items)) => {
            let item = model.shape(shape.item.as_deref().expect("a list has an item shape"));
            items.iter().map(|value| render(model, item, value)).collect()
        }
        (Kind::Timestamp, Value::Number(seconds)) if shape.timestamp_format.as_deref() == Some("iso8601") => {
            Value::from(iso8601(seconds.as_f64().unwrap_or_default()))
        }
        (_, other) => other.clone(),
    }
}

pub(super) fn failure(error: &ServiceError, request_id: &str) -> Response<Bytes> {
    let mut body = error.fields.clone();
    body.insert("__type".to_owned(), Value::from(error.code.as_ref()));
    body.insert("message".to_owned(), Value::from(error.message.as_str()));
    respond(error.status, CONTENT_TYPE, Value::Object(body).to_string(), request_id)
}
