//! Subnets, their addresses, and availability zones.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};
use serde_json::{Value, json};

use super::listing::{Listing, required, text};
use super::{Ec2, tags, vpcs};
use crate::accounts::{Accounts, Ids};
use crate::operation::{CallCx, ServiceError};
use crate::partition;

/// AWS reserves the first four addresses of a subnet and its last one (VPC user guide, "Subnet CIDR blocks").
const RESERVED: usize = 5;

/// One subnet.
#[derive(Debug)]
pub(crate) struct Subnet {
    pub(crate) id: String,
    pub(crate) vpc: String,
    pub(crate) zone: String,
    /// None in an IPv6-only subnet.
    pub(crate) net: Option<Ipv4Net>,
    pub(crate) ipv6: Option<Ipv6Net>,
    pub(crate) starting: bool,
    pub(crate) seeded: Seeded,
}

/// What only a seed gives a subnet.
#[derive(Debug, Default)]
pub(crate) struct Seeded {
    /// The account that shares the subnet with this one.
    pub(crate) owner: Option<String>,
    pub(crate) outpost_arn: Option<String>,
    /// Another zone id than that of the zone's name.
    pub(crate) zone_id: Option<String>,
    /// The number of addresses that others use.
    pub(crate) taken: usize,
}

const LISTING: Listing = Listing {
    key: "Subnets",
    ids: ("SubnetIds", "SubnetId"),
    not_found: |id| not_found(id),
    filters: &[
        ("subnet-id", "SubnetId"),
        ("vpc-id", "VpcId"),
        ("availability-zone", "AvailabilityZone"),
        ("availabilityZone", "AvailabilityZone"),
        ("availability-zone-id", "AvailabilityZoneId"),
        ("cidr-block", "CidrBlock"),
        ("default-for-az", "DefaultForAz"),
        ("ipv6-native", "Ipv6Native"),
        ("outpost-arn", "OutpostArn"),
        ("owner-id", "OwnerId"),
        ("state", "State"),
    ],
};

const ZONES: Listing = Listing {
    key: "AvailabilityZones",
    ids: ("ZoneNames", "ZoneName"),
    not_found: |name| ServiceError::new("InvalidParameterValue", format!("Invalid availability zone: [{name}]")),
    filters: &[
        ("zone-name", "ZoneName"),
        ("zone-id", "ZoneId"),
        ("region-name", "RegionName"),
        ("state", "State"),
        ("zone-type", "ZoneType"),
        ("opt-in-status", "OptInStatus"),
    ],
};

/// Returns the error for a subnet that does not exist.
pub(crate) fn not_found(id: &str) -> ServiceError {
    ServiceError::new(
        "InvalidSubnetID.NotFound",
        format!("The subnet ID '{id}' does not exist"),
    )
}

pub(super) fn insert(
    ec2: &mut Ec2,
    ids: &mut Ids,
    vpc: &str,
    zone: &str,
    net: Option<Ipv4Net>,
    ipv6: Option<Ipv6Net>,
    starting: bool,
) -> String {
    let id = ids.with_prefix("subnet");
    let (vpc, zone) = (vpc.to_owned(), zone.to_owned());
    ec2.subnets.insert(
        id.clone(),
        Subnet {
            id: id.clone(),
            vpc,
            zone,
            net,
            ipv6,
            starting,
            seeded: Seeded::default(),
        },
    );
    id
}

impl Ec2 {
    /// Returns the number of free addresses in a subnet.
    pub(crate) fn free_addresses(&self, subnet: &Subnet) -> usize {
        let Some(net) = subnet.net else { return 0 };
        let size = 1usize << (32 - net.prefix_len());
        let used: usize = self
            .interfaces
            .values()
            .filter(|i| i.subnet == subnet.id)
            .map(|i| i.addresses.len())
            .sum();
        size.saturating_sub(RESERVED + used + subnet.seeded.taken)
    }

    /// Returns the lowest free addresses of a subnet, or fewer if there are not enough.
    pub(super) fn pick_addresses(&self, subnet: &Subnet, count: usize) -> Vec<Ipv4Addr> {
        let mine = || self.interfaces.values().filter(|i| i.subnet == subnet.id);
        let used: std::collections::BTreeSet<_> = mine().flat_map(|i| i.addresses.iter().copied()).collect();
        let Some(net) = subnet.net else { return Vec::new() };
        let last = net.broadcast();
        // `hosts()` omits the network address and the last one. AWS reserves three more at the beginning.
        net.hosts()
            .skip(3)
            .filter(|a| *a != last && !used.contains(a))
            .take(count.min(self.free_addresses(subnet)))
            .collect()
    }

    pub(super) fn pick_ipv6(&self, subnet: &Subnet) -> Option<Ipv6Addr> {
        let net = subnet.ipv6?;
        let used: Vec<_> = self.interfaces.values().filter_map(|i| i.ipv6).collect();
        net.hosts().skip(4).find(|address| !used.contains(address))
    }
}

impl Subnet {
    /// Reports whether the subnet has only IPv6 addresses.
    pub(crate) fn is_ipv6_only(&self) -> bool {
        self.net.is_none()
    }
}

/// Handles CreateSubnet. The block must lie in one of the VPC's blocks (InvalidSubnet.Range) and not overlap others
/// (InvalidSubnet.Conflict). With `Ipv6Native` the subnet has only an IPv6 block (API reference, CreateSubnet).
pub(super) fn create(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let vpc_id = required(params, "VpcId")?;
    let is_ipv6_only = params["Ipv6Native"].as_bool() == Some(true);
    let cidr = match is_ipv6_only {
        true => required(params, "Ipv6CidrBlock")?,
        false => required(params, "CidrBlock")?,
    };
    if is_ipv6_only && text(params, "CidrBlock").is_some() {
        let message = "The parameter CidrBlock cannot be used with the parameter Ipv6Native";
        return Err(ServiceError::new("InvalidParameterCombination", message));
    }
    let tags = tags::specified(params, "subnet")?;
    let now = accounts.now();
    let (region, ids) = accounts.region_and_ids(cx);
    let ec2 = &mut region.ec2;
    let vpc = ec2.vpcs.get(vpc_id).ok_or_else(|| vpcs::not_found(vpc_id))?;
    let range = || ServiceError::new("InvalidSubnet.Range", format!("The CIDR '{cidr}' is invalid."));
    let mut net = None;
    if !is_ipv6_only {
        let wanted: Ipv4Net = cidr.parse().map_err(|_| {
            let message = format!("Value ({cidr}) for parameter cidrBlock is invalid. This is not a valid CIDR block.");
            ServiceError::new("InvalidParameterValue", message)
        })?;
        let inside = vpc
            .blocks
            .iter()
            .any(|block| block.state == "associated" && block.net.contains(&wanted));
        if !inside || !(16..=28).contains(&wanted.prefix_len()) || wanted != wanted.trunc() {
            return Err(range());
        }
        let overlaps = |other: Ipv4Net| other.contains(&wanted) || wanted.contains(&other);
        let mut others = ec2.subnets.values().filter(|subnet| subnet.vpc == vpc_id);
        if others.any(|subnet| subnet.net.is_some_and(overlaps)) {
            let message = format!("The CIDR '{cidr}' conflicts with another subnet");
            return Err(ServiceError::new("InvalidSubnet.Conflict", message));
        }
        net = Some(wanted);
    }
    let ipv6 = match text(params, "Ipv6CidrBlock") {
        None => None,
        Some(text) => {
            let net: Ipv6Net = text.parse().map_err(|_| range())?;
            let inside = vpc.ipv6_blocks.iter().any(|block| block.net.contains(&net));
            Some(net).filter(|_| inside).ok_or_else(range).map(Some)?
        }
    };
    let zones = ec2.zones();
    let zone = text(params, "AvailabilityZone").unwrap_or(&zones[0]);
    if !zones.iter().any(|z| z == zone) {
        let message = format!(
            "Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: {}.",
            zones.join(", ")
        );
        return Err(ServiceError::new("InvalidParameterValue", message));
    }
    let id = insert(ec2, ids, vpc_id, zone, net, ipv6, false);
    tags::set(ec2, &id, tags);
    Ok(json!({ "Subnet": render(ec2, &ec2.subnets[&id], now) }))
}

/// Handles DeleteSubnet. Network interfaces in the subnet prevent it, even those that outlive their endpoint or gateway.
pub(super) fn delete(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let id = required(params, "SubnetId")?;
    let ec2 = &mut accounts.region(cx).ec2;
    if !ec2.subnets.contains_key(id) {
        return Err(not_found(id));
    }
    if ec2.interfaces.values().any(|interface| interface.subnet == id) {
        let message = format!("The subnet '{id}' has dependencies and cannot be deleted.");
        return Err(ServiceError::new("DependencyViolation", message));
    }
    ec2.subnets.remove(id);
    ec2.tags.remove(id);
    ec2.acl_associations.remove(id);
    for table in ec2.route_tables.values_mut() {
        table.associations.retain(|_, subnet| subnet != id);
    }
    Ok(json!({}))
}

/// Handles DescribeSubnets.
pub(super) fn describe(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let now = accounts.now();
    let ec2 = &accounts.region(cx).ec2;
    LISTING.answer(
        ec2.subnets.values().map(|subnet| render(ec2, subnet, now)).collect(),
        params,
    )
}

fn render(ec2: &Ec2, subnet: &Subnet, now: tokio::time::Instant) -> Value {
    let ipv6 = subnet.ipv6.map(|net| {
        json!({ "AssociationId": subnet.id.replacen("subnet", "subnet-cidr-assoc", 1),
            "Ipv6CidrBlock": net.to_string(), "Ipv6CidrBlockState": { "State": "associated" } })
    });
    let owner = subnet.seeded.owner.as_ref().unwrap_or(&ec2.account);
    json!({
        "SubnetId": subnet.id,
        "SubnetArn": partition::arn("ec2", &ec2.region, owner, &format!("subnet/{}", subnet.id)),
        "VpcId": subnet.vpc,
        "OwnerId": owner,
        "OutpostArn": subnet.seeded.outpost_arn,
        "State": "available",
        "CidrBlock": subnet.net.map(|net| net.to_string()),
        "Ipv6CidrBlockAssociationSet": ipv6.into_iter().collect::<Vec<_>>(),
        "AvailabilityZone": subnet.zone,
        "AvailabilityZoneId": subnet.seeded.zone_id.clone().unwrap_or_else(|| zone_id(ec2, &subnet.zone)),
        "AvailableIpAddressCount": ec2.free_addresses(subnet),
        "DefaultForAz": subnet.starting,
        "MapPublicIpOnLaunch": subnet.starting,
        "AssignIpv6AddressOnCreation": false,
        "Ipv6Native": subnet.is_ipv6_only(),
        // EC2 API reference, Subnet and PrivateDnsNameOptionsOnLaunch: the defaults of a subnet.
        "PrivateDnsNameOptionsOnLaunch": { "HostnameType": "ip-name", "EnableResourceNameDnsARecord": false,
            "EnableResourceNameDnsAAAARecord": false },
        "Tags": tags::render(ec2, &subnet.id, now),
    })
}

/// Returns the zone id: `us-east-1b` is `use1-az2`.
pub(super) fn zone_id(ec2: &Ec2, zone: &str) -> String {
    let index = ec2.zones().iter().position(|z| z == zone).map_or(0, |index| index + 1);
    let mut parts = ec2.region.split('-');
    let (area, rest): (_, Vec<_>) = (parts.next().unwrap_or_default(), parts.collect());
    let short: String = rest.iter().filter_map(|part| part.chars().next()).collect();
    format!("{area}{short}-az{index}")
}

/// Handles DescribeAvailabilityZones.
pub(super) fn describe_zones(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let ec2 = &accounts.region(cx).ec2;
    let zone = |name: &String| {
        json!({ "ZoneName": name, "ZoneId": zone_id(ec2, name), "RegionName": ec2.region, "State": "available",
            "ZoneType": "availability-zone", "OptInStatus": "opt-in-not-required", "GroupName": ec2.region,
            "NetworkBorderGroup": ec2.region })
    };
    let mut answer = ZONES.answer(ec2.zones().iter().map(zone).collect(), params)?;
    answer["NextToken"] = Value::Null;
    Ok(answer)
}
