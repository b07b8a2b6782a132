//! Access denied: what AWS's message says about the cause, and what helps.
//!
//! A grant helps only if no policy allows the action. Against an explicit deny, a permissions boundary or a service control policy
//! it does not. The forms of the messages are those of
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>.

use std::sync::LazyLock;

use pulumi_provider::error::Error;
use regex::Regex;

use super::permissions::{self, When};

/// What an access denied message says.
#[derive(Debug, PartialEq, Eq)]
struct Denial {
    /// The denied action, such as `ec2:CreateTags`. It may be one of another service.
    action: Option<String>,
    cause: Cause,
}

#[derive(Debug, PartialEq, Eq)]
enum Cause {
    /// The message does not say it.
    Untold,
    /// No policy of this kind allows the action.
    NotAllowed(String),
    /// A policy of this kind denies the action. AWS names the policy in some messages.
    Denied(String, Option<String>),
}

impl Denial {
    fn read(message: &str) -> Self {
        static TEXT: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(
                r#"(?x)
                perform:?\ (?<action>[a-z0-9-]+:[A-Za-z0-9-]+)
                (?:\ on\ (?:the\ )?resource:?\ "?[^\s"]+"?)?
                (?:
                    \ because\ no\ (?<none>[\w\ -]+?)\ allows\ the\ \S+\ action
                  | \ with\ an\ explicit\ deny\ in\ an?\ (?<kind>[\w\ -]*?(?:policy|boundary))
                    (?:(?:,\ with\ policy\ ARN)?:?\ ?(?<arn>arn:[^\s,]+))?
                )?"#,
            )
            .expect("the pattern is constant and valid")
        });
        let Some(found) = TEXT.captures(message) else {
            return Self {
                action: None,
                cause: Cause::Untold,
            };
        };
        let text = |name| found.name(name).map(|part| part.as_str().to_owned());
        let arn = text("arn").map(|arn| arn.trim_end_matches('.').to_owned());
        let cause = match (text("none"), text("kind")) {
            (Some(kind), _) => Cause::NotAllowed(kind),
            (None, Some(kind)) => Cause::Denied(kind, arn),
            (None, None) => Cause::Untold,
        };
        Self {
            action: text("action"),
            cause,
        }
    }

    /// Returns what helps although a grant does not, or `None` if a grant does.
    fn beyond_a_grant(&self) -> Option<String> {
        let action = self.action.as_deref()?;
        match &self.cause {
            Cause::Untold => None,
            Cause::NotAllowed(kind) if kind.starts_with("identity-based") => None,
            Cause::NotAllowed(kind) => Some(format!(
                "Each {kind} that applies must allow {action} too: a grant to the caller does not help. {}",
                who_can(kind)
            )),
            Cause::Denied(kind, arn) => {
                let article = if kind.starts_with('i') { "An" } else { "A" };
                let which = arn.as_ref().map(|arn| format!(" ({arn})")).unwrap_or_default();
                Some(format!(
                    "{article} {kind}{which} denies {action}: a grant does not help. {}",
                    who_can(kind)
                ))
            }
        }
    }
}

/// Returns who can change a policy of this kind.
fn who_can(kind: &str) -> &'static str {
    match kind {
        "service control policy" | "resource control policy" => "Ask who manages the policies of your AWS organization",
        "permissions boundary" => "Ask who manages the permissions boundary of the caller",
        "session policy" => "Change the policy of the session, such as `assumeRole.policy`",
        "VPC endpoint policy" => "Change the policy of the VPC endpoint through which the call goes",
        "resource-based policy" => "Change the policy of the resource",
        "role trust policy" => "Change the trust policy of the role",
        _ => "Change that policy of the caller",
    }
}

/// Adds to a denied call what helps, unless the caller of this function knows better and advises.
pub(super) fn explain(error: Error, service: &str, operation: &str) -> Error {
    let denial = Denial::read(error.message());
    match (denial.beyond_a_grant(), denial.action) {
        (Some(advice), _) => error.advise_otherwise(advice),
        (None, Some(action)) => error.advise_otherwise(format!("Grant {action}")),
        (None, None) => {
            let needed = permissions::needed(service, operation, |_| false);
            error.advise_otherwise(format!("Grant {}", permissions::list(&needed)))
        }
    }
}

/// Adds to a denied call all that the operation needs, if a grant helps: who lacks one permission often lacks others.
/// `reason` says why an action is needed, if that is not plain.
pub(crate) fn advise_all(
    error: Error,
    service: &str,
    operation: &str,
    applies: impl Fn(When) -> bool,
    reason: impl Fn(&str) -> Option<&'static str>,
) -> Error {
    let denial = Denial::read(error.message());
    if denial.beyond_a_grant().is_some() {
        return error;
    }
    let mut needed = permissions::needed(service, operation, applies);
    let Some(action) = denial.action else {
        return error.advise(format!(
            "Grant whichever of these is missing: {}",
            permissions::list(&needed)
        ));
    };
    needed.retain(|other| *other != action);
    let reason = reason(&action).map(|reason| format!(": {reason}")).unwrap_or_default();
    let also = match &needed[..] {
        [] => String::new(),
        others => format!(". The call also needs {}", permissions::list(others)),
    };
    error.advise(format!("Grant {action}{reason}{also}"))
}

/// Returns the command that decodes the encoded part of EC2's message, if the message has one and does not say the cause itself.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>
pub(super) fn decoding(message: &str) -> Option<String> {
    let (told, encoded) = message.split_once(ENCODED)?;
    if Denial::read(told).cause != Cause::Untold {
        return None;
    }
    let encoded = encoded.split_whitespace().next()?;
    Some(format!(
        "`aws sts decode-authorization-message --query DecodedMessage --output text --encoded-message {encoded}` shows why, for who may \
         call sts:DecodeAuthorizationMessage"
    ))
}

/// Removes the encoded part of EC2's message: hundreds of characters that only another call can decode.
pub(super) fn without_encoded(message: &str) -> &str {
    message.split(ENCODED).next().unwrap_or_default().trim()
}

const ENCODED: &str = "Encoded authorization failure message:";

#[cfg(test)]
mod tests;
