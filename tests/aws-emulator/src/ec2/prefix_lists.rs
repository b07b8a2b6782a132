//! Managed prefix lists, which can be the source of rules.

use std::collections::BTreeSet;

use ipnet::IpNet;
use serde_json::{Value, json};

use super::listing::{Listing, required, text};
use super::tags;
use crate::accounts::Accounts;
use crate::operation::{CallCx, ServiceError};

/// One prefix list.
#[derive(Debug)]
pub(crate) struct PrefixList {
    pub(crate) id: String,
    pub(crate) name: String,
    family: String,
    pub(crate) max_entries: u64,
    /// Ranges with their descriptions.
    entries: Vec<(IpNet, Option<String>)>,
}

const LISTING: Listing = Listing {
    key: "PrefixLists",
    ids: ("PrefixListIds", "PrefixListId"),
    not_found: |id| not_found(id),
    filters: &[
        ("prefix-list-id", "PrefixListId"),
        ("prefix-list-name", "PrefixListName"),
        ("owner-id", "OwnerId"),
    ],
};

const ENTRIES: Listing = Listing {
    key: "Entries",
    ids: ("", ""),
    not_found: |id| not_found(id),
    filters: &[],
};

/// Returns the error for a prefix list that does not exist.
pub(super) fn not_found(id: &str) -> ServiceError {
    ServiceError::new(
        "InvalidPrefixListID.NotFound",
        format!("The prefix list ID '{id}' does not exist"),
    )
}

/// Handles CreateManagedPrefixList.
pub(super) fn create(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let (name, family) = (required(params, "PrefixListName")?, required(params, "AddressFamily")?);
    if !["IPv4", "IPv6"].contains(&family) {
        return Err(ServiceError::new(
            "InvalidParameterValue",
            format!("The address family '{family}' is invalid"),
        ));
    }
    let max_entries = params["MaxEntries"].as_u64().unwrap_or(1);
    let entries = read_entries(params, family, max_entries)?;
    let tags = tags::specified(params, "prefix-list")?;
    let now = accounts.now();
    let (region, ids) = accounts.region_and_ids(cx);
    let list = PrefixList {
        id: ids.with_prefix("pl"),
        name: name.to_owned(),
        family: family.to_owned(),
        max_entries,
        entries,
    };
    let ec2 = &mut region.ec2;
    tags::set(ec2, &list.id, tags);
    let answer = render(ec2, &list, now);
    ec2.prefix_lists.insert(list.id.clone(), list);
    Ok(json!({ "PrefixList": answer }))
}

/// Returns the ranges of a request. All are of the list's family and different, and there are no more than `MaxEntries`
/// (VPC user guide, "Managed prefix lists").
fn read_entries(params: &Value, family: &str, most: u64) -> Result<Vec<(IpNet, Option<String>)>, ServiceError> {
    let invalid = |message: String| ServiceError::new("InvalidParameterValue", message);
    let (mut entries, mut seen) = (Vec::new(), BTreeSet::new());
    for entry in params["Entries"].as_array().into_iter().flatten() {
        let cidr = required(entry, "Cidr")?;
        let net = cidr
            .parse()
            .ok()
            .filter(|net| matches!(net, IpNet::V4(_)) == (family == "IPv4"));
        let net: IpNet = net.ok_or_else(|| invalid(format!("The CIDR '{cidr}' is not an {family} range.")))?;
        if !seen.insert(net.trunc()) {
            return Err(invalid(format!("The CIDR '{cidr}' is specified more than once.")));
        }
        entries.push((net.trunc(), text(entry, "Description").map(str::to_owned)));
    }
    if entries.len() as u64 > most {
        return Err(invalid(format!("The prefix list has at most {most} entries.")));
    }
    Ok(entries)
}

/// Handles GetManagedPrefixListEntries. A list has one version, because the emulator has no operation that changes it.
pub(super) fn entries(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let id = required(params, "PrefixListId")?;
    let lists = &accounts.region(cx).ec2.prefix_lists;
    let list = lists.get(id).ok_or_else(|| not_found(id))?;
    let render =
        |(net, description): &(IpNet, Option<String>)| json!({ "Cidr": net.to_string(), "Description": description });
    ENTRIES.answer(list.entries.iter().map(render).collect(), params)
}

/// Handles DescribeManagedPrefixLists.
pub(super) fn describe(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let now = accounts.now();
    let ec2 = &accounts.region(cx).ec2;
    LISTING.answer(
        ec2.prefix_lists.values().map(|list| render(ec2, list, now)).collect(),
        params,
    )
}

/// Handles DeleteManagedPrefixList. Fails while a rule refers to the list (VPC user guide, "Managed prefix lists").
pub(super) fn delete(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let id = required(params, "PrefixListId")?;
    let now = accounts.now();
    let ec2 = &mut accounts.region(cx).ec2;
    let list = ec2.prefix_lists.get(id).ok_or_else(|| not_found(id))?;
    if ec2
        .rules
        .values()
        .any(|rule| rule.source == super::rules::Source::PrefixList(id.to_owned()))
    {
        let message = format!("The prefix list '{id}' is in use and cannot be deleted.");
        return Err(ServiceError::new("DependencyViolation", message));
    }
    let answer = render(ec2, list, now);
    ec2.prefix_lists.remove(id);
    ec2.tags.remove(id);
    Ok(json!({ "PrefixList": answer }))
}

fn render(ec2: &super::Ec2, list: &PrefixList, now: tokio::time::Instant) -> Value {
    json!({
        "PrefixListId": list.id,
        "PrefixListArn": ec2.arn("prefix-list", &list.id),
        "PrefixListName": list.name,
        "AddressFamily": list.family,
        "MaxEntries": list.max_entries,
        "State": "create-complete",
        "Version": 1,
        "OwnerId": ec2.account,
        "Tags": tags::render(ec2, &list.id, now),
    })
}
