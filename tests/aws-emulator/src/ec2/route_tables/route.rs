//! One route (EC2 API reference, CreateRoute and Route).

use ipnet::IpNet;
use serde_json::{Value, json};

use crate::ec2::listing::{missing, text};
use crate::ec2::{Ec2, not_here};
use crate::operation::ServiceError;

/// The members of a request that name a target, each with the prefixes of its ids. Of these objects the emulator has only
/// network interfaces; of the others, every id with a right prefix exists.
const TARGETS: [(&str, &[&str]); 5] = [
    ("NetworkInterfaceId", &["eni-"]),
    ("GatewayId", &["igw-", "vgw-"]),
    ("NatGatewayId", &["nat-"]),
    ("TransitGatewayId", &["tgw-"]),
    ("VpcPeeringConnectionId", &["pcx-"]),
];

/// One route.
#[derive(Clone, Debug)]
pub(super) struct Route {
    pub(super) destination: IpNet,
    /// The member that names the target, and its id.
    target: (&'static str, String),
    origin: &'static str,
    /// The state that a seed gave the route.
    pub(super) seeded: Option<&'static str>,
}

impl Route {
    /// Returns the route inside the VPC.
    pub(super) fn local(destination: IpNet) -> Self {
        Self {
            destination,
            target: ("GatewayId", "local".to_owned()),
            origin: "CreateRouteTable",
            seeded: None,
        }
    }

    /// Returns a route to a gateway.
    pub(super) fn to_gateway(destination: &str, gateway: String) -> Self {
        Self {
            destination: destination.parse().expect("a constant range"),
            target: ("GatewayId", gateway),
            origin: "CreateRoute",
            seeded: None,
        }
    }

    pub(super) fn render(&self, ec2: &Ec2) -> Value {
        let member = match self.destination {
            IpNet::V4(_) => "DestinationCidrBlock",
            IpNet::V6(_) => "DestinationIpv6CidrBlock",
        };
        let (kind, target) = &self.target;
        json!({ member: self.destination.to_string(), *kind: target, "Origin": self.origin, "State": self.state(ec2) })
    }

    /// Returns `blackhole` if the target is gone (API reference, Route).
    fn state(&self, ec2: &Ec2) -> &'static str {
        let (kind, target) = &self.target;
        let is_gone = *kind == "NetworkInterfaceId" && !ec2.interfaces.contains_key(target);
        self.seeded.unwrap_or(if is_gone { "blackhole" } else { "active" })
    }
}

/// Reads the route of a request: one destination and one target.
pub(super) fn read(ec2: &Ec2, params: &Value) -> Result<Route, ServiceError> {
    let invalid = |message: String| ServiceError::new("InvalidParameterValue", message);
    if !params["VpcEndpointId"].is_null() {
        return Err(not_here("VpcEndpointId"));
    }
    let destination = match (
        text(params, "DestinationCidrBlock"),
        text(params, "DestinationIpv6CidrBlock"),
    ) {
        (Some(v4), None) => v4.parse().ok().filter(|net| matches!(net, IpNet::V4(_))),
        (None, Some(v6)) => v6.parse().ok().filter(|net| matches!(net, IpNet::V6(_))),
        (None, None) => return Err(missing("DestinationCidrBlock")),
        (Some(_), Some(_)) => None,
    };
    let destination: IpNet =
        destination.ok_or_else(|| invalid("Exactly one valid destination is needed.".to_owned()))?;
    let mut given = TARGETS
        .iter()
        .filter_map(|(kind, prefixes)| Some((kind, prefixes, text(params, kind)?)));
    let Some((kind, prefixes, target)) = given.next() else {
        return Err(missing("GatewayId"));
    };
    if given.next().is_some() || !prefixes.iter().any(|prefix| target.starts_with(prefix)) {
        return Err(invalid(format!(
            "The target '{target}' is not valid, or not the only one."
        )));
    }
    if *kind == "NetworkInterfaceId" && !ec2.interfaces.contains_key(target) {
        return Err(super::super::interfaces::not_found(target));
    }
    Ok(Route {
        destination: destination.trunc(),
        target: (kind, target.to_owned()),
        origin: "CreateRoute",
        seeded: None,
    })
}
