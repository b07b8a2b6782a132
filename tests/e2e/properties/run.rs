//! Runs the rows of a table through the real engine, all in one stack, so that one command serves every row.

use std::collections::BTreeMap;

use aws_emulator::journal::Entry;
use serde_json::{Map, Value, json};

use super::live::look;
use super::places::Places;
use super::row::{Aws, COMPONENT, CONNECTION, Change, Drift, Row, Table};
use crate::emulator::pause;
use crate::project::{POLLING, Project, SPEED};
use crate::pulumi::Run;
use crate::shown::{self, Shown};

/// Whether the program has the inputs before or after the change, and which options its resources have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Program {
    From,
    To,
    /// The old values, with `ignoreChanges`.
    Ignoring,
    /// The old values, with `replaceOnChanges`.
    Replacing,
    /// The new values, and a change of another property than the row's; see [`add_beside`].
    Beside,
}

/// A table, its project, and the failures so far.
struct Batch<'a> {
    table: &'a Table,
    project: Project,
    places: Places,
    failures: Vec<String>,
}

/// Tests every row of a table, from the first `up` to `destroy`.
pub(super) fn run(table: &Table) {
    // Many providers make calls in parallel, so the emulator must also refill its request tokens faster.
    let speed = if table.providers > 0 { 5.0 * SPEED } else { SPEED };
    let project = Project::at_speed(speed, "resources: {}\n");
    let places = Places::make(&project.emulator);
    let mut batch = Batch {
        table,
        project,
        places,
        failures: Vec::new(),
    };
    batch.edit();
    batch.drift();
    if table.token != COMPONENT {
        batch.options();
    }
    batch.finish();
}

impl Batch<'_> {
    /// Tests that preview and update show the changes of the rows, and that AWS shows them after the update.
    fn edit(&mut self) {
        self.write(Program::From);
        self.project.up().succeeds();
        let (before, ids) = (self.facts(), self.ids());

        self.write(Program::To);
        let preview = self.project.preview().succeeds();
        self.compare("preview", &preview, |row| row.changes.clone());
        self.explained(&preview);
        let called = self.project.emulator.journal().len();
        self.project.up().succeeds();
        let calls = self.project.emulator.journal().split_off(called);
        let after = self.facts();
        for row in &self.table.rows {
            let fault = self.in_aws(row, &before, &after, &calls);
            let order = row
                .changes
                .iter()
                .find_map(|change| self.order(row, change, &ids, &calls));
            self.fail(row, "after the update", fault.or(order));
        }
        self.project.up_unchanged().succeeds();
    }

    /// Tests that a refresh shows changes by somebody else, and that the next update corrects them.
    fn drift(&mut self) {
        let (healthy, ids) = (self.facts(), self.ids());
        let mut drifted = false;
        for row in &self.table.rows {
            let Drift::By {
                token, suffix, call, ..
            } = &row.drift
            else {
                continue;
            };
            drifted = true;
            let key = key(row, token, suffix);
            let id = &ids[&key];
            call(&self.project.emulator, id);
            let seen = (0..100).any(|_| {
                pause();
                look(&self.project.emulator, token, id) != healthy[&key]
            });
            self.fail(
                row,
                "behind our back",
                (!seen).then(|| "nothing has changed".to_owned()),
            );
        }
        if !drifted {
            return;
        }
        // AWS shows changes late, and changed objects take time to become ready.
        (0..20).for_each(|_| pause());
        if self.table.token != COMPONENT {
            self.survives(&ids);
        }
        let refresh = self
            .project
            .pulumi(&["refresh", "--yes", "--skip-preview", "--diff"])
            .succeeds();
        self.compare("refresh", &refresh, |row| match &row.drift {
            Drift::By {
                token, suffix, seen, ..
            } => vec![Change {
                token,
                suffix,
                sign: "~",
                places: seen.clone(),
            }],
            Drift::None(_) => Vec::new(),
        });
        let mending = self
            .project
            .pulumi(&["up", "--yes", "--skip-preview", "--diff"])
            .succeeds();
        let shown = shown::changes(&mending.stdout);
        let mended = self.facts();
        for row in &self.table.rows {
            let Drift::By {
                token,
                suffix,
                mended_by,
                ..
            } = &row.drift
            else {
                continue;
            };
            let key = key(row, token, suffix);
            let sign = shown.get(&key).map_or("", |shown| &shown.sign);
            let fault = if sign != *mended_by {
                Some(format!("mended by {sign:?} instead of {mended_by:?}"))
            } else if *mended_by == "~" && mended[&key] != healthy[&key] {
                Some(difference(&healthy[&key], &mended[&key]))
            } else {
                None
            };
            self.fail(row, "after mending", fault);
        }
        self.project
            .pulumi(&[
                "up",
                "--refresh",
                "--yes",
                "--skip-preview",
                "--expect-no-changes",
                "--diff",
            ])
            .succeeds();
    }

    /// Tests that an update of another property keeps changes by somebody else that no refresh has recorded.
    fn survives(&mut self, ids: &Ids) {
        let drifted = self.facts();
        self.write(Program::Beside);
        self.project.up().succeeds();
        let after = self.facts();
        for row in &self.table.rows {
            let Drift::By { token, suffix, .. } = &row.drift else {
                continue;
            };
            let key = key(row, token, suffix);
            let (mut now, mut lost) = (after[&key].clone(), Vec::new());
            for fact in drifted[&key].iter().filter(|fact| !is_beside(&row.property, fact)) {
                match now.iter().position(|other| other == fact) {
                    Some(index) => drop(now.swap_remove(index)),
                    None => lost.push(fact.clone()),
                }
            }
            let fault = (!lost.is_empty()).then(|| format!("{lost:?} are gone, AWS shows {:?}", after[&key]));
            self.fail(row, "after an update of another property", fault);
        }
        assert_eq!(&self.ids(), ids, "something was replaced");
        self.write(Program::To);
        self.project.up().succeeds();
    }

    /// Tests `ignoreChanges` and `replaceOnChanges` for the places of each row.
    fn options(&mut self) {
        let before = self.facts();
        self.write(Program::Ignoring);
        self.project.up_unchanged().succeeds();
        let (after, ids) = (self.facts(), self.ids());
        for row in &self.table.rows {
            let key = key(row, self.table.token, "");
            let fault = (before[&key] != after[&key]).then(|| difference(&before[&key], &after[&key]));
            self.fail(row, "with ignoreChanges", fault);
        }
        self.write(Program::Replacing);
        let called = self.project.emulator.journal().len();
        let replacing = self
            .project
            .pulumi(&["up", "--yes", "--skip-preview", "--diff"])
            .succeeds();
        let calls = self.project.emulator.journal().split_off(called);
        let shown = shown::changes(&replacing.stdout);
        for row in &self.table.rows {
            let key = key(row, self.table.token, "");
            let sign = shown.get(&key).map_or("", |shown| &shown.sign);
            let expected = if row.changes.is_empty() { "" } else { "replaced" };
            let is = if ["+-", "-+"].contains(&sign) { "replaced" } else { sign };
            let fault = (is != expected).then(|| format!("{is:?} instead of {expected:?}"));
            let order = row
                .changes
                .iter()
                .find(|change| change.suffix.is_empty())
                .and_then(|change| {
                    let replaced = Change {
                        sign: "+-",
                        ..change.clone()
                    };
                    self.order(row, &replaced, &ids, &calls).filter(|_| sign == "+-")
                });
            self.fail(row, "with replaceOnChanges", fault.or(order));
        }
        self.project.up_unchanged().succeeds();
    }

    fn finish(self) {
        let Self {
            project,
            places,
            failures,
            ..
        } = self;
        assert!(
            failures.is_empty(),
            "{} failures:\n{}",
            failures.len(),
            failures.join("\n")
        );
        project.destroy().succeeds();
        places.remove(&project.emulator);
        project.finish();
    }

    fn fail(&mut self, row: &Row, when: &str, fault: Option<String>) {
        if let Some(fault) = fault {
            let Row { name, promise, .. } = row;
            self.failures
                .push(format!("row {name}, {when}: {fault}\n    promised: {promise}"));
        }
    }

    /// Compares the changes that the CLI shows with those of the rows. There must be no others.
    fn compare(&mut self, when: &str, run: &Run, expected: impl Fn(&Row) -> Vec<Change>) {
        let mut shown = shown::changes(&run.stdout);
        for row in &self.table.rows {
            let own =
                |name: &str| name == row.name || name.strip_prefix(&row.name).is_some_and(|rest| rest.starts_with('-'));
            let is_own = |key: &String| key.split_once(' ').is_some_and(|(_, name)| own(name));
            let keys: Vec<_> = shown.keys().filter(|key| is_own(key)).cloned().collect();
            let mut is: BTreeMap<_, _> = keys.into_iter().filter_map(|key| shown.remove_entry(&key)).collect();
            if self.table.token == COMPONENT {
                // A component is no object in AWS. The CLI shows its inputs.
                let places = is.remove(&key(row, COMPONENT, "")).unwrap_or_default().places;
                let named = places.is_empty() || places.iter().any(|place| covers(&row.property, place));
                self.fail(
                    row,
                    when,
                    (!named).then(|| format!("{:?} is not among {places:?}", row.property)),
                );
            }
            let mut wanted = BTreeMap::new();
            for change in expected(row) {
                let shown = Shown {
                    sign: change.sign.to_owned(),
                    places: change.places,
                };
                wanted.insert(key(row, change.token, change.suffix), shown);
            }
            for shown in is.values_mut().chain(wanted.values_mut()) {
                // For a created or deleted resource, the CLI shows every property. For a replaced one, the schema decides the
                // sign of each place.
                if ["+", "-"].contains(&shown.sign.as_str()) {
                    shown.places.clear();
                }
                shown.places.sort();
            }
            let fault = (is != wanted).then(|| format!("shows {is:#?}\n  instead of {wanted:#?}"));
            self.fail(row, when, fault);
        }
        assert!(shown.is_empty(), "{when}: no row has {shown:#?}");
    }

    /// Tests that the preview says once for each replacement which property forces it, and gives no reason for other changes.
    fn explained(&mut self, preview: &Run) {
        let mut reasons = shown::reasons(&preview.text());
        for row in &self.table.rows {
            let replaced = row.changes.iter().filter(|change| ["+-", "-+"].contains(&change.sign));
            for change in replaced {
                let reason = reasons
                    .remove(&key(row, change.token, change.suffix))
                    .unwrap_or_default();
                let named = change
                    .places
                    .iter()
                    .any(|place| reason.contains(&format!("`{}`", property(place))));
                let fault = (!named).then(|| format!("{:?} is replaced because {reason:?}", change.places));
                self.fail(row, "preview", fault);
            }
        }
        assert!(reasons.is_empty(), "nothing else has a reason: {reasons:#?}");
    }

    /// Returns how AWS differs from the row's expected effect, if it does.
    fn in_aws(&self, row: &Row, before: &Facts, after: &Facts, calls: &[Entry]) -> Option<String> {
        let ids = self.ids();
        match &row.aws {
            Aws::Shows { token, suffix, text } => {
                let (key, text) = (key(row, token, suffix), self.resolve(text, &ids));
                let has = |facts: &Facts| facts.get(&key).is_some_and(|facts| shows(facts, &text));
                match (has(before), has(after)) {
                    (false, true) => None,
                    (true, _) => Some(format!("AWS showed {text:?} before already")),
                    (_, false) => Some(format!("AWS does not show {text:?} but {:#?}", after.get(&key))),
                }
            }
            Aws::Hides { token, suffix, text } => {
                let (key, text) = (key(row, token, suffix), self.resolve(text, &ids));
                let has = |facts: &Facts| facts.get(&key).is_some_and(|facts| shows(facts, &text));
                (!has(before) || has(after))
                    .then(|| format!("AWS shows {:#?} after {:#?}", after.get(&key), before.get(&key)))
            }
            Aws::IsTold(operation) => {
                let (token, suffix) = row.first_in_aws();
                let id = &ids[&key(row, token, suffix)];
                let told = calls
                    .iter()
                    .any(|call| call.operation == *operation && mentions(call, id));
                (!told).then(|| format!("{operation} was not called for {id}"))
            }
            Aws::IsLeftAlone => {
                let key = key(row, self.table.token, "");
                let (before, after) = (before.get(&key), after.get(&key));
                (before != after).then(|| format!("AWS shows {after:#?}\ninstead of {before:#?}"))
            }
        }
    }

    /// Returns an error unless a replacement creates the new object first, moves the dependents to it, and deletes the old one
    /// last. Checks only replacements with the sign `+-`.
    fn order(&self, row: &Row, change: &Change, before: &Ids, calls: &[Entry]) -> Option<String> {
        let key = key(row, change.token, change.suffix);
        let (now, old) = (self.ids(), before.get(&key)?);
        if change.sign != "+-" {
            return None;
        }
        let new = now.get(&key)?;
        if new == old {
            return Some(format!("{key} is still {old}"));
        }
        let urn = format!("::{}", key.split_once(' ')?.1);
        let creating =
            |call: &Entry| call.operation.starts_with("Create") && (mentions(call, new) || mentions_end(call, &urn));
        let made = calls.iter().position(creating);
        let deleted = calls
            .iter()
            .position(|call| call.operation.starts_with("Delete") && mentions(call, old));
        let (Some(made), Some(deleted)) = (made, deleted) else {
            return Some(format!("{key}: created in call {made:?}, deleted in call {deleted:?}"));
        };
        if made > deleted {
            return Some(format!("{key}: deleted before the new one was made"));
        }
        // The dependents move before the old object is deleted.
        let used = row
            .changes
            .iter()
            .filter(|other| other.sign == "~" && !other.suffix.is_empty());
        for user in used {
            let user = now.get(&self::key(row, user.token, user.suffix))?;
            let moved = calls.iter().rposition(|call| !is_read(call) && mentions(call, user));
            if moved.is_none_or(|moved| moved > deleted) {
                return Some(format!(
                    "{user} moved in call {moved:?}, but {old} was deleted in call {deleted}"
                ));
            }
        }
        None
    }

    fn write(&self, program: Program) {
        let mut resources = Map::new();
        for number in 0..self.table.providers {
            let polling: Value = serde_json::from_str(POLLING).unwrap();
            let provider =
                json!({ "type": "pulumi:providers:private-step-functions", "properties": { "polling": polling } });
            resources.insert(format!("provider{number}"), provider);
        }
        let mut add = |token: &str, name: &str, inputs: Value, options: Value| {
            let resource = json!({
                "type": format!("private-step-functions:{token}"), "properties": inputs, "options": options,
            });
            resources.insert(name.to_owned(), resource);
        };
        for (token, name, inputs) in &self.table.beside {
            add(token, name, inputs.clone(), json!({}));
        }
        for (number, row) in self.table.rows.iter().enumerate() {
            // Without a change in the row, there is no place for the option to name.
            let change = match program {
                Program::Ignoring | Program::Replacing if row.changes.is_empty() => &row.to,
                Program::To | Program::Beside => &row.to,
                _ => &row.from,
            };
            let own = row.changes.iter().find(|change| change.suffix.is_empty());
            let paths: Vec<_> = own
                .iter()
                .flat_map(|change| change.places.iter().map(|place| option_path(place)))
                .collect();
            // `replaceOnChanges` names whole lists, because the index of an element in a set is not stable.
            let whole = |path: &String| path.split('[').next().unwrap_or_default().to_owned();
            let mut options = match program {
                Program::Ignoring => json!({ "ignoreChanges": paths }),
                Program::Replacing => json!({ "replaceOnChanges": paths.iter().map(whole).collect::<Vec<_>>() }),
                Program::From | Program::To | Program::Beside => json!({}),
            };
            if let Some(provider) = number.checked_rem(self.table.providers) {
                options["provider"] = format!("${{provider{provider}}}").into();
            }
            let mut inputs = merged(&self.table.base, change);
            if program == Program::Beside {
                add_beside(self.table.token, &row.property, &mut inputs);
            }
            add(self.table.token, &row.name, inputs, options);
            for (token, suffix, inputs) in &row.dependants {
                let text = inputs.to_string().replace("${row", &format!("${{{}", row.name));
                let inputs = serde_json::from_str(&text).unwrap();
                add(token, &format!("{}{suffix}", row.name), inputs, json!({}));
            }
        }
        let text = json!({ "resources": resources }).to_string();
        let text = self.places.resolve(&text);
        // JSON is valid YAML, so `program` can put its other keys before it.
        let resources: Value = serde_json::from_str(&text).unwrap();
        self.project
            .program(&format!("resources: {}\n", resources["resources"]));
    }

    fn ids(&self) -> Ids {
        let mut ids = BTreeMap::new();
        for resource in self.project.stored() {
            let (kind, urn) = (resource["type"].as_str().unwrap(), resource["urn"].as_str().unwrap());
            let name = urn.rsplit("::").next().unwrap_or_default();
            if let (Some(kind), Some(id)) = (
                kind.strip_prefix("private-step-functions:index:"),
                resource["id"].as_str(),
            ) {
                ids.insert(format!("{kind} {name}"), id.to_owned());
            }
        }
        ids
    }

    /// Returns what AWS shows of every object of the stack.
    fn facts(&self) -> Facts {
        let look = |(key, id): (String, String)| {
            let facts = look(&self.project.emulator, key.split(' ').next().unwrap_or_default(), &id);
            (key, facts)
        };
        self.ids().into_iter().map(look).collect()
    }

    /// Replaces `@name`, and `${name}` of the resources in `beside`, by ids.
    fn resolve(&self, text: &str, ids: &Ids) -> String {
        let mut text = self.places.resolve(text);
        for (token, name, _) in &self.table.beside {
            if let Some(id) = ids.get(&format!("{token} {name}")) {
                text = text.replace(&format!("${{{name}}}"), id);
            }
        }
        text
    }
}

/// The value that [`add_beside`] writes.
const BESIDE: &str = "changed-beside";

/// Changes another property than the row's: a tag, or for connections, which have no tags, the description or a parameter.
fn add_beside(token: &str, property: &str, inputs: &mut Value) {
    match (token, property) {
        (CONNECTION, "description") => {
            inputs["invocationParameters"] = json!({ "body": [{ "key": BESIDE, "value": "x" }] })
        }
        (CONNECTION, _) => inputs["description"] = BESIDE.into(),
        _ => inputs["tags"][BESIDE] = "x".into(),
    }
}

/// Reports whether [`add_beside`] changes this fact.
fn is_beside(property: &str, fact: &str) -> bool {
    fact.contains(BESIDE) || (property != "description" && fact.starts_with("Description="))
}

type Ids = BTreeMap<String, String>;
type Facts = BTreeMap<String, Vec<String>>;

fn key(row: &Row, token: &str, suffix: &str) -> String {
    format!("{token} {}{suffix}", row.name)
}

/// Reports whether a place that the CLI shows is at, below or above a property of the schema.
fn covers(property: &str, place: &str) -> bool {
    let path = place.split_once(' ').map_or(place, |(_, path)| path);
    let names = path.split('.').map(|name| name.split('[').next().unwrap_or_default());
    let wanted = property.split('.').map(|name| name.trim_end_matches("[]"));
    wanted.zip(names).all(|(wanted, name)| wanted == "*" || wanted == name)
}

/// Returns the path of a place that the CLI marks, up to the first index.
fn property(place: &str) -> &str {
    let path = place.split_once(' ').map_or(place, |(_, path)| path);
    path.split('[').next().unwrap_or_default()
}

fn shows(facts: &[String], text: &str) -> bool {
    match text.strip_prefix('*') {
        Some(part) => facts.iter().any(|fact| fact.replace("&quot;", "\"").contains(part)),
        None => facts.iter().any(|fact| fact == text),
    }
}

fn is_read(call: &Entry) -> bool {
    ["Describe", "Get", "List"]
        .iter()
        .any(|read| call.operation.starts_with(read))
}

fn mentions(call: &Entry, id: &str) -> bool {
    call.parameters.to_string().contains(&format!("\"{id}\""))
}

/// Reports whether the call contains a text that ends with this URN suffix. The tag with the URN is such a text.
fn mentions_end(call: &Entry, urn: &str) -> bool {
    call.parameters.to_string().contains(&format!("{urn}\""))
}

/// Returns the path for `ignoreChanges` and `replaceOnChanges`. An added or removed part exists on one side only, so the path is
/// that of its top-level property.
fn option_path(place: &str) -> String {
    match place.split_once(' ') {
        Some(("~", path)) => path.to_owned(),
        Some((_, path)) => path.split(['.', '[']).next().unwrap_or_default().to_owned(),
        None => place.to_owned(),
    }
}

fn merged(base: &Value, over: &Value) -> Value {
    let mut inputs = base.clone();
    for (name, value) in over.as_object().into_iter().flatten() {
        inputs[name] = value.clone();
    }
    inputs.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    inputs
}

fn difference(before: &[String], after: &[String]) -> String {
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|fact| !those.contains(fact)).cloned().collect()
    };
    format!(
        "AWS shows {:?} where it showed {:?}",
        only(after, before),
        only(before, after)
    )
}
