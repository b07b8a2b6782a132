//! Statuses that flap: shortly after create, ACTIVE is followed by one more CREATE_IN_PROGRESS.
//!
//! Facts: docs/aws-behaviour.md, Resource gateway, "two consecutive ACTIVE reads"; terraform-provider-aws waits for two in a row
//! for configurations too.

use std::time::Duration;

use tokio::time::Instant;

use crate::temper::Temper;

/// It hangs on the first read that saw ACTIVE, so that everybody who polls meets it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Flap {
    NotSeen,
    Seen(Instant),
    Over,
}

impl Flap {
    /// That of a new object.
    pub(super) fn new(temper: Temper) -> Self {
        match temper {
            Temper::Cautious => Self::NotSeen,
            Temper::Recorded => Self::Over,
        }
    }

    /// Whether it is on: the object is not ready, whatever a read has said.
    pub(super) fn is_on(self, now: Instant, lasts: Duration) -> bool {
        matches!(self, Self::Seen(first) if now < first + lasts)
    }

    /// What a read shows of this status.
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
