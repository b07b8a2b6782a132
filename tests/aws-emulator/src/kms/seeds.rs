//! What seeds change in KMS ([`crate::seeds`]).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::accounts::Accounts;
use crate::eventbridge;
use crate::partition::Partition;
use crate::seeds::{one_of, place};

/// The states of keys (model, KeyState).
const STATES: [&str; 8] = [
    "Enabled",
    "Disabled",
    "PendingDeletion",
    "PendingImport",
    "PendingReplicaDeletion",
    "Unavailable",
    "Updating",
    "Creating",
];

/// The time between the request to delete a key and its deletion, unless the request says otherwise (API reference,
/// ScheduleKeyDeletion: 30 days).
const DELETION_SECONDS: f64 = 30.0 * 86_400.0;

/// A key.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Key {
    #[serde(rename = "region")]
    region: String,
    #[serde(rename = "account")]
    account: Option<String>,
    key_id: Option<String>,
    key_state: Option<String>,
    key_manager: Option<String>,
    #[serde(rename = "aliases")]
    aliases: Option<Vec<String>>,
    #[serde(rename = "tags")]
    tags: Option<BTreeMap<String, String>>,
    #[serde(rename = "policy")]
    policy: Option<String>,
}

impl Key {
    pub(crate) fn apply(self, accounts: &mut Accounts) -> Result<Value, String> {
        let (account, region) = place(accounts, self.region, self.account)?;
        let state = self
            .key_state
            .map(|state| one_of("KeyState", &state, &STATES))
            .transpose()?;
        let manager = self
            .key_manager
            .map(|manager| one_of("KeyManager", &manager, &["AWS", "CUSTOMER"]))
            .transpose()?;
        if let Some(wrong) = self.aliases.iter().flatten().find(|alias| !alias.starts_with("alias/")) {
            return Err(format!("an alias begins with alias/: {wrong}"));
        }
        if self
            .policy
            .as_ref()
            .is_some_and(|policy| serde_json::from_str::<Value>(policy).is_err())
        {
            return Err("policy is not the text of a JSON document".to_owned());
        }
        let now = accounts.timestamp();
        let id = self.key_id.unwrap_or_else(|| accounts.ids.uuid());
        if id.is_empty() || id.contains([':', '/']) {
            return Err(format!("KeyId is not the id of a key: {id}"));
        }
        let keys = &mut accounts.region_of(&account, &region).kms.keys;
        let key = keys.entry(id.clone()).or_insert_with(|| super::Key {
            id: id.clone(),
            policy: default_policy(&account, &region),
            account,
            region,
            state: "Enabled",
            aliases: Vec::new(),
            tags: BTreeMap::new(),
            created: now,
            deletion: None,
            manager: "CUSTOMER",
        });
        key.manager = manager.unwrap_or(key.manager);
        key.state = state.unwrap_or(key.state);
        key.deletion = (key.state == "PendingDeletion").then_some(now + DELETION_SECONDS);
        key.aliases = self.aliases.unwrap_or_else(|| std::mem::take(&mut key.aliases));
        key.tags = self.tags.unwrap_or_else(|| std::mem::take(&mut key.tags));
        key.policy = self.policy.unwrap_or_else(|| std::mem::take(&mut key.policy));
        let answer = json!({ "KeyId": id, "Arn": key.arn() });
        eventbridge::seeds::key_changed(accounts, &id);
        Ok(answer)
    }
}

/// Returns the policy that KMS gives a key that was made without one: the account decides (KMS developer guide, "Default
/// key policy").
fn default_policy(account: &str, region: &str) -> String {
    let root = format!("arn:{}:iam::{account}:root", Partition::of(region).id);
    json!({ "Version": "2012-10-17", "Id": "key-default-1", "Statement": [{
        "Sid": "Enable IAM User Permissions", "Effect": "Allow", "Principal": { "AWS": root }, "Action": "kms:*",
        "Resource": "*",
    }] })
    .to_string()
}
