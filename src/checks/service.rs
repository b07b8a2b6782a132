//! Checks the service of an interface endpoint: what it offers, and where.
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html>

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{ServiceDetail, ServiceType, Subnet};
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::draft::Draft;
use pulumi_provider::resource::findings::{Certainty, Findings};

use super::Item;
use crate::aws::{Aws, looks};
use crate::partition::Partition;

/// The services that a message lists where the Region has not the wanted one.
const USUAL: [&str; 5] = [
    "states",
    "sync-states",
    "execute-api",
    "states-fips",
    "sync-states-fips",
];

/// Checks the service with this full name, and that it is offered in the zones of the subnets.
pub async fn check(
    cx: &CheckCx<'_, Aws>,
    draft: &Draft<'_>,
    service_name: &str,
    subnets: &[Item],
    found: &BTreeMap<String, Subnet>,
    findings: &mut Findings,
) {
    let service = match looks::services(cx.clients(), &[service_name.to_owned()]).await {
        Ok(services) => services.get(service_name).cloned(),
        Err(error) => return cx.not_checked("the endpoint services", error),
    };
    let is_interface = |service: &ServiceDetail| {
        let mut kinds = service.service_type().iter();
        kinds.any(|kind| kind.service_type() == Some(&ServiceType::Interface))
    };
    let Some(service) = service.filter(is_interface) else {
        return missing(cx, service_name, findings).await;
    };
    if cx.sets(draft, "policy") && draft.is_given("policy") && service.vpc_endpoint_policy_supported() == Some(false) {
        let text = format!("{service_name} does not support endpoint policies. Remove `policy`");
        findings.add(Certainty::Fails, "service-policy", at("policy"), text);
    }
    families(cx, draft, service_name, &service, findings);
    if cx.old().is_none() && service.acceptance_required() == Some(true) {
        let owner = service.owner().unwrap_or("another account");
        let text = format!("{owner}, the owner of {service_name}, has to accept the endpoint before it is available");
        findings.add(Certainty::MayFail, "service-acceptance", at("service"), text);
    }
    for item in subnets {
        if let Some(subnet) = found.get(&item.value)
            && let Some(zones) = offered_elsewhere(&service, subnet)
        {
            let zone = subnet.availability_zone_id().unwrap_or_default();
            let text = format!(
                "{service_name} is not offered in {zone}, the Availability Zone of {}. Choose subnets in {zones}",
                item.value
            );
            findings.add(Certainty::Fails, "service-zone", item.path.clone(), text);
        }
    }
}

async fn missing(cx: &CheckCx<'_, Aws>, service_name: &str, findings: &mut Findings) {
    let aws = cx.clients();
    let region = aws.region().await.unwrap_or_default();
    let partition = Partition::of_region(region);
    let usual = USUAL.map(|short| (short, partition.endpoint_service(region, short)));
    let names: Vec<String> = usual.iter().map(|(_, full)| full.clone()).collect();
    let offered = looks::services(aws, &names).await.unwrap_or_default();
    let offered: Vec<_> = usual
        .iter()
        .filter(|(_, full)| offered.contains_key(full))
        .map(|(short, _)| *short)
        .collect();
    let text = match offered.is_empty() {
        true => format!("{region} has no endpoint service {service_name} that this account can use"),
        false => format!(
            "{region} has no endpoint service {service_name} that this account can use. It has {}",
            offered.join(", ")
        ),
    };
    findings.add(Certainty::Fails, "service-missing", at("service"), text);
}

/// The SDK lists `ipv4` and `ipv6`; a service that has both can be reached by dual-stack endpoints.
fn families(
    cx: &CheckCx<'_, Aws>,
    draft: &Draft<'_>,
    service_name: &str,
    service: &ServiceDetail,
    findings: &mut Findings,
) {
    let Some(wanted) = draft.text("ipAddressType").filter(|_| cx.sets(draft, "ipAddressType")) else {
        return;
    };
    let offered: Vec<_> = service
        .supported_ip_address_types()
        .iter()
        .map(|kind| kind.as_str())
        .collect();
    let missing = match wanted {
        "dualstack" => !(offered.contains(&"ipv4") && offered.contains(&"ipv6")),
        one => !offered.contains(&one),
    };
    if missing && !offered.is_empty() {
        let text = format!("{service_name} offers only {}", offered.join(" and "));
        findings.add(Certainty::Fails, "service-family", at("ipAddressType"), text);
    }
}

/// Returns the zones of a service if it is not offered in the subnet's zone. Zone names differ between accounts, so IDs are compared
/// where EC2 gives them.
#[must_use]
pub fn offered_elsewhere(service: &ServiceDetail, subnet: &Subnet) -> Option<String> {
    let (offered, zone) = match service.availability_zone_ids() {
        [] => (service.availability_zones(), subnet.availability_zone()?),
        ids => (ids, subnet.availability_zone_id()?),
    };
    let is_offered = offered.is_empty() || offered.iter().any(|offered| offered == zone);
    (!is_offered).then(|| offered.join(", "))
}

fn at(property: &str) -> PropertyPath {
    PropertyPath::root().key(property)
}
