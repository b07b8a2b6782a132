//! Reads that the checks of a preview share: one call for all that ask at the same moment, and no second call for the same.
//!
//! The answers are kept as long as the provider's configuration. The engine configures the provider anew for each command, and
//! nothing changes during a preview. After a failure they are read anew.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::sleep;

use crate::error::Error;
use crate::lock::lock;

/// How long a call waits for others to join. The engine previews many resources at the same moment.
const JOIN_WINDOW: Duration = Duration::from_millis(20);

/// Objects of one kind, by the key with which they are looked up.
#[derive(Debug)]
pub struct Looks<K, V> {
    board: Mutex<Board<K, V>>,
    /// Held during a call, so that those who ask meanwhile find its answer.
    flight: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Board<K, V> {
    /// The keys that somebody asks for and no call has looked up.
    wanted: BTreeSet<K>,
    /// What the calls have answered. A denied call is not repeated either.
    seen: BTreeMap<K, Result<Option<V>, Error>>,
}

impl<K, V> Default for Looks<K, V> {
    fn default() -> Self {
        Self {
            board: Mutex::new(Board {
                wanted: BTreeSet::new(),
                seen: BTreeMap::new(),
            }),
            flight: tokio::sync::Mutex::default(),
        }
    }
}

impl<K: Clone + Ord, V: Clone> Looks<K, V> {
    /// Returns the objects with these keys; a key without an object is left out. `read` looks up several keys with one call.
    ///
    /// # Errors
    /// The error of the call that looked up one of the keys.
    pub async fn get<F, Fut>(&self, keys: &[K], read: F) -> Result<BTreeMap<K, V>, Error>
    where
        F: FnOnce(Vec<K>) -> Fut,
        Fut: Future<Output = Result<BTreeMap<K, V>, Error>>,
    {
        if let Some(found) = self.board().of(keys) {
            return found;
        }
        self.board().want(keys);
        sleep(JOIN_WINDOW).await;
        let _flight = self.flight.lock().await;
        // Another caller may have looked the keys up meanwhile.
        if let Some(found) = self.board().of(keys) {
            return found;
        }
        let asked = self.board().take(keys);
        let answer = read(asked.clone()).await;
        let mut board = self.board();
        for key in asked {
            let found = answer.as_ref().map(|found| found.get(&key).cloned());
            board.seen.insert(key, found.map_err(Clone::clone));
        }
        board.of(keys).unwrap_or_else(|| answer.map(|_| BTreeMap::new()))
    }

    /// Forgets all answers, because objects may have changed since.
    pub fn forget(&self) {
        self.board().seen.clear();
    }

    fn board(&self) -> MutexGuard<'_, Board<K, V>> {
        // Each change is a single insertion: a panic elsewhere leaves nothing half done.
        lock(&self.board)
    }
}

impl<K: Clone + Ord, V: Clone> Board<K, V> {
    fn want(&mut self, keys: &[K]) {
        let unseen = keys.iter().filter(|key| !self.seen.contains_key(key));
        self.wanted.extend(unseen.cloned());
    }

    /// Returns the keys to look up: those that anybody wants, and these ones. Another caller may have taken them and gone away.
    fn take(&mut self, keys: &[K]) -> Vec<K> {
        self.want(keys);
        std::mem::take(&mut self.wanted).into_iter().collect()
    }

    /// Returns the objects with these keys, or the first error; `None` unless all of them were looked up.
    fn of(&self, keys: &[K]) -> Option<Result<BTreeMap<K, V>, Error>> {
        let mut found = BTreeMap::new();
        for key in keys {
            match self.seen.get(key)? {
                Ok(Some(object)) => _ = found.insert(key.clone(), object.clone()),
                Ok(None) => {}
                Err(error) => return Some(Err(error.clone())),
            }
        }
        Some(Ok(found))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::future::join_all;

    use super::*;
    use crate::error::ErrorKind;

    /// Counts its calls and the keys that they look up.
    #[derive(Default)]
    struct Service {
        looks: Looks<String, usize>,
        calls: AtomicUsize,
        keys: AtomicUsize,
    }

    impl Service {
        async fn lengths(&self, keys: &[&str]) -> Result<BTreeMap<String, usize>, Error> {
            let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            self.looks.get(&keys, |asked| self.answer(asked)).await
        }

        async fn answer(&self, asked: Vec<String>) -> Result<BTreeMap<String, usize>, Error> {
            self.calls.fetch_add(1, Ordering::Relaxed);
            self.keys.fetch_add(asked.len(), Ordering::Relaxed);
            sleep(Duration::from_millis(5)).await;
            if asked.contains(&"denied".to_owned()) {
                return Err(Error::new(ErrorKind::Denied, "no"));
            }
            let there = asked.into_iter().filter(|key| key != "absent");
            Ok(there.map(|key| (key.clone(), key.len())).collect())
        }

        fn counted(&self) -> (usize, usize) {
            (self.calls.load(Ordering::Relaxed), self.keys.load(Ordering::Relaxed))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_ask_together_share_one_call() {
        let service = Service::default();
        let asked: [&[&str]; 3] = [&["a", "bb"], &["bb"], &["absent"]];
        let found = join_all(asked.map(|keys| service.lengths(keys))).await;
        let found: Vec<_> = found
            .into_iter()
            .map(|found| found.unwrap().into_values().collect::<Vec<_>>())
            .collect();
        assert_eq!(found, [vec![1, 2], vec![2], vec![]]);
        assert_eq!(service.counted(), (1, 3));
        // Absence is an answer, too.
        service.lengths(&["absent", "a"]).await.unwrap();
        assert_eq!(service.counted(), (1, 3));
        service.lengths(&["a", "new"]).await.unwrap();
        assert_eq!(service.counted(), (2, 4));
    }

    #[tokio::test(start_paused = true)]
    async fn a_denied_call_is_not_repeated() {
        let service = Service::default();
        for _ in 0..3 {
            let denied = service.lengths(&["denied"]).await.unwrap_err();
            assert_eq!(denied.kind(), ErrorKind::Denied);
        }
        assert_eq!(service.counted(), (1, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_goes_away_takes_nothing_from_others() {
        let service = Service::default();
        let gone = tokio::time::timeout(Duration::from_millis(21), service.lengths(&["a"]));
        let (gone, found) = tokio::join!(gone, service.lengths(&["a"]));
        assert!(gone.is_err());
        assert_eq!(found.unwrap().len(), 1);
    }
}
