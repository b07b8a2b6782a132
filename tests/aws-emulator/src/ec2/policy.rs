//! Endpoint policies: EC2's checks.

use serde_json::Value;

use crate::operation::ServiceError;

/// The maximum number of characters, including white space (quotas on AWS's pages).
const LONGEST: usize = 20_480;

/// The policy of an endpoint created without one, as EC2 returns it (docs/aws-behavior.md, Interface endpoint).
pub(super) const FULL_ACCESS: &str = r#"{
  "Statement": [
    {
      "Action": "*", 
      "Effect": "Allow", 
      "Principal": "*", 
      "Resource": "*"
    }
  ]
}"#;

/// Checks that the text is a JSON object whose statements have an effect, a principal, actions and resources.
///
/// # Errors
/// `InvalidPolicyDocument`.
pub(super) fn check(text: &str) -> Result<(), ServiceError> {
    let refuse = |why: &str| {
        Err(ServiceError::new(
            "InvalidPolicyDocument",
            format!("The policy document is invalid: {why}"),
        ))
    };
    if text.chars().count() > LONGEST {
        return refuse("it is longer than 20480 characters");
    }
    let Ok(Value::Object(policy)) = serde_json::from_str(text) else {
        return refuse("it is not a JSON object");
    };
    let statements = match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(statement @ Value::Object(_)) => std::slice::from_ref(statement),
        _ => return refuse("it has no statement"),
    };
    if statements.is_empty() {
        return refuse("it has no statement");
    }
    for statement in statements {
        let has = |names: &[&str]| names.iter().any(|name| !statement[name].is_null());
        if !matches!(statement["Effect"].as_str(), Some("Allow" | "Deny")) {
            return refuse("a statement's Effect is neither Allow nor Deny");
        }
        if !has(&["Principal", "NotPrincipal"]) {
            return refuse("a statement has no Principal");
        }
        if !has(&["Action", "NotAction"]) || !has(&["Resource", "NotResource"]) {
            return refuse("a statement has no Action or no Resource");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_policies_are_refused() {
        assert_eq!(check(FULL_ACCESS), Ok(()));
        let long = FULL_ACCESS.replacen("\n", &" ".repeat(LONGEST), 1);
        let no_principal = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
        let bad_effect = r#"{"Statement":{"Effect":"allow","Principal":"*","Action":"*","Resource":"*"}}"#;
        for bad in [
            "",
            "[]",
            "{",
            "{}",
            r#"{"Statement":[]}"#,
            no_principal,
            bad_effect,
            &long,
        ] {
            assert_eq!(check(bad).unwrap_err().code, "InvalidPolicyDocument", "{bad}");
        }
    }
}
