//! Environment variables that this crate reads itself, not through the SDK.

use std::fmt;
use std::sync::Arc;

/// Looks up variables: those of the process or, in a test, given ones.
#[derive(Clone)]
pub(super) struct Variables(Arc<dyn Fn(&str) -> Option<String> + Send + Sync>);

impl Variables {
    /// Reads the variables of the process.
    pub(super) fn of_the_process() -> Self {
        // A value that is not Unicode counts as unset: nothing that is read here can contain such text.
        Self(Arc::new(|name| std::env::var(name).ok()))
    }

    /// Contains only these variables.
    #[cfg(test)]
    pub(super) fn given(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let pairs: std::collections::BTreeMap<_, _> = pairs.into_iter().collect();
        Self(Arc::new(move |name| pairs.get(name).cloned()))
    }

    /// Returns the value of a variable that is set and not empty.
    pub(super) fn filled(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    /// Returns the value of the first of these variables that is set and not empty.
    pub(super) fn first<const N: usize>(&self, names: [&str; N]) -> Option<String> {
        names.into_iter().find_map(|name| self.filled(name))
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Variables")
    }
}
