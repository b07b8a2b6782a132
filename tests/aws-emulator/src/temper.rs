//! Two readings of AWS, where its documentation and public recordings of it differ.
//!
//! Nobody outside AWS knows which one holds where and when, so whoever uses the emulator has to cope with both
//! (docs/aws-behaviour.md, "Two tempers").

use clap::ValueEnum;

/// How the emulated AWS behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Temper {
    /// What is documented, at its worst: slow states, statuses that flap, reads that lag.
    #[default]
    Cautious,
    /// What public recordings show: gateways and configurations that are ACTIVE at once, no lag in VPC Lattice and EventBridge,
    /// private connections that stay AUTHORIZED for a while.
    Recorded,
}

/// Names the temper of a whole run: of every emulator that is not told otherwise.
pub const VARIABLE: &str = "AWS_EMULATOR_TEMPER";

impl Temper {
    /// The one that [`VARIABLE`] names, else the cautious one.
    ///
    /// # Panics
    /// If it names something else.
    #[must_use]
    pub fn of_the_run() -> Self {
        match std::env::var(VARIABLE) {
            Ok(name) => Self::from_str(&name, true).unwrap_or_else(|_| panic!("{VARIABLE} is cautious or recorded")),
            Err(_) => Self::default(),
        }
    }

    /// Whether it is the recorded one.
    #[must_use]
    pub fn is_recorded(self) -> bool {
        self == Self::Recorded
    }
}
