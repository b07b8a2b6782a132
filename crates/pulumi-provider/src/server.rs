//! The Pulumi provider protocol. The server decodes each call, has the provider answer it, and encodes the answer. It makes
//! no decisions of its own.

mod configuration;
mod construct;
mod custom;
mod invoke;
mod preview_checks;
mod properties;
mod run;
pub mod status;

use std::sync::Arc;

use futures::stream::Empty;
use tonic::{Request, Response, Status};

use crate::engine::MESSAGE_LIMIT;
use crate::proto::resource_provider_server::{ResourceProvider, ResourceProviderServer};
use crate::proto::{
    CallRequest, CallResponse, CheckRequest, CheckResponse, ConfigureRequest, ConfigureResponse, ConstructRequest,
    ConstructResponse, CreateRequest, CreateResponse, DeleteRequest, DiffRequest, DiffResponse, GetMappingRequest,
    GetMappingResponse, GetMappingsRequest, GetMappingsResponse, GetSchemaRequest, GetSchemaResponse, InvokeRequest,
    InvokeResponse, ListRequest, ListResponse, ParameterizeRequest, ParameterizeResponse, PluginAttach, PluginInfo,
    ProviderHandshakeRequest, ProviderHandshakeResponse, ReadRequest, ReadResponse, UpdateRequest, UpdateResponse,
};
use crate::provider::{Package, Provider};

type Answer<T> = Result<Response<T>, Status>;

/// Returns the gRPC service of a provider, with the engine's message limits.
pub fn service<P: Package>(provider: Arc<Provider<P>>) -> ResourceProviderServer<impl ResourceProvider> {
    ResourceProviderServer::new(Server { provider })
        .max_decoding_message_size(MESSAGE_LIMIT)
        .max_encoding_message_size(MESSAGE_LIMIT)
}

struct Server<P: Package> {
    provider: Arc<Provider<P>>,
}

#[tonic::async_trait]
impl<P: Package> ResourceProvider for Server<P> {
    async fn handshake(&self, request: Request<ProviderHandshakeRequest>) -> Answer<ProviderHandshakeResponse> {
        self.attach_to(&request.get_ref().engine_address)?;
        Ok(Response::new(ProviderHandshakeResponse {
            accept_secrets: true,
            accept_resources: true,
            accept_outputs: true,
            supports_autonaming_configuration: true,
            accepts_byte_string: false,
            // The arguments of functions and methods, and the inputs of Check, are plain values, unknowns and secrets, not
            // output values.
            accepts_outputs_in_invoke: false,
            accepts_outputs_in_call: false,
            accepts_outputs_in_check: false,
        }))
    }

    async fn attach(&self, request: Request<PluginAttach>) -> Answer<()> {
        self.attach_to(&request.get_ref().address)?;
        Ok(Response::new(()))
    }

    async fn get_plugin_info(&self, _: Request<()>) -> Answer<PluginInfo> {
        let version = self.provider.schema().version.clone();
        Ok(Response::new(PluginInfo { version }))
    }

    async fn get_schema(&self, request: Request<GetSchemaRequest>) -> Answer<GetSchemaResponse> {
        tracing::debug!("get schema");
        let GetSchemaRequest {
            version,
            subpackage_name,
            ..
        } = request.get_ref();
        if *version != 0 {
            let text = format!("version {version} of the schema language is not supported, only version 0");
            return Err(Status::invalid_argument(text));
        }
        if !subpackage_name.is_empty() {
            return Err(self.nothing_called("subpackage", subpackage_name));
        }
        let schema = self.provider.schema().served_json().to_owned();
        Ok(Response::new(GetSchemaResponse { schema }))
    }

    async fn parameterize(&self, _: Request<ParameterizeRequest>) -> Answer<ParameterizeResponse> {
        let text = format!("the package {} takes no parameters", self.provider.schema().name);
        Err(Status::unimplemented(text))
    }

    async fn check_config(&self, request: Request<CheckRequest>) -> Answer<CheckResponse> {
        tracing::debug!(urn = %request.get_ref().urn, "check configuration");
        configuration::check(&self.provider, request.into_inner()).map(Response::new)
    }

    async fn diff_config(&self, request: Request<DiffRequest>) -> Answer<DiffResponse> {
        tracing::debug!(urn = %request.get_ref().urn, "compare configuration");
        configuration::diff(&self.provider, request.into_inner()).map(Response::new)
    }

    async fn configure(&self, request: Request<ConfigureRequest>) -> Answer<ConfigureResponse> {
        tracing::debug!(urn = request.get_ref().urn(), "configure");
        configuration::configure(&self.provider, request.into_inner()).map(Response::new)
    }

    async fn check(&self, request: Request<CheckRequest>) -> Answer<CheckResponse> {
        tracing::debug!(urn = %request.get_ref().urn, "check");
        custom::check(&self.provider, request.into_inner()).map(Response::new)
    }

    async fn diff(&self, request: Request<DiffRequest>) -> Answer<DiffResponse> {
        tracing::debug!(urn = %request.get_ref().urn, "compare");
        custom::diff(&self.provider, request.into_inner()).map(Response::new)
    }

    async fn create(&self, request: Request<CreateRequest>) -> Answer<CreateResponse> {
        custom::create(&self.provider, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn read(&self, request: Request<ReadRequest>) -> Answer<ReadResponse> {
        custom::read(&self.provider, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn update(&self, request: Request<UpdateRequest>) -> Answer<UpdateResponse> {
        custom::update(&self.provider, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn delete(&self, request: Request<DeleteRequest>) -> Answer<()> {
        custom::delete(&self.provider, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn construct(&self, request: Request<ConstructRequest>) -> Answer<ConstructResponse> {
        construct::construct(&self.provider, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn cancel(&self, _: Request<()>) -> Answer<()> {
        tracing::info!("the engine asks to cancel what is under way");
        self.provider.cancel();
        // The engine closes the connection next. It reports a component that has not answered as a failed connection.
        construct::ended(&self.provider).await;
        Ok(Response::new(()))
    }

    async fn invoke(&self, request: Request<InvokeRequest>) -> Answer<InvokeResponse> {
        tracing::debug!(token = %request.get_ref().tok, "invoke");
        invoke::invoke(&self.provider, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn call(&self, request: Request<CallRequest>) -> Answer<CallResponse> {
        Err(self.nothing_called("method", &request.get_ref().tok))
    }

    type ListStream = Empty<Result<ListResponse, Status>>;

    async fn list(&self, request: Request<ListRequest>) -> Answer<Self::ListStream> {
        let text = format!(
            "the package {} cannot list {}",
            self.provider.schema().name,
            request.get_ref().token
        );
        Err(Status::unimplemented(text))
    }

    async fn get_mapping(&self, _: Request<GetMappingRequest>) -> Answer<GetMappingResponse> {
        // No resource of another tool maps to this package.
        Ok(Response::new(GetMappingResponse::default()))
    }

    async fn get_mappings(&self, _: Request<GetMappingsRequest>) -> Answer<GetMappingsResponse> {
        Ok(Response::new(GetMappingsResponse::default()))
    }
}

impl<P: Package> Server<P> {
    fn attach_to(&self, address: &str) -> Result<(), Status> {
        // An engine without an address has no log; everything else works.
        if address.is_empty() {
            return Ok(());
        }
        self.provider
            .attach(address)
            .map_err(|error| Status::invalid_argument(error.to_string()))
    }

    fn nothing_called(&self, what: &str, name: &str) -> Status {
        Status::invalid_argument(format!(
            "the package {} has no {what} `{name}`",
            self.provider.schema().name
        ))
    }
}
