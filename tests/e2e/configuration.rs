//! The provider's configuration: from the stack, from a provider resource, from the environment; and invalid values.

use crate::project::Project;

mod location;
mod shapes;

const GROUP: &str = "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties: { vpcId: '${vpcId}', name: callers }
";

/// A key of the stack's configuration with an invalid value, and the texts that the error must contain.
struct Wrong {
    key: &'static str,
    value: &'static str,
    says: &'static [&'static str],
}

fn refused(wrong: &Wrong) {
    let project = Project::new(GROUP);
    project
        .pulumi(&["config", "set", "--path", wrong.key, wrong.value])
        .succeeds();
    let run = project.up().fails();
    for text in wrong.says {
        run.says(text);
    }
    assert_eq!(project.emulator.made(), [], "something was made");
}

macro_rules! wrong {
    ($($name:ident: $wrong:expr;)+) => {
        $(#[test] fn $name() { refused(&$wrong); })+
    };
}

wrong! {
    a_region_that_is_none: Wrong {
        key: "private-step-functions:region",
        value: "moon",
        says: &["region"],
    };
    an_endpoint_that_is_no_url: Wrong {
        key: "private-step-functions:endpoints.ec2",
        value: "nowhere",
        says: &["endpoints"],
    };
    a_key_that_does_not_exist: Wrong {
        key: "private-step-functions:reigon",
        value: "eu-west-1",
        says: &["reigon", "region"],
    };
    an_interval_that_is_no_number: Wrong {
        key: "private-step-functions:polling.initialIntervalSeconds",
        value: "soon",
        says: &["polling.initialIntervalSeconds", "must be a number"],
    };
    another_account: Wrong {
        key: "private-step-functions:allowedAccountIds[0]",
        value: "999999999999",
        says: &["allowedAccountIds", "123456789012"],
    };
}

/// `pulumi config set --path` stores a fraction as a string.
#[test]
fn numbers_may_be_texts() {
    let project = Project::new(GROUP).proving("`pulumi config set --path` can set a number of the configuration");
    let key = "private-step-functions:polling.initialIntervalSeconds";
    project.pulumi(&["config", "set", "--path", key, "0.1"]).succeeds();
    let stored = std::fs::read_to_string(project.directory().join("Pulumi.test.yaml")).unwrap();
    assert!(
        stored.contains(r#""initialIntervalSeconds": "0.1""#),
        "the CLI stores a number by now: {stored}"
    );
    project.up().succeeds();
    project.finish();
}

#[test]
fn default_tags_reach_what_exists() {
    let project = Project::new(GROUP);
    let tags = |value: &str| {
        let key = "private-step-functions:defaultTags.tags.team";
        project.pulumi(&["config", "set", "--path", key, value]).succeeds();
    };
    let tagged = |value: &str| {
        project.emulator.wait_for(value, |rows| {
            let group = rows.iter().find(|row| row.kind == "security-group");
            group.is_some_and(|group| group.detail["tags"].to_string().contains(value))
        });
    };
    tags("orders");
    project.up().succeeds();
    tagged("orders");
    project.up_unchanged().succeeds();
    tags("billing");
    project.up().succeeds().says("updated");
    tagged("billing");
    project.refresh_unchanged().succeeds();
    project.finish();
}

#[test]
fn a_provider_of_the_program_has_its_own_region() {
    let project = Project::new(
        "
resources:
  elsewhere:
    type: pulumi:providers:private-step-functions
    properties:
      region: us-west-2
      defaultTags: { tags: { team: orders } }
  gateway:
    type: private-step-functions:Connection
    properties: { auth: { apiKey: { name: x-api-key, value: one } } }
    options: { provider: '${elsewhere}' }
outputs:
  arn: ${gateway.arn}
",
    );
    project.up().succeeds();
    let arn = project.outputs()["arn"].as_str().unwrap().to_owned();
    assert!(arn.starts_with("arn:aws:events:us-west-2:"), "{arn}");
    project.up_unchanged().succeeds();
    project.refresh_unchanged().succeeds();
    project.finish();
}

/// YAML reads unquoted account ids as numbers, in the program and in the stack's configuration file.
#[test]
fn account_ids_without_quotes() {
    let program = |ids: &str| {
        format!(
            "
resources:
  own:
    type: pulumi:providers:private-step-functions
    properties: {{ allowedAccountIds: {ids} }}
  group:
    type: private-step-functions:SecurityGroup
    properties: {{ vpcId: '${{vpcId}}', name: callers }}
    options: {{ provider: '${{own}}' }}
"
        )
    };
    let project = Project::new(&program("[123456789012]")).proving("an account id of twelve digits needs no quotes");
    project.up().succeeds();
    // YAML drops the leading zero, or reads all digits as octal.
    for ids in ["[012345678999]", "[012345671234]"] {
        project.program(&program(ids));
        project.up().fails().says("allowedAccountIds[0]").says("in quotes");
    }
    project.program(&program("['123456789012']"));
    project.up().succeeds();
    project.finish();
    for (id, succeeds) in [("123456789012", true), ("012345678999", false)] {
        let project = Project::new(GROUP);
        let key = "private-step-functions:allowedAccountIds[0]";
        project.pulumi(&["config", "set", "--path", key, id]).succeeds();
        // The CLI keeps a value with a leading zero as a string. It is a different account id, not a number.
        if succeeds {
            project.up().succeeds();
        } else {
            project.up().fails().says("does not list");
        }
    }
}
