//! Records which changes an operation has sent to its service. The record decides what a failed update stores in the state.

use std::collections::BTreeSet;
use std::sync::Mutex;

use crate::lock::lock;

/// The changes of one operation, by the names of the API operations.
#[derive(Debug, Default)]
pub struct Sent(Mutex<SentChanges>);

#[derive(Debug, Default)]
struct SentChanges {
    /// Whether the service has accepted any change.
    accepted: bool,
    /// Changes of which it is not known whether they arrived.
    lost: BTreeSet<String>,
}

impl Sent {
    /// Records that the service has accepted a change. A lost request of the same API operation was the same change, sent
    /// before.
    pub fn accepted(&self, operation: &str) {
        self.with(|changes| {
            changes.accepted = true;
            changes.lost.remove(operation);
        });
    }

    /// Records that a change was sent and it is not known whether it arrived.
    pub fn lost(&self, operation: &str) {
        self.with(|changes| changes.lost.insert(operation.to_owned()));
    }

    /// Reports whether something has changed, or may have changed.
    pub fn may_have_changed(&self) -> bool {
        self.with(|changes| changes.accepted || !changes.lost.is_empty())
    }

    /// Reports whether the service's current state is uncertain.
    pub fn is_in_doubt(&self) -> bool {
        self.with(|changes| !changes.lost.is_empty())
    }

    fn with<T>(&self, act: impl FnOnce(&mut SentChanges) -> T) -> T {
        act(&mut lock(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_change_stays_in_doubt_until_it_is_accepted() {
        let sent = Sent::default();
        assert!(!sent.may_have_changed() && !sent.is_in_doubt());
        sent.lost("UpdateThing");
        assert!(sent.may_have_changed() && sent.is_in_doubt());
        sent.accepted("TagThing");
        assert!(sent.is_in_doubt(), "another call says nothing of it");
        sent.accepted("UpdateThing");
        assert!(sent.may_have_changed() && !sent.is_in_doubt());
    }
}
