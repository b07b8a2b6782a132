//! The AWS services that have interface endpoints here.

use serde_json::{Value, json};

use super::Ec2;
use super::listing::Listing;
use crate::operation::{CallCx, ServiceError};
use crate::world::World;

/// One service as AWS offers it through endpoints.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EndpointService {
    /// Last part of `com.amazonaws.REGION.…`.
    pub(crate) name: &'static str,
    /// Whether the private name also covers everything below it.
    pub(crate) wildcard: bool,
    /// Address families of its endpoints: dualstack is no family of its own here (model, ServiceConnectivityType).
    pub(crate) address_types: &'static [&'static str],
    /// Whether the Region's last zone has it too.
    pub(crate) in_last_zone: bool,
}

const ANY_FAMILY: &[&str] = &["ipv4", "ipv6"];
const ONLY_IPV4: &[&str] = &["ipv4"];

/// Both Step Functions services take policies (docs/aws-behaviour.md, Interface endpoint). That `sync-states` and
/// `execute-api` are missing in one zone is made up: in AWS, too, services are not offered in every zone.
const SERVICES: [EndpointService; 6] = [
    EndpointService {
        name: "states",
        wildcard: false,
        address_types: ANY_FAMILY,
        in_last_zone: true,
    },
    EndpointService {
        name: "sync-states",
        wildcard: false,
        address_types: ANY_FAMILY,
        in_last_zone: false,
    },
    EndpointService {
        name: "execute-api",
        wildcard: true,
        address_types: ANY_FAMILY,
        in_last_zone: false,
    },
    EndpointService {
        name: "events",
        wildcard: false,
        address_types: ONLY_IPV4,
        in_last_zone: true,
    },
    EndpointService {
        name: "secretsmanager",
        wildcard: false,
        address_types: ANY_FAMILY,
        in_last_zone: true,
    },
    EndpointService {
        name: "sts",
        wildcard: false,
        address_types: ONLY_IPV4,
        in_last_zone: true,
    },
];

const LISTING: Listing = Listing {
    key: "ServiceDetails",
    ids: ("ServiceNames", "ServiceName"),
    not_found: |name| not_found(name),
    filters: &[
        ("service-name", "ServiceName"),
        ("service-type", "ServiceType/ServiceType"),
        ("owner", "Owner"),
    ],
};

/// The error for a service that is not there.
pub(super) fn not_found(name: &str) -> ServiceError {
    ServiceError::new(
        "InvalidServiceName",
        format!("The Vpc Endpoint Service '{name}' does not exist"),
    )
}

impl EndpointService {
    /// By its full name, `com.amazonaws.us-east-1.states`.
    pub(super) fn find(region: &str, name: &str) -> Option<&'static Self> {
        let short = name
            .strip_prefix("com.amazonaws.")?
            .strip_prefix(region)?
            .strip_prefix('.')?;
        SERVICES.iter().find(|service| service.name == short)
    }

    /// The name that private DNS answers in the VPC.
    pub(crate) fn private_name(&self, region: &str) -> String {
        format!(
            "{}{}.{region}.amazonaws.com",
            if self.wildcard { "*." } else { "" },
            self.name
        )
    }

    /// The zones it is offered in.
    pub(super) fn zones(&self, ec2: &Ec2) -> Vec<String> {
        let zones = ec2.zones();
        let count = if self.in_last_zone {
            zones.len()
        } else {
            zones.len() - 1
        };
        zones.into_iter().take(count).collect()
    }

    fn details(&self, ec2: &Ec2) -> Value {
        let private = self.private_name(&ec2.region);
        json!({
            "ServiceName": format!("com.amazonaws.{}.{}", ec2.region, self.name),
            "ServiceId": format!("vpce-svc-{:0>17}", self.name.len()),
            "ServiceType": [{ "ServiceType": "Interface" }],
            "ServiceRegion": ec2.region,
            "AvailabilityZones": self.zones(ec2),
            "Owner": "amazon",
            "BaseEndpointDnsNames": [format!("{}.{}.vpce.amazonaws.com", self.name, ec2.region)],
            "PrivateDnsName": private,
            "PrivateDnsNames": [{ "PrivateDnsName": private }],
            "PrivateDnsNameVerificationState": "verified",
            "SupportedIpAddressTypes": self.address_types,
            "VpcEndpointPolicySupported": true,
            "AcceptanceRequired": false,
            "ManagesVpcEndpoints": false,
            "Tags": [],
        })
    }
}

/// DescribeVpcEndpointServices.
pub(super) fn describe(world: &mut World, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let ec2 = &world.region(cx).ec2;
    let all: Vec<_> = SERVICES.iter().map(|service| service.details(ec2)).collect();
    let mut answer = LISTING.answer(all, params)?;
    let page = answer["ServiceDetails"].as_array().into_iter().flatten();
    answer["ServiceNames"] = page.map(|service| service["ServiceName"].clone()).collect();
    Ok(answer)
}
