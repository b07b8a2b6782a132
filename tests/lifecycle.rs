//! The lifecycle of every resource, through the real server in memory with the emulator as AWS, on a paused clock: preview,
//! create, refresh, import, check and diff again, each in-place update, each replacement, delete.
// In a test, a failed unwrap is a test failure.
#![allow(clippy::unwrap_used)]

// Each test binary uses only part of the harness, and no other crate can use it.
#[allow(dead_code, unreachable_pub)]
mod harness {
    pub mod engine;
    pub mod monitor;
    pub mod network;
    pub mod server;
}
#[path = "support/logged.rs"]
mod logged;
#[path = "support/session.rs"]
mod session;
#[path = "support/subjects.rs"]
mod subjects;

use std::time::Duration;

use aws_emulator::{Emulator, Settings};
use harness::server::json as plain;
use logged::Logged;
use private_step_functions::package;
use prost_types::Struct;
use pulumi_provider::proto::DiffResponse;
use pulumi_provider::proto::diff_response::DiffChanges;
use pulumi_provider::proto::property_diff::Kind;
use serde_json::json;
use session::{Recorded, Session, keeps_promise, settle, visible};
use subjects::{Objects, Prerequisites, RESOURCES, SECRET, Subject, each_subject, made_since, objects, with};

macro_rules! lives {
    ($($name:ident: $label:literal, $operations:tt;)*) => { $(
        #[tokio::test(start_paused = true)]
        async fn $name() {
            life($label).await;
        }
    )* };
}

each_subject!(lives);

#[tokio::test(start_paused = true)]
async fn the_table_changes_every_property() {
    let prerequisites = Prerequisites::create(&Emulator::new(Settings::default())).await;
    let schema = package::schema("0.0.0").unwrap();
    for resource in schema.resources().filter(|resource| !resource.is_component) {
        let subjects = prerequisites.subjects();
        let ours: Vec<_> = subjects.iter().filter(|one| one.token == resource.token).collect();
        let main = ours.iter().filter(|one| RESOURCES.contains(&one.label)).count();
        assert_eq!(main, 1, "{} has one main subject", resource.token);
        for name in resource.inputs.properties.keys() {
            let changed = ours.iter().any(|one| {
                one.updates
                    .iter()
                    .chain(&one.replacements)
                    .any(|(changed, _)| changed == name)
            });
            // The emulator's default VPC has no IPv6, so only `ipv4` works there.
            let elsewhere = ["ipAddressType", "dnsRecordIpType"].contains(&name.as_str());
            assert!(changed || elsewhere, "{}: nothing changes {name}", resource.token);
        }
    }
}

async fn life(label: &str) {
    let logged = Logged::default();
    let _guard = logged.listen();
    let emulator = Emulator::new(Settings::default());
    let subject = Prerequisites::create(&emulator).await.subject(label);
    let life = Life {
        session: Session::start(&emulator, 1, json!({})).await,
        before: objects(&emulator),
        emulator,
        subject,
    };
    let made = life.create().await;
    life.refresh(&made).await;
    life.import(&made).await;
    life.check_again(&made).await;
    let changed = life.update(made).await;
    life.replacements(&changed).await;
    life.delete(changed).await;
    life.tells_no_secret();
    let logged = logged.text();
    assert!(logged.contains("create: done"), "nothing was logged: {logged}");
    assert!(!logged.contains(SECRET), "{logged}");
}

struct Life {
    session: Session,
    emulator: Emulator,
    /// The objects that existed before the test created any.
    before: Objects,
    subject: Subject,
}

impl Life {
    async fn create(&self) -> Recorded {
        let resource = self.subject.resource();
        let inputs = self.check(None, self.subject.inputs.clone()).await;
        let again = self.check(Some(&inputs), plain(&inputs)).await;
        assert_eq!(again, inputs, "Check of what was checked");
        let preview = self.session.preview_create(resource, &inputs).await;
        is_discreet(&preview);
        let made = self.session.create(resource, &inputs, 0.0).await.unwrap();
        is_discreet(&made.outputs);
        assert_eq!(keeps_promise(&preview, &made.outputs), Ok(()));
        assert_eq!(self.ids(), std::slice::from_ref(&made.id));
        made
    }

    /// Asserts that a refresh right after the create finds no difference and nothing to add.
    async fn refresh(&self, made: &Recorded) {
        let read = self.session.refresh(self.subject.resource(), made, 0.0).await.unwrap();
        let read = read.expect("it exists");
        assert_eq!(plain(&read.inputs), plain(&made.inputs));
        assert_eq!(plain(&read.outputs), plain(&made.outputs));
        is_discreet(&read.outputs);
        assert_none(&self.diff(&read, &made.inputs).await);
    }

    /// Asserts that the same program shows no change after an import, except for secrets that AWS does not return.
    async fn import(&self, made: &Recorded) {
        let read = self.session.import(self.subject.resource(), &made.id).await.unwrap();
        let read = read.expect("it exists");
        is_discreet(&read.outputs);
        let mut program = self.subject.inputs.clone();
        if let Some(name) = plain(&made.inputs).get("name") {
            program = with(&program, "name", name);
        }
        let inputs = self.check(Some(&read.inputs), program).await;
        let diff = self.diff(&read, &inputs).await;
        let other: Vec<_> = diff
            .diffs
            .iter()
            .filter(|name| !self.subject.write_only.contains(&name.as_str()))
            .collect();
        assert!(other.is_empty() && diff.replaces.is_empty(), "import: {diff:?}");
        // An import leaves them out as a whole, because they have values that AWS does not return.
        for (path, change) in &diff.detailed_diff {
            let is_left_out = self.subject.write_only.contains(&path.as_str()) && change.kind() == Kind::Add;
            assert!(is_left_out, "import: {path} is no secret: {diff:?}");
        }
    }

    async fn check_again(&self, made: &Recorded) {
        let again = self.check(Some(&made.inputs), self.subject.inputs.clone()).await;
        assert_eq!(plain(&again), plain(&made.inputs));
        assert_none(&self.diff(made, &again).await);
    }

    async fn update(&self, made: Recorded) -> Recorded {
        let (mut program, mut now) = (self.subject.inputs.clone(), made);
        for (name, value) in &self.subject.updates {
            program = with(&program, name, value);
            let inputs = self.check(Some(&now.inputs), program.clone()).await;
            let diff = self.diff(&now, &inputs).await;
            assert!(diff.replaces.is_empty(), "{name}: {diff:?}");
            assert!(diff.diffs.iter().any(|changed| changed == name), "{name}: {diff:?}");
            let resource = self.subject.resource();
            let preview = self.session.preview_update(resource, &now, &inputs).await;
            is_discreet(&preview);
            let updated = self.session.update(resource, &now, &inputs, 0.0).await;
            let updated = updated.unwrap_or_else(|status| panic!("{name}: {status:?}"));
            assert_eq!(keeps_promise(&preview, &updated.outputs), Ok(()), "{name}");
            assert_eq!(self.ids(), std::slice::from_ref(&now.id), "{name}");
            // Reads lag behind a change.
            tokio::time::sleep(Duration::from_secs(2)).await;
            let read = self.session.refresh(resource, &updated, 0.0).await.unwrap().unwrap();
            assert_eq!(plain(&read.inputs), plain(&updated.inputs), "{name}");
            assert_eq!(plain(&read.outputs), plain(&updated.outputs), "{name}");
            assert_none(&self.diff(&read, &inputs).await);
            now = updated;
        }
        now
    }

    async fn replacements(&self, made: &Recorded) {
        for (name, value) in &self.subject.replacements {
            let program = with(&self.subject.updated(), name, value);
            let inputs = self.check(Some(&made.inputs), program).await;
            let diff = self.diff(made, &inputs).await;
            assert!(!diff.replaces.is_empty(), "{name} replaces: {diff:?}");
            assert!(
                diff.replaces.iter().all(|path| path.starts_with(name)),
                "{name}: {diff:?}"
            );
            let kinds = diff.detailed_diff.values().map(|detail| detail.kind());
            let replacing = [Kind::AddReplace, Kind::UpdateReplace, Kind::DeleteReplace];
            assert!(kinds.clone().any(|kind| replacing.contains(&kind)), "{name}: {diff:?}");
        }
    }

    async fn delete(&self, made: Recorded) {
        let resource = self.subject.resource();
        self.session.delete(resource, &made, 0.0).await.unwrap();
        assert_eq!(self.ids(), Vec::<String>::new());
        let read = self.session.refresh(resource, &made, 0.0).await.unwrap();
        assert_eq!(read, None, "an empty answer says that it is gone");
        self.session.delete(resource, &made, 0.0).await.unwrap();
        settle().await;
        assert_eq!(objects(&self.emulator), self.before, "something was left behind");
    }

    fn tells_no_secret(&self) {
        let journal = serde_json::to_string(&self.emulator.journal()).unwrap();
        assert!(!journal.contains(SECRET), "{journal}");
        let shown = self.session.harness.engine.messages();
        assert!(!format!("{shown:?}").contains(SECRET), "{shown:?}");
    }

    async fn check(&self, olds: Option<&Struct>, news: serde_json::Value) -> Struct {
        let checked = self.session.check(self.subject.resource(), olds, news).await;
        is_discreet(&checked);
        checked
    }

    async fn diff(&self, old: &Recorded, inputs: &Struct) -> DiffResponse {
        self.session.diff(self.subject.resource(), old, inputs).await.unwrap()
    }

    fn ids(&self) -> Vec<String> {
        made_since(&self.emulator, &self.before, self.subject.kind)
    }
}

fn assert_none(diff: &DiffResponse) {
    assert_eq!(diff.changes(), DiffChanges::DiffNone, "{diff:?}");
    assert!(diff.diffs.is_empty() && diff.replaces.is_empty(), "{diff:?}");
}

fn is_discreet(properties: &Struct) {
    let text = visible(properties);
    assert!(!text.contains(SECRET), "{text}");
}
