//! The tags of VPC Lattice objects.

use std::collections::HashMap;

use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::context::Cx;

use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::tags::{self, Tags, TagsDelta, TagsUpdate};
use crate::partition::Partition;
use crate::resources::taken_name;

/// Returns all tags of an object, with those of AWS and the ownership tags.
pub(crate) async fn of(cx: &Cx<Aws>, arn: &str) -> Result<Tags, Error> {
    let client = cx.clients().lattice().await?;
    let answer = client.list_tags_for_resource().resource_arn(arn).send().await;
    let answer = answer.map_err(|error| classify("ListTagsForResource", error))?;
    Ok(answer.tags.unwrap_or_default().into_iter().collect())
}

/// Changes the tags of an object. Makes no call if none changes.
pub(crate) async fn update(cx: &Cx<Aws>, arn: &str, update: &TagsUpdate<'_>) -> Result<(), Error> {
    if !update.has_changed() {
        return Ok(());
    }
    let TagsDelta { set, remove } = update.delta(&of(cx, arn).await?);
    let client = cx.clients().lattice().await?;
    if !remove.is_empty() {
        let request = client.untag_resource().resource_arn(arn).set_tag_keys(Some(remove));
        request.send().await.map_err(|error| classify("UntagResource", error))?;
    }
    if !set.is_empty() {
        let request = client.tag_resource().resource_arn(arn).set_tags(Some(sent(set)));
        request.send().await.map_err(|error| classify("TagResource", error))?;
    }
    Ok(())
}

/// Converts tags to the type that the SDK takes.
pub(crate) fn sent(tags: Tags) -> HashMap<String, String> {
    tags.into_iter().collect()
}

/// Adds to the error about a taken name which object has the name, and what to do. `holder` is the id of that object, and `path`
/// is the part of its ARN before the id. The object is never adopted: its tags only decide which advice is given.
pub(crate) async fn explain_holder(cx: &Cx<Aws>, error: Error, holder: Option<String>, path: &str) -> Error {
    let Some(id) = holder.filter(|_| error.kind() == ErrorKind::Conflict) else {
        return error;
    };
    error.advise(if is_own(cx, path, &id).await {
        taken_name::own(cx, &id)
    } else {
        taken_name::of_another(cx, &id)
    })
}

/// Reports whether an object has the URN of this resource in its tags. False if that cannot be found out.
async fn is_own(cx: &Cx<Aws>, path: &str, id: &str) -> bool {
    let (Ok(region), Ok(account)) = (cx.clients().region().await, cx.clients().account().await) else {
        return false;
    };
    let partition = Partition::of_region(region).id;
    let arn = format!("arn:{partition}:vpc-lattice:{region}:{account}:{path}/{id}");
    let found = of(cx, &arn).await.unwrap_or_default();
    found.get(tags::URN_TAG) == Some(&tags::urn_value(cx.urn().as_str()))
}
