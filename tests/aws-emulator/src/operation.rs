//! The interface between the emulator and a service, and service errors.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::accounts::{Accounts, Region};
use crate::buckets::Bucket;
use crate::validate::{Rule, Violation};
use crate::{ec2, eventbridge, kms, lattice, route53, servicequotas, sts};

/// All services. The SigV4 credential scope of a request selects one by `name`.
pub static SERVICES: [&Service; 7] = [
    &ec2::SERVICE,
    &sts::SERVICE,
    &lattice::SERVICE,
    &eventbridge::SERVICE,
    &servicequotas::SERVICE,
    &kms::SERVICE,
    &route53::SERVICE,
];

/// The wire protocol of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// EC2's variant of Query: form request, XML response.
    Ec2,
    /// AWS Query: form request, XML response wrapped in `<Operation>Result`.
    Query,
    /// awsJson1.1: the `X-Amz-Target` header contains the operation.
    Json,
    /// REST-JSON: method and path determine the operation.
    Rest,
    /// REST-XML: the same, with an XML response.
    RestXml,
}

impl Protocol {
    /// Returns the error for JSON whose values have types other than the model's. AWS cannot parse such a request, so this
    /// error precedes all others (Smithy specification, protocol tests of restJson1 and awsJson1.1: malformed requests). In
    /// a form, every value is text.
    pub(crate) fn mistyped(self, violations: &[Violation]) -> Option<ServiceError> {
        let json = matches!(self, Self::Json | Self::Rest);
        let wrong = violations.iter().find(|v| json && v.rule == Rule::Type)?;
        let message = format!("{}: {}", wrong.path, wrong.message);
        Some(ServiceError::new("SerializationException", message))
    }
}

/// One AWS service.
#[derive(Debug)]
pub struct Service {
    /// Name in the credential scope, and in `shapes.json`.
    pub name: &'static str,
    /// The service's wire protocol.
    pub protocol: Protocol,
    /// Carries out one operation. The parameters are complete, typed and within the model's constraints.
    pub handle: fn(&mut Accounts, &CallCx, &str, &Value) -> Result<Value, ServiceError>,
    /// Returns the error for parameters that violate the model's constraints.
    pub invalid: fn(&[Violation]) -> ServiceError,
    /// Returns the token bucket of an operation, if its rate is documented.
    pub bucket: fn(&str, &Value) -> Option<Bucket>,
    /// Returns the error for an empty token bucket.
    pub throttled: fn() -> ServiceError,
    /// Returns the error for a denied action; the argument is the action, `service:Operation`.
    pub denied: fn(&str) -> ServiceError,
    /// Returns the error for a failure of AWS itself (5xx).
    pub internal: fn() -> ServiceError,
    /// Returns all objects in one account and Region.
    pub resources: fn(&Accounts, &Region) -> Vec<ResourceRow>,
}

/// The caller and the destination of one call.
#[derive(Clone, Debug)]
pub struct CallCx {
    /// The caller's account id, twelve digits.
    pub account: String,
    /// Region of the credential scope.
    pub region: String,
    /// ARN of the caller, as GetCallerIdentity shows it.
    pub caller: String,
    /// Access key id of the credentials that signed the request.
    pub access_key: String,
    /// Whether an injected fault makes the operation that this call starts end in its failed status.
    pub fails: bool,
    /// AWS's request id; the response contains it too.
    pub request_id: String,
}

/// An existing object, as `GET /_emulator/resources` lists it.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize, PartialEq)]
pub struct ResourceRow {
    /// Account that owns it; filled in by the caller.
    #[serde(default)]
    pub account: String,
    /// Region of the object; filled in by the caller.
    #[serde(default)]
    pub region: String,
    /// Kind in AWS's terms, such as `vpc-endpoint`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Id.
    pub id: String,
    /// State in the service's terms, empty where it has none.
    pub state: String,
    /// Whether the object belongs to the starting state.
    #[serde(rename = "startingState")]
    pub starting_state: bool,
    /// Details for a reader: names, tags, holders.
    pub detail: Value,
}

impl ResourceRow {
    /// Returns a row that is not part of the starting state.
    pub fn new(kind: &str, id: impl Into<String>, state: impl Into<String>, detail: Value) -> Self {
        Self {
            account: String::new(),
            region: String::new(),
            kind: kind.to_owned(),
            id: id.into(),
            state: state.into(),
            starting_state: false,
            detail,
        }
    }
}

/// A service error. The protocol writes it in its own format.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceError {
    /// Error code, `InvalidVpcID.NotFound`.
    pub code: Cow<'static, str>,
    /// The message.
    pub message: String,
    /// HTTP status.
    pub status: u16,
    /// Additional members of the error's shape (JSON protocols only).
    pub fields: Map<String, Value>,
}

impl ServiceError {
    /// Returns an error with status 400.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            status: 400,
            fields: Map::new(),
        }
    }

    /// Returns the error with another HTTP status.
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Returns the error with one more member.
    pub fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }
}
