//! Adds advice to errors about a connection that AWS refuses or that failed.

use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::context::Cx;

use super::{Inputs, Live, path, ready};
use crate::aws::Aws;
use crate::aws::denial;
use crate::aws::permissions::When;

/// Reports whether AWS refused the request because a new resource configuration is not ready. AWS documents no message for that,
/// so a message counts if it names the configuration and contains a word about its status.
pub(super) fn is_not_ready(error: &Error, inputs: &Inputs) -> bool {
    let message = error.message().to_lowercase();
    let arns = [
        inputs.resource_configuration_arn.as_deref(),
        inputs
            .oauth()
            .and_then(|oauth| oauth.resource_configuration_arn.as_deref()),
    ];
    let is_named = |arn: &str| message.contains(&arn.rsplit('/').next().unwrap_or(arn).to_lowercase());
    let speaks_of_status = ["active", "ready", "in_progress", "in progress", "status", "state"];
    matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Conflict | ErrorKind::Busy)
        && arns.into_iter().flatten().any(is_named)
        && speaks_of_status.iter().any(|word| message.contains(word))
}

/// Returns the error as [`ErrorKind::NotFound`], like one about an unknown object, so that the request is repeated for a while.
pub(super) fn not_ready(error: Error) -> Error {
    error
        .with_kind(ErrorKind::NotFound)
        .advise("Look at the status of the resource configuration and of its gateway: both must be ACTIVE")
}

/// Adds advice to the error of a refused create or update.
pub(super) fn refused(error: Error, operation: &str, inputs: &Inputs) -> Error {
    match error.kind() {
        ErrorKind::Denied => denied(error, operation, inputs),
        ErrorKind::Quota if inputs.is_private() => error.advise(
            "An account can have 20 private connections in a Region (Service Quotas does not show this quota). One connection serves every \
             API behind the same endpoint with the same credentials: share it, or ask AWS Support for a higher quota",
        ),
        ErrorKind::Quota => error.advise("An account can have 3,000 connections in a Region: delete some, or ask AWS for a higher quota"),
        ErrorKind::Invalid if inputs.is_private() && error.message().to_lowercase().contains("shareable") => error.advise(
            "Set `allowAssociationToShareableServiceNetwork` of the resource configuration to true, or leave it out: EventBridge associates the configuration with a \
             service network of its own",
        ),
        ErrorKind::NotFound if inputs.is_private() => error.advise(
            "Check that the resource configuration exists in this Region and, if it belongs to another account, that the provider's account \
             accepted the share",
        ),
        _ => error,
    }
}

/// Says which permissions to grant. EventBridge uses the caller's permissions on other services, and its message does not always
/// name the missing one (<https://docs.aws.amazon.com/eventbridge/latest/userguide/connection-private.html>).
fn denied(error: Error, operation: &str, inputs: &Inputs) -> Error {
    let applies = |when| match when {
        When::Private => inputs.is_private(),
        When::OwnKey => inputs.kms_key_id.is_some(),
        When::Always | When::FirstInAccount(_) => true,
    };
    let reason = |action: &str| match action.split(':').next()? {
        "vpc-lattice" => Some("EventBridge uses the caller's permissions to associate the resource configuration"),
        "secretsmanager" => Some("EventBridge uses the caller's permissions to store the credentials in a secret"),
        "iam" => Some("the first connection of an account makes a service-linked role"),
        "kms" => Some("EventBridge uses the caller's permissions on the key to encrypt the secret"),
        _ => None,
    };
    denial::advise_all(error, "events", operation, applies, reason)
}

/// Returns the error for a connection in a state that it does not leave by itself.
pub(super) fn failed(live: &Live, inputs: &Inputs) -> Error {
    let state = ready::state(live);
    let reason = live
        .state_reason()
        .filter(|reason| !reason.is_empty())
        .unwrap_or("AWS gives no reason");
    let error = Error::new(
        ErrorKind::Failed,
        format!("the connection \"{}\" is {state}: {reason}", inputs.name),
    );
    match state {
        "DEAUTHORIZED" => error.advise(deauthorized(inputs)),
        "FAILED_CONNECTIVITY" => error.advise(
            "Check that the resource configuration and its gateway are ACTIVE, that the configuration's `allowAssociationToShareableServiceNetwork` is not false, that the gateway's security groups allow TCP 443 to \
             the target and the target's security groups allow it from the gateway, and that the host name is publicly resolvable; the \
             next `pulumi up` tries again",
        ),
        "DELETING" => error.advise("Someone else is deleting it: run `pulumi refresh` when it is gone"),
        _ => error,
    }
}

/// Replaces the general advice for a private connection that failed, or was not ready in time, by the cause, if a step of its path
/// shows one.
pub(super) async fn on_the_path(cx: &Cx<Aws>, inputs: &Inputs, state: Option<&str>, error: Error) -> Error {
    // An API that answers 401 is reached. Only a private authorization server may be the cause of a missing authorization.
    let by_answer = state == Some("DEAUTHORIZED") && !inputs.has_private_oauth();
    let may_be_the_path = matches!(error.kind(), ErrorKind::Failed | ErrorKind::TimedOut);
    if !may_be_the_path || by_answer || !inputs.is_private() {
        return error;
    }
    match path::look(cx, inputs).await {
        path::Cause::At(cause) => error.advise_instead(format!("The likely cause: {cause}; the next `pulumi up` tries again")),
        path::Cause::Host if state == Some("FAILED_CONNECTIVITY") => error.advise_instead(format!(
            "Every step of its path that AWS shows is as it should be, so the likely cause is the host. {}; the next `pulumi up` tries \
             again",
            path::HOST
        )),
        path::Cause::Host | path::Cause::None | path::Cause::Unknown => error,
    }
}

/// Returns the error for a private connection whose association failed.
pub(super) fn failed_association(live: &Live, status: &str, reason: Option<&str>) -> Error {
    let name = live.name().unwrap_or_default();
    let reason = reason
        .filter(|reason| !reason.is_empty())
        .unwrap_or("AWS gives no reason");
    Error::new(
        ErrorKind::Failed,
        format!("the association of the connection \"{name}\" with its resource configuration is {status}: {reason}"),
    )
    .advise("Check that the resource configuration and its gateway are ACTIVE; the next `pulumi up` tries again")
}

fn deauthorized(inputs: &Inputs) -> String {
    let cause = match (inputs.oauth(), &inputs.kms_key_id) {
        (Some(oauth), _) if oauth.resource_configuration_arn.is_some() => {
            "The authorization server refused the client, or cannot be reached through its resource configuration: check \
             `auth.oauth`, the gateway's security groups and the server"
        }
        (Some(_), _) => {
            "The authorization server refused the client, or cannot be reached from the internet: check `auth.oauth` and the server"
        }
        (None, Some(_)) => {
            "An API answered 401 or 407, or the KMS key cannot be used: check `auth`, that the key is enabled, carries the tag \
             EventBridgeApiDestinations=true, and that its policy admits EventBridge"
        }
        (None, None) => "An API answered 401 or 407, or the secret was deleted: check `auth`",
    };
    format!("{cause}; the next `pulumi up` sends the credentials again")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(private: bool) -> Inputs {
        Inputs {
            name: "orders".to_owned(),
            description: None,
            auth: None,
            invocation_parameters: None,
            resource_configuration_arn: private.then(|| "arn".to_owned()),
            kms_key_id: None,
        }
    }

    #[test]
    fn the_missing_permission_is_named() {
        let error = |message: &str, private| {
            denied(
                Error::new(ErrorKind::Denied, message.to_owned()),
                "CreateConnection",
                &inputs(private),
            )
            .to_string()
        };
        let message = "User: arn:aws:iam::1:user/x is not authorized to perform: \
                       vpc-lattice:CreateServiceNetworkResourceAssociation on resource: y";
        let text = error(message, true);
        let expected = "Grant vpc-lattice:CreateServiceNetworkResourceAssociation: EventBridge uses the caller's permissions to associate \
                        the resource configuration. The call also needs events:CreateConnection, ";
        assert!(text.contains(expected), "{text}");
        assert!(error("no", true).contains("AssociateViaAWSService-EventsAndStates"));
        assert!(!error("no", false).contains("vpc-lattice"));
    }
}
