//! The AWS services for which the emulator has interface endpoints.

use serde_json::{Value, json};

use super::listing::Listing;
use super::{Ec2, subnets};
use crate::accounts::Accounts;
use crate::operation::{CallCx, ServiceError};
use crate::partition::Partition;

/// An AWS service that is available through endpoints.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EndpointService {
    /// The last part of `com.amazonaws.REGION.…`.
    pub(crate) name: &'static str,
    /// Whether the private name also covers all names below it.
    pub(crate) wildcard: bool,
    /// Whether it also has a private name for both address families.
    pub(crate) dual_stack_name: bool,
    /// Whether it is a FIPS service, which not every Region has.
    pub(crate) fips: bool,
    /// The address families of its endpoints. `dualstack` is not a family here (model, ServiceConnectivityType).
    pub(crate) address_types: &'static [&'static str],
    /// Whether the Region's last zone offers it too.
    pub(crate) in_last_zone: bool,
}

/// How a Region offers a service.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    /// `amazon`, or an account.
    pub(crate) owner: String,
    pub(crate) takes_policies: bool,
    /// Whether the owner must accept each endpoint.
    pub(crate) needs_acceptance: bool,
    /// `ipv4` and `ipv6`.
    pub(crate) families: Vec<String>,
    /// Names of zones.
    pub(crate) zones: Vec<String>,
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

/// All services of Step Functions accept policies (docs/aws-behavior.md, Interface endpoint). The general reference, Step
/// Functions endpoints, lists their names for both address families and their FIPS hosts. AWS's pages disagree on which of
/// those Regions have FIPS endpoints; in the emulator all have. One zone of the emulator lacks `sync-states` and
/// `execute-api`. This choice is invented: AWS does not offer every service in every zone either.
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

/// Returns the error for a service that does not exist.
pub(super) fn not_found(name: &str) -> ServiceError {
    ServiceError::new(
        "InvalidServiceName",
        format!("The Vpc Endpoint Service '{name}' does not exist"),
    )
}

impl EndpointService {
    /// Finds a service by its full name, such as `com.amazonaws.us-east-1.states`.
    pub(super) fn find(region: &str, name: &str) -> Option<&'static Self> {
        Self::offered(region).find(|service| service.full_name(region) == name)
    }

    /// Returns the services that the Region offers.
    fn offered(region: &str) -> impl Iterator<Item = &'static Self> {
        let in_north_america = region.starts_with("us-") || region.starts_with("ca-");
        let has_fips = in_north_america && ["aws", "aws-us-gov"].contains(&Partition::of(region).id);
        SERVICES.iter().filter(move |service| has_fips || !service.fips)
    }

    fn full_name(&self, region: &str) -> String {
        Partition::of(region).endpoint_service(region, self.name)
    }

    /// Returns the name that private DNS resolves in the VPC.
    pub(crate) fn private_name(&self, region: &str) -> String {
        let (wildcard, suffix) = (if self.wildcard { "*." } else { "" }, Partition::of(region).suffix);
        format!("{wildcard}{}.{region}.{suffix}", self.name)
    }

    /// Returns all names that private DNS resolves. AWS does not document their order. The usual name comes last, so that a
    /// test fails if a client takes the first.
    pub(crate) fn private_names(&self, region: &str) -> Vec<String> {
        let dual_stack = format!("{}.{region}.{}", self.name, Partition::of(region).dual_stack);
        let dual_stack = self.dual_stack_name.then_some(dual_stack);
        dual_stack.into_iter().chain([self.private_name(region)]).collect()
    }

    /// Returns the suffix of the endpoints' own names.
    pub(super) fn endpoint_domain(&self, region: &str) -> String {
        format!("{}.{region}.vpce.{}", self.name, Partition::of(region).suffix)
    }

    /// Returns how the Region offers the service: as seeded, or else as all of AWS's own services are.
    pub(super) fn offer(&self, ec2: &Ec2) -> Offer {
        let zones = ec2.zones();
        let count = if self.in_last_zone {
            zones.len()
        } else {
            zones.len() - 1
        };
        let as_usual = || Offer {
            owner: "amazon".to_owned(),
            takes_policies: true,
            needs_acceptance: false,
            families: self.address_types.iter().map(|&family| family.to_owned()).collect(),
            zones: zones.into_iter().take(count).collect(),
        };
        ec2.offers.get(self.name).cloned().unwrap_or_else(as_usual)
    }

    fn details(&self, ec2: &Ec2) -> Value {
        let offer = self.offer(ec2);
        let names = self.private_names(&ec2.region).into_iter();
        let names: Vec<_> = names.map(|name| json!({ "PrivateDnsName": name })).collect();
        json!({
            "ServiceName": self.full_name(&ec2.region),
            "ServiceId": format!("vpce-svc-{:0>17}", self.name.len()),
            "ServiceType": [{ "ServiceType": "Interface" }],
            "ServiceRegion": ec2.region,
            "AvailabilityZones": offer.zones,
            "AvailabilityZoneIds": offer.zones.iter().map(|zone| subnets::zone_id(ec2, zone)).collect::<Vec<_>>(),
            "Owner": offer.owner,
            "BaseEndpointDnsNames": [self.endpoint_domain(&ec2.region)],
            "PrivateDnsName": self.private_name(&ec2.region),
            "PrivateDnsNames": names,
            "PrivateDnsNameVerificationState": "verified",
            "SupportedIpAddressTypes": offer.families,
            "VpcEndpointPolicySupported": offer.takes_policies,
            "AcceptanceRequired": offer.needs_acceptance,
            "ManagesVpcEndpoints": false,
            "Tags": [],
        })
    }
}

/// Handles DescribeVpcEndpointServices.
pub(super) fn describe(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let ec2 = &accounts.region(cx).ec2;
    let all = EndpointService::offered(&ec2.region)
        .map(|service| service.details(ec2))
        .collect();
    let mut answer = LISTING.answer(all, params)?;
    let page = answer["ServiceDetails"].as_array().into_iter().flatten();
    answer["ServiceNames"] = page.map(|service| service["ServiceName"].clone()).collect();
    Ok(answer)
}
