//! The look-ups against the emulator: what they answer, with how many calls, and what they say if there is none or more than one.
#![allow(clippy::unwrap_used)] // a test may panic

#[path = "support/fixture.rs"]
mod fixture;
#[path = "lookups/lattice.rs"]
mod lattice;
#[path = "lookups/network.rs"]
mod network;
#[allow(dead_code)] // the other half is for the checks of previews
#[path = "preview_checks/situation.rs"]
mod situation;

use std::collections::BTreeMap;

use fixture::{Fixture, REGION, provider};
use private_step_functions::{functions, package};
use pulumi_provider::lifecycle::check::values;
use pulumi_provider::property::{Map, Value};
use pulumi_provider::resource::draft::Failures;
use serde_json::{Value as Json, json};

/// Calls a function of the package as a program does: with checked arguments. The answer must fit the schema.
pub(crate) async fn ask(fixture: &Fixture, function: &str, arguments: Json) -> Result<Json, String> {
    ask_with(fixture, json!({}), function, arguments).await
}

/// Does the same with a provider that has this configuration.
pub(crate) async fn ask_with(fixture: &Fixture, config: Json, function: &str, arguments: Json) -> Result<Json, String> {
    let token = format!("private-step-functions:index:{function}");
    let schema = package::schema("0.0.0").unwrap();
    let schema = schema.function(&token).unwrap();
    let mut arguments = object(arguments);
    let mut failures = Failures::default();
    values::check(&schema.inputs, &mut arguments, &mut failures);
    let wrong: Vec<String> = failures
        .iter()
        .map(|one| format!("`{}` {}", one.path, one.reason))
        .collect();
    if !wrong.is_empty() {
        return Err(wrong.join("; "));
    }
    let aws = provider(&fixture.emulator, REGION, config);
    let all = functions::all();
    let function = all.iter().find(|function| function.token() == token).unwrap();
    let mut answer = function
        .call(&aws, arguments)
        .await
        .map_err(|error| error.to_string())?;
    let mut failures = Failures::default();
    values::check(&schema.outputs, &mut answer, &mut failures);
    let wrong: Vec<String> = failures
        .iter()
        .map(|one| format!("{} {}", one.path, one.reason))
        .collect();
    assert_eq!(wrong, [""; 0], "the answer does not fit the schema: {answer:?}");
    Ok(json_of(&Value::Object(answer)))
}

fn object(arguments: Json) -> Map {
    match Value::from(arguments) {
        Value::Object(map) => map,
        other => panic!("{other:?} is no object"),
    }
}

fn json_of(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Number(value) => json!(value),
        Value::String(value) => json!(value),
        Value::Array(items) => items.iter().map(json_of).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), json_of(value))).collect(),
        other => panic!("a function answers with {other:?}"),
    }
}

/// Returns the calls that something makes, by operation.
pub(crate) async fn calls_of<T>(fixture: &Fixture, does: impl Future<Output = T>) -> (T, BTreeMap<String, usize>) {
    let before = fixture.emulator.journal().len();
    let done = does.await;
    let mut calls = BTreeMap::new();
    for entry in fixture.emulator.journal().split_off(before) {
        *calls.entry(entry.operation).or_default() += 1;
    }
    (done, calls)
}

/// Returns the texts of a list.
pub(crate) fn texts(list: &Json) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|item| item.as_str().unwrap())
        .collect()
}
