//! The SDK's clients. The first operation creates them.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::credential_fn::provide_credentials_fn;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_eventbridge::operation::create_connection::CreateConnectionError;
use aws_sdk_eventbridge::operation::update_connection::UpdateConnectionError;
use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::app_name::AppName;
use pulumi_provider::error::{Error, ErrorKind};
use tokio::sync::OnceCell;

use super::config::{DEFAULT_MAX_RETRIES, ProviderConfig, ServiceEndpoints, is_region};
use super::environment::Environment;
use super::error::classify;
use super::proxy::Proxies;
use super::signed::Signed;
use super::trust::Trust;
use super::wait::sdk_limits::{BoundedSleep, NothingAfterTheEnd, Requests};
use super::{credentials, http, roles};

/// The clients for one Region and one set of credentials.
pub(super) struct Session {
    pub(super) ec2: aws_sdk_ec2::Client,
    pub(super) lattice: aws_sdk_vpclattice::Client,
    pub(super) events: aws_sdk_eventbridge::Client,
    pub(super) signed: Signed,
    pub(super) region: String,
    sts: aws_sdk_sts::Client,
    account: OnceCell<String>,
}

impl Session {
    /// Reads the environment and creates the clients. Calls STS only if the configuration allows or forbids accounts.
    pub(super) async fn open(config: &ProviderConfig, in_process: Option<SharedHttpClient>) -> Result<Self, Error> {
        let endpoints = config.endpoints.clone().unwrap_or_default();
        let base = match in_process {
            Some(http_client) => from_configuration_alone(config, http_client),
            None => from_environment(config).await?,
        };
        let region = base
            .region()
            .map(|region| region.as_ref().to_owned())
            .ok_or_else(no_region)?;
        if !is_region(&region) {
            return Err(Error::new(
                ErrorKind::Invalid,
                format!("`{region}` is not an AWS Region such as eu-west-1"),
            )
            .advise("Set `private-step-functions:region` or AWS_REGION"));
        }
        let sdk = roles::assume(config, base, endpoints.sts.as_deref());
        let session = Self::clients(&sdk, &endpoints, region);
        session.refuse_other_accounts(config).await?;
        Ok(session)
    }

    fn clients(sdk: &SdkConfig, endpoints: &ServiceEndpoints, region: String) -> Self {
        let instance = NEXT_INSTANCE.fetch_add(1, Ordering::Relaxed);
        let partition = |service: &str| retry_partition(format!("private-step-functions-{instance}-{service}"));

        // One line for each service. The services differ only in names, but each SDK has its own builder types.
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
            signed: Signed::new(sdk, endpoints, &region, partition),
            region,
            account: OnceCell::new(),
        }
    }

    /// Returns the account of the credentials.
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
                .ok_or_else(|| Error::new(ErrorKind::Unavailable, "GetCallerIdentity: STS named no account"))
        });
        Ok(account.await?)
    }

    async fn refuse_other_accounts(&self, config: &ProviderConfig) -> Result<(), Error> {
        let (key, ids, allowed) = match (&config.allowed_account_ids, &config.forbidden_account_ids) {
            (Some(ids), _) => ("allowedAccountIds", ids, true),
            (None, Some(ids)) => ("forbiddenAccountIds", ids, false),
            (None, None) => return Ok(()),
        };
        let account = self
            .account()
            .await
            .map_err(|error| error.context(format!("checking `private-step-functions:{key}`")))?;
        if ids.iter().any(|id| id == account) == allowed {
            return Ok(());
        }
        let (lists, advice) = if allowed {
            ("does not list", "Sign in to another account, or extend the list")
        } else {
            ("lists", "Sign in to another account")
        };
        let text = format!("the credentials belong to account {account}, which `private-step-functions:{key}` {lists}");
        Err(Error::new(ErrorKind::Credentials, text).advise(advice))
    }
}

/// The number of the next provider instance. It keeps instances from sharing the SDK's process-wide retry token bucket.
static NEXT_INSTANCE: AtomicU64 = AtomicU64::new(0);

/// Creates a retry partition with its own token bucket. The SDK's default bucket is shared by the whole process and is empty
/// after about two dozen calls that use up their retries; then retries stop without a message. This bucket is far larger than
/// the retries of any stack need, and refills with time.
fn retry_partition(name: String) -> RetryPartition {
    let bucket = TokenBucket::builder().capacity(50_000).refill_rate(50.0).build();
    RetryPartition::custom(Cow::Owned::<str>(name))
        .token_bucket(bucket)
        .build()
}

async fn from_environment(config: &ProviderConfig) -> Result<SdkConfig, Error> {
    let environment = Environment::read(config).await?;
    let trust = Trust::read(&environment, config.custom_ca_bundle.as_deref())?;
    let proxies = Proxies::read(config, &environment.variables);
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http::client(proxies, trust))
        .app_name(app_name())
        .retry_config(retries(config))
        .timeout_config(timeouts())
        .identity_cache(credentials::cache())
        .profile_files(environment.files.clone())
        .profile_name(environment.profile())
        .sleep_impl(BoundedSleep);
    if let Some(region) = &config.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(fips) = config.use_fips_endpoint {
        loader = loader.use_fips(fips);
    }
    if let Some(dual_stack) = config.use_dualstack_endpoint {
        loader = loader.use_dual_stack(dual_stack);
    }
    if let Some(credentials) = credentials::configured(config) {
        loader = loader.credentials_provider(credentials);
    }
    let sdk = loader.load().await;
    refuse_other_endpoints(config, &sdk)?;
    credentials::choose(config, &environment, sdk)
}

/// Refuses FIPS or dual-stack settings together with custom endpoint URLs. The SDK cannot derive a FIPS or dual-stack variant
/// of a custom URL and would fail every call.
fn refuse_other_endpoints(config: &ProviderConfig, sdk: &SdkConfig) -> Result<(), Error> {
    if config.endpoints.as_ref().is_none_or(ServiceEndpoints::is_empty) {
        return Ok(());
    }
    let (variable, setting) = match (sdk.use_fips(), sdk.use_dual_stack()) {
        (Some(true), _) => ("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
        (_, Some(true)) => ("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
        _ => return Ok(()),
    };
    let text =
        format!("{variable}, or {setting} of the profile, cannot be combined with `private-step-functions:endpoints`");
    Err(Error::new(ErrorKind::Invalid, text)
        .advise("Put the FIPS or dual-stack URLs in `endpoints`, and set this setting to false"))
}

fn from_configuration_alone(config: &ProviderConfig, http_client: SharedHttpClient) -> SdkConfig {
    let credentials = match credentials::configured(config) {
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
        // One cache for all clients, as the loader creates it. Otherwise each client would assume the role itself.
        .identity_cache(credentials::cache())
        .sleep_impl(SharedAsyncSleep::new(BoundedSleep))
        .time_source(SharedTimeSource::new(SystemTimeSource::new()))
        .region(config.region.clone().map(Region::new))
        .credentials_provider(credentials)
        .build()
}

fn no_region() -> Error {
    Error::new(ErrorKind::Invalid, "no AWS Region is configured").advise(
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

/// Returns the SDK's timeouts. Control plane calls are answered within seconds, so a call that takes longer is better repeated.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(10))
        .operation_attempt_timeout(Duration::from_secs(60))
        .build()
}

/// Forbids retries after `LimitExceededException`, with which EventBridge reports a quota that is used up. The SDK would treat
/// it as throttling and retry for minutes.
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
        // After every other classifier: the last decision counts.
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}
