//! The plugin's executable.

use std::process::ExitCode;

use private_step_functions::package::{ABOUT, PrivateStepFunctions};
use pulumi_provider::plugin;

fn main() -> ExitCode {
    plugin::main(&ABOUT, PrivateStepFunctions::new)
}
