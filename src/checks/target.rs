//! Checks the VPC endpoint behind which private APIs are: that it is one of API Gateway, and that the resource gateway reaches it.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-create.html>

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{IpPermission, SecurityGroup, Subnet, VpcEndpoint, VpcEndpointType};
use aws_sdk_vpclattice::types::ResourceGatewaySummary;
use ipnet::Ipv4Net;
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::findings::{Certainty, Findings};

use super::place;
use crate::aws::{Aws, looks};

/// A resource gateway, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct Gateway {
    /// The VPC.
    pub vpc: Option<String>,
    /// `IPV4`, `IPV6` or `DUALSTACK`.
    pub family: Option<String>,
    /// The subnets.
    pub subnets: Vec<String>,
    /// The security groups; `None` if they are not known yet, such as groups that are created in the same update.
    pub groups: Option<Vec<String>>,
}

/// Returns the gateway with this ID, or the one of the same component if the ID is not known yet.
pub async fn gateway(cx: &CheckCx<'_, Aws>, id: Option<&str>) -> Option<Gateway> {
    let Some(id) = id else {
        return cx.shared().with::<Option<Gateway>, _>(|gateway| gateway.clone());
    };
    let gateways = match looks::gateways(cx.clients()).await {
        Ok(gateways) => gateways,
        Err(error) => {
            cx.not_checked("the resource gateways", error);
            return None;
        }
    };
    let found = gateways.iter().find(|gateway| gateway.id() == Some(id))?;
    Some(Gateway::of(found))
}

impl Gateway {
    fn of(found: &ResourceGatewaySummary) -> Self {
        Self {
            vpc: found.vpc_identifier().map(str::to_owned),
            family: found.ip_address_type().map(|family| family.as_str().to_owned()),
            subnets: found.subnet_ids().to_vec(),
            groups: Some(found.security_group_ids().to_vec()),
        }
    }
}

/// Checks the endpoint with this ID as the target of a configuration.
pub async fn endpoint(cx: &CheckCx<'_, Aws>, id: &str, gateway: Option<&Gateway>, findings: &mut Findings) {
    let path = || PropertyPath::root().key("target").key("vpcEndpointId");
    let found = match looks::endpoints(cx.clients(), &[id.to_owned()]).await {
        Ok(found) => found,
        Err(error) => return cx.not_checked("the VPC endpoint of the target", error),
    };
    let Some(endpoint) = found.get(id) else {
        let text = format!(
            "there is no VPC endpoint {id} {}. Check the id, the Region and the account; for an endpoint of another account, set `domainName`",
            place(cx).await
        );
        return findings.add(Certainty::Fails, "target-missing", path(), text);
    };
    let service = endpoint.service_name().unwrap_or_default();
    if endpoint.vpc_endpoint_type() != Some(&VpcEndpointType::Interface)
        || service.rsplit('.').next() != Some("execute-api")
    {
        let text = format!(
            "{id} is an endpoint of {service}, not of API Gateway (execute-api). For another host, set `domainName`"
        );
        return findings.add(Certainty::Fails, "target-service", path(), text);
    }
    let state = endpoint
        .state()
        .map(|state| state.as_str().to_ascii_lowercase())
        .unwrap_or_default();
    if matches!(
        state.as_str(),
        "deleting" | "deleted" | "failed" | "rejected" | "expired"
    ) {
        let text = format!("{id} is {state}. Choose an endpoint that is available");
        return findings.add(Certainty::WorksOtherwise, "target-state", path(), text);
    }
    let Some(gateway) = gateway else {
        return;
    };
    if let (Some(there), Some(here)) = (endpoint.vpc_id(), gateway.vpc.as_deref())
        && there != here
    {
        let text = format!(
            "{id} is in {there}, and the resource gateway in {here}. The gateway needs a route to it, such as a peering connection, and \
             private DNS does not cross VPCs"
        );
        return findings.add(Certainty::WorksOtherwise, "target-vpc", path(), text);
    }
    let family = endpoint
        .ip_address_type()
        .map(|family| family.as_str())
        .unwrap_or("ipv4");
    if let Some(wanted) = gateway.family.as_deref()
        && is_apart(family, wanted)
    {
        let text = format!(
            "{id} has `ipAddressType` {family}, and the resource gateway {wanted}. They share no address family"
        );
        findings.add(Certainty::WorksOtherwise, "target-family", path(), text);
    }
    admits(cx, id, endpoint, gateway, findings).await;
}

/// Reports whether an endpoint and a gateway have no address family in common.
fn is_apart(endpoint: &str, gateway: &str) -> bool {
    matches!((endpoint, gateway), ("ipv4", "IPV6") | ("ipv6", "IPV4"))
}

/// Checks that a group of the endpoint admits the gateway on port 443.
async fn admits(cx: &CheckCx<'_, Aws>, id: &str, endpoint: &VpcEndpoint, gateway: &Gateway, findings: &mut Findings) {
    let groups: Vec<String> = endpoint
        .groups()
        .iter()
        .filter_map(|group| group.group_id.clone())
        .collect();
    let (groups, subnets) = match (
        looks::groups(cx.clients(), &groups).await,
        looks::subnets(cx.clients(), &gateway.subnets).await,
    ) {
        (Ok(groups), Ok(subnets)) => (groups, subnets),
        (Err(error), _) | (_, Err(error)) => return cx.not_checked("the security groups of the target", error),
    };
    if groups.is_empty() || subnets.is_empty() || groups.values().any(|group| lets_in(group, gateway, &subnets)) {
        return;
    }
    let names: Vec<_> = groups.keys().map(String::as_str).collect();
    let text = format!(
        "no rule of {} admits the resource gateway to {id} on port 443. Unless the update adds one, calls time out",
        names.join(", ")
    );
    findings.add(
        Certainty::WorksOtherwise,
        "target-closed",
        PropertyPath::root().key("target").key("vpcEndpointId"),
        text,
    );
}

fn lets_in(group: &SecurityGroup, gateway: &Gateway, subnets: &BTreeMap<String, Subnet>) -> bool {
    let own = gateway.groups.as_deref();
    group
        .ip_permissions()
        .iter()
        .filter(|rule| super::groups::covers(rule, 443))
        .any(|rule| {
            // Whose addresses a prefix list holds is not read.
            !rule.prefix_list_ids().is_empty()
                || rule.user_id_group_pairs().iter().any(|pair| {
                    let named = pair.group_id().unwrap_or_default();
                    own.is_some_and(|own| own.iter().any(|group| group == named))
                })
                || subnets.values().any(|subnet| is_from(rule, subnet))
        })
}

/// Reports whether a rule admits addresses of a subnet.
fn is_from(rule: &IpPermission, subnet: &Subnet) -> bool {
    let block = subnet.cidr_block().and_then(|block| block.parse::<Ipv4Net>().ok());
    let ranges = rule
        .ip_ranges()
        .iter()
        .filter_map(|range| range.cidr_ip()?.parse::<Ipv4Net>().ok());
    let by_ipv4 = block.is_some_and(|block| {
        ranges
            .into_iter()
            .any(|range| range.contains(&block) || block.contains(&range))
    });
    // IPv6 ranges are not compared in detail.
    by_ipv4 || (!rule.ipv6_ranges().is_empty() && !subnet.ipv6_cidr_block_association_set().is_empty())
}
