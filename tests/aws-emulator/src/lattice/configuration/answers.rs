//! The responses of the operations on configurations.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Configuration, State};

impl Configuration {
    /// Returns the members that all responses share, including the update's.
    pub(super) fn updated(&self, state: &State) -> Value {
        json!({
            "id": self.id, "arn": self.arn, "name": self.name, "type": self.kind, "status": state.status,
            "resourceGatewayId": self.gateway_id, "resourceConfigurationGroupId": self.group_id,
            "portRanges": Some(&state.ports).filter(|ports| !ports.is_empty()), "protocol": self.protocol,
            "resourceConfigurationDefinition": state.definition,
            "allowAssociationToShareableServiceNetwork": state.shareable,
        })
    }

    pub(super) fn created(&self) -> Value {
        let mut all = self.updated(self.state.current());
        all["customDomainName"] = json!(self.custom_domain_name);
        all["groupDomain"] = json!(self.group_domain);
        all["createdAt"] = json!(self.created_at);
        all
    }

    pub(super) fn got(&self, now: Instant) -> Value {
        let state = self.state.read(now);
        let mut all = self.updated(state);
        all["customDomainName"] = json!(self.custom_domain_name);
        all["groupDomain"] = json!(self.group_domain);
        all["createdAt"] = json!(self.created_at);
        all["lastUpdatedAt"] = json!(state.updated_at);
        all["amazonManaged"] = json!(false);
        all["failureReason"] = json!(state.failure_reason);
        all
    }

    /// Returns an entry of the list, which has neither definition nor ports nor a reason.
    pub(super) fn summary(&self, now: Instant) -> Value {
        let state = self.state.read(now);
        json!({
            "id": self.id, "arn": self.arn, "name": self.name, "type": self.kind, "status": state.status,
            "resourceGatewayId": self.gateway_id, "resourceConfigurationGroupId": self.group_id,
            "customDomainName": self.custom_domain_name, "groupDomain": self.group_domain, "amazonManaged": false,
            "createdAt": self.created_at, "lastUpdatedAt": state.updated_at,
        })
    }
}
