//! What the checks of a preview do: the configuration key `previewChecks`.

use pulumi_provider::resource::findings;
use serde::{Deserialize, Serialize};

/// What the checks of a preview do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PreviewChecks {
    /// What is certain to fail stops the preview; the rest are warnings.
    Error,
    /// Everything is a warning.
    Warn,
    /// Nothing is checked, and a preview makes no call.
    Off,
}

impl From<PreviewChecks> for findings::PreviewChecks {
    fn from(checks: PreviewChecks) -> Self {
        match checks {
            PreviewChecks::Error => Self::Error,
            PreviewChecks::Warn => Self::Warn,
            PreviewChecks::Off => Self::Off,
        }
    }
}
