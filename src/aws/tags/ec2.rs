//! Tags in EC2's words.

use aws_sdk_ec2::types::{ResourceType, Tag, TagSpecification};

use super::Tags;

/// EC2's tags as a map.
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

/// A map as EC2's tags.
#[must_use]
pub fn to_ec2(tags: &Tags) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}

/// A map as what EC2's create operations take.
#[must_use]
pub fn specification(kind: ResourceType, tags: &Tags) -> TagSpecification {
    TagSpecification::builder()
        .resource_type(kind)
        .set_tags(Some(to_ec2(tags)))
        .build()
}
