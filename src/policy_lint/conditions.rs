//! Lints of `Condition`
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>, and for endpoint
//! policies <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>).
//!
//! No text contains a value of a condition: it may be one that the user would not show.

use serde_json::Value;

use super::resources::{MIXED, has_mixed_account};
use super::statement::{Effect, Item, Statement, items, member};
use super::{Context, Findings, Level, glob, shown};

/// The operators, without `IfExists`, `ForAllValues:` and `ForAnyValue:`.
pub(super) const OPERATORS: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnNotEquals",
    "ArnLike",
    "ArnNotLike",
    "Null",
];

/// The keys whose values AWS generates, in lower case.
const GENERATED: [&str; 10] = [
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:vpceaccount",
    "aws:vpceorgid",
];

/// One operator of a condition.
pub(super) struct Operator {
    /// Its name in lower case, without what stands before and behind it.
    pub(super) base: String,
    /// It is true also for a request without the key.
    pub(super) optional: bool,
}

impl Operator {
    pub(super) fn of(text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        let all = text.strip_prefix("forallvalues:");
        let base = all.or_else(|| text.strip_prefix("foranyvalue:")).unwrap_or(&text);
        let present = base.strip_suffix("ifexists");
        Self {
            base: present.unwrap_or(base).to_owned(),
            optional: all.is_some() || present.is_some(),
        }
    }

    fn is_known(&self) -> bool {
        OPERATORS.iter().any(|known| known.eq_ignore_ascii_case(&self.base))
    }

    /// Reports whether it compares texts; in them, `*` has a meaning only for `StringLike` and `StringNotLike`.
    fn compares_text(&self) -> bool {
        self.base.starts_with("string")
    }

    fn has_wildcards(&self) -> bool {
        matches!(self.base.as_str(), "stringlike" | "stringnotlike")
    }

    pub(super) fn is_negated(&self) -> bool {
        self.base.contains("not")
    }
}

pub(super) fn lint(context: &Context<'_>, statement: &Statement<'_>, findings: &mut Findings) {
    let Some(Value::Object(operators)) = statement.get("Condition") else {
        return;
    };
    for (name, keys) in operators {
        let at = member(&statement.at("Condition"), name);
        let operator = Operator::of(name);
        if !operator.is_known() {
            unknown_operator(name, &operator, &at, findings);
            continue;
        }
        let Value::Object(keys) = keys else { continue };
        for (key, values) in keys {
            let at = member(&at, key);
            let values = items(&at, values);
            misspelled_key(context, key, &at, findings);
            let generated = generated(key, &operator, &at, &values, findings);
            if !generated {
                wildcards(&operator, &values, findings);
            }
            accounts(&operator, &values, findings);
            own_place(context, statement, key, &operator, &at, &values, findings);
        }
    }
}

fn unknown_operator(name: &str, operator: &Operator, at: &str, findings: &mut Findings) {
    let near = OPERATORS.iter().map(|known| {
        let distance = strsim::osa_distance(&operator.base, &known.to_ascii_lowercase());
        (distance, known)
    });
    let name = shown(name);
    match near.min_by_key(|(distance, _)| *distance) {
        Some((distance, known)) if distance <= 2 => {
            let text = format!("`{name}` is no condition operator. Did you mean `{known}`?");
            findings.add(Level::Dead, "operator-misspelled", at, text);
        }
        _ => {
            let text = format!("`{name}` is no condition operator that AWS documents. Use one such as `StringEquals`.");
            findings.add(Level::Hint, "operator-unknown", at, text);
        }
    }
}

fn misspelled_key(context: &Context<'_>, key: &str, at: &str, findings: &mut Findings) {
    let lower = key.to_ascii_lowercase();
    for catalog in &context.catalogs {
        let own = lower
            .split_once(':')
            .is_some_and(|(prefix, _)| prefix == catalog.prefix);
        let keys = catalog.keys.iter();
        let near = keys.map(|known| (strsim::osa_distance(&lower, &known.to_ascii_lowercase()), known));
        if own && let Some((1..=2, known)) = near.min_by_key(|(distance, _)| *distance) {
            let text = format!(
                "`{}` is no condition key of {}. Did you mean `{known}`?",
                shown(key),
                catalog.title
            );
            findings.add(Level::Dead, "key-misspelled", at, text);
        }
    }
}

/// Reports what AWS documents not to work with keys whose values it generates. Returns whether there was something.
fn generated(key: &str, operator: &Operator, at: &str, values: &[Item<'_>], findings: &mut Findings) -> bool {
    if !GENERATED.contains(&key.to_ascii_lowercase().as_str()) {
        return false;
    }
    let key = shown(key);
    let rule = "AWS documents that endpoint policies cannot use";
    let right = "(a refusal was not observed). List the values with `StringEquals`.";
    if operator.base.starts_with("numeric") {
        let text = format!("{rule} numeric operators with `{key}` {right}");
        findings.add(Level::Hint, "generated-numeric", at, text);
        return true;
    }
    let has_wildcards = |item: &&Item<'_>| item.value.as_str().is_some_and(has_wildcard);
    let mut found = false;
    for item in values.iter().filter(has_wildcards) {
        let text = format!("{rule} `*` or `?` with `{key}` {right}");
        findings.add(Level::Hint, "generated-wildcard", &item.path, text);
        found = true;
    }
    found
}

/// Reports wildcards that have no meaning, and those with too few characters beside them.
fn wildcards(operator: &Operator, values: &[Item<'_>], findings: &mut Findings) {
    if !operator.compares_text() {
        return;
    }
    for Item { path, value } in values {
        let Some(text) = value.as_str().filter(|text| has_wildcard(text)) else {
            continue;
        };
        if !operator.has_wildcards() {
            let text = "This operator takes `*` and `?` literally. If they are wildcards, use `StringLike` or `StringNotLike`.";
            findings.add(Level::Hint, "wildcard-literal", path, text.to_owned());
        } else if has_lonely_wildcard(text) {
            let text = "AWS documents that endpoint policies need six characters in a row before or after each `*` and `?` (a \
                        refusal was not observed). Write more of the value.";
            findings.add(Level::Hint, "wildcard-lonely", path, text.to_owned());
        }
    }
}

/// Returns the text with `x` for `${*}`, `${?}` and `${$}`, which stand for these characters.
fn without_escapes(text: &str) -> String {
    text.replace("${*}", "x").replace("${?}", "x").replace("${$}", "x")
}

fn has_wildcard(text: &str) -> bool {
    glob::has_wildcard(&without_escapes(text))
}

/// Reports whether a wildcard has fewer than six other characters on both sides.
fn has_lonely_wildcard(text: &str) -> bool {
    let text = without_escapes(text);
    let runs: Vec<usize> = text.split(['*', '?']).map(|run| run.chars().count()).collect();
    runs.windows(2).any(|around| around.iter().all(|run| *run < 6))
}

fn accounts(operator: &Operator, values: &[Item<'_>], findings: &mut Findings) {
    if !(operator.base.starts_with("arn") || operator.has_wildcards()) {
        return;
    }
    for Item { path, value } in values {
        if value.as_str().is_some_and(has_mixed_account) {
            findings.add(Level::Hint, "account-mixed", path, MIXED.to_owned());
        }
    }
}

/// Reports conditions that only another VPC or endpoint fulfills. All calls that this policy judges come through its endpoint.
fn own_place(
    context: &Context<'_>,
    statement: &Statement<'_>,
    key: &str,
    operator: &Operator,
    at: &str,
    values: &[Item<'_>],
    findings: &mut Findings,
) {
    let (own, place): (&[&str], String) = match (key.to_ascii_lowercase().as_str(), context.place) {
        ("aws:sourcevpc", place) => match &place.vpc_id {
            Some(id) => (std::slice::from_ref(id), format!("in `{id}`")),
            None => return,
        },
        ("aws:sourcevpce", place) => match place.endpoint_ids {
            Some([]) => (&[], "not created yet".to_owned()),
            Some(ids) => (ids, format!("`{}`", ids.join("` or `"))),
            None => return,
        },
        _ => return,
    };
    let is_own = |text: &str| {
        own.iter().any(|own| match operator.base.as_str() {
            "stringlike" | "stringnotlike" => glob::matches(text, own),
            "stringequalsignorecase" | "stringnotequalsignorecase" => text.eq_ignore_ascii_case(own),
            _ => text == *own,
        })
    };
    let foreign = |item: &Item<'_>| {
        let text = item.value.as_str();
        text.is_some_and(|text| !text.contains("${") && !is_own(text))
    };
    if !operator.compares_text() || values.is_empty() || !values.iter().all(foreign) {
        return;
    }
    let mut add = |level, code, text: &str| {
        let text = format!("The endpoint is {place}, so this condition is {text}");
        findings.add(level, code, at, text);
    };
    match (operator.is_negated(), statement.effect) {
        (false, Effect::Allow) => add(
            Level::Dead,
            "condition-never",
            "never true. Name its own ID, or remove the condition.",
        ),
        (true, Effect::Deny) => add(
            Level::Broad,
            "condition-always",
            "always true: the statement denies whatever its other elements match. Name its own ID.",
        ),
        (true, Effect::Allow) => add(
            Level::Broad,
            "condition-always",
            "always true and limits nothing. Remove it.",
        ),
        _ => {}
    }
}
