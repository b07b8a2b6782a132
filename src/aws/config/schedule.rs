//! How often to poll during a wait: the configuration key `polling`, and the schedule made from it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How often to poll during a wait. Intervals are in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Polling {
    /// The pause before the first look; default 0.5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_interval_seconds: Option<f64>,
    /// The factor by which each pause is longer than the one before; default 1.25.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub growth_factor: Option<f64>,
    /// The longest pause; default 5, twice that after ten minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_interval_seconds: Option<f64>,
}

/// The pauses between looks during a wait. They grow, as <https://docs.aws.amazon.com/general/latest/gr/api-retries.html>
/// recommends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule {
    initial: Duration,
    growth: f64,
    longest: Duration,
}

/// How long a wait lasts before its pauses may be twice as long. By then, some seconds more do not matter.
const LONG_WAIT: Duration = Duration::from_secs(600);

impl Default for Schedule {
    fn default() -> Self {
        Self::from(Polling::default())
    }
}

impl From<Polling> for Schedule {
    fn from(polling: Polling) -> Self {
        let seconds = |value: Option<f64>, default: f64, least: f64| {
            let value = value.filter(|value| value.is_finite()).unwrap_or(default);
            Duration::from_secs_f64(value.clamp(least, 300.0))
        };
        Self {
            initial: seconds(polling.initial_interval_seconds, 0.5, 0.01),
            growth: polling
                .growth_factor
                .filter(|factor| factor.is_finite())
                .unwrap_or(1.25)
                .clamp(1.0, 10.0),
            longest: seconds(polling.max_interval_seconds, 5.0, 0.01),
        }
    }
}

impl Schedule {
    /// Returns the pause before look number `looks` (counted from 0) after a wait of `waited`, without jitter.
    #[must_use]
    pub fn pause(&self, looks: u32, waited: Duration) -> Duration {
        let longest = if waited < LONG_WAIT {
            self.longest
        } else {
            self.longest * 2
        };
        // The exponent is at most 100, so that the power stays finite.
        let grown = self.initial.as_secs_f64() * self.growth.powi(looks.min(100).cast_signed());
        Duration::from_secs_f64(grown.min(longest.as_secs_f64()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_by_a_quarter_up_to_five_seconds_and_later_to_ten() {
        let schedule = Schedule::default();
        let soon = |looks| schedule.pause(looks, Duration::ZERO).as_millis();
        assert_eq!([soon(0), soon(1), soon(2), soon(30)], [500, 625, 781, 5000]);
        assert_eq!(schedule.pause(200, LONG_WAIT).as_secs(), 10);
    }

    #[test]
    fn polling_settings_are_clamped_to_their_range() {
        let schedule = Schedule::from(Polling {
            initial_interval_seconds: Some(0.0),
            growth_factor: Some(f64::NAN),
            max_interval_seconds: Some(1e9),
        });
        assert_eq!(schedule.pause(0, Duration::ZERO), Duration::from_millis(10));
        assert_eq!(schedule.pause(100, Duration::ZERO), Duration::from_secs(300));
    }
}
