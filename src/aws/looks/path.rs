//! Reads along the path of a private connection: network interfaces and route tables.

use std::collections::BTreeMap;
use std::net::IpAddr;

use aws_sdk_ec2::types::{NetworkInterface, RouteTable};
use pulumi_provider::error::Error;
use pulumi_provider::resource::looks::Looks;

use super::filter;
use crate::aws::Aws;
use crate::aws::error::classify;

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct Seen {
    interfaces: Looks<(String, IpAddr), NetworkInterface>,
    described: Looks<String, Vec<NetworkInterface>>,
    tables: Looks<String, Vec<RouteTable>>,
}

impl Seen {
    pub(super) fn forget(&self) {
        self.interfaces.forget();
        self.described.forget();
        self.tables.forget();
    }
}

/// Returns the network interface of a VPC that has this address.
///
/// # Errors
/// The read failed.
pub async fn interface_at(aws: &Aws, vpc: &str, address: IpAddr) -> Result<Option<NetworkInterface>, Error> {
    let read = async |keys: Vec<(String, IpAddr)>| {
        let mut found = BTreeMap::new();
        for (is_wanted, name) in [
            (IpAddr::is_ipv4 as fn(&IpAddr) -> bool, "addresses.private-ip-address"),
            (IpAddr::is_ipv6, "ipv6-addresses.ipv6-address"),
        ] {
            let keys: Vec<_> = keys.iter().filter(|(_, address)| is_wanted(address)).collect();
            if keys.is_empty() {
                continue;
            }
            let vpcs = keys.iter().map(|(vpc, _)| vpc.clone()).collect();
            let addresses = keys.iter().map(|(_, address)| address.to_string()).collect();
            let filters = vec![filter(name, addresses), filter("vpc-id", vpcs)];
            for interface in interfaces(aws, filters).await? {
                let vpc = interface.vpc_id().unwrap_or_default().to_owned();
                let addresses = addresses_of(&interface);
                found.extend(
                    addresses
                        .into_iter()
                        .map(|address| ((vpc.clone(), address), interface.clone())),
                );
            }
        }
        Ok(found)
    };
    let key = (vpc.to_owned(), address);
    let mut found = aws.seen().path.interfaces.get(std::slice::from_ref(&key), read).await?;
    Ok(found.remove(&key))
}

/// Returns the network interfaces whose description is one of these. An asterisk at the end stands for any text.
///
/// # Errors
/// The read failed.
pub async fn interfaces_described(aws: &Aws, descriptions: &[String]) -> Result<Vec<NetworkInterface>, Error> {
    let read = async |keys: Vec<String>| {
        let all = interfaces(aws, vec![filter("description", keys.clone())]).await?;
        let of_key = |key: &String| {
            let fits = |interface: &&NetworkInterface| {
                let text = interface.description().unwrap_or_default();
                match key.strip_suffix('*') {
                    Some(start) => text.starts_with(start),
                    None => text == key,
                }
            };
            all.iter().filter(fits).cloned().collect()
        };
        Ok(keys.iter().map(|key| (key.clone(), of_key(key))).collect())
    };
    let found = aws.seen().path.described.get(descriptions, read).await?;
    Ok(found.into_values().flatten().collect())
}

/// Returns the route tables of a VPC.
///
/// # Errors
/// The read failed.
pub async fn route_tables(aws: &Aws, vpc: &str) -> Result<Vec<RouteTable>, Error> {
    let read = async |vpcs: Vec<String>| {
        let mut by_vpc: BTreeMap<String, Vec<RouteTable>> = BTreeMap::new();
        for table in route_tables_now(aws, vpcs).await? {
            let vpc = table.vpc_id.clone().unwrap_or_default();
            by_vpc.entry(vpc).or_default().push(table);
        }
        Ok(by_vpc)
    };
    let mut found = aws.seen().path.tables.get(&[vpc.to_owned()], read).await?;
    Ok(found.remove(vpc).unwrap_or_default())
}

/// Returns the route tables of these VPCs, read anew.
///
/// # Errors
/// The read failed.
pub async fn route_tables_now(aws: &Aws, vpcs: Vec<String>) -> Result<Vec<RouteTable>, Error> {
    let call = aws.ec2().await?.describe_route_tables().filters(filter("vpc-id", vpcs));
    let tables: Result<Vec<_>, _> = call.into_paginator().items().send().collect().await;
    tables.map_err(|error| classify("DescribeRouteTables", error))
}

/// Returns the private addresses of an interface.
#[must_use]
pub fn addresses_of(interface: &NetworkInterface) -> Vec<IpAddr> {
    let four = interface
        .private_ip_addresses()
        .iter()
        .map(|one| one.private_ip_address());
    let six = interface.ipv6_addresses().iter().map(|one| one.ipv6_address());
    four.chain(six)
        .flatten()
        .filter_map(|address| address.parse().ok())
        .collect()
}

async fn interfaces(aws: &Aws, filters: Vec<aws_sdk_ec2::types::Filter>) -> Result<Vec<NetworkInterface>, Error> {
    let call = aws
        .ec2()
        .await?
        .describe_network_interfaces()
        .set_filters(Some(filters));
    let found: Result<Vec<_>, _> = call.into_paginator().items().send().collect().await;
    found.map_err(|error| classify("DescribeNetworkInterfaces", error))
}
