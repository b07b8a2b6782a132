//! An entry of the component's output `connections`, as an argument.

use serde::Deserialize;

/// The parts of the entry that functions use.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Entry {
    pub(super) arn: String,
    pub(super) secret_arn: String,
    pub(super) urls: Vec<String>,
    pub(super) kms_key_id: Option<String>,
    pub(super) parameter_names: ParameterNames,
}

/// The names of what the connection adds to requests.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ParameterNames {
    pub(super) headers: Vec<String>,
    pub(super) query_string: Vec<String>,
    pub(super) body: Vec<String>,
}
