//! The configured connection to AWS: the clients, and what every resource needs around a call.
//!
//! Building an [`Aws`] makes no network call. The first operation that needs credentials, Region or account finds them out. If
//! that fails, the next operation tries again.

pub mod config;
mod credentials;
pub(crate) mod denial;
pub mod endpoint_state;
mod environment;
pub mod error;
mod http;
pub mod identity;
pub mod looks;
pub mod orphans;
pub mod permissions;
mod proxy;
mod roles;
mod session;
mod signed;
pub mod tags;
#[cfg(test)]
pub(crate) mod testing;
mod trust;
mod variables;
pub mod wait;

use std::fmt;

use aws_smithy_runtime_api::client::http::{HttpClient, SharedHttpClient};
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::Clients;
use pulumi_provider::resource::findings::PreviewChecks;
use pulumi_provider::resource::limits::within;
use tokio::sync::OnceCell;

use self::config::{ProviderConfig, Schedule};
use self::session::Session;
use self::signed::Signed;
use self::tags::Tagging;
use self::wait::limiter::Limiters;
use self::wait::poller::Pollers;

/// One configured provider instance's connection to one account and Region.
pub struct Aws {
    config: ProviderConfig,
    tagging: Tagging,
    schedule: Schedule,
    /// Replaces the real HTTP client and the machine's environment; for in-process tests.
    in_process: Option<SharedHttpClient>,
    session: OnceCell<Session>,
    limiters: Limiters,
    pollers: Pollers,
    seen: looks::Seen,
}

impl Aws {
    /// Creates a connection from this configuration and the standard AWS environment. Makes no network call and reads no file.
    #[must_use]
    pub fn new(config: ProviderConfig) -> Self {
        Self::build(config, None)
    }

    /// Creates a connection that uses this HTTP client and ignores the machine's environment: Region and keys come from the
    /// configuration alone.
    #[must_use]
    pub fn in_process(config: ProviderConfig, http_client: impl HttpClient + 'static) -> Self {
        Self::build(config, Some(SharedHttpClient::new(http_client)))
    }

    fn build(config: ProviderConfig, in_process: Option<SharedHttpClient>) -> Self {
        Self {
            tagging: Tagging::of(&config),
            schedule: config.polling.unwrap_or_default().into(),
            in_process,
            session: OnceCell::new(),
            limiters: Limiters::default(),
            pollers: Pollers::default(),
            seen: looks::Seen::default(),
            config,
        }
    }

    /// Returns the same connection with `ignoreTags` for these keys.
    #[must_use]
    pub fn ignoring_tags(&self, keys: impl IntoIterator<Item = String>) -> Self {
        let ignore_tags = Some(config::IgnoreTags {
            keys: Some(keys.into_iter().collect()),
            key_prefixes: None,
        });
        let config = ProviderConfig {
            ignore_tags,
            ..self.config.clone()
        };
        Self::build(config, self.in_process.clone())
    }

    /// Returns the EC2 client.
    ///
    /// # Errors
    /// The session cannot be opened: for example, no Region is configured, or the account is not allowed.
    pub async fn ec2(&self) -> Result<&aws_sdk_ec2::Client, Error> {
        Ok(&self.session().await?.ec2)
    }

    /// Returns the VPC Lattice client.
    ///
    /// # Errors
    /// The session cannot be opened: for example, no Region is configured, or the account is not allowed.
    pub async fn lattice(&self) -> Result<&aws_sdk_vpclattice::Client, Error> {
        Ok(&self.session().await?.lattice)
    }

    /// Returns the EventBridge client.
    ///
    /// # Errors
    /// The session cannot be opened: for example, no Region is configured, or the account is not allowed.
    pub async fn events(&self) -> Result<&aws_sdk_eventbridge::Client, Error> {
        Ok(&self.session().await?.events)
    }

    /// Returns the clients of the services without an SDK crate.
    async fn signed(&self) -> Result<&Signed, Error> {
        Ok(&self.session().await?.signed)
    }

    /// Returns the Region.
    ///
    /// # Errors
    /// The session cannot be opened: for example, no Region is configured, or the account is not allowed.
    pub async fn region(&self) -> Result<&str, Error> {
        Ok(&self.session().await?.region)
    }

    /// Returns the account ID. STS is asked once.
    ///
    /// # Errors
    /// The session cannot be opened, the STS call fails, or the operation has to end first.
    pub async fn account(&self) -> Result<&str, Error> {
        let session = self.session().await?;
        within("STS to return the account id", session.account()).await?
    }

    /// Returns the Region if it is known without a call or a file: that of the open session, else that of the configuration.
    /// For previews, which make no call.
    #[must_use]
    pub fn configured_region(&self) -> Option<&str> {
        self.session
            .get()
            .map(|session| session.region.as_str())
            .or(self.config.region.as_deref())
    }

    /// Returns the configuration's rules for tags.
    #[must_use]
    pub const fn tagging(&self) -> &Tagging {
        &self.tagging
    }

    /// Returns the polling schedule for waits.
    #[must_use]
    pub const fn schedule(&self) -> Schedule {
        self.schedule
    }

    /// Returns the rate limiters. A caller awaits one before each CreateVpcEndpoint, ModifyVpcEndpoint and DeleteVpcEndpoints.
    #[must_use]
    pub const fn limiters(&self) -> &Limiters {
        &self.limiters
    }

    /// Returns the pollers, which share Describe calls for EC2's objects.
    #[must_use]
    pub const fn pollers(&self) -> &Pollers {
        &self.pollers
    }

    /// Returns what the checks of a preview have read so far.
    #[must_use]
    pub const fn seen(&self) -> &looks::Seen {
        &self.seen
    }

    async fn session(&self) -> Result<&Session, Error> {
        if let Some(session) = self.session.get() {
            return Ok(session);
        }
        // Boxed, because otherwise the future of every AWS call would contain this one.
        let opening = self
            .session
            .get_or_try_init(|| Box::pin(Session::open(&self.config, self.in_process.clone())));
        // Another operation may be opening the session, with its own limits; this operation's limits bound the wait.
        within("the connection to AWS to be opened", opening).await?
    }
}

/// Advice for keys from the configuration. The engine records them with the provider, so signing in again does not replace
/// them.
const RECORDED_KEYS: &str = "The keys come from the provider's configuration (`accessKey`, `secretKey`, `token`), not from this machine: set new keys \
     there and run `pulumi up`. `pulumi refresh` and `pulumi destroy` use the recorded keys unless you pass `--run-program`; or \
     record the new keys first, with `pulumi up --target` and the provider's URN";

impl Clients for Aws {
    fn place(&self) -> Option<&str> {
        self.configured_region()
    }

    async fn same_place(&self, arn: &str) -> Result<(), Error> {
        identity::same_region(self, arn).await
    }

    async fn confirm_absent(&self, arn: &str) -> Result<(), Error> {
        identity::confirm_absent(self, arn).await
    }

    fn same_owner(&self, recorded: &str, found: &str) -> Result<(), Error> {
        identity::same_owner(recorded, found)
    }

    fn preview_checks(&self) -> PreviewChecks {
        self.config
            .preview_checks
            .unwrap_or(config::PreviewChecks::Error)
            .into()
    }

    fn look_anew(&self) {
        self.seen.forget();
    }

    fn explain(&self, error: Error) -> Error {
        if error.kind() != ErrorKind::Credentials || !self.config.has_keys() {
            return error;
        }
        match error.code() {
            "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => error.advise_instead(RECORDED_KEYS),
            // The keys may have been replaced since, or the machine's clock may be wrong.
            _ => error.besides(RECORDED_KEYS),
        }
    }
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aws")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_missing_region_is_reported_with_its_configuration_key() {
        let error = testing::configured(json!({})).region().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        let text = error.to_string();
        assert!(
            text.contains("private-step-functions:region") && text.contains("AWS_REGION"),
            "{text}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_operation_checks_the_allowed_accounts() {
        let config = json!({"region": "eu-west-1", "accessKey": "a", "secretKey": "b", "maxRetries": 0,
            "allowedAccountIds": ["123456789012"]});
        let error = testing::configured(config).ec2().await.map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MaybeSent);
        assert!(
            error
                .to_string()
                .starts_with("checking `private-step-functions:allowedAccountIds`: GetCallerIdentity")
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_to_an_unreachable_service_counts_as_maybe_sent() {
        let aws = testing::aws();
        let call = aws.ec2().await.unwrap().describe_vpcs().send().await;
        let error = error::classify("DescribeVpcs", call.unwrap_err());
        insta::assert_snapshot!(
            error,
            @"DescribeVpcs: no answer from AWS: nothing is reachable here. Check the network, proxy and endpoint settings if this persists"
        );
        assert_eq!(error.kind(), ErrorKind::MaybeSent);
    }

    #[tokio::test(start_paused = true)]
    async fn the_error_for_missing_credentials_explains_how_to_sign_in() {
        let aws = testing::configured(json!({"region": "eu-west-1", "maxRetries": 0}));
        let call = aws.ec2().await.unwrap().describe_vpcs().send().await;
        let error = error::classify("DescribeVpcs", call.unwrap_err());
        assert!(error.to_string().contains("aws sso login"), "{error}");
        assert_eq!(error.kind(), ErrorKind::Credentials);
    }

    #[test]
    fn the_advice_for_expired_credentials_fits_their_source() {
        let expired = || {
            error::answered(
                "ec2",
                "DescribeVpcs",
                "ExpiredToken",
                "The token has expired.",
                400,
                None,
            )
        };
        let told = |config| testing::configured(config).explain(expired()).to_string();
        let keys = told(json!({"accessKey": "a", "secretKey": "b", "token": "c"}));
        assert!(keys.contains("--run-program") && keys.contains("--target"), "{keys}");
        assert!(!keys.contains("Sign in to AWS again"), "{keys}");
        let other = error::answered("ec2", "DescribeVpcs", "SignatureDoesNotMatch", "No.", 403, None);
        let other = testing::aws().explain(other).to_string();
        assert!(
            other.contains("the clock of this machine") && other.contains("--run-program"),
            "{other}"
        );
        let denied = error::answered("ec2", "DescribeVpcs", "UnauthorizedOperation", "No.", 403, None);
        assert!(!testing::aws().explain(denied).to_string().contains("--run-program"));
        let ambient = told(json!({"profile": "dev"}));
        assert!(
            ambient.contains("Sign in to AWS again") && !ambient.contains("--run-program"),
            "{ambient}"
        );
    }
}
