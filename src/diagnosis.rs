//! Why a private connection does not work: follows the path from the connection to its target, and says at each step what is there
//! and what would be right. It only reads.
//!
//! ```text
//! connection ─> association ─> resource configuration ─> resource gateway ─> subnets, security groups ─> target
//! ```
//!
//! The connection may belong to anybody: nothing here needs the state of a stack.

mod connection;
mod gateway;
mod path;
mod target;

use pulumi_provider::error::Error;
use serde::Serialize;

pub(crate) use self::connection::name as connection_name;
use crate::aws::Aws;

/// What a step of the path turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is as it should be.
    Ok,
    /// It may be the cause.
    Warn,
    /// It is a cause: nothing gets past this step.
    Fail,
    /// It could not be looked at.
    Unknown,
}

/// One step of the path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The part of the path: `connection`, `credentials`, `association`, `resource configuration`, `resource gateway`, `subnets`,
    /// `security groups`, `target`.
    pub step: &'static str,
    /// What it turned out to be.
    pub outcome: Outcome,
    /// What was seen there.
    pub seen: String,
    /// What to do about it; empty if there is nothing to do.
    pub fix: String,
}

/// The path of one connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnosis {
    /// The name of the connection.
    pub connection_name: String,
    /// Its ARN; `None` if it does not exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_arn: Option<String>,
    /// Its state, as EventBridge shows it; `None` if it does not exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_state: Option<String>,
    /// Whether no step fails.
    pub works: bool,
    /// The steps, from the connection to the target.
    pub steps: Vec<Step>,
}

/// The steps found so far.
#[derive(Debug, Default)]
struct Steps(Vec<Step>);

impl Steps {
    fn ok(&mut self, step: &'static str, seen: impl Into<String>) {
        self.add(step, Outcome::Ok, seen, "");
    }

    fn warn(&mut self, step: &'static str, seen: impl Into<String>, fix: impl Into<String>) {
        self.add(step, Outcome::Warn, seen, fix);
    }

    fn fail(&mut self, step: &'static str, seen: impl Into<String>, fix: impl Into<String>) {
        self.add(step, Outcome::Fail, seen, fix);
    }

    /// Adds a step that fails, in the place of the same step if that was good so far. If it failed before, this says no more.
    fn fail_instead(&mut self, step: &'static str, seen: impl Into<String>, fix: impl Into<String>) {
        let last = self.0.iter().rposition(|one| one.step == step);
        match last.and_then(|at| self.0.get_mut(at)) {
            Some(one) if one.outcome == Outcome::Ok => {
                (one.outcome, one.seen, one.fix) = (Outcome::Fail, seen.into(), with_page(step, fix.into()));
            }
            Some(one) if one.outcome == Outcome::Fail => {}
            _ => self.fail(step, seen, fix),
        }
    }

    /// Adds a step that could not be looked at.
    fn unknown(&mut self, step: &'static str, error: &Error) {
        self.add(step, Outcome::Unknown, error.to_string(), "");
    }

    fn add(&mut self, step: &'static str, outcome: Outcome, seen: impl Into<String>, fix: impl Into<String>) {
        let fix = match outcome {
            Outcome::Fail | Outcome::Warn => with_page(step, fix.into()),
            Outcome::Ok | Outcome::Unknown => fix.into(),
        };
        self.0.push(Step {
            step,
            outcome,
            seen: seen.into(),
            fix,
        });
    }
}

/// Adds to the advice the page of AWS about the step, unless the advice names one.
fn with_page(step: &str, fix: String) -> String {
    let page = match step {
        "connection" | "credentials" => "eventbridge/latest/userguide/eb-target-connection-states.html",
        "association" => "eventbridge/latest/userguide/connection-private.html",
        "resource configuration" => "vpc-lattice/latest/ug/resource-configuration.html",
        "target" => "eventbridge/latest/userguide/connection-private-rc-provider.html",
        _ => "vpc-lattice/latest/ug/resource-gateway.html",
    };
    match fix.is_empty() || fix.contains("https://") {
        true => fix,
        false => format!("{fix} (https://docs.aws.amazon.com/{page})"),
    }
}

/// Diagnoses the connection with this name or ARN. That it does not exist is a diagnosis too: a program may ask in the preview that
/// comes before the connection.
///
/// # Errors
/// The connection cannot be read.
pub async fn connection(aws: &Aws, name_or_arn: &str) -> Result<Diagnosis, Error> {
    let mut steps = Steps::default();
    let name = connection::name(name_or_arn);
    let live = connection::find(aws, name, name_or_arn, &mut steps).await?;
    if let Some(live) = &live {
        connection::judge(live, &mut steps);
        for way in connection::private_ways(live) {
            path::follow(aws, &way, &mut steps).await;
        }
    }
    let live = live.as_ref();
    Ok(Diagnosis {
        connection_name: name.to_owned(),
        connection_arn: live.and_then(|live| live.connection_arn()).map(str::to_owned),
        connection_state: live
            .and_then(|live| live.connection_state())
            .map(|state| state.as_str().to_owned()),
        works: steps.0.iter().all(|step| step.outcome != Outcome::Fail),
        steps: steps.0,
    })
}
