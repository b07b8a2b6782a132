//! Seeds: situations that no AWS call makes here, because AWS or another account makes them. `POST /_emulator/seed` takes
//! one as JSON: `kind`, what it is about, and what to change. Members have AWS's names and values. An unknown kind, member,
//! object or value is refused with HTTP 400 and a `message`, and changes nothing.
//!
//! An object is found by its id in all accounts and Regions. Where there is no id, `region` is required, and `account` is
//! the emulator's own unless given. A member that is absent keeps its value, except a reason, which belongs to its state.
//!
//! | kind | about | members | answer |
//! |---|---|---|---|
//! | `vpc` | `VpcId` | `OwnerId` | |
//! | `subnet` | `SubnetId` | `OwnerId`, `Ipv6Native` (true: it loses its IPv4 block), `OutpostArn`, `AvailabilityZone`, `AvailabilityZoneId`, `AvailableIpAddressCount` (at most what is free) | |
//! | `network-interface` | `SubnetId` | makes an interface of a load balancer or an instance, with `Groups`, `Description`, `InterfaceType`, `PrivateIpAddress` and `Ipv6Address` (true: it gets one) | `NetworkInterfaceId`, `PrivateIpAddress` |
//! | `route` | `RouteTableId` and `DestinationCidrBlock` or `DestinationIpv6CidrBlock` | `State` | |
//! | `vpc-endpoint` | `VpcEndpointId` | `State` as on the wire, `LastError` with `Code` and `Message`, `FailureReason` | |
//! | `endpoint-service` | `region`, `account`, `ServiceName` | `Owner`, `VpcEndpointPolicySupported`, `AcceptanceRequired`, `SupportedIpAddressTypes`, `AvailabilityZones` | |
//! | `resource-gateway` | `id` | `status` | |
//! | `resource-configuration` | `id` | `status`, `failureReason` | |
//! | `resource-share` | `resourceConfigurationId` | shares it with the account `principal`, as AWS RAM does once that account has accepted | |
//! | `service-network-resource-association` | `id` | `status`, `failureCode`, `failureReason` | |
//! | `resource-endpoint-association` | `resourceConfigurationId` | makes a VPC endpoint of account `vpcEndpointOwner` (the configuration's own unless given) that holds the configuration | `id`, `vpcEndpointId` |
//! | `unmanaged-association` | `resourceConfigurationId` | makes an association with a service network that no service manages | `id`, `serviceNetworkId` |
//! | `service-network-vpc-endpoint-association` | `region`, `account`, `serviceNetworkId` | makes a VPC endpoint for the service network | `vpcEndpointId` |
//! | `connection` | `region`, `account`, `Name` | `ConnectionState`, `StateReason` | |
//! | `quota` | `region`, `account`, `name` ([`crate::quotas`]) | `value` | |
//! | `kms-key` | `region`, `account`, `KeyId` | makes the key, or changes it if the `KeyId` exists: `KeyState`, `KeyManager`, `aliases`, `tags` (an object), `policy` (text). Connections that use it are de-authorized unless it is `Enabled` and has the tag `EventBridgeApiDestinations`=`true` | `KeyId`, `Arn` |
//! | `hosted-zone` | `VPCId` | makes a private hosted zone with `Name` that the VPC is associated with, of `OwningAccount` (the VPC's own unless given) or `OwningService`. One of an account conflicts with a private name | `HostedZoneId` |
//!
//! A situation stays until a call or another seed changes it: an endpoint that is seeded as `deleting` is never deleted.

use serde::Deserialize;
use serde_json::Value;

use crate::accounts::Accounts;
use crate::{ec2, eventbridge, kms, lattice, quotas, route53};

/// One situation. The table above describes the kinds.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the table above describes the kinds")]
pub enum Seed {
    Vpc(ec2::seeds::Vpc),
    Subnet(ec2::seeds::Subnet),
    NetworkInterface(ec2::seeds::NetworkInterface),
    Route(ec2::seeds::Route),
    VpcEndpoint(ec2::seeds::VpcEndpoint),
    EndpointService(ec2::seeds::EndpointService),
    ResourceGateway(lattice::seeds::ResourceGateway),
    ResourceConfiguration(lattice::seeds::ResourceConfiguration),
    ServiceNetworkResourceAssociation(lattice::seeds::Association),
    ResourceShare(lattice::seeds::ResourceShare),
    ResourceEndpointAssociation(lattice::seeds::ResourceEndpoint),
    UnmanagedAssociation(lattice::seeds::UnmanagedAssociation),
    ServiceNetworkVpcEndpointAssociation(lattice::seeds::NetworkEndpoint),
    Connection(eventbridge::seeds::Connection),
    Quota(quotas::Seed),
    KmsKey(kms::seeds::Key),
    HostedZone(route53::Seed),
}

impl Seed {
    /// Makes the situation. Returns the ids of new objects.
    pub(crate) fn apply(self, accounts: &mut Accounts) -> Result<Value, String> {
        match self {
            Self::Vpc(seed) => seed.apply(accounts),
            Self::Subnet(seed) => seed.apply(accounts),
            Self::NetworkInterface(seed) => seed.apply(accounts),
            Self::Route(seed) => seed.apply(accounts),
            Self::VpcEndpoint(seed) => seed.apply(accounts),
            Self::EndpointService(seed) => seed.apply(accounts),
            Self::ResourceGateway(seed) => seed.apply(accounts),
            Self::ResourceConfiguration(seed) => seed.apply(accounts),
            Self::ServiceNetworkResourceAssociation(seed) => seed.apply(accounts),
            Self::ResourceShare(seed) => seed.apply(accounts),
            Self::ResourceEndpointAssociation(seed) => seed.apply(accounts),
            Self::UnmanagedAssociation(seed) => seed.apply(accounts),
            Self::ServiceNetworkVpcEndpointAssociation(seed) => seed.apply(accounts),
            Self::Connection(seed) => seed.apply(accounts),
            Self::Quota(seed) => seed.apply(accounts),
            Self::KmsKey(seed) => seed.apply(accounts),
            Self::HostedZone(seed) => seed.apply(accounts),
        }
    }
}

/// Returns the one of the possible values that is given.
pub(crate) fn one_of(member: &str, given: &str, all: &[&'static str]) -> Result<&'static str, String> {
    let found = all.iter().find(|one| **one == given).copied();
    found.ok_or_else(|| format!("{member} is none of {}: {given}", all.join(", ")))
}

/// Checks that the text is the id of an account.
pub(crate) fn account(member: &str, given: String) -> Result<String, String> {
    match given.len() == 12 && given.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Ok(given),
        false => Err(format!("{member} is not an account id of twelve digits: {given}")),
    }
}

/// Returns account and Region that a seed names.
pub(crate) fn place(accounts: &Accounts, region: String, given: Option<String>) -> Result<(String, String), String> {
    let parts: Vec<_> = region.split('-').collect();
    let ends_in_number = parts.last().is_some_and(|part| part.parse::<u8>().is_ok());
    if parts.len() < 3 || !ends_in_number {
        return Err(format!("region is not a Region: {region}"));
    }
    match given {
        Some(given) => Ok((account("account", given)?, region)),
        None => Ok((accounts.settings.account.clone(), region)),
    }
}

/// Returns the error for an object that does not exist.
pub(crate) fn absent(kind: &str, id: &str) -> String {
    format!("there is no {kind} {id}")
}
