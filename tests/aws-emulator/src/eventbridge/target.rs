//! Resource configurations as a connection's target: whether the caller may use it, whether it exists, and whether it
//! responds.
//!
//! Facts: docs/aws-behavior.md, Connection; EventBridge user guide, "Connecting to private APIs" and "Connection states".

use crate::accounts::Accounts;
use crate::eventbridge::connection::{Body, Link};
use crate::eventbridge::{auth::Credentials, invalid, not_found};
use crate::operation::{CallCx, ServiceError};
use crate::timings;
use crate::{kms, lattice};

/// The actions that the caller needs beyond EventBridge's own. EventBridge makes these calls with the caller's credentials
/// (docs/aws-behavior.md, Connection; CloudFormation's handlers of AWS::Events::Connection list those of Secrets Manager
/// and KMS).
const CREATE_ACTIONS: [&str; 2] = ["secretsmanager:CreateSecret", "secretsmanager:PutSecretValue"];
const UPDATE_ACTIONS: [&str; 2] = ["secretsmanager:UpdateSecret", "secretsmanager:PutSecretValue"];
const KEY_ACTIONS: [&str; 4] = ["kms:DescribeKey", "kms:GenerateDataKey", "kms:Encrypt", "kms:Decrypt"];
/// EventBridge tags its association in the call that creates it (CloudTrail's sample, private connections).
const LATTICE_ACTIONS: [&str; 4] = [
    "vpc-lattice:GetResourceConfiguration",
    "vpc-lattice:CreateServiceNetworkResourceAssociation",
    "vpc-lattice:TagResource",
    "vpc-lattice:AssociateViaAWSService-EventsAndStates",
];

/// A target whose domain contains this text answers 401 to every request. Only tests use such names.
const UNAUTHORIZED: &str = "unauthorized";
/// A target whose domain contains this text cannot be reached.
const UNREACHABLE: &str = "unreachable";
/// A connection to such a target stays AUTHORIZED in the recorded mode, as connections in Terraform's tests may do.
const STAYS_AUTHORIZED: &str = "stays-authorized";

/// An operation that EventBridge carries out with the caller's permissions.
pub(super) struct Authorization<'a> {
    pub is_create: bool,
    /// The configurations that it uses.
    pub targets: &'a [&'a str],
    /// Whether the secret has a customer-managed key.
    pub has_key: bool,
}

/// Fails if the caller lacks a permission that EventBridge needs.
pub(super) fn check_permissions(
    accounts: &Accounts,
    cx: &CallCx,
    authorization: &Authorization<'_>,
) -> Result<(), ServiceError> {
    let targets = authorization.targets;
    let secret = if authorization.is_create {
        CREATE_ACTIONS
    } else {
        UPDATE_ACTIONS
    };
    let lattice = LATTICE_ACTIONS.iter().filter(|_| !targets.is_empty());
    let key = KEY_ACTIONS.iter().filter(|_| authorization.has_key);
    let mut actions = secret.iter().chain(lattice).chain(key);
    let Some(action) = actions.find(|action| accounts.denied.contains(**action)) else {
        return Ok(());
    };
    let resource = if action.starts_with("vpc-lattice") {
        targets[0]
    } else {
        "*"
    };
    Err(ServiceError::new(
        "AccessDeniedException",
        format!(
            "User: {} is not authorized to perform: {action} on resource: {resource}",
            cx.caller
        ),
    ))
}

/// Checks that the configuration exists and has a type that represents one target. A configuration of another account
/// counts as shared by RAM: it must exist if that account has configurations in the emulator, and is assumed to exist
/// otherwise.
pub(super) fn check_exists(accounts: &mut Accounts, cx: &CallCx, arn: &str) -> Result<(), ServiceError> {
    let (account, region) = place(arn);
    // A share is limited to its Region (docs/aws-behavior.md, Connection).
    if region != cx.region {
        return Err(not_found(&format!("Resource configuration {arn}")));
    }
    let (now, flap) = (accounts.now(), accounts.scaled(timings::LATTICE_FLAP));
    let requires_shareable = accounts.settings.requires_shareable;
    let configurations = &accounts.region_of(account, region).lattice.configurations;
    match configurations.values().find(|c| c.arn == arn) {
        // A group cannot be a target itself (docs/aws-behavior.md, Resource configuration, group facts).
        Some(found) if found.kind == "GROUP" => {
            Err(invalid("A resource configuration of type GROUP cannot be invoked"))
        }
        Some(found) if !found.is_ready(now, flap) => {
            Err(invalid(format!("Resource configuration {arn} is not in ACTIVE status")))
        }
        Some(found) if requires_shareable && !found.is_shareable() => Err(invalid(format!(
            "Resource configuration {arn} does not allow association to shareable service networks"
        ))),
        Some(_) => Ok(()),
        None if account != cx.account && configurations.is_empty() => Ok(()),
        None => Err(not_found(&format!("Resource configuration {arn}"))),
    }
}

/// Creates the association with a target. `connection` is the name of its holder.
pub(super) fn link(accounts: &mut Accounts, cx: &CallCx, arn: &str, connection: &str) -> Link {
    let association_arn = lattice::associate(accounts, cx, arn, connection);
    Link {
        configuration_arn: arn.to_owned(),
        association_arn,
    }
}

/// Returns the result of an authorization: success, or a failure state with its reason. A wrong security group does not
/// fail it: later calls time out instead (docs/aws-behavior.md, The component).
///
/// In the recorded mode, EventBridge does not call the target for an API key or basic credentials: Terraform's private
/// connection to a port without a listener becomes AUTHORIZED.
pub(super) fn judge(accounts: &mut Accounts, cx: &CallCx, body: &Body) -> Result<(), (&'static str, String)> {
    judge_key(accounts, cx, body)?;
    let calls_nobody = accounts.settings.mode.is_recorded() && body.oauth.is_none();
    let mut domains = Vec::new();
    for link in body.oauth.iter().chain(&body.invocation).filter(|_| !calls_nobody) {
        let domain = reach(accounts, link).map_err(|reason| ("FAILED_CONNECTIVITY", reason))?;
        domains.extend(domain);
    }
    if let Some(Credentials::OAuth { endpoint, .. }) = &body.credentials {
        domains.push(endpoint.clone());
    }
    match domains.iter().find(|domain| domain.contains(UNAUTHORIZED)) {
        Some(domain) => Err(("DEAUTHORIZED", format!("{domain} responded with HTTP status code 401"))),
        None => Ok(()),
    }
}

/// Fails if the connection's key does not exist or cannot be used: then EventBridge cannot read the secret (EventBridge user
/// guide, "Encrypting connection authorization"). A key of another account that has none here counts as one that can be used.
pub(super) fn judge_key(accounts: &Accounts, cx: &CallCx, body: &Body) -> Result<(), (&'static str, String)> {
    let Some(name) = body.kms_key.as_deref() else {
        return Ok(());
    };
    let reason = match kms::find(accounts, &cx.account, &cx.region, name) {
        Some(key) => key.why_not(),
        None if kms::is_of_absent_account(accounts, cx, name) => None,
        None => Some(format!("Key '{name}' does not exist")),
    };
    match reason {
        Some(reason) => Err(("DEAUTHORIZED", reason)),
        None => Ok(()),
    }
}

/// Reports whether the connection stays AUTHORIZED permanently.
pub(super) fn stays_authorized(accounts: &mut Accounts, body: &Body) -> bool {
    let Some(arn) = body.invocation.as_ref().map(|link| link.configuration_arn.clone()) else {
        return false;
    };
    let (account, region) = place(&arn);
    let configurations = &accounts.region_of(account, region).lattice.configurations;
    let found = configurations.values().find(|configuration| configuration.arn == arn);
    let domain = found.and_then(|configuration| configuration.domain_name());
    domain.is_some_and(|domain| domain.contains(STAYS_AUTHORIZED))
}

/// Returns the domain name of a link's target, if EventBridge can reach it.
fn reach(accounts: &mut Accounts, link: &Link) -> Result<Option<String>, String> {
    let arn = link.configuration_arn.as_str();
    let (account, region) = place(arn);
    let lattice = &accounts.region_of(account, region).lattice;
    let Some(configuration) = lattice.configurations.values().find(|c| c.arn == arn) else {
        // `check_exists` accepted the configuration when the link was created. Now it is either a share of an account
        // without objects here, or deleted.
        let shared = lattice.configurations.is_empty() && lattice.gateways.is_empty();
        return if shared {
            Ok(None)
        } else {
            Err(format!("Resource configuration {arn} does not exist"))
        };
    };
    if configuration.status() != "ACTIVE" && configuration.status() != "UPDATE_IN_PROGRESS" {
        return Err(format!(
            "Resource configuration {arn} is in status {}",
            configuration.status()
        ));
    }
    let gateway = configuration.gateway_id().and_then(|id| lattice.gateways.get(id));
    if !gateway.is_some_and(|gateway| matches!(gateway.status(), "ACTIVE" | "UPDATE_IN_PROGRESS" | "UPDATE_FAILED")) {
        return Err(format!(
            "The resource gateway of resource configuration {arn} is not active"
        ));
    }
    match configuration.domain_name() {
        Some(domain) if domain.contains(UNREACHABLE) => Err(format!("Connection to {domain} timed out")),
        domain => Ok(domain.map(str::to_owned)),
    }
}

/// Returns account and Region of an ARN.
fn place(arn: &str) -> (&str, &str) {
    let mut parts = arn.split(':').skip(3);
    let region = parts.next().unwrap_or_default();
    (parts.next().unwrap_or_default(), region)
}
