//! Creates a connection. CreateConnection takes no client token.
//!
//! The SDK's own retries are off here. If the SDK repeated a request after a lost answer, EventBridge would refuse the second one
//! as a duplicate, and the provider could not tell its own connection from somebody else's. Connections have no tags either: if a
//! killed process left a connection behind, the next create only learns that the name is taken.

use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_eventbridge::config::Config;
use aws_sdk_eventbridge::config::retry::RetryConfig;
use aws_sdk_eventbridge::operation::create_connection::CreateConnectionOutput;
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::context::Cx;

use super::{Inputs, State, answer, explain, ready, request};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::wait::repeat::repeat_create;
use crate::resources::{Made, taken_name};

/// Creates the connection, unless an earlier attempt of this create already did.
pub(super) async fn create(cx: &Cx<Aws>, inputs: &Inputs) -> Result<Made<State>, Error> {
    let state = match cx.resumed() {
        Some(_) => State::default(),
        None => make(cx, inputs).await?,
    };
    Ok(Made {
        id: inputs.name.clone(),
        state,
    })
}

/// Sends CreateConnection. After a lost answer, looks the connection up by its name. It counts as created by this operation only
/// if an attempt of this operation may have made it and it matches the inputs.
async fn make(cx: &Cx<Aws>, inputs: &Inputs) -> Result<State, Error> {
    let request = cx
        .clients()
        .events()
        .await?
        .create_connection()
        .name(&inputs.name)
        .set_description(inputs.description.clone())
        .authorization_type(request::authorization_type(inputs))
        .auth_parameters(request::create_auth(inputs)?)
        .set_invocation_connectivity_parameters(request::connectivity(inputs.resource_configuration_arn.as_deref())?)
        .set_kms_key_identifier(inputs.kms_key_id.clone());
    let lost = AtomicBool::new(false);
    let aws = cx.clients();
    let call = || async {
        let once = Config::builder().retry_config(RetryConfig::disabled());
        let answer = request.clone().customize().config_override(once).send().await;
        let error = match answer.map_err(|error| classify("CreateConnection", error)) {
            Ok(made) => return Ok(made_state(&made)),
            Err(error) => error,
        };
        match error.kind() {
            ErrorKind::MaybeSent | ErrorKind::Unavailable => {
                lost.store(true, Ordering::Relaxed);
                Err(error)
            }
            ErrorKind::Conflict if lost.load(Ordering::Relaxed) => match ready::find(aws, &inputs.name).await? {
                Some(live) if answer::matches(&live, inputs) => Ok(answer::state(&live)),
                Some(_) => Err(taken(cx, error, inputs)),
                // It exists, but reads do not show it yet.
                None => Err(error.with_kind(ErrorKind::Busy)),
            },
            ErrorKind::Conflict => match ready::find(aws, &inputs.name).await {
                // The name will be free soon.
                Ok(Some(live)) if ready::state(&live) == "DELETING" => Err(error.with_kind(ErrorKind::Busy)),
                _ => Err(taken(cx, error, inputs)),
            },
            _ if explain::is_not_ready(&error, inputs) => Err(explain::not_ready(error)),
            _ => Err(explain::refused(error, "CreateConnection", inputs)),
        }
    };
    match repeat_create(cx, "AWS to accept the connection", call).await {
        // Looks up the connection once more: an attempt may have made it although its answer was lost.
        Err(error) if matches!(error.kind(), ErrorKind::MaybeSent | ErrorKind::Unavailable) => {
            match ready::find(aws, &inputs.name).await {
                Ok(Some(live)) if answer::matches(&live, inputs) => Ok(answer::state(&live)),
                _ => Err(error),
            }
        }
        done => done,
    }
}

fn taken(cx: &Cx<Aws>, error: Error, inputs: &Inputs) -> Error {
    let name = &inputs.name;
    if cx.knows(name) {
        return error.advise(taken_name::own(cx, name));
    }
    error.advise(format!(
        "If the connection \"{name}\" is being replaced, set the resource option `deleteBeforeReplace`. Otherwise choose \
         another `name`, delete the connection if nobody needs it, or import it with `pulumi import {} {} {name}`",
        cx.urn().type_token(),
        cx.urn().name()
    ))
}

fn made_state(made: &CreateConnectionOutput) -> State {
    State {
        arn: made.connection_arn().map(str::to_owned),
        state: made.connection_state().map(|state| state.as_str().to_owned()),
        ..State::default()
    }
}
