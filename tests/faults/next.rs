//! Runs the next `pulumi up` after a failed update: with the same program, the previous one, or a third; with or without a
//! refresh first. Asserts that AWS ends in the program's state, and that no call repeats a change that AWS already has.

use std::collections::BTreeMap;

use aws_emulator::Emulator;
use prost_types::Struct;
use pulumi_provider::proto::diff_response::DiffChanges;
use serde_json::Value as Json;

use crate::facts::{ACCOUNT, is_read};
use crate::harness::server::json as plain;
use crate::session::{REGION, Recorded, Session, settle};
use crate::subjects::Subject;

/// The program of the next run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    /// The program whose update failed.
    Same,
    /// The program before it.
    Old,
    /// A third program.
    Third,
}

impl Program {
    pub(crate) const ALL: [Self; 3] = [Self::Same, Self::Old, Self::Third];

    fn inputs(self, subject: &Subject) -> Json {
        match self {
            Self::Same => subject.updated(),
            Self::Old => subject.inputs.clone(),
            Self::Third => subject.third(),
        }
    }
}

/// Continues from the engine's recorded state and returns what the engine records next. `failed`: the engine knows of the
/// failure.
pub(crate) async fn up(
    emulator: &Emulator,
    session: &Session,
    subject: &Subject,
    mut old: Recorded,
    mut failed: bool,
    (program, refreshed): (Program, bool),
) -> Result<Recorded, String> {
    let resource = subject.resource();
    // By then, every delayed read and every change in progress has ended.
    settle().await;
    let in_doubt = plain(&old.outputs)["__unfinished"]["inDoubt"] == true;
    if refreshed {
        let read = session.refresh(resource, &old, 0.0).await;
        let read = read.map_err(|status| format!("refresh: {}", status.message()))?;
        old = read.ok_or("a refresh does not find it")?;
        failed = false;
    }
    let inputs = session
        .check(resource, Some(&old.inputs), program.inputs(subject))
        .await;
    let diff = session.diff(resource, &old, &inputs).await.unwrap();
    if !diff.replaces.is_empty() {
        return Err(format!("it would be replaced: {diff:?}"));
    }
    let (before, since) = (facts(emulator, subject, &old.id).await, emulator.journal().len());
    let done = if failed || diff.changes() == DiffChanges::DiffSome {
        let updated = session.update(resource, &old, &inputs, 0.0).await;
        updated.map_err(|failed| format!("again: {}", failed.status.message()))?
    } else {
        Recorded { inputs, ..old }
    };
    let calls = emulator.journal().split_off(since);
    let changes: Vec<_> = calls.iter().filter(|call| !is_read(&call.operation)).collect();
    if let Some(refused) = changes.iter().find(|call| call.outcome != "ok") {
        return Err(format!("{} ends with {}", refused.operation, refused.outcome));
    }
    settle().await;
    let after = facts(emulator, subject, &done.id).await;
    if !in_doubt && before == after && !changes.is_empty() {
        return Err(format!("{} is sent, and changes nothing", changes[0].operation));
    }
    secrets(emulator, subject, &done.inputs)?;
    Ok(done)
}

/// Checks that AWS has exactly the secrets of these inputs.
pub(crate) fn secrets(emulator: &Emulator, subject: &Subject, inputs: &Struct) -> Result<(), String> {
    if subject.kind != "connection" {
        return Ok(());
    }
    let inputs = open(&plain(inputs));
    let mut expected = BTreeMap::new();
    let auth = &inputs["auth"];
    for (place, value) in [
        ("ApiKeyAuthParameters.ApiKeyValue", &auth["apiKey"]["value"]),
        ("BasicAuthParameters.Password", &auth["basic"]["password"]),
        (
            "OAuthParameters.ClientParameters.ClientSecret",
            &auth["oauth"]["clientSecret"],
        ),
    ] {
        expected.extend(value.as_str().map(|value| (place.to_owned(), value.to_owned())));
    }
    for (list, place) in [
        ("headers", "HeaderParameters"),
        ("queryString", "QueryStringParameters"),
        ("body", "BodyParameters"),
    ] {
        let items = inputs["invocationParameters"][list]
            .as_array()
            .cloned()
            .unwrap_or_default();
        for item in items.iter().filter(|item| item["secret"] == true) {
            let place = format!("InvocationHttpParameters.{place}.{}", item["key"].as_str().unwrap());
            expected.insert(place, item["value"].as_str().unwrap().to_owned());
        }
    }
    let name = inputs["name"].as_str().unwrap();
    emulator.with_accounts(|accounts| {
        let connections = &accounts.region_of(ACCOUNT, REGION).eventbridge.connections;
        let secrets = &connections[name].secrets;
        match secrets.are(&expected) {
            true => Ok(()),
            false => Err(format!("AWS has other secrets: at {:?}", secrets.places())),
        }
    })
}

/// Returns everything that AWS shows of the object and fingerprints of its secrets, without modification times.
async fn facts(emulator: &Emulator, subject: &Subject, id: &str) -> String {
    let shown = timeless(&subject.show(emulator, id).await);
    let secrets = emulator.with_accounts(|accounts| {
        let connection = accounts.region_of(ACCOUNT, REGION).eventbridge.connections.get(id);
        connection.map(|connection| connection.secrets.clone())
    });
    format!("{shown} {secrets:?}")
}

fn timeless(value: &Json) -> Json {
    match value {
        Json::Object(members) => {
            let lasting = members
                .iter()
                .filter(|(name, _)| !name.ends_with("Time") && !name.ends_with("At"));
            lasting.map(|(name, value)| (name.clone(), timeless(value))).collect()
        }
        Json::Array(items) => items.iter().map(timeless).collect(),
        other => other.clone(),
    }
}

/// Returns the value with each secret replaced by its plain value.
fn open(value: &Json) -> Json {
    match value {
        Json::Object(members) if members.contains_key("4dabf18193072939515e22adb298388d") => open(&members["value"]),
        Json::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), open(value)))
            .collect(),
        Json::Array(items) => items.iter().map(open).collect(),
        other => other.clone(),
    }
}
