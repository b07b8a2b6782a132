//! The association with the resource configuration, and the configuration.
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/connection-private.html>

use aws_sdk_vpclattice::operation::get_resource_configuration::GetResourceConfigurationOutput;

use super::connection::Way;
use super::{Steps, gateway, target};
use crate::aws::Aws;
use crate::aws::error::classify;

const ASSOCIATION: &str = "association";
const CONFIGURATION: &str = "resource configuration";

/// Follows one private way.
pub(super) async fn follow(aws: &Aws, way: &Way, steps: &mut Steps) {
    association(aws, way, steps).await;
    let Some(configuration) = configuration(aws, way, steps).await else {
        return;
    };
    let gateway = match configuration.resource_gateway_id() {
        Some(id) => gateway::judge(aws, id, steps).await,
        None => None,
    };
    target::judge(aws, &configuration, gateway.as_ref(), steps).await;
}

async fn association(aws: &Aws, way: &Way, steps: &mut Steps) {
    let Some(arn) = &way.association_arn else {
        let seen = format!(
            "EventBridge shows no association with the resource configuration for {}",
            way.to
        );
        return steps.fail(ASSOCIATION, seen, "Wait until the connection is created, or update it");
    };
    let client = match aws.lattice().await {
        Ok(client) => client,
        Err(error) => return steps.unknown(ASSOCIATION, &error),
    };
    let call = client.get_service_network_resource_association();
    let answer = call.service_network_resource_association_identifier(arn).send().await;
    let found = match answer {
        Ok(found) => found,
        Err(error) => return steps.unknown(ASSOCIATION, &classify("GetServiceNetworkResourceAssociation", error)),
    };
    let status = found.status().map_or("UNKNOWN", |status| status.as_str());
    let why = [found.failure_code(), found.failure_reason()];
    let why: Vec<_> = why.into_iter().flatten().filter(|text| !text.is_empty()).collect();
    let seen = match why.is_empty() {
        true => format!("the association for {} is {status}", way.to),
        false => format!("the association for {} is {status}: {}", way.to, why.join(": ")),
    };
    match status {
        "ACTIVE" => steps.ok(ASSOCIATION, seen),
        _ if status.ends_with("_FAILED") => {
            steps.fail(
                ASSOCIATION,
                seen,
                "Mend the resource configuration and its gateway, then update the connection",
            );
        }
        _ => steps.warn(ASSOCIATION, seen, "Wait until it is ACTIVE"),
    }
}

async fn configuration(aws: &Aws, way: &Way, steps: &mut Steps) -> Option<GetResourceConfigurationOutput> {
    let client = match aws.lattice().await {
        Ok(client) => client,
        Err(error) => {
            steps.unknown(CONFIGURATION, &error);
            return None;
        }
    };
    let call = client
        .get_resource_configuration()
        .resource_configuration_identifier(&way.configuration_arn);
    let found = match call
        .send()
        .await
        .map_err(|error| classify("GetResourceConfiguration", error))
    {
        Ok(found) => found,
        Err(error) if error.is_not_found() => {
            let seen = format!("there is no resource configuration {}", way.configuration_arn);
            steps.fail(
                CONFIGURATION,
                seen,
                "Create it again, and give its ARN to the connection; or accept the share of its account",
            );
            return None;
        }
        Err(error) => {
            steps.unknown(CONFIGURATION, &error);
            return None;
        }
    };
    let id = found.id().unwrap_or_default();
    let status = found.status().map(|status| status.as_str()).unwrap_or_default();
    let seen = match found.failure_reason().filter(|reason| !reason.is_empty()) {
        Some(reason) => format!("{id} is {status}: {reason}"),
        None => format!("{id} is {status}"),
    };
    match status {
        "ACTIVE" => steps.ok(CONFIGURATION, seen),
        _ if status.ends_with("_FAILED") => steps.fail(
            CONFIGURATION,
            seen,
            "Replace it: `pulumi up` does so for one of this provider",
        ),
        _ => steps.warn(CONFIGURATION, seen, "Wait until it is ACTIVE"),
    }
    let has_https = found.port_ranges().iter().any(|range| holds(range, 443));
    if !has_https {
        let seen = format!("{id} has the ports {}", found.port_ranges().join(", "));
        steps.warn(
            CONFIGURATION,
            seen,
            "AWS documents only port 443 for EventBridge: add it",
        );
    }
    if found.allow_association_to_shareable_service_network() == Some(false) {
        steps.warn(
            CONFIGURATION,
            format!("{id} must not be associated with shareable service networks"),
            "Set `allowAssociationToShareableServiceNetwork` to true: EventBridge uses a service network of its own",
        );
    }
    Some(found)
}

/// Reports whether a port range such as `443` or `1-1024` holds a port.
fn holds(range: &str, port: u16) -> bool {
    let (from, to) = range.split_once('-').unwrap_or((range, range));
    matches!((from.trim().parse::<u16>(), to.trim().parse::<u16>()), (Ok(from), Ok(to)) if from <= port && port <= to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_ranges_are_read() {
        for (range, expected) in [
            ("443", true),
            ("1-1024", true),
            ("80", false),
            ("444-500", false),
            ("x", false),
        ] {
            assert_eq!(holds(range, 443), expected, "{range}");
        }
    }
}
