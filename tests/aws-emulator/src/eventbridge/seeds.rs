//! What seeds change in EventBridge ([`crate::seeds`]).

use serde::Deserialize;
use serde_json::{Value, json};

use crate::accounts::Accounts;
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
