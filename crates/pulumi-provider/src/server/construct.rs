//! Construct: a component registers itself and its children with the engine.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};
use tonic::{Code, Status};

use super::properties::{decode, encode_for};
use super::run::configured;
use crate::component::{Construct, ConstructError, Constructed};
use crate::engine::monitor::{Monitor, MonitorError};
use crate::property::wire::Capabilities;
use crate::proto::construct_response::PropertyDependencies;
use crate::proto::input_properties_error::PropertyError;
use crate::proto::{ConstructRequest, ConstructResponse};
use crate::provider::{Package, Provider};
use crate::resource::context::Redacted;
use crate::resource::draft::{Failure, Failures};
use crate::resource::redaction::Redaction;
use crate::server::status;

/// How long Cancel waits until running Construct calls have answered.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(1);
/// How long an answer may take to reach the engine, which runs on the same machine.
const WRITE_TIME: Duration = Duration::from_millis(20);

pub(super) async fn construct<P: Package>(
    provider: &Arc<Provider<P>>,
    mut request: ConstructRequest,
) -> Result<ConstructResponse, Status> {
    let token = request.r#type.clone();
    let Some(component) = provider.component(&token) else {
        let text = format!("the package {} has no component `{token}`", provider.schema().name);
        return Err(Status::invalid_argument(text));
    };
    configured(provider)?;
    let peer = Capabilities {
        outputs: request.accepts_output_values,
    };
    let inputs = decode(request.inputs.take())?;
    let secrets = Redaction::of([&inputs]);
    let refuse = |error: ConstructError| refuse(error, &secrets);
    tracing::debug!(component = %request.name, "construct");
    let cancelled = provider.cancellation();
    if !request.dry_run {
        provider.begin_update();
    }
    let _under_way = provider.constructs().read().await;
    let monitor = Monitor::connect(provider.dial(), &request.monitor_endpoint).await;
    let constructed = component.construct(Construct {
        request,
        inputs,
        monitor: monitor.map_err(|error| refuse(error.into()))?,
        provider: provider.provenance(),
        report: Arc::new(Redacted::new(provider.report(), secrets.clone())),
        names: Arc::clone(provider.names()),
        names_children: component.names_children(),
        previews: Arc::clone(provider.previews()),
    });
    let Constructed {
        urn,
        outputs,
        dependencies,
    } = tokio::select! {
        biased;
        constructed = constructed => constructed.map_err(refuse)?,
        // The engine does not answer registrations any more.
        () = cancelled.cancelled() => return Err(refuse(MonitorError::Stopped.into())),
    };
    if let (Some(log), Ok(urn)) = (provider.log(), urn.parse()) {
        log.settle(&urn).await;
    }
    let state = encode_for(outputs, peer).map_err(|error| status::failed(&error))?;
    let dependencies = dependencies.into_iter();
    Ok(ConstructResponse {
        urn,
        state: Some(state),
        state_dependencies: dependencies
            .map(|(name, urns)| {
                (
                    name,
                    PropertyDependencies {
                        urns: urns.into_iter().collect(),
                    },
                )
            })
            .collect(),
    })
}

/// Waits until no Construct call is running, for a second at most.
pub(super) async fn ended<P: Package>(provider: &Arc<Provider<P>>) {
    // The engine stops even if a call has not answered.
    if let Ok(_none) = timeout(CANCEL_TIMEOUT, provider.constructs().write()).await {
        sleep(WRITE_TIME).await;
    }
}

fn refuse(error: ConstructError, secrets: &Redaction) -> Status {
    let message = secrets.text(&error.to_string());
    match error {
        ConstructError::Inputs(failures) => {
            let mut message = message;
            // A failure without a path goes into the message: for an empty path the engine prints all inputs, including
            // secrets.
            for Failure { path: _, reason } in failures.iter().filter(|failure| is_pathless(failure)) {
                message += &format!("\n\t\t- {}", secrets.text(reason));
            }
            status::input_properties(message, properties(&failures, secrets))
        }
        ConstructError::Failed(error) => status::failed(&secrets.error(error)),
        ConstructError::Monitor(MonitorError::Stopped) => Status::cancelled(message),
        ConstructError::Monitor(_) => Status::new(Code::FailedPrecondition, message),
    }
}

fn properties(failures: &Failures, secrets: &Redaction) -> Vec<PropertyError> {
    failures
        .iter()
        .filter(|failure| !is_pathless(failure))
        .map(|failure| PropertyError {
            property_path: failure.path.to_string(),
            reason: secrets.text(&failure.reason),
        })
        .collect()
}

fn is_pathless(failure: &Failure) -> bool {
    failure.path.segments().is_empty()
}
