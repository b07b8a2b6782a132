//! Resource-based IAM policy documents: their validation, and the comparison of their meaning. The same policy can be written
//! in many ways, and AWS returns another form than the one that it was given.
//!
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>. The comparison is for VPC
//! endpoint policies, in which `"Principal": "*"` and `{"AWS": "*"}` mean the same.

mod differences;
mod property;

pub use property::IamPolicy;
use serde_json::{Map, Value, json};

/// The elements that a statement can have.
const MEMBERS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// The elements that a statement of a resource-based policy needs: exactly one of each line.
const NEEDED: [&[&str]; 4] = [
    &["Effect"],
    &["Principal", "NotPrincipal"],
    &["Action", "NotAction"],
    &["Resource", "NotResource"],
];

/// Returns the document of a `policy` property: an object as it is, a string parsed as JSON. `None` for any other value, and
/// for a string that is not a JSON object.
#[must_use]
pub fn parse(policy: &Value) -> Option<Value> {
    match policy {
        Value::Object(_) => Some(policy.clone()),
        Value::String(text) => serde_json::from_str(text).ok().filter(Value::is_object),
        _ => None,
    }
}

/// Returns the mistakes in the statements of a document.
#[must_use]
pub fn mistakes(document: &Value) -> Vec<String> {
    let statements = match document.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let numbered = statements.iter().enumerate();
    numbered
        .flat_map(|(index, statement)| {
            let problems = statement_mistakes(statement).into_iter();
            problems.map(move |problem| format!("statement {}: {problem}", index + 1))
        })
        .collect()
}

fn statement_mistakes(statement: &Value) -> Vec<String> {
    let Value::Object(statement) = statement else {
        return vec!["must be an object".to_owned()];
    };
    let quoted = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
    let mut mistakes = Vec::new();
    for member in statement.keys().filter(|member| !MEMBERS.contains(&member.as_str())) {
        let near = MEMBERS
            .iter()
            .find(|known| strsim::damerau_levenshtein(&known.to_lowercase(), &member.to_lowercase()) <= 2);
        mistakes.push(match near {
            Some(known) => format!("there is no `{member}`; did you mean `{known}`?"),
            None => format!("there is no `{member}`; there are {}", quoted(&MEMBERS).join(", ")),
        });
    }
    for names in NEEDED {
        let given = names.iter().filter(|name| statement.contains_key(**name)).count();
        if given == 0 {
            mistakes.push(format!("{} is required", quoted(names).join(" or ")));
        } else if given > 1 {
            mistakes.push(format!("takes one of {}, not both", quoted(names).join(" and ")));
        }
    }
    if statement
        .get("Effect")
        .is_some_and(|effect| effect != "Allow" && effect != "Deny")
    {
        mistakes.push("`Effect` must be `Allow` or `Deny`".to_owned());
    }
    mistakes
}

/// Reports whether two policies, each a document or its text, mean the same. Null (no policy) means AWS's full access.
#[must_use]
pub fn equivalent(a: &Value, b: &Value) -> bool {
    let document = |policy: &Value| match policy {
        Value::Null => Some(full_access()),
        Value::String(text) if text.trim().is_empty() => Some(full_access()),
        _ => parse(policy),
    };
    match (document(a), document(b)) {
        (Some(a), Some(b)) => normal_document(&a) == normal_document(&b),
        _ => a == b,
    }
}

/// Reports whether two statements mean the same.
#[must_use]
pub fn same_statement(a: &Value, b: &Value) -> bool {
    normal_statement(a) == normal_statement(b)
}

/// Reports whether two values of the same element of a statement, such as `Action`, mean the same.
#[must_use]
pub fn same_member(key: &str, a: &Value, b: &Value) -> bool {
    normal_member(key, a) == normal_member(key, b)
}

/// Returns the policy that an endpoint has if none is given
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>).
#[must_use]
pub fn full_access() -> Value {
    json!({"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]})
}

/// Reports whether a policy means the same as no policy.
#[must_use]
pub fn is_full_access(policy: &Value) -> bool {
    equivalent(policy, &full_access())
}

/// Returns the document without white space, which counts toward the limit of 20,480 characters.
#[must_use]
pub fn minified(policy: &Value) -> Option<String> {
    parse(policy).map(|document| document.to_string())
}

fn normal_document(document: &Value) -> Value {
    let Value::Object(document) = document else {
        return document.clone();
    };
    let mut normal = Map::new();
    for (key, value) in document {
        match key.as_str() {
            // EC2 adds and drops the version on its own. It matters only if a statement contains a policy variable.
            "Version" if !uses_variables(document.get("Statement")) => {}
            "Statement" => {
                let statements = match value {
                    Value::Array(statements) => statements.iter().map(normal_statement).collect(),
                    one => vec![normal_statement(one)],
                };
                normal.insert(key.clone(), Value::Array(as_set(statements)));
            }
            _ => {
                normal.insert(key.clone(), value.clone());
            }
        }
    }
    Value::Object(normal)
}

/// Reports whether the statements of a document use policy variables, whose meaning depends on the version.
fn uses_variables(statements: Option<&Value>) -> bool {
    statements.is_some_and(|statements| statements.to_string().contains("${"))
}

fn normal_statement(statement: &Value) -> Value {
    let Value::Object(statement) = statement else {
        return statement.clone();
    };
    let members = statement
        .iter()
        .map(|(key, value)| (key.clone(), normal_member(key, value)));
    Value::Object(members.filter(|(key, value)| !(key == "Sid" && value == "")).collect())
}

fn normal_member(key: &str, value: &Value) -> Value {
    match key {
        // Service prefixes and actions are case-insensitive.
        "Action" | "NotAction" => strings(value, |text| text.to_ascii_lowercase()),
        "Resource" | "NotResource" => strings(value, str::to_owned),
        "Principal" | "NotPrincipal" => principal(value),
        "Condition" => condition(value),
        _ => value.clone(),
    }
}

fn principal(value: &Value) -> Value {
    match value {
        Value::String(text) if text == "*" => json!({"AWS": ["*"]}),
        Value::Object(kinds) => {
            let kinds = kinds.iter().map(|(kind, who)| {
                let who = if kind == "AWS" {
                    strings(who, account)
                } else {
                    strings(who, str::to_owned)
                };
                (kind.clone(), who)
            });
            Value::Object(kinds.collect())
        }
        other => other.clone(),
    }
}

/// Replaces the ARN of an account's root user with the account ID: both mean the same principal.
fn account(text: &str) -> String {
    let parts: Vec<&str> = text.split(':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", "", account, "root"] => (*account).to_owned(),
        _ => text.to_owned(),
    }
}

/// Normalizes a condition: operators and keys are case-insensitive, and values are sets of strings.
fn condition(value: &Value) -> Value {
    let Value::Object(operators) = value else {
        return value.clone();
    };
    let operators = operators.iter().map(|(operator, keys)| {
        let keys = match keys {
            Value::Object(keys) => Value::Object(
                keys.iter()
                    .map(|(key, values)| (key.to_ascii_lowercase(), strings(values, str::to_owned)))
                    .collect(),
            ),
            other => other.clone(),
        };
        (operator.to_ascii_lowercase(), keys)
    });
    Value::Object(operators.collect())
}

/// Converts one value or a list of values to a sorted list without duplicates, with booleans and numbers as text.
fn strings(value: &Value, normal: impl Fn(&str) -> String) -> Value {
    let one = |value: &Value| match value {
        Value::String(text) => Value::String(normal(text)),
        Value::Bool(flag) => Value::String(flag.to_string()),
        Value::Number(number) => Value::String(number_text(number)),
        other => other.clone(),
    };
    match value {
        Value::Array(values) => Value::Array(as_set(values.iter().map(one).collect())),
        single => Value::Array(vec![one(single)]),
    }
}

/// Returns the text of a number. `300` and `300.0` are the same number: Pulumi's numbers are all doubles.
fn number_text(number: &serde_json::Number) -> String {
    number
        .as_f64()
        .map_or_else(|| number.to_string(), |double| double.to_string())
}

fn as_set(mut values: Vec<Value>) -> Vec<Value> {
    values.sort_by_cached_key(Value::to_string);
    values.dedup();
    values
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equivalent_spellings_of_a_policy_are_equal() {
        let ours = json!({
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                "Action": "states:StartExecution",
                "Resource": ["b", "a"],
                "Condition": {"Bool": {"aws:SecureTransport": true}, "NumericLessThan": {"aws:MultiFactorAuthAge": 300.0}},
            },
        });
        let theirs = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": {"AWS": ["123456789012"]},
                "Action": ["States:startexecution"],
                "Resource": ["a", "b", "b"],
                "Condition": {"bool": {"aws:securetransport": ["true"]}, "NumericLessThan": {"aws:MultiFactorAuthAge": "300"}},
            }],
        });
        assert!(equivalent(&ours, &theirs));
        assert!(equivalent(&Value::String(ours.to_string()), &theirs));
    }

    #[test]
    fn mistakes_in_statements_are_reported() {
        assert_eq!(mistakes(&full_access()), [""; 0]);
        let mistaken = |statement: Value| mistakes(&json!({"Statement": statement})).join("\n");
        insta::assert_snapshot!(
            mistaken(json!([
                {"Effect": "allow", "Actions": "*", "Resource": "*", "NotResource": "*"},
                "Deny",
                {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Comment": "x"},
            ])),
            @r"
        statement 1: there is no `Actions`; did you mean `Action`?
        statement 1: `Principal` or `NotPrincipal` is required
        statement 1: `Action` or `NotAction` is required
        statement 1: takes one of `Resource` and `NotResource`, not both
        statement 1: `Effect` must be `Allow` or `Deny`
        statement 2: must be an object
        statement 3: there is no `Comment`; there are `Sid`, `Effect`, `Principal`, `NotPrincipal`, `Action`, `NotAction`, `Resource`, `NotResource`, `Condition`
        "
        );
    }

    #[test]
    fn a_missing_policy_equals_full_access() {
        assert!(equivalent(&Value::Null, &full_access()));
        assert!(is_full_access(&json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["*"], "Resource": ["*"]},
        ]})));
    }

    #[test]
    fn policies_with_different_meanings_are_not_equal() {
        let base = |key: &str, value: Value| {
            let mut policy = json!({"Version": "2012-10-17", "Statement": [{
                "Sid": "a", "Effect": "Allow", "Principal": "*", "Action": "states:*", "Resource": "arn:aws:states:::X",
            }]});
            policy["Statement"][0][key] = value;
            policy
        };
        let policy = base("Sid", json!("a"));
        for (key, value) in [
            ("Effect", json!("Deny")),
            ("Principal", json!({"AWS": "123456789012"})),
            ("Action", json!("states:Start*")),
            ("Resource", json!("arn:aws:states:::x")),
            ("Condition", json!({"StringEquals": {"aws:SourceVpc": "vpc-1"}})),
            ("Sid", json!("b")),
        ] {
            assert!(!equivalent(&policy, &base(key, value)), "{key}");
        }
        assert!(!equivalent(&policy, &Value::Null));
        assert!(!equivalent(&json!("no JSON"), &policy));
    }

    #[test]
    fn the_version_matters_if_the_policy_has_variables() {
        let with = |version: &str| {
            json!({"Version": version, "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*",
                "Resource": "arn:aws:states:*:*:stateMachine:${aws:username}"}]})
        };
        assert!(!equivalent(&with("2008-10-17"), &with("2012-10-17")));
        assert!(equivalent(&with("2012-10-17"), &with("2012-10-17")));
    }

    #[test]
    fn minified_removes_white_space_from_a_policy() {
        let policy = json!("{ \"Statement\" : [ ] }");
        assert_eq!(minified(&policy).as_deref(), Some("{\"Statement\":[]}"));
        assert_eq!(minified(&json!("[]")), None);
        assert_eq!(minified(&json!(1)), None);
    }

    fn any_policy() -> impl Strategy<Value = Value> {
        let words = |from: &'static [&'static str]| prop::collection::vec(prop::sample::select(from), 1..4);
        let statement = (
            prop::bool::ANY,
            words(&["states:*", "states:StartExecution", "execute-api:Invoke"]),
            words(&["*", "arn:aws:states:::a", "arn:aws:states:::b"]),
            words(&["*", "123456789012", "arn:aws:iam::210987654321:role/r"]),
            prop::option::of(words(&["vpc-1", "vpc-2"])),
        );
        prop::collection::vec(statement, 0..4).prop_map(|statements| {
            let statements: Vec<Value> = statements
                .into_iter()
                .map(|(allow, actions, resources, principals, vpcs)| {
                    let mut statement = json!({
                        "Effect": if allow { "Allow" } else { "Deny" },
                        "Action": actions, "Resource": resources, "Principal": {"AWS": principals},
                    });
                    if let Some(vpcs) = vpcs {
                        statement["Condition"] = json!({"StringEquals": {"aws:SourceVpc": vpcs}});
                    }
                    statement
                })
                .collect();
            json!({"Version": "2012-10-17", "Statement": statements})
        })
    }

    /// Returns the same policy, written in another way.
    fn rewritten(policy: &Value) -> Value {
        match policy {
            Value::Array(values) if values.len() == 1 => rewritten(&values[0]),
            Value::Array(values) => {
                let mut values: Vec<Value> = values.iter().rev().map(rewritten).collect();
                values.extend(values.first().cloned());
                Value::Array(values)
            }
            Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), rewritten(value))).collect(),
            other => other.clone(),
        }
    }

    proptest! {
        #[test]
        fn equivalence_is_reflexive_and_symmetric(a in any_policy(), b in any_policy()) {
            prop_assert!(equivalent(&a, &a));
            prop_assert_eq!(equivalent(&a, &b), equivalent(&b, &a));
        }

        #[test]
        fn a_rewritten_policy_is_equivalent(policy in any_policy()) {
            prop_assert!(equivalent(&policy, &rewritten(&policy)));
            let text = serde_json::to_string_pretty(&policy).unwrap();
            prop_assert!(equivalent(&policy, &Value::String(text)));
        }

        #[test]
        fn a_policy_with_another_effect_is_not_equivalent(
            policy in any_policy().prop_filter("no statement", |policy| policy["Statement"] != json!([])),
            at: prop::sample::Index,
        ) {
            let mut other = policy.clone();
            let statements = other["Statement"].as_array_mut().unwrap();
            at.get_mut(statements)["Effect"] = json!("Audit");
            prop_assert!(!equivalent(&policy, &other));
        }
    }
}
