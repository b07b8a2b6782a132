//! A fake resource monitor that stores registrations and answers as a [`Script`] specifies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use prost_types::Struct;
use pulumi_provider::proto::resource_monitor_server::{ResourceMonitor, ResourceMonitorServer};
use pulumi_provider::proto::{
    CallResponse, Callback, DeploymentInfo, ExistsResourceRequest, ExistsResourceResponse, ReadResourceRequest,
    ReadResourceResponse, RegisterErrorHookRequest, RegisterPackageRequest, RegisterPackageResponse,
    RegisterResourceHookRequest, RegisterResourceOutputsRequest, RegisterResourceRequest, RegisterResourceResponse,
    ResourceCallRequest, ResourceInvokeRequest, ResourceInvokeResponse, ResourceMonitorFeature, Result as StepResult,
    SupportsFeatureRequest, SupportsFeatureResponse,
};
use tokio::time::{Instant, sleep};
use tonic::transport::Server;
use tonic::{Request, Response, Status};

use super::network::Network;

/// The address at which [`FakeMonitor::serve`] listens.
pub const MONITOR: &str = "monitor:1";

/// Computes the outputs of a custom resource, in addition to its inputs.
pub type Outputs = Arc<dyn Fn(&RegisterResourceRequest) -> Struct + Send + Sync>;

/// The behavior of the monitor.
#[derive(Clone)]
pub struct Script {
    /// Whether this is a preview: custom resources get no id, and no outputs besides their inputs.
    pub preview: bool,
    /// The duration of a custom resource's step.
    pub delay: Duration,
    /// The step durations of particular custom resources, by name.
    pub delays: BTreeMap<String, Duration>,
    /// Names of custom resources whose step fails, and types of components that fail.
    pub failing: BTreeSet<String>,
    /// Names of resources whose step is skipped, reported as engines up to 3.260 do.
    pub skipped: BTreeSet<String>,
    /// Names of resources whose state is unknown: not targeted, or skipped, reported as newer engines do.
    pub unknown: BTreeSet<String>,
    /// Whether the deployment has ended: every registration fails with `Unavailable`.
    pub stopped: bool,
    /// Whether the engine lacks `GetDeploymentInfo`, so that the provider must query each feature by name.
    pub old: bool,
    /// The features that the engine supports.
    pub features: Vec<ResourceMonitorFeature>,
    /// Computes the outputs of custom resources.
    pub outputs: Outputs,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            preview: false,
            delay: Duration::ZERO,
            delays: BTreeMap::new(),
            failing: BTreeSet::new(),
            skipped: BTreeSet::new(),
            unknown: BTreeSet::new(),
            stopped: false,
            old: false,
            features: (0..)
                .map_while(|number| ResourceMonitorFeature::try_from(number).ok())
                .collect(),
            outputs: Arc::new(|_| Struct::default()),
        }
    }
}

/// One registration.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The request as sent.
    pub request: RegisterResourceRequest,
    /// The URN assigned to the resource.
    pub urn: String,
    /// The time of arrival.
    pub at: Instant,
}

/// The fake monitor. Clones share the same monitor.
#[derive(Clone, Default)]
pub struct FakeMonitor {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    script: Script,
    registrations: Vec<Registration>,
    outputs: BTreeMap<String, Vec<Struct>>,
}

impl FakeMonitor {
    /// Serves the monitor at [`MONITOR`].
    pub fn serve(&self, network: &Network) {
        let incoming = network.listen(MONITOR);
        let service = ResourceMonitorServer::new(self.clone());
        tokio::spawn(Server::builder().add_service(service).serve_with_incoming(incoming));
    }

    /// Changes the script for later calls.
    pub fn script(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.state.lock().unwrap().script);
    }

    /// Clears the stored registrations and outputs.
    pub fn reset(&self) {
        let mut state = self.state.lock().unwrap();
        state.registrations.clear();
        state.outputs.clear();
    }

    /// Returns the registrations so far, in order of arrival.
    pub fn registrations(&self) -> Vec<Registration> {
        self.state.lock().unwrap().registrations.clone()
    }

    /// Returns the registration with this name.
    pub fn registration(&self, name: &str) -> Registration {
        let found = self.registrations().into_iter().find(|one| one.request.name == name);
        found.unwrap_or_else(|| panic!("{name} was not registered"))
    }

    /// Returns the outputs registered for a component, one entry per call.
    pub fn outputs(&self, urn: &str) -> Vec<Struct> {
        self.state.lock().unwrap().outputs.get(urn).cloned().unwrap_or_default()
    }

    /// Accepts a registration as the engine does: the parent must be known, and the name must be free.
    fn accept(&self, request: &RegisterResourceRequest) -> Result<(String, Script), Status> {
        let mut state = self.state.lock().unwrap();
        if state.script.stopped {
            return Err(Status::unavailable("resource monitor shut down"));
        }
        let parent = &request.parent;
        if !parent.is_empty() && !state.registrations.iter().any(|other| &other.urn == parent) {
            return Err(Status::invalid_argument(format!("could not find parent {parent}")));
        }
        let parents = parent.split("::").nth(2).map(|types| format!("{types}$"));
        let types = format!("{}{}", parents.unwrap_or_default(), request.r#type);
        let urn = format!("urn:pulumi:dev::shop::{types}::{}", request.name);
        if state.registrations.iter().any(|other| other.urn == urn) {
            return Err(Status::invalid_argument(format!("duplicate URN {urn}")));
        }
        state.registrations.push(Registration {
            request: request.clone(),
            urn: urn.clone(),
            at: Instant::now(),
        });
        Ok((urn, state.script.clone()))
    }
}

#[tonic::async_trait]
impl ResourceMonitor for FakeMonitor {
    async fn register_resource(
        &self,
        request: Request<RegisterResourceRequest>,
    ) -> Result<Response<RegisterResourceResponse>, Status> {
        let request = request.into_inner();
        let (urn, script) = self.accept(&request)?;
        let mut answer = RegisterResourceResponse {
            urn,
            ..RegisterResourceResponse::default()
        };
        if !request.custom {
            if script.failing.contains(&request.r#type) {
                answer.set_result(StepResult::Fail);
            }
            return Ok(Response::new(answer));
        }
        sleep(script.delays.get(&request.name).copied().unwrap_or(script.delay)).await;
        if script.failing.contains(&request.name) {
            if !request.supports_result_reporting {
                return Err(Status::internal("resource registration failed"));
            }
            answer.set_result(StepResult::Fail);
            return Ok(Response::new(answer));
        }
        if script.skipped.contains(&request.name) {
            answer.set_result(StepResult::Skip);
            return Ok(Response::new(answer));
        }
        if script.unknown.contains(&request.name) {
            answer.unknown = true;
            return Ok(Response::new(answer));
        }
        let mut outputs = request.object.clone().unwrap_or_default();
        if !script.preview {
            answer.id = format!("{}-id", request.name);
            outputs.fields.extend((script.outputs)(&request).fields);
        }
        answer.object = Some(outputs);
        Ok(Response::new(answer))
    }

    async fn register_resource_outputs(
        &self,
        request: Request<RegisterResourceOutputsRequest>,
    ) -> Result<Response<()>, Status> {
        let request = request.into_inner();
        let mut state = self.state.lock().unwrap();
        if !state.registrations.iter().any(|one| one.urn == request.urn) {
            return Err(Status::invalid_argument(format!("unknown resource {}", request.urn)));
        }
        let outputs = request.outputs.unwrap_or_default();
        state.outputs.entry(request.urn).or_default().push(outputs);
        Ok(Response::new(()))
    }

    async fn get_deployment_info(&self, _: Request<()>) -> Result<Response<DeploymentInfo>, Status> {
        let state = self.state.lock().unwrap();
        if state.script.old {
            return Err(Status::unimplemented("GetDeploymentInfo"));
        }
        Ok(Response::new(DeploymentInfo {
            project: "shop".to_owned(),
            stack: "dev".to_owned(),
            dry_run: state.script.preview,
            supported_features: state.script.features.iter().map(|feature| *feature as i32).collect(),
            ..DeploymentInfo::default()
        }))
    }

    async fn supports_feature(
        &self,
        request: Request<SupportsFeatureRequest>,
    ) -> Result<Response<SupportsFeatureResponse>, Status> {
        let id = request.into_inner().id;
        let features = self.state.lock().unwrap().script.features.clone();
        // The id `aliasSpecs` means `RESOURCE_MONITOR_FEATURE_ALIAS_SPECS`.
        let plain = |name: &str| name.replace('_', "").to_lowercase();
        let has_support = features.iter().any(|feature| {
            let name = feature.as_str_name().trim_start_matches("RESOURCE_MONITOR_FEATURE_");
            plain(name) == plain(&id)
        });
        Ok(Response::new(SupportsFeatureResponse { has_support }))
    }

    async fn invoke(&self, _: Request<ResourceInvokeRequest>) -> Result<Response<ResourceInvokeResponse>, Status> {
        Err(Status::unimplemented("Invoke"))
    }

    async fn call(&self, _: Request<ResourceCallRequest>) -> Result<Response<CallResponse>, Status> {
        Err(Status::unimplemented("Call"))
    }

    async fn read_resource(&self, _: Request<ReadResourceRequest>) -> Result<Response<ReadResourceResponse>, Status> {
        Err(Status::unimplemented("ReadResource"))
    }

    async fn exists_resource(
        &self,
        _: Request<ExistsResourceRequest>,
    ) -> Result<Response<ExistsResourceResponse>, Status> {
        Err(Status::unimplemented("ExistsResource"))
    }

    async fn register_stack_transform(&self, _: Request<Callback>) -> Result<Response<()>, Status> {
        Err(Status::unimplemented("RegisterStackTransform"))
    }

    async fn register_stack_invoke_transform(&self, _: Request<Callback>) -> Result<Response<()>, Status> {
        Err(Status::unimplemented("RegisterStackInvokeTransform"))
    }

    async fn register_resource_hook(&self, _: Request<RegisterResourceHookRequest>) -> Result<Response<()>, Status> {
        Err(Status::unimplemented("RegisterResourceHook"))
    }

    async fn register_error_hook(&self, _: Request<RegisterErrorHookRequest>) -> Result<Response<()>, Status> {
        Err(Status::unimplemented("RegisterErrorHook"))
    }

    async fn register_package(
        &self,
        _: Request<RegisterPackageRequest>,
    ) -> Result<Response<RegisterPackageResponse>, Status> {
        Err(Status::unimplemented("RegisterPackage"))
    }

    async fn signal_and_wait_for_shutdown(&self, _: Request<()>) -> Result<Response<()>, Status> {
        Err(Status::unimplemented("SignalAndWaitForShutdown"))
    }
}
