//! Network interfaces that AWS services create in subnets. They use addresses, and they block the deletion of their subnet
//! and security groups for a while after their endpoint or gateway is gone (docs/aws-behavior.md, Interface endpoint,
//! Resource gateway).

use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::{Value, json};
use tokio::time::Instant;

use super::listing::Listing;
use super::{Ec2, tags};
use crate::accounts::{Accounts, Ids};
use crate::operation::{CallCx, ServiceError};

/// One network interface.
#[derive(Clone, Debug)]
pub struct Interface {
    /// `eni-…`
    pub id: String,
    /// The subnet of the interface.
    pub subnet: String,
    /// The VPC of the interface.
    pub vpc: String,
    /// The security groups of the interface.
    pub groups: Vec<String>,
    /// The endpoint or gateway that the interface belongs to.
    pub owner: String,
    /// EC2's `InterfaceType`.
    pub kind: &'static str,
    /// The description in DescribeNetworkInterfaces.
    pub description: String,
    /// IPv4 addresses; the first is the primary one.
    pub addresses: Vec<Ipv4Addr>,
    /// IPv6 address.
    pub ipv6: Option<Ipv6Addr>,
}

/// Addresses that a request fixes. AWS chooses the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FixedAddresses {
    /// The primary IPv4 address.
    pub ipv4: Option<Ipv4Addr>,
    /// The IPv6 address.
    pub ipv6: Option<Ipv6Addr>,
}

impl FixedAddresses {
    /// Reports whether the interface has these addresses.
    pub(super) fn are_of(&self, interface: &Interface) -> bool {
        self.ipv4.is_none_or(|ipv4| interface.addresses.first() == Some(&ipv4))
            && (self.ipv6.is_none() || interface.ipv6 == self.ipv6)
    }
}

/// A service's request for a network interface in a subnet.
#[derive(Clone, Debug)]
pub struct NewInterface {
    /// The subnet. It must exist.
    pub subnet: String,
    /// The security groups. They must exist.
    pub groups: Vec<String>,
    /// The endpoint or gateway that the interface belongs to.
    pub owner: String,
    /// EC2's `InterfaceType`, such as `vpc_endpoint`.
    pub kind: &'static str,
    /// The description in DescribeNetworkInterfaces.
    pub description: String,
    /// The number of IPv4 addresses.
    pub addresses: usize,
    /// Whether it needs an IPv6 address of the subnet.
    pub ipv6: bool,
    /// Addresses that the request fixes. They must be free.
    pub fixed: FixedAddresses,
}

const LISTING: Listing = Listing {
    key: "NetworkInterfaces",
    ids: ("NetworkInterfaceIds", "NetworkInterfaceId"),
    not_found: |id| not_found(id),
    filters: &[
        ("network-interface-id", "NetworkInterfaceId"),
        ("vpc-id", "VpcId"),
        ("subnet-id", "SubnetId"),
        ("group-id", "Groups/GroupId"),
        ("group-name", "Groups/GroupName"),
        ("description", "Description"),
        ("interface-type", "InterfaceType"),
        ("requester-id", "RequesterId"),
        ("requester-managed", "RequesterManaged"),
        ("owner-id", "OwnerId"),
        ("status", "Status"),
        ("availability-zone", "AvailabilityZone"),
        ("private-ip-address", "PrivateIpAddress"),
        ("addresses.private-ip-address", "PrivateIpAddresses/PrivateIpAddress"),
        ("ipv6-addresses.ipv6-address", "Ipv6Addresses/Ipv6Address"),
    ],
};

/// Returns the error for an interface that does not exist.
pub(super) fn not_found(id: &str) -> ServiceError {
    let message = format!("The networkInterface ID '{id}' does not exist");
    ServiceError::new("InvalidNetworkInterfaceID.NotFound", message)
}

impl Ec2 {
    /// Creates an interface in a subnet and returns its id. Returns `None` when the subnet does not exist, has too few free
    /// addresses, or has no IPv6 block for a requested IPv6 address.
    pub fn attach_interface(&mut self, ids: &mut Ids, new: NewInterface) -> Option<String> {
        let subnet = self.subnets.get(&new.subnet)?;
        let addresses = match new.fixed.ipv4 {
            Some(fixed) => vec![fixed],
            None => self.pick_addresses(subnet, new.addresses),
        };
        let ipv6 = match new.fixed.ipv6 {
            None if new.ipv6 => Some(self.pick_ipv6(subnet)?),
            fixed => fixed,
        };
        if addresses.len() < new.addresses {
            return None;
        }
        let id = ids.with_prefix("eni");
        let interface = Interface {
            id: id.clone(),
            vpc: subnet.vpc.clone(),
            subnet: new.subnet,
            groups: new.groups,
            owner: new.owner,
            kind: new.kind,
            description: new.description,
            addresses,
            ipv6,
        };
        self.interfaces.insert(id.clone(), interface);
        Some(id)
    }

    /// Removes the interfaces of an endpoint or gateway. Its addresses, subnets and groups become free.
    pub fn detach_interfaces_of(&mut self, owner: &str) {
        self.interfaces.retain(|_, interface| interface.owner != owner);
    }

    /// Returns the interfaces of an endpoint or gateway.
    pub fn interfaces_of<'a>(&'a self, owner: &'a str) -> impl Iterator<Item = &'a Interface> {
        self.interfaces
            .values()
            .filter(move |interface| interface.owner == owner)
    }
}

/// Handles DescribeNetworkInterfaces.
pub(super) fn describe(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let now = accounts.now();
    let ec2 = &accounts.region(cx).ec2;
    LISTING.answer(
        ec2.interfaces
            .values()
            .map(|interface| render(ec2, interface, now))
            .collect(),
        params,
    )
}

fn render(ec2: &Ec2, interface: &Interface, now: Instant) -> Value {
    let groups: Vec<_> = interface.groups.iter().map(|id| ec2.group_pair(id)).collect();
    let zone = ec2.subnets.get(&interface.subnet).map(|subnet| subnet.zone.clone());
    let address = |(index, address): (usize, &Ipv4Addr)| json!({ "PrivateIpAddress": address.to_string(), "Primary": index == 0 });
    json!({
        "NetworkInterfaceId": interface.id,
        "InterfaceType": interface.kind,
        "Description": interface.description,
        "VpcId": interface.vpc,
        "SubnetId": interface.subnet,
        "AvailabilityZone": zone,
        "Groups": groups,
        "OwnerId": ec2.account,
        // AWS created the interface for a service: the user can neither change nor delete it.
        "RequesterId": "amazon-aws",
        "RequesterManaged": true,
        "SourceDestCheck": true,
        "Status": "in-use",
        "PrivateIpAddress": interface.addresses.first().map(ToString::to_string),
        "PrivateIpAddresses": interface.addresses.iter().enumerate().map(address).collect::<Vec<_>>(),
        "Ipv6Addresses": interface.ipv6.iter().map(|ip| json!({ "Ipv6Address": ip.to_string() })).collect::<Vec<_>>(),
        "Attachment": { "AttachmentId": interface.id.replacen("eni", "ela-attach", 1), "InstanceOwnerId": "amazon-aws",
            "Status": "attached", "DeviceIndex": 1, "DeleteOnTermination": false },
        "TagSet": tags::render(ec2, &interface.id, now),
    })
}
