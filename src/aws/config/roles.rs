//! The roles to assume.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Secret;

/// How long a session lasts unless `durationSeconds` says otherwise, in seconds: the default of AWS STS.
pub const DEFAULT_DURATION_SECONDS: u32 = 3600;

/// The name of a session in CloudTrail unless `sessionName` says otherwise.
pub const DEFAULT_SESSION_NAME: &str = "pulumi-private-step-functions";

/// A role to assume (<https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AssumeRole {
    /// The role's ARN.
    pub role_arn: String,
    /// The name of the session in CloudTrail; default [`DEFAULT_SESSION_NAME`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_name: Option<String>,
    /// The external ID that the trust policy requires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// How long the session lasts, in seconds; default 3600.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<u32>,
    /// A session policy, as JSON, that limits the role's permissions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Managed policies that limit the role's permissions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_arns: Option<Vec<String>>,
    /// The identity of the person or application behind the session, for CloudTrail and for conditions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<String>,
    /// Session tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    /// The keys of the tags that the next role of a chain gets too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transitive_tag_keys: Option<Vec<String>>,
}

/// A role to assume with a token of an OpenID Connect provider
/// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AssumeRoleWithWebIdentity {
    /// The role's ARN.
    pub role_arn: String,
    /// The name of the session in CloudTrail; default [`DEFAULT_SESSION_NAME`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_name: Option<String>,
    /// How long the session lasts, in seconds; default 3600.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<u32>,
    /// A session policy, as JSON, that limits the role's permissions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Managed policies that limit the role's permissions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_arns: Option<Vec<String>>,
    /// The token itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_identity_token: Option<Secret>,
    /// The file that contains the token. It is read again for each session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_identity_token_file: Option<String>,
}
