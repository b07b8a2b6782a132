//! Whether a policy of an `execute-api` endpoint lets HTTP tasks through.
//!
//! API Gateway takes a call without an AWS signature for an anonymous one, whatever else its `Authorization` header holds
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-vpc-endpoint-policies.html>). EventBridge connections
//! send API keys, passwords and OAuth tokens, and do not sign.

use serde_json::Value;

use super::conditions::Operator;
use super::statement::{Effect, Statement};
use super::{Findings, Level, glob};

/// Keys that an anonymous request lacks, in lower case
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>).
const OF_CALLERS: [&str; 6] = [
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principaltag",
    "aws:username",
];

pub(super) fn lint(statements: &[Statement<'_>], findings: &mut Findings) {
    if statements
        .iter()
        .any(|statement| statement.effect != Effect::Allow && statement.may_allow())
    {
        return;
    }
    let mut first = None;
    for statement in statements {
        if statement.effect != Effect::Allow || !may_invoke(statement) {
            continue;
        }
        let Some(obstacle) = obstacle(statement) else { return };
        if first.is_none() && invokes(statement) {
            first = Some(obstacle);
        }
    }
    if let Some(path) = first {
        let text = "HTTP tasks come without an AWS identity, and no statement allows such calls. Allow `execute-api:Invoke` for \
                    `Principal` `*`, without a condition on the caller.";
        findings.add(Level::Dead, "http-tasks-denied", &path, text.to_owned());
    }
}

/// Reports whether some call of an HTTP task may pass: a statement allows it, and none denies every one. Values that are not known
/// may allow it.
pub(super) fn admits(statements: &[Statement<'_>]) -> bool {
    let is_open = |statement: &Statement<'_>| match statement.effect {
        Effect::Allow => may_invoke(statement) && obstacle(statement).is_none(),
        _ => statement.may_allow(),
    };
    statements.iter().any(is_open) && !statements.iter().any(denies_all)
}

/// Reports whether a statement denies every call of an API, without a condition.
fn denies_all(statement: &Statement<'_>) -> bool {
    let is_any = |value: &Value| value == "*";
    statement.effect == Effect::Deny
        && has(statement, "Action", is_invoke)
        && has(statement, "Resource", is_any)
        && statement
            .get("Principal")
            .is_some_and(|_| obstacle(statement).is_none())
        && statement.get("Condition").is_none()
}

/// Reports whether a statement is about `execute-api:Invoke`.
fn invokes(statement: &Statement<'_>) -> bool {
    let excluded = || has(statement, "NotAction", is_invoke) || has(statement, "NotAction", |value| !value.is_string());
    has(statement, "Action", is_invoke) || (statement.get("NotAction").is_some() && !excluded())
}

/// Reports whether a statement is about it, or could be: values that are not known may be this action.
fn may_invoke(statement: &Statement<'_>) -> bool {
    let excluded = || has(statement, "NotAction", is_invoke);
    has(statement, "Action", |value| !value.is_string() || is_invoke(value))
        || (statement.get("NotAction").is_some() && !excluded())
}

fn is_invoke(value: &Value) -> bool {
    let matches = |text: &str| glob::matches(&text.to_ascii_lowercase(), "execute-api:invoke");
    value.as_str().is_some_and(matches)
}

fn has(statement: &Statement<'_>, element: &str, holds: impl Fn(&Value) -> bool) -> bool {
    statement.items(element).iter().any(|item| holds(item.value))
}

/// Returns the path of what keeps anonymous callers out of a statement.
fn obstacle(statement: &Statement<'_>) -> Option<String> {
    let everybody = |value: &Value| value.is_null() || value == "*";
    let open = match statement.get("Principal") {
        Some(Value::Object(kinds)) => kinds.iter().any(|(kind, who)| match who {
            Value::Array(who) => who.iter().any(everybody),
            who => kind == "AWS" && everybody(who),
        }),
        Some(value) => everybody(value),
        None => true,
    };
    if !open {
        return Some(statement.at("Principal"));
    }
    let Some(Value::Object(operators)) = statement.get("Condition") else {
        return None;
    };
    let about_callers = |key: &String| {
        let key = key.to_ascii_lowercase();
        OF_CALLERS.contains(&key.split('/').next().unwrap_or_default())
    };
    let closed = operators.iter().any(|(name, keys)| {
        let operator = Operator::of(name);
        // These are true for a request without the key.
        let harmless = operator.optional || operator.is_negated() || operator.base == "null";
        !harmless && keys.as_object().is_some_and(|keys| keys.keys().any(about_callers))
    });
    closed.then(|| statement.at("Condition"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_policy_admits_http_tasks_if_some_call_may_pass() {
        let statement = |effect: &str, principal: Value, action: &str| json!({ "Effect": effect, "Principal": principal, "Action": action, "Resource": "*" });
        let (anyone, account) = (json!("*"), json!({ "AWS": "arn:aws:iam::123456789012:root" }));
        let invoke = "execute-api:Invoke";
        let open = statement("Allow", anyone.clone(), invoke);
        let mut for_role = open.clone();
        for_role["Condition"] = json!({ "StringEquals": { "aws:PrincipalAccount": "123456789012" } });
        let mut for_some_denied = statement("Deny", anyone.clone(), invoke);
        for_some_denied["Condition"] = json!({ "StringNotEquals": { "aws:SourceVpc": "vpc-1" } });
        for (statements, admits) in [
            (vec![open.clone()], true),
            (vec![statement("Allow", json!({ "AWS": "*" }), "*")], true),
            (vec![statement("Allow", account.clone(), invoke), open.clone()], true),
            (vec![open.clone(), for_some_denied], true),
            (vec![open.clone(), statement("Deny", account.clone(), invoke)], true),
            (vec![statement("Allow", account, invoke)], false),
            (vec![for_role], false),
            (
                vec![statement("Allow", anyone.clone(), "execute-api:ManageConnections")],
                false,
            ),
            (vec![statement("Deny", anyone.clone(), "execute-api:*")], false),
            (vec![open, statement("Deny", anyone, "execute-api:*")], false),
        ] {
            let document = json!({ "Statement": statements });
            assert_eq!(admits_all(&document), admits, "{document}");
        }
    }

    fn admits_all(document: &Value) -> bool {
        admits(&Statement::all(document))
    }
}
