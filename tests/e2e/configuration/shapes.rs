//! The whole configuration in every form that the plugin receives: from the stack as text or as YAML; from a provider resource
//! as values, as JSON, as secrets, or as outputs of another resource.

use crate::project::Project;

/// The secret key. No other text contains it.
const SECRET_KEY: &str = "the-secret-key-5d1e";

/// Every key of the configuration with a value, as YAML in one line. `{url}` stands for the emulator's URL.
const KEYS: [(&str, &str); 16] = [
    ("region", "eu-west-1"),
    ("accessKey", "AKIASHAPESHAPESHAPES"),
    ("secretKey", SECRET_KEY),
    ("token", "a-session-token"),
    (
        "assumeRole",
        r#"{ "roleArn": "arn:aws:iam::123456789012:role/deploy", "sessionName": "shapes", "durationSeconds": 900 }"#,
    ),
    (
        "endpoints",
        r#"{ "ec2": "{url}", "vpcLattice": "{url}", "eventBridge": "{url}", "sts": "{url}", "kms": "{url}", "route53": "{url}", "serviceQuotas": "{url}" }"#,
    ),
    (
        "defaultTags",
        r#"{ "tags": { "team": "orders", "number": "42", "flag": "true" } }"#,
    ),
    ("ignoreTags", r#"{ "keys": ["seen"], "keyPrefixes": ["scan:"] }"#),
    ("ownershipTags", "false"),
    ("allowedAccountIds", r#"["123456789012"]"#),
    ("maxRetries", "3"),
    ("useFipsEndpoint", "false"),
    ("useDualstackEndpoint", "false"),
    // The plugin uses no proxy for the emulator, because it is on this machine. So the proxies need not exist.
    ("httpProxy", "proxy.invalid:3128"),
    ("httpsProxy", "http://proxy.invalid:3128"),
    ("noProxy", ".example.com"),
];

const GROUP: &str = "
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}', name: shapes }
";

/// Writes the value of a key in one form.
type Shape = fn(&str) -> String;

const NATIVE: Shape = str::to_owned;
/// Writes a text: `pulumi config set` stores one without `--path`, and Node and Python send one for values other than strings.
const TEXT: Shape = |value| format!("'{}'", value.trim_matches('\''));
/// Writes a secret of the program.
const SECRET: Shape = |value| format!("{{ 'fn::secret': {value} }}");
/// Writes JSON that the program makes.
const JSON: Shape = |value| {
    if value.starts_with(['{', '[']) {
        format!("{{ 'fn::toJSON': {value} }}")
    } else {
        value.to_owned()
    }
};

fn lines(project: &Project, shape: Shape, indent: &str) -> String {
    let line = |(key, value): &(&str, &str)| {
        let value = shape(&value.replace("{url}", &project.emulator.url));
        format!("{indent}{key}: {value}\n")
    };
    KEYS.iter().map(line).collect()
}

/// Returns a project without AWS variables in the environment.
fn bare(promise: &str) -> Project {
    let mut project = Project::new("resources: {}").proving(promise);
    for name in [
        "AWS_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
    ] {
        project.variable(name, None);
    }
    project
}

/// Asserts that the provider uses the configuration, and that the preview only reads.
fn prove(project: Project) {
    project.preview_that_reads().succeeds().never_says(SECRET_KEY);
    let run = project.up().succeeds();
    run.never_says(SECRET_KEY);
    assert!(
        !project.state().to_string().contains(SECRET_KEY),
        "the state holds the key in plain text"
    );
    let assumed = project
        .emulator
        .journal()
        .into_iter()
        .find(|call| call.operation == "AssumeRole")
        .unwrap();
    assert_eq!(assumed.parameters["RoleSessionName"], "shapes");
    let group = project
        .emulator
        .made()
        .into_iter()
        .find(|row| row.kind == "security-group")
        .unwrap();
    let tags = group.detail["tags"].to_string();
    for tag in ["orders", "42", "true"] {
        assert!(tags.contains(tag), "{tag} is not among {tags}");
    }
    assert!(!tags.contains("private-step-functions:"), "{tags}");
    let theirs = "&Tag.1.Key=seen&Tag.1.Value=x&Tag.2.Key=scan:at&Tag.2.Value=x";
    project
        .emulator
        .ec2("CreateTags", &format!("&ResourceId.1={}{theirs}", group.id));
    project.emulator.wait_for("tags of others", |rows| {
        let group = rows.iter().find(|row| row.id == group.id);
        group.is_some_and(|group| group.detail["tags"].to_string().contains("scan:at"))
    });
    project.refresh_unchanged().succeeds();
    project.up_unchanged().succeeds();
    project.finish();
}

fn of_the_stack(promise: &str, shape: Shape) {
    let project = bare(promise);
    project.program(&format!("resources:{GROUP}"));
    project.add_config(&lines(&project, shape, "  private-step-functions:"));
    prove(project);
}

fn of_the_program(promise: &str, shape: Shape) {
    let project = bare(promise);
    let properties = lines(&project, shape, "      ");
    let own = format!("  own:\n    type: pulumi:providers:private-step-functions\n    properties:\n{properties}");
    project.program(&format!(
        "resources:\n{own}{GROUP}    options: {{ provider: '${{own}}' }}\n"
    ));
    prove(project);
}

#[test]
fn stack_configuration_as_yaml() {
    of_the_stack("the stack's configuration can be structured YAML", NATIVE);
}

#[test]
fn stack_configuration_as_text() {
    of_the_stack(
        "objects, lists and numbers of the stack's configuration can be JSON in a text",
        TEXT,
    );
}

/// Single values and a whole object are secret.
#[test]
fn secret_stack_configuration() {
    let project = bare("keys of the stack's configuration can be secret");
    project.program(&format!("resources:{GROUP}"));
    let keys: Vec<_> = lines(&project, NATIVE, "").lines().map(str::to_owned).collect();
    for line in keys {
        let (key, value) = line.split_once(": ").unwrap();
        let (key, secret) = (
            format!("private-step-functions:{key}"),
            ["secretKey", "assumeRole", "maxRetries"].contains(&key),
        );
        if secret {
            project.pulumi(&["config", "set", "--secret", &key, value]).succeeds();
        }
    }
    let rest = lines(&project, NATIVE, "  private-step-functions:");
    let file = std::fs::read_to_string(project.directory().join("Pulumi.test.yaml")).unwrap();
    let is_set = |line: &&str| !file.contains(line.split(": ").next().unwrap());
    let rest: String = rest.lines().filter(is_set).map(|line| format!("{line}\n")).collect();
    project.add_config(&rest);
    prove(project);
}

#[test]
fn a_provider_with_values() {
    of_the_program("a provider resource takes plain values", NATIVE);
}

#[test]
fn a_provider_with_secrets() {
    of_the_program("a provider resource takes secrets of any type", SECRET);
}

/// The configuration consists of outputs of another resource, which are unknown in the preview.
fn of_another_resource(promise: &str, shape: Shape) {
    let project = bare(promise);
    // The preview shows the inputs of this resource, so the secret key must be a secret in them.
    let hidden = |line: String| match line.trim().starts_with("secretKey") {
        true => line.replace(SECRET_KEY, &SECRET(SECRET_KEY)),
        false => line,
    };
    let values = lines(&project, shape, "        ");
    let values: String = values.lines().map(|line| hidden(format!("{line}\n"))).collect();
    let properties = KEYS.map(|(key, _)| format!("      {key}: ${{made.result.{key}}}\n"));
    project.program(&format!(
        "
resources:
  made:
    type: testnet:Anything
    properties:
      value:
{values}  own:
    type: pulumi:providers:private-step-functions
    properties:
{}{GROUP}    options: {{ provider: '${{own}}' }}
",
        properties.concat()
    ));
    prove(project);
}

#[test]
fn a_provider_that_another_resource_configures() {
    of_another_resource(
        "a provider's configuration can consist of outputs of other resources",
        NATIVE,
    );
}

#[test]
fn a_provider_with_json_of_another_resource() {
    of_another_resource(
        "a provider takes JSON for objects and lists, because the SDKs of some languages send it",
        JSON,
    );
}
