//! Tests of the shared AWS files.

use serde_json::json;

use super::loopback::Loopback;
use super::trial::Trial;

const ROLE: &str = "arn:aws:iam::123456789012:role/deploy";
const KEYS: &str = "aws_access_key_id = AKIASOURCE\naws_secret_access_key = s\n";

/// Runs with this profile file. Returns the server and the access key that signed the call.
fn signer(text: &str, variable: Option<&str>, change: impl FnOnce(Trial) -> Trial) -> (Loopback, String) {
    let aws = Loopback::plain();
    let mut trial = Trial::new().variable("AWS_ENDPOINT_URL", &aws.url()).profiles(text);
    if let Some(profile) = variable {
        trial = trial.variable("AWS_PROFILE", profile);
    }
    change(trial).run().arrived();
    let key = aws.calls("DescribeSecurityGroups")[0].signed_by().0.to_owned();
    (aws, key)
}

fn same(trial: Trial) -> Trial {
    trial
}

#[test]
fn keys_and_region_of_a_profile_are_used() {
    let file = format!("[default]\n{KEYS}region = eu-south-2\naws_session_token = of-the-profile\n");
    let (aws, key) = signer(&file, None, |trial| trial.without("AWS_REGION"));
    let call = &aws.calls("DescribeSecurityGroups")[0];
    assert_eq!((key.as_str(), call.signed_by().1), ("AKIASOURCE", "eu-south-2"));
    assert_eq!(call.header("x-amz-security-token"), "of-the-profile");
}

#[test]
fn a_profile_of_the_configuration_overrides_keys_of_the_variables() {
    let file = format!("[profile other]\n{KEYS}");
    assert_eq!(signer(&file, Some("other"), same).1, "AKIASOURCE");
    let keys = |trial: Trial| {
        trial
            .variable("AWS_ACCESS_KEY_ID", "AKIAVARIABLE")
            .variable("AWS_SECRET_ACCESS_KEY", "s")
    };
    assert_eq!(signer(&file, Some("other"), keys).1, "AKIAVARIABLE");
    let configured = |trial: Trial| keys(trial).config(json!({ "profile": "other" }));
    assert_eq!(signer(&file, None, configured).1, "AKIASOURCE");
    let second = |trial: Trial| trial.variable("AWS_DEFAULT_PROFILE", "other");
    assert_eq!(signer(&file, None, second).1, "AKIASOURCE");
    let both = |trial: Trial| trial.variable("AWS_DEFAULT_PROFILE", "unknown");
    assert_eq!(signer(&file, Some("other"), both).1, "AKIASOURCE");
    let keys_first = |trial: Trial| keys(second(trial));
    assert_eq!(signer(&file, None, keys_first).1, "AKIAVARIABLE");
}

#[test]
fn aws_region_overrides_aws_default_region() {
    let aws = Loopback::plain();
    let trial = || {
        Trial::with_keys()
            .variable("AWS_ENDPOINT_URL", &aws.url())
            .variable("AWS_DEFAULT_REGION", "ap-south-1")
    };
    trial().without("AWS_REGION").run().arrived();
    trial().run().arrived();
    let configured = trial().config(json!({ "region": "us-east-2" }));
    configured.run().arrived();
    let calls = aws.calls("DescribeSecurityGroups");
    let regions: Vec<_> = calls.iter().map(|call| call.signed_by().1).collect();
    assert_eq!(regions, ["ap-south-1", "eu-west-1", "us-east-2"]);
}

#[test]
fn configured_paths_of_shared_files_are_used() {
    let file = |key: &str| format!("[default]\naws_access_key_id = {key}\naws_secret_access_key = s\n");
    let at =
        |trial: Trial, name: &str, text: &str| (trial.path(name).to_str().unwrap().to_owned(), trial.file(name, text));
    let by_variable = |trial: Trial| {
        let (path, trial) = at(trial, "moved", &file("AKIAMOVED"));
        trial.variable("AWS_SHARED_CREDENTIALS_FILE", &path)
    };
    assert_eq!(signer("", None, by_variable).1, "AKIAMOVED");
    let by_variable = |trial: Trial| {
        let (path, trial) = at(trial, "moved", &file("AKIAMOVED"));
        trial.variable("AWS_CONFIG_FILE", &path)
    };
    assert_eq!(signer("", None, by_variable).1, "AKIAMOVED");
    let by_key = |trial: Trial| {
        let (first, trial) = at(trial, "one", &file("AKIAONE"));
        let (second, trial) = at(trial, "two", &file("AKIATWO"));
        let (other, trial) = at(trial, "moved", &file("AKIAMOVED"));
        trial
            .variable("AWS_SHARED_CREDENTIALS_FILE", &other)
            .config(json!({ "sharedCredentialsFiles": [first, second] }))
    };
    assert_eq!(signer("", None, by_key).1, "AKIATWO");
    let by_key = |trial: Trial| {
        let (path, trial) = at(
            trial,
            "config",
            "[profile own]\naws_access_key_id = AKIAOWN\naws_secret_access_key = s\n",
        );
        trial.config(json!({ "sharedConfigFiles": [path], "profile": "own" }))
    };
    assert_eq!(signer("", None, by_key).1, "AKIAOWN");
    let outcome = Trial::with_keys()
        .config(json!({ "sharedConfigFiles": ["/nowhere"] }))
        .run();
    outcome.says(&["the shared AWS files", "/nowhere"]);
}

#[test]
fn an_invalid_shared_file_is_refused() {
    let outcome = Trial::with_keys().profiles("[default\nregion = eu-west-1\n").run();
    outcome.says(&["the shared AWS files", "~/.aws/config"]);
}

#[test]
fn a_role_of_a_profile_is_assumed() {
    let file = format!(
        "[profile base]\n{KEYS}[profile deploy]\nrole_arn = {ROLE}\nsource_profile = base\nexternal_id = xyz\nrole_session_name = \
         ci\nduration_seconds = 900\n"
    );
    let (aws, key) = signer(&file, Some("deploy"), same);
    let call = &aws.calls("AssumeRole")[0];
    let sent = ["RoleArn", "ExternalId", "RoleSessionName"].map(|name| call.parameter(name));
    assert_eq!(sent, [ROLE, "xyz", "ci"]);
    assert_eq!((call.signed_by().0, key.as_str()), ("AKIASOURCE", "ASIADEPLOY"));
    // The SDK does not read `duration_seconds`.
    assert_eq!(call.parameter("DurationSeconds"), "");
    let file = format!("[profile deploy]\nrole_arn = {ROLE}\ncredential_source = Environment\n");
    let (aws, _) = signer(&file, None, |trial| {
        trial
            .variable("AWS_ACCESS_KEY_ID", "AKIAVARIABLE")
            .variable("AWS_SECRET_ACCESS_KEY", "s")
            .config(json!({ "profile": "deploy" }))
    });
    assert_eq!(aws.calls("AssumeRole")[0].signed_by().0, "AKIAVARIABLE");
}

#[test]
fn a_web_identity_of_a_profile_is_used() {
    let (aws, key) = signer("", Some("pod"), |trial| {
        let trial = trial.file("token", "a-token");
        let token = trial.path("token").to_str().unwrap().to_owned();
        trial.profiles(&format!(
            "[profile pod]\nrole_arn = {ROLE}\nweb_identity_token_file = {token}\n"
        ))
    });
    assert_eq!(
        aws.calls("AssumeRoleWithWebIdentity")[0].parameter("WebIdentityToken"),
        "a-token"
    );
    assert_eq!(key, "ASIADEPLOY");
}

#[test]
fn credentials_of_a_credential_process_are_used() {
    let (_, key) = signer("", Some("process"), |trial| {
        let keys = r#"{"Version":1,"AccessKeyId":"AKIAPROCESS","SecretAccessKey":"s"}"#;
        let trial = trial.file("keys.json", keys);
        let path = trial.path("keys.json").to_str().unwrap().to_owned();
        trial.profiles(&format!("[profile process]\ncredential_process = cat {path}\n"))
    });
    assert_eq!(key, "AKIAPROCESS");
}

/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-login-credentials.html>
#[test]
fn a_session_of_aws_login_is_used() {
    let file = "[profile login]\nlogin_session = arn:aws:iam::0123456789012:user/Admin\n";
    let token = json!({
        "accessToken": {
            "accessKeyId": "ASIALOGIN", "secretAccessKey": "s", "sessionToken": "of-the-login", "accountId": "012345678901",
            "expiresAt": "2100-01-01T00:00:00Z",
        },
        "tokenType": "aws_sigv4", "refreshToken": "r", "idToken": "i", "clientId": "arn:aws:signin:::devtools/same-device",
        "dpopKey": "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIFDZHUzOG1Pzq+6F0mjMlOSp1syN9LRPBuHMoCFXTcXhoAoGCCqGSM49\n\
                    AwEHoUQDQgAE9qhj+KtcdHj1kVgwxWWWw++tqoh7H7UHs7oXh8jBbgF47rrYGC+t\ndjiIaHK3dBvvdE7MGj5HsepzLm3Kj91bqA==\n\
                    -----END EC PRIVATE KEY-----\n",
    });
    // The AWS CLI names the file by this hash.
    let hash = sha256("arn:aws:iam::0123456789012:user/Admin");
    let (aws, key) = signer(file, Some("login"), |trial| {
        trial.file(&format!(".aws/login/cache/{hash}.json"), &token.to_string())
    });
    assert_eq!(key, "ASIALOGIN");
    assert_eq!(
        aws.calls("DescribeSecurityGroups")[0].header("x-amz-security-token"),
        "of-the-login"
    );
    let (_, key) = signer(file, Some("login"), |trial| {
        let cache = trial.path("elsewhere").to_str().unwrap().to_owned();
        let trial = trial.file(&format!("elsewhere/{hash}.json"), &token.to_string());
        trial.variable("AWS_LOGIN_CACHE_DIRECTORY", &cache)
    });
    assert_eq!(key, "ASIALOGIN");
    // Before any sign-in, the cache has no token.
    let outcome = Trial::new().profiles(file).variable("AWS_PROFILE", "login").run();
    outcome.says(&["no AWS credentials", "aws login"]);
    assert!(!outcome.message.contains("feature"), "{}", outcome.message);
}

fn sha256(text: &str) -> String {
    use sha2::{Digest, Sha256};

    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html>
#[test]
fn a_session_of_iam_identity_center_is_used() {
    let file = "[profile sso]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = deploy\n[sso-session corp]\n\
                sso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\nsso_registration_scopes = \
                sso:account:access\n";
    let token = json!({
        "accessToken": "sso-token", "expiresAt": "2100-01-01T00:00:00Z", "region": "eu-west-1",
        "startUrl": "https://corp.awsapps.com/start",
    });
    let (aws, key) = signer(file, Some("sso"), |trial| {
        trial.file(&format!(".aws/sso/cache/{CORP}.json"), &token.to_string())
    });
    assert_eq!(key, "ASIASSO");
    let seen = aws.seen();
    let asked = seen
        .iter()
        .find(|seen| seen.line.contains("/federation/credentials"))
        .unwrap();
    assert_eq!(asked.header("x-amz-sso_bearer_token"), "sso-token");
    let outcome = Trial::new().profiles(file).variable("AWS_PROFILE", "sso").run();
    outcome.says(&["no AWS credentials", "aws sso login"]);
}

/// The SHA-1 hash of `corp`. The AWS CLI names the file by it.
const CORP: &str = "ee0bfd2552fbd840c02cc48b6e823320543c450f";
