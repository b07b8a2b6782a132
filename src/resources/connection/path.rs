//! Looks for the cause of a connection's trouble on its path, with the steps of the [diagnosis]. Best effort: what
//! cannot be read has no effect.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pulumi_provider::resource::Clients as _;
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use super::{Inputs, Live, ready};
use crate::aws::Aws;
use crate::diagnosis::{self, Diagnosis, Outcome, Step};

/// How long the reads may take.
const LIMIT: Duration = Duration::from_secs(10);
/// When a wait looks for the cause. Connections with an API key or a password were seen to be ready after some minutes, and ones with
/// a private authorization server after 20.
const SLOW_AFTER: Duration = Duration::from_secs(5 * 60);

/// What to look for at a host of which AWS shows nothing.
pub(super) const HOST: &str = "Check that its name is in public DNS, that its certificate is publicly trusted, and that it answers on the \
                               port of the URL";

/// What the path shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The step, what is there, and what to do.
    At(String),
    /// Every step is good, but AWS does not show the host.
    Host,
    /// Every step is good.
    None,
    /// Some steps could not be read.
    Unknown,
}

/// Looks at the path of a connection.
pub(super) async fn look(cx: &Cx<Aws>, inputs: &Inputs) -> Cause {
    cx.clients().look_anew();
    // Every wait for a connection has room for this, although few use it.
    let reads = Box::pin(diagnosis::connection(cx.clients(), &inputs.name));
    match cx.aside(LIMIT, reads).await {
        Some(Ok(found)) => judge(found),
        _ => Cause::Unknown,
    }
}

fn judge(found: Diagnosis) -> Cause {
    // The state of the connection is the trouble, and not its cause.
    let mut steps = found.steps;
    steps.retain(|step| !["connection", "credentials"].contains(&step.step));
    let with = |outcome| steps.iter().find(|step| step.outcome == outcome);
    match with(Outcome::Fail).or_else(|| with(Outcome::Warn)) {
        Some(Step { step, seen, fix, .. }) => Cause::At(format!("{step}: {seen}. {fix}")),
        _ if steps
            .iter()
            .any(|step| step.outcome == Outcome::Unknown && step.step != "target") =>
        {
            Cause::Unknown
        }
        _ if with(Outcome::Unknown).is_some() => Cause::Host,
        _ => Cause::None,
    }
}

/// Tells the likely cause of a wait that takes long, once.
pub(super) struct Slow {
    began: Instant,
    told: AtomicBool,
}

impl Slow {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            told: AtomicBool::new(false),
        }
    }

    /// Warns if a private connection has been in progress for long.
    pub(super) async fn watch(&self, cx: &Cx<Aws>, inputs: &Inputs, live: &Live) {
        let state = ready::state(live);
        let waits = matches!(state, "CREATING" | "UPDATING" | "AUTHORIZING");
        if !waits
            || !inputs.is_private()
            || self.began.elapsed() < SLOW_AFTER
            || self.told.swap(true, Ordering::Relaxed)
        {
            return;
        }
        let cause = match look(cx, inputs).await {
            Cause::At(cause) => format!("The likely cause: {cause}"),
            _ if inputs.has_private_oauth() => {
                format!("With a private authorization server this takes up to 20 minutes. {HOST}")
            }
            Cause::Host => format!("Every step of its path that AWS shows is as it should be. {HOST}"),
            Cause::None => "Every step of its path that AWS shows is as it should be".to_owned(),
            Cause::Unknown => format!("Its path could not be read. {HOST}"),
        };
        if cx.is_cancelled() {
            return;
        }
        let minutes = self.began.elapsed().as_secs() / 60;
        cx.warn(&format!(
            "the connection \"{}\" has been {state} for {minutes} minutes, and the provider goes on waiting. {cause}",
            inputs.name
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(steps: &[(&'static str, Outcome)]) -> Diagnosis {
        let step = |(step, outcome): &(&'static str, Outcome)| Step {
            step,
            outcome: *outcome,
            seen: format!("{step} {outcome:?}"),
            fix: "Mend it".to_owned(),
        };
        Diagnosis {
            connection_name: "orders".to_owned(),
            connection_arn: Some("arn".to_owned()),
            connection_state: Some("FAILED_CONNECTIVITY".to_owned()),
            works: false,
            steps: steps.iter().map(step).collect(),
        }
    }

    #[test]
    fn the_first_step_that_fails_is_the_likely_cause() {
        let at = |text: &str| Cause::At(text.to_owned());
        let state = ("connection", Outcome::Fail);
        let groups = ("security groups", Outcome::Fail);
        let rows: [(&[_], _); 6] = [
            (
                &[state, ("association", Outcome::Warn), groups],
                at("security groups: security groups Fail. Mend it"),
            ),
            (
                &[state, ("association", Outcome::Warn)],
                at("association: association Warn. Mend it"),
            ),
            (&[state, ("credentials", Outcome::Warn)], Cause::None),
            (&[state, ("target", Outcome::Ok)], Cause::None),
            (&[state, ("target", Outcome::Unknown)], Cause::Host),
            (&[state, ("subnets", Outcome::Unknown)], Cause::Unknown),
        ];
        for (steps, cause) in rows {
            assert_eq!(judge(found(steps)), cause);
        }
    }
}
