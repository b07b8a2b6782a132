//! What somebody else changed in AWS: for each input of each resource, through the real server in memory, on a paused clock. An
//! update of another property leaves it alone, and no call mentions it; a refresh shows it, and the next update heals it;
//! `ignoreChanges` keeps it for good.
// In a test, what cannot be unwrapped is a failure.
#![allow(clippy::unwrap_used)]

// Each test binary uses a part of the harness, and nothing outside it can.
#[allow(dead_code, unreachable_pub)]
mod harness {
    pub mod engine;
    pub mod monitor;
    pub mod network;
    pub mod server;
}
#[path = "support/facts.rs"]
mod facts;
#[path = "strangers/rows.rs"]
mod rows;
#[path = "support/session.rs"]
mod session;
#[path = "support/subjects.rs"]
mod subjects;

use aws_emulator::journal::Entry;
use aws_emulator::{Emulator, Settings};
use facts::{is_read, secrets_of};
use harness::server::json as plain;
use private_step_functions::property::path::PropertyPath;
use private_step_functions::schema::{ObjectSchema, SCHEMA_JSON, Schema, Type};
use rows::{ELSEWHERE, Row, rows};
use serde_json::{Value as Json, json};
use session::{Recorded, Session, settle};
use subjects::{Ground, Subject, with};

#[tokio::test(start_paused = true)]
#[allow(clippy::print_stdout)] // one line that sums up
async fn what_somebody_else_changed_is_left_alone() {
    let count = rows(&Ground::lay(&Emulator::new(Settings::default())).await).len();
    let mut broken = Vec::new();
    for index in 0..count {
        if let Err(why) = try_row(index).await {
            broken.push(why);
        }
    }
    println!("{count} rows, {} broken", broken.len());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn every_input_has_a_row() {
    let ground = Ground::lay(&Emulator::new(Settings::default())).await;
    let (rows, subjects) = (rows(&ground), ground.subjects());
    let schema = Schema::parse(SCHEMA_JSON, "0.0.0").unwrap();
    for resource in schema.resources().filter(|resource| !resource.is_component) {
        let of_it = |row: &&Row| {
            subjects
                .iter()
                .any(|one| one.label == row.subject && one.token == resource.token)
        };
        let covered: Vec<_> = rows.iter().filter(of_it).map(|row| row.property).collect();
        let kind = resource.token.rsplit(':').next().unwrap();
        for leaf in leaves("", &resource.inputs) {
            let is_covered = covered
                .iter()
                .any(|property| leaf == *property || leaf.starts_with(&format!("{property}.")));
            let elsewhere = ELSEWHERE.iter().any(|(known, _)| *known == format!("{kind}.{leaf}"));
            assert!(
                is_covered != elsewhere,
                "{kind}.{leaf}: {}",
                if is_covered { "needs no excuse" } else { "no row" }
            );
        }
    }
}

/// The innermost inputs that can be changed in place.
fn leaves(at: &str, schema: &ObjectSchema) -> Vec<String> {
    let changeable = schema.properties.iter().filter(|(_, property)| !property.replace);
    let inside = |(name, property): (&String, &private_step_functions::schema::Property)| {
        let at = if at.is_empty() {
            name.clone()
        } else {
            format!("{at}.{name}")
        };
        match &property.kind {
            Type::Object(nested) => leaves(&at, nested),
            _ => vec![at],
        }
    };
    changeable.flat_map(inside).collect()
}

struct World {
    emulator: Emulator,
    session: Session,
    subject: Subject,
    row: Row,
}

async fn try_row(index: usize) -> Result<(), String> {
    let emulator = Emulator::new(Settings::default());
    let ground = Ground::lay(&emulator).await;
    let row = rows(&ground).into_iter().nth(index).unwrap();
    let world = World {
        session: Session::start(&emulator, 1, json!({})).await,
        subject: ground.subject(row.subject),
        emulator,
        row,
    };
    let Row {
        subject,
        property,
        foreign,
        beside,
        ..
    } = &world.row;
    let name = format!(
        "{subject}: {property} becomes {}, {} becomes {}",
        foreign.1, beside.0, beside.1
    );
    world.lives().await.map_err(|why| format!("{name}: {why}"))
}

impl World {
    async fn lives(&self) -> Result<(), String> {
        let which = self.subject.which();
        let program = self.row.program(&self.subject.inputs);
        let inputs = self.session.check(which, None, program.clone()).await;
        let made = self.session.create(which, &inputs, 0.0).await.unwrap();
        settle().await;
        let before = self.aspect(&made.id).await;
        self.stranger(&made, &program).await?;
        let theirs = self.aspect(&made.id).await;
        if theirs == before {
            return Err("nobody changed anything".to_owned());
        }

        let changed = with(&program, self.row.beside.0, &self.row.beside.1);
        let updated = self.update(&made, &changed).await?;
        self.is_still(&theirs, &updated, "after an update").await?;

        // With ignoreChanges the engine gives the recorded value, also that of a refresh.
        let read = self.session.refresh(which, &updated, 0.0).await.unwrap().unwrap();
        if !self.row.is_shared() {
            let ignoring = with(&changed, self.row.foreign.0, &plain(&read.inputs)[self.row.foreign.0]);
            let touched = self.touched(&read, &ignoring).await;
            if touched {
                return Err("it is a change although it is ignored".to_owned());
            }
            let ignoring = with(&ignoring, self.row.beside.0, &program[self.row.beside.0]);
            let kept = self.update(&read, &ignoring).await?;
            self.is_still(&theirs, &kept, "ignored, after a refresh").await?;
            let again = self
                .update(&kept, &with(&ignoring, self.row.beside.0, &self.row.beside.1))
                .await?;
            self.is_still(&theirs, &again, "ignored once more").await?;
        }

        if self.row.is_secret {
            return Ok(());
        }
        if !self.touched(&read, &changed).await {
            return Err("a refresh does not show it".to_owned());
        }
        let healed = self.send(&read, &changed).await?.0;
        let read = self.session.refresh(which, &healed, 0.0).await.unwrap().unwrap();
        match self.touched(&read, &changed).await {
            true => Err("it is not healed".to_owned()),
            false => Ok(()),
        }
    }

    /// Somebody else, with tools of their own, makes of the object what they want.
    async fn stranger(&self, made: &Recorded, program: &Json) -> Result<(), String> {
        let which = self.subject.which();
        let theirs = with(program, self.row.foreign.0, &self.row.foreign.1);
        let session = Session::start(&self.emulator, 9, json!({})).await;
        let inputs = session.check(which, Some(&made.inputs), theirs).await;
        let done = session.update(which, made, &inputs, 0.0).await;
        done.map_err(|failed| format!("somebody else: {}", failed.status.message()))?;
        settle().await;
        Ok(())
    }

    /// An update that mentions nothing of what somebody else has changed.
    async fn update(&self, old: &Recorded, program: &Json) -> Result<Recorded, String> {
        let (updated, calls) = self.send(old, program).await?;
        self.is_silent(&calls)?;
        Ok(updated)
    }

    async fn send(&self, old: &Recorded, program: &Json) -> Result<(Recorded, Vec<Entry>), String> {
        let which = self.subject.which();
        let inputs = self.session.check(which, Some(&old.inputs), program.clone()).await;
        let since = self.emulator.journal().len();
        let updated = self.session.update(which, old, &inputs, 0.0).await;
        let updated = updated.map_err(|failed| failed.status.message().to_owned())?;
        settle().await;
        Ok((updated, self.emulator.journal().split_off(since)))
    }

    /// No call that changes something mentions what somebody else has changed.
    fn is_silent(&self, calls: &[Entry]) -> Result<(), String> {
        let changes = calls.iter().filter(|call| !is_read(&call.operation));
        for call in changes {
            let said = call.parameters.to_string();
            if let Some(word) = self.row.silent.iter().find(|word| said.contains(**word)) {
                return Err(format!("{} mentions {word}: {said}", call.operation));
            }
        }
        Ok(())
    }

    async fn is_still(&self, theirs: &Json, ours: &Recorded, when: &str) -> Result<(), String> {
        let now = self.aspect(&ours.id).await;
        match holds(&now, theirs, self.row.is_shared()) {
            true => Ok(()),
            false => Err(format!("{when} it is {now} and no longer {theirs}")),
        }
    }

    /// The property in AWS, by a read that knows of nothing recorded, and the secrets.
    async fn aspect(&self, id: &str) -> Json {
        let found = self.session.import(self.subject.which(), id).await.unwrap().unwrap();
        let path: PropertyPath = self.row.property.parse().unwrap();
        let mut shown = plain(&found.inputs);
        for segment in path.to_string().split('.') {
            shown = shown.get(segment).cloned().unwrap_or_default();
        }
        match self.row.is_secret {
            true => json!(secrets_of(&self.emulator, id, self.row.property)),
            false => shown,
        }
    }

    /// Whether Diff names the property.
    async fn touched(&self, old: &Recorded, program: &Json) -> bool {
        let which = self.subject.which();
        let inputs = self.session.check(which, Some(&old.inputs), program.clone()).await;
        let diff = self.session.diff(which, old, &inputs).await.unwrap();
        diff.detailed_diff
            .keys()
            .any(|path| path.starts_with(self.row.foreign.0))
    }
}

/// Whether what somebody else made is there: just that, or besides what our program did to the same list.
fn holds(now: &Json, theirs: &Json, beside_ours: bool) -> bool {
    match (now, theirs) {
        (now, theirs) if now == theirs => true,
        (Json::Array(now), Json::Array(theirs)) if beside_ours => {
            let said = |item: &&Json| {
                item.to_string().contains("10.9.0.0")
                    || item.to_string().contains("9000")
                    || item.to_string().contains("theirs")
            };
            theirs.iter().filter(said).all(|item| now.contains(item))
        }
        (Json::Object(now), Json::Object(theirs)) if beside_ours => {
            theirs.get("theirs").is_some_and(|tag| now.get("theirs") == Some(tag))
        }
        _ => false,
    }
}
