//! Assumed roles: one role, a chain of roles, or one role with a web identity token.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use.html>. The SDK's own providers support neither source
//! identities nor transitive tags, nor a token that is not in a file.

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_sts::Client;
use aws_sdk_sts::types::{Credentials as StsCredentials, PolicyDescriptorType, Tag};
use pulumi_provider::error::{Error, ErrorKind};

use super::config::{
    AssumeRole, AssumeRoleWithWebIdentity, DEFAULT_DURATION_SECONDS, DEFAULT_SESSION_NAME, ProviderConfig,
};
use super::credentials;
use super::error::{classify, root_cause};

/// How long assuming one role may take, throttling by STS included.
const ASSUME_ROLE_TIMEOUT: Duration = Duration::from_secs(120);

/// Returns the SDK configuration with the credentials of the last role to assume.
pub(super) fn assume(config: &ProviderConfig, base: SdkConfig, sts: Option<&str>) -> SdkConfig {
    let mut sdk = base;
    if let Some(role) = &config.assume_role_with_web_identity {
        let provider = WebIdentity {
            client: client(&sdk, sts),
            role: role.clone(),
        };
        sdk = with(sdk, provider);
    }
    for role in config.roles() {
        let provider = Assumed {
            client: client(&sdk, sts),
            role: role.clone(),
        };
        sdk = with(sdk, provider);
    }
    sdk
}

fn with(sdk: SdkConfig, provider: impl ProvideCredentials + 'static) -> SdkConfig {
    let builder = sdk.into_builder().identity_cache(credentials::cache());
    builder
        .credentials_provider(SharedCredentialsProvider::new(provider))
        .build()
}

/// Creates an STS client with the credentials of the roles assumed so far.
fn client(sdk: &SdkConfig, url: Option<&str>) -> Client {
    let config = aws_sdk_sts::config::Builder::from(sdk);
    Client::from_conf(match url {
        Some(url) => config.endpoint_url(url).build(),
        None => config.build(),
    })
}

#[derive(Debug)]
struct Assumed {
    client: Client,
    role: AssumeRole,
}

impl Assumed {
    async fn session(&self) -> Result<Option<StsCredentials>, Error> {
        let role = &self.role;
        let tags = role.tags.as_ref().map(|tags| {
            let tag = |(key, value)| Tag::builder().key(key).value(value).build();
            tags.iter().map(tag).collect::<Result<Vec<_>, _>>()
        });
        let tags = tags
            .transpose()
            .map_err(|error| Error::bug(format!("a session tag: {error}")))?;
        let answer = self
            .client
            .assume_role()
            .role_arn(&role.role_arn)
            .role_session_name(role.session_name.as_deref().unwrap_or(DEFAULT_SESSION_NAME))
            .duration_seconds(duration(role.duration_seconds))
            .set_external_id(role.external_id.clone())
            .set_policy(role.policy.clone())
            .set_policy_arns(policies(role.policy_arns.as_ref()))
            .set_source_identity(role.source_identity.clone())
            .set_tags(tags)
            .set_transitive_tag_keys(role.transitive_tag_keys.clone())
            .send();
        let answer = answer.await.map_err(|error| classify("AssumeRole", error))?;
        Ok(answer.credentials)
    }
}

impl ProvideCredentials for Assumed {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(within_limit(&self.role.role_arn, self.session()))
    }
}

#[derive(Debug)]
struct WebIdentity {
    client: Client,
    role: AssumeRoleWithWebIdentity,
}

impl WebIdentity {
    async fn session(&self) -> Result<Option<StsCredentials>, Error> {
        let role = &self.role;
        let token = match (&role.web_identity_token, &role.web_identity_token_file) {
            (Some(token), _) => token.expose().to_owned(),
            (None, Some(path)) => token_of(path)?,
            (None, None) => return Err(Error::bug("a web identity without a token")),
        };
        let answer = self
            .client
            .assume_role_with_web_identity()
            .role_arn(&role.role_arn)
            .role_session_name(role.session_name.as_deref().unwrap_or(DEFAULT_SESSION_NAME))
            .duration_seconds(duration(role.duration_seconds))
            .set_policy(role.policy.clone())
            .set_policy_arns(policies(role.policy_arns.as_ref()))
            .web_identity_token(token)
            .send();
        let answer = answer
            .await
            .map_err(|error| classify("AssumeRoleWithWebIdentity", error))?;
        Ok(answer.credentials)
    }
}

impl ProvideCredentials for WebIdentity {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(within_limit(&self.role.role_arn, self.session()))
    }
}

async fn within_limit(
    role: &str,
    session: impl Future<Output = Result<Option<StsCredentials>, Error>>,
) -> Result<Credentials, CredentialsError> {
    let failed = |error: Error| CredentialsError::provider_error(error.context(format!("assuming the role {role}")));
    let session = match tokio::time::timeout(ASSUME_ROLE_TIMEOUT, session).await {
        Ok(session) => session.map_err(failed)?,
        Err(_) => {
            let text = format!("STS gave no session within {} s", ASSUME_ROLE_TIMEOUT.as_secs());
            return Err(failed(Error::new(ErrorKind::Unavailable, text)));
        }
    };
    let session = session.ok_or_else(|| CredentialsError::unhandled("STS answered without credentials"))?;
    let expiry = SystemTime::try_from(session.expiration)
        .map_err(|_| CredentialsError::unhandled("STS returned credentials without a valid expiration time"))?;
    Ok(Credentials::new(
        session.access_key_id,
        session.secret_access_key,
        Some(session.session_token),
        Some(expiry),
        "assumed role",
    ))
}

/// Reads the token from its file, again for each session because another process renews the file.
fn token_of(path: &str) -> Result<String, Error> {
    let refuse = |what: &str| {
        Error::new(
            ErrorKind::Credentials,
            format!("the web identity token in {path} {what}"),
        )
    };
    match std::fs::read_to_string(path) {
        Ok(token) if token.trim().is_empty() => Err(refuse("is empty")),
        Ok(token) => Ok(token.trim().to_owned()),
        Err(error) => Err(refuse(&format!("cannot be read: {}", root_cause(&error)))),
    }
}

fn duration(seconds: Option<u32>) -> i32 {
    seconds
        .unwrap_or(DEFAULT_DURATION_SECONDS)
        .try_into()
        .unwrap_or(i32::MAX)
}

fn policies(arns: Option<&Vec<String>>) -> Option<Vec<PolicyDescriptorType>> {
    let policy = |arn| PolicyDescriptorType::builder().arn(arn).build();
    Some(arns?.iter().map(policy).collect())
}
