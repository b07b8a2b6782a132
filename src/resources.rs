//! The five resources. Each file reads top-down: what it is, inputs, state, operations, helpers, tests.

mod attempt;
pub mod connection;
pub mod interface_endpoint;
mod lattice;
pub mod resource_configuration;
pub mod resource_gateway;
pub mod security_group;

use pulumi_provider::error::Error;
use pulumi_provider::lifecycle::adapter::{DynResource, erase};

use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::tags::{self, Tagged, Tags, TagsUpdate};

/// All of them, for the package.
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

/// Says where the tags are in inputs and in outputs.
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

/// Changes the tags of an EC2 object that has these. Makes no call when there is nothing to change.
async fn tag_ec2(aws: &Aws, id: &str, have: &Tags, update: &TagsUpdate<'_>) -> Result<(), Error> {
    let delta = update.delta(have);
    if !delta.set.is_empty() {
        let call = aws
            .ec2()
            .await?
            .create_tags()
            .resources(id)
            .set_tags(Some(tags::to_ec2(&delta.set)));
        call.send().await.map_err(|error| classify("CreateTags", error))?;
    }
    if !delta.remove.is_empty() {
        // A tag without a value is deleted whatever its value.
        let gone = delta
            .remove
            .iter()
            .map(|key| aws_sdk_ec2::types::Tag::builder().key(key).build())
            .collect();
        let call = aws.ec2().await?.delete_tags().resources(id).set_tags(Some(gone));
        call.send().await.map_err(|error| classify("DeleteTags", error))?;
    }
    Ok(())
}
