//! Check: validates the program's inputs against the schema, fills in defaults and the physical name, marks secrets.
//!
//! Check reports all failures at once, each with its path, and skips unknown values. It makes no network call, because it runs
//! in the engine's serial step generator.

pub mod values;

use crate::lifecycle::autoname::{self, Autonaming};
use crate::lifecycle::secrets;
use crate::property::path::PropertyPath;
use crate::property::{Map, Value, secret_paths};
use crate::resource::draft::{Draft, Failure, Failures};
use crate::schema::{Constraints, ObjectSchema, ResourceSchema};
use crate::urn::Urn;

/// Values of more bytes are left out of messages.
const LONGEST_SHOWN: usize = 100;

/// The arguments of Check.
#[derive(Debug)]
pub struct Request<'a> {
    /// The URN of the resource.
    pub urn: &'a Urn,
    /// The inputs from the last Check; empty for a new resource and for the new object of a replacement.
    pub olds: &'a Map,
    /// The inputs from the program.
    pub news: Map,
    /// The engine's random seed for this registration.
    pub seed: &'a [u8],
    /// The autonaming that the user configured.
    pub autonaming: Option<Autonaming>,
}

/// The result of Check.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The complete inputs.
    pub inputs: Map,
    /// The failures, in the engine's form.
    pub failures: Vec<CheckFailure>,
    /// Whether the program itself sets the physical name.
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

/// Checks the inputs of a resource. `rules` are the resource's rules between properties; they run after the checks of the
/// schema.
#[must_use]
pub fn check(schema: &ResourceSchema, request: Request<'_>, rules: impl FnOnce(&Draft<'_>, &mut Failures)) -> Checked {
    let mut failures = Failures::default();
    // A copy without defaults: the recorded inputs may lack them.
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

/// Reports whether the object that contains this property equals the recorded one. After an import or a refresh, the recorded
/// object may lack a secret, and with `ignoreChanges` the engine sends that object. The service then keeps the secret that it
/// has.
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

/// Converts a failure to the engine's form. The engine prints the value of the property that a failure names, with everything
/// inside it and in Go's notation (`{map[a:{[{b}]}]}`, `{<nil>}` for none). It prints misspelled properties too. So the failure
/// names a property only if that is a top-level property of the schema, contains no secret, and has a short plain value.
/// Otherwise the path goes into the reason.
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

/// Reports whether a value is short and plain enough to print within a sentence.
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
