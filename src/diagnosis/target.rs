//! The last step: the target behind the gateway. The checks of a preview judge it; a finding about the way to it belongs to an
//! earlier step.

use aws_sdk_vpclattice::operation::get_resource_configuration::GetResourceConfigurationOutput;
use aws_sdk_vpclattice::types::ResourceConfigurationDefinition;

use super::gateway::{GROUPS, Looked, SUBNETS, findings};
use super::{Outcome, Steps};
use crate::aws::Aws;
use crate::checks::target::{self, Approach, Gateway, Ports, Shown};

const STEP: &str = "target";

pub(super) async fn judge(
    aws: &Aws,
    configuration: &GetResourceConfigurationOutput,
    gateway: Option<&Gateway>,
    steps: &mut Steps,
) {
    let ports = Ports::of(configuration.port_ranges().iter().map(String::as_str));
    let approach = |input| Approach {
        gateway,
        ports: ports.clone(),
        input,
    };
    match configuration.resource_configuration_definition() {
        Some(ResourceConfigurationDefinition::DnsResource(dns)) => {
            let name = dns.domain_name().unwrap_or_default();
            let mut shown = Shown::Never;
            let looked = findings(aws, async |cx, findings| {
                shown = target::host(cx, name, &approach("domainName"), findings).await;
            })
            .await;
            told(looked, shown, name, steps);
        }
        Some(ResourceConfigurationDefinition::IpResource(address)) => {
            let address = address.ip_address().unwrap_or_default();
            let mut shown = Shown::Never;
            let looked = findings(aws, async |cx, findings| {
                shown = target::address(cx, address, &approach("ipAddress"), findings).await;
            })
            .await;
            told(looked, shown, address, steps);
        }
        _ => steps.add(
            STEP,
            Outcome::Unknown,
            "the configuration has a target of another kind",
            "",
        ),
    }
}

fn told(looked: Looked, shown: Shown, name: &str, steps: &mut Steps) {
    let Looked { found, unread } = looked;
    let mut is_fine = true;
    for finding in found {
        let (step, fix) = fix(finding.code);
        is_fine &= step != STEP;
        match step {
            STEP => steps.fail(step, finding.text, fix),
            _ => steps.fail_instead(step, finding.text, fix),
        }
    }
    match (unread, shown) {
        (Some(error), _) => steps.unknown(STEP, &error),
        _ if !is_fine => {}
        (None, Shown::Yes) => steps.ok(STEP, format!("{name} is there, and admits the gateway")),
        (None, Shown::Not) => steps.warn(
            STEP,
            format!("this account and Region have no {name}"),
            "Unless it belongs to another account, create it again, and let the resource configuration lead to it",
        ),
        (None, Shown::Never) => steps.add(
            STEP,
            Outcome::Unknown,
            format!("AWS does not show {name}"),
            "Check that it answers on the port, admits the gateway, has a publicly trusted certificate, and that its name is in public \
             DNS",
        ),
    }
}

/// Returns the step of the path that a finding is about, and what to do.
fn fix(code: &str) -> (&'static str, &'static str) {
    match code {
        "target-egress" => (
            GROUPS,
            "Add an egress rule for the target and its port to a security group of the gateway",
        ),
        "target-route" => (
            SUBNETS,
            "Add the route to the route table of the subnet \
             (https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html)",
        ),
        "target-closed" => (
            STEP,
            "Add an ingress rule for the gateway to a security group of the target",
        ),
        "target-policy" => (
            STEP,
            "Change the policy of the endpoint; it takes effect after some minutes \
             (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-vpc-endpoint-policies.html)",
        ),
        "target-family" => (STEP, "Replace the gateway by one with the address family of the target"),
        "target-vpc" => (
            STEP,
            "Add the route, or a gateway in the VPC of the target; then update the connection",
        ),
        _ => (
            STEP,
            "Let the resource configuration lead to a target that exists, then update the connection",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_belongs_to_a_step() {
        let steps = ["target-egress", "target-route", "target-closed", "target-state"].map(|code| fix(code).0);
        assert_eq!(steps, ["security groups", "subnets", "target", "target"]);
    }
}
