//! Records in the state that a create or update ended half-way, in an output that neither the CLI nor a program shows.
//!
//! In the next run the engine calls Update for such an object, whatever Diff answers, but does not tell it why. After a failed
//! update it keeps the *old* inputs with the new outputs (seen in 3.200.0 and 3.276.0; `OnResourceStepPost` in its sources). So
//! this output records the inputs of the failed operation: the service may already have a secret among them. It also records
//! the paths that the failed update was to change. The next update then does not touch anything else, which somebody may have
//! changed in the meantime.

use crate::lifecycle::secrets;
use crate::property::path::PropertyPath;
use crate::property::{Map, Value};
use crate::resource::three_way::{Base, Bases};
use crate::schema::{ObjectSchema, Type};

/// The engine hides properties that begin with two underscores.
const PROPERTY: &str = "__unfinished";
const INPUTS: &str = "inputs";
const POSSIBLE: &str = "possible";
const UNSETTLED: &str = "unsettled";
const IN_DOUBT: &str = "inDoubt";

/// Marks the outputs of an object whose create did not finish.
pub(super) fn mark_created(outputs: &mut Map, inputs: &Map) {
    let mark = Map::from([(INPUTS.to_owned(), Value::Object(inputs.clone()))]);
    outputs.insert(PROPERTY.to_owned(), Value::Object(mark));
}

/// An update that ended half-way.
pub(super) struct Attempt<'a> {
    /// The inputs of the resource in the schema.
    pub(super) schema: &'a ObjectSchema,
    /// The outputs that were recorded before the update.
    pub(super) old_outputs: &'a Map,
    /// The result of [`possible_inputs`] before the update.
    pub(super) possible: &'a Map,
    /// The new inputs of the update.
    pub(super) inputs: &'a Map,
    /// The paths that the update was to change; `None` if they could not be determined.
    pub(super) changes: Option<Vec<PropertyPath>>,
    /// Whether the service may or may not have received some request of the update.
    pub(super) in_doubt: bool,
}

/// Marks the outputs of an object whose update ended half-way.
pub(super) fn mark_updated(outputs: &mut Map, attempt: Attempt<'_>) {
    let possible = joined(attempt.schema, attempt.possible, attempt.inputs);
    let mut mark = Map::from([
        (INPUTS.to_owned(), Value::Object(attempt.inputs.clone())),
        (POSSIBLE.to_owned(), Value::Object(possible)),
        (IN_DOUBT.to_owned(), attempt.in_doubt.into()),
    ]);
    if let (Bases::UnsettledAt(mut paths), Some(changes)) = (bases(attempt.old_outputs), attempt.changes) {
        paths.extend(changes);
        paths.sort();
        paths.dedup();
        let paths = paths.iter().map(|path| path.to_string().into()).collect();
        mark.insert(UNSETTLED.to_owned(), Value::Array(paths));
    }
    outputs.insert(PROPERTY.to_owned(), Value::Object(mark));
}

/// Returns the base of each input for an update of an object with these recorded outputs.
pub(super) fn bases(outputs: &Map) -> Bases {
    if !outputs.contains_key(PROPERTY) {
        return Bases::UnsettledAt(Vec::new());
    }
    let paths = part(outputs, UNSETTLED).and_then(Value::as_array).map(|paths| {
        let read = paths.iter().map(|path| path.as_str()?.parse().ok());
        read.collect::<Option<Vec<PropertyPath>>>()
    });
    match paths {
        Some(Some(paths)) => Bases::UnsettledAt(paths),
        _ => Bases::All(Base::Live),
    }
}

/// Adds to the reason in a preview that the last operation failed half-way. The engine updates such an object even if the
/// program has not changed.
pub(super) fn reason(outputs: &Map, reason: Option<String>) -> Option<String> {
    if !outputs.contains_key(PROPERTY) {
        return reason;
    }
    let continues = "the last operation on it did not finish, and this one continues from the object as it is now";
    Some(match reason {
        Some(reason) => format!("{reason}; {continues}"),
        None => format!("must be updated: {continues}"),
    })
}

/// Returns the inputs of the last operation, even if it ended half-way.
pub(super) fn last_inputs<'a>(outputs: &'a Map, recorded: &'a Map) -> &'a Map {
    part(outputs, INPUTS).and_then(Value::as_object).unwrap_or(recorded)
}

/// Returns the inputs of the last operation. Each list and map also contains everything that operations may have put there
/// since the last one that finished.
pub(super) fn possible_inputs<'a>(outputs: &'a Map, recorded: &'a Map) -> &'a Map {
    let possible = part(outputs, POSSIBLE).and_then(Value::as_object);
    possible.unwrap_or_else(|| last_inputs(outputs, recorded))
}

/// Returns the last inputs for a refresh, without the secrets that the service may or may not have. So the next Diff finds that
/// they must be sent, whatever the program says.
pub(super) fn certain_inputs(schema: &ObjectSchema, outputs: &Map, recorded: &Map) -> Map {
    let inputs = last_inputs(outputs, recorded).clone();
    if !is_in_doubt(outputs) {
        return inputs;
    }
    let bases = bases(outputs);
    let is_certain = |name: &String| bases.of(&PropertyPath::root().key(name)) == Base::Recorded;
    let (mut certain, mut others): (Map, Map) = inputs.into_iter().partition(|(name, _)| is_certain(name));
    secrets::forget(schema, &mut others);
    certain.append(&mut others);
    certain
}

/// Reports whether the service may have other secrets than those in [`last_inputs`].
pub(super) fn is_in_doubt(outputs: &Map) -> bool {
    part(outputs, IN_DOUBT).and_then(Value::as_bool) == Some(true)
}

fn part<'a>(outputs: &'a Map, name: &str) -> Option<&'a Value> {
    outputs.get(PROPERTY)?.as_object()?.get(name)
}

/// Returns the later inputs, with the elements of lists and maps that only the earlier ones have.
fn joined(schema: &ObjectSchema, earlier: &Map, later: &Map) -> Map {
    let mut joined = later.clone();
    for (name, value) in earlier {
        if let Some(property) = schema.properties.get(name)
            && let Some(value) = join(&property.kind, value, later.get(name))
        {
            joined.insert(name.clone(), value);
        }
    }
    joined
}

/// Joins two values of one type. Returns `None` where only the later value counts.
fn join(kind: &Type, earlier: &Value, later: Option<&Value>) -> Option<Value> {
    let value = match (kind, earlier.bare(), later.map(Value::bare)) {
        (Type::Array(_), Value::Array(earlier), Some(Value::Array(later))) => {
            let more = earlier.iter().filter(|item| !later.contains(item));
            Value::Array(later.iter().chain(more).cloned().collect())
        }
        (Type::Map(_), Value::Object(earlier), Some(Value::Object(later))) => {
            let mut joined = earlier.clone();
            joined.extend(later.clone());
            Value::Object(joined)
        }
        (Type::Object(schema), Value::Object(earlier), Some(Value::Object(later))) => {
            Value::Object(joined(schema, earlier, later))
        }
        (Type::Array(_) | Type::Map(_) | Type::Object(_), bare, None) => bare.clone(),
        _ => return None,
    };
    let is_secret = [Some(earlier), later]
        .into_iter()
        .flatten()
        .any(|whole| matches!(whole, Value::Secret(_)));
    Some(if is_secret { value.into_secret() } else { value })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::samples::inputs::map;
    use crate::samples::toy::thing;

    fn path(text: &str) -> PropertyPath {
        text.parse().unwrap()
    }

    /// Returns the outputs of a failed update to these inputs, of an object with the outputs `old_outputs`.
    fn attempt(old_outputs: &Map, recorded: &Map, inputs: &Map, changes: &[&str]) -> Map {
        let mut outputs = Map::new();
        let attempt = Attempt {
            schema: &thing().inputs,
            old_outputs,
            possible: possible_inputs(old_outputs, recorded),
            inputs,
            changes: Some(changes.iter().map(|text| path(text)).collect()),
            in_doubt: false,
        };
        mark_updated(&mut outputs, attempt);
        outputs
    }

    #[test]
    fn properties_that_failed_updates_may_have_changed_are_unsettled() {
        let recorded = map(json!({ "hosts": ["a", "x"], "tags": { "one": "1" }, "size": 1 }));
        let once = map(json!({ "hosts": ["b", "x"], "tags": { "two": "!secret!2" }, "size": 2 }));
        let twice = map(json!({ "hosts": ["!secret!c"], "size": 3 }));
        let first = attempt(&Map::new(), &recorded, &once, &["hosts[0]", "tags.one"]);
        let second = attempt(&first, &recorded, &twice, &["size"]);
        assert_eq!(last_inputs(&second, &recorded), &twice);
        let possible = json!({
            "hosts": ["!secret!c", "b", "x", "a"], "tags": { "one": "1", "two": "!secret!2" }, "size": 3,
        });
        assert_eq!(possible_inputs(&second, &recorded), &map(possible));
        let bases = bases(&second);
        for unsettled in ["hosts", "tags", "size"] {
            assert_eq!(bases.at(unsettled), Base::Unsettled, "{unsettled}");
        }
        assert_eq!(
            (bases.at("zone"), bases.at("auth.user")),
            (Base::Recorded, Base::Recorded)
        );
    }

    #[test]
    fn all_properties_have_the_live_base_after_a_failed_create() {
        let inputs = map(json!({ "size": 1 }));
        let mut created = Map::new();
        mark_created(&mut created, &inputs);
        assert_eq!(bases(&created), Bases::All(Base::Live));
        let updated = attempt(&created, &Map::new(), &inputs, &["size"]);
        assert_eq!(bases(&updated).at("zone"), Base::Live);
    }

    #[test]
    fn a_list_that_was_secret_stays_secret() {
        let recorded = Map::from([("hosts".to_owned(), Value::Array(vec!["a".into()]).into_secret())]);
        let outputs = attempt(&Map::new(), &recorded, &map(json!({ "hosts": ["b"] })), &["hosts"]);
        let joined = Value::Array(vec!["b".into(), "a".into()]).into_secret();
        assert_eq!(possible_inputs(&outputs, &recorded)["hosts"], joined);
    }
}
