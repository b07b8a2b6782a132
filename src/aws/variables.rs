//! The environment variables that are read here and not by the SDK.

use std::fmt;
use std::sync::Arc;

/// Looks variables up: those of the process, or others in a test.
#[derive(Clone)]
pub(super) struct Variables(Arc<dyn Fn(&str) -> Option<String> + Send + Sync>);

impl Variables {
    /// Those of the process.
    pub(super) fn of_the_process() -> Self {
        // One that is no text is as good as none: nothing here could be written in it.
        Self(Arc::new(|name| std::env::var(name).ok()))
    }

    /// None but these.
    #[cfg(test)]
    pub(super) fn given(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let pairs: std::collections::BTreeMap<_, _> = pairs.into_iter().collect();
        Self(Arc::new(move |name| pairs.get(name).cloned()))
    }

    /// A variable that is set and not empty.
    pub(super) fn filled(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    /// The first of these that is set and not empty.
    pub(super) fn first<const N: usize>(&self, names: [&str; N]) -> Option<String> {
        names.into_iter().find_map(|name| self.filled(name))
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Variables")
    }
}
