//! Lints of `Principal` and `NotPrincipal`
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>).

use serde_json::Value;

use super::statement::{Effect, Item, Statement, items, member};
use super::{Context, Findings, Level, glob, shown};
use crate::arn::Arn;

/// The kinds of principals.
const TYPES: [&str; 4] = ["AWS", "Federated", "Service", "CanonicalUser"];

pub(super) fn lint(context: &Context<'_>, statement: &Statement<'_>, findings: &mut Findings) {
    for element in ["Principal", "NotPrincipal"] {
        let Some(value) = statement.get(element) else { continue };
        let at = statement.at(element);
        match value {
            Value::Null => {}
            Value::String(text) if text == "*" => {}
            Value::Object(kinds) => {
                for (kind, who) in kinds {
                    let at = member(&at, kind);
                    if kind == "AWS" {
                        listed(context, &at, who, findings);
                    } else if !TYPES.contains(&kind.as_str()) {
                        unknown_type(kind, &at, findings);
                    }
                }
            }
            _ => {
                let text = format!("`{element}` must be `*`, or an object such as `{{\"AWS\": \"123456789012\"}}`.");
                findings.add(Level::Refused, "principal-form", &at, text);
            }
        }
    }
    not_principal(statement, findings);
}

fn unknown_type(kind: &str, at: &str, findings: &mut Findings) {
    let near = TYPES.iter().find(|known| known.eq_ignore_ascii_case(kind));
    let right = near.map_or_else(
        || "There are `AWS`, `Federated`, `Service` and `CanonicalUser`.".to_owned(),
        |near| format!("Did you mean `{near}`?"),
    );
    let text = format!("`{}` is no type of principal. {right}", shown(kind));
    findings.add(Level::Dead, "principal-type", at, text);
}

fn listed(context: &Context<'_>, at: &str, who: &Value, findings: &mut Findings) {
    let listed = items(at, who);
    if listed.is_empty() {
        let text = "The list of principals is empty, so the statement applies to nobody. Name one, or `*`.".to_owned();
        findings.add(Level::Dead, "empty-list", at, text);
    }
    for Item { path, value } in listed {
        if let Some(text) = value.as_str()
            && let Some((level, code, text)) = problem(context, text)
        {
            findings.add(level, code, &path, text);
        }
    }
}

/// Returns what is wrong with one principal of the type `AWS`.
fn problem(context: &Context<'_>, text: &str) -> Option<(Level, &'static str, String)> {
    let name = shown(text);
    if text == "*" || is_account(text) || is_unique_id(text) {
        return None;
    }
    if glob::has_wildcard(text) {
        let text = format!(
            "`*` and `?` have no meaning inside a principal, so `{name}` is nobody. Use `*` alone, and the condition \
             `ArnLike` with `aws:PrincipalArn`."
        );
        return Some((Level::Dead, "principal-wildcard", text));
    }
    let Some(arn) = Arn::parse(text) else {
        let right = if text.bytes().all(|byte| byte.is_ascii_digit()) {
            "An account ID has 12 digits."
        } else {
            "Give an account ID, the ARN of a role or user, or `*`."
        };
        return Some((
            Level::Dead,
            "principal-unknown",
            format!("`{name}` is no principal. {right}"),
        ));
    };
    if let Some(partition) = context.place.partition
        && arn.partition != partition
    {
        let text = format!("`{name}` is not in the partition `{partition}` of the endpoint, so it can make no call.");
        return Some((Level::Dead, "principal-partition", text));
    }
    let kind = arn.resource.split(['/', ':']).next().unwrap_or_default();
    match (arn.service, kind) {
        ("iam", "group") => {
            let text = format!("`{name}` is a group, and a group is no principal. Name its users, or a role.");
            Some((Level::Dead, "principal-group", text))
        }
        ("sts", "assumed-role") => {
            let role = arn.resource.split('/').nth(1).unwrap_or("NAME");
            let right = format!("arn:{}:iam::{}:role/{role}", arn.partition, arn.account);
            let text = format!(
                "`{name}` is one session of a role: its other sessions do not match. Name the role: `{}`, with its path.",
                shown(&right)
            );
            Some((Level::Hint, "principal-session", text))
        }
        ("iam", "root" | "role" | "user") | ("sts", "federated-user") if is_account(arn.account) => None,
        _ => {
            let text = format!("`{name}` is no principal. Give the ARN of a role or user, an account ID, or `*`.");
            Some((Level::Dead, "principal-unknown", text))
        }
    }
}

/// `NotPrincipal`: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>.
fn not_principal(statement: &Statement<'_>, findings: &mut Findings) {
    if statement.get("NotPrincipal").is_none() {
        return;
    }
    let right = "Use `Principal` `*` with the condition `ArnNotEquals` of `aws:PrincipalArn`.";
    let (level, code, text) = match statement.effect {
        Effect::Allow => (
            Level::Broad,
            "not-principal-allow",
            "`NotPrincipal` with `Allow` allows everybody else, anonymous callers too, and AWS does not support it.",
        ),
        Effect::Deny => (
            Level::Broad,
            "not-principal-deny",
            "`NotPrincipal` with `Deny` refuses every principal that has a permissions boundary, whoever is named.",
        ),
        Effect::Other => return,
    };
    let text = format!("{text} {right}");
    findings.add(level, code, &statement.at("NotPrincipal"), text);
}

/// Reports whether a text is an account ID.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Reports whether a text is a unique ID, which AWS shows instead of the ARN of a deleted principal.
fn is_unique_id(text: &str) -> bool {
    text.len() >= 16
        && text.starts_with('A')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
