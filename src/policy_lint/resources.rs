//! Lints of `Resource` and `NotResource`: whether an ARN can be that of a resource here, and whether the actions of the statement
//! are about such resources
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>).
//!
//! Wildcards are read generously: `*` may stand for colons too. So an ARN that has a finding matches in no reading.

mod why;

use serde_json::Value;

use super::actions::{Actions, Known, not_text};
use super::catalog::{Action, Kind};
use super::glob::{self, Class, Form};
use super::statement::{Item, Statement};
use super::{Context, Findings, Level, shown};

/// Which resources a value matches.
struct Matched<'a> {
    path: String,
    text: &'a str,
    /// The types; none if a finding says why it matches nothing.
    kinds: Vec<Kind>,
    /// It matches the resource `*` of actions that are about no single resource.
    star: bool,
}

impl Matched<'_> {
    fn fits(&self, action: &Action) -> bool {
        self.star || action.kinds.iter().any(|kind| self.kinds.contains(kind))
    }
}

pub(super) fn lint(context: &Context<'_>, statement: &Statement<'_>, actions: &Actions, findings: &mut Findings) {
    if context.catalogs.is_empty() {
        return;
    }
    for item in statement.items("NotResource") {
        match item.value {
            Value::String(text) => {
                // What is left out may be elsewhere; only a mistyped ARN is a mistake.
                if kinds(context, &form(text)).is_empty() {
                    why::mistyped(context, text, &item.path, findings);
                }
            }
            other => not_text("NotResource", &item.path, other, findings),
        }
    }
    let Some(value) = statement.get("Resource") else { return };
    let items = statement.items("Resource");
    if value.as_array().is_some_and(Vec::is_empty) {
        let text = "`Resource` is an empty list. Name an ARN, or `*`.".to_owned();
        findings.add(Level::Dead, "empty-list", &statement.at("Resource"), text);
    }
    let count = items.len();
    let matched = each(context, statement, items, findings);
    mixed_accounts(&matched, findings);
    // After another mistake in the list, what follows from the list is not known.
    let complete = matched.len() == count && matched.iter().all(|matched| matched.star || !matched.kinds.is_empty());
    if complete && count > 0 {
        for known in &actions.known {
            unfit_action(known, &matched, findings);
        }
        if actions.complete {
            unused(context, actions, &matched, findings);
        }
    }
}

/// Returns what each value matches, and reports those that match nothing.
fn each<'a>(
    context: &Context<'_>,
    statement: &Statement<'_>,
    items: Vec<Item<'a>>,
    findings: &mut Findings,
) -> Vec<Matched<'a>> {
    let mut matched = Vec::new();
    for Item { path, value } in items {
        let Value::String(text) = value else {
            not_text("Resource", &path, value, findings);
            continue;
        };
        matched.push(Matched {
            path,
            text,
            kinds: kinds(context, &form(text)),
            star: glob::matches(text, "*"),
        });
    }
    // A list with the same resource in several Regions is meant for several endpoints.
    let here: Vec<_> = matched.iter().filter(|matched| !matched.kinds.is_empty()).collect();
    let twins: Vec<_> = here.iter().filter_map(|matched| why::resource(matched.text)).collect();
    for matched in &matched {
        let twin = why::resource(matched.text).is_some_and(|resource| twins.contains(&resource));
        if matched.kinds.is_empty() && !matched.star && !twin {
            why::report(context, statement, matched.text, &matched.path, findings);
        }
    }
    matched
}

/// Returns the types of resources of the services in this place that a form matches.
fn kinds(context: &Context<'_>, form: &Form) -> Vec<Kind> {
    let place = context.place;
    let catalogs = context.catalogs.iter();
    let kinds = catalogs.flat_map(|catalog| {
        let stem = stem(place.partition, Some(catalog.prefix), place.region);
        let stem = stem.exactly(12, Class::Digit).text(":");
        catalog.kinds.iter().map(move |kind| (*kind, kind.append(stem.clone())))
    });
    kinds.filter(|(_, arn)| form.meets(arn)).map(|(kind, _)| kind).collect()
}

/// Returns the form of a value. What AWS makes of an ARN that lacks parts is not documented: it is read as if `*` stood for them.
fn form(text: &str) -> Form {
    let form = Form::of_pattern(text);
    if text.starts_with("arn:") && text.split(':').count() < 6 {
        form.text(":").at_least(0, Class::Any)
    } else {
        form
    }
}

/// Returns the form of an ARN up to its account. `None` stands for any text.
fn stem(partition: Option<&str>, service: Option<&str>, region: Option<&str>) -> Form {
    let mut form = Form::default().text("arn:");
    for part in [partition, service, region] {
        form = match part {
            Some(part) => form.text(part),
            None => form.at_least(0, Class::Part),
        };
        form = form.text(":");
    }
    form
}

/// AWS documents this for endpoint policies (<https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>).
fn mixed_accounts(matched: &[Matched<'_>], findings: &mut Findings) {
    for matched in matched.iter().filter(|matched| !matched.kinds.is_empty()) {
        if has_mixed_account(matched.text) {
            findings.add(Level::Hint, "account-mixed", &matched.path, MIXED.to_owned());
        }
    }
}

/// The text about an account part that [`has_mixed_account`].
pub(super) const MIXED: &str = "AWS documents that the account in an ARN is an account ID or a wildcard, not both (a refusal was \
                                not observed). Give the account ID, or `*`.";

/// Reports whether the account of an ARN has both digits and wildcards.
pub(super) fn has_mixed_account(text: &str) -> bool {
    text.starts_with("arn:")
        && text.split(':').nth(4).is_some_and(|account| {
            glob::has_wildcard(account) && account.contains(|character: char| character.is_ascii_digit())
        })
}

/// Reports an action that is about none of the resources.
fn unfit_action(known: &Known, matched: &[Matched<'_>], findings: &mut Findings) {
    if known
        .actions
        .iter()
        .any(|action| matched.iter().any(|matched| matched.fits(action)))
    {
        return;
    }
    let mut wanted: Vec<Kind> = Vec::new();
    for kind in known.actions.iter().flat_map(|action| action.kinds) {
        if !wanted.contains(kind) {
            wanted.push(*kind);
        }
    }
    let name = &known.name;
    if wanted.is_empty() {
        let text = format!(
            "`{name}` is about no single resource, so it matches only `Resource` `*`. Put it into a statement with `*`."
        );
        findings.add(Level::Dead, "action-needs-star", &known.path, text);
        return;
    }
    if let Some(qualified) = matched.iter().find(|matched| matched.kinds.contains(&Kind::Qualified))
        && wanted.contains(&Kind::StateMachine)
    {
        let text = format!(
            "`{}` is a version or alias. AWS checks `{name}` with the ARN of the state machine, without it: give that ARN, and \
             the qualifier in a condition on `states:StateMachineQualifier`.",
            shown(qualified.text)
        );
        findings.add(Level::Dead, "resource-qualified", &qualified.path, text);
        return;
    }
    let text = format!(
        "`{name}` is about {}, and no `Resource` of the statement is one. Give such an ARN, or `*`.",
        shapes(&wanted)
    );
    findings.add(Level::Dead, "action-unfit", &known.path, text);
}

/// Reports resources that no action is about, beside others that fit.
fn unused(context: &Context<'_>, actions: &Actions, matched: &[Matched<'_>], findings: &mut Findings) {
    let all: Vec<&Action> = actions
        .known
        .iter()
        .flat_map(|known| known.actions.iter().copied())
        .collect();
    let used = |matched: &&Matched<'_>| all.iter().any(|action| matched.fits(action));
    if all.is_empty() || !matched.iter().any(|matched| used(&matched)) {
        return;
    }
    for matched in matched.iter().filter(|matched| !used(matched)) {
        // Beside the ARN of a state machine, those of its versions and aliases do no harm.
        if matched.kinds == [Kind::Qualified] {
            continue;
        }
        let text = format!(
            "No action of the statement is about {}. Remove it, or add such an action of {}.",
            shapes(&matched.kinds),
            context.title()
        );
        findings.add(Level::Dead, "resource-unused", &matched.path, text);
    }
}

/// Returns the last parts of the ARNs of these types, for messages.
fn shapes(kinds: &[Kind]) -> String {
    let shapes: Vec<_> = kinds.iter().map(|kind| format!("`{}`", kind.shape())).collect();
    shapes.join(" or ")
}
