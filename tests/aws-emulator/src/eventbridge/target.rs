//! Resource configurations as a connection's target: may the caller use it, does it exist, does it answer.
//!
//! Facts: docs/aws-behaviour.md, Connection; EventBridge user guide, "Connecting to private APIs" and "Connection states".

use crate::eventbridge::connection::{Body, Link};
use crate::eventbridge::{auth::Credentials, invalid, not_found};
use crate::lattice;
use crate::operation::{CallCx, ServiceError};
use crate::timings;
use crate::world::World;

/// What the caller needs beyond EventBridge's own permission; the calls run with the caller's credentials (docs/aws-behaviour.md, Connection;
/// CloudFormation's handlers of AWS::Events::Connection list those of Secrets Manager and KMS).
const CREATE_ACTIONS: [&str; 2] = ["secretsmanager:CreateSecret", "secretsmanager:PutSecretValue"];
const UPDATE_ACTIONS: [&str; 2] = ["secretsmanager:UpdateSecret", "secretsmanager:PutSecretValue"];
const KEY_ACTIONS: [&str; 4] = ["kms:DescribeKey", "kms:GenerateDataKey", "kms:Encrypt", "kms:Decrypt"];
/// EventBridge tags its association in the very call that makes it (CloudTrail's sample, private connections).
const LATTICE_ACTIONS: [&str; 4] = [
    "vpc-lattice:GetResourceConfiguration",
    "vpc-lattice:CreateServiceNetworkResourceAssociation",
    "vpc-lattice:TagResource",
    "vpc-lattice:AssociateViaAWSService-EventsAndStates",
];

/// Names a domain must contain for its target to answer 401 to every request; only tests use such names.
const UNAUTHORIZED: &str = "unauthorized";
/// The same for a target that cannot be reached at all.
const UNREACHABLE: &str = "unreachable";
/// The same for one whose connection stays AUTHORIZED in the recorded temper, as those in Terraform's tests may do.
const STAYS_AUTHORIZED: &str = "stays-authorized";

/// What is about to be done in the caller's name.
pub(super) struct Doing<'a> {
    pub is_create: bool,
    /// The configurations that are about to be used.
    pub targets: &'a [&'a str],
    /// Whether the secret has a key of the caller's.
    pub has_key: bool,
}

/// Refuses a caller who may not do what EventBridge does in their name.
pub(super) fn check_permissions(world: &World, cx: &CallCx, doing: &Doing<'_>) -> Result<(), ServiceError> {
    let targets = doing.targets;
    let secret = if doing.is_create {
        CREATE_ACTIONS
    } else {
        UPDATE_ACTIONS
    };
    let lattice = LATTICE_ACTIONS.iter().filter(|_| !targets.is_empty());
    let key = KEY_ACTIONS.iter().filter(|_| doing.has_key);
    let mut actions = secret.iter().chain(lattice).chain(key);
    let Some(action) = actions.find(|action| world.denied.contains(**action)) else {
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

/// The configuration must exist and be of a type that stands for one target. Another account's counts as shared by RAM: it is looked up where
/// that account has configurations here, and taken on trust where it has none.
pub(super) fn check_exists(world: &mut World, cx: &CallCx, arn: &str) -> Result<(), ServiceError> {
    let (account, region) = place(arn);
    // A share stays within its Region (docs/aws-behaviour.md, Connection).
    if region != cx.region {
        return Err(not_found(&format!("Resource configuration {arn}")));
    }
    let (now, flap) = (world.now(), world.scaled(timings::LATTICE_FLAP));
    let requires_shareable = world.settings.requires_shareable;
    let configurations = &world.region_of(account, region).lattice.configurations;
    match configurations.values().find(|c| c.arn == arn) {
        // A group is no target by itself (docs/aws-behaviour.md, Resource configuration, group facts).
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

/// Makes the association with a target. `connection` is the name of its holder.
pub(super) fn link(world: &mut World, cx: &CallCx, arn: &str, connection: &str) -> Link {
    let association_arn = lattice::associate(world, cx, arn, connection);
    Link {
        configuration_arn: arn.to_owned(),
        association_arn,
    }
}

/// How an authorization ends: AUTHORIZED, or a failure state with its reason. A wrong security group is never noticed: it shows as time-outs of
/// later calls (docs/aws-behaviour.md, The component).
///
/// In the recorded temper nobody calls the target of an API key or of basic credentials: Terraform's private connection to a port
/// that nobody listens on becomes AUTHORIZED.
pub(super) fn judge(world: &mut World, body: &Body) -> Result<(), (&'static str, String)> {
    let calls_nobody = world.settings.temper.is_recorded() && body.oauth.is_none();
    let mut domains = Vec::new();
    for link in body.oauth.iter().chain(&body.invocation).filter(|_| !calls_nobody) {
        let domain = reach(world, link).map_err(|reason| ("FAILED_CONNECTIVITY", reason))?;
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

/// Whether a connection stays AUTHORIZED for good.
pub(super) fn stays_authorized(world: &mut World, body: &Body) -> bool {
    let Some(arn) = body.invocation.as_ref().map(|link| link.configuration_arn.clone()) else {
        return false;
    };
    let (account, region) = place(&arn);
    let configurations = &world.region_of(account, region).lattice.configurations;
    let found = configurations.values().find(|configuration| configuration.arn == arn);
    let domain = found.and_then(|configuration| configuration.domain_name());
    domain.is_some_and(|domain| domain.contains(STAYS_AUTHORIZED))
}

/// The domain name behind a link, if EventBridge gets there.
fn reach(world: &mut World, link: &Link) -> Result<Option<String>, String> {
    let arn = link.configuration_arn.as_str();
    let (account, region) = place(arn);
    let lattice = &world.region_of(account, region).lattice;
    let Some(configuration) = lattice.configurations.values().find(|c| c.arn == arn) else {
        // Whether it is there was decided when the link was made: now it is a share without a world, or gone.
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

/// Account and Region of an ARN.
fn place(arn: &str) -> (&str, &str) {
    let mut parts = arn.split(':').skip(3);
    let region = parts.next().unwrap_or_default();
    (parts.next().unwrap_or_default(), region)
}
