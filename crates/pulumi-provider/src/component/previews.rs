//! What the previews of components and of their children know about each other.
//!
//! The engine previews the children of a component while its Construct is running, in the same process. A check that fails the
//! preview of one child would hide what is wrong with the others: the engine stops at the first failure. So each child reports
//! its findings, and the component fails at its end, once all children were checked.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::lock::lock;
use crate::resource::check_cx::Shared;

/// The components that are being previewed in this process, by the URNs of their children.
#[derive(Debug, Default)]
pub struct Previews {
    children: Mutex<HashMap<String, Arc<Preview>>>,
}

/// The preview of one component.
#[derive(Debug, Default)]
pub struct Preview {
    /// How many findings fail the preview.
    failing: AtomicUsize,
    /// What the checks of the children tell each other.
    shared: Shared,
}

impl Previews {
    /// Returns the preview of the component that is about to register this child, or is registering it.
    #[must_use]
    pub fn of_child(&self, urn: &str) -> Option<Arc<Preview>> {
        lock(&self.children).get(urn).cloned()
    }

    fn end(&self, preview: &Arc<Preview>) {
        lock(&self.children).retain(|_, other| !Arc::ptr_eq(other, preview));
    }
}

/// A component that is being previewed. Its children are forgotten when this is dropped.
#[derive(Debug)]
pub struct Previewing {
    previews: Arc<Previews>,
    preview: Arc<Preview>,
}

impl Previewing {
    /// Begins the preview of a component that has no children yet.
    #[must_use]
    pub fn new(previews: &Arc<Previews>) -> Self {
        Self {
            previews: previews.clone(),
            preview: Arc::default(),
        }
    }

    /// Records that the component registers this child.
    pub fn child(&self, urn: String) {
        lock(&self.previews.children).insert(urn, self.preview.clone());
    }

    /// Returns what the checks of the children tell each other, and what the component tells them.
    #[must_use]
    pub fn shared(&self) -> &Shared {
        &self.preview.shared
    }

    /// Returns how many findings fail the preview.
    #[must_use]
    pub fn failing(&self) -> usize {
        self.preview.failing.load(Ordering::Relaxed)
    }
}

impl Drop for Previewing {
    fn drop(&mut self) {
        self.previews.end(&self.preview);
    }
}

impl Preview {
    /// Adds findings that fail the preview.
    pub fn fail(&self, findings: usize) {
        self.failing.fetch_add(findings, Ordering::Relaxed);
    }

    /// Returns what the checks of the children tell each other.
    #[must_use]
    pub const fn shared(&self) -> &Shared {
        &self.shared
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_belong_to_their_component_until_its_end() {
        let previews = Arc::new(Previews::default());
        let (one, other) = (Previewing::new(&previews), Previewing::new(&previews));
        one.child("urn:a".to_owned());
        one.child("urn:b".to_owned());
        other.child("urn:c".to_owned());
        previews.of_child("urn:a").unwrap().fail(2);
        previews.of_child("urn:b").unwrap().fail(1);
        assert_eq!((one.failing(), other.failing()), (3, 0));
        drop(one);
        assert!(previews.of_child("urn:a").is_none());
        assert!(previews.of_child("urn:c").is_some());
    }
}
