//! Tags: a component gives the same ones to all its objects. Other tags are left to others, with the provider's `ignoreTags`.

use std::collections::{BTreeMap, BTreeSet};

use pulumi_provider::property::{Map, Value};

use super::choice::Choice;
use crate::component::existing::Role;

/// Sets `tags` to the tags that all taken objects have, and records the keys of the others.
pub(super) fn share(choice: &mut Choice) {
    let taggable = |role: &Role| !matches!(role, Role::Connection(_));
    let tags = choice.taken.iter().filter(|(role, _)| taggable(role));
    let tags: Vec<BTreeMap<&String, &Value>> = tags
        .map(|(_, object)| {
            let tags = object.prior.inputs.get("tags").and_then(Value::as_object);
            tags.into_iter().flatten().collect()
        })
        .collect();
    let is_shared = |key: &str, value: &Value| tags.iter().all(|tags| tags.get(&key.to_owned()) == Some(&value));
    let shared: Map = tags
        .first()
        .into_iter()
        .flatten()
        .filter(|(key, value)| is_shared(key, value))
        .map(|(key, value)| ((*key).clone(), (*value).clone()))
        .collect();
    let keys: BTreeSet<_> = tags.iter().flat_map(BTreeMap::keys).collect();
    choice.ignored_tags = keys
        .into_iter()
        .filter(|key| !shared.contains_key(**key))
        .map(|key| (*key).clone())
        .collect();
    if !shared.is_empty() {
        choice.inputs.insert("tags".to_owned(), Value::Object(shared));
    }
}
