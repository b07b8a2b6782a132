//! The responses of the five operations on a gateway. Their field names differ (docs/aws-behavior.md, Resource gateway,
//! field naming trap).

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Gateway, State};

impl Gateway {
    pub(super) fn common(&self, state: &State, status: &str) -> Value {
        json!({
            "id": self.id, "arn": self.arn, "name": self.name, "status": status, "subnetIds": self.subnet_ids,
            "securityGroupIds": state.security_group_ids, "resourceConfigDnsResolution": state.dns_resolution,
        })
    }

    /// Returns the response of create and list, which has `vpcIdentifier` (docs/aws-behavior.md, Resource gateway, field
    /// naming trap).
    pub(super) fn created(&self, status: &str) -> Value {
        let mut all = self.common(self.state.current(), status);
        all["vpcIdentifier"] = json!(self.vpc_id);
        all["ipAddressType"] = json!(self.ip_address_type);
        all["ipv4AddressesPerEni"] = json!(self.ipv4_addresses_per_eni);
        all
    }

    pub(super) fn summary(&self, now: Instant, status: &str) -> Value {
        let mut all = self.got(now, status);
        all["vpcIdentifier"] = all["vpcId"].take();
        if let Some(all) = all.as_object_mut() {
            all.retain(|name, _| name != "vpcId" && name != "serviceManaged");
        }
        all
    }

    /// Returns the response of get, which has `vpcId` as that of update does.
    pub(super) fn got(&self, now: Instant, status: &str) -> Value {
        let state = self.state.read(now);
        let mut all = self.common(state, status);
        all["vpcId"] = json!(self.vpc_id);
        all["ipAddressType"] = json!(self.ip_address_type);
        all["ipv4AddressesPerEni"] = json!(self.ipv4_addresses_per_eni);
        all["serviceManaged"] = json!(false);
        all["createdAt"] = json!(self.created_at);
        all["lastUpdatedAt"] = json!(state.updated_at);
        all
    }

    /// Returns the response of update. It lacks ipv4AddressesPerEni, and its address-type enum lacks DUALSTACK: for such a
    /// gateway the type is absent.
    pub(super) fn updated(&self) -> Value {
        let mut all = self.common(self.state.current(), self.status());
        all["vpcId"] = json!(self.vpc_id);
        all["ipAddressType"] = json!(Some(&self.ip_address_type).filter(|kind| *kind != "DUALSTACK"));
        all
    }
}
