//! A value that readers see late, as in AWS's eventually consistent reads.

use tokio::time::Instant;

/// A value and, for a while after a change, its previous value.
#[derive(Clone, Debug)]
pub struct Lagging<T> {
    current: T,
    before: Option<(T, Instant)>,
}

impl<T: Clone> Lagging<T> {
    /// Returns a value that readers see immediately.
    pub fn new(value: T) -> Self {
        Self {
            current: value,
            before: None,
        }
    }

    /// Returns the current value, for the service's own checks.
    pub fn current(&self) -> &T {
        &self.current
    }

    /// Returns the value that a read shows at this time.
    pub fn read(&self, now: Instant) -> &T {
        match &self.before {
            Some((before, until)) if now < *until => before,
            _ => &self.current,
        }
    }

    /// Returns the current value for a change that readers see immediately, or after a running lag ends.
    pub fn current_mut(&mut self) -> &mut T {
        &mut self.current
    }

    /// Changes the value. Reads before `until` still return the value that they return now.
    pub fn change(&mut self, now: Instant, until: Instant, change: impl FnOnce(&mut T)) {
        let seen = self.read(now).clone();
        change(&mut self.current);
        self.before = Some((seen, until));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn readers_see_a_change_late() {
        let now = Instant::now();
        let second = Duration::from_secs(1);
        let mut value = Lagging::new(1);
        value.change(now, now + second, |v| *v = 2);
        assert_eq!(
            (*value.current(), *value.read(now), *value.read(now + second)),
            (2, 1, 2)
        );
    }
}
