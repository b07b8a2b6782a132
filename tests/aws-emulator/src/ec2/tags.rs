//! Tags of all EC2 objects. Reads show changes a little late (docs/aws-behavior.md, Interface endpoint: "Tags can lag").

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::listing::{Listing, list, text};
use super::{Ec2, dhcp_options, endpoints, groups, interfaces, network_acls, route_tables, rules, subnets, vpcs};
use crate::accounts::Accounts;
use crate::lagging::Lagging;
use crate::operation::{CallCx, ServiceError};
use crate::timings::STALE_AFTER_CHANGE;

/// Tags by key.
pub(crate) type Tags = BTreeMap<String, String>;

/// The maximum number of tags (EC2 user guide, "Tag restrictions").
const MOST: usize = 50;

const LISTING: Listing = Listing {
    key: "Tags",
    ids: ("", ""),
    not_found: |id| ServiceError::new("InvalidID", id.to_owned()),
    filters: &[
        ("key", "Key"),
        ("value", "Value"),
        ("resource-id", "ResourceId"),
        ("resource-type", "ResourceType"),
    ],
};

/// Returns the tags that a create request specifies for its kind of object.
pub(super) fn specified(params: &Value, kind: &str) -> Result<Tags, ServiceError> {
    let mut tags = Tags::new();
    for specification in params["TagSpecifications"].as_array().into_iter().flatten() {
        let given = text(specification, "ResourceType").unwrap_or_default();
        if given != kind {
            let message = format!("'{given}' is not a valid taggable resource type for this operation.");
            return Err(ServiceError::new("InvalidParameterValue", message));
        }
        for tag in specification["Tags"].as_array().into_iter().flatten() {
            let (key, value) = checked(tag)?;
            if tags.insert(key.clone(), value).is_some() {
                let message = format!("Tag key '{key}' is specified more than once.");
                return Err(ServiceError::new("InvalidParameterValue", message));
            }
        }
    }
    limited(&tags)?;
    Ok(tags)
}

/// Checks a tag and returns key and value (EC2 user guide, "Tag restrictions").
fn checked(tag: &Value) -> Result<(String, String), ServiceError> {
    let key = text(tag, "Key").ok_or_else(|| ServiceError::new("MissingParameter", "The tag key is missing."))?;
    let value = tag["Value"].as_str().unwrap_or_default();
    if key.to_ascii_lowercase().starts_with("aws:") {
        let message = format!(
            "Value ( {key} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use"
        );
        return Err(ServiceError::new("InvalidParameterValue", message));
    }
    if key.chars().count() > 128 || value.chars().count() > 256 {
        let message = "Tag keys hold at most 128 characters, tag values at most 256.";
        return Err(ServiceError::new("InvalidParameterValue", message));
    }
    Ok((key.to_owned(), value.to_owned()))
}

fn limited(tags: &Tags) -> Result<(), ServiceError> {
    if tags.len() > MOST {
        return Err(ServiceError::new(
            "TagLimitExceeded",
            "The maximum number of tags on a resource is 50.",
        ));
    }
    Ok(())
}

/// Sets the tags of a new object.
pub(super) fn set(ec2: &mut Ec2, id: &str, tags: Tags) {
    ec2.tags.insert(id.to_owned(), Lagging::new(tags));
}

/// Returns the tags as Describe operations show them at this time.
pub(crate) fn render(ec2: &Ec2, id: &str, now: Instant) -> Vec<Value> {
    let tags = ec2.tags.get(id).map(|tags| tags.read(now));
    tags.into_iter()
        .flatten()
        .map(|(key, value)| json!({ "Key": key, "Value": value }))
        .collect()
}

/// Handles CreateTags.
pub(super) fn create(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let new = params["Tags"]
        .as_array()
        .into_iter()
        .flatten()
        .map(checked)
        .collect::<Result<Vec<_>, _>>()?;
    change(accounts, cx, params, |tags| tags.extend(new.iter().cloned()))
}

/// Handles DeleteTags: by key, or by key and value; without tags in the request it deletes all (EC2 API reference).
pub(super) fn delete(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let named = params["Tags"].as_array().cloned();
    change(accounts, cx, params, |tags| {
        let Some(named) = &named else { return tags.clear() };
        tags.retain(|key, value| {
            !named
                .iter()
                .any(|tag| tag["Key"] == **key && tag["Value"].as_str().is_none_or(|v| v == value))
        });
    })
}

fn change(
    accounts: &mut Accounts,
    cx: &CallCx,
    params: &Value,
    change: impl Fn(&mut Tags),
) -> Result<Value, ServiceError> {
    let (now, until) = (accounts.now(), accounts.later(STALE_AFTER_CHANGE));
    let ec2 = &mut accounts.region(cx).ec2;
    let ids = list(params, "Resources");
    for id in &ids {
        kind(ec2, id, now)?;
        let mut after = ec2.tags.get(*id).map(|tags| tags.current().clone()).unwrap_or_default();
        change(&mut after);
        limited(&after)?;
    }
    for id in ids {
        ec2.tags
            .entry(id.to_owned())
            .or_insert_with(|| Lagging::new(Tags::new()))
            .change(now, until, &change);
    }
    Ok(json!({}))
}

/// Handles DescribeTags.
pub(super) fn describe(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let now = accounts.now();
    let ec2 = &accounts.region(cx).ec2;
    let mut rows = Vec::new();
    for (id, tags) in &ec2.tags {
        let Ok(kind) = kind(ec2, id, now) else { continue };
        let row = |(key, value)| json!({ "ResourceId": id, "ResourceType": kind, "Key": key, "Value": value });
        rows.extend(tags.read(now).iter().map(row));
    }
    LISTING.answer(rows, params)
}

/// Returns the kind of an existing object, or the NotFound error of its kind.
fn kind(ec2: &Ec2, id: &str, now: Instant) -> Result<&'static str, ServiceError> {
    let prefix = id.rsplit_once('-').map_or("", |(prefix, _)| prefix);
    let (found, kind, error): (bool, _, fn(&str) -> ServiceError) = match prefix {
        "vpc" => (ec2.vpcs.contains_key(id), "vpc", vpcs::not_found),
        "subnet" => (ec2.subnets.contains_key(id), "subnet", subnets::not_found),
        "sg" => (ec2.group(id, now).is_ok(), "security-group", groups::not_found),
        "sgr" => (ec2.rules.contains_key(id), "security-group-rule", rules::not_found),
        "vpce" => (ec2.endpoint(id, now).is_ok(), "vpc-endpoint", endpoints::not_found),
        "eni" => (
            ec2.interfaces.contains_key(id),
            "network-interface",
            interfaces::not_found,
        ),
        "pl" => (
            ec2.prefix_lists.contains_key(id),
            "prefix-list",
            super::prefix_lists::not_found,
        ),
        "dopt" => (dhcp_options::exists(ec2, id), "dhcp-options", dhcp_options::not_found),
        "acl" => (
            ec2.network_acls.contains_key(id),
            "network-acl",
            network_acls::not_found,
        ),
        "rtb" => (
            ec2.route_tables.contains_key(id),
            "route-table",
            route_tables::not_found,
        ),
        _ => (false, "", |id| {
            ServiceError::new("InvalidID", format!("The ID '{id}' is not valid"))
        }),
    };
    if found { Ok(kind) } else { Err(error(id)) }
}
