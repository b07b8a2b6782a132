//! The configuration keys for tags.

use serde::{Deserialize, Serialize};

use super::{Problem, ProviderConfig};
use crate::aws::tags::{Tagging, Tags};

/// Tags for every taggable resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct DefaultTags {
    /// The tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Tags>,
}

/// Tags that other tools manage. The key has the meaning that it has in the AWS providers of Pulumi and Terraform
/// (<https://www.pulumi.com/registry/packages/aws/api-docs/provider/#providerignoretags>).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct IgnoreTags {
    /// The keys of these tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<String>>,
    /// The prefixes of these tags' keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_prefixes: Option<Vec<String>>,
}

impl IgnoreTags {
    /// Reports whether the provider ignores tags with this key. Keys are case-sensitive.
    #[must_use]
    pub fn covers(&self, key: &str) -> bool {
        let keys = self.keys.iter().flatten();
        let mut prefixes = self.key_prefixes.iter().flatten();
        keys.into_iter().any(|ignored| ignored == key) || prefixes.any(|prefix| key.starts_with(prefix.as_str()))
    }
}

/// Returns the problems of the tag keys that the configuration alone shows.
pub(super) fn problems(config: &ProviderConfig) -> Vec<Problem> {
    let problems = Tagging::of(config).default_problems();
    let problem = |reason| Problem {
        key: "defaultTags",
        reason,
    };
    problems.into_iter().map(problem).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_keys_match_exactly_and_prefixes_match_the_start() {
        let ignored: IgnoreTags =
            serde_json::from_value(serde_json::json!({ "keys": ["LastScan"], "keyPrefixes": ["c7n:", "cost/"] }))
                .unwrap();
        for key in ["LastScan", "c7n:", "c7n:owner", "cost/center"] {
            assert!(ignored.covers(key), "{key}");
        }
        for key in ["lastscan", "LastScanned", "C7N:owner", "my-c7n:owner", "cost", ""] {
            assert!(!ignored.covers(key), "{key}");
        }
        assert!(!IgnoreTags::default().covers("LastScan"));
    }
}
