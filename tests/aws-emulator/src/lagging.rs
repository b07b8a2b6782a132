//! A value that readers see late, as AWS's eventually consistent reads do.

use tokio::time::Instant;

/// A value and, for a while, what it was before the last change.
#[derive(Clone, Debug)]
pub struct Lagging<T> {
    current: T,
    before: Option<(T, Instant)>,
}

impl<T: Clone> Lagging<T> {
    /// A value that everybody sees at once.
    pub fn new(value: T) -> Self {
        Self {
            current: value,
            before: None,
        }
    }

    /// The truth, for the service's own rules.
    pub fn current(&self) -> &T {
        &self.current
    }

    /// What a read answers at this instant.
    pub fn read(&self, now: Instant) -> &T {
        match &self.before {
            Some((before, until)) if now < *until => before,
            _ => &self.current,
        }
    }

    /// Changes the value at once for readers too, but not before a running lag ends.
    pub fn current_mut(&mut self) -> &mut T {
        &mut self.current
    }

    /// Changes the value; reads before `until` answer what they answered until now.
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
