//! Why a child was not registered, and what its component says of it.

use std::collections::BTreeSet;

use crate::component::ConstructError;
use crate::engine::monitor::MonitorError;

/// Why a child was not registered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChildError {
    /// The engine refused the registration.
    Refused(String),
    /// The child's step failed; the engine has reported why.
    Failed(String),
    /// The deployment has stopped.
    Stopped,
    /// The registration was not started, because another child had failed.
    Abandoned,
}

impl From<MonitorError> for ChildError {
    fn from(error: MonitorError) -> Self {
        match error {
            MonitorError::Stopped => Self::Stopped,
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<ChildError> for ConstructError {
    fn from(error: ChildError) -> Self {
        match error {
            // The engine shows the cause under the child already: one line is enough.
            ChildError::Failed(names) => MonitorError::Refused(format!("failed: {names}")).into(),
            ChildError::Stopped | ChildError::Abandoned => MonitorError::Stopped.into(),
            ChildError::Refused(text) => MonitorError::Refused(text).into(),
        }
    }
}

/// Combines the errors of the children into one: the first refused registration, or else the names of all children whose step
/// failed, or else that the deployment has stopped. Children that wait for a failed child repeat its error.
///
/// # Errors
/// At least one child was not registered.
pub fn together<T>(children: impl IntoIterator<Item = Result<T, ChildError>>) -> Result<(), ChildError> {
    let errors: BTreeSet<ChildError> = children.into_iter().filter_map(Result::err).collect();
    let failed: Vec<_> = errors
        .iter()
        .filter_map(|error| match error {
            ChildError::Failed(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    match errors.first() {
        None => Ok(()),
        Some(ChildError::Failed(_)) => Err(ChildError::Failed(failed.join(", "))),
        Some(first) => Err(first.clone()),
    }
}
