//! The resource monitor, with which a component registers itself and its children.

use std::collections::BTreeSet;
use std::time::Duration;

use prost_types::Struct;
use tokio::time::{Instant, sleep};
use tonic::transport::Channel;
use tonic::{Code, Status};

use super::{Dial, InvalidAddress, MESSAGE_LIMIT};
use crate::proto::resource_monitor_client::ResourceMonitorClient;
use crate::proto::{
    RegisterResourceOutputsRequest, RegisterResourceRequest, RegisterResourceResponse, ResourceMonitorFeature,
    SupportsFeatureRequest,
};

/// How long the first call is repeated while the monitor does not answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_PAUSE: Duration = Duration::from_millis(50);

/// The features that components need, by the names that `SupportsFeature` knows.
const REQUIRED: [(&str, ResourceMonitorFeature); 2] = [
    ("secrets", ResourceMonitorFeature::Secrets),
    ("resourceReferences", ResourceMonitorFeature::ResourceReferences),
];

/// A connection to the monitor of one deployment. Each Construct request contains an address of its own. Clones share the
/// connection.
#[derive(Clone, Debug)]
pub struct Monitor {
    client: ResourceMonitorClient<Channel>,
}

/// Why a call to the monitor failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum MonitorError {
    /// The address in the request is not valid.
    #[error("the engine sent an invalid monitor address: {0}")]
    Address(#[from] InvalidAddress),
    /// The engine is too old.
    #[error("this engine does not support {0}, which components need: upgrade the Pulumi CLI")]
    TooOld(&'static str),
    /// The deployment has stopped, so the registration no longer matters.
    #[error("the component is not complete, because the deployment stopped; another message gives the cause")]
    Stopped,
    /// The engine refused a registration; this is its message.
    #[error("{0}")]
    Refused(String),
}

impl Monitor {
    /// Connects to the monitor and asks for its features.
    ///
    /// # Errors
    /// [`MonitorError::TooOld`] if the monitor does not support secrets or resource references; otherwise
    /// [`MonitorError::Address`], [`MonitorError::Stopped`] or [`MonitorError::Refused`].
    pub async fn connect(dial: &dyn Dial, address: &str) -> Result<Self, MonitorError> {
        let mut client = ResourceMonitorClient::new(dial.dial(address)?)
            .max_decoding_message_size(MESSAGE_LIMIT)
            .max_encoding_message_size(MESSAGE_LIMIT);
        let features = features(&mut client).await?;
        match REQUIRED.iter().find(|(_, feature)| !features.contains(feature)) {
            Some((name, _)) => Err(MonitorError::TooOld(name)),
            None => Ok(Self { client }),
        }
    }

    /// Registers a resource and returns when its step is done, which may take minutes.
    ///
    /// If the request sets `supports_result_reporting`, a failed or skipped step is not an error but an answer with that
    /// `result`.
    ///
    /// # Errors
    /// [`MonitorError::Stopped`] or [`MonitorError::Refused`].
    pub async fn register(&self, request: RegisterResourceRequest) -> Result<RegisterResourceResponse, MonitorError> {
        let answer = self.client.clone().register_resource(request).await.map_err(refused)?;
        Ok(answer.into_inner())
    }

    /// Completes a component with its outputs. Call it once, after the children are registered.
    ///
    /// # Errors
    /// [`MonitorError::Stopped`] or [`MonitorError::Refused`].
    pub async fn register_outputs(&self, urn: &str, outputs: Struct) -> Result<(), MonitorError> {
        let request = RegisterResourceOutputsRequest {
            urn: urn.to_owned(),
            outputs: Some(outputs),
        };
        self.client
            .clone()
            .register_resource_outputs(request)
            .await
            .map_err(refused)?;
        Ok(())
    }
}

/// Returns the features of the monitor. If the engine cannot list them, asks for the required ones by name.
async fn features(
    client: &mut ResourceMonitorClient<Channel>,
) -> Result<BTreeSet<ResourceMonitorFeature>, MonitorError> {
    let until = Instant::now() + CONNECT_TIMEOUT;
    loop {
        match client.get_deployment_info(()).await {
            Ok(info) => return Ok(info.into_inner().supported_features().collect()),
            Err(status) if status.code() == Code::Unimplemented => break,
            // This call changes nothing, so it may be repeated.
            Err(status) if status.code() == Code::Unavailable && Instant::now() < until => sleep(CONNECT_PAUSE).await,
            Err(status) => return Err(refused(status)),
        }
    }
    let mut found = BTreeSet::new();
    for (id, feature) in REQUIRED {
        let request = SupportsFeatureRequest { id: id.to_owned() };
        if client
            .supports_feature(request)
            .await
            .map_err(refused)?
            .into_inner()
            .has_support
        {
            found.insert(feature);
        }
    }
    Ok(found)
}

fn refused(status: Status) -> MonitorError {
    match status.code() {
        Code::Unavailable | Code::Cancelled => MonitorError::Stopped,
        _ => MonitorError::Refused(status.message().to_owned()),
    }
}
