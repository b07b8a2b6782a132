//! The messages between engine and plugin, as the engine logs them (`PULUMI_DEBUG_GRPC`), without the parts that differ
//! from run to run.
//!
//! A line of the log, and of the files made from it, is one call: `{"method": …, "request": …, "response": …}`. Calls are
//! concurrent, so this module sorts them and numbers identifiers in that order. It keeps the calls to the provider and
//! those to the monitor. It drops calls that depend on timing (log lines, Cancel) or do not concern a provider (the
//! language host).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::{Map, Value, json};

/// The calls to keep, in their output order.
const METHODS: [&str; 17] = [
    "ResourceProvider/Handshake",
    "ResourceProvider/GetPluginInfo",
    "ResourceProvider/GetSchema",
    "ResourceProvider/CheckConfig",
    "ResourceProvider/DiffConfig",
    "ResourceProvider/Configure",
    "ResourceMonitor/GetDeploymentInfo",
    "ResourceMonitor/SupportsFeature",
    "ResourceProvider/Construct",
    "ResourceMonitor/RegisterResource",
    "ResourceMonitor/RegisterResourceOutputs",
    "ResourceProvider/Check",
    "ResourceProvider/Diff",
    "ResourceProvider/Create",
    "ResourceProvider/Read",
    "ResourceProvider/Update",
    "ResourceProvider/Delete",
];

/// Fields that carry no information about engine or plugin: source positions, tokens, the machine.
const NOISE: [&str; 8] = [
    "parallel",
    "parentStackTraceHandle",
    "randomSeed",
    "resourceStatusAddress",
    "resourceStatusToken",
    "sourcePosition",
    "stackTrace",
    "stackTraceHandle",
];

/// Fields whose presence matters but not their value: the location of the test, and values that other tests check.
const ELSEWHERE: [&str; 4] = ["programDirectory", "rootDirectory", "schema", "version"];

/// The identifiers that mark unknown values. They must stay as they are.
const UNKNOWNS: [&str; 7] = [
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
];

const COMPONENT: &str = "private-step-functions:index:PrivateStepFunctions";

/// The calls of one command.
#[derive(Debug)]
pub(crate) struct Traffic {
    calls: Vec<Value>,
}

impl Traffic {
    /// Parses the output of [`Self::to_lines`].
    pub(crate) fn from_lines(text: &str) -> Self {
        let calls = text.lines().map(|line| serde_json::from_str(line).unwrap());
        Self { calls: calls.collect() }
    }

    /// Returns one line per call.
    pub(crate) fn to_lines(&self) -> String {
        self.calls.iter().map(|call| format!("{call}\n")).collect()
    }

    /// Returns how the plugin's messages in `other` differ from these; empty if they are equal. The engine's messages are
    /// not compared, because another version may send more.
    pub(crate) fn difference(&self, other: &Self) -> String {
        let (expected, found) = (self.of_the_plugin(), other.of_the_plugin());
        let mut difference = String::new();
        for name in expected
            .keys()
            .chain(found.keys().filter(|name| !expected.contains_key(*name)))
        {
            let (expected, found) = (json!(expected.get(name)), json!(found.get(name)));
            if expected != found {
                writeln!(difference, "{name}").unwrap();
                differences("", &expected, &found, &mut difference);
            }
        }
        difference
    }

    /// Returns the plugin's messages, by subject: its responses and its requests to the monitor.
    fn of_the_plugin(&self) -> BTreeMap<String, Vec<&Value>> {
        let mut said: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
        for call in &self.calls {
            let (method, request) = (call["method"].as_str().unwrap(), &call["request"]);
            // The program registers the stack, and requests the component with `remote`.
            let registered = request["remote"].is_null() && request["type"] != "pulumi:pulumi:Stack";
            let part = match method.trim_start_matches("/pulumirpc.") {
                "ResourceMonitor/RegisterResource" if registered => request,
                "ResourceMonitor/RegisterResourceOutputs" if request["urn"].as_str().unwrap().contains(COMPONENT) => {
                    request
                }
                other if other.starts_with("ResourceProvider/") => &call["response"],
                _ => continue,
            };
            let subject: Vec<&str> = SUBJECT.iter().filter_map(|field| request[field].as_str()).collect();
            said.entry(format!("{method} {}", subject.join(" ")))
                .or_default()
                .push(part);
        }
        said
    }
}

/// Appends the smallest differing parts, each with its path.
fn differences(path: &str, expected: &Value, found: &Value, text: &mut String) {
    match (expected, found) {
        (Value::Object(one), Value::Object(other)) => {
            for name in one.keys().chain(other.keys().filter(|name| !one.contains_key(*name))) {
                differences(&format!("{path}.{name}"), &expected[name], &found[name], text);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (index, (expected, found)) in one.iter().zip(other).enumerate() {
                differences(&format!("{path}[{index}]"), expected, found, text);
            }
        }
        _ if expected == found => {}
        _ => writeln!(text, "  {path}: expected {expected}, found {found}").unwrap(),
    }
}

/// The fields that distinguish calls of one method independently of the run.
const SUBJECT: [&str; 4] = ["urn", "type", "name", "id"];

/// Makes the logs of several commands comparable with those of another run: an object has the same label in all of them.
#[derive(Debug)]
pub(crate) struct Recording {
    secret: String,
    labels: BTreeMap<String, String>,
    counts: BTreeMap<String, usize>,
}

impl Recording {
    /// Returns a recording that must never contain this secret.
    pub(crate) fn hiding(secret: &str) -> Self {
        Self {
            secret: secret.to_owned(),
            labels: BTreeMap::new(),
            counts: BTreeMap::new(),
        }
    }

    /// Returns the calls in the log of one command.
    pub(crate) fn traffic(&mut self, log: &str) -> Traffic {
        let calls = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mut calls: Vec<_> = calls.filter_map(|call| kept(&call)).collect();
        calls.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut calls: Vec<Value> = calls.into_iter().map(|(_, call)| self.settled(call)).collect();
        // How often an engine starts the plugin or repeats a request does not matter.
        calls.dedup();
        let traffic = Traffic { calls };
        assert!(
            !traffic.to_lines().contains(&self.secret),
            "the secret is in what is kept"
        );
        traffic
    }

    fn settled(&mut self, value: Value) -> Value {
        match value {
            Value::String(text) => self.text(&text).into(),
            Value::Array(items) => items.into_iter().map(|item| self.settled(item)).collect(),
            Value::Object(map) => {
                let settled = map.into_iter().map(|(name, value)| {
                    let mut value = self.settled(value);
                    // The engine lists a property's dependencies, and the keys of secrets, in no fixed order.
                    if let ("urns" | "configSecretKeys", Some(items)) = (name.as_str(), value.as_array_mut()) {
                        items.sort_by_key(Value::to_string);
                    }
                    (name, value)
                });
                Value::Object(settled.collect::<Map<_, _>>())
            }
            other => other,
        }
    }

    fn text(&mut self, text: &str) -> String {
        let text = text.replace(&self.secret, "***");
        let text = ADDRESS.replace_all(&text, "127.0.0.1:1");
        let text = HOSTED_ZONE.replace_all(&text, "Z0000000000000");
        let text = ENDPOINT_DNS.replace_all(&text, "$1-00000000");
        let text = SECRET_ARN.replace_all(&text, "$1-000000");
        let text = NAME.replace_all(&text, "-0000000$1");
        let text = AWS_ID.replace_all(&text, |found: &Captures<'_>| {
            self.label(&found[0], &found[1], |kind, number| format!("{kind}-{number:017}"))
        });
        let text = UUID.replace_all(&text, |found: &Captures<'_>| {
            if UNKNOWNS.contains(&&found[0]) {
                return found[0].to_owned();
            }
            self.label(&found[0], "", |_, number| {
                format!("00000000-0000-0000-0000-{number:012}")
            })
        });
        text.into_owned()
    }

    /// Returns the same label for the same identifier, numbered by kind.
    fn label(&mut self, found: &str, kind: &str, name: impl Fn(&str, usize) -> String) -> String {
        if let Some(label) = self.labels.get(found) {
            return label.clone();
        }
        let count = self.counts.entry(kind.to_owned()).or_default();
        *count += 1;
        let label = name(kind, *count);
        self.labels.insert(found.to_owned(), label.clone());
        label
    }
}

/// Returns a call to keep, together with its sort key.
fn kept(call: &Value) -> Option<((usize, Vec<String>), Value)> {
    // A recent engine also logs the start of a call.
    if call["progress"] == "request_started" {
        return None;
    }
    let method = call["method"].as_str()?;
    let place = METHODS
        .iter()
        .position(|kept| method.strip_prefix("/pulumirpc.") == Some(kept))?;
    let (mut request, mut response) = (call["request"].clone(), call["response"].clone());
    for side in [&mut request, &mut response] {
        let Some(fields) = side.as_object_mut() else { continue };
        fields.retain(|name, _| !NOISE.contains(&name.as_str()));
        for (_, value) in fields.iter_mut().filter(|(name, _)| ELSEWHERE.contains(&name.as_str())) {
            *value = "…".into();
        }
    }
    let mut order: Vec<String> = SUBJECT
        .iter()
        .map(|field| request[field].as_str().unwrap_or_default().to_owned())
        .collect();
    // An object's id differs from run to run. Only a feature has an id that does not.
    if !method.ends_with("/SupportsFeature") {
        order.pop();
    }
    Some((
        (place, order),
        json!({"method": method, "request": request, "response": response}),
    ))
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| regex(r"127\.0\.0\.1:\d+"));
static HOSTED_ZONE: LazyLock<Regex> = LazyLock::new(|| regex(r"\bZ[0-9A-Z]{12,}\b"));
/// Matches `vpce-0123456789abcdef0-a1b2c3d4.states.…`.
static ENDPOINT_DNS: LazyLock<Regex> = LazyLock::new(|| regex(r"\b(vpce-[0-9a-f]{17})-[a-z0-9]{8}\b"));
/// Matches `…/00c4…-…-…-…-…-a1b2c3`.
static SECRET_ARN: LazyLock<Regex> =
    LazyLock::new(|| regex(r"\b([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-[A-Za-z0-9]{6}\b"));
/// The random suffix of a physical name.
static NAME: LazyLock<Regex> = LazyLock::new(|| regex(r"-[0-9a-f]{7}($|[^0-9a-z])"));
static AWS_ID: LazyLock<Regex> = LazyLock::new(|| regex(r"\b([a-z]+)-[0-9a-f]{17}\b"));
static UUID: LazyLock<Regex> = LazyLock::new(|| regex(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"));
