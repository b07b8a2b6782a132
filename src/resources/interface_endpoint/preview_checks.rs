//! What a preview checks of an endpoint.

use pulumi_provider::property::Value;
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::draft::Draft;
use pulumi_provider::resource::findings::Findings;

use super::service;
use crate::aws::Aws;
use crate::checks::acls::Connections;
use crate::checks::groups::Traffic;
use crate::checks::subnets::{Part, Subnets};
use crate::checks::{acls, added, groups, hosted_zones, items, names, policy, quotas, subnets, vpc};

const PORT: u16 = 443;

/// Checks the policy.
pub(super) async fn lint(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, findings: &mut Findings) {
    if let Some(name) = draft.text("service") {
        policy::check(cx, draft, name, findings).await;
    }
}

pub(super) async fn run(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, findings: &mut Findings) {
    let region = match cx.clients().region().await {
        Ok(region) => region,
        Err(error) => return cx.not_checked("AWS", error),
    };
    let name = draft.text("service").map(|name| service::full_name(region, name));
    let vpc_id = draft.text("vpcId");
    if cx.old().is_none()
        && let Some(vpc_id) = vpc_id
    {
        if !vpc::exists(cx, vpc_id, findings).await {
            return;
        }
        quotas::endpoints(cx, vpc_id, findings).await;
    }
    let wanted = Subnets {
        added: added(cx, draft, "subnetIds"),
        sets_family: cx.sets(draft, "ipAddressType"),
        all: items(draft, "subnetIds"),
        vpc: vpc_id,
        part: Part::Endpoint,
        family: (!draft.is_unknown("ipAddressType")).then(|| draft.text("ipAddressType").unwrap_or("ipv4")),
        replaces: match vpc_id {
            Some(vpc_id) if cx.old().is_none() => names::has_predecessor(cx, vpc_id).await,
            _ => false,
        },
    };
    let found = subnets::check(cx, &wanted, findings).await;
    let concerns_service = ["service", "policy", "ipAddressType", "subnetIds"]
        .iter()
        .any(|input| cx.sets(draft, input));
    if let Some(name) = name.as_ref().filter(|_| concerns_service) {
        crate::checks::service::check(cx, draft, name, &wanted.added, &found, findings).await;
    }
    let turns_on =
        cx.sets(draft, "privateDnsEnabled") && draft.known("privateDnsEnabled").and_then(Value::as_bool) == Some(true);
    if let (Some(vpc_id), Some(name), true) = (vpc_id, &name, turns_on) {
        vpc::private_dns(cx, vpc_id, findings).await;
        if names::check(cx, vpc_id, name, findings).await {
            hosted_zones::check(cx, vpc_id, name, findings).await;
        }
    }
    groups::check(cx, draft, vpc_id, Traffic::In(PORT), findings).await;
    if cx.sets(draft, "securityGroupIds") {
        quotas::groups(cx, draft, findings).await;
    }
    acls::check(cx, &wanted.added, Connections::In, findings).await;
}
