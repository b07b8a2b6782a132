//! Explains why a resource changes, where the CLI does not: it does not mark the property that forces a replacement, and of a
//! failed state of the object it shows only the word.

use std::collections::BTreeSet;

use crate::property::path::{PropertyPath, Segment};
use crate::property::secret_paths;
use crate::resource::changes::Changes;

/// Returns the explanation for the user, shown after the resource's name; `None` where the CLI's own diff is enough.
/// `fixed_name` is the property with a name that a replacement cannot have while the old object has it.
pub(super) fn of(changes: &Changes<'_>, fixed_name: Option<&str>) -> Option<String> {
    let reason = why(changes)?;
    let Some(name) = fixed_name else {
        return Some(reason);
    };
    Some(format!(
        "{reason}. The new object cannot be created while the old one has the same `{name}`: change or remove `{name}`, or set the \
         resource option `deleteBeforeReplace`"
    ))
}

fn why(changes: &Changes<'_>) -> Option<String> {
    let forcing = changes.by_path.iter();
    let forcing = forcing.filter(|(path, change)| change.replace && !changes.causes.contains_key(path));
    let (later, now): (Vec<_>, Vec<_>) = forcing
        .map(|(path, _)| path)
        .partition(|path| path.get(changes.inputs).is_some_and(secret_paths::contains_unknown));
    let mut causes: Vec<_> = changes.causes.values().cloned().collect();
    if !now.is_empty() {
        causes.push(format!("{} cannot be changed in place", list(&now)));
    }
    if causes.is_empty() && !later.is_empty() {
        return Some(format!(
            "may have to be replaced: {} cannot be changed in place, and its new value is not known yet",
            list(&later)
        ));
    }
    let becomes = if changes.replaces() { "replaced" } else { "updated" };
    (!causes.is_empty()).then(|| format!("must be {becomes}: {}", causes.join("; ")))
}

/// Lists the properties as the user spells them: `a`, `b` and `c`.
fn list(paths: &[&PropertyPath]) -> String {
    let names: BTreeSet<_> = paths.iter().map(|path| format!("`{}`", named(path))).collect();
    let names: Vec<_> = names.into_iter().collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => names.concat(),
    }
}

/// Returns the path of the whole list for a path inside one, so that each list is named once.
fn named(path: &PropertyPath) -> PropertyPath {
    let keys = path.segments().iter().take_while(|one| matches!(one, Segment::Key(_)));
    keys.fold(PropertyPath::root(), |path, key| path.then(key.clone()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value as Json, json};

    use crate::lifecycle::diff;
    use crate::property::Map;
    use crate::resource::changes::{Change, ChangeKind, Changes};
    use crate::samples::inputs::map;
    use crate::samples::toy::thing;

    /// Returns the explanation for a change of these inputs, after the resource has added its own with `adds`.
    fn reason(old: Json, new: Json, adds: impl Fn(&mut Changes<'_>)) -> Option<String> {
        let (old, new) = (map(old), map(new));
        let mut changes = Changes {
            old_inputs: &old,
            old_state: &Map::new(),
            inputs: &new,
            by_path: diff::inputs(&thing().inputs, |_, _, _| false, &old, &Map::new(), &new),
            causes: BTreeMap::new(),
            delete_first: false,
            ignored: &[],
            named_by_user: false,
        };
        adds(&mut changes);
        super::of(&changes, None)
    }

    fn broken(replace: bool) -> impl Fn(&mut Changes<'_>) {
        move |changes| {
            let change = Change {
                kind: ChangeKind::Update,
                replace,
                input: false,
            };
            changes.record("state", change);
            changes.because("state", "it is BROKEN");
        }
    }

    #[test]
    fn an_in_place_update_of_inputs_has_no_reason() {
        let old = json!({"name": "mine", "size": 1});
        assert_eq!(reason(old.clone(), old.clone(), |_| {}), None);
        assert_eq!(reason(old.clone(), json!({"name": "mine", "size": 2}), |_| {}), None);
        // A reason for a property that does not change is dropped.
        let silent = reason(old.clone(), old, |changes| changes.because("state", "it is BROKEN"));
        assert_eq!(silent, None);
    }

    #[test]
    fn the_reason_names_only_changes_that_force_a_replacement() {
        let old = json!({"name": "mine", "zone": "a", "size": 1, "target": {"host": "x"}});
        let new = json!({"name": "mine", "zone": "b", "size": 2, "target": {"host": "y"}});
        insta::assert_snapshot!(
            reason(old.clone(), new, |_| {}).unwrap(),
            @"must be replaced: `target.host` and `zone` cannot be changed in place"
        );
        let perhaps = json!({"name": "mine", "zone": "!unknown!", "size": 2, "target": {"host": "x"}});
        insta::assert_snapshot!(
            reason(old.clone(), perhaps, |_| {}).unwrap(),
            @"may have to be replaced: `zone` cannot be changed in place, and its new value is not known yet"
        );
        let surely = json!({"name": "mine", "zone": "!unknown!", "size": 2, "target": {"host": "y"}});
        insta::assert_snapshot!(
            reason(old, surely, |_| {}).unwrap(),
            @"must be replaced: `target.host` cannot be changed in place"
        );
    }

    #[test]
    fn the_reason_includes_the_explanation_of_the_resource() {
        let (old, moved) = (json!({"zone": "a"}), json!({"zone": "b"}));
        insta::assert_snapshot!(reason(old.clone(), old.clone(), broken(false)).unwrap(), @"must be updated: it is BROKEN");
        insta::assert_snapshot!(reason(old.clone(), old.clone(), broken(true)).unwrap(), @"must be replaced: it is BROKEN");
        insta::assert_snapshot!(
            reason(old, moved, broken(false)).unwrap(),
            @"must be replaced: it is BROKEN; `zone` cannot be changed in place"
        );
    }
}
