//! A policy with a finding, what is said of it, and one near it without any.

use serde_json::{Value, json};

use super::super::Service;
use super::STEP_FUNCTIONS;

pub(super) struct Row {
    pub(super) services: &'static [Service],
    pub(super) bad: Value,
    pub(super) said: &'static str,
    pub(super) good: Value,
}

/// Returns a document with one statement, in which these elements replace those of a harmless one.
fn statement(elements: &Value) -> Value {
    let mut statement = json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"});
    for (name, value) in elements.as_object().unwrap() {
        if let Some(other) = name.strip_prefix("Not") {
            statement.as_object_mut().unwrap().remove(other);
        }
        statement[name] = value.clone();
    }
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

/// Returns a row for Step Functions.
fn row(bad: Value, said: &'static str, good: Value) -> Row {
    at(STEP_FUNCTIONS, &bad, said, &good)
}

fn at(services: &'static [Service], bad: &Value, said: &'static str, good: &Value) -> Row {
    Row {
        services,
        bad: statement(bad),
        said,
        good: statement(good),
    }
}

fn api(bad: Value, said: &'static str, good: Value) -> Row {
    at(&[Service::ExecuteApi], &bad, said, &good)
}

/// Returns the ARN of a resource of Step Functions in the place of the tests.
fn arn(resource: &str) -> String {
    format!("arn:aws:states:eu-west-1:123456789012:{resource}")
}

fn role(resource: &str) -> Value {
    json!({"Principal": {"AWS": format!("arn:aws:iam::123456789012:{resource}")}})
}

/// Returns a condition with one operator, key and value.
fn when(operator: &str, key: &str, value: Value) -> Value {
    json!({"Condition": {operator: {key: value}}})
}

pub(super) fn all() -> Vec<Row> {
    let parts = [documents(), principals(), actions(), resources(), conditions(), apis()];
    parts.into_iter().flatten().collect()
}

fn documents() -> Vec<Row> {
    let padded = |text: &str, count: usize| {
        let mut document = statement(&json!({"Sid": ""}));
        let left = count - document.to_string().chars().count();
        document["Statement"][0]["Sid"] = text.repeat(left).into();
        document
    };
    let with_version = |version: Value| {
        let mut document = statement(&json!({}));
        document["Version"] = version;
        document
    };
    let variable = |version: &str| {
        let mut document = with_version(json!(version));
        document["Statement"][0]["Resource"] = json!([arn("stateMachine:${aws:username}")]);
        document
    };
    let whole = |bad: Value, said, good: Value| Row {
        services: STEP_FUNCTIONS,
        bad,
        said,
        good,
    };
    vec![
        whole(
            padded("x", 20_481),
            "Refused too-long : The policy has 20481 characters without white space. AWS takes at most 20480.",
            padded("x", 20_480),
        ),
        whole(
            padded("ü", 20_480),
            "Hint too-many-bytes : The policy has 40850 bytes, because characters that are not ASCII take several. AWS takes at \
             most 20480 characters and does not say which it counts.",
            padded("ü", 10_000),
        ),
        whole(
            with_version(json!("2012-10-18")),
            "Refused version Version: There is no such version of policies. Use `2012-10-17`.",
            with_version(json!("2008-10-17")),
        ),
        whole(
            variable("2008-10-17"),
            "Dead variable-without-version Statement[0].Resource: `${…}` is no variable here, but plain text. Add `\"Version\": \
             \"2012-10-17\"`.",
            variable("2012-10-17"),
        ),
        row(
            json!({"Effect": "Deny", "Action": "states:StopExecution"}),
            "Dead nothing-allowed Statement: No statement has `Effect` `Allow`, so every call through the endpoint is refused. Add \
             one that allows something.",
            json!({"Action": "states:StopExecution"}),
        ),
    ]
}

fn principals() -> Vec<Row> {
    vec![
        row(
            json!({"Principal": "arn:aws:iam::123456789012:role/orders"}),
            "Refused principal-form Statement[0].Principal: `Principal` must be `*`, or an object such as `{\"AWS\": \
             \"123456789012\"}`.",
            role("role/orders"),
        ),
        row(
            json!({"Principal": {"Aws": "*"}}),
            "Dead principal-type Statement[0].Principal.Aws: `Aws` is no type of principal. Did you mean `AWS`?",
            json!({"Principal": {"AWS": "*"}}),
        ),
        row(
            json!({"Principal": {"Role": "*"}}),
            "Dead principal-type Statement[0].Principal.Role: `Role` is no type of principal. There are `AWS`, `Federated`, \
             `Service` and `CanonicalUser`.",
            json!({"Principal": {"Service": "states.amazonaws.com"}}),
        ),
        row(
            json!({"Principal": {"AWS": []}}),
            "Dead empty-list Statement[0].Principal.AWS: The list of principals is empty, so the statement applies to nobody. Name \
             one, or `*`.",
            json!({"Principal": {"AWS": ["123456789012", "AROAIOSFODNN7EXAMPLE"]}}),
        ),
        row(
            role("role/orders-*"),
            "Dead principal-wildcard Statement[0].Principal.AWS: `*` and `?` have no meaning inside a principal, so \
             `arn:aws:iam::123456789012:role/orders-*` is nobody. Use `*` alone, and the condition `ArnLike` with \
             `aws:PrincipalArn`.",
            when(
                "ArnLike",
                "aws:PrincipalArn",
                json!("arn:aws:iam::123456789012:role/orders-*"),
            ),
        ),
        row(
            json!({"Principal": {"AWS": ["12345678901"]}}),
            "Dead principal-unknown Statement[0].Principal.AWS[0]: `12345678901` is no principal. An account ID has 12 digits.",
            json!({"Principal": {"AWS": ["123456789012"]}}),
        ),
        row(
            json!({"Principal": {"AWS": "orders"}}),
            "Dead principal-unknown Statement[0].Principal.AWS: `orders` is no principal. Give an account ID, the ARN of a role or \
             user, or `*`.",
            role("user/orders"),
        ),
        row(
            role("instance-profile/orders"),
            "Dead principal-unknown Statement[0].Principal.AWS: `arn:aws:iam::123456789012:instance-profile/orders` is no \
             principal. Give the ARN of a role or user, an account ID, or `*`.",
            role("root"),
        ),
        row(
            json!({"Principal": {"AWS": "arn:aws-cn:iam::123456789012:role/orders"}}),
            "Dead principal-partition Statement[0].Principal.AWS: `arn:aws-cn:iam::123456789012:role/orders` is not in the \
             partition `aws` of the endpoint, so it can make no call.",
            role("role/orders"),
        ),
        row(
            role("group/operators"),
            "Dead principal-group Statement[0].Principal.AWS: `arn:aws:iam::123456789012:group/operators` is a group, and a group \
             is no principal. Name its users, or a role.",
            role("role/group/operators"),
        ),
        row(
            json!({"Principal": {"AWS": "arn:aws:sts::123456789012:assumed-role/orders/i-0a"}}),
            "Hint principal-session Statement[0].Principal.AWS: `arn:aws:sts::123456789012:assumed-role/orders/i-0a` is one session \
             of a role: its other sessions do not match. Name the role: `arn:aws:iam::123456789012:role/orders`, with its path.",
            role("role/path/orders"),
        ),
        row(
            json!({"NotPrincipal": {"AWS": "123456789012"}}),
            "Broad not-principal-allow Statement[0].NotPrincipal: `NotPrincipal` with `Allow` allows everybody else, anonymous \
             callers too, and AWS does not support it. Use `Principal` `*` with the condition `ArnNotEquals` of \
             `aws:PrincipalArn`.",
            when(
                "ArnNotEquals",
                "aws:PrincipalArn",
                json!("arn:aws:iam::123456789012:role/orders"),
            ),
        ),
        Row {
            services: STEP_FUNCTIONS,
            bad: json!({"Statement": [
                {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
                {"Effect": "Deny", "NotPrincipal": {"AWS": "123456789012"}, "Action": "*", "Resource": "*"},
            ]}),
            said: "Broad not-principal-deny Statement[1].NotPrincipal: `NotPrincipal` with `Deny` refuses every principal that has \
                   a permissions boundary, whoever is named. Use `Principal` `*` with the condition `ArnNotEquals` of \
                   `aws:PrincipalArn`.",
            good: json!({"Statement": [
                {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
                {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
                    "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/orders"}}},
            ]}),
        },
    ]
}

fn actions() -> Vec<Row> {
    vec![
        row(
            json!({"Action": ["states:StopExecution", "states:StartExecutions"]}),
            "Dead action-misspelled Statement[0].Action[1]: `states:StartExecutions` is no action of Step Functions. Did you mean \
             `states:StartExecution`?",
            json!({"Action": ["states:StopExecution", "STATES:startexecution"]}),
        ),
        row(
            json!({"Action": "states:StartExcution*"}),
            "Dead action-misspelled Statement[0].Action: `states:StartExcution*` is no action of Step Functions. Did you mean \
             `states:StartExecution*`?",
            json!({"Action": "states:StartExec*"}),
        ),
        row(
            json!({"Action": "states:ExportStateMachine"}),
            "Hint action-unknown Statement[0].Action: `states:ExportStateMachine` matches no action that AWS documented for Step \
             Functions in September 2026. If it is not a newer one, it never matches.",
            json!({"Action": "states:*StateMachine"}),
        ),
        row(
            json!({"Action": "*Executions?"}),
            "Hint action-unknown Statement[0].Action: `*Executions?` matches no action that AWS documented for Step Functions in \
             September 2026. If it is not a newer one, it never matches.",
            json!({"Action": "*Executions"}),
        ),
        row(
            json!({"Action": "StartExecution"}),
            "Dead action-without-prefix Statement[0].Action: `StartExecution` has no service prefix. Did you mean \
             `states:StartExecution`?",
            json!({"Action": "*Execution"}),
        ),
        row(
            json!({"Action": "everything"}),
            "Dead action-without-prefix Statement[0].Action: `everything` has no service prefix. An action is `states:NAME`.",
            json!({"Action": "*:*"}),
        ),
        row(
            json!({"Action": "sync-states:StartSyncExecution"}),
            "Dead action-prefix Statement[0].Action: The prefix of Step Functions is `states`. Did you mean \
             `states:StartSyncExecution`?",
            json!({"Action": "states:StartSyncExecution"}),
        ),
        row(
            json!({"NotAction": "state:*", "Effect": "Deny"}),
            "Dead nothing-allowed Statement: No statement has `Effect` `Allow`, so every call through the endpoint is refused. Add \
             one that allows something.\n\
             Dead action-prefix Statement[0].NotAction: The prefix of Step Functions is `states`. Did you mean `states:*`?",
            json!({"Action": "states:*"}),
        ),
        row(
            json!({"Action": ["states:*", "lambda:InvokeFunction"]}),
            "Dead action-of-other-service Statement[0].Action[1]: `lambda:InvokeFunction` never matches: only calls of Step \
             Functions come through this endpoint. Remove it.",
            json!({"Action": ["states:*", "*:Describe*"]}),
        ),
        at(
            &[Service::States],
            &json!({"Action": ["states:StartSyncExecution", "states:TestState"]}),
            "Dead action-of-other-endpoint Statement[0].Action: No call through `states` matches: `states:StartSyncExecution` comes \
             through `sync-states`. Move the statement to the policy of that endpoint.",
            &json!({"Action": ["states:StartSyncExecution", "states:StartExecution"]}),
        ),
        at(
            &[Service::SyncStates],
            &json!({"Action": "states:Describe*"}),
            "Dead action-of-other-endpoint Statement[0].Action: No call through `sync-states` matches: `states:DescribeActivity` \
             comes through `states`. Move the statement to the policy of that endpoint.",
            &json!({"Action": ["states:Start*", "states:RevealSecrets"]}),
        ),
        row(
            json!({"Action": "states:InvokeHTTPEndpoint"}),
            "Hint action-of-role Statement[0].Action: `states:InvokeHTTPEndpoint` is a permission for the role of a state machine, \
             and no call through an endpoint. Grant it to the role.",
            json!({"Action": ["states:InvokeHTTPEndpoint", "states:TestState"]}),
        ),
        row(
            json!({"NotAction": "states:DeleteStateMachine"}),
            "Broad allow-not-action Statement[0].NotAction: `NotAction` with `Allow` allows every other action, new ones of AWS \
             too. List the allowed actions in `Action`.",
            json!({"Action": "states:DeleteStateMachine"}),
        ),
        row(
            json!({"Action": []}),
            "Dead empty-list Statement[0].Action: `Action` is an empty list. Name an action, or `*`.",
            json!({"Action": ["*"]}),
        ),
        row(
            json!({"Action": ["*", 1]}),
            "Refused not-text Statement[0].Action[1]: `Action` must be a string or a list of strings.",
            json!({"Action": ["*", null]}),
        ),
    ]
}

fn resources() -> Vec<Row> {
    vec![
        row(
            json!({"Resource": "stateMachine:orders"}),
            "Dead resource-no-arn Statement[0].Resource: `stateMachine:orders` is no ARN. Give one such as \
             `arn:aws:states:eu-west-1:ACCOUNT:stateMachine:NAME`, or `*`.",
            json!({"Resource": "*stateMachine:orders"}),
        ),
        row(
            json!({"Resource": "arn:aws:lambda:eu-west-1:123456789012:function:orders"}),
            "Dead resource-of-other-service Statement[0].Resource: The ARN is of the service `lambda`, but only calls of Step \
             Functions come through this endpoint. Give an ARN of `states`, or `*`.",
            json!({"Resource": "arn:aws:*:eu-west-1:123456789012:*"}),
        ),
        row(
            json!({"Resource": "arn:aws:states:us-east-1:123456789012:*"}),
            "Dead resource-of-other-region Statement[0].Resource: The ARN is of the Region `us-east-1`, so it never matches. The \
             endpoint is in `eu-west-1`.",
            json!({"Resource": "arn:aws:states:eu-*:123456789012:*"}),
        ),
        row(
            json!({"Resource": ["arn:aws-us-gov:states:*:123456789012:*", "*"]}),
            "Dead resource-of-other-partition Statement[0].Resource[0]: The ARN is of the partition `aws-us-gov`, so it never \
             matches. The endpoint is in `aws`.",
            // One policy for several Regions.
            json!({"Resource": ["arn:aws:states:us-east-1:123456789012:*", "arn:aws:states:eu-west-1:123456789012:*"]}),
        ),
        row(
            json!({"Resource": "arn:aws:states:eu-west-1:12345678901:*"}),
            "Dead resource-account Statement[0].Resource: `12345678901` is no account, so the ARN never matches. Give the 12 \
             digits, or `*`.",
            json!({"Resource": "arn:aws:states:eu-west-1:*:*"}),
        ),
        row(
            json!({"Resource": "arn:aws:states:eu-west-1:1234*:*"}),
            "Hint account-mixed Statement[0].Resource: AWS documents that the account in an ARN is an account ID or a wildcard, not \
             both (a refusal was not observed). Give the account ID, or `*`.",
            json!({"Resource": "arn:aws:states:eu-west-1:????????????:*"}),
        ),
        row(
            json!({"Resource": arn("statemachine:orders")}),
            "Dead resource-case Statement[0].Resource: `arn:aws:states:eu-west-1:123456789012:statemachine:orders` never matches: \
             the types in ARNs are case-sensitive. Write `stateMachine:`.",
            json!({"Resource": arn("stateMachine:orders")}),
        ),
        row(
            json!({"NotResource": arn("machine:orders")}),
            "Dead resource-form Statement[0].NotResource: `arn:aws:states:eu-west-1:123456789012:machine:orders` is no ARN of Step \
             Functions: after the account comes `stateMachine:NAME` or `execution:NAME:ID` or `express:NAME:ID:UUID` or \
             `activity:NAME` or `mapRun:NAME/LABEL:UUID`.",
            json!({"NotResource": ["arn:aws:states:us-east-1:123456789012:stateMachine:orders", "arn:aws:s3:::orders"]}),
        ),
        row(
            json!({"Action": ["states:StartExecution", "states:StopExecution"], "Resource": arn("stateMachine:orders")}),
            "Dead action-unfit Statement[0].Action[1]: `states:StopExecution` is about `execution:NAME:ID`, and no `Resource` of the \
             statement is one. Give such an ARN, or `*`.",
            json!({"Action": ["states:StartExecution", "states:StopExecution"],
                "Resource": [arn("stateMachine:orders"), arn("execution:orders:*")]}),
        ),
        row(
            json!({"Action": ["states:StartExecution", "states:ListStateMachines"], "Resource": arn("*")}),
            "Dead action-needs-star Statement[0].Action[1]: `states:ListStateMachines` is about no single resource, so it matches \
             only `Resource` `*`. Put it into a statement with `*`.",
            json!({"Action": ["states:StartExecution", "states:List*"], "Resource": arn("*")}),
        ),
        row(
            json!({"Action": "states:StartExecution", "Resource": [arn("stateMachine:orders:PROD")]}),
            "Dead resource-qualified Statement[0].Resource[0]: \
             `arn:aws:states:eu-west-1:123456789012:stateMachine:orders:PROD` is a version or alias. AWS checks \
             `states:StartExecution` with the ARN of the state machine, without it: give that ARN, and the qualifier in a \
             condition on `states:StateMachineQualifier`.",
            json!({"Action": "states:StartExecution",
                "Resource": [arn("stateMachine:orders"), arn("stateMachine:orders:*")]}),
        ),
        row(
            json!({"Action": "states:StartExecution", "Resource": [arn("stateMachine:orders"), arn("activity:a")]}),
            "Dead resource-unused Statement[0].Resource[1]: No action of the statement is about `activity:NAME`. Remove it, or add \
             such an action of Step Functions.",
            json!({"Action": "states:TagResource", "Resource": [arn("stateMachine:orders"), arn("activity:a")]}),
        ),
        row(
            json!({"Resource": []}),
            "Dead empty-list Statement[0].Resource: `Resource` is an empty list. Name an ARN, or `*`.",
            json!({"Resource": ["arn:aws:states", null]}),
        ),
        row(
            json!({"Resource": {"Ref": "orders"}}),
            "Refused not-text Statement[0].Resource: `Resource` must be a string or a list of strings.",
            json!({"Resource": null}),
        ),
    ]
}

fn conditions() -> Vec<Row> {
    let denied = |condition: Value| {
        let allow = json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"});
        let mut deny = json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"});
        deny["Condition"] = condition["Condition"].clone();
        json!({"Statement": [allow, deny]})
    };
    let organization = || json!("o-a1b2c3d4e5");
    vec![
        row(
            when("StringEqual", "aws:PrincipalOrgID", organization()),
            "Dead operator-misspelled Statement[0].Condition.StringEqual: `StringEqual` is no condition operator. Did you mean \
             `StringEquals`?",
            when("ForAnyValue:stringequalsIFEXISTS", "aws:PrincipalOrgID", organization()),
        ),
        row(
            when("Equals", "aws:PrincipalOrgID", organization()),
            "Hint operator-unknown Statement[0].Condition.Equals: `Equals` is no condition operator that AWS documents. Use one \
             such as `StringEquals`.",
            when("StringEquals", "aws:PrincipalOrgID", organization()),
        ),
        row(
            when("ForAnyValue:StringEquals", "states:StateMachineQualifer", json!("PROD")),
            "Dead key-misspelled Statement[0].Condition.ForAnyValue:StringEquals.states:StateMachineQualifer: \
             `states:StateMachineQualifer` is no condition key of Step Functions. Did you mean `states:StateMachineQualifier`?",
            when(
                "ForAnyValue:StringEquals",
                "states:stateMachineQualifier",
                json!("PROD"),
            ),
        ),
        row(
            when(
                "StringLike",
                "aws:PrincipalAccount",
                json!(["123456789012", "1234567890*"]),
            ),
            "Hint generated-wildcard Statement[0].Condition.StringLike.aws:PrincipalAccount[1]: AWS documents that endpoint policies \
             cannot use `*` or `?` with `aws:PrincipalAccount` (a refusal was not observed). List the values with `StringEquals`.",
            when("StringEquals", "aws:PrincipalAccount", json!(["123456789012"])),
        ),
        row(
            when("NumericEquals", "aws:PrincipalAccount", json!(123_456_789_012_u64)),
            "Hint generated-numeric Statement[0].Condition.NumericEquals.aws:PrincipalAccount: AWS documents that endpoint policies \
             cannot use numeric operators with `aws:PrincipalAccount` (a refusal was not observed). List the values with \
             `StringEquals`.",
            when("NumericLessThan", "aws:MultiFactorAuthAge", json!(300)),
        ),
        row(
            when("StringLike", "aws:PrincipalTag/team.name", json!("ops-*")),
            "Hint wildcard-lonely Statement[0].Condition.StringLike[\"aws:PrincipalTag/team.name\"]: AWS documents that endpoint \
             policies need six characters in a row before or after each `*` and `?` (a refusal was not observed). Write more of the \
             value.",
            when(
                "StringLike",
                "aws:PrincipalTag/team.name",
                json!(["orders*", "*orders", "${*}", "ops"]),
            ),
        ),
        row(
            when("StringEquals", "aws:PrincipalTag/team", json!("orders-*")),
            "Hint wildcard-literal Statement[0].Condition.StringEquals.aws:PrincipalTag/team: This operator takes `*` and `?` \
             literally. If they are wildcards, use `StringLike` or `StringNotLike`.",
            when("StringLike", "aws:PrincipalTag/team", json!("orders-*")),
        ),
        row(
            when("ArnLike", "aws:PrincipalArn", json!("arn:aws:iam::1234*:role/orders")),
            "Hint account-mixed Statement[0].Condition.ArnLike.aws:PrincipalArn: AWS documents that the account in an ARN is an \
             account ID or a wildcard, not both (a refusal was not observed). Give the account ID, or `*`.",
            when("ArnLike", "aws:PrincipalArn", json!("arn:aws:iam::*:role/orders-1*")),
        ),
        row(
            when("StringEquals", "aws:SourceVpc", json!("vpc-0b")),
            "Dead condition-never Statement[0].Condition.StringEquals.aws:SourceVpc: The endpoint is in `vpc-0a`, so this condition \
             is never true. Name its own ID, or remove the condition.",
            when("StringEquals", "aws:SourceVpc", json!(["vpc-0b", "vpc-0a"])),
        ),
        row(
            when("StringEquals", "aws:sourceVpce", json!("vpce-0c")),
            "Dead condition-never Statement[0].Condition.StringEquals.aws:sourceVpce: The endpoint is `vpce-0a` or `vpce-0b`, so \
             this condition is never true. Name its own ID, or remove the condition.",
            when("StringEquals", "aws:SourceVpce", json!("vpce-0b")),
        ),
        row(
            when("StringNotEquals", "aws:SourceVpc", json!("vpc-0b")),
            "Broad condition-always Statement[0].Condition.StringNotEquals.aws:SourceVpc: The endpoint is in `vpc-0a`, so this \
             condition is always true and limits nothing. Remove it.",
            when("StringEquals", "aws:SourceVpc", json!("${aws:PrincipalTag/vpc}")),
        ),
        Row {
            services: STEP_FUNCTIONS,
            bad: denied(when("StringNotEquals", "aws:SourceVpc", json!(["vpc-0b"]))),
            said: "Broad condition-always Statement[1].Condition.StringNotEquals.aws:SourceVpc: The endpoint is in `vpc-0a`, so this \
                   condition is always true: the statement denies whatever its other elements match. Name its own ID.",
            good: denied(when("StringNotEquals", "aws:SourceVpc", json!(["vpc-0b", "vpc-0a"]))),
        },
    ]
}

fn apis() -> Vec<Row> {
    let arn = |resource: &str| format!("arn:aws:execute-api:eu-west-1:123456789012:{resource}");
    vec![
        api(
            json!({"Principal": {"AWS": "arn:aws:iam::123456789012:role/orders"}, "Action": "execute-api:*"}),
            "Dead http-tasks-denied Statement[0].Principal: HTTP tasks come without an AWS identity, and no statement allows such \
             calls. Allow `execute-api:Invoke` for `Principal` `*`, without a condition on the caller.",
            json!({"Principal": {"AWS": ["123456789012", "*"]}, "Action": "execute-api:*"}),
        ),
        api(
            when("StringEquals", "aws:PrincipalOrgID", json!("o-a1b2c3d4e5")),
            "Dead http-tasks-denied Statement[0].Condition: HTTP tasks come without an AWS identity, and no statement allows such \
             calls. Allow `execute-api:Invoke` for `Principal` `*`, without a condition on the caller.",
            when("StringEqualsIfExists", "aws:PrincipalOrgID", json!("o-a1b2c3d4e5")),
        ),
        api(
            json!({"Resource": "execute-api:/*"}),
            "Dead resource-no-arn Statement[0].Resource: `execute-api:/*` is no ARN. Only the resource policy of an API has this \
             short form. Give an ARN that ends with `:API/*`, or `*`.",
            json!({"Resource": [arn("a1b2c3d4e5/*"), arn("*/prod/GET/"), arn("/domainnames/orders.example.com+a1")]}),
        ),
        api(
            json!({"Resource": arn("a1b2c3d4e5")}),
            "Dead resource-form Statement[0].Resource: `arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5` is no ARN of private \
             APIs: after the account comes `API/STAGE/METHOD/PATH` or `/domainnames/NAME+ID`.",
            json!({"Resource": arn("a1b2c3d4e5/prod/POST/orders:1")}),
        ),
        api(
            json!({"Action": ["execute-api:Invok", "execute-api:Invoke"]}),
            "Dead action-misspelled Statement[0].Action[0]: `execute-api:Invok` is no action of private APIs. Did you mean \
             `execute-api:Invoke`?",
            json!({"Action": ["execute-api:InvalidateCache", "execute-api:Invoke"]}),
        ),
        api(
            json!({"Action": ["states:StartExecution", "execute-api:Invoke"]}),
            "Dead action-of-other-service Statement[0].Action[0]: `states:StartExecution` never matches: only calls of private APIs \
             come through this endpoint. Remove it.",
            json!({"Action": ["execute-api:ManageConnections", "execute-api:Invoke"]}),
        ),
        api(
            json!({"Action": ["apigateway:Invoke", "execute-api:Invoke"]}),
            "Dead action-prefix Statement[0].Action[0]: The prefix of private APIs is `execute-api`. Did you mean \
             `execute-api:Invoke`?",
            json!({"Action": ["*:Invoke", "execute-api:Invoke"]}),
        ),
    ]
}
