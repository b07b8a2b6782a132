//! The `Retry` of an HTTP task. Without one, a private connection that has just been made fails the execution: its path is usable
//! minutes later (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection-states.html>). Without numbers,
//! Step Functions gives up after seven seconds of waiting
//! (<https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>).

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What the generated retriers repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// What cannot have had an effect, or may have it twice.
    ByMethod,
    /// The same as for a method that may be repeated, for every method.
    Repeatable,
    /// Nothing.
    Off,
}

/// A retrier of the caller.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Retrier {
    pub(super) error_equals: Vec<String>,
    pub(super) interval_seconds: Option<u32>,
    pub(super) max_attempts: Option<u32>,
    pub(super) backoff_rate: Option<f64>,
    pub(super) max_delay_seconds: Option<u32>,
    pub(super) jitter_strategy: Option<String>,
}

impl Retrier {
    /// Writes the retrier in the Amazon States Language.
    pub(super) fn written(&self) -> Value {
        let fields = [
            ("ErrorEquals", Some(json!(self.error_equals))),
            ("IntervalSeconds", self.interval_seconds.map(Value::from)),
            ("MaxAttempts", self.max_attempts.map(Value::from)),
            ("BackoffRate", self.backoff_rate.map(Value::from)),
            ("MaxDelaySeconds", self.max_delay_seconds.map(Value::from)),
            ("JitterStrategy", self.jitter_strategy.clone().map(Value::from)),
        ];
        let given = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(given.collect::<Map<_, _>>())
    }
}

/// Reports whether a second request with this method does no harm
/// (<https://www.rfc-editor.org/rfc/rfc9110.html#section-9.2.2>).
fn is_idempotent(method: &str) -> bool {
    ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"].contains(&method)
}

/// Returns the retriers for a method; `None` stands for a method that is known only at run time. An Express workflow ends after five
/// minutes, so its waits are shorter. With `timeout`, the task has a `TimeoutSeconds`.
pub(super) fn retriers(mode: Mode, method: Option<&str>, express: bool, timeout: bool) -> Vec<Value> {
    let repeats = match mode {
        Mode::Off => return Vec::new(),
        Mode::Repeatable => true,
        Mode::ByMethod => method.is_some_and(is_idempotent),
    };
    // Nothing was sent.
    let path = json!({
        "ErrorEquals": [
            "Events.ConnectionResource.AuthInProgress",
            "Events.ConnectionResource.InvalidPrivateConnectionState",
            "Events.ConnectionResource.ConcurrentModification",
            "Events.ConnectionResource.InternalError",
        ],
        "IntervalSeconds": 5,
        "BackoffRate": 2.0,
        "MaxDelaySeconds": 60,
        "MaxAttempts": if express { 4 } else { 8 },
    });
    // 429 and 503 say that the server did nothing. Behind 502 and 504, it may have.
    let statuses: &[u16] = if repeats { &[429, 502, 503, 504] } else { &[429, 503] };
    let statuses: Vec<_> = statuses
        .iter()
        .map(|status| format!("States.Http.StatusCode.{status}"))
        .collect();
    let answers = json!({
        "ErrorEquals": statuses,
        "IntervalSeconds": 1,
        "BackoffRate": 2.0,
        "MaxDelaySeconds": 30,
        "MaxAttempts": 3,
        "JitterStrategy": "FULL",
    });
    let mut all = vec![path, answers];
    if repeats {
        let mut errors = vec!["States.Http.Socket"];
        if timeout {
            errors.push("States.Timeout");
        }
        all.push(json!({
            "ErrorEquals": errors,
            "IntervalSeconds": 5,
            "BackoffRate": 2.0,
            "MaxDelaySeconds": 30,
            "MaxAttempts": if express { 1 } else { 3 },
        }));
    }
    all
}
