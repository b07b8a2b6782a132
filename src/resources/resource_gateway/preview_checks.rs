//! What a preview checks of a resource gateway.

use pulumi_provider::property::Value;
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::draft::Draft;
use pulumi_provider::resource::findings::Findings;

use crate::aws::{Aws, looks};
use crate::checks::acls::Connections;
use crate::checks::groups::Traffic;
use crate::checks::subnets::{Part, Subnets};
use crate::checks::target::Gateway;
use crate::checks::{acls, added, groups, items, quotas, subnets, vpc};

/// How many IPv4 addresses a gateway takes in each subnet unless the user sets another number.
const DEFAULT_ADDRESSES: i32 = 16;

pub(super) async fn run(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, findings: &mut Findings) {
    let vpc_id = draft.text("vpcId");
    if cx.old().is_none()
        && let Some(vpc_id) = vpc_id
    {
        if !vpc::exists(cx, vpc_id, findings).await {
            return;
        }
        quotas::gateways(cx, vpc_id, has_predecessor(cx, draft).await, findings).await;
    }
    let family = (!draft.is_unknown("ipAddressType")).then(|| draft.text("ipAddressType").unwrap_or("IPV4"));
    let addresses = draft.known("ipv4AddressesPerEni").and_then(Value::as_number);
    // A whole number is written without a fraction.
    let addresses = addresses.and_then(|number| number.to_string().parse().ok());
    let needed = if family == Some("IPV6") {
        0
    } else {
        addresses.unwrap_or(DEFAULT_ADDRESSES)
    };
    let wanted = Subnets {
        added: added(cx, draft, "subnetIds"),
        sets_family: cx.sets(draft, "ipAddressType"),
        all: items(draft, "subnetIds"),
        vpc: vpc_id,
        part: Part::Gateway(needed),
        family,
        replaces: cx.old().is_none() && has_predecessor(cx, draft).await,
    };
    subnets::check(cx, &wanted, findings).await;
    if let (Some(vpc_id), true, Some("IN_VPC")) = (vpc_id, cx.sets(draft, "dnsResolution"), draft.text("dnsResolution"))
    {
        vpc::name_resolution(cx, vpc_id, findings).await;
    }
    groups::check(cx, draft, vpc_id, Traffic::Out, findings).await;
    acls::check(cx, &wanted.added, Connections::Out, findings).await;
    let given = items(draft, "securityGroupIds");
    let all_known = draft
        .list("securityGroupIds")
        .is_some_and(|list| list.len() == given.len());
    let gateway = Gateway {
        vpc: vpc_id.map(str::to_owned),
        family: family.map(str::to_owned),
        subnets: wanted.all.into_iter().map(|item| item.value).collect(),
        groups: all_known.then(|| given.into_iter().map(|item| item.value).collect()),
    };
    cx.shared().with::<Option<Gateway>, _>(|shared| *shared = Some(gateway));
}

/// Reports whether the VPC has a gateway of this name, which a replacement may delete first. VPC Lattice lists no tags.
async fn has_predecessor(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>) -> bool {
    let Some(name) = draft.text("name") else {
        return false;
    };
    let gateways = looks::gateways(cx.clients()).await.unwrap_or_default();
    gateways.iter().any(|gateway| gateway.name() == Some(name))
}
