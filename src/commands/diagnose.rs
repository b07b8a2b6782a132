//! `diagnose`: why a private connection does not work, one line a step.

use std::fmt::Write as _;

use pulumi_provider::error::Error;
use pulumi_provider::resource::Clients;

use super::Place;
use crate::diagnosis::{self, Diagnosis, Outcome};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The name or the ARN of the EventBridge connection
    connection: String,
    /// Print JSON, with the same members as the function diagnoseConnection
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

/// Prints the diagnosis, and reports whether no step fails.
#[allow(clippy::print_stdout, reason = "this is the command's answer")]
pub(super) async fn run(arguments: &Arguments) -> Result<bool, Error> {
    let aws = arguments.place.open();
    let found = diagnosis::connection(&aws, &arguments.connection).await;
    let found = found.map_err(|error| aws.explain(error))?;
    if arguments.json {
        let text = serde_json::to_string_pretty(&found);
        println!("{}", text.map_err(|error| Error::bug(error.to_string()))?);
    } else {
        print!("{}", text(&found));
    }
    Ok(found.works)
}

fn text(found: &Diagnosis) -> String {
    let width = found.steps.iter().map(|step| step.step.len()).max().unwrap_or_default();
    let mut text = String::new();
    for step in &found.steps {
        let outcome = match step.outcome {
            Outcome::Ok => "ok",
            Outcome::Warn => "warn",
            Outcome::Fail => "FAIL",
            Outcome::Unknown => "unknown",
        };
        let _ = writeln!(text, "{outcome:<8} {:<width$}  {}", step.step, step.seen);
        if !step.fix.is_empty() {
            let _ = writeln!(text, "{:<8} {:<width$}  -> {}", "", "", step.fix);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::Step;

    #[test]
    fn a_diagnosis_is_a_line_for_each_step() {
        let step = |step, outcome, seen: &str, fix: &str| Step {
            step,
            outcome,
            seen: seen.to_owned(),
            fix: fix.to_owned(),
        };
        let found = Diagnosis {
            connection_name: "orders".to_owned(),
            connection_arn: Some("arn".to_owned()),
            connection_state: Some("ACTIVE".to_owned()),
            works: false,
            steps: vec![
                step("connection", Outcome::Ok, "orders is ACTIVE", ""),
                step(
                    "security groups",
                    Outcome::Fail,
                    "no rule of sg-1 lets TCP out",
                    "Add a rule",
                ),
            ],
        };
        insta::assert_snapshot!(text(&found), @r"
        ok       connection       orders is ACTIVE
        FAIL     security groups  no rule of sg-1 lets TCP out
                                  -> Add a rule
        ");
    }
}
