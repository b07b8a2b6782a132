//! The resource gateway, its subnets and its security groups.
//! <https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-gateway.html>

use pulumi_provider::error::Error;
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::resource::check_cx::{CheckCx, Shared};
use pulumi_provider::resource::findings::{Finding, Findings};

use super::Steps;
use crate::aws::error::classify;
use crate::aws::{Aws, looks};
use crate::checks::groups::{Traffic, lets_through};
use crate::checks::target::Gateway;
use crate::checks::{Item, acls, subnets};

const GATEWAY: &str = "resource gateway";
pub(super) const SUBNETS: &str = "subnets";
pub(super) const GROUPS: &str = "security groups";

/// Judges a gateway, and returns it if it could be read.
pub(super) async fn judge(aws: &Aws, id: &str, steps: &mut Steps) -> Option<Gateway> {
    let client = match aws.lattice().await {
        Ok(client) => client,
        Err(error) => {
            steps.unknown(GATEWAY, &error);
            return None;
        }
    };
    let call = client.get_resource_gateway().resource_gateway_identifier(id);
    let found = match call.send().await.map_err(|error| classify("GetResourceGateway", error)) {
        Ok(found) => found,
        Err(error) => {
            steps.unknown(GATEWAY, &error);
            return None;
        }
    };
    let status = found.status().map(|status| status.as_str()).unwrap_or_default();
    let seen = format!("{id} is {status}");
    match status {
        "ACTIVE" => steps.ok(GATEWAY, seen),
        _ if status.ends_with("_FAILED") => {
            steps.fail(
                GATEWAY,
                seen,
                "AWS gives no reason: look at the steps below, then replace it (`pulumi up` does so)",
            );
        }
        _ => steps.warn(GATEWAY, seen, "Wait until it is ACTIVE"),
    }
    let gateway = Gateway {
        vpc: found.vpc_id().map(str::to_owned),
        family: found.ip_address_type().map(|family| family.as_str().to_owned()),
        subnets: found.subnet_ids().to_vec(),
        groups: Some(found.security_group_ids().to_vec()),
    };
    look_at_subnets(aws, &gateway, steps).await;
    look_at_groups(aws, &gateway, steps).await;
    Some(gateway)
}

async fn look_at_subnets(aws: &Aws, gateway: &Gateway, steps: &mut Steps) {
    let found = match looks::subnets(aws, &gateway.subnets).await {
        Ok(found) => found,
        Err(error) => return steps.unknown(SUBNETS, &error),
    };
    for (id, subnet) in &found {
        if let Some(zone) = subnet
            .availability_zone_id()
            .filter(|zone| subnets::WITHOUT_GATEWAYS.contains(zone))
        {
            let seen = format!("{id} is in Availability Zone {zone}, where VPC Lattice has had no resource gateways");
            steps.warn(SUBNETS, seen, "Choose a subnet of another zone");
        }
    }
    let items: Vec<Item> = found
        .keys()
        .map(|id| Item {
            path: PropertyPath::root(),
            value: id.clone(),
        })
        .collect();
    let denied = findings(aws, async |cx, findings| {
        acls::check(cx, &items, acls::Connections::Out, findings).await
    })
    .await;
    match denied {
        Looked {
            found,
            unread: Some(error),
        } if found.is_empty() => steps.unknown(SUBNETS, &error),
        Looked { found: denied, .. } if denied.is_empty() => {
            let ids: Vec<_> = found.keys().map(String::as_str).collect();
            steps.ok(
                SUBNETS,
                format!("the network ACLs of {} let HTTPS out and answers in", ids.join(", ")),
            );
        }
        Looked { found: denied, .. } => {
            for finding in denied {
                steps.fail(
                    SUBNETS,
                    finding.text,
                    "Add rules to the network ACL: out on port 443, in on ports 1024 to 65535",
                );
            }
        }
    }
}

async fn look_at_groups(aws: &Aws, gateway: &Gateway, steps: &mut Steps) {
    let ids = gateway.groups.clone().unwrap_or_default();
    let found = match looks::groups(aws, &ids).await {
        Ok(found) => found,
        Err(error) => return steps.unknown(GROUPS, &error),
    };
    let names = ids.join(", ");
    if found.values().any(|group| lets_through(group, Traffic::Out)) {
        steps.ok(GROUPS, format!("{names} of the gateway let TCP out"));
    } else if !found.is_empty() {
        steps.fail(
            GROUPS,
            format!("no rule of {names} lets TCP out of the gateway"),
            "Add an egress rule for port 443 of the target",
        );
    }
}

/// What a check of a preview found, and what it could not read.
pub(super) struct Looked {
    pub(super) found: Vec<Finding>,
    pub(super) unread: Option<Error>,
}

/// Runs a check of a preview outside of a preview.
pub(super) async fn findings(aws: &Aws, check: impl AsyncFnOnce(&CheckCx<'_, Aws>, &mut Findings)) -> Looked {
    let (shared, mut findings) = (Shared::default(), Findings::default());
    let Ok(urn) = "urn:pulumi:none::none::private-step-functions:index:Connection::none".parse() else {
        return Looked {
            found: Vec::new(),
            unread: None,
        };
    };
    let cx = CheckCx::new(aws, &urn, None, &shared);
    check(&cx, &mut findings).await;
    Looked {
        found: findings.into_list(),
        unread: cx.into_not_checked().into_iter().next().map(|(_, error)| error),
    }
}
