//! Lints of the document as a whole.

use serde_json::Value;

use super::statement::Statement;
use super::{Findings, Level};

/// The limit of an endpoint policy: 20,480 characters, white space included
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>).
const MOST: usize = 20_480;

/// The version that has policy variables, and the one before it
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>).
const VARIABLES: &str = "2012-10-17";
const OLD: &str = "2008-10-17";

pub(super) fn lint(document: &Value, statements: &[Statement<'_>], findings: &mut Findings) {
    size(document, findings);
    version(document, findings);
    if !statements.iter().any(Statement::may_allow) && document.get("Statement").is_some() {
        findings.add(
            Level::Dead,
            "nothing-allowed",
            "Statement",
            "No statement has `Effect` `Allow`, so every call through the endpoint is refused. Add one that allows something."
                .to_owned(),
        );
    }
}

fn size(document: &Value, findings: &mut Findings) {
    if any(document, &mut |value| value.is_null()) {
        return;
    }
    // The provider sends this text.
    let text = document.to_string();
    let (characters, bytes) = (text.chars().count(), text.len());
    if characters > MOST {
        let text = format!("The policy has {characters} characters without white space. AWS takes at most {MOST}.");
        findings.add(Level::Refused, "too-long", "", text);
    } else if bytes > MOST {
        let text = format!(
            "The policy has {bytes} bytes, because characters that are not ASCII take several. AWS takes at most {MOST} \
             characters and does not say which it counts."
        );
        findings.add(Level::Hint, "too-many-bytes", "", text);
    }
}

fn version(document: &Value, findings: &mut Findings) {
    let version = document.get("Version");
    match version {
        None => {}
        Some(Value::String(version)) if version == VARIABLES || version == OLD => {}
        Some(Value::Null) => return,
        Some(_) => {
            let text = format!("There is no such version of policies. Use `{VARIABLES}`.");
            findings.add(Level::Refused, "version", "Version", text);
            return;
        }
    }
    if version.and_then(Value::as_str) == Some(VARIABLES) {
        return;
    }
    for statement in Statement::all(document) {
        for element in ["Resource", "NotResource", "Condition"] {
            let value = statement.get(element);
            let used = |value: &Value| value.as_str().is_some_and(|text| text.contains("${"));
            if value.is_some_and(|value| any(value, &mut |value| used(value))) {
                let text = format!("`${{…}}` is no variable here, but plain text. Add `\"Version\": \"{VARIABLES}\"`.");
                findings.add(Level::Dead, "variable-without-version", &statement.at(element), text);
            }
        }
    }
}

/// Reports whether a condition holds for a value, or any value in it.
fn any(value: &Value, holds: &mut impl FnMut(&Value) -> bool) -> bool {
    holds(value)
        || match value {
            Value::Array(values) => values.iter().any(|value| any(value, holds)),
            Value::Object(members) => members.values().any(|value| any(value, holds)),
            _ => false,
        }
}
