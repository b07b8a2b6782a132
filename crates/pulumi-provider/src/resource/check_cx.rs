//! The context of the checks of one resource in a preview.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Mutex;

use crate::error::Error;
use crate::lock::lock;
use crate::property::Map;
use crate::resource::draft::Draft;
use crate::urn::Urn;

/// What the checks of one resource need besides its inputs.
pub struct CheckCx<'a, C> {
    clients: &'a C,
    urn: &'a Urn,
    old: Option<&'a Map>,
    shared: &'a Shared,
    is_offline: bool,
    not_checked: Mutex<Vec<(String, Error)>>,
}

impl<'a, C> CheckCx<'a, C> {
    /// Creates a context. `old` are the recorded inputs, in an update.
    #[must_use]
    pub const fn new(clients: &'a C, urn: &'a Urn, old: Option<&'a Map>, shared: &'a Shared) -> Self {
        Self {
            clients,
            urn,
            old,
            shared,
            is_offline: false,
            not_checked: Mutex::new(Vec::new()),
        }
    }

    /// Returns the context where the service cannot be asked: only the inputs are checked.
    #[must_use]
    pub fn offline(mut self) -> Self {
        self.is_offline = true;
        self
    }

    /// Reports whether the service cannot be asked.
    #[must_use]
    pub const fn is_offline(&self) -> bool {
        self.is_offline
    }

    /// Returns the clients of the configured provider.
    #[must_use]
    pub const fn clients(&self) -> &'a C {
        self.clients
    }

    /// Returns the resource's URN.
    #[must_use]
    pub const fn urn(&self) -> &'a Urn {
        self.urn
    }

    /// Returns the recorded inputs in an update, `None` in a create.
    #[must_use]
    pub fn old(&self) -> Option<Draft<'a>> {
        self.old.map(Draft::new)
    }

    /// Reports whether the operation sets this input to another value than the recorded one. In a create it sets every input.
    #[must_use]
    pub fn sets(&self, draft: &Draft<'_>, name: &str) -> bool {
        self.old().is_none_or(|old| old.known(name) != draft.known(name))
    }

    /// Returns what the resources of one component know about each other.
    #[must_use]
    pub const fn shared(&self) -> &'a Shared {
        self.shared
    }

    /// Records that something could not be checked, because a read failed. A check never fails an operation.
    pub fn not_checked(&self, what: impl Into<String>, error: Error) {
        lock(&self.not_checked).push((what.into(), error));
    }

    /// Returns what could not be checked, and why.
    #[must_use]
    pub fn into_not_checked(self) -> Vec<(String, Error)> {
        self.not_checked.into_inner().unwrap_or_default()
    }
}

/// What the checks of several resources tell each other: at most one value of each type.
#[derive(Debug, Default)]
pub struct Shared {
    values: Mutex<HashMap<TypeId, Box<dyn Any + Send>>>,
}

impl Shared {
    /// Reads or changes the value of this type, which begins as its default.
    pub fn with<T: Default + Send + 'static, R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let mut values = lock(&self.values);
        let value = values
            .entry(TypeId::of::<T>())
            .or_insert_with(|| Box::<T>::default() as Box<dyn Any + Send>);
        match value.downcast_mut::<T>() {
            Some(value) => change(value),
            // The key is the type, so this does not happen.
            None => change(&mut T::default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::samples::inputs::map;

    #[test]
    fn an_update_sets_only_what_differs() {
        let urn: Urn = "urn:pulumi:dev::shop::pkg:index:Thing::a".parse().unwrap();
        let (old, new) = (
            map(json!({"same": "a", "other": "b"})),
            map(json!({"same": "!secret!a", "other": "c", "new": 1})),
        );
        let (shared, draft) = (Shared::default(), Draft::new(&new));
        let update = CheckCx::new(&(), &urn, Some(&old), &shared);
        let set = ["same", "other", "new", "absent"].map(|name| update.sets(&draft, name));
        assert_eq!(set, [false, true, true, false]);
        let create = CheckCx::new(&(), &urn, None, &shared);
        assert!(create.sets(&draft, "same") && create.old().is_none());
    }

    #[test]
    fn resources_share_one_value_of_each_type() {
        let shared = Shared::default();
        shared.with::<Vec<u8>, _>(|list| list.push(1));
        shared.with::<Vec<u8>, _>(|list| list.push(2));
        shared.with::<String, _>(|text| text.push('x'));
        assert_eq!(shared.with::<Vec<u8>, _>(|list| list.clone()), [1, 2]);
        assert_eq!(shared.with::<String, _>(|text| text.clone()), "x");
    }
}
