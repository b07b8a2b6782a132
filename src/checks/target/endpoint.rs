//! Checks the VPC endpoint behind which private APIs are: that it is one of API Gateway, that the resource gateway reaches it, and
//! that its policy lets calls without an AWS identity through.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-create.html>

use aws_sdk_ec2::types::{VpcEndpoint, VpcEndpointType};
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::findings::{Certainty, Findings};
use serde_json::Value;

use super::reach::{self, Interfaces};
use super::{Approach, Shown};
use crate::aws::endpoint_state::{self, is_useless};
use crate::aws::{Aws, looks};
use crate::checks::place;
use crate::iam_policy;
use crate::policy_lint::{Service, admits_http_tasks};

/// The input that names an endpoint of this account. A host name may be that of any endpoint, also of another account.
const BY_ID: &str = "vpcEndpointId";

/// Checks the endpoint with this ID.
pub async fn check(cx: &CheckCx<'_, Aws>, id: &str, approach: &Approach<'_>, findings: &mut Findings) -> Shown {
    let found = match looks::endpoints(cx.clients(), &[id.to_owned()]).await {
        Ok(found) => found,
        Err(error) => {
            cx.not_checked("the VPC endpoint of the target", error);
            return Shown::Not;
        }
    };
    let by_id = approach.input == BY_ID;
    let Some(endpoint) = found.get(id) else {
        if by_id {
            let text = format!(
                "there is no VPC endpoint {id} {}. Check the id, the Region and the account; for an endpoint of another account, set \
                 `domainName`",
                place(cx).await
            );
            findings.add(Certainty::Fails, "target-missing", approach.path(), text);
        }
        return Shown::Not;
    };
    let service = endpoint.service_name().unwrap_or_default();
    let is_api_gateway = Service::of_endpoint_service(service) == Some(Service::ExecuteApi);
    let is_interface = endpoint.vpc_endpoint_type() == Some(&VpcEndpointType::Interface);
    if by_id && !(is_interface && is_api_gateway) {
        let text = format!(
            "{id} is an endpoint of {service}, not of API Gateway (execute-api). For another host, set `domainName`"
        );
        findings.add(Certainty::Fails, "target-service", approach.path(), text);
        return Shown::Yes;
    }
    if is_useless(endpoint) {
        let state = endpoint_state::of(endpoint);
        let text = format!("{id} is {state}. Choose an endpoint that is available");
        findings.add(Certainty::WorksOtherwise, "target-state", approach.path(), text);
        return Shown::Yes;
    }
    if is_api_gateway {
        policy(id, endpoint, approach, findings);
    }
    reachable(cx, id, endpoint, approach, findings).await;
    Shown::Yes
}

/// Checks that the endpoint's policy lets calls of HTTP tasks through.
fn policy(id: &str, endpoint: &VpcEndpoint, approach: &Approach<'_>, findings: &mut Findings) {
    let written = endpoint
        .policy_document()
        .and_then(|text| iam_policy::parse(&Value::from(text)));
    if written.is_none_or(|document| admits_http_tasks(&document)) {
        return;
    }
    let text = format!(
        "the policy of {id} lets no call through that comes without an AWS identity, and HTTP tasks come without one: the API answers \
         403. Let its policy allow `execute-api:Invoke` for `Principal` `*`"
    );
    findings.add(Certainty::WorksOtherwise, "target-policy", approach.path(), text);
}

async fn reachable(
    cx: &CheckCx<'_, Aws>,
    id: &str,
    endpoint: &VpcEndpoint,
    approach: &Approach<'_>,
    findings: &mut Findings,
) {
    let Some(gateway) = approach.gateway else {
        return;
    };
    if let (Some(there), Some(here)) = (endpoint.vpc_id(), gateway.vpc.as_deref())
        && there != here
    {
        let text = format!(
            "{id} is in {there}, and the resource gateway in {here}. The gateway needs a route to it, such as a peering connection, and \
             private DNS does not cross VPCs"
        );
        return findings.add(Certainty::WorksOtherwise, "target-vpc", approach.path(), text);
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
        findings.add(Certainty::WorksOtherwise, "target-family", approach.path(), text);
    }
    let groups = endpoint.groups().iter().filter_map(|group| group.group_id.clone());
    let target = Interfaces {
        name: id.to_owned(),
        groups: groups.collect(),
        subnets: endpoint.subnet_ids().to_vec(),
        addresses: Vec::new(),
    };
    reach::check(cx, &target, gateway, approach, findings).await;
}

/// Reports whether an endpoint and a gateway have no address family in common.
fn is_apart(endpoint: &str, gateway: &str) -> bool {
    matches!((endpoint, gateway), ("ipv4", "IPV6") | ("ipv6", "IPV4"))
}
