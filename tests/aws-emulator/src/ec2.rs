//! EC2: VPCs, subnets, security groups, interface endpoints, network interfaces, tags.

use serde_json::{Value, json};

use crate::operation::{CallCx, Protocol, Service, ServiceError};
use crate::validate::{Rule, Violation};
use crate::world::{Ids, World};

/// EC2.
pub const SERVICE: Service = Service {
    name: "ec2",
    protocol: Protocol::Ec2,
    handle,
    invalid,
    bucket: |_, _| None,
    throttled: || ServiceError::new("RequestLimitExceeded", "Request limit exceeded.").status(503),
    denied: |_| {
        ServiceError::new(
            "UnauthorizedOperation",
            "You are not authorized to perform this operation.",
        )
        .status(403)
    },
    internal: || ServiceError::new("InternalError", "An internal error has occurred").status(500),
    resources: |_, _| Vec::new(),
};

/// EC2's own codes for what the model forbids (EC2 API error codes).
fn invalid(violations: &[Violation]) -> ServiceError {
    let Some(first) = violations.first() else {
        return ServiceError::new("InvalidParameterValue", "The request is invalid");
    };
    match first.rule {
        Rule::Missing => ServiceError::new(
            "MissingParameter",
            format!("The request must contain the parameter {}", first.path),
        ),
        Rule::Type | Rule::Value => ServiceError::new(
            "InvalidParameterValue",
            format!("Invalid value for {}: {}", first.path, first.message),
        ),
    }
}

/// State of EC2 in one account and Region.
#[derive(Debug)]
pub struct Ec2 {
    zones: Vec<String>,
}

impl Ec2 {
    /// What an account has on its first day.
    pub fn starting_world(_: &mut Ids, _: &str, region: &str) -> Self {
        Self {
            zones: ["a", "b", "c"].map(|letter| format!("{region}{letter}")).to_vec(),
        }
    }
}

fn handle(world: &mut World, cx: &CallCx, operation: &str, _: &Value) -> Result<Value, ServiceError> {
    match operation {
        "DescribeAvailabilityZones" => {
            let zones = &world.region(cx).ec2.zones;
            let zone = |name: &String| json!({ "ZoneName": name, "RegionName": cx.region, "State": "available" });
            Ok(json!({ "AvailabilityZones": zones.iter().map(zone).collect::<Vec<_>>() }))
        }
        other => Err(ServiceError::new(
            "InvalidAction",
            format!("The action {other} is not valid for this web service."),
        )),
    }
}
