//! The records of the operations that this process has started, so that a repeated request never makes a second object.
//!
//! * Check stores the engine's random seed per URN. The seed is new in each registration, and the engine does not send it to
//!   Create.
//! * Create derives its client token from seed, URN and request. The engine may call Create again after a failure (error
//!   hooks do so, even after a failed initialization). The same request then has the same token, and the create continues with
//!   the id that it already obtained.
//! * The success of a create deletes the resource's record, so that a replacement in the same process counts as a new
//!   operation.
//! * Diff knows why a resource must be replaced, but not whether it was called in a preview, an update or a refresh. So the
//!   reason is kept for the Create or Update that follows.
//! * Ids that the engine sends are kept per URN. An object of that URN with another id has not been recorded by the engine.
//!
//! All records are in memory only: a token among the inputs would show in every diff.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard};

use sha2::{Digest, Sha256};

use crate::lock::lock;
use crate::urn::Urn;

/// The operations of one provider instance.
#[derive(Debug, Default)]
pub struct ProcessMemory {
    records: Mutex<Records>,
}

#[derive(Debug, Default)]
struct Records {
    by_urn: HashMap<Urn, Record>,
    uses: u64,
}

impl Records {
    /// Returns the record of a resource; a new one is empty.
    fn of(&mut self, urn: &Urn) -> &mut Record {
        self.uses += 1;
        if self.by_urn.len() >= REMEMBERED && !self.by_urn.contains_key(urn) {
            let mut uses: Vec<u64> = self.by_urn.values().map(|record| record.used).collect();
            let (_, median, _) = uses.select_nth_unstable(REMEMBERED / 2);
            let median = *median;
            self.by_urn.retain(|_, record| record.used > median);
        }
        let record = self.by_urn.entry(urn.clone()).or_default();
        record.used = self.uses;
        record
    }
}

/// How many resources have a record. A process that engines attach to serves one deployment after the other. The records used
/// longest ago are deleted first; a deployment has far fewer resources.
const REMEMBERED: usize = 20_000;

#[derive(Debug, Default)]
struct Record {
    /// When the record was last used, as a count of uses.
    used: u64,
    seed: Vec<u8>,
    named_by_user: bool,
    /// Ids obtained by creates that have not succeeded yet, by the fingerprint of their request.
    begun: HashMap<[u8; 32], String>,
    /// Ids that the engine has recorded, or is about to.
    known: HashSet<String>,
    /// The reason for the change that Diff found last.
    reason: Option<String>,
}

impl ProcessMemory {
    /// Records a registration: its seed (an empty one, from older engines, is replaced by a random one), and whether the
    /// program itself gave the physical name.
    pub fn checked(&self, urn: &Urn, seed: &[u8], named_by_user: bool) {
        let seed = if seed.is_empty() { random_seed() } else { seed.to_vec() };
        let mut records = self.lock();
        let record = records.of(urn);
        record.seed = seed;
        record.named_by_user = named_by_user;
    }

    /// Reports whether the program gave the physical name at the last Check; false if there was no Check in this process.
    pub fn named_by_user(&self, urn: &Urn) -> bool {
        self.lock().by_urn.get(urn).is_some_and(|record| record.named_by_user)
    }

    /// Records the reason for the change that Diff has just found; `None` if there is nothing to explain.
    pub fn compared(&self, urn: &Urn, reason: Option<String>) {
        self.lock().of(urn).reason = reason;
    }

    /// Returns the reason for the change that is now made, and deletes it from the record.
    pub fn reason(&self, urn: &Urn) -> Option<String> {
        self.lock().by_urn.get_mut(urn)?.reason.take()
    }

    /// Returns the client token of a request: 64 hexadecimal characters, which fit the client token of every service that we
    /// know. It is the same within this process for the same seed, URN and request, and different for anything else.
    pub fn token(&self, urn: &Urn, request: &str) -> String {
        let mut records = self.lock();
        let record = records.of(urn);
        if record.seed.is_empty() {
            record.seed = random_seed();
        }
        let mut digest = Sha256::new();
        for part in [record.seed.as_slice(), urn.as_str().as_bytes(), request.as_bytes()] {
            // Lengths keep ("ab", "c") and ("a", "bc") apart.
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Records the id that a create obtained.
    pub fn begun(&self, urn: &Urn, request: &str, id: &str) {
        let mut records = self.lock();
        let record = records.of(urn);
        record.begun.insert(fingerprint(request), id.to_owned());
        record.known.insert(id.to_owned());
    }

    /// Records an id that the engine sends for the resource: its state contains the object. A resource that is being replaced
    /// has two ids.
    pub fn recorded(&self, urn: &Urn, id: &str) {
        self.lock().of(urn).known.insert(id.to_owned());
    }

    /// Reports whether the engine has sent this id for the resource, or a create of this process obtained it.
    pub fn is_known(&self, urn: &Urn, id: &str) -> bool {
        self.lock()
            .by_urn
            .get(urn)
            .is_some_and(|record| record.known.contains(id))
    }

    /// Returns the id that an earlier attempt at the same create obtained, if that create did not succeed.
    pub fn resume(&self, urn: &Urn, request: &str) -> Option<String> {
        self.lock().by_urn.get(urn)?.begun.get(&fingerprint(request)).cloned()
    }

    /// Deletes the record of a create that succeeded, except for the ids: the old object still exists after its replacement
    /// is created.
    pub fn finished(&self, urn: &Urn) {
        if let Some(record) = self.lock().by_urn.get_mut(urn) {
            *record = Record {
                used: record.used,
                known: std::mem::take(&mut record.known),
                ..Record::default()
            };
        }
    }

    fn lock(&self) -> MutexGuard<'_, Records> {
        // Each change is a single insertion or removal: a panic elsewhere leaves nothing half done.
        lock(&self.records)
    }
}

fn fingerprint(request: &str) -> [u8; 32] {
    Sha256::digest(request.as_bytes()).into()
}

fn random_seed() -> Vec<u8> {
    (0..32).map(|_| fastrand::u8(..)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urn(name: &str) -> Urn {
        format!("urn:pulumi:dev::shop::pkg:index:Thing::{name}")
            .parse()
            .unwrap()
    }

    #[test]
    fn a_token_depends_on_seed_urn_and_request() {
        let operations = ProcessMemory::default();
        operations.checked(&urn("a"), b"seed", false);
        operations.checked(&urn("b"), b"seed", false);
        let token = operations.token(&urn("a"), "request");
        assert_eq!(token, operations.token(&urn("a"), "request"));
        assert_ne!(token, operations.token(&urn("a"), "other"));
        assert_ne!(token, operations.token(&urn("b"), "request"));
        operations.checked(&urn("a"), b"next", true);
        assert_ne!(token, operations.token(&urn("a"), "request"));
        assert_eq!(token.len(), 64);
    }

    #[test]
    fn the_least_recently_used_entry_is_evicted_first() {
        let operations = ProcessMemory::default();
        operations.recorded(&urn("first"), "rgw-0");
        for number in 0..3 * REMEMBERED {
            operations.recorded(&urn(&format!("thing-{number}")), "rgw-1");
            // Used repeatedly, as in a deployment that is running.
            operations.recorded(&urn("kept"), "rgw-2");
            assert!(operations.lock().by_urn.len() <= REMEMBERED);
        }
        assert!(operations.is_known(&urn("kept"), "rgw-2"));
        assert!(operations.is_known(&urn(&format!("thing-{}", 3 * REMEMBERED - 1)), "rgw-1"));
        assert!(!operations.is_known(&urn("first"), "rgw-0"));
    }

    #[test]
    fn without_a_seed_the_token_is_random_but_kept() {
        let (one, other) = (ProcessMemory::default(), ProcessMemory::default());
        assert_eq!(one.token(&urn("a"), "r"), one.token(&urn("a"), "r"));
        assert_ne!(one.token(&urn("a"), "r"), other.token(&urn("a"), "r"));
    }

    #[test]
    fn a_begun_create_is_resumed_until_it_succeeds() {
        let operations = ProcessMemory::default();
        operations.begun(&urn("a"), "request", "rgw-1");
        assert_eq!(operations.resume(&urn("a"), "request").as_deref(), Some("rgw-1"));
        assert_eq!(operations.resume(&urn("a"), "changed"), None);
        operations.finished(&urn("a"));
        assert_eq!(operations.resume(&urn("a"), "request"), None);
    }

    #[test]
    fn a_finished_operation_keeps_only_the_ids() {
        let operations = ProcessMemory::default();
        operations.checked(&urn("a"), b"seed", true);
        let token = operations.token(&urn("a"), "request");
        operations.begun(&urn("a"), "request", "rgw-1");
        operations.recorded(&urn("a"), "rgw-0");
        operations.finished(&urn("a"));
        assert!(!operations.named_by_user(&urn("a")));
        assert_ne!(operations.token(&urn("a"), "request"), token);
        for id in ["rgw-0", "rgw-1"] {
            assert!(operations.is_known(&urn("a"), id), "{id}");
        }
        assert!(!operations.is_known(&urn("a"), "rgw-2"));
        assert!(!operations.is_known(&urn("b"), "rgw-0"), "ids are known per resource");
    }
}
