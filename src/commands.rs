//! The commands of the executable, for people at a terminal. Without one of them, the executable is a plugin that serves an engine.
//!
//! `pulumi plugin run --kind resource private-step-functions -- COMMAND` runs them too.

mod adopt;
mod diagnose;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use pulumi_provider::error::{Error, ErrorKind};

use crate::aws::Aws;
use crate::aws::config::ProviderConfig;

/// The words that begin a command.
const NAMES: [&str; 2] = ["adopt", "diagnose"];

#[derive(Debug, Parser)]
#[command(name = "pulumi-resource-private-step-functions", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Find what a component could be in a VPC, and write how to import it
    Adopt(adopt::Arguments),
    /// Say why a private connection does not work
    Diagnose(diagnose::Arguments),
}

/// Where AWS is asked, and by whom.
#[derive(Debug, clap::Args)]
struct Place {
    /// The Region; default: AWS_REGION, AWS_DEFAULT_REGION, then that of the profile
    #[arg(long)]
    region: Option<String>,
    /// The profile of the shared AWS files; default: AWS_PROFILE
    #[arg(long)]
    profile: Option<String>,
}

impl Place {
    fn open(&self) -> Aws {
        Aws::new(ProviderConfig {
            region: self.region.clone(),
            profile: self.profile.clone(),
            ..ProviderConfig::default()
        })
    }
}

/// Runs a command, if the arguments (without the program's name) begin with one. The exit code is 0 if all is well, 1 if something
/// fails, and 2 if the arguments are wrong.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let first = arguments.first()?.to_str()?;
    if !NAMES.contains(&first) {
        return None;
    }
    let name = OsString::from("pulumi-resource-private-step-functions");
    let parsed = match Arguments::try_parse_from(std::iter::once(name).chain(arguments)) {
        Ok(parsed) => parsed,
        Err(told) => {
            // Help is an answer, not a mistake.
            let code = if told.use_stderr() {
                ExitCode::from(2)
            } else {
                ExitCode::SUCCESS
            };
            let _ = told.print();
            return Some(code);
        }
    };
    let ended = tokio::runtime::Runtime::new()
        .map_err(|error| Error::bug(format!("the program cannot start: {error}")))
        .and_then(|runtime| {
            runtime.block_on(async {
                match &parsed.command {
                    Command::Adopt(arguments) => adopt::run(arguments).await,
                    Command::Diagnose(arguments) => diagnose::run(arguments).await,
                }
            })
        });
    Some(match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    })
}

#[allow(clippy::print_stderr, reason = "this is the command's way to speak")]
fn complain(error: &Error) {
    eprintln!("error: {error}");
    // The advice of such errors is for programs, whose configuration no command reads.
    if matches!(error.kind(), ErrorKind::Credentials | ErrorKind::Invalid) {
        eprintln!(
            "A command does not read the configuration of a stack: use --region, --profile or environment variables."
        );
    }
}
