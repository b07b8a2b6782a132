//! Asserts that an operation reads, changes or deletes only the object that the engine recorded. Runs each operation of
//! each resource that could find a different object, through the real server in memory.
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
#[path = "support/session.rs"]
mod session;
#[path = "support/subjects.rs"]
mod subjects;

use aws_emulator::journal::Entry;
use aws_emulator::{Emulator, Settings};
use facts::{ACCOUNT, is_read, secrets_of};
use harness::server::json as plain;
use serde_json::{Value as Json, json};
use session::{REGION, Recorded, Session, settle};
use subjects::{Prerequisites, RESOURCES, Subject, objects};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Read,
    Update,
    Delete,
}

/// Where the operation looks for the object, and what it finds there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Location {
    /// Another account, without an object of that id or name.
    Account,
    /// Another account, with an object of the same name.
    AccountWithNamesake,
    /// Another Region.
    Region,
    /// The right account and Region. The object was deleted, and somebody else created another one with its name.
    Successor,
}

/// The expected result.
enum Outcome {
    /// An error that names both sides. It contains these texts.
    Refused(Vec<String>),
    /// The recorded object counts as deleted. A warning names both ARNs.
    Gone,
    /// The case cannot occur, for this reason.
    Impossible(&'static str),
}

const OTHER_ACCOUNT: &str = "999999999999";
const OTHER_REGION: &str = "us-east-1";
const ONE_OF_A_KIND: &str = "AWS gives no id to a second object, in no account: what has the id is the recorded object";

const OPERATIONS: [Operation; 3] = [Operation::Read, Operation::Update, Operation::Delete];
const LOCATIONS: [Location; 4] = [
    Location::Account,
    Location::AccountWithNamesake,
    Location::Region,
    Location::Successor,
];

fn expected(is_named: bool, operation: Operation, location: Location) -> Outcome {
    match location {
        Location::Region => Outcome::Refused(vec![REGION.to_owned(), OTHER_REGION.to_owned()]),
        Location::Account => Outcome::Refused(vec![ACCOUNT.to_owned(), OTHER_ACCOUNT.to_owned()]),
        Location::AccountWithNamesake if is_named => {
            Outcome::Refused(vec![ACCOUNT.to_owned(), OTHER_ACCOUNT.to_owned()])
        }
        Location::Successor if is_named && operation == Operation::Update => {
            Outcome::Refused(vec!["no longer exists".to_owned(), "arn:aws:events".to_owned()])
        }
        Location::Successor if is_named => Outcome::Gone,
        Location::AccountWithNamesake | Location::Successor => Outcome::Impossible(ONE_OF_A_KIND),
    }
}

#[tokio::test(start_paused = true)]
#[allow(clippy::print_stdout)] // one line that sums up
async fn no_operation_changes_another_object() {
    let (mut rows, mut impossible, mut broken) = (0, 0, Vec::new());
    let prerequisites = Prerequisites::create(&Emulator::new(Settings::default())).await;
    for label in RESOURCES {
        let is_named = prerequisites.subject(label).has_full_name_as_identity;
        for operation in OPERATIONS {
            for location in LOCATIONS {
                rows += 1;
                match expected(is_named, operation, location) {
                    Outcome::Impossible(reason) => {
                        println!("{label}, {operation:?}, {location:?}: {reason}");
                        impossible += 1;
                    }
                    outcome => {
                        if let Err(why) = try_row(label, operation, location, outcome).await {
                            broken.push(format!("{label}, {operation:?}, {location:?}: {why}"));
                        }
                    }
                }
            }
        }
    }
    println!("{rows} rows, {impossible} of them impossible, {} broken", broken.len());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

async fn try_row(label: &str, operation: Operation, location: Location, outcome: Outcome) -> Result<(), String> {
    let emulator = Emulator::new(Settings::default());
    let subject = Prerequisites::create(&emulator).await.subject(label);
    let made = create(&emulator, &subject).await;
    let config = match location {
        Location::Account | Location::AccountWithNamesake => {
            json!({ "assumeRole": { "roleArn": format!("arn:aws:iam::{OTHER_ACCOUNT}:role/deploy") } })
        }
        Location::Region => json!({ "region": OTHER_REGION }),
        Location::Successor => json!({}),
    };
    let session = Session::start(&emulator, 2, config).await;
    match location {
        // Created with the other account's credentials.
        Location::AccountWithNamesake => {
            let resource = subject.resource();
            let theirs =
                json!({ "name": made.id, "auth": { "apiKey": { "name": "x-theirs", "value": "hidden-theirs" } } });
            let inputs = session.check(resource, None, theirs).await;
            session.create(resource, &inputs, 0.0).await.unwrap();
        }
        Location::Successor => succeed(&emulator, &made.id).await,
        Location::Account | Location::Region => {}
    }
    settle().await;
    let (before, since) = (objects(&emulator), emulator.journal().len());
    let said = operate(&session, &subject, &made, operation).await;
    let calls = emulator.journal().split_off(since);
    // `DeleteVpcEndpoints` answers HTTP 200 and reports the failure in the body. The test asserts below that nothing was
    // deleted.
    let harmless = ["AssumeRole", "DeleteVpcEndpoints"];
    let accepted = |call: &&Entry| {
        !is_read(&call.operation) && call.outcome == "ok" && !harmless.contains(&call.operation.as_str())
    };
    if let Some(call) = calls.iter().find(accepted) {
        return Err(format!("{} was carried out", call.operation));
    }
    if location == Location::Region && !calls.is_empty() {
        return Err("AWS was asked in the wrong Region".to_owned());
    }
    if objects(&emulator) != before {
        return Err("something is gone".to_owned());
    }
    match (outcome, said) {
        (Outcome::Refused(parts), Err(text)) => match parts.iter().find(|part| !text.contains(*part)) {
            Some(part) => Err(format!("it does not name {part}: {text}")),
            None => Ok(()),
        },
        (Outcome::Gone, Ok(true)) => {
            let warnings = session.harness.engine.warnings("orders").join("\n");
            let arn = plain(&made.outputs)["arn"].as_str().unwrap().to_owned();
            let named = warnings.contains(&arn) && warnings.matches("arn:aws:events").count() == 2;
            named
                .then_some(())
                .ok_or_else(|| format!("it does not name both: {warnings}"))
        }
        (Outcome::Impossible(_), _) => unreachable!("it was not tried"),
        (_, said) => Err(format!("it answers {said:?}")),
    }
}

async fn create(emulator: &Emulator, subject: &Subject) -> Recorded {
    let session = Session::start(emulator, 1, json!({})).await;
    let inputs = session.check(subject.resource(), None, subject.inputs.clone()).await;
    let made = session.create(subject.resource(), &inputs, 0.0).await.unwrap();
    settle().await;
    made
}

/// Deletes the connection and creates another one with its name, as somebody else would.
async fn succeed(emulator: &Emulator, name: &str) {
    let call = async |operation, params: Json| emulator.invoke(REGION, "events", operation, params).await.unwrap();
    call("DeleteConnection", json!({ "Name": name })).await.unwrap();
    settle().await;
    let params = json!({
        "Name": name, "AuthorizationType": "API_KEY",
        "AuthParameters": { "ApiKeyAuthParameters": { "ApiKeyName": "x-theirs", "ApiKeyValue": "hidden-theirs" } },
    });
    call("CreateConnection", params).await.unwrap();
}

/// Runs the operation. Returns whether the engine considers the object gone, or the error message.
async fn operate(session: &Session, subject: &Subject, old: &Recorded, operation: Operation) -> Result<bool, String> {
    let resource = subject.resource();
    let message = |status: tonic::Status| status.message().to_owned();
    match operation {
        Operation::Read => session
            .refresh(resource, old, 0.0)
            .await
            .map(|read| read.is_none())
            .map_err(message),
        Operation::Update => {
            let inputs = session.check(resource, Some(&old.inputs), subject.updated()).await;
            let updated = session.update(resource, old, &inputs, 0.0).await;
            match updated {
                Ok(_) => Ok(false),
                Err(failed) => {
                    assert_eq!(failed.recorded, None, "nothing was changed");
                    Err(message(failed.status))
                }
            }
        }
        Operation::Delete => session.delete(resource, old, 0.0).await.map(|()| true).map_err(message),
    }
}

/// The most harmful case: our secret in somebody else's connection.
#[tokio::test(start_paused = true)]
async fn no_secret_is_written_to_a_foreign_connection() {
    let emulator = Emulator::new(Settings::default());
    let subject = Prerequisites::create(&emulator).await.subject("private connection");
    let made = create(&emulator, &subject).await;
    succeed(&emulator, &made.id).await;
    settle().await;
    let theirs = || secrets_of(&emulator, &made.id, "auth.apiKey.value");
    let before = theirs();
    let session = Session::start(&emulator, 2, json!({})).await;
    let updated = operate(&session, &subject, &made, Operation::Update).await;
    assert!(updated.is_err());
    assert_eq!(theirs(), before);
}
