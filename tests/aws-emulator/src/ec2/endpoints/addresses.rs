//! `SubnetConfigurations`: fixed addresses of an endpoint's network interfaces
//! (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SubnetConfiguration.html>). Only requests have them: EC2 shows the
//! addresses at the network interfaces. AWS documents no error codes for them; these are the codes of CreateNetworkInterface.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Form;
use super::checks::invalid;
use crate::ec2::listing::text;
use crate::ec2::subnets::Subnet;
use crate::ec2::{Ec2, FixedAddresses};
use crate::operation::ServiceError;

/// The requested addresses, by subnet.
pub(super) type Fixed = BTreeMap<String, FixedAddresses>;

/// Returns the requested addresses of an endpoint, after checking them. `endpoint` may have them already.
pub(super) fn requested(ec2: &Ec2, endpoint: &str, form: &Form, params: &Value) -> Result<Fixed, ServiceError> {
    let mut fixed = Fixed::new();
    for entry in params["SubnetConfigurations"].as_array().into_iter().flatten() {
        let id = text(entry, "SubnetId").unwrap_or_default();
        let subnet = ec2
            .subnets
            .get(id)
            .filter(|_| form.subnets.iter().any(|subnet| subnet == id));
        let subnet = subnet.ok_or_else(|| invalid(format!("The subnet '{id}' is not a subnet of the endpoint.")))?;
        for (family, without) in [("Ipv4", "ipv6"), ("Ipv6", "ipv4")] {
            let (wanted, given) = (form.address_type != without, text(entry, family).is_some());
            if wanted != given {
                return Err(invalid(format!(
                    "{family} in the subnet configuration of '{id}' does not match the IP address type {}.",
                    form.address_type
                )));
            }
        }
        let addresses = FixedAddresses {
            ipv4: text(entry, "Ipv4").map(parsed).transpose()?,
            ipv6: text(entry, "Ipv6").map(parsed).transpose()?,
        };
        free(ec2, endpoint, subnet, &addresses)?;
        if fixed.insert(id.to_owned(), addresses).is_some() {
            return Err(invalid(format!("The subnet '{id}' has two subnet configurations.")));
        }
    }
    Ok(fixed)
}

fn parsed<Address: std::str::FromStr>(text: &str) -> Result<Address, ServiceError> {
    text.parse().map_err(|_| {
        ServiceError::new(
            "InvalidParameterValue",
            format!("Value ({text}) for the address is not an IP address."),
        )
    })
}

/// Checks that the addresses are in the subnet and that nobody else has them.
fn free(ec2: &Ec2, endpoint: &str, subnet: &Subnet, addresses: &FixedAddresses) -> Result<(), ServiceError> {
    let outside = |address: String| {
        let message = format!("Address {address} is not usable in the subnet {}.", subnet.id);
        ServiceError::new("InvalidParameterValue", message)
    };
    if let Some(ipv4) = addresses.ipv4 {
        let usable = subnet
            .net
            .is_some_and(|net| net.hosts().skip(3).any(|host| host == ipv4) && net.broadcast() != ipv4);
        if !usable {
            return Err(outside(ipv4.to_string()));
        }
    }
    if let Some(ipv6) = addresses.ipv6
        && !subnet.ipv6.is_some_and(|net| net.contains(&ipv6))
    {
        return Err(outside(ipv6.to_string()));
    }
    let holds = |interface: &&crate::ec2::Interface| {
        let same_ipv4 = addresses.ipv4.is_some_and(|ipv4| interface.addresses.contains(&ipv4));
        let same_ipv6 = addresses.ipv6.is_some() && interface.ipv6 == addresses.ipv6;
        let own = interface.owner == endpoint && interface.subnet == subnet.id;
        interface.vpc == subnet.vpc && (same_ipv4 || same_ipv6) && !own
    };
    match ec2.interfaces.values().find(holds) {
        Some(_) => Err(ServiceError::new(
            "InvalidIPAddress.InUse",
            "The specified address is already in use.",
        )),
        None => Ok(()),
    }
}
