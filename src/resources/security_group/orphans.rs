//! Finds security groups that carry the tag of this resource, with one DescribeSecurityGroups.

use pulumi_provider::error::Error;
use pulumi_provider::resource::context::Cx;

use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::orphans::{Listed, Words, ec2_filter};

pub(super) const WORDS: Words = Words {
    noun: "security group",
    harm: "its VPC cannot be deleted as long as it exists",
};

pub(super) async fn find(cx: &Cx<Aws>) -> Result<Vec<Listed>, Error> {
    let call = cx.clients().ec2().await?.describe_security_groups();
    let answer = call.filters(ec2_filter(cx)).send().await;
    let answer = answer.map_err(|error| classify("DescribeSecurityGroups", error))?;
    let groups = answer.security_groups.unwrap_or_default().into_iter();
    Ok(groups
        .map(|group| Listed {
            id: group.group_id.unwrap_or_default(),
            name: group.group_name,
            is_going: false,
        })
        .collect())
}
