//! Statuses that flap: shortly after a create, ACTIVE is followed by one more CREATE_IN_PROGRESS.
//!
//! Facts: docs/aws-behavior.md, Resource gateway, "two consecutive ACTIVE reads"; terraform-provider-aws waits for two in
//! a row for configurations too.

use std::time::Duration;

use tokio::time::Instant;

use crate::mode::Mode;

/// The flap starts with the first read that saw ACTIVE, so that every polling client sees it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Flap {
    NotSeen,
    Seen(Instant),
    Over,
}

impl Flap {
    /// Returns the flap of a new object.
    pub(super) fn new(mode: Mode) -> Self {
        match mode {
            Mode::Cautious => Self::NotSeen,
            Mode::Recorded => Self::Over,
        }
    }

    /// Reports whether the flap is in progress. Then the object is not ready, whatever an earlier read showed.
    pub(super) fn is_on(self, now: Instant, lasts: Duration) -> bool {
        matches!(self, Self::Seen(first) if now < first + lasts)
    }

    /// Returns the status that a read shows.
    pub(super) fn shown(&mut self, status: &'static str, now: Instant, lasts: Duration) -> &'static str {
        if status != "ACTIVE" {
            return status;
        }
        match *self {
            Self::NotSeen => *self = Self::Seen(now),
            Self::Seen(first) if now > first && now < first + lasts * 5 => {
                if now >= first + lasts {
                    *self = Self::Over;
                }
                return "CREATE_IN_PROGRESS";
            }
            Self::Seen(first) if now > first => *self = Self::Over,
            Self::Seen(_) | Self::Over => {}
        }
        status
    }
}
