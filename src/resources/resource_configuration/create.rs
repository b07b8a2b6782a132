//! Creates a resource configuration.

use std::sync::Mutex;

use aws_sdk_vpclattice::operation::create_resource_configuration::CreateResourceConfigurationError;
use aws_sdk_vpclattice::types::{ProtocolType, ResourceConfigurationType};
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::lock::lock;
use pulumi_provider::resource::context::Cx;

use super::{Inputs, State, target};
use crate::aws::Aws;
use crate::aws::denial;
use crate::aws::error::classify;
use crate::aws::tags::Tags;
use crate::aws::wait::repeat::repeat_create;
use crate::resources::{Made, lattice};

/// Creates the configuration, unless an earlier attempt of this create already did. The client token makes it safe to repeat the
/// call after a lost answer: AWS answers with the same configuration.
pub(super) async fn create(cx: &Cx<Aws>, inputs: &Inputs) -> Result<Made<State>, Error> {
    let tagging = cx.clients().tagging();
    let mut state = started(tagging.effective(inputs.tags.as_ref()));
    if let Some(id) = cx.resumed() {
        return Ok(Made { id, state });
    }
    let definition = target::definition(cx, inputs, cx.deadline()).await?;
    let client = cx.clients().lattice().await?;
    let domain_name = target::domain_name(&definition).map(str::to_owned);
    let token = cx.client_token("CreateResourceConfiguration");
    let sent = tagging.for_create(cx.urn(), inputs.tags.as_ref(), &token);
    let request = client
        .create_resource_configuration()
        .client_token(token)
        .name(&inputs.name)
        .r#type(ResourceConfigurationType::Single)
        .protocol(ProtocolType::Tcp)
        .set_port_ranges(Some(inputs.ports.clone()))
        .resource_gateway_identifier(&inputs.resource_gateway_id)
        .resource_configuration_definition(definition)
        .set_allow_association_to_shareable_service_network(inputs.allow_association_to_shareable_service_network)
        .set_tags(Some(lattice::tags::sent(sent)));
    let holder = Mutex::new(None);
    let call = || async {
        let answer = request.clone().send().await;
        answer.map_err(|error| {
            let mut conflicting = None;
            if let Some(CreateResourceConfigurationError::ConflictException(conflict)) = error.as_service_error() {
                conflicting = Some(conflict.resource_id().to_owned());
            }
            let error = refused(classify("CreateResourceConfiguration", error));
            match &conflicting {
                // The conflict is not about the name: the gateway has another operation in progress.
                Some(id) if id.contains("rgw-") => error.with_kind(ErrorKind::Busy),
                _ => {
                    *lock(&holder) = conflicting;
                    error
                }
            }
        })
    };
    let answer = match repeat_create(cx, "AWS to accept the resource configuration", call).await {
        Ok(answer) => answer,
        Err(error) => {
            let holder = lock(&holder).take();
            return Err(lattice::tags::explain_holder(cx, error, holder, "resourceconfiguration").await);
        }
    };
    let id = answer
        .id()
        .ok_or_else(|| Error::bug("CreateResourceConfiguration answered without an id"))?;
    state.arn = answer.arn().map(str::to_owned);
    state.status = answer.status().map(|status| status.as_str().to_owned());
    state.domain_name = domain_name;
    Ok(Made {
        id: id.to_owned(),
        state,
    })
}

/// Returns the computed outputs of a new configuration of which only the id is known.
fn started(tags: Tags) -> State {
    State {
        arn: None,
        status: None,
        domain_name: None,
        ip_address_type: None,
        allow_association_to_shareable_service_network: None,
        tags_all: Some(tags),
    }
}

fn refused(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Quota => error.advise(
            "Ask AWS for a higher VPC Lattice quota; one configuration serves every API behind the same endpoint",
        ),
        ErrorKind::Denied => {
            denial::advise_all(error, "vpc-lattice", "CreateResourceConfiguration", |_| false, |_| None)
        }
        _ => error,
    }
}
