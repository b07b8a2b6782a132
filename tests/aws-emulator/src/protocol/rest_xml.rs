//! REST-XML: responses in XML. Requests are decoded as those of REST-JSON are; none here has a body.

use bytes::Bytes;
use http::Response;
use serde_json::Value;

use super::{model, operation, respond, xml};
use crate::operation::{Service, ServiceError};

const NAMESPACE: &str = "https://route53.amazonaws.com/doc/2013-04-01/";
const CONTENT_TYPE: &str = "text/xml";

pub(super) fn answer(service: &Service, name: &str, output: &Value, request_id: &str) -> Response<Bytes> {
    let model = model(service);
    let operation = operation(service, name);
    let shape = operation.and_then(|o| o.output.as_deref());
    let inner = shape.map_or_else(String::new, |shape| xml::members(model, model.shape(shape), output));
    let body = format!("<{name}Response xmlns=\"{NAMESPACE}\">{inner}</{name}Response>");
    let status = operation.and_then(|o| o.status).unwrap_or(200);
    respond(status, CONTENT_TYPE, format!("{}{body}", xml::DECLARATION), request_id)
}

pub(super) fn failure(error: &ServiceError, request_id: &str) -> Response<Bytes> {
    let body = xml::error(NAMESPACE, error, request_id);
    respond(error.status, CONTENT_TYPE, body, request_id)
}
