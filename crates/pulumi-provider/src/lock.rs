//! Locks whose values are never left half changed.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The value, also after a panic elsewhere: to be used where each change is a single assignment.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
