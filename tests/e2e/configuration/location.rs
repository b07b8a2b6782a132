//! Every source of the provider's Region, credentials and endpoints, and which of two sources takes precedence.

use std::fs;

use crate::project::Project;

/// A configuration, and the Region and account in which it creates a connection.
///
/// `{files}` stands for the directory of the files, `{url}` for the emulator's URL. By default, the environment has AWS_REGION,
/// AWS_ENDPOINT_URL and access keys.
struct Location {
    promise: &'static str,
    /// Environment variables; `None` removes one.
    variables: &'static [(&'static str, Option<&'static str>)],
    /// The name and the text of each file.
    files: &'static [(&'static str, &'static str)],
    /// The stack's configuration: indented YAML.
    config: &'static str,
    /// The properties of the program's provider resource, if it has one.
    provider: Option<&'static str>,
    /// The Region and the account in the connection's ARN.
    arn: &'static str,
}

const NOTHING: Location = Location {
    promise: "",
    variables: &[],
    files: &[],
    config: "",
    provider: None,
    arn: "eu-west-1:123456789012",
};

impl Location {
    fn project(&self) -> Project {
        let provider = self.provider.map(|properties| {
            format!("  own: {{ type: 'pulumi:providers:private-step-functions', properties: {properties} }}\n")
        });
        let option = if self.provider.is_some() {
            ", options: { provider: '${own}' }"
        } else {
            ""
        };
        let program = format!(
            "
resources:
{}  connection: {{ type: 'private-step-functions:Connection'{option} }}
outputs:
  arn: ${{connection.arn}}
",
            provider.unwrap_or_default()
        );
        let mut project = Project::new(&program).proving(self.promise);
        let (files, url) = (project.directory().join("aws"), project.emulator.url.clone());
        fs::create_dir(&files).unwrap();
        let filled = |text: &str| text.replace("{files}", files.to_str().unwrap()).replace("{url}", &url);
        for (name, text) in self.files {
            fs::write(files.join(name), filled(text)).unwrap();
        }
        for (name, value) in self.variables {
            project.variable(name, value.map(filled).as_deref());
        }
        project.add_config(&filled(self.config));
        project
    }
}

fn run(location: &Location) {
    let project = location.project();
    project.up().succeeds();
    let arn = project.outputs()["arn"].as_str().unwrap().to_owned();
    assert!(arn.starts_with(&format!("arn:aws:events:{}:", location.arn)), "{arn}");
    project.finish();
}

macro_rules! places {
    ($($name:ident: $promise:literal { $($field:ident: $value:expr),* };)+) => {
        $(#[test] fn $name() { run(&Location { promise: $promise, $($field: $value,)* ..NOTHING }); })+
    };
}

const PROFILES: &[(&str, &str)] = &[
    (
        "config",
        "[default]
region = sa-east-1
[profile orders]
region = ap-south-1
[profile deploy]
region = ap-south-1
role_arn = arn:aws:iam::210987654321:role/deploy
source_profile = orders
[profile helper]
credential_process = {files}/helper
",
    ),
    (
        "credentials",
        "[orders]
aws_access_key_id = AKIAORDERSORDERSORDR
aws_secret_access_key = of-the-orders
",
    ),
    ("token", "a-token-of-the-identity-provider"),
];
const CONFIG: (&str, Option<&str>) = ("AWS_CONFIG_FILE", Some("{files}/config"));
const CREDENTIALS: (&str, Option<&str>) = ("AWS_SHARED_CREDENTIALS_FILE", Some("{files}/credentials"));
const NO_KEY: (&str, Option<&str>) = ("AWS_ACCESS_KEY_ID", None);
const NO_SECRET: (&str, Option<&str>) = ("AWS_SECRET_ACCESS_KEY", None);
const NO_REGION: (&str, Option<&str>) = ("AWS_REGION", None);
/// No server listens at this URL.
const NOWHERE: (&str, Option<&str>) = ("AWS_ENDPOINT_URL", Some("http://127.0.0.1:9"));

places! {
    aws_default_region: "AWS_DEFAULT_REGION sets the Region if AWS_REGION is not set" {
        variables: &[NO_REGION, ("AWS_DEFAULT_REGION", Some("ap-south-1"))],
        arn: "ap-south-1:123456789012"
    };
    aws_region_and_aws_default_region: "AWS_REGION takes precedence over AWS_DEFAULT_REGION" {
        variables: &[("AWS_DEFAULT_REGION", Some("ap-south-1"))],
        arn: "eu-west-1:123456789012"
    };
    the_region_of_the_default_profile: "without a variable, the default profile sets the Region" {
        variables: &[NO_REGION, CONFIG], files: PROFILES,
        arn: "sa-east-1:123456789012"
    };
    the_region_of_aws_profile: "the profile that AWS_PROFILE names sets the Region" {
        variables: &[NO_REGION, CONFIG, ("AWS_PROFILE", Some("orders"))], files: PROFILES,
        arn: "ap-south-1:123456789012"
    };
    aws_region_and_a_profile: "AWS_REGION takes precedence over the Region of a profile" {
        variables: &[CONFIG, ("AWS_PROFILE", Some("orders"))], files: PROFILES,
        arn: "eu-west-1:123456789012"
    };
    the_stack_and_the_environment: "the stack's configuration takes precedence over the environment" {
        config: "  private-step-functions:region: us-west-2\n",
        arn: "us-west-2:123456789012"
    };
    a_provider_and_the_stack: "a provider resource takes precedence over the stack's configuration" {
        config: "  private-step-functions:region: us-west-2\n", provider: Some("{ region: eu-central-1 }"),
        arn: "eu-central-1:123456789012"
    };
    a_configured_profile_and_aws_profile: "`profile` takes precedence over AWS_PROFILE" {
        variables: &[NO_REGION, CONFIG, CREDENTIALS, ("AWS_PROFILE", Some("missing"))], files: PROFILES,
        config: "  private-step-functions:profile: orders\n",
        arn: "ap-south-1:123456789012"
    };
    a_configured_profile_and_keys: "the credentials of `profile` take precedence over keys in the environment" {
        variables: &[CONFIG, CREDENTIALS], files: PROFILES,
        config: "  private-step-functions:profile: deploy\n",
        arn: "eu-west-1:210987654321"
    };
    shared_credentials: "the provider uses the keys of a profile in the shared credentials file" {
        variables: &[NO_KEY, NO_SECRET, CONFIG, CREDENTIALS, ("AWS_PROFILE", Some("orders"))], files: PROFILES,
        arn: "eu-west-1:123456789012"
    };
    a_role_of_a_profile: "the provider assumes the role of a profile" {
        variables: &[NO_KEY, NO_SECRET, CONFIG, CREDENTIALS, ("AWS_PROFILE", Some("deploy"))], files: PROFILES,
        arn: "eu-west-1:210987654321"
    };
    a_web_identity: "the provider assumes the role of a web identity" {
        variables: &[
            NO_KEY,
            NO_SECRET,
            ("AWS_WEB_IDENTITY_TOKEN_FILE", Some("{files}/token")),
            ("AWS_ROLE_ARN", Some("arn:aws:iam::210987654321:role/pipeline"))
        ],
        files: PROFILES,
        arn: "eu-west-1:210987654321"
    };
    a_configured_role: "the provider assumes the role in `assumeRole` with the credentials of the environment" {
        config: "  private-step-functions:assumeRole: { roleArn: 'arn:aws:iam::210987654321:role/deploy', externalId: outside }\n",
        arn: "eu-west-1:210987654321"
    };
    endpoints_of_single_services: "AWS_ENDPOINT_URL_EVENTBRIDGE takes precedence over AWS_ENDPOINT_URL" {
        variables: &[NOWHERE, ("AWS_ENDPOINT_URL_EVENTBRIDGE", Some("{url}"))]
    };
    an_endpoint_of_a_profile: "the provider uses the endpoint of a profile" {
        variables: &[("AWS_ENDPOINT_URL", None), ("AWS_CONFIG_FILE", Some("{files}/endpoint"))],
        files: &[("endpoint", "[default]\nendpoint_url = {url}\n")]
    };
    configured_endpoints: "`endpoints` takes precedence over the environment" {
        variables: &[NOWHERE],
        config: "  private-step-functions:endpoints: { eventBridge: '{url}' }\n"
    };
}

/// A program prints the keys.
#[test]
fn a_credential_process() {
    let location = Location {
        promise: "the provider uses the keys from a credential process",
        variables: &[NO_KEY, NO_SECRET, CONFIG, ("AWS_PROFILE", Some("helper"))],
        files: PROFILES,
        ..NOTHING
    };
    let project = location.project();
    let helper = project.directory().join("aws/helper");
    let answer = r#"{ "Version": 1, "AccessKeyId": "AKIAHELPERHELPERHELP", "SecretAccessKey": "of-the-helper" }"#;
    fs::write(&helper, format!("#!/bin/sh\necho '{answer}'\n")).unwrap();
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&helper, executable).unwrap();
    project.up().succeeds();
    project.finish();
}

/// The update fails with an error that names the ways to set a Region. A preview needs no Region.
#[test]
fn no_region_anywhere() {
    let location = Location {
        promise: "without a Region, the error names the ways to set one",
        variables: &[NO_REGION],
        ..NOTHING
    };
    let project = location.project();
    let (preview, calls) = project.counting_calls(Project::preview);
    preview.succeeds();
    assert_eq!(calls, 0, "preview called AWS");
    let run = project.up().fails();
    run.says("no AWS Region is configured")
        .says("pulumi config set private-step-functions:region")
        .says("AWS_REGION");
    assert_eq!(project.emulator.made(), [], "something was made");
    project.finish();
}

/// The error names the ways to set credentials.
#[test]
fn no_credentials_anywhere() {
    let location = Location {
        promise: "without credentials, the error names the ways to set them",
        variables: &[NO_KEY, NO_SECRET],
        ..NOTHING
    };
    let project = location.project();
    project.up().fails().says("credentials").says("AWS_PROFILE");
    assert_eq!(project.emulator.made(), [], "something was made");
}

/// The error names a profile that does not exist.
#[test]
fn a_profile_that_does_not_exist() {
    let location = Location {
        promise: "the error names a profile that does not exist",
        variables: &[CONFIG],
        files: PROFILES,
        config: "  private-step-functions:profile: nobody\n",
        ..NOTHING
    };
    let project = location.project();
    project.up().fails().says("nobody").says("profile");
    assert_eq!(project.emulator.made(), [], "something was made");
}
