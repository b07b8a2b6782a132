//! Converts an interface endpoint, as EC2 describes it, to inputs and computed outputs.

use aws_sdk_ec2::types::{State as LiveState, VpcEndpoint as Live};
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::property::{Map, Value};
use pulumi_provider::resource::Found;
use pulumi_provider::resource::context::Cx;
use pulumi_provider::resource::draft::Draft;

use super::dns_names::DnsNames;
use super::{Inputs, State, addresses, service};
use crate::aws::Aws;
use crate::aws::tags;
use crate::iam_policy;
use crate::partition::Partition;

/// Returns the computed outputs; `recorded` are those of the last operation, if there was one. Lists keep the order of the inputs if they hold the same items.
pub(super) async fn state(
    cx: &Cx<Aws>,
    live: &Live,
    inputs: &Inputs,
    recorded: Option<&State>,
) -> Result<State, Error> {
    Ok(State {
        subnet_configurations: addresses::found(cx, live, inputs, recorded).await?,
        ..described(cx, live, inputs).await?
    })
}

/// Returns the computed outputs that DescribeVpcEndpoints shows.
async fn described(cx: &Cx<Aws>, live: &Live, inputs: &Inputs) -> Result<State, Error> {
    Ok(State {
        security_group_ids: Some(in_order_of(group_ids(live), inputs.security_group_ids.as_deref())),
        ..shown(cx.clients(), live).await?
    })
}

/// Returns the same of an endpoint that no inputs describe.
///
/// # Errors
/// The Region is not known.
pub async fn shown(aws: &Aws, live: &Live) -> Result<State, Error> {
    let region = aws.region().await?;
    let names = DnsNames::of(live);
    let (owner, id) = (
        live.owner_id().unwrap_or_default(),
        live.vpc_endpoint_id().unwrap_or_default(),
    );
    Ok(State {
        arn: Some(format!(
            "arn:{}:ec2:{region}:{owner}:vpc-endpoint/{id}",
            Partition::of_region(region).id
        )),
        state: Some(state_name(live).to_owned()),
        service_name: live.service_name().map(str::to_owned),
        url: names.url(),
        regional_dns_name: names.regional,
        zonal_dns_names: Some(names.zonal),
        private_dns_name: names.private,
        hosted_zone_id: names.hosted_zone,
        network_interface_ids: Some(in_order_of(live.network_interface_ids().to_vec(), None)),
        subnet_configurations: None,
        security_group_ids: Some(in_order_of(group_ids(live), None)),
        ip_address_type: ip_address_type(live),
        dns_record_ip_type: dns_record_ip_type(live),
        tags_all: Some(aws.tagging().visible(&tags::from_ec2(live.tags()))),
    })
}

/// Returns the inputs that a user would write to get this endpoint, and the computed outputs.
pub(super) async fn found(
    cx: &Cx<Aws>,
    live: Live,
    prior: Option<&Found<Inputs, State>>,
) -> Result<Found<Inputs, State>, Error> {
    refuse_others(&live)?;
    let subnet_configurations = match prior {
        None => addresses::imported(cx, &live).await?,
        Some(prior) => addresses::found(cx, &live, &prior.inputs, Some(&prior.state)).await?,
    };
    let prior = prior.map(|prior| &prior.inputs);
    let region = cx.clients().region().await?;
    let full = live.service_name().unwrap_or_default();
    let prior_service = prior
        .map(|prior| &prior.service)
        .filter(|prior| service::full_name(region, prior) == full);
    let tagging = cx.clients().tagging();
    let visible = tagging.visible(&tags::from_ec2(live.tags()));
    let prior_tags = prior.and_then(|prior| prior.tags.as_ref());
    let inputs = Inputs {
        vpc_id: live.vpc_id().unwrap_or_default().to_owned(),
        service: prior_service.map_or_else(|| service::short_name(region, full).to_owned(), Clone::clone),
        subnet_ids: in_order_of(
            live.subnet_ids().to_vec(),
            prior.map(|prior| prior.subnet_ids.as_slice()),
        ),
        subnet_configurations,
        security_group_ids: Some(in_order_of(
            group_ids(&live),
            prior.and_then(|prior| prior.security_group_ids.as_deref()),
        )),
        policy: found_policy(&live, prior.and_then(|prior| prior.policy.as_ref())),
        private_dns_enabled: live.private_dns_enabled().unwrap_or_default(),
        ip_address_type: ip_address_type(&live),
        dns_record_ip_type: dns_record_ip_type(&live),
        tags: tagging.own(&visible, prior_tags),
    };
    let state = State {
        subnet_configurations: inputs.subnet_configurations.clone(),
        ..described(cx, &live, &inputs).await?
    };
    Ok(Found { inputs, state })
}

/// Refuses an endpoint of another type, and one that an AWS service manages.
fn refuse_others(live: &Live) -> Result<(), Error> {
    let kind = live.vpc_endpoint_type().map_or("", |kind| kind.as_str());
    let id = live.vpc_endpoint_id().unwrap_or_default();
    if !kind.is_empty() && !kind.eq_ignore_ascii_case("Interface") {
        return Err(Error::new(
            ErrorKind::Invalid,
            format!("{id} is a {kind} endpoint: only Interface endpoints can be managed"),
        ));
    }
    if live.requester_managed() == Some(true) {
        return Err(Error::new(
            ErrorKind::Invalid,
            format!("{id} belongs to an AWS service, which manages it"),
        )
        .advise("Pulumi cannot manage it; create your own endpoint"));
    }
    Ok(())
}

/// Returns the IP address type in lower case: the SDK's enums write some values in upper case.
fn ip_address_type(live: &Live) -> Option<String> {
    Some(live.ip_address_type()?.as_str().to_ascii_lowercase())
}

fn dns_record_ip_type(live: &Live) -> Option<String> {
    let kind = live.dns_options()?.dns_record_ip_type()?;
    Some(kind.as_str().to_ascii_lowercase())
}

/// Returns the outputs that a preview knows: those that depend on unchanged inputs alone, and an absent `privateDnsName` if
/// private DNS is off.
pub(super) fn preview(draft: &Draft<'_>, old: Option<&Map>) -> Map {
    let mut outputs = Map::new();
    let old = old.filter(|old| old.get("state").and_then(Value::as_str) == Some("available"));
    let mut keep = |names: &[&str]| {
        for name in names {
            let value = old.and_then(|old| old.get(*name)).cloned().unwrap_or(Value::Null);
            outputs.insert((*name).to_owned(), value);
        }
    };
    let unchanged = |name: &str| old.is_some_and(|old| old.get(name).map(Value::bare) == draft.known(name));
    if old.is_some() {
        keep(&["state"]);
    }
    if old.is_some() && !draft.is_given("ipAddressType") && !draft.is_given("dnsRecordIpType") {
        keep(&["ipAddressType", "dnsRecordIpType"]);
    }
    if old.is_some() && unchanged("subnetIds") && !draft.is_given("subnetConfigurations") {
        keep(&["subnetConfigurations"]);
    }
    if unchanged("subnetIds") && unchanged("subnetConfigurations") {
        keep(&["networkInterfaceIds"]);
    }
    if unchanged("subnetIds") {
        keep(&["zonalDnsNames"]);
    }
    if unchanged("privateDnsEnabled") {
        keep(&["privateDnsName", "url"]);
    } else if draft.known("privateDnsEnabled").and_then(Value::as_bool) == Some(false) {
        outputs.insert("privateDnsName".to_owned(), Value::Null);
    }
    outputs
}

/// Returns the policy, in the prior spelling if it means the same. Full access counts as absent, unless the prior inputs write it
/// out.
fn found_policy(live: &Live, prior: Option<&serde_json::Value>) -> Option<serde_json::Value> {
    let found = live_policy(live);
    if iam_policy::equivalent(&found, prior.unwrap_or(&serde_json::Value::Null)) {
        return prior.cloned();
    }
    Some(iam_policy::parse(&found).unwrap_or(found))
}

/// Returns the live policy, as EC2 returns it; null if EC2 returns none.
pub(super) fn live_policy(live: &Live) -> serde_json::Value {
    live.policy_document().map_or(serde_json::Value::Null, Into::into)
}

/// Returns the state as EC2 writes it: with a lower-case first letter, unlike EC2's own service model. The SDK therefore takes the
/// real states for unknown ones. Should EC2 begin to follow its model, users still see the same spelling.
pub(super) fn state_name(live: &Live) -> &str {
    match live.state() {
        None => "",
        Some(LiveState::Available) => "available",
        Some(LiveState::Deleted) => "deleted",
        Some(LiveState::Deleting) => "deleting",
        Some(LiveState::Expired) => "expired",
        Some(LiveState::Failed) => "failed",
        Some(LiveState::Partial) => "partial",
        Some(LiveState::Pending) => "pending",
        Some(LiveState::PendingAcceptance) => "pendingAcceptance",
        Some(LiveState::Rejected) => "rejected",
        Some(other) => other.as_str(),
    }
}

pub(super) fn group_ids(live: &Live) -> Vec<String> {
    live.groups()
        .iter()
        .filter_map(|group| group.group_id.clone())
        .collect()
}

/// Returns the items in the order of `given` if both hold the same items, otherwise sorted.
fn in_order_of(mut items: Vec<String>, given: Option<&[String]>) -> Vec<String> {
    items.sort_unstable();
    items.dedup();
    match given {
        Some(given) if given.len() == items.len() && given.iter().all(|item| items.contains(item)) => given.to_vec(),
        _ => items,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gateway_endpoints_and_managed_endpoints_are_refused() {
        let endpoint = || Live::builder().vpc_endpoint_id("vpce-1");
        assert_eq!(
            refuse_others(&endpoint().vpc_endpoint_type("interface".into()).build()),
            Ok(())
        );
        let gateway = refuse_others(&endpoint().vpc_endpoint_type("Gateway".into()).build());
        assert!(
            gateway
                .unwrap_err()
                .to_string()
                .contains("vpce-1 is a Gateway endpoint")
        );
        let managed = refuse_others(&endpoint().requester_managed(true).build());
        assert!(
            managed
                .unwrap_err()
                .to_string()
                .contains("vpce-1 belongs to an AWS service")
        );
    }

    #[test]
    fn states_are_spelled_as_ec2_writes_them() {
        for state in LiveState::values() {
            let live = |text: &str| Live::builder().state(text.into()).build();
            let (first, rest) = state.split_at(1);
            let written = first.to_ascii_lowercase() + rest;
            assert_eq!(state_name(&live(state)), written);
            assert_eq!(state_name(&live(&written)), written);
        }
        assert_eq!(state_name(&Live::builder().state("someday".into()).build()), "someday");
    }

    #[test]
    fn full_access_is_shown_only_if_the_program_sets_a_policy() {
        let live = Live::builder()
            .policy_document(iam_policy::full_access().to_string())
            .build();
        assert_eq!(found_policy(&live, None), None);
        let spelt = serde_json::json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}});
        assert_eq!(found_policy(&live, Some(&spelt)), Some(spelt));
        let other = serde_json::json!({"Statement": []});
        assert_eq!(found_policy(&live, Some(&other)), Some(iam_policy::full_access()));
    }
}
