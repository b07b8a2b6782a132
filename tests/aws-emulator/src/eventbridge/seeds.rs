//! What seeds change in EventBridge ([`crate::seeds`]).

use serde::Deserialize;
use serde_json::{Value, json};

use crate::accounts::Accounts;
use crate::kms;
use crate::seeds::{absent, one_of, place};

/// The states of connections (model, ConnectionState).
const STATES: [&str; 9] = [
    "CREATING",
    "UPDATING",
    "DELETING",
    "AUTHORIZED",
    "DEAUTHORIZED",
    "AUTHORIZING",
    "DEAUTHORIZING",
    "ACTIVE",
    "FAILED_CONNECTIVITY",
];

/// De-authorizes the connections that use a key which cannot be used any more. They stay so when the key can be used again:
/// only an update authorizes them.
pub(crate) fn key_changed(accounts: &mut Accounts, id: &str) {
    let users = |accounts: &Accounts, account: &str, region: &str| -> Vec<(String, String)> {
        let Some(state) = accounts.accessed(account, region) else {
            return Vec::new();
        };
        let all = state.eventbridge.connections.values();
        let authorized = all.filter(|one| ["AUTHORIZED", "ACTIVE"].contains(&one.state()));
        let uses = |connection: &super::Connection| {
            let key = connection.body.current().kms_key.as_deref()?;
            let key = kms::find(accounts, account, region, key)?;
            let reason = key.why_not().filter(|_| key.id == id)?;
            Some((connection.name.clone(), reason))
        };
        authorized.filter_map(uses).collect()
    };
    for (account, region) in accounts.places() {
        for (name, reason) in users(accounts, &account, &region) {
            let connections = &mut accounts.region_of(&account, &region).eventbridge.connections;
            if let Some(connection) = connections.get_mut(&name) {
                connection.seed("DEAUTHORIZED", Some(reason));
            }
        }
    }
}

/// A connection.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Connection {
    #[serde(rename = "region")]
    region: String,
    #[serde(rename = "account")]
    account: Option<String>,
    name: String,
    connection_state: String,
    state_reason: Option<String>,
}

impl Connection {
    pub(crate) fn apply(self, accounts: &mut Accounts) -> Result<Value, String> {
        let state = one_of("ConnectionState", &self.connection_state, &STATES)?;
        let (account, region) = place(accounts, self.region, self.account)?;
        let connections = &mut accounts.region_of(&account, &region).eventbridge.connections;
        let connection = connections
            .get_mut(&self.name)
            .ok_or_else(|| absent("connection", &self.name))?;
        connection.seed(state, self.state_reason);
        Ok(json!({}))
    }
}
