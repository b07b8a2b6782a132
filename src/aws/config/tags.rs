//! What the configuration says about tags.

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

/// Tags that belong to others, as the AWS providers of Pulumi and Terraform have it
/// (<https://www.pulumi.com/registry/packages/aws/api-docs/provider/#providerignoretags>).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct IgnoreTags {
    /// Their keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<String>>,
    /// What their keys begin with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_prefixes: Option<Vec<String>>,
}

impl IgnoreTags {
    /// Whether a tag with this key belongs to others. Keys are case-sensitive.
    #[must_use]
    pub fn covers(&self, key: &str) -> bool {
        let keys = self.keys.iter().flatten();
        let mut prefixes = self.key_prefixes.iter().flatten();
        keys.into_iter().any(|ignored| ignored == key) || prefixes.any(|prefix| key.starts_with(prefix.as_str()))
    }
}

/// What is wrong with the keys about tags, as far as they alone tell.
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
    fn keys_are_compared_as_they_are_and_prefixes_with_the_beginning() {
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
