//! The resources. The file of each one has the same order: documentation, inputs, state, operations, helpers, tests.

pub mod connection;
pub mod interface_endpoint;
mod lattice;
pub mod resource_configuration;
pub mod resource_gateway;
pub mod security_group;
mod taken_name;

use pulumi_provider::lifecycle::adapter::{DynResource, erase};
#[cfg(test)]
use pulumi_provider::resource::Resource;

use crate::aws::Aws;
use crate::aws::tags::{Tagged, Tags};

/// An object that this create made, now or in an earlier attempt.
#[derive(Debug)]
pub(crate) struct Made<S> {
    /// The id to record, whatever comes next.
    pub(crate) id: String,
    /// The state to record if the rest of the create fails.
    pub(crate) state: S,
}

/// Something that is done with the type of each resource.
#[cfg(test)]
pub(crate) trait Visitor {
    fn visit<R: Resource<Clients = Aws>>(&mut self);
}

/// Lists the resources once, for the package and for the tests of their types.
macro_rules! resources {
    ($($kind:ty,)+) => {
        /// Returns all resources, for the package.
        #[must_use]
        pub fn all() -> Vec<Box<dyn DynResource<Aws>>> {
            vec![$(erase::<$kind>()),+]
        }

        #[cfg(test)]
        pub(crate) fn visit_all(visitor: &mut impl Visitor) {
            $(visitor.visit::<$kind>();)+
        }
    };
}

resources! {
    security_group::SecurityGroup,
    interface_endpoint::InterfaceEndpoint,
    resource_gateway::ResourceGateway,
    resource_configuration::ResourceConfiguration,
    connection::Connection,
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
