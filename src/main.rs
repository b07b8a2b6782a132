//! The plugin's executable.

use std::process::ExitCode;

use private_step_functions::commands;
use private_step_functions::package::{ABOUT, PrivateStepFunctions};
use pulumi_provider::plugin;

fn main() -> ExitCode {
    if let Some(ended) = commands::run(std::env::args_os().skip(1)) {
        return ended;
    }
    plugin::main(&ABOUT, PrivateStepFunctions::new)
}
