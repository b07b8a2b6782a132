//! Runs one case: an operation with one fault. Checks its result, and resumes and completes the operation.

use std::time::Duration;

use aws_emulator::faults::FaultKind;
use pulumi_provider::proto::diff_response::DiffChanges;
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};
use tonic::Code;

use crate::cut::Cut;
use crate::harness::server::json as plain;
use crate::next::{self, Program};
use crate::prepared::{Operation, Outcome, Prepared};
use crate::session::{Recorded, Session, settle, visible};
use crate::subjects::{SECRET, made_since, objects};

/// How the engine continues after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resumption {
    /// The same call again in the same process, as error hooks do.
    SameProcess,
    /// The next `pulumi up`, in a new process.
    NextRun,
    /// The next `pulumi up` after an update, with this program. The flag says whether a refresh runs first.
    Up(Program, bool),
}

/// One case of the sweep.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    pub(crate) label: &'static str,
    pub(crate) operation: Operation,
    pub(crate) cut: Cut,
    pub(crate) nth: usize,
    pub(crate) call: &'a str,
    pub(crate) occurrence: usize,
}

/// The extra time that an operation may take beyond the user's custom timeout: it looks up the result of a lost response
/// then.
const MARGIN: Duration = Duration::from_secs(30);
/// The time limit of any other operation.
const LIMIT: Duration = Duration::from_secs(3 * 60 * 60);
/// The time limit for an operation to end after a cancellation.
const PROMPT: Duration = Duration::from_secs(15);

impl Case<'_> {
    /// Returns the ways to continue after this case. After a cancellation, the engine does not use the same process again.
    pub(crate) fn resumptions(&self) -> Vec<Resumption> {
        let ups = || {
            Program::ALL
                .iter()
                .flat_map(|program| [false, true].map(|refreshed| Resumption::Up(*program, refreshed)))
        };
        match (self.operation, self.cut) {
            (Operation::Update, cut) if cut.cancels() => ups().collect(),
            (Operation::Update, cut) if !cut.is_transient() => ups().chain([Resumption::SameProcess]).collect(),
            (_, cut) if cut.cancels() => vec![Resumption::NextRun],
            (Operation::Create, cut) if !cut.is_transient() => vec![Resumption::SameProcess, Resumption::NextRun],
            _ => vec![Resumption::SameProcess],
        }
    }

    pub(crate) async fn run(&self, resumption: Resumption) -> Result<(), String> {
        let config = match self.cut.repeats() {
            true => json!({}),
            false => json!({ "maxRetries": 0 }),
        };
        let prepared = Prepared::with(self.label, self.operation, config, |_, inputs| inputs).await;
        let since = prepared.emulator.journal().len();
        if let Some(fault) = self.cut.fault(self.call, self.occurrence, self.nth) {
            prepared.emulator.inject(fault);
        }
        let began = Instant::now();
        let limit = match self.cut.timeout() {
            0.0 => LIMIT,
            timeout => Duration::from_secs_f64(timeout) + MARGIN,
        };
        let running = timeout(limit, prepared.operate(self.operation, self.cut.timeout()));
        let (outcome, cancelled) = tokio::join!(running, self.cancel(&prepared, since));
        let outcome = outcome.map_err(|_| format!("it has not ended after {limit:?}"))?;
        let late = cancelled.unwrap_or(began).elapsed();
        prepared.emulator.clear_faults();
        if cancelled.is_some() && late > PROMPT {
            return Err(format!("it ended {late:?} after it was cancelled"));
        }
        let outcome = self.judge(&prepared, outcome)?;
        let mut run = Run {
            prepared,
            is_in_doubt: false,
        };
        run.resume(self, outcome, resumption).await?;
        run.end().await
    }

    /// Cancels at the call, if the case cancels. Returns when.
    async fn cancel(&self, prepared: &Prepared, since: usize) -> Option<Instant> {
        if !self.cut.cancels() {
            return None;
        }
        let called = async {
            while prepared.emulator.journal().len() <= since + self.nth {
                sleep(Duration::from_millis(1)).await;
            }
        };
        // The operation may make fewer calls than in the recording, because timing varies.
        timeout(Duration::from_secs(600), called).await.ok()?;
        sleep(self.cut.cancel_after()).await;
        prepared.session.cancel().await;
        Some(Instant::now())
    }

    /// Reports whether a delete call fails once with an error that does not say what blocks the delete. Each resource
    /// retries that.
    fn is_delete_worth_repeating(&self) -> bool {
        let passes = matches!(self.cut, Cut::Bare(kind) if kind != FaultKind::AccessDenied);
        self.operation == Operation::Delete && self.call.starts_with("Delete") && passes
    }

    /// Checks that the error has what a user needs and that no object is lost.
    fn judge(&self, prepared: &Prepared, outcome: Outcome) -> Result<Outcome, String> {
        let Outcome::Failed { recorded, status } = &outcome else {
            return Ok(outcome);
        };
        let text = status.message();
        if self.cut.is_transient() || self.is_delete_worth_repeating() {
            return Err(format!("it failed: {text}"));
        }
        if format!("{status:?}").contains(SECRET) && recorded.is_none() || text.contains(SECRET) {
            return Err(format!("it tells a secret: {text}"));
        }
        let doing = match self.operation {
            Operation::Create => "creating",
            Operation::Read => "reading",
            Operation::Update => "updating",
            Operation::Delete => "deleting",
        };
        if !text.starts_with(doing) || !names(prepared).iter().any(|name| text.contains(name.as_str())) {
            return Err(format!("it does not say what failed: {text}"));
        }
        if status.code() == Code::Internal {
            return Err(format!("it looks like a bug: {text}"));
        }
        if let Some(recorded) = recorded {
            let told = [&recorded.inputs, &recorded.outputs].map(visible).concat();
            if told.contains(SECRET) {
                return Err(format!("it tells a secret: {told}"));
            }
        }
        if self.operation != Operation::Create {
            return Ok(outcome);
        }
        let exist = ids(prepared);
        match recorded {
            Some(recorded) => match exist.as_slice() {
                [only] if *only == recorded.id => Ok(outcome),
                _ => Err(format!("{} is recorded, {exist:?} exist: {text}", recorded.id)),
            },
            None if exist.is_empty() => Ok(outcome),
            // Then the error must say that an object may exist.
            None if self.cut.leaves_doubt() && status.code() == Code::Unknown => Ok(outcome),
            None => Err(format!("{exist:?} is lost ({:?}): {text}", status.code())),
        }
    }
}

/// One run of a case.
struct Run {
    prepared: Prepared,
    /// Whether an unrecorded object may exist, and the error said so.
    is_in_doubt: bool,
}

impl Run {
    /// Resumes after a failure. Checks that the result is the same as without one.
    async fn resume(&mut self, case: &Case<'_>, outcome: Outcome, resumption: Resumption) -> Result<(), String> {
        let done = match outcome {
            Outcome::Done(done) => done,
            Outcome::Failed { recorded, .. } => {
                if resumption != Resumption::SameProcess {
                    // By then, reads in AWS show recent changes.
                    sleep(Duration::from_secs(2)).await;
                    self.prepared.session = Session::start(&self.prepared.emulator, 2, json!({})).await;
                }
                match (case.operation, resumption) {
                    (_, Resumption::Up(program, refreshed)) => {
                        let failed = recorded.is_some();
                        let old = recorded.or_else(|| self.prepared.old.take()).unwrap();
                        let how = (program, refreshed);
                        Some(
                            next::up(
                                &self.prepared.emulator,
                                &self.prepared.session,
                                &self.prepared.subject,
                                old,
                                failed,
                                how,
                            )
                            .await?,
                        )
                    }
                    (Operation::Create, Resumption::NextRun) => match self.next_run(recorded).await? {
                        Some(made) => Some(made),
                        None => {
                            self.is_in_doubt = true;
                            return Ok(());
                        }
                    },
                    _ => match self.prepared.operate(case.operation, 0.0).await {
                        Outcome::Done(done) => {
                            if let (Some(recorded), Some(done)) = (recorded, &done)
                                && recorded.id != done.id
                            {
                                return Err(format!("{} was begun, {} is made", recorded.id, done.id));
                            }
                            done
                        }
                        Outcome::Failed { status, .. } => return Err(format!("again: {}", status.message())),
                    },
                }
            }
        };
        match (case.operation, done) {
            (Operation::Delete, _) => self.prepared.old = None,
            (_, None) => return Err("it answers that it does not exist".to_owned()),
            (_, done) => self.prepared.old = done,
        }
        Ok(())
    }

    /// Runs the next `pulumi up` after a failed create. Returns `None` if an unrecorded object exists.
    async fn next_run(&self, recorded: Option<Recorded>) -> Result<Option<Recorded>, String> {
        let resource = self.prepared.subject.resource();
        let Some(old) = recorded else {
            // The error said that the object may exist. Another run does not adopt it, because it could belong to somebody
            // else.
            if !ids(&self.prepared).is_empty() {
                return Ok(None);
            }
            let inputs = self
                .prepared
                .session
                .check(resource, None, self.prepared.subject.inputs.clone())
                .await;
            return match self.prepared.session.create(resource, &inputs, 0.0).await {
                Ok(made) => Ok(Some(made)),
                Err(failed) => Err(format!("next run: {}", failed.status.message())),
            };
        };
        let inputs = self
            .prepared
            .session
            .check(resource, Some(&old.inputs), self.prepared.subject.inputs.clone())
            .await;
        let diff = self.prepared.session.diff(resource, &old, &inputs).await.unwrap();
        if !diff.replaces.is_empty() {
            return Err(format!("next run: it would be replaced: {diff:?}"));
        }
        // The engine updates a resource that failed to initialize, whatever Diff returns.
        let updated = self.prepared.session.update(resource, &old, &inputs, 0.0).await;
        updated
            .map(Some)
            .map_err(|failed| format!("next run: {}", failed.status.message()))
    }

    /// Checks that either no object or exactly the recorded one exists, then deletes it and checks that nothing is left.
    async fn end(&self) -> Result<(), String> {
        let resource = self.prepared.subject.resource();
        let Some(old) = &self.prepared.old else {
            settle().await;
            return match self.is_in_doubt {
                true => Ok(()),
                false => self.nothing_left(),
            };
        };
        let exist = ids(&self.prepared);
        if exist != std::slice::from_ref(&old.id) {
            return Err(format!("{} is recorded, {exist:?} exist", old.id));
        }
        settle().await;
        let session = Session::start(&self.prepared.emulator, 3, json!({})).await;
        let read = session
            .refresh(resource, old, 0.0)
            .await
            .map_err(|status| status.message().to_owned())?;
        let read = read.ok_or("it does not exist at the end")?;
        if plain(&read.outputs) != plain(&old.outputs) || plain(&read.inputs) != plain(&old.inputs) {
            return Err(format!(
                "it is {} and recorded as {}",
                visible(&read.outputs),
                visible(&old.outputs)
            ));
        }
        next::secrets(&self.prepared.emulator, &self.prepared.subject, &old.inputs)?;
        let diff = session.diff(resource, &read, &old.inputs).await.unwrap();
        if diff.changes() != DiffChanges::DiffNone {
            return Err(format!("a difference at the end: {diff:?}"));
        }
        session
            .delete(resource, old, 0.0)
            .await
            .map_err(|status| status.message().to_owned())?;
        settle().await;
        self.nothing_left()
    }

    fn nothing_left(&self) -> Result<(), String> {
        let left: Vec<_> = objects(&self.prepared.emulator)
            .difference(&self.prepared.before)
            .cloned()
            .collect();
        match left.is_empty() {
            true => Ok(()),
            false => Err(format!("left behind: {left:?}")),
        }
    }
}

fn ids(prepared: &Prepared) -> Vec<String> {
    made_since(&prepared.emulator, &prepared.before, prepared.subject.kind)
}

/// Returns the names that an error may use for the object.
fn names(prepared: &Prepared) -> Vec<String> {
    let inputs = plain(&prepared.inputs);
    let mut names = vec![inputs[prepared.subject.named_by].as_str().unwrap().to_owned()];
    names.extend(prepared.old.as_ref().map(|old| old.id.clone()));
    names
}
