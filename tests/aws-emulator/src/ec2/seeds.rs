//! What seeds change in EC2 ([`crate::seeds`]).

use std::net::Ipv4Addr;

use ipnet::{IpNet, Ipv6Net};
use serde::Deserialize;
use serde_json::{Value, json};

use super::endpoints::State;
use super::interfaces::{FixedAddresses, NewInterface};
use super::{Ec2, endpoint_services, vpcs};
use crate::accounts::{Accounts, Ids};
use crate::seeds::{absent, account, one_of, place};

/// A VPC.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Vpc {
    vpc_id: String,
    owner_id: String,
}

impl Vpc {
    pub(crate) fn apply(self, accounts: &mut Accounts) -> Result<Value, String> {
        let owner = account("OwnerId", self.owner_id)?;
        let mut regions = accounts.regions_mut();
        let vpc = regions.find_map(|region| region.ec2.vpcs.get_mut(&self.vpc_id));
        vpc.ok_or_else(|| absent("VPC", &self.vpc_id))?.owner = Some(owner);
        Ok(json!({}))
    }
}

/// A subnet.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Subnet {
    subnet_id: String,
    owner_id: Option<String>,
    ipv6_native: Option<bool>,
    outpost_arn: Option<String>,
    availability_zone: Option<String>,
    availability_zone_id: Option<String>,
    available_ip_address_count: Option<usize>,
}

impl Subnet {
    pub(crate) fn apply(self, accounts: &mut Accounts) -> Result<Value, String> {
        let owner = self.owner_id.map(|owner| account("OwnerId", owner)).transpose()?;
        if self.outpost_arn.as_ref().is_some_and(|arn| !arn.starts_with("arn:")) {
            return Err("OutpostArn is not an ARN".to_owned());
        }
        if self.ipv6_native == Some(false) {
            return Err("Ipv6Native is true or absent: a subnet does not get its IPv4 block back".to_owned());
        }
        let id = &self.subnet_id;
        let (found, ids) = accounts.region_with(|region| region.ec2.subnets.contains_key(id));
        let ec2 = &mut found.ok_or_else(|| absent("subnet", id))?.ec2;
        let subnet = &ec2.subnets[id];
        let used = ec2.interfaces.values().any(|interface| interface.subnet == *id);
        if self.ipv6_native.is_some() && (used || self.available_ip_address_count.is_some()) {
            return Err("Ipv6Native needs a subnet without network interfaces, and has no IPv4 addresses".to_owned());
        }
        let free = ec2.free_addresses(subnet) + subnet.seeded.taken;
        let taken = match self.available_ip_address_count {
            Some(wanted) if wanted > free => return Err(format!("AvailableIpAddressCount is more than {free}")),
            Some(wanted) => Some(free - wanted),
            None => None,
        };
        let ipv6 = match self.ipv6_native {
            Some(_) => Some(subnet.ipv6.map_or_else(|| ipv6_block(ec2, ids, id), Ok)?),
            None => None,
        };
        let subnet = ec2.subnets.get_mut(id).expect("looked up above");
        if ipv6.is_some() {
            (subnet.net, subnet.ipv6) = (None, ipv6);
        }
        if let Some(zone) = self.availability_zone {
            subnet.zone = zone;
        }
        let seeded = &mut subnet.seeded;
        seeded.owner = owner.or_else(|| seeded.owner.take());
        seeded.outpost_arn = self.outpost_arn.or_else(|| seeded.outpost_arn.take());
        seeded.zone_id = self.availability_zone_id.or_else(|| seeded.zone_id.take());
        seeded.taken = taken.unwrap_or(seeded.taken);
        Ok(json!({}))
    }
}

/// Returns a free block of the VPC's IPv6 block, which the VPC gets first if it has none.
fn ipv6_block(ec2: &mut Ec2, ids: &mut Ids, subnet: &str) -> Result<Ipv6Net, String> {
    let id = ec2.subnets[subnet].vpc.clone();
    if ec2.vpcs[&id].ipv6_blocks.is_empty() {
        vpcs::add_ipv6(ec2, ids, &id);
    }
    let used: Vec<_> = ec2.subnets.values().filter_map(|subnet| subnet.ipv6).collect();
    let mut blocks = ec2.vpcs[&id].ipv6_blocks[0]
        .net
        .subnets(64)
        .expect("a /56 has /64 blocks");
    let free = blocks.find(|block| !used.contains(block));
    free.ok_or_else(|| format!("the IPv6 block of {id} is used up"))
}

/// The types of interfaces that load balancers and instances have (model, NetworkInterfaceType).
const INTERFACE_TYPES: [&str; 5] = [
    "interface",
    "load_balancer",
    "network_load_balancer",
    "lambda",
    "nat_gateway",
];

/// A network interface of something that the emulator does not have.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct NetworkInterface {
    subnet_id: String,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    description: String,
    interface_type: Option<String>,
    private_ip_address: Option<Ipv4Addr>,
    #[serde(default)]
    ipv6_address: bool,
}

impl NetworkInterface {
    pub(crate) fn apply(self, accounts: &mut Accounts) -> Result<Value, String> {
        let kind = self.interface_type.as_deref().unwrap_or("interface");
        let kind = one_of("InterfaceType", kind, &INTERFACE_TYPES)?;
        let id = &self.subnet_id;
        let (found, ids) = accounts.region_with(|region| region.ec2.subnets.contains_key(id));
        let ec2 = &mut found.ok_or_else(|| absent("subnet", id))?.ec2;
        if let Some(group) = self.groups.iter().find(|group| !ec2.groups.contains_key(*group)) {
            return Err(absent("security group", group));
        }
        if let Some(address) = self.private_ip_address {
            let inside = ec2.subnets[id].net.is_some_and(|net| net.contains(&address));
            let taken = ec2.interfaces.values().any(|other| other.addresses.contains(&address));
            if !inside || taken {
                return Err(format!("PrivateIpAddress is not a free address of {id}: {address}"));
            }
        }
        let new = NewInterface {
            subnet: self.subnet_id.clone(),
            groups: self.groups,
            owner: String::new(),
            kind,
            description: self.description,
            addresses: 1,
            ipv6: self.ipv6_address,
            fixed: FixedAddresses {
                ipv4: self.private_ip_address,
                ipv6: None,
            },
        };
        let made = ec2.attach_interface(ids, new);
        let made = made.ok_or_else(|| format!("{id} has no free address"))?;
        let address = ec2.interfaces[&made].addresses.first().map(ToString::to_string);
        Ok(json!({ "NetworkInterfaceId": made, "PrivateIpAddress": address }))
    }
}

/// A route.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Route {
    route_table_id: String,
    destination_cidr_block: Option<String>,
    destination_ipv6_cidr_block: Option<String>,
    state: String,
}

impl Route {
    pub(crate) fn apply(self, accounts: &mut Accounts) -> Result<Value, String> {
        let state = one_of("State", &self.state, &["active", "blackhole", "filtered"])?;
        let ((Some(destination), None) | (None, Some(destination))) =
            (self.destination_cidr_block, self.destination_ipv6_cidr_block)
        else {
            return Err("one of DestinationCidrBlock and DestinationIpv6CidrBlock is required".to_owned());
        };
        let net: IpNet = destination
            .parse()
            .map_err(|_| format!("not a CIDR block: {destination}"))?;
        let mut regions = accounts.regions_mut();
        let table = regions.find_map(|region| region.ec2.route_tables.get_mut(&self.route_table_id));
        let table = table.ok_or_else(|| absent("route table", &self.route_table_id))?;
        match table.seed(net, state) {
            true => Ok(json!({})),
            false => Err(absent("route that is not local, to", &destination)),
        }
    }
}

/// An interface endpoint.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct VpcEndpoint {
    vpc_endpoint_id: String,
    state: String,
    last_error: Option<LastError>,
    failure_reason: Option<String>,
}

/// The reason of a failure.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct LastError {
    code: String,
    message: String,
}

impl VpcEndpoint {
    pub(crate) fn apply(self, accounts: &mut Accounts) -> Result<Value, String> {
        let wire = one_of("State", &self.state, &State::ALL.map(State::wire))?;
        let state = State::ALL
            .into_iter()
            .find(|state| state.wire() == wire)
            .expect("one of all");
        let mut regions = accounts.regions_mut();
        let endpoint = regions.find_map(|region| region.ec2.endpoints.get_mut(&self.vpc_endpoint_id));
        let endpoint = endpoint.ok_or_else(|| absent("endpoint", &self.vpc_endpoint_id))?;
        let last_error = self.last_error.map(|error| (error.code, error.message));
        endpoint.enter(state, last_error, self.failure_reason);
        Ok(json!({}))
    }
}

/// An endpoint service.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct EndpointService {
    #[serde(rename = "region")]
    region: String,
    #[serde(rename = "account")]
    account: Option<String>,
    service_name: String,
    owner: Option<String>,
    vpc_endpoint_policy_supported: Option<bool>,
    acceptance_required: Option<bool>,
    supported_ip_address_types: Option<Vec<String>>,
    availability_zones: Option<Vec<String>>,
}

impl EndpointService {
    pub(crate) fn apply(self, accounts: &mut Accounts) -> Result<Value, String> {
        let (owner, region) = place(accounts, self.region, self.account)?;
        let ec2 = &mut accounts.region_of(&owner, &region).ec2;
        let service = endpoint_services::EndpointService::find(&region, &self.service_name)
            .ok_or_else(|| absent("endpoint service", &self.service_name))?;
        for family in self.supported_ip_address_types.iter().flatten() {
            one_of("SupportedIpAddressTypes", family, &["ipv4", "ipv6"])?;
        }
        let zones = ec2.zones();
        if let Some(unknown) = self
            .availability_zones
            .iter()
            .flatten()
            .find(|zone| !zones.contains(zone))
        {
            return Err(absent("zone", unknown));
        }
        let mut offer = service.offer(ec2);
        offer.owner = self.owner.unwrap_or(offer.owner);
        offer.takes_policies = self.vpc_endpoint_policy_supported.unwrap_or(offer.takes_policies);
        offer.needs_acceptance = self.acceptance_required.unwrap_or(offer.needs_acceptance);
        offer.families = self.supported_ip_address_types.unwrap_or(offer.families);
        offer.zones = self.availability_zones.unwrap_or(offer.zones);
        ec2.offers.insert(service.name, offer);
        Ok(json!({}))
    }
}
