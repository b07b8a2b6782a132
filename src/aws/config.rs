//! The provider's configuration, as the user writes it (names as in schema.json).

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::tags::{DefaultTags, IgnoreTags};

mod tags;

/// The provider's configuration. Every part is optional: the standard AWS environment fills in the rest.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ProviderConfig {
    /// The AWS Region; default: `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The profile of the shared AWS files; default: `AWS_PROFILE`, then the default profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// An access key id, together with `secretKey`.
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
    /// Other URLs for the services.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<ServiceEndpoints>,
    /// Tags for every taggable resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_tags: Option<DefaultTags>,
    /// Tags of others, which are left alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignore_tags: Option<IgnoreTags>,
    /// Whether what is made gets the tags that say what made it; default true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ownership_tags: Option<bool>,
    /// The accounts that this provider may work in; absent means any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_account_ids: Option<Vec<String>>,
    /// How often a call that was throttled or failed is tried again; default 25.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_retries: Option<u32>,
    /// How often to look while waiting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub polling: Option<Polling>,
}

/// A string that is never printed.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The secret itself, for the one call that needs it.
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

/// The role to assume (<https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssumeRole {
    /// The role's ARN.
    pub role_arn: String,
    /// What CloudTrail calls the session; default `pulumi-private-step-functions`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_name: Option<String>,
    /// The external id that the trust policy asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// How long the session lasts, in seconds; default 3600.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<u64>,
}

/// Other URLs for the services.
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
}

/// How often to look while waiting; all in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Polling {
    /// The pause before the first look; default 0.5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_interval: Option<f64>,
    /// By what factor each pause is longer than the one before; default 1.25.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub growth_factor: Option<f64>,
    /// The longest pause; default 5, twice that after ten minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_interval: Option<f64>,
}

/// One thing that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The configuration key, such as `secretKey`.
    pub key: &'static str,
    /// What is wrong and what would be right; never a value.
    pub reason: String,
}

/// How often a call is tried again unless `maxRetries` says otherwise. Long, since the endpoint calls refill at 0.3 a second.
pub const DEFAULT_MAX_RETRIES: u32 = 25;

impl ProviderConfig {
    /// What is wrong with the configuration beyond what the schema says, without any network call.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut wrong = |key, reason: &str| {
            problems.push(Problem {
                key,
                reason: reason.to_owned(),
            });
        };
        if let Some(region) = &self.region
            && !is_region(region)
        {
            wrong("region", "is not an AWS Region such as eu-west-1");
        }
        match (&self.access_key, &self.secret_key, &self.token) {
            (Some(_), None, _) => wrong("secretKey", "is required together with `accessKey`"),
            (None, Some(_), _) => wrong("accessKey", "is required together with `secretKey`"),
            (None, None, Some(_)) => wrong("token", "belongs to `accessKey` and `secretKey`, which are missing"),
            _ => {}
        }
        if self.allowed_account_ids.as_ref().is_some_and(Vec::is_empty) {
            wrong(
                "allowedAccountIds",
                "allows no account at all: leave it out to allow any",
            );
        }
        problems.extend(tags::problems(self));
        problems
    }
}

/// Whether a text has the form of a Region's name.
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

/// When to look while waiting. <https://docs.aws.amazon.com/general/latest/gr/api-retries.html> asks for growing pauses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule {
    initial: Duration,
    growth: f64,
    longest: Duration,
}

/// From when on pauses may be twice as long: whoever waited this long does not mind some seconds more.
const LATE: Duration = Duration::from_secs(600);

impl Default for Schedule {
    fn default() -> Self {
        Self::from(Polling::default())
    }
}

impl From<Polling> for Schedule {
    fn from(polling: Polling) -> Self {
        let seconds = |value: Option<f64>, default: f64, least: f64| {
            let value = value.filter(|value| value.is_finite()).unwrap_or(default);
            Duration::from_secs_f64(value.clamp(least, 300.0))
        };
        Self {
            initial: seconds(polling.initial_interval, 0.5, 0.01),
            growth: polling
                .growth_factor
                .filter(|factor| factor.is_finite())
                .unwrap_or(1.25)
                .clamp(1.0, 10.0),
            longest: seconds(polling.max_interval, 5.0, 0.01),
        }
    }
}

impl Schedule {
    /// The pause before look number `looks` (counted from 0), when `waited` has passed already; without jitter.
    #[must_use]
    pub fn pause(&self, looks: u32, waited: Duration) -> Duration {
        let longest = if waited < LATE { self.longest } else { self.longest * 2 };
        // Past a hundred looks every growth above 1 has reached any cap, and the power stays finite.
        let grown = self.initial.as_secs_f64() * self.growth.powi(looks.min(100).cast_signed());
        Duration::from_secs_f64(grown.min(longest.as_secs_f64()))
    }
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
    fn pairs_of_keys_belong_together() {
        let problems = |json| {
            let config: ProviderConfig = serde_json::from_value(json).unwrap();
            config
                .problems()
                .into_iter()
                .map(|problem| problem.key)
                .collect::<Vec<_>>()
        };
        assert_eq!(problems(serde_json::json!({"accessKey": "a"})), ["secretKey"]);
        assert_eq!(problems(serde_json::json!({"secretKey": "a"})), ["accessKey"]);
        assert_eq!(
            problems(serde_json::json!({"token": "a", "region": "Mars"})),
            ["region", "token"]
        );
        assert_eq!(
            problems(serde_json::json!({"allowedAccountIds": []})),
            ["allowedAccountIds"]
        );
        assert!(problems(serde_json::json!({"accessKey": "a", "secretKey": "b", "token": "c"})).is_empty());
    }

    #[test]
    fn regions() {
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

    #[test]
    fn pauses_grow_by_a_quarter_to_five_seconds_and_ten_when_late() {
        let schedule = Schedule::default();
        let soon = |looks| schedule.pause(looks, Duration::ZERO).as_millis();
        assert_eq!([soon(0), soon(1), soon(2), soon(30)], [500, 625, 781, 5000]);
        assert_eq!(schedule.pause(200, LATE).as_secs(), 10);
    }

    #[test]
    fn unreasonable_polling_is_brought_into_range() {
        let schedule = Schedule::from(Polling {
            initial_interval: Some(0.0),
            growth_factor: Some(f64::NAN),
            max_interval: Some(1e9),
        });
        assert_eq!(schedule.pause(0, Duration::ZERO), Duration::from_millis(10));
        assert_eq!(schedule.pause(100, Duration::ZERO), Duration::from_secs(300));
    }
}
