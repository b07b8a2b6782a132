//! Where credentials come from, and how long a source may take.
//!
//! The SDK waits for a source as long as its retries can take, which is half an hour with our settings. Here, a
//! `credential_process` or metadata service that does not answer fails after one minute, and the error names it. The SDK for Go
//! also gives a process one minute.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::identity::IdentityCache;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig as CredentialsSetUp;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_runtime_api::client::identity::SharedIdentityCache;
use pulumi_provider::error::{Error, ErrorKind};

use super::config::ProviderConfig;
use super::environment::{Environment, Source};
use super::error::root_cause;

/// How long one source of credentials may take.
pub(super) const SOURCE_TIMEOUT: Duration = Duration::from_secs(60);

/// Creates one cache for all clients, so that they do not each load the credentials. The cache's own timeout is longer than
/// those of the sources in it (the first source and the assumed roles), so that the error comes from the source, which knows
/// its name.
pub(super) fn cache() -> SharedIdentityCache {
    IdentityCache::lazy().load_timeout(SOURCE_TIMEOUT * 10).build()
}

/// Returns the keys of the configuration.
pub(super) fn configured(config: &ProviderConfig) -> Option<Credentials> {
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

/// Returns the SDK configuration with this provider's credentials: those of the configured profile, or those that the SDK
/// found.
///
/// # Errors
/// The profile needs an MFA code, which nobody can type during an operation.
pub(super) fn choose(config: &ProviderConfig, environment: &Environment, sdk: SdkConfig) -> Result<SdkConfig, Error> {
    // A web identity token replaces all other credentials.
    if config.assume_role_with_web_identity.is_some() {
        return Ok(sdk);
    }
    let source = match environment.source(config) {
        Source::Mfa { profile } => return Err(wants_a_code(&profile)),
        Source::Named(source) => source,
    };
    let inner = match &config.profile {
        // The SDK would prefer keys in the environment, and would then work in another account than the configured profile's.
        Some(profile) if !config.has_keys() => SharedCredentialsProvider::new(of_profile(profile, environment, &sdk)),
        _ => match sdk.credentials_provider() {
            Some(found) => found,
            None => return Ok(sdk),
        },
    };
    let limited = SharedCredentialsProvider::new(Limited { inner, source });
    Ok(sdk.into_builder().credentials_provider(limited).build())
}

fn of_profile(profile: &str, environment: &Environment, sdk: &SdkConfig) -> ProfileFileCredentialsProvider {
    let mut set_up = CredentialsSetUp::without_region()
        .with_region(sdk.region().cloned())
        .with_use_fips(sdk.use_fips())
        .with_use_dual_stack(sdk.use_dual_stack());
    if let Some(http_client) = sdk.http_client() {
        set_up = set_up.with_http_client(http_client);
    }
    ProfileFileCredentialsProvider::builder()
        .configure(&set_up)
        .profile_files(environment.files.clone())
        .profile_name(profile)
        .build()
}

fn wants_a_code(profile: &str) -> Error {
    let text = format!(
        "the profile \"{profile}\" assumes its role with an MFA code (mfa_serial), but the provider cannot ask for one"
    );
    Error::new(ErrorKind::Credentials, text).advise(format!(
        "Sign in beforehand: `eval \"$(aws configure export-credentials --profile {profile} --format env)\"` asks for the code and \
         sets the keys, which take precedence over AWS_PROFILE; then leave `private-step-functions:profile` unset. Or use a profile of IAM \
         Identity Center (`aws sso login`) or `aws login`"
    ))
}

/// Loads credentials from another provider and fails after [`SOURCE_TIMEOUT`].
#[derive(Debug)]
struct Limited {
    inner: SharedCredentialsProvider,
    source: String,
}

impl ProvideCredentials for Limited {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            match tokio::time::timeout(SOURCE_TIMEOUT, self.inner.provide_credentials()).await {
                // No source has credentials, so there is no source to name.
                Ok(Err(missing @ CredentialsError::CredentialsNotLoaded(_))) => Err(missing),
                Ok(Err(error)) => Err(CredentialsError::provider_error(format!(
                    "{}: {}",
                    self.source,
                    root_cause(&error)
                ))),
                Ok(provided) => provided,
                Err(_) => Err(CredentialsError::provider_error(Unanswered {
                    source: self.source.clone(),
                })),
            }
        })
    }

    fn fallback_on_interrupt(&self) -> Option<Credentials> {
        self.inner.fallback_on_interrupt()
    }
}

/// The error that a source of credentials did not answer within [`SOURCE_TIMEOUT`].
#[derive(Debug)]
pub(super) struct Unanswered {
    source: String,
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} did not answer within {} s",
            self.source,
            SOURCE_TIMEOUT.as_secs()
        )
    }
}

impl StdError for Unanswered {}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use aws_credential_types::credential_fn::provide_credentials_fn;
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_source_that_never_answers_is_named() {
        let limited = Limited {
            inner: SharedCredentialsProvider::new(provide_credentials_fn(|| async { pending().await })),
            source: "credential_process of the profile \"dev\"".to_owned(),
        };
        let began = Instant::now();
        let error = limited.provide_credentials().await.unwrap_err();
        assert_eq!(began.elapsed(), SOURCE_TIMEOUT);
        assert_eq!(
            error.source().unwrap().to_string(),
            "credential_process of the profile \"dev\" did not answer within 60 s"
        );
    }

    #[test]
    fn the_mfa_error_explains_how_to_sign_in() {
        insta::assert_snapshot!(
            wants_a_code("dev"),
            @r#"the profile "dev" assumes its role with an MFA code (mfa_serial), but the provider cannot ask for one. Sign in beforehand: `eval "$(aws configure export-credentials --profile dev --format env)"` asks for the code and sets the keys, which take precedence over AWS_PROFILE; then leave `private-step-functions:profile` unset. Or use a profile of IAM Identity Center (`aws sso login`) or `aws login`"#
        );
    }
}
