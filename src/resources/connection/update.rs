//! Updating a connection, from what it is to what the inputs say.

use std::sync::Mutex;
use std::time::Duration;

use aws_sdk_eventbridge::operation::update_connection::UpdateConnectionOutput;
use aws_sdk_eventbridge::types::UpdateConnectionAuthRequestParameters;
use tokio::time::Instant;

use super::ready::{self, After};
use super::{ConnectionInputs, ConnectionState, Live, answer, explain, find, request};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::wait::{self, Wait};
use crate::cx::Cx;
use crate::error::{Error, Kind};
use crate::resource::Found;

/// How long a resource configuration that was made a moment ago may be unknown to EventBridge.
const UNKNOWN: Duration = Duration::from_secs(30);

/// Makes the connection what the inputs say, and waits until it works. Only what differs is sent; secrets, which are never shown,
/// differ if the old inputs do.
pub(super) async fn converge(
    cx: &Cx<Aws>,
    inputs: &ConnectionInputs,
    old: Option<&Found<ConnectionInputs, ConnectionState>>,
    seen: &Mutex<ConnectionState>,
) -> Result<Live, Error> {
    let live = find(cx, &inputs.name)
        .await?
        .ok_or_else(|| ready::vanished(&inputs.name))?;
    let update = Update::between(&live, old.map(|old| &old.inputs), inputs)?;
    if update.is_empty() {
        return ready::ready(cx, inputs, After::Nothing, seen).await;
    }
    let answer = send(cx, inputs, &update).await?;
    let moved = update.moves_to(&live);
    let after = After::Update {
        modified: answer.last_modified_time().copied(),
        left: moved.then(|| answer::state(&live).resource_association_arn).flatten(),
    };
    ready::ready(cx, inputs, after, seen).await
}

/// Finishes a create that failed after the connection came into being. Reads may not know it yet.
pub(super) async fn resume(
    cx: &Cx<Aws>,
    inputs: &ConnectionInputs,
    seen: &Mutex<ConnectionState>,
) -> Result<Live, Error> {
    let wait = Wait {
        what: "the connection to be visible",
        deadline: cx.deadline().min(Instant::now() + ready::INVISIBLE),
    };
    let visible = || async {
        find(cx, &inputs.name)
            .await?
            .ok_or_else(|| ready::vanished(&inputs.name))
    };
    wait::retry(cx, wait, visible, Error::is_not_found).await?;
    converge(cx, inputs, None, seen).await
}

/// What is sent: `None` where nothing changes.
#[derive(Default)]
struct Update {
    description: Option<String>,
    auth: Option<UpdateConnectionAuthRequestParameters>,
    /// The ARN of the resource configuration; the empty one takes the private path away.
    configuration: Option<String>,
    kms_key: Option<String>,
}

impl Update {
    fn between(live: &Live, old: Option<&ConnectionInputs>, wanted: &ConnectionInputs) -> Result<Self, Error> {
        // What is shown, with everything that is not shown taken from the wanted inputs.
        let shown = answer::inputs(live, Some(wanted));
        let state = ready::state(live);
        let failed = matches!(state, "DEAUTHORIZED" | "DEAUTHORIZING" | "FAILED_CONNECTIVITY");
        let differs = shown.auth != wanted.auth
            || shown.invocation_parameters != wanted.invocation_parameters
            || live.authorization_type.as_ref() != Some(&request::authorization_type(wanted));
        let changed =
            old.is_some_and(|old| old.auth != wanted.auth || old.invocation_parameters != wanted.invocation_parameters);
        let auth = match failed || differs || changed {
            true => Some(request::update_auth(wanted, &answer::present(live))?),
            false => None,
        };
        let moved = shown.resource_configuration_arn != wanted.resource_configuration_arn;
        let path = wanted.resource_configuration_arn.clone();
        let configuration = match path {
            Some(path) => (moved || state == "FAILED_CONNECTIVITY").then_some(path),
            None => moved.then(String::new),
        };
        Ok(Self {
            description: (shown.description != wanted.description)
                .then(|| wanted.description.clone().unwrap_or_default()),
            auth,
            configuration,
            kms_key: wanted
                .kms_key_id
                .clone()
                .filter(|_| shown.kms_key_id != wanted.kms_key_id),
        })
    }

    const fn is_empty(&self) -> bool {
        self.description.is_none() && self.auth.is_none() && self.configuration.is_none() && self.kms_key.is_none()
    }

    /// Whether it leads to another resource configuration, so that the association becomes another one.
    fn moves_to(&self, live: &Live) -> bool {
        self.configuration
            .as_deref()
            .is_some_and(|to| !to.is_empty() && Some(to) != answer::configuration_arn(live))
    }
}

async fn send(cx: &Cx<Aws>, inputs: &ConnectionInputs, update: &Update) -> Result<UpdateConnectionOutput, Error> {
    let request = cx
        .clients()
        .events()
        .await?
        .update_connection()
        .name(&inputs.name)
        .set_description(update.description.clone())
        // Without their kind AWS ignores the parameters.
        .set_authorization_type(update.auth.as_ref().map(|_| request::authorization_type(inputs)))
        .set_auth_parameters(update.auth.clone())
        .set_invocation_connectivity_parameters(request::connectivity(update.configuration.as_deref())?)
        .set_kms_key_identifier(update.kms_key.clone());
    let wait = Wait {
        what: "another operation on the connection to end",
        deadline: cx.deadline(),
    };
    let call = || async {
        let answer = request.clone().send().await;
        answer.map_err(|error| explain::refused(classify("UpdateConnection", error), inputs))
    };
    let began = Instant::now();
    // An update that may have arrived does no harm when it arrives twice.
    let again = |error: &Error| match error.kind() {
        Kind::Busy | Kind::MaybeSent | Kind::Unavailable => true,
        Kind::NotFound => update.configuration.is_some() && began.elapsed() < UNKNOWN,
        _ => false,
    };
    wait::retry(cx, wait, call, again).await
}
