//! The five resources. The file of each one has the same order: documentation, inputs, state, operations, helpers, tests.

pub mod connection;
pub mod interface_endpoint;
mod lattice;
pub mod resource_configuration;
pub mod resource_gateway;
pub mod security_group;
mod taken_name;

use pulumi_provider::lifecycle::adapter::{DynResource, erase};

use crate::aws::Aws;
use crate::aws::tags::{Tagged, Tags};

/// Returns the five resources, for the package.
#[must_use]
pub fn all() -> Vec<Box<dyn DynResource<Aws>>> {
    vec![
        erase::<security_group::SecurityGroup>(),
        erase::<interface_endpoint::InterfaceEndpoint>(),
        erase::<resource_gateway::ResourceGateway>(),
        erase::<resource_configuration::ResourceConfiguration>(),
        erase::<connection::Connection>(),
    ]
}

/// Implements [`Tagged`] for inputs and states: names the field that holds the tags.
macro_rules! tagged {
    ($($kind:ty: $tags:ident,)+) => {
        $(impl Tagged for $kind {
            fn tags(&self) -> Option<&Tags> {
                self.$tags.as_ref()
            }
        })+
    };
}

tagged! {
    security_group::Inputs: tags,
    security_group::State: tags_all,
    interface_endpoint::Inputs: tags,
    interface_endpoint::State: tags_all,
    resource_gateway::Inputs: tags,
    resource_gateway::State: tags_all,
    resource_configuration::Inputs: tags,
    resource_configuration::State: tags_all,
}
