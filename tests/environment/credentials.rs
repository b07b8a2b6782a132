//! Roles and tokens, unsupported credential settings, and credential sources that never respond.

use std::thread;
use std::time::Duration;

use serde_json::json;

use super::loopback::Loopback;
use super::trial::Trial;

const ROLE: &str = "arn:aws:iam::123456789012:role/deploy";
const NEXT: &str = "arn:aws:iam::210987654321:role/next";

/// Sends AWS calls to the loopback server over plain HTTP.
fn at(aws: &Loopback, trial: Trial) -> Trial {
    trial.variable("AWS_ENDPOINT_URL", &aws.url())
}

fn signer(aws: &Loopback) -> String {
    aws.calls("DescribeSecurityGroups")[0].signed_by().0.to_owned()
}

#[test]
fn keys_of_the_variables_are_used() {
    let aws = Loopback::plain();
    at(&aws, Trial::with_keys())
        .variable("AWS_SESSION_TOKEN", "session")
        .run()
        .arrived();
    let call = &aws.calls("DescribeSecurityGroups")[0];
    assert_eq!(call.signed_by(), ("AKIAVARIABLE", "eu-west-1"));
    assert_eq!(call.header("x-amz-security-token"), "session");
}

#[test]
fn keys_of_the_configuration_override_the_variables() {
    let aws = Loopback::plain();
    let keys = json!({ "accessKey": "AKIACONFIGURED", "secretKey": "hushed", "token": "hushed too" });
    let outcome = at(&aws, Trial::with_keys()).config(keys).run();
    outcome.arrived().never_says(&["hushed"]);
    assert_eq!(signer(&aws), "AKIACONFIGURED");
}

#[test]
fn old_names_of_the_keys_have_no_effect() {
    let trial = Trial::new().variable("AWS_EC2_METADATA_DISABLED", "true");
    let old = trial
        .variable("AWS_ACCESS_KEY", "AKIAOLD")
        .variable("AWS_SECRET_KEY", "s");
    old.variable("AWS_SECURITY_TOKEN", "s")
        .run()
        .says(&["AWS_ACCESS_KEY_ID"]);
}

#[test]
fn a_chain_of_roles_is_assumed() {
    let aws = Loopback::plain();
    let roles = json!([
        {
            "roleArn": ROLE, "sessionName": "ci", "externalId": "xyz", "durationSeconds": 900, "policy": "{\"Version\":1}",
            "policyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "sourceIdentity": "alice", "tags": { "team": "a b" },
            "transitiveTagKeys": ["team"],
        },
        { "roleArn": NEXT },
    ]);
    at(&aws, Trial::with_keys())
        .config(json!({ "assumeRoles": roles }))
        .run()
        .arrived();
    let calls = aws.calls("AssumeRole");
    assert_eq!(calls.len(), 2);
    for (name, value) in [
        ("RoleArn", ROLE),
        ("RoleSessionName", "ci"),
        ("ExternalId", "xyz"),
        ("DurationSeconds", "900"),
        ("Policy", "{\"Version\":1}"),
        ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("SourceIdentity", "alice"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "a b"),
        ("TransitiveTagKeys.member.1", "team"),
    ] {
        assert_eq!(calls[0].parameter(name), value, "{name}");
    }
    assert_eq!(calls[0].signed_by().0, "AKIAVARIABLE");
    assert_eq!(
        (calls[1].signed_by().0, calls[1].parameter("RoleArn")),
        ("ASIADEPLOY", NEXT.to_owned())
    );
    assert_eq!(calls[1].parameter("RoleSessionName"), "pulumi-private-step-functions");
    assert_eq!(signer(&aws), "ASIANEXT");
}

#[test]
fn a_denied_role_is_reported_with_the_message_of_sts() {
    let aws = Loopback::plain();
    let role = json!({ "assumeRole": { "roleArn": "arn:aws:iam::123456789012:role/denied" } });
    let outcome = at(&aws, Trial::with_keys()).config(role).run();
    outcome.says(&[
        "assuming the role arn:aws:iam::123456789012:role/denied: AssumeRole: access denied: not for you",
        "Grant sts:AssumeRole",
    ]);
    assert!(!outcome.message.contains("no AWS credentials"), "{}", outcome.message);
}

#[test]
fn a_web_identity_of_the_configuration_is_used() {
    for by_file in [true, false] {
        let aws = Loopback::plain();
        let trial = at(&aws, Trial::new()).file("token", "hushed-token\n");
        let mut role = json!({ "roleArn": ROLE, "sessionName": "ci", "durationSeconds": 900 });
        let (key, value) = if by_file {
            ("webIdentityTokenFile", trial.path("token").to_str().unwrap().to_owned())
        } else {
            ("webIdentityToken", "hushed-token".to_owned())
        };
        role[key] = value.into();
        let outcome = trial
            .config(json!({ "assumeRoleWithWebIdentity": role, "assumeRole": { "roleArn": NEXT } }))
            .run();
        outcome.arrived().never_says(&["hushed-token"]);
        let call = &aws.calls("AssumeRoleWithWebIdentity")[0];
        let sent =
            ["RoleArn", "RoleSessionName", "DurationSeconds", "WebIdentityToken"].map(|name| call.parameter(name));
        assert_eq!(sent, [ROLE, "ci", "900", "hushed-token"]);
        assert_eq!(call.header("authorization"), "");
        assert_eq!(aws.calls("AssumeRole")[0].signed_by().0, "ASIADEPLOY");
        assert_eq!(signer(&aws), "ASIANEXT");
    }
}

#[test]
fn an_unreadable_token_file_is_named() {
    let aws = Loopback::plain();
    let role = json!({ "roleArn": ROLE, "webIdentityTokenFile": "/nowhere/token" });
    let outcome = at(&aws, Trial::new())
        .config(json!({ "assumeRoleWithWebIdentity": role }))
        .run();
    outcome.says(&[&format!("assuming the role {ROLE}"), "/nowhere/token", "No such file"]);
    assert_eq!(aws.seen().len(), 0);
}

#[test]
fn a_web_identity_of_the_variables_is_used() {
    let aws = Loopback::plain();
    let trial = at(&aws, Trial::new()).file("token", "a-token");
    let token = trial.path("token").to_str().unwrap().to_owned();
    trial
        .variable("AWS_WEB_IDENTITY_TOKEN_FILE", &token)
        .variable("AWS_ROLE_ARN", ROLE)
        .variable("AWS_ROLE_SESSION_NAME", "of-the-pod")
        .run()
        .arrived();
    let call = &aws.calls("AssumeRoleWithWebIdentity")[0];
    let sent = ["RoleArn", "RoleSessionName", "WebIdentityToken"].map(|name| call.parameter(name));
    assert_eq!(sent, [ROLE, "of-the-pod", "a-token"]);
    assert_eq!(signer(&aws), "ASIADEPLOY");
}

#[test]
fn forbidden_and_allowed_accounts_are_enforced() {
    for (key, ids, says) in [
        (
            "forbiddenAccountIds",
            ["123456789012"],
            Some("which `private-step-functions:forbiddenAccountIds` lists"),
        ),
        ("forbiddenAccountIds", ["210987654321"], None),
        (
            "allowedAccountIds",
            ["210987654321"],
            Some("which `private-step-functions:allowedAccountIds` does not list"),
        ),
        ("allowedAccountIds", ["123456789012"], None),
    ] {
        let aws = Loopback::plain();
        let outcome = at(&aws, Trial::with_keys()).config(json!({ key: ids })).run();
        match says {
            Some(text) => outcome.says(&["account 123456789012", text]),
            None => outcome.arrived(),
        };
        assert_eq!(aws.calls("DescribeSecurityGroups").is_empty(), says.is_some());
    }
}

#[test]
fn missing_credentials_are_reported_without_a_call() {
    let aws = Loopback::plain();
    at(&aws, Trial::new())
        .run()
        .says(&["no AWS credentials", "aws sso login"]);
    assert_eq!(aws.seen().len(), 0);
}

#[test]
fn a_profile_that_requires_an_mfa_code_is_refused() {
    let aws = Loopback::plain();
    let file = format!(
        "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = s\n[profile admin]\nrole_arn = {ROLE}\nmfa_serial = \
         arn:aws:iam::123456789012:mfa/alice\nsource_profile = default\n"
    );
    let told = [
        "mfa_serial",
        "\"admin\"",
        "aws configure export-credentials --profile admin",
    ];
    at(&aws, Trial::new())
        .profiles(&file)
        .variable("AWS_PROFILE", "admin")
        .run()
        .says(&told);
    at(&aws, Trial::with_keys())
        .profiles(&file)
        .config(json!({ "profile": "admin" }))
        .run()
        .says(&told);
    assert_eq!(aws.seen().len(), 0);
    // The variables that `export-credentials` sets take precedence over the profile.
    at(&aws, Trial::with_keys())
        .profiles(&file)
        .variable("AWS_PROFILE", "admin")
        .run()
        .arrived();
    assert_eq!(signer(&aws), "AKIAVARIABLE");
}

#[test]
fn sources_that_never_answer_are_named_after_a_minute() {
    let file = "[profile stuck]\ncredential_process = sleep 1000\n";
    let process = thread::spawn(|| {
        let aws = Loopback::plain();
        let trial = at(&aws, Trial::new())
            .profiles(file)
            .config(json!({ "profile": "stuck" }));
        let outcome = trial.run();
        outcome.says(&["no AWS credentials: credential_process of the profile \"stuck\" did not answer within 60 s"]);
        assert!(!outcome.message.contains("identity resolver"), "{}", outcome.message);
        assert!(outcome.took < Duration::from_secs(90), "it took {:?}", outcome.took);
    });
    let container = thread::spawn(|| {
        let (aws, container) = (Loopback::plain(), Loopback::silent());
        let outcome = at(&aws, Trial::new())
            .variable(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                &format!("{}/creds", container.url()),
            )
            .run();
        outcome.says(&["no AWS credentials"]);
        assert!(outcome.took < Duration::from_secs(90), "it took {:?}", outcome.took);
    });
    let metadata = thread::spawn(|| {
        let (aws, machine) = (Loopback::plain(), Loopback::silent());
        let outcome = at(&aws, Trial::new())
            .without("AWS_EC2_METADATA_DISABLED")
            .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", &machine.url())
            // The SDK does not read these variables.
            .variable("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "1000")
            .variable("AWS_METADATA_SERVICE_TIMEOUT", "1000")
            .run();
        outcome.says(&["no AWS credentials"]);
        assert!(outcome.took < Duration::from_secs(30), "it took {:?}", outcome.took);
    });
    for one in [process, container, metadata] {
        one.join().unwrap();
    }
}
