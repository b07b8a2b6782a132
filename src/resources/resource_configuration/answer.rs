//! Converts a resource configuration, as VPC Lattice describes it, to inputs and computed outputs.

use aws_sdk_vpclattice::types::ResourceConfigurationType;
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::Found;
use pulumi_provider::resource::context::Cx;

use super::{Inputs, Live, State, ports, target};
use crate::aws::Aws;
use crate::aws::tags::Tags;
use crate::resources::lattice::{self, Shown};

/// Returns the inputs and the computed outputs.
///
/// # Errors
/// Those of [`inputs`], or the tags cannot be read.
pub(super) async fn found(
    cx: &Cx<Aws>,
    live: Live,
    prior: Option<&Found<Inputs, State>>,
) -> Result<Found<Inputs, State>, Error> {
    let prior = prior.map(|prior| &prior.inputs);
    let tagging = cx.clients().tagging();
    let tags = tagging.visible(&lattice::tags::of(cx, live.arn().unwrap_or_default()).await?);
    let own = tagging.own(&tags, prior.and_then(|prior| prior.tags.as_ref()));
    let inputs = inputs(&live, prior, own)?;
    let state = state(&live, tags);
    Ok(Found { inputs, state })
}

/// Returns the computed outputs.
pub(super) fn state(live: &Live, tags_all: Tags) -> State {
    State {
        tags_all: Some(tags_all),
        ..shown(live)
    }
}

/// Returns the computed outputs that GetResourceConfiguration shows: those without tags.
#[must_use]
pub fn shown(live: &Live) -> State {
    let definition = live.resource_configuration_definition();
    State {
        arn: live.arn().map(str::to_owned),
        status: Some(Shown::status(live).to_owned()),
        domain_name: definition.and_then(target::domain_name).map(str::to_owned),
        ip_address_type: definition.and_then(target::ip_address_type).map(str::to_owned),
        allow_association_to_shareable_service_network: live.allow_association_to_shareable_service_network(),
        tags_all: None,
    }
}

/// Returns the inputs that a user would write to get this configuration. In an import, AWS's defaults are left out.
///
/// # Errors
/// The configuration belongs to an AWS service, or has a type that this resource does not support.
fn inputs(live: &Live, prior: Option<&Inputs>, tags: Option<Tags>) -> Result<Inputs, Error> {
    let id = live.id().unwrap_or_default();
    let kind = live.r#type().unwrap_or(&ResourceConfigurationType::Single);
    if live.amazon_managed() == Some(true) {
        return Err(Error::new(
            ErrorKind::Invalid,
            format!("resource configuration {id} belongs to an AWS service"),
        )
        .advise("Pulumi cannot manage it; create your own resource configuration"));
    }
    let target = live
        .resource_configuration_definition()
        .and_then(|definition| target::inputs(definition, prior.map(|prior| &prior.target)));
    let Some(target) = target.filter(|_| *kind == ResourceConfigurationType::Single) else {
        return Err(Error::new(
            ErrorKind::Invalid,
            format!(
                "resource configuration {id} is of type {}, but this provider manages only type SINGLE with a host name or an address",
                kind.as_str()
            ),
        ));
    };
    let ports = live.port_ranges().to_vec();
    Ok(Inputs {
        resource_gateway_id: live.resource_gateway_id().unwrap_or_default().to_owned(),
        name: live.name().unwrap_or_default().to_owned(),
        ports: match prior {
            Some(prior) if ports::same(&prior.ports, &ports) => prior.ports.clone(),
            _ => ports,
        },
        target,
        allow_association_to_shareable_service_network: live
            .allow_association_to_shareable_service_network()
            .filter(|shareable| prior.is_some() || !shareable),
        tags,
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_vpclattice::types::{DnsResource, ResourceConfigurationDefinition};

    use super::*;

    #[test]
    fn managed_and_unsupported_configurations_are_refused() {
        let host = DnsResource::builder().domain_name("a.example.com").build();
        let host = ResourceConfigurationDefinition::DnsResource(host);
        let single = || {
            Live::builder()
                .id("rcfg-1")
                .resource_configuration_definition(host.clone())
        };
        assert!(inputs(&single().build(), None, None).is_ok());
        let managed = inputs(&single().amazon_managed(true).build(), None, None).unwrap_err();
        assert!(
            managed.to_string().contains("rcfg-1 belongs to an AWS service"),
            "{managed}"
        );
        for kind in ["GROUP", "CHILD", "ARN", "CIDR"] {
            let other = single().r#type(ResourceConfigurationType::from(kind)).build();
            let error = inputs(&other, None, None).unwrap_err();
            assert!(error.to_string().contains(&format!("is of type {kind}")), "{error}");
        }
    }
}
