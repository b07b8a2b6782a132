//! Asserts that no message contains a secret. Every string input of each resource, and of the component, is marked secret.
//! Every operation runs with every fault of the failure sweep. The tests then search for the secrets in all output: errors,
//! warnings, statuses, notes and logs.
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
#[path = "faults/cut.rs"]
#[allow(dead_code)] // cancellations say nothing that a time-out does not
mod cut;
#[path = "support/logged.rs"]
mod logged;
#[path = "support/prepared.rs"]
mod prepared;
#[path = "support/session.rs"]
mod session;
#[path = "support/subjects.rs"]
mod subjects;

use aws_emulator::{Emulator, Settings};
use cut::Cut;
use harness::monitor::MONITOR;
use harness::server::{Harness, fields, secret};
use logged::Logged;
use prepared::{Operation, Prepared};
use private_step_functions::package::PrivateStepFunctions;
use pulumi_provider::proto::{CheckRequest, ConstructRequest};
use pulumi_provider::resource::redaction::holds;
use serde_json::{Value as Json, json};
use session::Session;
use subjects::{Prerequisites, SUBJECTS, Subject, with};
use tonic::Status;

/// A resource of the subjects table with every string input marked secret.
struct Marked {
    prepared: Prepared,
    /// The secret strings that no message may contain.
    planted: Vec<String>,
}

#[test]
#[allow(clippy::print_stdout)] // one line that sums up
fn no_failure_of_an_operation_reveals_a_secret() {
    let (mut cases, mut said, mut broken) = (0, 0, Vec::new());
    for label in SUBJECTS {
        for operation in Operation::ALL {
            let calls = paused(async {
                Marked::new(label, operation, false)
                    .await
                    .prepared
                    .calls(operation)
                    .await
            });
            for nth in 0..calls.len() {
                // Skip repeated polls: a later one produces the same messages as the first.
                if nth > 0 && calls[nth - 1] == calls[nth] {
                    continue;
                }
                for cut in Cut::ALL.into_iter().filter(|cut| !cut.cancels() && !cut.is_transient()) {
                    cases += 1;
                    let occurrence = calls[..=nth].iter().filter(|call| **call == calls[nth]).count();
                    let told = paused(async {
                        let marked = Marked::new(label, operation, !cut.repeats()).await;
                        let fault = cut.fault(&calls[nth], occurrence, nth).unwrap();
                        marked.prepared.emulator.inject(fault);
                        marked.tell(operation, cut.timeout()).await
                    });
                    said += told.messages;
                    broken.extend(
                        told.secrets
                            .map(|why| format!("{label}, {operation:?}, {} {cut:?}: {why}", calls[nth])),
                    );
                }
            }
        }
    }
    println!("{cases} cases, {said} messages, {} broken", broken.len());
    assert!(said > cases, "every failure says something");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Replaces each string in turn with one that Check rejects. Where the string is in a list, the list contains it twice.
#[test]
fn no_refusal_of_an_input_reveals_a_secret() {
    let mut refused = 0;
    for label in SUBJECTS {
        paused(async {
            let emulator = Emulator::new(Settings::default());
            let subject = Prerequisites::create(&emulator).await.subject(label);
            let session = Session::start(&emulator, 1, json!({})).await;
            let named = named(&subject, subject.inputs.clone());
            for path in texts(&named, String::new()) {
                for planted in ["planted §wrong§ text", "planted-text-0123456789"] {
                    let mut inputs = named.clone();
                    *inputs.pointer_mut(&path).unwrap() = secret(planted);
                    let lists: Vec<_> = inputs
                        .as_object()
                        .unwrap()
                        .iter()
                        .filter(|(_, value)| value.is_array())
                        .collect();
                    let lists: Vec<_> = lists.into_iter().map(|(name, _)| name.clone()).collect();
                    for list in lists {
                        let items = inputs[&list].as_array().unwrap().clone();
                        inputs[&list].as_array_mut().unwrap().extend(items);
                    }
                    let request = CheckRequest {
                        urn: harness::server::urn(subject.token, "orders"),
                        news: Some(fields(inputs)),
                        random_seed: vec![1; 32],
                        ..CheckRequest::default()
                    };
                    let answer = session
                        .harness
                        .client
                        .clone()
                        .check(request)
                        .await
                        .unwrap()
                        .into_inner();
                    refused += answer.failures.len();
                    for failure in answer.failures {
                        assert!(
                            !failure.reason.contains("planted"),
                            "{label} {path}: {}",
                            failure.reason
                        );
                    }
                }
            }
        });
    }
    assert!(refused > 100, "{refused} refusals");
}

#[test]
fn no_message_of_a_component_reveals_a_secret() {
    let inputs = json!({
        "vpcId": "vpc-planted", "subnetIds": ["subnet-planted", "subnet-planted"],
        "endpoints": { "executeApi": true, "allowedCidrBlocks": ["planted-block"], "subnetIds": ["planted-subnet"],
            "statesPolicy": "planted-policy" },
        "policy": "planted-policy",
        "privateApis": {
            "stock": { "domainName": "planted domain", "ipAddress": "planted-address", "urls": ["planted-url"], "kmsKeyId": "planted key",
                "ports": ["planted-port"], "description": "planted-description",
                "auth": { "apiKey": { "name": "planted: name", "value": "planted-value" } } },
            "orders": { "vpcEndpointId": "vpce-planted", "ports": ["8443"], "resourceConfigurationArn": "planted-arn" },
        },
        "resourceGateway": { "id": "planted-id", "subnetIds": ["planted-subnet"], "targetCidrBlocks": ["planted-block"] },
        "names": { "resourceGateway": "Planted", "connections": { "other": "planted-connection" } },
        "tags": { "team": "planted-tag" },
    });
    // First inputs that are invalid everywhere, then valid inputs with a child that fails to register, then valid inputs
    // alone.
    let wrong = marked(&inputs);
    let right = marked(&json!({
        "vpcId": "vpc-planted", "subnetIds": ["subnet-planted"],
        "privateApis": { "stock": { "domainName": "planted.example.com", "ports": ["8443"] } },
    }));
    paused(async {
        for (inputs, failing) in [(wrong, ""), (right.clone(), "orders-gateway"), (right, "")] {
            let mut harness =
                Harness::start(PrivateStepFunctions::new().unwrap(), json!({ "region": "eu-west-1" })).await;
            harness
                .monitor
                .script(|script| script.failing = [failing.to_owned()].into());
            let request = ConstructRequest {
                project: "shop".to_owned(),
                stack: "dev".to_owned(),
                monitor_endpoint: MONITOR.to_owned(),
                r#type: "private-step-functions:index:PrivateStepFunctions".to_owned(),
                name: "orders".to_owned(),
                inputs: Some(fields(inputs)),
                accepts_output_values: true,
                ..ConstructRequest::default()
            };
            let answer = harness.client.construct(request).await;
            let mut said: Vec<String> = harness
                .engine
                .messages()
                .into_iter()
                .map(|message| message.message)
                .collect();
            said.extend(answer.err().map(|status| everything(&status)));
            assert!(!said.is_empty(), "nothing was said");
            for text in said {
                assert!(!text.to_lowercase().contains("planted"), "{text}");
            }
        }
    });
}

/// The number of messages, and the first secret found in them.
struct Told {
    messages: usize,
    secrets: Option<String>,
}

impl Marked {
    async fn new(label: &str, operation: Operation, bare: bool) -> Self {
        let config = if bare { json!({ "maxRetries": 0 }) } else { json!({}) };
        let program = |subject: &Subject, inputs: Json| marked(&named(subject, inputs));
        let prepared = Prepared::with(label, operation, config, program).await;
        let subject = &prepared.subject;
        let mut planted = leaves(&named(subject, subject.inputs.clone()));
        planted.extend(leaves(&named(subject, subject.updated())));
        Self { prepared, planted }
    }

    async fn tell(&self, operation: Operation, timeout: f64) -> Told {
        let logged = Logged::default();
        let status = {
            let _guard = logged.listen();
            self.prepared.error_of(operation, timeout).await
        };
        let mut said: Vec<String> = self
            .prepared
            .session
            .harness
            .engine
            .messages()
            .into_iter()
            .map(|one| one.message)
            .collect();
        said.extend(status.map(|status| status.message().to_owned()));
        // The id is not secret, although it equals the connection's name. Neither is the URN.
        let id = self.prepared.old.as_ref().map_or("", |old| old.id.as_str());
        let tells = |text: &String| {
            let text = text.replace(id, "").replace("::orders", "");
            self.planted
                .iter()
                .find(|planted| holds(&text, planted))
                .map(|planted| format!("{planted:?} in {text}"))
        };
        let messages = said.len();
        said.extend(logged.text().lines().map(str::to_owned));
        Told {
            messages,
            secrets: said.iter().find_map(tells),
        }
    }
}

/// Returns the text of a status, including its details.
fn everything(status: &Status) -> String {
    format!("{} {}", status.message(), String::from_utf8_lossy(status.details()))
}

/// Returns the inputs with a name, if the resource has one.
fn named(subject: &Subject, inputs: Json) -> Json {
    match subject.has_input("name") {
        true => with(&inputs, "name", &json!("planted-name")),
        false => inputs,
    }
}

/// Returns the same value with every string marked secret.
fn marked(value: &Json) -> Json {
    match value {
        Json::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), marked(value)))
            .collect(),
        Json::Array(items) => items.iter().map(marked).collect(),
        Json::String(text) => secret(text.as_str()),
        other => other.clone(),
    }
}

/// Returns the strings that are long enough to be distinguishable from our own words.
fn leaves(value: &Json) -> Vec<String> {
    let found = texts(value, String::new()).into_iter();
    let found = found.filter_map(|path| value.pointer(&path)?.as_str().map(str::to_owned));
    found.filter(|text| text.len() > 3).collect()
}

/// Returns JSON pointers to all strings.
fn texts(value: &Json, at: String) -> Vec<String> {
    match value {
        Json::Object(members) => members
            .iter()
            .flat_map(|(name, value)| texts(value, format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))))
            .collect(),
        Json::Array(items) => {
            let items = items.iter().enumerate();
            items
                .flat_map(|(index, value)| texts(value, format!("{at}/{index}")))
                .collect()
        }
        Json::String(_) => vec![at],
        _ => Vec::new(),
    }
}

/// Runs the future on its own paused clock, with a fixed seed so that every run is the same.
fn paused<T>(run: impl Future<Output = T>) -> T {
    fastrand::seed(7);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.unwrap().block_on(run)
}
