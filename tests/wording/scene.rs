//! A resource of the subjects table in its own world, prepared for an operation.

use aws_emulator::{Emulator, Settings};
use prost_types::Struct;
use serde_json::{Value as Json, json};

use crate::harness::server::json as plain;
use crate::session::{Recorded, Session, settle};
use crate::subjects::{Prerequisites, Subject};

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

pub(crate) struct Scene {
    pub(crate) emulator: Emulator,
    pub(crate) session: Session,
    pub(crate) subject: Subject,
    inputs: Struct,
    old: Option<Recorded>,
}

impl Scene {
    pub(crate) async fn prepare(label: &str, operation: Operation) -> Self {
        // Use the same jitter in every run: the state at the time of an event must not depend on it.
        fastrand::seed(7);
        let emulator = Emulator::new(Settings::default());
        let subject = Prerequisites::create(&emulator).await.subject(label);
        let resource = subject.resource();
        let session = Session::start(&emulator, 1, json!({})).await;
        let mut inputs = session.check(resource, None, subject.inputs.clone()).await;
        let mut old = None;
        if operation != Operation::Create {
            let made = session.create(resource, &inputs, 0.0).await.unwrap();
            if operation == Operation::Update {
                inputs = session.check(resource, Some(&made.inputs), subject.updated()).await;
            }
            old = Some(made);
            settle().await;
        }
        Self {
            emulator,
            session,
            subject,
            inputs,
            old,
        }
    }

    /// Returns the id of the existing object.
    pub(crate) fn id(&self) -> &str {
        &self.old.as_ref().unwrap().id
    }

    /// Returns an output of the existing object.
    pub(crate) fn output(&self, name: &str) -> Json {
        plain(&self.old.as_ref().unwrap().outputs)[name].clone()
    }

    /// Calls the operation. Returns its error message if it fails.
    pub(crate) async fn operate(&self, operation: Operation) -> Result<(), String> {
        let resource = self.subject.resource();
        let Some(old) = &self.old else {
            let created = self.session.create(resource, &self.inputs, 0.0).await;
            return created.map(drop).map_err(|failed| failed.status.message().to_owned());
        };
        let done = match operation {
            Operation::Create => unreachable!("it exists"),
            Operation::Read => self.session.refresh(resource, old, 0.0).await.map(drop),
            Operation::Update => {
                let updated = self.session.update(resource, old, &self.inputs, 0.0).await;
                updated.map(drop).map_err(|failed| failed.status)
            }
            Operation::Delete => self.session.delete(resource, old, 0.0).await,
        };
        done.map_err(|status| status.message().to_owned())
    }

    /// Returns the AWS calls of an operation without faults, each once.
    pub(crate) async fn calls(&self, operation: Operation) -> Vec<String> {
        let since = self.emulator.journal().len();
        self.operate(operation).await.unwrap();
        let mut calls: Vec<String> = Vec::new();
        for call in self.emulator.journal().split_off(since) {
            if !calls.contains(&call.operation) {
                calls.push(call.operation);
            }
        }
        calls
    }
}
