//! The last step: the target behind the gateway.

use aws_sdk_vpclattice::operation::get_resource_configuration::GetResourceConfigurationOutput;
use aws_sdk_vpclattice::types::ResourceConfigurationDefinition;

use super::Steps;
use super::gateway::{Looked, findings};
use crate::aws::Aws;
use crate::checks::target::{self, Gateway};
use crate::partition::EndpointName;

const STEP: &str = "target";

pub(super) async fn judge(
    aws: &Aws,
    configuration: &GetResourceConfigurationOutput,
    gateway: Option<&Gateway>,
    steps: &mut Steps,
) {
    match configuration.resource_configuration_definition() {
        Some(ResourceConfigurationDefinition::DnsResource(dns)) => {
            let name = dns.domain_name().unwrap_or_default();
            match endpoint_in(name) {
                Some(id) => endpoint(aws, &id, gateway, steps).await,
                None => steps.add(
                    STEP,
                    super::Outcome::Unknown,
                    format!("{name} is a host that AWS does not show"),
                    "Check that its name is in public DNS, that its certificate is publicly trusted, and that it admits the gateway on port 443",
                ),
            }
        }
        Some(ResourceConfigurationDefinition::IpResource(address)) => steps.add(
            STEP,
            super::Outcome::Unknown,
            format!("{} is an address that AWS does not show", address.ip_address().unwrap_or_default()),
            "Check that the host answers on port 443, that the gateway's subnets have a route to it, and that it admits the gateway",
        ),
        _ => steps.add(STEP, super::Outcome::Unknown, "the configuration has a target of another kind", ""),
    }
}

async fn endpoint(aws: &Aws, id: &str, gateway: Option<&Gateway>, steps: &mut Steps) {
    let looked = findings(aws, async |cx, findings| {
        target::endpoint(cx, id, gateway, findings).await
    })
    .await;
    match looked {
        Looked {
            texts,
            unread: Some(error),
        } if texts.is_empty() => steps.unknown(STEP, &error),
        Looked { texts, .. } if texts.is_empty() => steps.ok(
            STEP,
            format!("{id} is an available endpoint of API Gateway that admits the gateway"),
        ),
        Looked { texts, .. } => {
            for text in texts {
                steps.fail(STEP, text, "Mend it, then update the connection");
            }
        }
    }
}

/// Returns the id of the VPC endpoint whose DNS name this is.
fn endpoint_in(name: &str) -> Option<String> {
    // The label is the id and a hash, and in a zonal name the zone.
    let mut parts = EndpointName::parse(name)?.label.splitn(3, '-');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("vpce"), Some(digits), Some(_)) => Some(format!("vpce-{digits}")),
        _ => None,
    }
}
