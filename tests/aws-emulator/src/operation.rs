//! What a service is to the emulator, and how it says no.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::buckets::Bucket;
use crate::validate::{Rule, Violation};
use crate::world::{Region, World};
use crate::{ec2, eventbridge, lattice, sts};

/// Every service there is. The SigV4 credential scope of a request chooses one by `name`.
pub static SERVICES: [&Service; 4] = [&ec2::SERVICE, &sts::SERVICE, &lattice::SERVICE, &eventbridge::SERVICE];

/// The wire protocol of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// EC2's variant of Query: form in, XML out.
    Ec2,
    /// AWS Query: form in, XML out, answers wrapped in `<Operation>Result`.
    Query,
    /// awsJson1.1: the operation is in `X-Amz-Target`.
    Json,
    /// REST-JSON: the operation is in method and path.
    Rest,
}

impl Protocol {
    /// The error for JSON whose values have other types than the model's: it is not understood at all, whatever else is
    /// wrong with it (Smithy specification, protocol tests of restJson1 and awsJson1.1: malformed requests). In a form
    /// everything is text.
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
    /// How it speaks.
    pub protocol: Protocol,
    /// Carries out one operation. Parameters are complete, typed and within the model's constraints.
    pub handle: fn(&mut World, &CallCx, &str, &Value) -> Result<Value, ServiceError>,
    /// The error for parameters outside the model's constraints.
    pub invalid: fn(&[Violation]) -> ServiceError,
    /// Token bucket of an operation, if its rate is documented.
    pub bucket: fn(&str, &Value) -> Option<Bucket>,
    /// The error when that bucket is empty.
    pub throttled: fn() -> ServiceError,
    /// The error when the caller may not do this; the argument is the action, `service:Operation`.
    pub denied: fn(&str) -> ServiceError,
    /// The error when AWS itself fails (5xx).
    pub internal: fn() -> ServiceError,
    /// All that exists in one account and Region.
    pub resources: fn(&World, &Region) -> Vec<ResourceRow>,
}

/// The caller of one call, and where it goes.
#[derive(Clone, Debug)]
pub struct CallCx {
    /// Twelve digits.
    pub account: String,
    /// Region of the credential scope.
    pub region: String,
    /// ARN of the caller, as GetCallerIdentity shows it.
    pub caller: String,
    /// Access key id of the credentials that signed the request.
    pub access_key: String,
    /// A planned fault wants that what this call begins ends in its failed status.
    pub fails: bool,
    /// What AWS calls the request id; also in the answer.
    pub request_id: String,
}

/// One thing that exists, as `GET /_emulator/resources` lists it.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize, PartialEq)]
pub struct ResourceRow {
    /// Account that owns it; filled in by the caller.
    #[serde(default)]
    pub account: String,
    /// Region it lives in; filled in by the caller.
    #[serde(default)]
    pub region: String,
    /// Kind in AWS's words, such as `vpc-endpoint`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Id.
    pub id: String,
    /// State in the service's words, empty where it has none.
    pub state: String,
    /// True for what every account has from its first day.
    #[serde(rename = "startingWorld")]
    pub starting_world: bool,
    /// Whatever helps a reader: names, tags, holders.
    pub detail: Value,
}

impl ResourceRow {
    /// A row that is not part of the starting world.
    pub fn new(kind: &str, id: impl Into<String>, state: impl Into<String>, detail: Value) -> Self {
        Self {
            account: String::new(),
            region: String::new(),
            kind: kind.to_owned(),
            id: id.into(),
            state: state.into(),
            starting_world: false,
            detail,
        }
    }
}

/// An error as a service answers it. The protocol writes it in its own envelope.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceError {
    /// Error code, `InvalidVpcID.NotFound`.
    pub code: Cow<'static, str>,
    /// For people.
    pub message: String,
    /// HTTP status.
    pub status: u16,
    /// Further members of the error's shape (JSON protocols only).
    pub fields: Map<String, Value>,
}

impl ServiceError {
    /// An error with status 400.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            status: 400,
            fields: Map::new(),
        }
    }

    /// The same with another HTTP status.
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same with one more member.
    pub fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }
}
