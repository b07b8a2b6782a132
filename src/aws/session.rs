//! The SDK's clients, made by the first operation.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig as CredentialsSetUp;
use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::credential_fn::provide_credentials_fn;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_eventbridge::operation::create_connection::CreateConnectionError;
use aws_sdk_eventbridge::operation::update_connection::UpdateConnectionError;
use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder as HttpBuilder, Connector};
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::app_name::AppName;
use tokio::sync::OnceCell;

use super::config::{AssumeRole, DEFAULT_MAX_RETRIES, ProviderConfig, ServiceEndpoints, is_region};
use super::error::classify;
use super::patience::{BoundedSleep, NothingAfterTheEnd, Requests};
use crate::error::{Error, Kind};

/// The clients, all for one Region and one set of credentials.
pub(super) struct Session {
    pub(super) ec2: aws_sdk_ec2::Client,
    pub(super) lattice: aws_sdk_vpclattice::Client,
    pub(super) events: aws_sdk_eventbridge::Client,
    pub(super) region: String,
    sts: aws_sdk_sts::Client,
    account: OnceCell<String>,
}

impl Session {
    /// Reads the environment and makes the clients. Asks STS only if the configuration names allowed accounts.
    pub(super) async fn open(config: &ProviderConfig, in_process: Option<SharedHttpClient>) -> Result<Self, Error> {
        let endpoints = config.endpoints.clone().unwrap_or_default();
        let base = match in_process {
            Some(http_client) => from_configuration_alone(config, http_client),
            None => from_environment(config).await,
        };
        let region = base
            .region()
            .map(|region| region.as_ref().to_owned())
            .ok_or_else(no_region)?;
        if !is_region(&region) {
            return Err(Error::new(
                Kind::Invalid,
                format!("`{region}` is not an AWS Region such as eu-west-1"),
            )
            .advise("Set `private-step-functions:region` or AWS_REGION"));
        }
        let sdk = match &config.assume_role {
            Some(role) => assume(role, base, &endpoints).await,
            None => base,
        };
        let session = Self::clients(&sdk, &endpoints, region);
        if let Some(allowed) = &config.allowed_account_ids {
            session.refuse_other_accounts(allowed).await?;
        }
        Ok(session)
    }

    fn clients(sdk: &SdkConfig, endpoints: &ServiceEndpoints, region: String) -> Self {
        let instance = NEXT_INSTANCE.fetch_add(1, Ordering::Relaxed);
        let partition = |service: &str| retry_partition(format!("private-step-functions-{instance}-{service}"));

        // One line for each service: they differ in names alone, but each has builders of its own.
        macro_rules! client {
            ($sdk:ident, $partition:literal, $endpoint:ident $(, $classifier:expr)?) => {{
                let config = $sdk::config::Builder::from(sdk)
                    .retry_partition(partition($partition))
                    $(.retry_classifier($classifier))?
                    .retry_classifier(NothingAfterTheEnd)
                    .interceptor(Requests);
                $sdk::Client::from_conf(match &endpoints.$endpoint {
                    Some(url) => config.endpoint_url(url).build(),
                    None => config.build(),
                })
            }};
        }
        Self {
            ec2: client!(aws_sdk_ec2, "ec2", ec2),
            lattice: client!(aws_sdk_vpclattice, "vpc-lattice", vpc_lattice),
            events: client!(aws_sdk_eventbridge, "events", event_bridge, QuotaIsFinal),
            sts: client!(aws_sdk_sts, "sts", sts),
            region,
            account: OnceCell::new(),
        }
    }

    /// The account of the credentials.
    pub(super) async fn account(&self) -> Result<&str, Error> {
        let account = self.account.get_or_try_init(|| async {
            let identity = self
                .sts
                .get_caller_identity()
                .send()
                .await
                .map_err(|error| classify("GetCallerIdentity", error))?;
            identity
                .account
                .ok_or_else(|| Error::new(Kind::Unavailable, "GetCallerIdentity: STS named no account"))
        });
        Ok(account.await?)
    }

    async fn refuse_other_accounts(&self, allowed: &[String]) -> Result<(), Error> {
        let account = self
            .account()
            .await
            .map_err(|error| error.context("checking `private-step-functions:allowedAccountIds`"))?;
        if allowed.iter().any(|id| id == account) {
            return Ok(());
        }
        Err(Error::new(
            Kind::Credentials,
            format!("the credentials belong to account {account}, which `private-step-functions:allowedAccountIds` does not list"),
        )
        .advise("Sign in to another account, or extend the list"))
    }
}

/// Numbers provider instances, so that no two share the SDK's process-wide retry bucket.
static NEXT_INSTANCE: AtomicU64 = AtomicU64::new(0);

/// The SDK's own bucket is one for the whole process and runs dry after some two dozen exhausted calls: retries then silently
/// stop. Ours is far larger than the retries of any stack, and refills by time.
fn retry_partition(name: String) -> RetryPartition {
    let bucket = TokenBucket::builder().capacity(50_000).refill_rate(50.0).build();
    RetryPartition::custom(Cow::Owned::<str>(name))
        .token_bucket(bucket)
        .build()
}

async fn from_environment(config: &ProviderConfig) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client())
        .app_name(app_name())
        .retry_config(retries(config))
        .timeout_config(timeouts())
        .sleep_impl(BoundedSleep);
    if let Some(region) = &config.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(profile) = &config.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(credentials) = static_credentials(config) {
        loader = loader.credentials_provider(credentials);
    }
    let sdk = loader.load().await;
    match &config.profile {
        // The SDK would prefer keys in the environment, and work in another account than the one that was asked for.
        Some(profile) if static_credentials(config).is_none() => {
            let mut provider = CredentialsSetUp::without_region().with_region(sdk.region().cloned());
            if let Some(http_client) = sdk.http_client() {
                provider = provider.with_http_client(http_client);
            }
            let credentials = ProfileFileCredentialsProvider::builder()
                .configure(&provider)
                .profile_name(profile)
                .build();
            let credentials = SharedCredentialsProvider::new(credentials);
            sdk.into_builder().credentials_provider(credentials).build()
        }
        _ => sdk,
    }
}

fn from_configuration_alone(config: &ProviderConfig, http_client: SharedHttpClient) -> SdkConfig {
    let credentials = match static_credentials(config) {
        Some(credentials) => SharedCredentialsProvider::new(credentials),
        None => SharedCredentialsProvider::new(provide_credentials_fn(async || {
            Err(CredentialsError::not_loaded("the configuration has no `accessKey`"))
        })),
    };
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http_client)
        .app_name(app_name())
        .retry_config(retries(config))
        .timeout_config(timeouts())
        // One for all clients, as the loader makes it: else each of them would assume the role for itself.
        .identity_cache(IdentityCache::lazy().build())
        .sleep_impl(SharedAsyncSleep::new(BoundedSleep))
        .time_source(SharedTimeSource::new(SystemTimeSource::new()))
        .region(config.region.clone().map(Region::new))
        .credentials_provider(credentials)
        .build()
}

fn static_credentials(config: &ProviderConfig) -> Option<Credentials> {
    let (access_key, secret_key) = (config.access_key.as_ref()?, config.secret_key.as_ref()?);
    let token = config.token.as_ref().map(|token| token.expose().to_owned());
    Some(Credentials::new(
        access_key.expose(),
        secret_key.expose(),
        token,
        None,
        "provider configuration",
    ))
}

async fn assume(role: &AssumeRole, base: SdkConfig, endpoints: &ServiceEndpoints) -> SdkConfig {
    let mut for_sts = base.clone().into_builder();
    if let Some(url) = &endpoints.sts {
        for_sts = for_sts.endpoint_url(url);
    }
    let mut provider = AssumeRoleProvider::builder(&role.role_arn)
        .session_name(role.session_name.as_deref().unwrap_or("pulumi-private-step-functions"))
        .session_length(Duration::from_secs(role.duration_seconds.unwrap_or(3600)))
        .configure(&for_sts.build());
    if let Some(external_id) = &role.external_id {
        provider = provider.external_id(external_id);
    }
    let provider = SharedCredentialsProvider::new(provider.build().await);
    base.into_builder().credentials_provider(provider).build()
}

fn no_region() -> Error {
    Error::new(Kind::Invalid, "no AWS Region is configured").advise(
        "Set `private-step-functions:region` (`pulumi config set private-step-functions:region eu-west-1`), AWS_REGION, or a \
         profile that has a Region",
    )
}

fn app_name() -> AppName {
    AppName::new("pulumi-private-step-functions").expect("letters and hyphens make an app name")
}

fn retries(config: &ProviderConfig) -> RetryConfig {
    RetryConfig::standard().with_max_attempts(config.max_retries.unwrap_or(DEFAULT_MAX_RETRIES).saturating_add(1))
}

/// Control plane calls answer within seconds; what takes longer is lost and better repeated.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(10))
        .operation_attempt_timeout(Duration::from_secs(60))
        .build()
}

/// Plain http is for emulators and the metadata services of the machine itself, so the proxy is asked for https alone.
fn http_client() -> SharedHttpClient {
    HttpBuilder::new().build_with_connector_fn(|settings, components| {
        let mut connector = Connector::builder();
        connector.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        if let Some(proxy) = https_proxy() {
            connector = connector.proxy_config(proxy);
        }
        connector.tls_provider(tls::Provider::Rustls(CryptoMode::Ring)).build()
    })
}

fn https_proxy() -> Option<ProxyConfig> {
    let variable = |names: [&str; 2]| {
        names
            .iter()
            .find_map(|name| std::env::var(name).ok())
            .filter(|text| !text.is_empty())
    };
    let url = variable(["HTTPS_PROXY", "https_proxy"]).or_else(|| variable(["ALL_PROXY", "all_proxy"]))?;
    match ProxyConfig::https(url) {
        Ok(proxy) => Some(match variable(["NO_PROXY", "no_proxy"]) {
            Some(rules) => proxy.no_proxy(rules),
            None => proxy,
        }),
        Err(error) => {
            tracing::warn!(%error, "HTTPS_PROXY is not a proxy's URL and is ignored");
            None
        }
    }
}

/// EventBridge says `LimitExceededException` for a quota that is used up; the SDK would take it for throttling and try for
/// minutes.
#[derive(Debug)]
struct QuotaIsFinal;

impl ClassifyRetry for QuotaIsFinal {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else {
            return RetryAction::NoActionIndicated;
        };
        let code = OrchestratorError::as_operation_error(error).and_then(|error| {
            let create = error
                .downcast_ref::<CreateConnectionError>()
                .and_then(ProvideErrorMetadata::code);
            create.or_else(|| {
                error
                    .downcast_ref::<UpdateConnectionError>()
                    .and_then(ProvideErrorMetadata::code)
            })
        });
        match code {
            Some("LimitExceededException") => RetryAction::RetryForbidden,
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "EventBridge quotas"
    }

    fn priority(&self) -> RetryClassifierPriority {
        // After every other classifier, for the last word counts.
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}
