//! Checks that the private DNS name of an endpoint is free: only one endpoint of a VPC can own a name. An endpoint may own it
//! already, or another resource of the program may want it.
//! <https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html>

use aws_sdk_ec2::types::VpcEndpoint;
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::findings::{Certainty, Findings};
use pulumi_provider::urn::Urn;

use crate::aws::endpoint_state::{self, is_dead, is_going};
use crate::aws::tags::{self, URN_TAG};
use crate::aws::{Aws, looks};

const HELD: &str = "private-name-held";

/// Checks that no other endpoint of the VPC owns the private name of the service. Returns whether no endpoint has it at all.
pub async fn check(cx: &CheckCx<'_, Aws>, vpc: &str, service_name: &str, findings: &mut Findings) -> bool {
    let endpoints = match looks::endpoints_of(cx.clients(), vpc).await {
        Ok(endpoints) => endpoints,
        Err(error) => {
            cx.not_checked("the endpoints of the VPC", error);
            return false;
        }
    };
    let name = match looks::services(cx.clients(), &[service_name.to_owned()]).await {
        Ok(services) => services
            .get(service_name)
            .and_then(|service| service.private_dns_name())
            .map(str::to_owned),
        // That the services cannot be read is said where they are checked.
        Err(_) => None,
    };
    let holds = |endpoint: &&VpcEndpoint| {
        let names = endpoint.dns_entries().iter().filter_map(|entry| entry.dns_name());
        endpoint.private_dns_enabled() == Some(true)
            && !is_going(&endpoint_state::of(endpoint))
            && (endpoint.service_name() == Some(service_name)
                || name
                    .as_deref()
                    .is_some_and(|name| names.into_iter().any(|held| held.eq_ignore_ascii_case(name))))
    };
    if let Some(other) = cx.clients().seen().want_name(vpc, service_name, cx.urn().as_str()) {
        let other = match other.parse::<Urn>() {
            Ok(urn) => format!("\"{}\"", urn.name()),
            Err(_) => other,
        };
        let text = format!(
            "{other} of this program wants the name {} in {vpc} too. Set `privateDnsEnabled` of one of them to false",
            name.as_deref().unwrap_or(service_name)
        );
        findings.add(Certainty::Fails, HELD, privately(), text);
    }
    let own = tags::urn_value(cx.urn().as_str());
    let mut is_free = true;
    for endpoint in endpoints.iter().filter(holds) {
        is_free = false;
        let maker = maker(endpoint);
        let certainty = match &maker {
            // The object that this operation replaces, or updates.
            Some(maker) if *maker == own => continue,
            // Another resource of this stack may be deleted in the same update.
            Some(_) if is_of_stack(cx, endpoint) => Certainty::MayFail,
            // AWS does not document whether a failed endpoint keeps the name.
            _ if is_dead(&endpoint_state::of(endpoint)) => Certainty::MayFail,
            _ => Certainty::Fails,
        };
        let id = endpoint.vpc_endpoint_id().unwrap_or_default();
        let maker = maker
            .map(|maker| format!(", which was made for {maker},"))
            .unwrap_or_default();
        let name = name.as_deref().unwrap_or(service_name);
        let text = format!(
            "the name {name} belongs to endpoint {id}{maker} in {vpc}. Import that endpoint, or set `privateDnsEnabled` to false"
        );
        findings.add(certainty, HELD, privately(), text);
    }
    is_free
}

fn privately() -> PropertyPath {
    PropertyPath::root().key("privateDnsEnabled")
}

/// Reports whether the VPC has an endpoint that was made for this resource.
pub async fn has_predecessor(cx: &CheckCx<'_, Aws>, vpc: &str) -> bool {
    let endpoints = looks::endpoints_of(cx.clients(), vpc).await.unwrap_or_default();
    let own = tags::urn_value(cx.urn().as_str());
    endpoints.iter().any(|endpoint| maker(endpoint).as_ref() == Some(&own))
}

/// Reports whether an endpoint was made for a resource of the same stack.
pub(super) fn is_of_stack(cx: &CheckCx<'_, Aws>, endpoint: &VpcEndpoint) -> bool {
    let stack = tags::urn_value(&format!("urn:pulumi:{}::{}::", cx.urn().stack(), cx.urn().project()));
    maker(endpoint).is_some_and(|maker| maker.starts_with(&stack))
}

/// Returns the URN of the resource for which an endpoint was made, if its tag says so. A long one is shortened.
fn maker(endpoint: &VpcEndpoint) -> Option<String> {
    tags::from_ec2(endpoint.tags()).get(URN_TAG).cloned()
}
