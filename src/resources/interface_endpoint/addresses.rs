//! Fixed addresses of an endpoint's network interfaces.
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SubnetConfiguration.html>
//!
//! DescribeVpcEndpoints does not return them, so they are read from the network interfaces, and only where the program fixes them:
//! other endpoints cost no call.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{Filter, SubnetConfiguration as Sent, VpcEndpoint as Live};
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::property::{Map, Value};
use pulumi_provider::resource::context::Cx;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{Inputs, State};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::wait::poller::Polled;
use crate::aws::wait::{Look, Wait, until};

/// The fixed addresses in one subnet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SubnetConfiguration {
    /// The subnet, which is also one of `subnetIds`.
    pub subnet_id: String,
    /// The IPv4 address, unless the endpoint has IPv6 addresses only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv4: Option<String>,
    /// The IPv6 address, if the endpoint has IPv6 addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv6: Option<String>,
}

impl SubnetConfiguration {
    /// Reports whether both have the same addresses, in any spelling.
    pub(super) fn same(&self, other: &Self) -> bool {
        let same = |one: &Option<String>, other: &Option<String>| match (one, other) {
            (Some(one), Some(other)) => pulumi_provider::schema::same_ip_address(one, other),
            (None, None) => true,
            _ => false,
        };
        self.subnet_id == other.subnet_id && same(&self.ipv4, &other.ipv4) && same(&self.ipv6, &other.ipv6)
    }
}

/// The addresses of an endpoint's network interfaces, by subnet.
pub(super) type Addresses = BTreeMap<String, SubnetConfiguration>;

/// Returns the entry for one subnet.
pub(super) fn of_subnet<'a>(all: Option<&'a [SubnetConfiguration]>, subnet: &str) -> Option<&'a SubnetConfiguration> {
    all.unwrap_or_default().iter().find(|one| one.subnet_id == subnet)
}

/// Converts the entries to the form of a request.
pub(super) fn request(entries: &[SubnetConfiguration]) -> Option<Vec<Sent>> {
    let sent = entries.iter().map(|entry| {
        Sent::builder()
            .subnet_id(&entry.subnet_id)
            .set_ipv4(entry.ipv4.clone())
            .set_ipv6(entry.ipv6.clone())
            .build()
    });
    (!entries.is_empty()).then(|| sent.collect())
}

/// Reads the addresses of the endpoint's network interfaces.
pub(super) async fn read(cx: &Cx<Aws>, live: &Live) -> Result<Addresses, Error> {
    let ids = live.network_interface_ids();
    if ids.is_empty() {
        return Ok(Addresses::new());
    }
    // A filter, unlike a list of ids, does not fail if an interface is gone.
    let filter = Filter::builder()
        .name("network-interface-id")
        .set_values(Some(ids.to_vec()))
        .build();
    let call = cx.clients().ec2().await?.describe_network_interfaces().filters(filter);
    let answer = call.send().await;
    let answer = answer.map_err(|error| classify("DescribeNetworkInterfaces", error))?;
    let entries = answer
        .network_interfaces
        .unwrap_or_default()
        .into_iter()
        .filter_map(|interface| {
            let ipv6 = interface
                .ipv6_addresses()
                .iter()
                .find_map(|address| address.ipv6_address.clone());
            let entry = SubnetConfiguration {
                subnet_id: interface.subnet_id?,
                ipv4: interface.private_ip_address.filter(|address| !address.is_empty()),
                ipv6,
            };
            Some((entry.subnet_id.clone(), entry))
        });
    Ok(entries.collect())
}

/// Returns the addresses in the subnets of the inputs, in their order and spelling. If the program no longer fixes any, those that
/// are recorded stay an output. Otherwise returns `None` without a call.
pub(super) async fn found(
    cx: &Cx<Aws>,
    live: &Live,
    inputs: &Inputs,
    recorded: Option<&State>,
) -> Result<Option<Vec<SubnetConfiguration>>, Error> {
    let recorded = recorded.and_then(|state| state.subnet_configurations.as_ref());
    let Some(wanted) = inputs.subnet_configurations.as_ref().or(recorded) else {
        return Ok(None);
    };
    // A new endpoint has no network interfaces yet.
    if live.network_interface_ids().is_empty() {
        return Ok(None);
    }
    let mut addresses = match read(cx, live).await {
        Err(error) if error.kind() == ErrorKind::Denied && inputs.subnet_configurations.is_none() => return Ok(None),
        read => read?,
    };
    let entries = wanted.iter().filter_map(|wanted| {
        let entry = addresses.remove(&wanted.subnet_id)?;
        Some(if entry.same(wanted) { wanted.clone() } else { entry })
    });
    Ok(Some(entries.collect()))
}

/// Returns all addresses for an import, which also lets the program fix them. Without the permission to read network interfaces the
/// import does without.
pub(super) async fn imported(cx: &Cx<Aws>, live: &Live) -> Result<Option<Vec<SubnetConfiguration>>, Error> {
    match read(cx, live).await {
        Ok(addresses) => Ok(Some(addresses.into_values().collect())),
        Err(error) if error.kind() == ErrorKind::Denied => Ok(None),
        Err(error) => Err(error),
    }
}

/// Waits until the network interfaces have these addresses. AWS replaces an interface for that.
pub(super) async fn shown(
    cx: &Cx<Aws>,
    id: &str,
    wanted: &[SubnetConfiguration],
    deadline: Instant,
) -> Result<Addresses, Error> {
    let what = format!("endpoint {id} to have its fixed addresses");
    let look = async || match Polled::<Live>::new(cx.clients(), id).current().await? {
        Some(live) => read(cx, &live).await,
        None => Ok(Addresses::new()),
    };
    let look = || look();
    until(cx, Wait { what: &what, deadline }, &look, |seen| match seen {
        Ok(addresses) => {
            let missing = wanted
                .iter()
                .find(|wanted| !addresses.get(&wanted.subnet_id).is_some_and(|live| live.same(wanted)));
            match missing {
                None => Look::Ready(addresses),
                Some(missing) => Look::Pending(format!("not yet in {}", missing.subnet_id)),
            }
        }
        Err(error) => Look::Failed(error),
    })
    .await
}

/// Reports whether a new endpoint would ask for an address that the old one has. AWS gives an address only to one interface, so the old
/// endpoint must be deleted first. An unknown address may be such an address.
pub(super) fn collide(old: &Map, new: &Map) -> bool {
    let entries = |inputs: &Map| match inputs.get("subnetConfigurations").map(Value::bare) {
        Some(Value::Unknown) => None,
        given => Some(given.and_then(Value::as_array).unwrap_or_default().to_vec()),
    };
    let (Some(old), Some(new)) = (entries(old), entries(new)) else {
        return true;
    };
    let addresses = |entry: &Value| {
        let entry = entry.bare().as_object().cloned().unwrap_or_default();
        ["ipv4", "ipv6"].map(|name| entry.get(name).map(|address| address.bare().clone()))
    };
    let old: Vec<Value> = old.iter().flat_map(addresses).flatten().collect();
    let may_be = |new: &Value| {
        let is = |old: &Value| match (old.as_str(), new.as_str()) {
            (Some(old), Some(new)) => pulumi_provider::schema::same_ip_address(old, new),
            _ => new.is_unknown(),
        };
        old.iter().any(is)
    };
    new.iter().flat_map(addresses).flatten().any(|new| may_be(&new))
}
