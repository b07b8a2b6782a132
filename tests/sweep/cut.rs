//! What goes wrong at a call.

use std::time::Duration;

use aws_emulator::faults::{Fault, FaultKind};

/// What goes wrong at a call, or from a call on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Once; the SDK repeats the call.
    Once(FaultKind),
    /// Once, and the SDK does not repeat anything.
    Bare(FaultKind),
    /// This call and every later one of the same operation.
    For(FaultKind),
    /// The answer takes its time.
    Slow,
    /// The engine cancels while the call is under way.
    CancelDuring,
    /// The engine cancels as soon as the call is answered.
    CancelAfter,
    /// The answer is lost, and the engine cancels right after.
    CancelAfterLoss,
    /// This call and every later one of the same operation, and the engine cancels meanwhile.
    CancelFor(FaultKind),
}

/// How long a slow answer takes.
const SLOW: Duration = Duration::from_secs(20);
/// How long a call has been failing when the engine cancels: within a pause of the SDK, if it pauses.
const FAILING: Duration = Duration::from_secs(40);
/// How long the call takes during which the engine cancels, and when it does.
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

    /// Whether the operation has to succeed all the same.
    pub(crate) const fn is_transient(self) -> bool {
        matches!(self, Self::Once(_) | Self::Slow)
    }

    pub(crate) const fn cancels(self) -> bool {
        matches!(
            self,
            Self::CancelDuring | Self::CancelAfter | Self::CancelAfterLoss | Self::CancelFor(_)
        )
    }

    /// Whether nobody can know at the end if the last request arrived.
    pub(crate) const fn leaves_doubt(self) -> bool {
        matches!(
            self,
            Self::For(FaultKind::ResetAfter | FaultKind::NoAnswer)
                | Self::CancelAfterLoss
                | Self::CancelFor(FaultKind::NoAnswer)
        )
    }

    /// Whether the SDK repeats calls.
    pub(crate) const fn repeats(self) -> bool {
        !matches!(self, Self::Bare(_) | Self::CancelAfterLoss)
    }

    /// The user's custom timeout in seconds: what never ends well must end soon.
    pub(crate) const fn timeout(self) -> f64 {
        if matches!(self, Self::For(_)) { 60.0 } else { 0.0 }
    }

    /// When the engine cancels, counted from the call.
    pub(crate) const fn cancel_after(self) -> Duration {
        match self {
            Self::CancelDuring => Duration::from_secs(1),
            Self::CancelFor(_) => FAILING,
            _ => Duration::ZERO,
        }
    }

    /// The fault to plan: for the nth call of all from now on, which is the given occurrence of its operation.
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
