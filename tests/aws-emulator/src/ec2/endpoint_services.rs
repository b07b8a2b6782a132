//! The AWS services that have interface endpoints here.

use serde_json::{Value, json};

use super::Ec2;
use super::listing::Listing;
use crate::operation::{CallCx, ServiceError};
use crate::partition::Partition;
use crate::world::World;

/// One service as AWS offers it through endpoints.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EndpointService {
    /// Last part of `com.amazonaws.REGION.…`.
    pub(crate) name: &'static str,
    /// Whether the private name also covers everything below it.
    pub(crate) wildcard: bool,
    /// Whether it has a private name for both address families too.
    pub(crate) dual_stack_name: bool,
    /// Whether it is for FIPS, which not every Region has.
    pub(crate) fips: bool,
    /// Address families of its endpoints: dualstack is no family of its own here (model, ServiceConnectivityType).
    pub(crate) address_types: &'static [&'static str],
    /// Whether the Region's last zone has it too.
    pub(crate) in_last_zone: bool,
}

const ANY_FAMILY: &[&str] = &["ipv4", "ipv6"];
const ONLY_IPV4: &[&str] = &["ipv4"];

const ORDINARY: EndpointService = EndpointService {
    name: "",
    wildcard: false,
    dual_stack_name: false,
    fips: false,
    address_types: ANY_FAMILY,
    in_last_zone: true,
};

/// All services of Step Functions take policies (docs/aws-behaviour.md, Interface endpoint). Their names for both address families, and
/// where they have hosts for FIPS: general reference, Step Functions endpoints. AWS's pages do not agree on which of those Regions
/// have endpoints for FIPS; here all have. That `sync-states` and `execute-api` are missing in one
/// zone is made up: in AWS, too, services are not offered in every zone.
const SERVICES: [EndpointService; 8] = [
    EndpointService {
        name: "states",
        dual_stack_name: true,
        ..ORDINARY
    },
    EndpointService {
        name: "states-fips",
        dual_stack_name: true,
        fips: true,
        ..ORDINARY
    },
    EndpointService {
        name: "sync-states",
        dual_stack_name: true,
        in_last_zone: false,
        ..ORDINARY
    },
    EndpointService {
        name: "sync-states-fips",
        dual_stack_name: true,
        fips: true,
        in_last_zone: false,
        ..ORDINARY
    },
    EndpointService {
        name: "execute-api",
        wildcard: true,
        in_last_zone: false,
        ..ORDINARY
    },
    EndpointService {
        name: "events",
        address_types: ONLY_IPV4,
        ..ORDINARY
    },
    EndpointService {
        name: "secretsmanager",
        ..ORDINARY
    },
    EndpointService {
        name: "sts",
        address_types: ONLY_IPV4,
        ..ORDINARY
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
        Self::offered(region).find(|service| service.full_name(region) == name)
    }

    /// Those that the Region has.
    fn offered(region: &str) -> impl Iterator<Item = &'static Self> {
        let in_north_america = region.starts_with("us-") || region.starts_with("ca-");
        let has_fips = in_north_america && ["aws", "aws-us-gov"].contains(&Partition::of(region).id);
        SERVICES.iter().filter(move |service| has_fips || !service.fips)
    }

    fn full_name(&self, region: &str) -> String {
        Partition::of(region).endpoint_service(region, self.name)
    }

    /// The name that private DNS answers in the VPC.
    pub(crate) fn private_name(&self, region: &str) -> String {
        let (wildcard, suffix) = (if self.wildcard { "*." } else { "" }, Partition::of(region).suffix);
        format!("{wildcard}{}.{region}.{suffix}", self.name)
    }

    /// All names that private DNS answers. No page tells their order; with the usual one last, a client that takes the first is seen.
    pub(crate) fn private_names(&self, region: &str) -> Vec<String> {
        let dual_stack = format!("{}.{region}.{}", self.name, Partition::of(region).dual_stack);
        let dual_stack = self.dual_stack_name.then_some(dual_stack);
        dual_stack.into_iter().chain([self.private_name(region)]).collect()
    }

    /// What the endpoints' own names end with.
    pub(super) fn endpoint_domain(&self, region: &str) -> String {
        format!("{}.{region}.vpce.{}", self.name, Partition::of(region).suffix)
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
        let names = self.private_names(&ec2.region).into_iter();
        let names: Vec<_> = names.map(|name| json!({ "PrivateDnsName": name })).collect();
        json!({
            "ServiceName": self.full_name(&ec2.region),
            "ServiceId": format!("vpce-svc-{:0>17}", self.name.len()),
            "ServiceType": [{ "ServiceType": "Interface" }],
            "ServiceRegion": ec2.region,
            "AvailabilityZones": self.zones(ec2),
            "Owner": "amazon",
            "BaseEndpointDnsNames": [self.endpoint_domain(&ec2.region)],
            "PrivateDnsName": self.private_name(&ec2.region),
            "PrivateDnsNames": names,
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
    let all = EndpointService::offered(&ec2.region)
        .map(|service| service.details(ec2))
        .collect();
    let mut answer = LISTING.answer(all, params)?;
    let page = answer["ServiceDetails"].as_array().into_iter().flatten();
    answer["ServiceNames"] = page.map(|service| service["ServiceName"].clone()).collect();
    Ok(answer)
}
