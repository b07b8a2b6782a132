//! The faults that the sweep injects at a call.

use std::time::Duration;

use aws_emulator::faults::{Fault, FaultKind};

/// What fails at a call, or from that call on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// This call fails once. The SDK retries it.
    Once(FaultKind),
    /// This call fails once, with the SDK's retries disabled.
    Bare(FaultKind),
    /// This call and every later one of the same operation fail.
    For(FaultKind),
    /// The response is slow.
    Slow,
    /// The engine cancels while the call is in progress.
    CancelDuring,
    /// The engine cancels as soon as the call returns.
    CancelAfter,
    /// The response is lost, and the engine cancels right after.
    CancelAfterLoss,
    /// This call and every later one of the same operation fail, and the engine cancels meanwhile.
    CancelFor(FaultKind),
}

/// The delay of a slow response.
const SLOW: Duration = Duration::from_secs(20);
/// How long after the first failing call the engine cancels. If the SDK backs off, this is during a backoff.
const FAILING: Duration = Duration::from_secs(40);
/// The duration of the call during which the engine cancels.
const CANCELLED: Duration = Duration::from_secs(3);

impl Cut {
    pub(crate) const ALL: [Self; 22] = [
        Self::Once(FaultKind::Throttle),
        Self::Once(FaultKind::Internal),
        Self::Once(FaultKind::ResetBefore),
        Self::Once(FaultKind::ResetAfter),
        Self::Once(FaultKind::NoAnswer),
        Self::Bare(FaultKind::Throttle),
        Self::Bare(FaultKind::Internal),
        Self::Bare(FaultKind::AccessDenied),
        Self::Bare(FaultKind::ResetBefore),
        Self::Bare(FaultKind::ResetAfter),
        Self::For(FaultKind::Throttle),
        Self::For(FaultKind::Internal),
        Self::For(FaultKind::AccessDenied),
        Self::For(FaultKind::ResetBefore),
        Self::For(FaultKind::ResetAfter),
        Self::For(FaultKind::NoAnswer),
        Self::Slow,
        Self::CancelDuring,
        Self::CancelAfter,
        Self::CancelAfterLoss,
        Self::CancelFor(FaultKind::Throttle),
        Self::CancelFor(FaultKind::NoAnswer),
    ];

    /// Reports whether the operation must succeed despite the fault.
    pub(crate) const fn is_transient(self) -> bool {
        matches!(self, Self::Once(_) | Self::Slow)
    }

    pub(crate) const fn cancels(self) -> bool {
        matches!(
            self,
            Self::CancelDuring | Self::CancelAfter | Self::CancelAfterLoss | Self::CancelFor(_)
        )
    }

    /// Reports whether the provider cannot know at the end if the last request arrived.
    pub(crate) const fn leaves_doubt(self) -> bool {
        matches!(
            self,
            Self::For(FaultKind::ResetAfter | FaultKind::NoAnswer)
                | Self::CancelAfterLoss
                | Self::CancelFor(FaultKind::NoAnswer)
        )
    }

    /// Reports whether the SDK retries calls.
    pub(crate) const fn repeats(self) -> bool {
        !matches!(self, Self::Bare(_) | Self::CancelAfterLoss)
    }

    /// Returns the user's custom timeout in seconds. A permanent fault needs a short one.
    pub(crate) const fn timeout(self) -> f64 {
        if matches!(self, Self::For(_)) { 60.0 } else { 0.0 }
    }

    /// Returns when the engine cancels, counted from the call.
    pub(crate) const fn cancel_after(self) -> Duration {
        match self {
            Self::CancelDuring => Duration::from_secs(1),
            Self::CancelFor(_) => FAILING,
            _ => Duration::ZERO,
        }
    }

    /// Returns the fault to inject into the call with index `nth`, which is occurrence number `occurrence` of its
    /// operation.
    pub(crate) fn fault(self, operation: &str, occurrence: usize, nth: usize) -> Option<Fault> {
        let at = |kind| Fault::new("*", u32::try_from(nth + 1).unwrap(), kind);
        Some(match self {
            Self::Once(kind) | Self::Bare(kind) => at(kind),
            Self::For(kind) | Self::CancelFor(kind) => {
                Fault::new(operation, u32::try_from(occurrence).unwrap(), kind).times(u32::MAX / 2)
            }
            Self::Slow => at(FaultKind::Slow).delay(SLOW),
            Self::CancelDuring => at(FaultKind::Slow).delay(CANCELLED),
            Self::CancelAfterLoss => at(FaultKind::ResetAfter),
            Self::CancelAfter => return None,
        })
    }
}
