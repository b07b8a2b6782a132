//! The first steps: the connection itself, and its credentials.
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection-states.html>

use aws_sdk_eventbridge::operation::describe_connection::DescribeConnectionOutput;
use aws_sdk_eventbridge::types::ConnectionAuthorizationType;
use pulumi_provider::error::Error;

use super::Steps;
use crate::arn::Arn;
use crate::aws::Aws;
use crate::aws::error::classify;

const CONNECTION: &str = "connection";

/// A private way: from EventBridge to the API, or to the authorization server that issues the tokens.
#[derive(Debug)]
pub(super) struct Way {
    /// What is reached: `the API` or `the authorization server`.
    pub(super) to: &'static str,
    pub(super) configuration_arn: String,
    pub(super) association_arn: Option<String>,
}

/// Returns the name of the connection with this name or ARN (`arn:aws:events:REGION:ACCOUNT:connection/NAME/ID`).
pub(crate) fn name(name_or_arn: &str) -> &str {
    let is_arn = Arn::parse(name_or_arn).is_some();
    let in_arn = is_arn.then(|| name_or_arn.split('/').nth(1)).flatten();
    in_arn.unwrap_or(name_or_arn)
}

/// Returns the connection with this name. If it does not exist, or no longer has the ARN that was given, a step says so.
pub(super) async fn find(
    aws: &Aws,
    name: &str,
    name_or_arn: &str,
    steps: &mut Steps,
) -> Result<Option<DescribeConnectionOutput>, Error> {
    let answer = aws.events().await?.describe_connection().name(name).send().await;
    let live = match answer.map_err(|error| classify("DescribeConnection", error)) {
        Ok(live) => live,
        Err(error) if error.is_not_found() => {
            let seen = format!("there is no connection {name} in {}", aws.region().await?);
            let fix = "Give the name or the ARN of a connection in the provider's Region and account";
            steps.fail(CONNECTION, seen, fix);
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let arn = live.connection_arn().unwrap_or_default();
    if Arn::parse(name_or_arn).is_some() && arn != name_or_arn {
        let seen = format!("the connection {name} now has another ARN, {arn}");
        steps.fail(CONNECTION, seen, "Give the name, or the ARN that EventBridge shows");
        return Ok(None);
    }
    Ok(Some(live))
}

pub(super) fn judge(live: &DescribeConnectionOutput, steps: &mut Steps) {
    let name = live.name().unwrap_or_default();
    let state = live.connection_state().map(|state| state.as_str()).unwrap_or_default();
    let reason = live.state_reason().filter(|reason| !reason.is_empty());
    let seen = match reason {
        Some(reason) => format!("{name} is {state}: {reason}"),
        None => format!("{name} is {state}"),
    };
    match state {
        "AUTHORIZED" | "ACTIVE" => steps.ok(CONNECTION, seen),
        "CREATING" | "UPDATING" | "AUTHORIZING" => steps.warn(
            CONNECTION,
            seen,
            "Wait. With a private authorization server this takes up to 20 minutes, otherwise a few",
        ),
        "DEAUTHORIZED" => steps.fail(
            CONNECTION,
            seen,
            "Send the credentials again: `pulumi up` does so for a connection of this provider",
        ),
        "FAILED_CONNECTIVITY" => steps.fail(
            CONNECTION,
            seen,
            "Mend the step below that fails, then run `pulumi up`: an update of the connection tries again",
        ),
        "DELETING" => steps.fail(CONNECTION, seen, "It is being deleted: create another one"),
        _ => steps.warn(
            CONNECTION,
            seen,
            "This provider does not know the state: see EventBridge's documentation",
        ),
    }
    credentials(live, state, steps);
}

fn credentials(live: &DescribeConnectionOutput, state: &str, steps: &mut Steps) {
    const STEP: &str = "credentials";
    let kind = live.authorization_type();
    let what = match kind {
        Some(ConnectionAuthorizationType::OauthClientCredentials) => "OAuth client credentials",
        Some(ConnectionAuthorizationType::Basic) => "a user name and password",
        Some(ConnectionAuthorizationType::ApiKey) => "an API key",
        _ => "credentials of a kind that this provider does not know",
    };
    if state != "DEAUTHORIZED" {
        return steps.ok(STEP, what);
    }
    let cause = match (kind, live.kms_key_identifier()) {
        (Some(ConnectionAuthorizationType::OauthClientCredentials), _) => {
            "The authorization server refused the client or could not be reached: check the client ID, the secret, the URL and the \
             method of the token request"
        }
        (_, Some(_)) => {
            "An API answered 401 or 407, the secret was deleted, or the KMS key cannot be used: check that the key is enabled, has the \
             tag EventBridgeApiDestinations=true, and that its policy admits EventBridge"
        }
        _ => "An API answered 401 or 407 since, or the secret was deleted: check the credentials at the API",
    };
    steps.warn(STEP, format!("{what}; EventBridge has dropped them"), cause);
}

/// Returns the private ways of a connection: none for a connection to a public API.
pub(super) fn private_ways(live: &DescribeConnectionOutput) -> Vec<Way> {
    let mut ways = Vec::new();
    let to_api = live
        .invocation_connectivity_parameters()
        .and_then(|with| with.resource_parameters());
    if let Some(with) = to_api {
        ways.push(Way {
            to: "the API",
            configuration_arn: with.resource_configuration_arn().to_owned(),
            association_arn: Some(with.resource_association_arn().to_owned()).filter(|arn| !arn.is_empty()),
        });
    }
    let auth = live.auth_parameters().and_then(|auth| auth.connectivity_parameters());
    if let Some(with) = auth.and_then(|with| with.resource_parameters()) {
        ways.push(Way {
            to: "the authorization server",
            configuration_arn: with.resource_configuration_arn().to_owned(),
            association_arn: Some(with.resource_association_arn().to_owned()).filter(|arn| !arn.is_empty()),
        });
    }
    ways
}
