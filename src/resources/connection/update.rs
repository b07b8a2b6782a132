//! Updates a connection.

use std::sync::Mutex;
use std::time::Duration;

use aws_sdk_eventbridge::operation::update_connection::UpdateConnectionOutput;
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::Update;
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use super::changes::Delta;
use super::ready::{self, After};
use super::{Inputs, Live, State, answer, explain, request};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::wait::{self, Wait};

/// How long a new resource configuration may be unknown to EventBridge.
const UNKNOWN_FOR: Duration = Duration::from_secs(30);

/// Updates the connection to the wanted inputs and waits until it is ready.
pub(super) async fn update(
    cx: &Cx<Aws>,
    _id: &str,
    live: Live,
    update: &Update<Inputs, State>,
    seen: &Mutex<State>,
) -> Result<State, Error> {
    let delta = Delta::of(&live, update);
    let live = apply(cx, &live, &update.wanted, delta, seen).await?;
    Ok(answer::state(&live))
}

/// Finishes a create that failed after the connection was created. Reads may not show the connection yet.
pub(super) async fn resume(cx: &Cx<Aws>, inputs: &Inputs, seen: &Mutex<State>) -> Result<Live, Error> {
    let wait = Wait {
        what: "the connection to be visible",
        deadline: cx.deadline().min(Instant::now() + ready::INVISIBLE_FOR),
    };
    let visible = || async {
        ready::find(cx.clients(), &inputs.name)
            .await?
            .ok_or_else(|| ready::vanished(&inputs.name))
    };
    let live = wait::retry(cx, wait, visible, Error::is_not_found).await?;
    apply(cx, &live, inputs, Delta::to(&live, inputs), seen).await
}

async fn apply(cx: &Cx<Aws>, live: &Live, inputs: &Inputs, delta: Delta, seen: &Mutex<State>) -> Result<Live, Error> {
    if delta.is_empty() {
        return ready::ready(cx, inputs, After::Nothing, seen).await;
    }
    for key in delta.auth.oauth.lost.iter().chain(&delta.auth.invocation.lost) {
        cx.warn(&format!(
            "the update removes the parameter \"{key}\", which someone else added to the connection: EventBridge replaces the whole \
             list of parameters, and does not return the secret value of this one"
        ));
    }
    let answer = send(cx, inputs, &delta).await?;
    let moved = delta.moves_from(live);
    let after = After::Update {
        modified: answer.last_modified_time().copied(),
        path: delta.configuration,
        left: moved.then(|| answer::state(live).resource_association_arn).flatten(),
    };
    ready::ready(cx, inputs, after, seen).await
}

async fn send(cx: &Cx<Aws>, inputs: &Inputs, delta: &Delta) -> Result<UpdateConnectionOutput, Error> {
    let auth = match delta.auth.is_empty() {
        true => None,
        false => Some(request::update_auth(inputs, &delta.auth)?),
    };
    let kind = (!delta.auth.credentials.is_empty()).then(|| request::authorization_type(inputs));
    let request = cx
        .clients()
        .events()
        .await?
        .update_connection()
        .name(&inputs.name)
        .set_description(delta.description.clone())
        // Without the authorization type, EventBridge ignores the credentials.
        .set_authorization_type(kind)
        .set_auth_parameters(auth)
        .set_invocation_connectivity_parameters(request::connectivity(delta.configuration.as_deref())?)
        .set_kms_key_identifier(delta.kms_key.clone());
    let wait = Wait {
        what: "another operation on the connection to end",
        deadline: cx.deadline(),
    };
    let call = || async {
        let answer = request.clone().send().await;
        answer.map_err(|error| match classify("UpdateConnection", error) {
            error if explain::is_not_ready(&error, inputs) => explain::not_ready(error),
            error => explain::refused(error, "UpdateConnection", inputs),
        })
    };
    let began = Instant::now();
    // It is safe to send the same update twice, so a lost answer is retried.
    let again = |error: &Error| match error.kind() {
        ErrorKind::Busy | ErrorKind::MaybeSent | ErrorKind::Unavailable => true,
        ErrorKind::NotFound => delta.configuration.is_some() && began.elapsed() < UNKNOWN_FOR,
        _ => false,
    };
    wait::retry(cx, wait, call, again).await
}
