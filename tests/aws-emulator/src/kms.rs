//! KMS: what a caller can read of keys. Only seeds make keys ([`crate::seeds`]).
//!
//! Facts: KMS API reference, DescribeKey, ListResourceTags, GetKeyPolicy; messages: public reports of these errors.

pub(crate) mod seeds;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::accounts::{Accounts, Region};
use crate::operation::{CallCx, Protocol, ResourceRow, Service, ServiceError};
use crate::page::paginate;
use crate::partition;
use crate::validate::{Violation, summary};

/// The KMS service.
pub const SERVICE: Service = Service {
    name: "kms",
    protocol: Protocol::Json,
    handle,
    invalid: |violations: &[Violation]| ServiceError::new("ValidationException", summary(violations)),
    bucket: |_, _| None,
    throttled: || ServiceError::new("ThrottlingException", "Rate exceeded"),
    denied: |action| {
        ServiceError::new(
            "AccessDeniedException",
            format!("User is not authorized to perform: {action}"),
        )
    },
    internal: || ServiceError::new("KMSInternalException", "An internal error occurred.").status(500),
    resources,
};

/// State of the service in one account and Region.
#[derive(Debug, Default)]
pub struct Kms {
    /// Keys by id.
    pub keys: BTreeMap<String, Key>,
}

/// One key.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its id, a UUID.
    pub id: String,
    account: String,
    region: String,
    state: &'static str,
    /// Names that begin with `alias/`.
    aliases: Vec<String>,
    tags: BTreeMap<String, String>,
    policy: String,
    created: f64,
    /// When AWS deletes it, if the key is pending deletion.
    deletion: Option<f64>,
    /// `CUSTOMER`, or `AWS` for a key that AWS manages for a service.
    manager: &'static str,
}

/// The tag that EventBridge demands of a key.
const TAG: (&str, &str) = ("EventBridgeApiDestinations", "true");

impl Key {
    fn arn(&self) -> String {
        partition::arn("kms", &self.region, &self.account, &format!("key/{}", self.id))
    }

    fn is_enabled(&self) -> bool {
        self.state == "Enabled"
    }

    /// Returns why EventBridge cannot use the key for a connection: its state, in KMS's words, or the tag that it lacks (EventBridge
    /// user guide, "Encrypting connection authorization"; no text for that is published).
    pub(crate) fn why_not(&self) -> Option<String> {
        let (tag, value) = TAG;
        match self.state {
            "Enabled" if self.tags.get(tag).is_some_and(|found| found == value) => None,
            "Enabled" => Some(format!("{} has no tag {tag}={value}.", self.arn())),
            "Disabled" => Some(format!("{} is disabled.", self.arn())),
            "PendingDeletion" => Some(format!("{} is pending deletion.", self.arn())),
            other => Some(format!("{} is in state {other}.", self.arn())),
        }
    }
}

fn handle(accounts: &mut Accounts, cx: &CallCx, operation: &str, input: &Value) -> Result<Value, ServiceError> {
    let identifier = input["KeyId"].as_str().unwrap_or_default();
    if operation != "DescribeKey" && identifier.contains("alias/") {
        return Err(not_found(format!("Invalid keyId '{identifier}'")));
    }
    let key = existing(accounts, cx, identifier, operation)?;
    // Only DescribeKey works across accounts (API reference, "Cross-account use").
    if operation != "DescribeKey" && key.account != cx.account {
        return Err(inaccessible(cx, operation));
    }
    match operation {
        "DescribeKey" => Ok(described(key)),
        "ListResourceTags" => tags(key, input),
        "GetKeyPolicy" => match input["PolicyName"].as_str().unwrap_or("default") {
            "default" => Ok(json!({ "Policy": key.policy, "PolicyName": "default" })),
            other => Err(not_found(format!("No such policy exists: {other}"))),
        },
        other => unreachable!("{other} is in shapes.json but not in kms::handle"),
    }
}

/// Finds a key as a caller names it: by id, ARN, alias or the alias's ARN.
pub(crate) fn find<'a>(accounts: &'a Accounts, account: &str, region: &str, identifier: &str) -> Option<&'a Key> {
    let (account, resource) = match identifier.split(':').collect::<Vec<_>>()[..] {
        ["arn", _, "kms", place, owner, resource] if place == region => (owner, resource),
        [resource] => (account, resource),
        _ => return None,
    };
    let keys = &accounts.accessed(account, region)?.kms.keys;
    let named = |key: &&Key| key.aliases.iter().any(|alias| alias == resource);
    let id = resource.strip_prefix("key/").unwrap_or(resource);
    keys.get(id).or_else(|| keys.values().find(named))
}

/// Reports whether a name is the ARN of a key of another account that has no keys here.
pub(crate) fn is_of_absent_account(accounts: &Accounts, cx: &CallCx, identifier: &str) -> bool {
    let parts: Vec<_> = identifier.split(':').collect();
    let ["arn", _, "kms", region, owner, _] = parts[..] else {
        return false;
    };
    let has_none = || {
        let place = accounts.accessed(owner, region);
        place.is_none_or(|place| place.kms.keys.is_empty())
    };
    region == cx.region && owner != cx.account && has_none()
}

fn existing<'a>(
    accounts: &'a Accounts,
    cx: &CallCx,
    identifier: &str,
    operation: &str,
) -> Result<&'a Key, ServiceError> {
    let parts: Vec<_> = identifier.split(':').collect();
    match parts[..] {
        ["arn", _, "kms", region, _, _] if region != cx.region => {
            return Err(not_found(format!("Invalid arn {region}")));
        }
        ["arn", _, "kms", _, _, _] | [_] => {}
        _ => {
            let message = format!("{identifier} is not a valid ARN");
            return Err(ServiceError::new("InvalidArnException", message));
        }
    }
    find(accounts, &cx.account, &cx.region, identifier).ok_or_else(|| match parts[..] {
        // KMS does not tell whether a key of another account exists.
        [_, _, _, _, owner, _] if owner != cx.account => inaccessible(cx, operation),
        _ if identifier.contains("alias/") => not_found(format!("Alias {identifier} is not found.")),
        _ => not_found(format!("Key '{identifier}' does not exist")),
    })
}

fn described(key: &Key) -> Value {
    json!({ "KeyMetadata": {
        "AWSAccountId": key.account,
        "KeyId": key.id,
        "Arn": key.arn(),
        "CreationDate": key.created,
        "Enabled": key.is_enabled(),
        "Description": "",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": key.state,
        "DeletionDate": key.deletion,
        "Origin": "AWS_KMS",
        "KeyManager": key.manager,
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "MultiRegion": false,
    } })
}

/// Returns one page of tags: 50 unless the request says otherwise (API reference, ListResourceTags).
fn tags(key: &Key, input: &Value) -> Result<Value, ServiceError> {
    let tag = |(name, value): (&String, &String)| json!({ "TagKey": name, "TagValue": value });
    let all: Vec<_> = key.tags.iter().map(tag).collect();
    let limit = input["Limit"].as_u64().and_then(|limit| usize::try_from(limit).ok());
    let (page, next) = paginate("key tags", all, limit, 50, input["Marker"].as_str())
        .map_err(|_| ServiceError::new("InvalidMarkerException", "The marker is not valid."))?;
    Ok(json!({ "Tags": page, "Truncated": next.is_some(), "NextMarker": next }))
}

fn not_found(message: String) -> ServiceError {
    ServiceError::new("NotFoundException", message)
}

fn inaccessible(cx: &CallCx, operation: &str) -> ServiceError {
    let message = format!(
        "User: {} is not authorized to perform: kms:{operation} on this resource because the resource does not exist in \
         this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access",
        cx.caller
    );
    ServiceError::new("AccessDeniedException", message)
}

/// Keys that seeds made belong to the starting state: nobody here can delete them.
fn resources(_: &Accounts, region: &Region) -> Vec<ResourceRow> {
    let row = |key: &Key| ResourceRow {
        starting_state: true,
        ..ResourceRow::new(
            "kms-key",
            &key.id,
            key.state,
            json!({ "aliases": key.aliases, "tags": key.tags }),
        )
    };
    region.kms.keys.values().map(row).collect()
}
