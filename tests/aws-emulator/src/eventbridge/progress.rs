//! The state changes of a connection after the call that started them.
//!
//! Facts: docs/aws-behavior.md, Connection, States; EventBridge user guide, "Connection states":
//!
//! | target | path |
//! |---|---|
//! | public, API key or basic | AUTHORIZED at once; an update passes through UPDATING, in the recorded mode it does not |
//! | public, OAuth | AUTHORIZING, AUTHORIZED |
//! | public, OAuth endpoint private | CREATING, AUTHORIZING (long), AUTHORIZED |
//! | private | CREATING, AUTHORIZING, AUTHORIZED for a moment (in the recorded mode for long, or for good), ACTIVE |
//!
//! AUTHORIZING may end in FAILED_CONNECTIVITY or DEAUTHORIZED instead.

use std::time::Duration;

use super::connection::{Body, Connection};
use super::target;
use crate::accounts::Accounts;
use crate::mode::Mode;
use crate::operation::CallCx;
use crate::timings;

/// The steps to take, each with the time before it.
pub(super) type Steps = Vec<(Duration, Step)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Enters a state.
    Enter(&'static str),
    /// Ends AUTHORIZING with success or failure. A failure ends all steps.
    Authorize,
}

/// Returns the steps of a connection that authorizes again, after its first state.
pub(super) fn authorization(accounts: &mut Accounts, cx: &CallCx, body: &Body) -> Steps {
    let mode = accounts.settings.mode;
    let stays_authorized = mode.is_recorded() && target::stays_authorized(accounts, body);
    let quarter = timings::CONNECTION_PRIVATE / 4;
    // A token from a private endpoint takes longest: up to 20 minutes (docs/aws-behavior.md, Connection).
    let authorizing = if body.oauth.is_some() {
        timings::CONNECTION_PRIVATE * 2
    } else {
        quarter * 2
    };
    let settling = match mode {
        Mode::Cautious => quarter,
        Mode::Recorded => timings::CONNECTION_STAYS_AUTHORIZED,
    };
    match (&body.invocation, &body.oauth) {
        // A key that cannot be used shows only afterwards.
        (None, None) if body.state == "AUTHORIZED" && target::judge_key(accounts, cx, body).is_ok() => Vec::new(),
        (None, None) => vec![(timings::CONNECTION_AUTHORIZE, Step::Authorize)],
        (None, Some(_)) => vec![(quarter, Step::Enter("AUTHORIZING")), (authorizing, Step::Authorize)],
        (Some(_), _) => vec![(quarter, Step::Enter("AUTHORIZING")), (authorizing, Step::Authorize)]
            .into_iter()
            .chain((!stays_authorized).then_some((settling, Step::Enter("ACTIVE"))))
            .collect(),
    }
}

/// Starts the steps, and stops those of an earlier operation.
pub(super) fn start(accounts: &mut Accounts, cx: &CallCx, name: &str, steps: Steps) {
    let Some(connection) = accounts.region(cx).eventbridge.connections.get_mut(name) else {
        return;
    };
    connection.generation += 1;
    let run = Run {
        cx: cx.clone(),
        name: name.to_owned(),
        arn: connection.arn.clone(),
        generation: connection.generation,
    };
    run.wait_for_next(accounts, steps);
}

struct Run {
    cx: CallCx,
    name: String,
    arn: String,
    generation: u64,
}

impl Run {
    fn wait_for_next(self, accounts: &mut Accounts, mut steps: Steps) {
        if steps.is_empty() {
            return;
        }
        let (delay, step) = steps.remove(0);
        accounts.after(delay, move |accounts| {
            if self.take(accounts, step) {
                self.wait_for_next(accounts, steps);
            }
        });
    }

    /// Takes a step. Returns whether the steps continue.
    fn take(&self, accounts: &mut Accounts, step: Step) -> bool {
        let Some(body) = self.connection(accounts).map(|c| c.body.current().clone()) else {
            return false;
        };
        let now = accounts.timestamp();
        let end = match step {
            Step::Enter(state) => Ok(state),
            Step::Authorize => target::judge(accounts, &self.cx, &body).map(|()| "AUTHORIZED"),
        };
        let Some(connection) = self.connection(accounts) else {
            return false;
        };
        let body = connection.body.current_mut();
        let goes_on = end.is_ok();
        match end {
            Ok(state) => body.state = state,
            Err((state, reason)) => (body.state, body.reason) = (state, Some(reason)),
        }
        if step == Step::Authorize && goes_on {
            body.authorized_at = Some(now);
        }
        goes_on
    }

    /// Returns the connection, unless a new one has its name or another operation started on it.
    fn connection<'w>(&self, accounts: &'w mut Accounts) -> Option<&'w mut Connection> {
        let found = accounts.region(&self.cx).eventbridge.connections.get_mut(&self.name);
        found.filter(|c| c.arn == self.arn && c.generation == self.generation)
    }
}
