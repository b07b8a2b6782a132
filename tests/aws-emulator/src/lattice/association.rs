//! Service network resource associations. EventBridge creates them, and only EventBridge can remove them.
//!
//! Facts: docs/aws-behavior.md, `association-lingers`, Resource configuration (snra lifecycle), Connection; EventBridge
//! user guide, "Managing service network resource associations for connections".

use serde_json::{Value, json};

use super::tags::Tags;
use super::{arn, errors, id_of, page};
use crate::accounts::Accounts;
use crate::operation::{CallCx, ResourceRow, ServiceError};
use crate::timings;

const KIND: &str = "SERVICE_NETWORK_RESOURCE_ASSOCIATION";

/// Only this tag shows who holds an association (docs/aws-behavior.md, Resource configuration).
const HOLDER: &str = "ManagedByServiceAWSEventBridge";

/// An association between a configuration and a service network that AWS owns.
#[derive(Clone, Debug)]
pub struct Association {
    /// `snra-…`.
    pub id: String,
    /// ARN.
    pub arn: String,
    /// ARN of the configuration.
    pub configuration_arn: String,
    pub(super) tags: Tags,
    configuration_name: Option<String>,
    /// The account that created it: the connection's.
    created_by: String,
    network_id: String,
    /// Whether EventBridge manages it.
    managed: bool,
    pub(super) status: &'static str,
    pub(super) failure_code: Option<String>,
    pub(super) failure_reason: Option<String>,
    created_at: f64,
    updated_at: f64,
}

/// Creates the association of a connection, with the caller's own permissions (docs/aws-behavior.md, Resource
/// configuration). Returns its ARN.
pub(crate) fn associate(accounts: &mut Accounts, cx: &CallCx, configuration_arn: &str, connection: &str) -> String {
    let (id, network_id, now) = (
        accounts.ids.with_prefix("snra"),
        accounts.ids.with_prefix("sn"),
        accounts.timestamp(),
    );
    let mut owners = vec![cx.account.clone()];
    owners.extend(owner(configuration_arn).filter(|owner| *owner != cx.account));
    let configuration_id = id_of(configuration_arn);
    let configuration_name = owners.iter().find_map(|owner| {
        let lattice = &accounts.region_of(owner, &cx.region).lattice;
        lattice
            .configurations
            .get(configuration_id)
            .filter(|c| c.arn == configuration_arn)
            .map(|c| c.name.clone())
    });
    let association = Association {
        arn: arn(&cx.region, &cx.account, "servicenetworkresourceassociation", &id),
        configuration_arn: configuration_arn.to_owned(),
        tags: [(HOLDER.to_owned(), format!("{}:{connection}", cx.account))].into(),
        configuration_name,
        created_by: cx.account.clone(),
        network_id,
        managed: true,
        status: "CREATE_IN_PROGRESS",
        failure_code: None,
        failure_reason: None,
        created_at: now,
        updated_at: now,
        id: id.clone(),
    };
    let arn = association.arn.clone();
    // Consumer and owner of a shared configuration both see the association (docs/aws-behavior.md, Connection).
    for owner in &owners {
        accounts
            .region_of(owner, &cx.region)
            .lattice
            .associations
            .insert(id.clone(), association.clone());
    }
    let cx = cx.clone();
    accounts.after(timings::CONFIGURATION_CREATE, move |accounts| {
        each(accounts, &cx, &id, |association| {
            if association.status == "CREATE_IN_PROGRESS" {
                association.status = "ACTIVE";
            }
        });
    });
    arn
}

/// Associates a configuration with a service network, as a user of the account does. Returns the ids of association and
/// network.
pub fn associate_by_hand(
    accounts: &mut Accounts,
    account: &str,
    region: &str,
    configuration: &str,
) -> (String, String) {
    let (id, network_id, now) = (
        accounts.ids.with_prefix("snra"),
        accounts.ids.with_prefix("sn"),
        accounts.timestamp(),
    );
    let association = Association {
        arn: arn(region, account, "servicenetworkresourceassociation", &id),
        configuration_arn: arn(region, account, "resourceconfiguration", configuration),
        tags: Tags::default(),
        configuration_name: None,
        created_by: account.to_owned(),
        network_id: network_id.clone(),
        managed: false,
        status: "ACTIVE",
        failure_code: None,
        failure_reason: None,
        created_at: now,
        updated_at: now,
        id: id.clone(),
    };
    let lattice = &mut accounts.region_of(account, region).lattice;
    lattice.associations.insert(id.clone(), association);
    (id, network_id)
}

/// Releases an association: EventBridge removes it minutes after the connection is deleted or has another target
/// (docs/aws-behavior.md, `association-lingers`, Connection). Its status does not change for the first half of that time.
pub(crate) fn disassociate(accounts: &mut Accounts, cx: &CallCx, arn: &str) {
    let (cx, id) = (cx.clone(), id_of(arn).to_owned());
    let half = timings::ASSOCIATION_LINGER / 2;
    accounts.after(half, move |accounts| {
        let now = accounts.timestamp();
        each(accounts, &cx, &id, |association| {
            association.status = "DELETE_IN_PROGRESS";
            association.updated_at = now;
        });
        accounts.after(half, move |accounts| {
            for owner in holders(accounts, &cx, &id) {
                accounts.region_of(&owner, &cx.region).lattice.associations.remove(&id);
            }
        });
    });
}

/// Handles GetServiceNetworkResourceAssociation.
pub(super) fn get(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let association = find(accounts, cx, input)?;
    let mut all = association.described();
    all["lastUpdatedAt"] = json!(association.updated_at);
    // Only this response has the reason; the list has the code alone.
    all["failureReason"] = json!(association.failure_reason);
    Ok(all)
}

/// Handles ListServiceNetworkResourceAssociations. The model requires neither filter; the service requires exactly one (TF
/// PR 48796).
pub(super) fn list(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let configuration = input["resourceConfigurationIdentifier"].as_str();
    let network = input["serviceNetworkIdentifier"].as_str();
    if configuration.is_some() == network.is_some() {
        let message = "Exactly one of resourceConfigurationIdentifier and serviceNetworkIdentifier is required";
        return Err(errors::invalid("resourceConfigurationIdentifier", message));
    }
    let lattice = &accounts.region(cx).lattice;
    // With `includeChildren`, the associations of a group's children count as the group's own.
    let children = input["includeChildren"].as_bool().unwrap_or(false);
    let chosen = |association: &Association| match (configuration, network) {
        (Some(wanted), _) => {
            let id = id_of(&association.configuration_arn);
            let child = || {
                lattice
                    .configurations
                    .get(id)
                    .is_some_and(|c| c.group_id() == Some(id_of(wanted)))
            };
            id == id_of(wanted) || (children && child())
        }
        (None, wanted) => wanted.map(id_of) == Some(association.network_id.as_str()),
    };
    let items = lattice
        .associations
        .values()
        .filter(|a| chosen(a))
        .map(Association::described)
        .collect();
    page(KIND, items, input)
}

/// Handles DeleteServiceNetworkResourceAssociation of an unmanaged association. Only EventBridge can remove a managed one,
/// not its owner or consumer (docs/aws-behavior.md, `association-lingers`).
pub(super) fn delete(accounts: &mut Accounts, cx: &CallCx, input: &Value) -> Result<Value, ServiceError> {
    let found = find(accounts, cx, input)?;
    let (id, managed) = (found.id.clone(), found.managed);
    if managed {
        return Err(errors::refused(format!(
            "{id} is a managed association: it can only be deleted by the service that manages it"
        )));
    }
    let removed = accounts.region(cx).lattice.associations.remove(&id);
    let arn = removed.map(|association| association.arn);
    Ok(json!({ "id": id, "arn": arn, "status": "DELETE_IN_PROGRESS" }))
}

fn find<'w>(accounts: &'w mut Accounts, cx: &CallCx, input: &Value) -> Result<&'w Association, ServiceError> {
    let identifier = input["serviceNetworkResourceAssociationIdentifier"]
        .as_str()
        .unwrap_or_default();
    let id = id_of(identifier);
    accounts
        .region(cx)
        .lattice
        .associations
        .get(id)
        .ok_or_else(|| errors::not_found(KIND, id))
}

/// Returns the account in an ARN.
fn owner(arn: &str) -> Option<String> {
    arn.split(':').nth(4).map(str::to_owned)
}

fn holders(accounts: &mut Accounts, cx: &CallCx, id: &str) -> Vec<String> {
    let configuration = accounts
        .region(cx)
        .lattice
        .associations
        .get(id)
        .map(|a| a.configuration_arn.clone());
    let mut owners = vec![cx.account.clone()];
    owners.extend(
        configuration
            .and_then(|arn| owner(&arn))
            .filter(|owner| *owner != cx.account),
    );
    owners
}

fn each(accounts: &mut Accounts, cx: &CallCx, id: &str, change: impl Fn(&mut Association)) {
    for owner in holders(accounts, cx, id) {
        if let Some(association) = accounts.region_of(&owner, &cx.region).lattice.associations.get_mut(id) {
            change(association);
        }
    }
}

impl Association {
    pub(super) fn row(&self) -> ResourceRow {
        let detail = json!({ "resourceConfigurationArn": self.configuration_arn, "tags": self.tags });
        ResourceRow::new("service-network-resource-association", &self.id, self.status, detail)
    }

    /// Returns the members of the summary. None of them names the connection.
    fn described(&self) -> Value {
        let place = self.arn.splitn(6, ':').take(5).collect::<Vec<_>>().join(":");
        let network_arn = format!("{place}:servicenetwork/{}", self.network_id);
        json!({
            "id": self.id, "arn": self.arn, "status": self.status, "createdBy": self.created_by,
            "createdAt": self.created_at, "resourceConfigurationId": id_of(&self.configuration_arn),
            "resourceConfigurationArn": self.configuration_arn, "resourceConfigurationName": self.configuration_name,
            "serviceNetworkId": self.network_id, "serviceNetworkArn": network_arn,
            "serviceNetworkName": self.managed.then(|| format!("eventbridge-{}", self.network_id)),
            "isManagedAssociation": self.managed, "failureCode": self.failure_code,
        })
    }
}
