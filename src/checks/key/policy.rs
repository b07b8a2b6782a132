//! Whether the policy of a KMS key lets anybody use it for a connection.
//!
//! EventBridge reads and writes the secret of a connection with the permissions of the caller, and Secrets Manager then uses the key
//! (`kms:ViaService`). Whatever is not sure here counts as allowed: names of principals, conditions, variables. Grants and the
//! caller's own policies are not read at all. <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>

use serde_json::Value;

use crate::arn::Arn;
use crate::partition::Partition;
use crate::policy_lint::matches;

const DESCRIBE: &str = "kms:DescribeKey";

/// What a connection needs.
const NEEDED: [&str; 3] = [DESCRIBE, "kms:GenerateDataKey", "kms:Decrypt"];

/// Services that may call for EventBridge.
const SERVICES: [&str; 2] = ["events", "secretsmanager"];

/// Returns the needed actions that the policy allows to no principal of the account.
pub(super) fn allowed_to_nobody(policy: &Value, account: &str, region: &str) -> Vec<&'static str> {
    let statements = match &policy["Statement"] {
        Value::Array(all) => all.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    };
    let is = |statement: &Value, effect: &str| statement["Effect"] == effect;
    let lacks = |action: &&str| {
        let allowed = statements.iter().any(|statement| {
            is(statement, "Allow")
                && covers(statement, action)
                && may_be_of(statement, account)
                && may_hold(statement, action, account, region)
        });
        let denied = statements
            .iter()
            .any(|statement| is(statement, "Deny") && covers(statement, action) && is_for_all(statement));
        denied || !allowed
    };
    NEEDED.into_iter().filter(lacks).collect()
}

/// Reports whether a statement is about an action.
fn covers(statement: &Value, action: &str) -> bool {
    let named = |element: &str| {
        let action = action.to_ascii_lowercase();
        texts(&statement[element]).any(|pattern| matches(&pattern.to_ascii_lowercase(), &action))
    };
    if statement["NotAction"].is_null() {
        named("Action")
    } else {
        !named("NotAction")
    }
}

/// Reports whether a statement may be for the account: for one of its principals, or for a service in its name.
fn may_be_of(statement: &Value, account: &str) -> bool {
    let is_own = |principal: &str| match Arn::parse(principal) {
        Some(arn) => arn.account == account,
        None => principal.len() != 12 || principal == account,
    };
    match &statement["Principal"] {
        Value::Object(kinds) => kinds.iter().any(|(kind, principals)| match kind.as_str() {
            "AWS" => texts(principals).any(is_own),
            "Service" => texts(principals).any(|service| SERVICES.iter().any(|one| service.contains(one))),
            _ => true,
        }),
        // With `NotPrincipal`, everybody else.
        Value::Null => !statement["NotPrincipal"].is_null(),
        _ => true,
    }
}

/// Reports whether the conditions of a statement may hold for a call of the account through Secrets Manager. The call that describes
/// the key may take another way.
fn may_hold(statement: &Value, action: &str, account: &str, region: &str) -> bool {
    let services = [Partition::of_region(region).dns_suffix, "amazonaws.com"];
    let via = services.map(|suffix| format!("secretsmanager.{region}.{suffix}"));
    let conditions = statement["Condition"].as_object().into_iter().flatten();
    conditions
        .filter(|(operator, _)| {
            let operator = operator.to_ascii_lowercase();
            ["stringequals", "stringlike"].contains(&operator.as_str())
        })
        .flat_map(|(_, keys)| keys.as_object().into_iter().flatten())
        .all(|(key, values)| match key.to_ascii_lowercase().as_str() {
            "kms:viaservice" if action != DESCRIBE => {
                texts(values).any(|pattern| via.iter().any(|service| matches(pattern, service)))
            }
            "kms:calleraccount" => texts(values).any(|pattern| matches(pattern, account)),
            _ => true,
        })
}

/// Reports whether a statement is for everybody, in every case.
fn is_for_all(statement: &Value) -> bool {
    let all = |value: &Value| texts(value).any(|text| text == "*");
    (all(&statement["Principal"]) || all(&statement["Principal"]["AWS"]))
        && statement["Condition"].as_object().is_none_or(serde_json::Map::is_empty)
        && all(&statement["Resource"])
}

/// Returns the texts of a value that is one or a list.
fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let one = value.as_str().into_iter();
    one.chain(value.as_array().into_iter().flatten().filter_map(Value::as_str))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lacking(statements: Value) -> Vec<&'static str> {
        allowed_to_nobody(&json!({ "Statement": statements }), "123456789012", "eu-west-1")
    }

    fn allow(more: Value) -> Value {
        let mut statement =
            json!({ "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "kms:*", "Resource": "*" });
        for (name, value) in more.as_object().unwrap() {
            statement[name] = value.clone();
        }
        statement
    }

    #[test]
    fn what_may_be_allowed_is_no_finding() {
        for statement in [
            allow(json!({ "Principal": { "AWS": "arn:aws:iam::123456789012:root" } })),
            allow(json!({ "Principal": { "AWS": ["999988887777", "123456789012"] } })),
            allow(json!({ "Principal": { "AWS": "AROA1234567890EXAMPLE" } })),
            allow(json!({ "Principal": "*" })),
            allow(json!({ "Principal": null, "NotPrincipal": { "AWS": "arn:aws:iam::999988887777:root" } })),
            allow(json!({ "Principal": { "Federated": "cognito-identity.amazonaws.com" } })),
            allow(json!({ "Principal": { "Service": "secretsmanager.amazonaws.com" } })),
            allow(json!({ "Action": ["KMS:Decrypt", "kms:generatedatakey*", "kms:Describe*"] })),
            allow(json!({ "Action": null, "NotAction": "kms:ScheduleKeyDeletion" })),
            // The policy of the EventBridge user guide.
            allow(json!({ "Condition": {
                "StringLike": {
                    "kms:ViaService": "secretsmanager.*.amazonaws.com",
                    "kms:EncryptionContext:SecretARN": ["arn:aws:secretsmanager:*:*:secret:events!connection/*"],
                },
            } })),
            allow(json!({ "Condition": { "StringEquals": { "kms:CallerAccount": "123456789012" } } })),
            allow(
                json!({ "Condition": { "StringNotEquals": { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" } } }),
            ),
        ] {
            assert_eq!(lacking(json!([statement.clone()])), Vec::<&str>::new(), "{statement}");
            assert_eq!(
                lacking(statement.clone()),
                Vec::<&str>::new(),
                "one statement that is no list: {statement}"
            );
        }
    }

    #[test]
    fn what_nobody_can_do_is_named() {
        const ALL: [&str; 3] = NEEDED;
        assert_eq!(lacking(json!([])), ALL);
        for statement in [
            allow(json!({ "Principal": { "AWS": "arn:aws:iam::999988887777:root" } })),
            allow(json!({ "Principal": { "AWS": "999988887777" } })),
            allow(json!({ "Principal": { "Service": "logs.eu-west-1.amazonaws.com" } })),
            allow(json!({ "Action": ["kms:Put*", "kms:ScheduleKeyDeletion"] })),
            allow(json!({ "Effect": "Deny" })),
            allow(json!({ "Condition": { "StringEquals": { "kms:CallerAccount": "999988887777" } } })),
        ] {
            assert_eq!(lacking(json!([statement.clone()])), ALL, "{statement}");
        }
        let elsewhere =
            allow(json!({ "Condition": { "StringEquals": { "kms:ViaService": ["s3.eu-west-1.amazonaws.com"] } } }));
        assert_eq!(lacking(json!([elsewhere])), ["kms:GenerateDataKey", "kms:Decrypt"]);
    }

    #[test]
    fn a_deny_counts_only_if_it_is_for_everybody() {
        let deny = |more: Value| {
            let mut statement = allow(json!({ "Effect": "Deny", "Action": "kms:Decrypt" }));
            for (name, value) in more.as_object().unwrap() {
                statement[name] = value.clone();
            }
            lacking(json!([allow(json!({})), statement]))
        };
        assert_eq!(deny(json!({})), ["kms:Decrypt"]);
        assert_eq!(deny(json!({ "Principal": "*" })), ["kms:Decrypt"]);
        for more in [
            json!({ "Principal": { "AWS": "arn:aws:iam::123456789012:role/other" } }),
            json!({ "Condition": { "StringNotLike": { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/deploy" } } }),
            json!({ "Action": "kms:Encrypt" }),
        ] {
            assert_eq!(deny(more.clone()), Vec::<&str>::new(), "{more}");
        }
    }
}
