//! Tags of every kind of object that has them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::errors;
use crate::accounts::Accounts;
use crate::operation::{CallCx, ServiceError};
use crate::params;

pub(super) type Tags = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    resource_arn: String,
    #[serde(default)]
    tags: Tags,
    #[serde(default)]
    tag_keys: Vec<String>,
}

/// Checks the rules for user tags: `aws:` is AWS's own prefix, and a resource has at most 50 (AWS general reference, tags).
pub(super) fn check(tags: &Tags) -> Result<(), ServiceError> {
    if let Some(key) = tags.keys().find(|key| key.to_ascii_lowercase().starts_with("aws:")) {
        return Err(errors::invalid(
            "tags",
            format!("Tag keys must not begin with aws: ({key})"),
        ));
    }
    if tags.len() > 50 {
        return Err(errors::invalid("tags", "A resource can have at most 50 tags"));
    }
    Ok(())
}

/// Handles TagResource.
pub(super) fn tag(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let Request { resource_arn, tags, .. } = params::read(input);
    check(&tags)?;
    let all = accounts.region(cx).lattice.tags_of(&resource_arn)?;
    let mut merged = all.clone();
    merged.extend(tags);
    check(&merged)?;
    *all = merged;
    Ok(json!({}))
}

/// Handles UntagResource. Missing keys are not an error.
pub(super) fn untag(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let Request {
        resource_arn, tag_keys, ..
    } = params::read(input);
    let all = accounts.region(cx).lattice.tags_of(&resource_arn)?;
    all.retain(|key, _| !tag_keys.contains(key));
    Ok(json!({}))
}

/// Handles ListTagsForResource.
pub(super) fn list(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let Request { resource_arn, .. } = params::read(input);
    let all = accounts.region(cx).lattice.tags_of(&resource_arn)?;
    Ok(json!({ "tags": all }))
}
