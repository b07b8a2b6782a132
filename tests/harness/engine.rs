//! A fake engine that stores the log messages it receives.

use std::sync::{Arc, Mutex};

use pulumi_provider::proto::engine_server::{Engine, EngineServer};
use pulumi_provider::proto::{
    GetRootResourceRequest, GetRootResourceResponse, LogRequest, LogSeverity, RequirePulumiVersionRequest,
    RequirePulumiVersionResponse, SetRootResourceRequest, SetRootResourceResponse, StartDebuggingRequest,
};
use tonic::transport::Server;
use tonic::{Request, Response, Status};

use super::network::Network;

/// The address at which [`FakeEngine::serve`] listens.
pub const ENGINE: &str = "engine:1";

/// A fake engine whose log tests can read. Clones share the same engine.
#[derive(Clone, Default)]
pub struct FakeEngine {
    messages: Arc<Mutex<Vec<LogRequest>>>,
}

impl FakeEngine {
    /// Serves the engine at [`ENGINE`].
    pub fn serve(&self, network: &Network) {
        let incoming = network.listen(ENGINE);
        let service = EngineServer::new(self.clone());
        tokio::spawn(Server::builder().add_service(service).serve_with_incoming(incoming));
    }

    /// Returns all messages logged so far.
    pub fn messages(&self) -> Vec<LogRequest> {
        self.messages.lock().unwrap().clone()
    }

    /// Returns the statuses shown so far on the row of the resource with this name, in order. An empty one clears the row.
    pub fn statuses(&self, name: &str) -> Vec<String> {
        self.texts(name, |message| message.ephemeral)
    }

    /// Returns the info messages so far for the resource with this name.
    pub fn notes(&self, name: &str) -> Vec<String> {
        self.texts(name, |message| {
            !message.ephemeral && message.severity() == LogSeverity::Info
        })
    }

    /// Returns the warnings so far for the resource with this name.
    pub fn warnings(&self, name: &str) -> Vec<String> {
        self.texts(name, |message| {
            !message.ephemeral && message.severity() == LogSeverity::Warning
        })
    }

    fn texts(&self, name: &str, which: impl Fn(&LogRequest) -> bool) -> Vec<String> {
        let end = format!("::{name}");
        let messages = self.messages();
        let chosen = messages
            .iter()
            .filter(|message| message.urn.ends_with(&end) && which(message));
        chosen.map(|message| message.message.clone()).collect()
    }
}

#[tonic::async_trait]
impl Engine for FakeEngine {
    async fn log(&self, request: Request<LogRequest>) -> Result<Response<()>, Status> {
        self.messages.lock().unwrap().push(request.into_inner());
        Ok(Response::new(()))
    }

    async fn get_root_resource(
        &self,
        _: Request<GetRootResourceRequest>,
    ) -> Result<Response<GetRootResourceResponse>, Status> {
        Err(Status::unimplemented("GetRootResource"))
    }

    async fn set_root_resource(
        &self,
        _: Request<SetRootResourceRequest>,
    ) -> Result<Response<SetRootResourceResponse>, Status> {
        Err(Status::unimplemented("SetRootResource"))
    }

    async fn start_debugging(&self, _: Request<StartDebuggingRequest>) -> Result<Response<()>, Status> {
        Err(Status::unimplemented("StartDebugging"))
    }

    async fn require_pulumi_version(
        &self,
        _: Request<RequirePulumiVersionRequest>,
    ) -> Result<Response<RequirePulumiVersionResponse>, Status> {
        Err(Status::unimplemented("RequirePulumiVersion"))
    }
}
