//! Check: validates the program's inputs against the schema, fills in defaults and the physical name, marks secrets.
//!
//! Everything that is wrong is reported at once, each with its path. What is not known yet is skipped. No network call: Check
//! runs in the engine's serial step generator.

pub mod values;

use crate::lifecycle::autoname::{self, Autonaming};
use crate::lifecycle::secrets;
use crate::property::path::PropertyPath;
use crate::property::{Map, Value, secret_paths};
use crate::resource::draft::{Draft, Failure, Failures};
use crate::schema::{Constraints, ObjectSchema, ResourceSchema};
use crate::urn::Urn;

/// Longer texts are left out of messages.
const LONGEST_SHOWN: usize = 100;

/// What Check is asked.
#[derive(Debug)]
pub struct Request<'a> {
    /// The resource.
    pub urn: &'a Urn,
    /// The inputs that were checked before; empty for a new resource and for the new half of a replacement.
    pub olds: &'a Map,
    /// What the program says.
    pub news: Map,
    /// The engine's randomness for this registration.
    pub seed: &'a [u8],
    /// What the user configured about automatic names.
    pub autonaming: Option<Autonaming>,
}

/// What Check answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The complete inputs.
    pub inputs: Map,
    /// What is wrong with them, as the engine takes it.
    pub failures: Vec<CheckFailure>,
    /// Whether the program itself gave the physical name.
    pub named_by_user: bool,
}

/// One failure in the engine's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckFailure {
    /// A top-level property whose value the engine may print; else empty.
    pub property: String,
    /// What is wrong.
    pub reason: String,
}

/// Checks the inputs of a resource. `rules` are those between properties; they run on top of what the schema says.
#[must_use]
pub fn check(schema: &ResourceSchema, request: Request<'_>, rules: impl FnOnce(&Draft<'_>, &mut Failures)) -> Checked {
    let mut failures = Failures::default();
    // Before the defaults: what was recorded may lack them.
    let said = request.news.clone();
    let mut inputs = request.news;
    let named_by_user = schema
        .autoname
        .as_ref()
        .is_some_and(|name| is_given(&inputs, &name.property));
    values::check(&schema.inputs, &mut inputs, &mut failures);
    failures.forgive_missing_secrets(|path| is_as_recorded(path, request.olds, &said));
    name(
        schema,
        request.urn,
        request.olds,
        request.seed,
        request.autonaming.as_ref(),
        &mut inputs,
        &mut failures,
    );
    rules(&Draft::new(&inputs), &mut failures);
    secrets::mark(&schema.inputs, &mut inputs);
    let failures = failures
        .iter()
        .map(|failure| for_engine(&schema.inputs, &inputs, failure))
        .collect();
    Checked {
        inputs,
        failures,
        named_by_user,
    }
}

/// Whether what holds this property is just what was recorded: after an import or a refresh a secret is not known, and with
/// `ignoreChanges` the engine gives the recorded value. Then the service keeps what it has.
fn is_as_recorded(path: &PropertyPath, olds: &Map, news: &Map) -> bool {
    let Some((_, above)) = path.segments().split_last() else {
        return false;
    };
    let above = above
        .iter()
        .fold(PropertyPath::root(), |path, segment| path.then(segment.clone()));
    let plain = |map: &Map| secret_paths::split(map.clone()).0;
    match (above.get(&plain(olds)), above.get(&plain(news))) {
        (Some(old), Some(new)) => old == new,
        _ => false,
    }
}

fn name(
    schema: &ResourceSchema,
    urn: &Urn,
    olds: &Map,
    seed: &[u8],
    configured: Option<&Autonaming>,
    inputs: &mut Map,
    failures: &mut Failures,
) {
    let Some(rules) = &schema.autoname else {
        return;
    };
    if is_given(inputs, &rules.property) {
        return;
    }
    let kept = olds.get(&rules.property).filter(|name| name.as_str().is_some());
    let none = Constraints::default();
    let limits = schema
        .inputs
        .property(&rules.property)
        .map_or(&none, |name| &name.constraints);
    let chosen = match kept {
        Some(name) => Ok(name.clone()),
        None => autoname::choose(rules, limits, urn.name(), seed, configured).map(Value::from),
    };
    match chosen {
        Ok(name) => {
            inputs.insert(rules.property.clone(), name);
        }
        Err(reason) => failures.at(&rules.property, reason),
    }
}

fn is_given(inputs: &Map, name: &str) -> bool {
    inputs.get(name).is_some_and(|value| !value.is_null())
}

/// The engine prints the value of the property that a failure names, with everything inside it and in Go's own notation
/// (`{map[a:{[{b}]}]}`, `{<nil>}` for none), and it prints a misspelt property too. So only a top-level, known property that
/// is no secret and has a short plain value is named; otherwise the path goes into the text.
#[must_use]
pub fn for_engine(schema: &ObjectSchema, inputs: &Map, failure: &Failure) -> CheckFailure {
    let path = failure.path.to_string();
    let Some(top) = failure.path.first_key() else {
        return CheckFailure {
            property: String::new(),
            reason: failure.reason.clone(),
        };
    };
    let is_top = failure.path == PropertyPath::root().key(top);
    let open = schema
        .properties
        .get(top)
        .is_some_and(|property| !secrets::bears_secrets(property))
        && inputs
            .get(top)
            .is_some_and(|value| is_plain(value) && !secret_paths::contains_secret(value));
    if is_top && open {
        CheckFailure {
            property: path,
            reason: failure.reason.clone(),
        }
    } else {
        CheckFailure {
            property: String::new(),
            reason: format!("`{path}`: {}", failure.reason),
        }
    }
}

/// Whether a value reads well within a sentence.
#[must_use]
pub fn is_plain(value: &Value) -> bool {
    match value.bare() {
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => text.len() <= LONGEST_SHOWN && !text.contains(char::is_control),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
