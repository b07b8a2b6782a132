//! Generates arbitrary values, and arbitrary inputs that fit a schema, for the tests of this crate and of packages.

pub(crate) mod inputs;
pub(crate) mod toy;
pub(crate) mod values;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use crate::property::Value;

/// Returns documents that Check accepts, as text and as objects.
fn documents() -> BoxedStrategy<Value> {
    let all = [
        json!({"words": ["a", "b"]}),
        json!({"words": ["B", "a"]}),
        json!({"words": ["all"]}),
        json!({"words": []}),
    ];
    let texts = all.iter().map(|document| Value::from(document.to_string()));
    select(all.iter().cloned().map(Value::from).chain(texts).collect::<Vec<_>>()).boxed()
}
