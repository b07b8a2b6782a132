//! Drift: somebody else changes an input of an object in AWS. For each input of each resource, through the real server in
//! memory, on a paused clock: An update of another property leaves the changed input alone, and no call mentions it, even
//! if that update fails half-way and is repeated. A refresh shows the change, and the next update reverts it.
//! `ignoreChanges` keeps it.
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
#[path = "support/facts.rs"]
mod facts;
#[path = "foreign/rows.rs"]
mod rows;
#[path = "support/session.rs"]
mod session;
#[path = "support/subjects.rs"]
mod subjects;

use aws_emulator::faults::{Fault, FaultKind};
use aws_emulator::journal::Entry;
use aws_emulator::{Emulator, Settings};
use facts::{is_read, secrets_of};
use harness::server::json as plain;
use private_step_functions::package;
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::schema::{ObjectSchema, Type};
use rows::{ELSEWHERE, Row, rows};
use serde_json::{Value as Json, json};
use session::{Recorded, Session, settle};
use subjects::{Prerequisites, Subject, with};

#[tokio::test(start_paused = true)]
#[allow(clippy::print_stdout)] // one line that sums up
async fn an_update_keeps_foreign_changes() {
    let count = rows(&Prerequisites::create(&Emulator::new(Settings::default())).await).len();
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
#[allow(clippy::print_stdout)] // one line that sums up
async fn an_update_after_a_failed_one_keeps_foreign_changes() {
    let count = rows(&Prerequisites::create(&Emulator::new(Settings::default())).await).len();
    let (mut left_half_way, mut broken) = (0, Vec::new());
    for index in 0..count {
        let fixture = Fixture::new(index).await;
        let calls = fixture.rehearsed().await.unwrap();
        for cut in [Cut::AfterTheFirstChange, Cut::AnswerLost] {
            for next in [Next::Again, Next::Back] {
                match Fixture::new(index).await.fails(&calls, cut, next).await {
                    Ok(is_half_way) => left_half_way += usize::from(is_half_way),
                    Err(why) => broken.push(format!("{}, {cut:?}, {next:?}: {why}", fixture.row)),
                }
            }
        }
    }
    println!("{left_half_way} updates left half-way, {} broken", broken.len());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(
        left_half_way > 2 * count,
        "{left_half_way}: most updates must fail for this to mean anything"
    );
}

#[tokio::test(start_paused = true)]
async fn every_input_has_a_row() {
    let prerequisites = Prerequisites::create(&Emulator::new(Settings::default())).await;
    let (rows, subjects) = (rows(&prerequisites), prerequisites.subjects());
    let schema = package::schema("0.0.0").unwrap();
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

/// Returns the paths of the innermost inputs that can be updated in place.
fn leaves(at: &str, schema: &ObjectSchema) -> Vec<String> {
    let changeable = schema.properties.iter().filter(|(_, property)| !property.replace);
    let inside = |(name, property): (&String, &pulumi_provider::schema::Property)| {
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

struct Fixture {
    emulator: Emulator,
    session: Session,
    subject: Subject,
    row: Row,
}

/// The state before the update of a row.
struct Met {
    program: Json,
    changed: Json,
    made: Recorded,
    /// The property's value before somebody else changed it. `theirs` is the value after.
    before: Json,
    theirs: Json,
}

/// Where an update fails half-way.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// AWS accepts the first change and denies every later call.
    AfterTheFirstChange,
    /// AWS makes the first change, but every response to it is lost, including those to retries.
    AnswerLost,
}

/// The program of the run after the failure.
#[derive(Clone, Copy, Debug)]
enum Next {
    Again,
    Back,
}

async fn try_row(index: usize) -> Result<(), String> {
    let fixture = Fixture::new(index).await;
    fixture.lives().await.map_err(|why| format!("{}: {why}", fixture.row))
}

impl Fixture {
    async fn new(index: usize) -> Self {
        let emulator = Emulator::new(Settings::default());
        let prerequisites = Prerequisites::create(&emulator).await;
        let row = rows(&prerequisites).into_iter().nth(index).unwrap();
        Self {
            session: Session::start(&emulator, 1, json!({ "maxRetries": 0 })).await,
            subject: prerequisites.subject(row.subject),
            emulator,
            row,
        }
    }

    /// Creates the object and lets somebody else change it. Returns the recorded resource, and the property before and
    /// after.
    async fn meets_a_stranger(&self) -> Result<Met, String> {
        let resource = self.subject.resource();
        let program = self.row.program(&self.subject.inputs);
        let inputs = self.session.check(resource, None, program.clone()).await;
        let made = self.session.create(resource, &inputs, 0.0).await.unwrap();
        settle().await;
        let before = self.aspect(&made, &made.id).await;
        self.stranger(&made, &program).await?;
        let theirs = self.aspect(&made, &made.id).await;
        if theirs == before {
            return Err("nobody changed anything".to_owned());
        }
        let changed = with(&program, self.row.beside.0, &self.row.beside.1);
        Ok(Met {
            program,
            changed,
            made,
            before,
            theirs,
        })
    }

    /// Returns the calls of the update when nothing fails.
    async fn rehearsed(&self) -> Result<Vec<String>, String> {
        let met = self.meets_a_stranger().await?;
        let (_, calls) = self.send(&met.made, &met.changed).await?;
        Ok(calls.into_iter().map(|call| call.operation).collect())
    }

    /// Makes the update fail half-way and runs another one after it. Returns whether the update left a recorded object.
    async fn fails(&self, calls: &[String], cut: Cut, next: Next) -> Result<bool, String> {
        let resource = self.subject.resource();
        let met = self.meets_a_stranger().await?;
        let first = calls.iter().position(|operation| !is_read(operation));
        let first = first.ok_or("nothing is sent")?;
        let fault = match cut {
            Cut::AfterTheFirstChange => Fault::new("*", u32::try_from(first).unwrap() + 2, FaultKind::AccessDenied),
            Cut::AnswerLost => Fault::new(&calls[first], 1, FaultKind::ResetAfter),
        };
        let inputs = self
            .session
            .check(resource, Some(&met.made.inputs), met.changed.clone())
            .await;
        self.emulator.inject(fault.times(u32::MAX));
        let failed = self.session.update(resource, &met.made, &inputs, 120.0).await;
        self.emulator.clear_faults();
        settle().await;
        let Some(half_way) = failed.err().and_then(|failed| failed.recorded) else {
            return Ok(false);
        };
        let again = match next {
            Next::Again => &met.changed,
            Next::Back => &met.program,
        };
        let updated = self.update(&half_way, again).await?;
        self.is_still(&met, &updated, "after an update that failed").await?;
        // The property that our program changes has the program's value, besides the foreign change to the same list.
        let read = self.session.refresh(resource, &updated, 0.0).await.unwrap().unwrap();
        if !self.row.is_shared() && self.names(&read, again, self.row.beside.0).await {
            return Err(format!("{} is not as the program says", self.row.beside.0));
        }
        Ok(true)
    }

    async fn lives(&self) -> Result<(), String> {
        let resource = self.subject.resource();
        let met = self.meets_a_stranger().await?;
        let Met {
            program, changed, made, ..
        } = &met;
        let updated = self.update(made, changed).await?;
        self.is_still(&met, &updated, "after an update").await?;

        // With `ignoreChanges` the engine sends the recorded value, including one that a refresh recorded.
        let read = self.session.refresh(resource, &updated, 0.0).await.unwrap().unwrap();
        if !self.row.is_shared() {
            let ignoring = with(changed, self.row.foreign.0, &plain(&read.inputs)[self.row.foreign.0]);
            let touched = self.touched(&read, &ignoring).await;
            if touched {
                return Err("it is a change although it is ignored".to_owned());
            }
            let ignoring = with(&ignoring, self.row.beside.0, &program[self.row.beside.0]);
            let kept = self.update(&read, &ignoring).await?;
            self.is_still(&met, &kept, "ignored, after a refresh").await?;
            let again = self
                .update(&kept, &with(&ignoring, self.row.beside.0, &self.row.beside.1))
                .await?;
            self.is_still(&met, &again, "ignored once more").await?;
        }

        if self.row.is_secret {
            return Ok(());
        }
        if !self.touched(&read, changed).await {
            return Err("a refresh does not show it".to_owned());
        }
        let healed = self.send(&read, changed).await?.0;
        let read = self.session.refresh(resource, &healed, 0.0).await.unwrap().unwrap();
        match self.touched(&read, changed).await {
            true => Err("it is not healed".to_owned()),
            false => Ok(()),
        }
    }

    /// Changes the object as somebody else would, with their own tools.
    async fn stranger(&self, made: &Recorded, program: &Json) -> Result<(), String> {
        let resource = self.subject.resource();
        let theirs = with(program, self.row.foreign.0, &self.row.foreign.1);
        let session = Session::start(&self.emulator, 9, json!({})).await;
        let inputs = session.check(resource, Some(&made.inputs), theirs).await;
        let done = session.update(resource, made, &inputs, 0.0).await;
        done.map_err(|failed| format!("somebody else: {}", failed.status.message()))?;
        settle().await;
        Ok(())
    }

    /// Runs an update and checks that no call mentions the foreign change.
    async fn update(&self, old: &Recorded, program: &Json) -> Result<Recorded, String> {
        let (updated, calls) = self.send(old, program).await?;
        self.is_silent(&calls)?;
        Ok(updated)
    }

    async fn send(&self, old: &Recorded, program: &Json) -> Result<(Recorded, Vec<Entry>), String> {
        let resource = self.subject.resource();
        let inputs = self.session.check(resource, Some(&old.inputs), program.clone()).await;
        let since = self.emulator.journal().len();
        let updated = self.session.update(resource, old, &inputs, 0.0).await;
        let updated = updated.map_err(|failed| failed.status.message().to_owned())?;
        settle().await;
        Ok((updated, self.emulator.journal().split_off(since)))
    }

    /// Checks that no modifying call mentions the foreign change.
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

    async fn is_still(&self, met: &Met, ours: &Recorded, when: &str) -> Result<(), String> {
        let now = self.aspect(&met.made, &ours.id).await;
        let Met { before, theirs, .. } = met;
        match now == *theirs || (self.row.is_shared() && holds(&now, before, theirs)) {
            true => Ok(()),
            false => Err(format!("{when} it is {now} and no longer {theirs}")),
        }
    }

    /// Returns the property and the secrets in AWS. It reads by import, so nothing recorded affects the result. An import leaves
    /// out properties with write-only values, so an object that has some is read with what was recorded when it was made.
    async fn aspect(&self, made: &Recorded, id: &str) -> Json {
        let resource = self.subject.resource();
        let found = match self.subject.write_only {
            [] => self.session.import(resource, id).await,
            _ => self.session.refresh(resource, made, 0.0).await,
        };
        let found = found.unwrap().unwrap();
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

    /// Reports whether Diff names the foreign property.
    async fn touched(&self, old: &Recorded, program: &Json) -> bool {
        self.names(old, program, self.row.foreign.0).await
    }

    async fn names(&self, old: &Recorded, program: &Json, property: &str) -> bool {
        let resource = self.subject.resource();
        let inputs = self.session.check(resource, Some(&old.inputs), program.clone()).await;
        let diff = self.session.diff(resource, old, &inputs).await.unwrap();
        diff.detailed_diff.keys().any(|path| path.starts_with(property))
    }
}

/// Reports whether the foreign additions are present, besides our program's changes to the same list or map.
fn holds(now: &Json, before: &Json, theirs: &Json) -> bool {
    match (now, before, theirs) {
        (Json::Array(now), Json::Array(before), Json::Array(theirs)) => theirs
            .iter()
            .filter(|item| !before.contains(item))
            .all(|item| now.contains(item)),
        (Json::Object(now), Json::Object(before), Json::Object(theirs)) => theirs
            .iter()
            .filter(|(key, value)| before.get(*key) != Some(*value))
            .all(|(key, value)| now.get(key) == Some(value)),
        _ => false,
    }
}
