//! Calls to services without an SDK crate of their own: AWS KMS, Route 53 and Service Quotas. The checks of a preview read three or
//! four things there, and a crate for each would cost more than all of this.
//!
//! The SDK's own runtime sends the calls: with its signer, retries, timeouts, HTTP client and user agent, as it does for the clients
//! in [`super::session`]. Only the request and the answer are written here.

mod answer;
mod place;

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::request_info::RequestInfoInterceptor;
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::service_clock_skew::{ServiceClockSkewClassifier, ServiceClockSkewInterceptor};
use aws_runtime::user_agent::{ApiMetadata, UserAgentInterceptor};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::RetryPartition;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::{SharedRuntimePlugin, StaticRuntimePlugin};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SigningName;
use aws_types::region::{Region, SigningRegion};
use http::Request;
use pulumi_provider::error::{Error, ErrorKind};
use serde_json::Value;
use tokio::time::timeout;

use self::answer::Refused;
use self::place::Place;
use super::config::ServiceEndpoints;
use super::error::classify_of;
use super::wait::sdk_limits::{NothingAfterTheEnd, Requests};

/// How long a call may take, with its retries. A private network may reach EC2 and not these services: then the other checks of the
/// preview still need their time.
const LIMIT: Duration = Duration::from_secs(4);

/// A service that is called this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    Kms,
    Route53,
    Quotas,
}

impl Service {
    /// Returns the name in signatures, which is the IAM prefix and the name in the user agent, too.
    const fn name(self) -> &'static str {
        match self {
            Self::Kms => "kms",
            Self::Route53 => "route53",
            Self::Quotas => "servicequotas",
        }
    }

    /// Returns the service ID, from which variables and profiles make their names.
    const fn id(self) -> &'static str {
        match self {
            Self::Kms => "KMS",
            Self::Route53 => "Route 53",
            Self::Quotas => "Service Quotas",
        }
    }

    /// Returns the name of its key in `endpoints` of the configuration.
    const fn key(self) -> &'static str {
        match self {
            Self::Kms => "kms",
            Self::Route53 => "route53",
            Self::Quotas => "serviceQuotas",
        }
    }

    /// Returns the prefix of `X-Amz-Target`, for the services that speak JSON.
    const fn target(self) -> &'static str {
        match self {
            Self::Kms => "TrentService",
            Self::Route53 => "",
            Self::Quotas => "ServiceQuotasV20190624",
        }
    }
}

/// The clients of these services.
pub(super) struct Signed {
    pub(super) kms: Client,
    pub(super) route53: Client,
    pub(super) service_quotas: Client,
}

impl Signed {
    /// Creates the clients. `partition` makes the retry partition for the name of a service.
    pub(super) fn new(
        sdk: &SdkConfig,
        endpoints: &ServiceEndpoints,
        region: &str,
        partition: impl Fn(&str) -> RetryPartition,
    ) -> Self {
        let client = |service: Service| Client {
            service,
            place: Place::of(service, sdk, endpoints, region),
            sdk: sdk.clone(),
            partition: partition(service.name()),
            silence: OnceLock::new(),
        };
        Self {
            kms: client(Service::Kms),
            route53: client(Service::Route53),
            service_quotas: client(Service::Quotas),
        }
    }
}

/// A client of one service.
pub(super) struct Client {
    service: Service,
    place: Result<Place, Error>,
    sdk: SdkConfig,
    partition: RetryPartition,
    /// The error of the first call that got no answer. Later calls get none either, and would take as long.
    silence: OnceLock<Error>,
}

impl Client {
    /// Calls an operation of a service that speaks JSON (`awsJson1_1`).
    ///
    /// # Errors
    /// The call failed, or there is no place where to send it.
    pub(super) async fn json(&self, operation: &'static str, input: &Value) -> Result<Value, Error> {
        let request = Request::builder()
            .method("POST")
            .uri("/")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("{}.{operation}", self.service.target()))
            .body(SdkBody::from(input.to_string()));
        let read = |body: &[u8]| Ok(serde_json::from_slice(body)?);
        self.call(operation, request, read).await
    }

    /// Calls an operation that takes its input in the URL (`restXml`). `path` begins with a slash, and `read` reads the answer.
    ///
    /// # Errors
    /// The call failed, or there is no place where to send it.
    pub(super) async fn get<T>(
        &self,
        operation: &'static str,
        path: &str,
        read: fn(&[u8]) -> Result<T, BoxError>,
    ) -> Result<T, Error>
    where
        T: fmt::Debug + Send + Sync + 'static,
    {
        let request = Request::builder().method("GET").uri(path).body(SdkBody::empty());
        self.call(operation, request, read).await
    }

    async fn call<T>(
        &self,
        operation: &'static str,
        request: http::Result<Request<SdkBody>>,
        read: impl Fn(&[u8]) -> Result<T, BoxError> + Send + Sync + 'static,
    ) -> Result<T, Error>
    where
        T: fmt::Debug + Send + Sync + 'static,
    {
        let place = self.place.clone().map_err(|error| error.context(operation))?;
        if let Some(silence) = self.silence.get() {
            return Err(silence.clone());
        }
        let request = request.map_err(|error| Error::bug(format!("{operation}: {error}")))?;
        let request = HttpRequest::try_from(request).map_err(|error| Error::bug(format!("{operation}: {error}")))?;
        let operation_of_sdk = Operation::builder()
            .service_name(self.service.id())
            .operation_name(operation)
            .behavior_version(self.sdk.behavior_version().unwrap_or_else(BehaviorVersion::latest))
            .endpoint_url(&place.url)
            .with_connection_poisoning()
            .interceptor(ServiceClockSkewInterceptor::new())
            .interceptor(RequestInfoInterceptor::new())
            .interceptor(UserAgentInterceptor::new())
            .interceptor(InvocationIdInterceptor::new())
            .interceptor(Requests)
            .retry_classifier(TransientErrorClassifier::<Refused>::new())
            .retry_classifier(AwsErrorCodeClassifier::<Refused>::new())
            .retry_classifier(ServiceClockSkewClassifier::<Refused>::new())
            .retry_classifier(HttpStatusCodeClassifier::default())
            .retry_classifier(NothingAfterTheEnd)
            .runtime_plugin(self.settings(&place))
            .serializer(|request: HttpRequest| Ok(request))
            .deserializer(move |response: &HttpResponse| answered(response, &read))
            .build();
        let silence = match timeout(LIMIT, operation_of_sdk.invoke(request)).await {
            Ok(answer) => {
                let answer = answer.map_err(|error| classify_of(self.service.name(), operation, error));
                match answer {
                    Err(error) if error.kind() == ErrorKind::MaybeSent => error,
                    answer => return answer,
                }
            }
            Err(_) => {
                let seconds = LIMIT.as_secs();
                Error::new(
                    ErrorKind::MaybeSent,
                    format!("{operation}: AWS did not answer within {seconds} seconds"),
                )
                .advise("Check the network, proxy and endpoint settings if this persists")
            }
        };
        // The service is not reachable. Others may be: the kinds for a network that does not work end all checks.
        let silence = silence.with_kind(ErrorKind::Unavailable);
        Err(self.silence.get_or_init(|| silence).clone())
    }

    /// Returns the settings that the SDK's clients have from the same configuration.
    fn settings(&self, place: &Place) -> SharedRuntimePlugin {
        let mut layer = Layer::new("signed");
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        layer.store_put(SigV4OperationSigningConfig {
            region: Some(SigningRegion::from(Region::new(place.signing_region.clone()))),
            name: Some(SigningName::from_static(self.service.name())),
            signing_options: SigningOptions::default(),
            ..SigV4OperationSigningConfig::default()
        });
        layer.store_put(ApiMetadata::new(self.service.name(), env!("CARGO_PKG_VERSION")));
        layer.store_put(self.partition.clone());
        layer.store_put(self.sdk.retry_config().cloned().unwrap_or_else(RetryConfig::standard));
        layer.store_put(
            self.sdk
                .timeout_config()
                .cloned()
                .unwrap_or_else(TimeoutConfig::disabled),
        );
        if let Some(name) = self.sdk.app_name() {
            layer.store_put(name.clone());
        }
        let mut components = RuntimeComponentsBuilder::new("signed");
        components.set_http_client(self.sdk.http_client());
        components.set_sleep_impl(self.sdk.sleep_impl());
        components.set_time_source(self.sdk.time_source());
        components.set_identity_cache(self.sdk.identity_cache());
        components.push_auth_scheme(SigV4AuthScheme::new());
        components.set_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID])));
        if let Some(credentials) = self.sdk.credentials_provider() {
            components.set_identity_resolver(SCHEME_ID, credentials);
        }
        SharedRuntimePlugin::new(
            StaticRuntimePlugin::new()
                .with_config(layer.freeze())
                .with_runtime_components(components),
        )
    }
}

fn answered<T>(
    response: &HttpResponse,
    read: impl Fn(&[u8]) -> Result<T, BoxError>,
) -> Result<T, OrchestratorError<Refused>> {
    let body = response.body().bytes().unwrap_or_default();
    if response.status().is_success() {
        read(body).map_err(OrchestratorError::response)
    } else {
        let code = response.headers().get("x-amzn-errortype");
        let request_id = response.headers().get("x-amzn-requestid");
        Err(OrchestratorError::operation(Refused::read(body, code, request_id)))
    }
}

/// Returns an error for a call that is not sent.
fn not_sent(reason: impl Into<String>) -> Error {
    Error::new(ErrorKind::Invalid, reason)
}

#[cfg(test)]
mod tests;
