//! A resource of the subjects table, prepared for one operation in an emulator of its own.
#![allow(dead_code)] // each test crate uses its own part

use aws_emulator::{Emulator, Settings};
use prost_types::Struct;
use serde_json::{Value as Json, json};
use tonic::Status;

use crate::harness::server::json as plain;
use crate::session::{Recorded, Session, settle};
use crate::subjects::{Objects, Prerequisites, Subject, objects};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Read,
    Update,
    Delete,
}

impl Operation {
    pub(crate) const ALL: [Self; 4] = [Self::Create, Self::Read, Self::Update, Self::Delete];
}

/// The result of an operation.
#[derive(Debug)]
pub(crate) enum Outcome {
    Done(Option<Recorded>),
    Failed {
        /// The state of a failed create or update that the engine records.
        recorded: Option<Recorded>,
        status: Status,
    },
}

pub(crate) struct Prepared {
    pub(crate) emulator: Emulator,
    pub(crate) session: Session,
    pub(crate) subject: Subject,
    /// The objects that exist besides the resource's own.
    pub(crate) before: Objects,
    /// The operation's checked inputs.
    pub(crate) inputs: Struct,
    /// What the engine recorded.
    pub(crate) old: Option<Recorded>,
}

impl Prepared {
    pub(crate) async fn new(label: &str, operation: Operation) -> Self {
        Self::with(label, operation, json!({}), |_, inputs| inputs).await
    }

    /// Prepares with this provider configuration. `program` returns what the program says instead of the table's inputs.
    pub(crate) async fn with(
        label: &str,
        operation: Operation,
        config: Json,
        program: impl Fn(&Subject, Json) -> Json,
    ) -> Self {
        // Use the same jitter in every run: the state at the time of an event must not depend on it.
        fastrand::seed(7);
        let emulator = Emulator::new(Settings::default());
        let subject = Prerequisites::create(&emulator).await.subject(label);
        let resource = subject.resource();
        let session = Session::start(&emulator, 1, config).await;
        let before = objects(&emulator);
        let first = program(&subject, subject.inputs.clone());
        let mut inputs = session.check(resource, None, first).await;
        let mut old = None;
        if operation != Operation::Create {
            let made = session.create(resource, &inputs, 0.0).await.unwrap();
            if operation == Operation::Update {
                let second = program(&subject, subject.updated());
                inputs = session.check(resource, Some(&made.inputs), second).await;
            }
            old = Some(made);
            settle().await;
        }
        Self {
            emulator,
            session,
            subject,
            before,
            inputs,
            old,
        }
    }

    /// Calls the operation.
    pub(crate) async fn operate(&self, operation: Operation, timeout: f64) -> Outcome {
        let resource = self.subject.resource();
        let failed = |status| Outcome::Failed { recorded: None, status };
        let Some(old) = &self.old else {
            return match self.session.create(resource, &self.inputs, timeout).await {
                Ok(made) => Outcome::Done(Some(made)),
                Err(failed) => Outcome::Failed {
                    recorded: failed.recorded,
                    status: failed.status,
                },
            };
        };
        match operation {
            Operation::Create => unreachable!("there is nothing yet"),
            Operation::Read => match self.session.refresh(resource, old, timeout).await {
                Ok(read) => Outcome::Done(read),
                Err(status) => failed(status),
            },
            Operation::Update => match self.session.update(resource, old, &self.inputs, timeout).await {
                Ok(updated) => Outcome::Done(Some(updated)),
                Err(failed) => Outcome::Failed {
                    recorded: failed.recorded,
                    status: failed.status,
                },
            },
            Operation::Delete => match self.session.delete(resource, old, timeout).await {
                Ok(()) => Outcome::Done(None),
                Err(status) => failed(status),
            },
        }
    }

    /// Calls the operation. Returns its error if it fails.
    pub(crate) async fn error_of(&self, operation: Operation, timeout: f64) -> Option<Status> {
        match self.operate(operation, timeout).await {
            Outcome::Done(_) => None,
            Outcome::Failed { status, .. } => Some(status),
        }
    }

    /// Calls the operation. Returns its error message if it fails.
    pub(crate) async fn message_of(&self, operation: Operation) -> Option<String> {
        let status = self.error_of(operation, 0.0).await;
        status.map(|status| status.message().to_owned())
    }

    /// Returns the id of the existing object.
    pub(crate) fn id(&self) -> &str {
        &self.old.as_ref().unwrap().id
    }

    /// Returns an output of the existing object.
    pub(crate) fn output(&self, name: &str) -> Json {
        plain(&self.old.as_ref().unwrap().outputs)[name].clone()
    }

    /// Returns the AWS calls of an operation without faults.
    pub(crate) async fn calls(&self, operation: Operation) -> Vec<String> {
        let since = self.emulator.journal().len();
        let outcome = self.operate(operation, 0.0).await;
        assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
        let calls = self.emulator.journal().split_off(since);
        calls.into_iter().map(|call| call.operation).collect()
    }
}
