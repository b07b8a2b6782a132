//! Conversions of tags from and to EC2's types, and their update.

use aws_sdk_ec2::types::{ResourceType, Tag, TagSpecification};

use pulumi_provider::error::Error;

use super::{Tags, TagsUpdate};
use crate::aws::Aws;
use crate::aws::error::classify;

/// Converts EC2's tags to a map.
#[must_use]
pub fn from_ec2(tags: &[Tag]) -> Tags {
    tags.iter()
        .map(|tag| {
            (
                tag.key().unwrap_or_default().to_owned(),
                tag.value().unwrap_or_default().to_owned(),
            )
        })
        .collect()
}

/// Converts a map to EC2's tags.
#[must_use]
pub fn to_ec2(tags: &Tags) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}

/// Converts a map to the tag specification that EC2's create operations take.
#[must_use]
pub fn specification(kind: ResourceType, tags: &Tags) -> TagSpecification {
    TagSpecification::builder()
        .resource_type(kind)
        .set_tags(Some(to_ec2(tags)))
        .build()
}

/// Updates the tags of an EC2 object whose tags are now `have`. Makes no call if nothing changes.
///
/// # Errors
/// The error of CreateTags or DeleteTags.
pub async fn update_ec2(aws: &Aws, id: &str, have: &Tags, update: &TagsUpdate<'_>) -> Result<(), Error> {
    let delta = update.delta(have);
    if !delta.set.is_empty() {
        let call = aws
            .ec2()
            .await?
            .create_tags()
            .resources(id)
            .set_tags(Some(to_ec2(&delta.set)));
        call.send().await.map_err(|error| classify("CreateTags", error))?;
    }
    if !delta.remove.is_empty() {
        // DeleteTags with a key and no value deletes the tag whatever its value.
        let gone = delta.remove.iter().map(|key| Tag::builder().key(key).build()).collect();
        let call = aws.ec2().await?.delete_tags().resources(id).set_tags(Some(gone));
        call.send().await.map_err(|error| classify("DeleteTags", error))?;
    }
    Ok(())
}
