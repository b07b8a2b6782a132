//! Creates a resource gateway.

use std::sync::Mutex;

use aws_sdk_vpclattice::operation::create_resource_gateway::CreateResourceGatewayError;
use aws_sdk_vpclattice::types::{ResourceConfigDnsResolution, ResourceGatewayIpAddressType};
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::lock::lock;
use pulumi_provider::resource::context::Cx;

use super::{Inputs, State};
use crate::aws::Aws;
use crate::aws::denial;
use crate::aws::error::classify;
use crate::aws::tags::Tags;
use crate::aws::wait::repeat::repeat_create;
use crate::resources::{Made, lattice};

/// Creates the gateway, unless an earlier attempt of this create already did. The client token makes it safe to repeat the call after
/// a lost answer: AWS answers with the same gateway.
pub(super) async fn create(cx: &Cx<Aws>, inputs: &Inputs) -> Result<Made<State>, Error> {
    let tagging = cx.clients().tagging();
    let mut state = started(inputs, tagging.effective(inputs.tags.as_ref()));
    if let Some(id) = cx.resumed() {
        return Ok(Made { id, state });
    }
    let client = cx.clients().lattice().await?;
    let token = cx.client_token("CreateResourceGateway");
    let sent = tagging.for_create(cx.urn(), inputs.tags.as_ref(), &token);
    let request = client
        .create_resource_gateway()
        .client_token(token)
        .name(&inputs.name)
        .vpc_identifier(&inputs.vpc_id)
        .set_subnet_ids(Some(inputs.subnet_ids.clone()))
        .set_security_group_ids(inputs.given_groups().map(<[String]>::to_vec))
        .set_ip_address_type(
            inputs
                .ip_address_type
                .as_deref()
                .map(ResourceGatewayIpAddressType::from),
        )
        .set_ipv4_addresses_per_eni(inputs.ipv4_addresses_per_eni)
        .set_resource_config_dns_resolution(inputs.dns_resolution.as_deref().map(ResourceConfigDnsResolution::from))
        .set_tags(Some(lattice::tags::sent(sent)));
    let holder = Mutex::new(None);
    let call = || async {
        let answer = request.clone().send().await;
        answer.map_err(|error| {
            if let Some(CreateResourceGatewayError::ConflictException(conflict)) = error.as_service_error() {
                *lock(&holder) = Some(conflict.resource_id().to_owned());
            }
            refused(classify("CreateResourceGateway", error))
        })
    };
    let answer = match repeat_create(cx, "AWS to accept the resource gateway", call).await {
        Ok(answer) => answer,
        Err(error) => {
            let holder = lock(&holder).take();
            return Err(lattice::tags::explain_holder(cx, error, holder, "resourcegateway").await);
        }
    };
    let id = answer
        .id()
        .ok_or_else(|| Error::bug("CreateResourceGateway answered without an id"))?;
    state.arn = answer.arn().map(str::to_owned);
    state.status = answer.status().map(|status| status.as_str().to_owned());
    Ok(Made {
        id: id.to_owned(),
        state,
    })
}

/// Returns the computed outputs of a new gateway of which only the id is known.
fn started(inputs: &Inputs, tags: Tags) -> State {
    State {
        arn: None,
        status: None,
        security_group_ids: inputs.security_group_ids.clone(),
        ip_address_type: inputs.ip_address_type.clone(),
        ipv4_addresses_per_eni: inputs.ipv4_addresses_per_eni,
        dns_resolution: inputs.dns_resolution.clone(),
        tags_all: Some(tags),
    }
}

fn refused(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Quota => {
            error.advise("Ask AWS for a higher VPC Lattice quota, or use one gateway for several configurations")
        }
        ErrorKind::Denied => denial::advise_all(error, "vpc-lattice", "CreateResourceGateway", |_| false, |_| None),
        _ => error,
    }
}
