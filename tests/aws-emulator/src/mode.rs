//! Two variants of AWS's behavior, where its documentation and public recordings differ.
//!
//! It is unknown outside AWS which one applies where and when, so users of the emulator must handle both
//! (docs/aws-behavior.md, "Two modes").

use clap::ValueEnum;

/// How the emulated AWS behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// What is documented, at its worst: slow states, statuses that flap, reads that lag.
    #[default]
    Cautious,
    /// What public recordings show: gateways and configurations that are ACTIVE at once, no lag in VPC Lattice and EventBridge,
    /// private connections that stay AUTHORIZED for a while.
    Recorded,
}

/// Environment variable with the mode of a whole run: of every emulator without an explicit mode.
pub const VARIABLE: &str = "AWS_EMULATOR_MODE";

impl Mode {
    /// Returns the mode that [`VARIABLE`] names, or the cautious one.
    ///
    /// # Panics
    /// If the variable has another value.
    #[must_use]
    pub fn of_the_run() -> Self {
        match std::env::var(VARIABLE) {
            Ok(name) => Self::from_str(&name, true).unwrap_or_else(|_| panic!("{VARIABLE} is cautious or recorded")),
            Err(_) => Self::default(),
        }
    }

    /// Reports whether this is the recorded mode.
    #[must_use]
    pub fn is_recorded(self) -> bool {
        self == Self::Recorded
    }
}
