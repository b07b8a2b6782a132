//! Lints of `Action` and `NotAction`
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>).
//!
//! Names of actions ignore case. A list of actions is never complete: AWS adds new ones. So a name that resembles a known one is
//! called a mistake, and any other unknown name only gets a hint.

use serde_json::Value;

use super::catalog::{Action, Catalog};
use super::statement::{Effect, Statement};
use super::{Context, Findings, Level, glob, shown};

/// What the `Action` of a statement matches.
#[derive(Default)]
pub(super) struct Actions {
    pub(super) known: Vec<Known>,
    /// Nothing else can match: each value is known, and there is no `NotAction`.
    pub(super) complete: bool,
}

/// A value of `Action` that matches known actions.
pub(super) struct Known {
    pub(super) path: String,
    /// The value as messages show it.
    pub(super) name: String,
    pub(super) actions: Vec<&'static Action>,
}

pub(super) fn lint(context: &Context<'_>, statement: &Statement<'_>, findings: &mut Findings) -> Actions {
    let mut actions = Actions {
        known: Vec::new(),
        complete: statement.get("Action").is_some(),
    };
    for (element, negated) in [("Action", false), ("NotAction", true)] {
        let Some(value) = statement.get(element) else { continue };
        if value.as_array().is_some_and(Vec::is_empty) {
            let text = format!("`{element}` is an empty list. Name an action, or `*`.");
            findings.add(Level::Dead, "empty-list", &statement.at(element), text);
        }
        for item in statement.items(element) {
            let Value::String(text) = item.value else {
                actions.complete = false;
                not_text(element, &item.path, item.value, findings);
                continue;
            };
            let matched = matched(context, text);
            if matched.is_empty() {
                actions.complete = false;
                // A policy that serves several endpoints may well deny, or leave out, what comes through another one.
                let elsewhere = negated || statement.effect != Effect::Allow;
                unknown(context, text, elsewhere, &item.path, findings);
            } else if !negated {
                let (path, name) = (item.path, shown(text));
                actions.known.push(Known {
                    path,
                    name,
                    actions: matched,
                });
            }
        }
    }
    if statement.effect == Effect::Allow {
        other_endpoint(context, statement, &actions, findings);
        if statement.get("NotAction").is_some() {
            let text = "`NotAction` with `Allow` allows every other action, new ones of AWS too. List the allowed actions in `Action`.";
            let at = statement.at("NotAction");
            findings.add(Level::Broad, "allow-not-action", &at, text.to_owned());
        }
    }
    actions
}

/// Reports a value that must be a text. Null is not known.
pub(super) fn not_text(element: &str, path: &str, value: &Value, findings: &mut Findings) {
    if !value.is_null() {
        let text = format!("`{element}` must be a string or a list of strings.");
        findings.add(Level::Refused, "not-text", path, text);
    }
}

/// Returns the known actions that a text matches. AWS's guide for Step Functions writes `*Execution` without a prefix
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/vpc-iam.html>).
fn matched(context: &Context<'_>, text: &str) -> Vec<&'static Action> {
    let text = text.to_ascii_lowercase();
    let wild = glob::has_wildcard(&text);
    let bare = wild && !text.contains(':');
    let mut matched = Vec::new();
    for (full, action) in &context.actions {
        let name = full.split_once(':').map_or("", |(_, name)| name);
        let fits = if wild {
            glob::matches(&text, full) || (bare && glob::matches(&text, name))
        } else {
            text == *full
        };
        if fits {
            matched.push(*action);
        }
    }
    matched
}

/// Reports a value that matches no known action. `elsewhere`: it may be meant for another endpoint.
fn unknown(context: &Context<'_>, text: &str, elsewhere: bool, path: &str, findings: &mut Findings) {
    if context.catalogs.is_empty() {
        return;
    }
    let name = shown(text);
    let Some((prefix, own)) = text.split_once(':') else {
        if glob::has_wildcard(text) {
            undocumented(context, &name, path, findings);
            return;
        }
        let meant = context.catalogs.iter().find_map(|catalog| near(catalog, text));
        let right = meant.map_or_else(
            || format!("An action is `{}:NAME`.", context.catalogs[0].prefix),
            did_you_mean,
        );
        let text = format!("`{name}` has no service prefix. {right}");
        findings.add(Level::Dead, "action-without-prefix", path, text);
        return;
    };
    let prefix = prefix.to_ascii_lowercase();
    if let Some(catalog) = context.catalogs.iter().find(|catalog| catalog.prefix == prefix) {
        match near(catalog, own) {
            Some(meant) => {
                let text = format!("`{name}` is no action of {}. {}", catalog.title, did_you_mean(meant));
                findings.add(Level::Dead, "action-misspelled", path, text);
            }
            None => undocumented(context, &name, path, findings),
        }
        return;
    }
    let resembles = |catalog: &&&Catalog| {
        catalog.aliases.contains(&prefix.as_str()) || (prefix.len() >= 4 && distance(&prefix, catalog.prefix) <= 2)
    };
    if let Some(catalog) = context.catalogs.iter().find(resembles) {
        let meant = format!("{}:{own}", catalog.prefix);
        let meant = if matched(context, &meant).is_empty() {
            near(catalog, own)
        } else {
            Some(shown(&meant))
        };
        if let Some(meant) = meant {
            let text = format!(
                "The prefix of {} is `{}`. {}",
                catalog.title,
                catalog.prefix,
                did_you_mean(meant)
            );
            findings.add(Level::Dead, "action-prefix", path, text);
            return;
        }
    }
    if !elsewhere {
        let text = format!(
            "`{name}` never matches: only calls of {} come through this endpoint. Remove it.",
            context.title()
        );
        findings.add(Level::Dead, "action-of-other-service", path, text);
    }
}

fn undocumented(context: &Context<'_>, name: &str, path: &str, findings: &mut Findings) {
    let text = format!(
        "`{name}` matches no action that AWS documented for {} in September 2026. If it is not a newer one, it never matches.",
        context.title()
    );
    findings.add(Level::Hint, "action-unknown", path, text);
}

fn did_you_mean(meant: String) -> String {
    format!("Did you mean `{meant}`?")
}

/// Returns the action that a name resembles, with its prefix. Of a name that ends with `*`, the start is compared.
fn near(catalog: &Catalog, name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let start = name.trim_end_matches('*');
    let open = start.len() < name.len();
    // A short start resembles too much.
    if glob::has_wildcard(start) || (open && start.len() < 7) {
        return None;
    }
    let names = catalog.actions.iter().flat_map(|action| {
        let whole = action.name.len();
        let ends = if open {
            start.len() - 1..=start.len() + 1
        } else {
            whole..=whole
        };
        ends.map(move |end| &action.name[..end.min(whole)])
    });
    // The distance is at least the difference of the lengths.
    let candidates = names.filter(|known| known.len().abs_diff(start.len()) <= 2);
    let distances = candidates.map(|known| (distance(start, &known.to_ascii_lowercase()), known));
    let (least, known) = distances.min_by_key(|(distance, _)| *distance)?;
    let star = if open { "*" } else { "" };
    (least <= 2).then(|| format!("{}:{known}{star}", catalog.prefix))
}

fn distance(a: &str, b: &str) -> usize {
    strsim::osa_distance(a, b)
}

/// Reports an `Allow` of actions alone that come through other endpoints.
fn other_endpoint(context: &Context<'_>, statement: &Statement<'_>, actions: &Actions, findings: &mut Findings) {
    let all = || actions.known.iter().flat_map(|known| &known.actions);
    let here = |action: &&Action| {
        action
            .through
            .is_some_and(|service| context.services.contains(&service))
    };
    let Some(first) = all().next() else { return };
    if !actions.complete || all().any(here) {
        return;
    }
    let at = statement.at("Action");
    let name = first.full_name();
    match all().find_map(|action| action.through) {
        Some(other) => {
            let text = format!(
                "No call through {} matches: `{name}` comes through `{}`. Move the statement to the policy of that endpoint.",
                context.endpoints(),
                other.short_name()
            );
            findings.add(Level::Dead, "action-of-other-endpoint", &at, text);
        }
        None => {
            let text = format!(
                "`{name}` is a permission for the role of a state machine, and no call through an endpoint. Grant it to the role."
            );
            findings.add(Level::Hint, "action-of-role", &at, text);
        }
    }
}
