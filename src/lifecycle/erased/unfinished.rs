//! What the state remembers of a create or update that ended half-way: an output that neither the CLI nor a program shows.
//!
//! The engine calls Update for such an object in the next run, whatever Diff says, but does not tell it why. It keeps the *old*
//! inputs after an update that failed, with the new outputs (seen in 3.200.0 and 3.259.0; `OnResourceStepPost` in its sources).
//! So the inputs that were to be reached are kept here: a secret among them may be what the service has now.

use crate::lifecycle::secrets;
use crate::lifecycle::three_way::Base;
use crate::property::{Map, Value};
use crate::schema::ObjectSchema;

/// The engine hides properties that begin like this.
const PROPERTY: &str = "__unfinished";
const INPUTS: &str = "inputs";
const IN_DOUBT: &str = "inDoubt";

/// Marks the outputs of an object that was left half-way on its way to these inputs. `in_doubt`: it is not known whether the last
/// request arrived.
pub(super) fn mark(outputs: &mut Map, inputs: &Map, in_doubt: bool) {
    let mark = Map::from([
        (INPUTS.to_owned(), Value::Object(inputs.clone())),
        (IN_DOUBT.to_owned(), in_doubt.into()),
    ]);
    outputs.insert(PROPERTY.to_owned(), Value::Object(mark));
}

/// What an update of an object with these recorded outputs starts from.
pub(super) fn base(outputs: &Map) -> Base {
    match outputs.get(PROPERTY) {
        None => Base::Recorded,
        Some(_) => Base::Live,
    }
}

/// What a preview tells of an object with these recorded outputs: the engine updates it also where the program has not changed.
pub(super) fn reason(outputs: &Map, reason: Option<String>) -> Option<String> {
    if !outputs.contains_key(PROPERTY) {
        return reason;
    }
    let continues = "the last operation on it failed half-way, and this one continues from what is there";
    Some(match reason {
        Some(reason) => format!("{reason}; {continues}"),
        None => format!("must be updated: {continues}"),
    })
}

/// The inputs that count as recorded: those of the last operation, also if it ended half-way.
pub(super) fn inputs<'a>(outputs: &'a Map, recorded: &'a Map) -> &'a Map {
    let kept = part(outputs, INPUTS).and_then(Value::as_object);
    kept.unwrap_or(recorded)
}

/// The same for a refresh: without the secrets that the service may or may not have. The next Diff finds then that they have to
/// be sent, whatever the program says.
pub(super) fn certain_inputs(schema: &ObjectSchema, outputs: &Map, recorded: &Map) -> Map {
    let mut inputs = inputs(outputs, recorded).clone();
    if is_in_doubt(outputs) {
        secrets::forget(schema, &mut inputs);
    }
    inputs
}

/// Whether the secrets of [`inputs`] may be others than those that the service has.
pub(super) fn is_in_doubt(outputs: &Map) -> bool {
    part(outputs, IN_DOUBT).and_then(Value::as_bool) == Some(true)
}

fn part<'a>(outputs: &'a Map, name: &str) -> Option<&'a Value> {
    outputs.get(PROPERTY)?.as_object()?.get(name)
}
