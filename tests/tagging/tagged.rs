//! One resource that has tags, in an emulator of its own.

use std::collections::BTreeMap;

use aws_emulator::journal::Entry;
use aws_emulator::{Emulator, Settings};
use pulumi_provider::proto::diff_response::DiffChanges;
use serde_json::{Value as Json, json};

use crate::session::{Recorded, Session, settle};
use crate::subjects::{Objects, Prerequisites, Subject, made_since, objects, with};

/// Returns the label of the main subject of each resource that has tags.
pub(crate) async fn labels_with_tags() -> Vec<&'static str> {
    let prerequisites = Prerequisites::create(&Emulator::new(Settings::default())).await;
    let subjects = prerequisites.with_input("tags").into_iter();
    subjects.map(|subject| subject.label).collect()
}

pub(crate) struct Tagged {
    pub(crate) emulator: Emulator,
    pub(crate) subject: Subject,
    before: Objects,
}

impl Tagged {
    pub(crate) async fn of(label: &str) -> Self {
        let emulator = Emulator::new(Settings::default());
        let subject = Prerequisites::create(&emulator).await.subject(label);
        let before = objects(&emulator);
        Self {
            emulator,
            subject,
            before,
        }
    }

    /// Starts another process of the provider with this configuration.
    pub(crate) async fn session(&self, seed: u8, config: Json) -> Session {
        Session::start(&self.emulator, seed, config).await
    }

    /// Returns a program with these tags.
    pub(crate) fn program(&self, tags: &Json) -> Json {
        with(&self.subject.inputs, "tags", tags)
    }

    pub(crate) async fn create(&self, session: &Session, tags: &Json) -> Recorded {
        let resource = self.subject.resource();
        let inputs = session.check(resource, None, self.program(tags)).await;
        let made = session.create(resource, &inputs, 0.0).await.unwrap();
        settle().await;
        made
    }

    pub(crate) async fn update(&self, session: &Session, old: &Recorded, tags: &Json) -> Recorded {
        let resource = self.subject.resource();
        let inputs = session.check(resource, Some(&old.inputs), self.program(tags)).await;
        let updated = session.update(resource, old, &inputs, 0.0).await.unwrap();
        settle().await;
        updated
    }

    pub(crate) async fn refresh(&self, session: &Session, old: &Recorded) -> Recorded {
        let read = session.refresh(self.subject.resource(), old, 0.0).await.unwrap();
        read.expect("it exists")
    }

    /// Returns the paths that differ between the recorded state and a program with these tags.
    pub(crate) async fn diff(&self, session: &Session, old: &Recorded, tags: &Json) -> Vec<String> {
        let resource = self.subject.resource();
        let inputs = session.check(resource, Some(&old.inputs), self.program(tags)).await;
        let diff = session.diff(resource, old, &inputs).await.unwrap();
        let paths: Vec<_> = diff.detailed_diff.keys().cloned().collect();
        assert_eq!(paths.is_empty(), diff.changes() == DiffChanges::DiffNone, "{diff:?}");
        paths
    }

    /// Sets the object's tags to these, as somebody else would. The ownership tags stay.
    pub(crate) async fn stranger(&self, made: &Recorded, tags: &Json) {
        let session = self.session(9, json!({})).await;
        let seen = self.refresh(&session, made).await;
        self.update(&session, &seen, tags).await;
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        made_since(&self.emulator, &self.before, self.subject.kind)
    }

    /// Returns all tags of the object in AWS.
    pub(crate) fn in_aws(&self, made: &Recorded) -> BTreeMap<String, String> {
        let rows = self.emulator.beyond_start();
        let row = rows.iter().find(|row| row.id == made.id).unwrap();
        let text = |value: &Json| value.as_str().unwrap().to_owned();
        match &row.detail["tags"] {
            Json::Array(tags) => tags
                .iter()
                .map(|tag| (text(&tag["Key"]), text(&tag["Value"])))
                .collect(),
            Json::Object(tags) => tags.iter().map(|(key, value)| (key.clone(), text(value))).collect(),
            other => panic!("{} has the tags {other}", self.subject.label),
        }
    }

    /// Returns the same without the ownership tags.
    pub(crate) fn theirs_in_aws(&self, made: &Recorded) -> Json {
        let mut tags = self.in_aws(made);
        tags.retain(|key, _| !key.starts_with("private-step-functions:"));
        json!(tags)
    }

    pub(crate) fn calls_since(&self, since: usize) -> Vec<Entry> {
        self.emulator.journal().split_off(since)
    }
}
