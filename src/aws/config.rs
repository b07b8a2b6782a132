//! The provider's configuration as the user writes it, with the names of schema.json.

mod preview_checks;
mod problems;
mod roles;
mod schedule;
mod tags;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::preview_checks::PreviewChecks;
pub use self::problems::Problem;
pub use self::roles::{AssumeRole, AssumeRoleWithWebIdentity, DEFAULT_DURATION_SECONDS, DEFAULT_SESSION_NAME};
pub use self::schedule::{Polling, Schedule};
pub use self::tags::{DefaultTags, IgnoreTags};

/// The provider's configuration. Every property is optional: the standard AWS environment provides the rest.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ProviderConfig {
    /// The AWS Region; default: `AWS_REGION`, `AWS_DEFAULT_REGION`, then the profile's Region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The profile of the shared AWS files; default: `AWS_PROFILE`, `AWS_DEFAULT_PROFILE`, then the default profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// An access key ID; needs `secretKey`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_key: Option<Secret>,
    /// The secret access key of `accessKey`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<Secret>,
    /// The session token of temporary credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret>,
    /// A role to assume before any other call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assume_role: Option<AssumeRole>,
    /// A chain of roles. Each is assumed with the credentials of the role before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assume_roles: Option<Vec<AssumeRole>>,
    /// A role to assume with a web identity token; replaces all other credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assume_role_with_web_identity: Option<AssumeRoleWithWebIdentity>,
    /// Files to read instead of `~/.aws/config`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared_config_files: Option<Vec<String>>,
    /// Files to read instead of `~/.aws/credentials`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared_credentials_files: Option<Vec<String>>,
    /// Custom endpoint URLs of the services.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<ServiceEndpoints>,
    /// Whether to use FIPS 140 endpoints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_fips_endpoint: Option<bool>,
    /// Whether to use dual-stack endpoints, which have IPv6 as well as IPv4 addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_dualstack_endpoint: Option<bool>,
    /// The proxy for plain HTTP; its URL may hold credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_proxy: Option<Secret>,
    /// The proxy for HTTPS; its URL may hold credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub https_proxy: Option<Secret>,
    /// Hosts that are reached without a proxy, written as in `NO_PROXY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_proxy: Option<String>,
    /// A file of certificate authorities, used instead of the machine's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_ca_bundle: Option<String>,
    /// Tags for every taggable resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_tags: Option<DefaultTags>,
    /// Tags that other tools manage. The provider neither shows nor changes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignore_tags: Option<IgnoreTags>,
    /// Whether new objects get the two ownership tags; default true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ownership_tags: Option<bool>,
    /// The account IDs that the provider may work in; absent means any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_account_ids: Option<Vec<String>>,
    /// The account IDs that the provider must not work in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forbidden_account_ids: Option<Vec<String>>,
    /// How many times a throttled or failed call is retried; default 25.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_retries: Option<u32>,
    /// What the checks of a preview do; default `error`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview_checks: Option<PreviewChecks>,
    /// How often to poll during a wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub polling: Option<Polling>,
}

/// A string that `Debug` never prints.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Returns the secret itself. Only the code that needs the value calls this.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Custom endpoint URLs of the services.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ServiceEndpoints {
    /// EC2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ec2: Option<String>,
    /// VPC Lattice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_lattice: Option<String>,
    /// EventBridge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_bridge: Option<String>,
    /// STS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sts: Option<String>,
    /// KMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms: Option<String>,
    /// Route 53.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route53: Option<String>,
    /// Service Quotas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_quotas: Option<String>,
}

impl ServiceEndpoints {
    /// Reports whether no service has a custom URL.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How many times a call is retried unless `maxRetries` says otherwise. This is high because the token buckets of the VPC
/// endpoint calls refill at only 0.3 a second.
pub const DEFAULT_MAX_RETRIES: u32 = 25;

impl ProviderConfig {
    /// Returns the roles to assume, in order.
    #[must_use]
    pub fn roles(&self) -> &[AssumeRole] {
        match (&self.assume_role, &self.assume_roles) {
            (_, Some(chain)) => chain,
            (Some(role), None) => std::slice::from_ref(role),
            (None, None) => &[],
        }
    }

    /// Reports whether the configuration holds the keys. The engine then records them in the provider's state.
    #[must_use]
    pub const fn has_keys(&self) -> bool {
        self.access_key.is_some()
    }
}

/// Reports whether a text has the form of a Region name.
#[must_use]
pub fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts
        .next()
        .is_some_and(|part| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_lowercase()));
    let mut rest = 0;
    let rest_fits = parts.all(|part| {
        rest += 1;
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    });
    first && rest_fits && rest > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_credentials() {
        let config: ProviderConfig = serde_json::from_value(serde_json::json!({
            "region": "eu-west-1", "accessKey": "AKIAHIDDEN", "secretKey": "hidden", "token": "hidden too",
        }))
        .unwrap();
        let text = format!("{config:?}");
        assert!(
            text.contains("eu-west-1") && !text.to_lowercase().contains("hidden"),
            "{text}"
        );
    }

    #[test]
    fn regions_are_recognized_by_their_form() {
        for region in ["eu-west-1", "us-gov-east-1", "cn-north-1", "us-isob-east-1"] {
            assert!(is_region(region), "{region}");
        }
        for text in [
            "",
            "eu",
            "-west-1",
            "eu-",
            "eu--1",
            "eu-west-1a!",
            "EU-WEST-1",
            "http://x",
        ] {
            assert!(!is_region(text), "{text}");
        }
    }
}
