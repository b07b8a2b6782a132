//! The resource monitor: where a component registers itself and its children.

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

/// How long the first call is repeated while nobody answers.
const CONNECT: Duration = Duration::from_secs(10);
const CONNECT_PAUSE: Duration = Duration::from_millis(50);

/// The features, by the names that `SupportsFeature` knows them under.
const NAMES: [(&str, ResourceMonitorFeature); 13] = [
    ("secrets", ResourceMonitorFeature::Secrets),
    ("resourceReferences", ResourceMonitorFeature::ResourceReferences),
    ("outputValues", ResourceMonitorFeature::OutputValues),
    ("aliasSpecs", ResourceMonitorFeature::AliasSpecs),
    ("deletedWith", ResourceMonitorFeature::DeletedWith),
    ("replaceWith", ResourceMonitorFeature::ReplaceWith),
    ("replacementTrigger", ResourceMonitorFeature::ReplacementTrigger),
    ("transforms", ResourceMonitorFeature::Transforms),
    ("invokeTransforms", ResourceMonitorFeature::InvokeTransforms),
    ("parameterization", ResourceMonitorFeature::Parameterization),
    ("resourceHooks", ResourceMonitorFeature::ResourceHooks),
    ("errorHooks", ResourceMonitorFeature::ErrorHooks),
    ("sendsOptionsToHooks", ResourceMonitorFeature::SendsOptionsToHooks),
];

/// A connection to the monitor of one deployment. Each Construct brings an address of its own. Clones share the connection.
#[derive(Clone, Debug)]
pub struct Monitor {
    client: ResourceMonitorClient<Channel>,
    features: BTreeSet<ResourceMonitorFeature>,
}

/// Why the monitor could not be used.
#[derive(Clone, Debug, thiserror::Error)]
pub enum MonitorError {
    /// The address in the request is none.
    #[error("the engine sent a monitor address that is none: {0}")]
    Address(#[from] InvalidAddress),
    /// The engine is too old.
    #[error("this engine does not support {0}, which components need: upgrade the Pulumi CLI")]
    TooOld(&'static str),
    /// The deployment is over, so the registration does not matter any more.
    #[error("it is not complete, because the deployment stopped; another message says why")]
    Stopped,
    /// The engine refused a registration, in its own words.
    #[error("{0}")]
    Refused(String),
}

impl Monitor {
    /// Connects to the monitor and asks what it can do.
    ///
    /// # Errors
    /// [`MonitorError::TooOld`] without secrets or resource references; the others as they say.
    pub async fn connect(dial: &dyn Dial, address: &str) -> Result<Self, MonitorError> {
        let mut client = ResourceMonitorClient::new(dial.dial(address)?)
            .max_decoding_message_size(MESSAGE_LIMIT)
            .max_encoding_message_size(MESSAGE_LIMIT);
        let features = features(&mut client).await?;
        let monitor = Self { client, features };
        for (name, feature) in NAMES.into_iter().take(2) {
            if !monitor.supports(feature) {
                return Err(MonitorError::TooOld(name));
            }
        }
        Ok(monitor)
    }

    /// Whether the monitor has a feature.
    #[must_use]
    pub fn supports(&self, feature: ResourceMonitorFeature) -> bool {
        self.features.contains(&feature)
    }

    /// Registers a resource, and returns when its step is done: minutes later, for a resource that takes minutes.
    ///
    /// A failed or skipped step is an answer with that `result`, if the request says `supports_result_reporting`.
    ///
    /// # Errors
    /// [`MonitorError::Stopped`] or [`MonitorError::Refused`].
    pub async fn register(&self, request: RegisterResourceRequest) -> Result<RegisterResourceResponse, MonitorError> {
        let answer = self.client.clone().register_resource(request).await.map_err(refused)?;
        Ok(answer.into_inner())
    }

    /// Completes a component with its outputs; once, after its children.
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

/// The features of the monitor; for engines that do not list them, each is asked for by name.
async fn features(
    client: &mut ResourceMonitorClient<Channel>,
) -> Result<BTreeSet<ResourceMonitorFeature>, MonitorError> {
    let until = Instant::now() + CONNECT;
    loop {
        match client.get_deployment_info(()).await {
            Ok(info) => return Ok(info.into_inner().supported_features().collect()),
            Err(status) if status.code() == Code::Unimplemented => break,
            // This call changes nothing, so that it may be repeated.
            Err(status) if status.code() == Code::Unavailable && Instant::now() < until => sleep(CONNECT_PAUSE).await,
            Err(status) => return Err(refused(status)),
        }
    }
    let mut found = BTreeSet::new();
    for (id, feature) in NAMES {
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
