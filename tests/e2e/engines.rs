//! The example with a recent engine and with the oldest supported one, with all messages between engine and plugin.
//!
//! `tests/fixtures/engines/` holds these messages ([`traffic`](crate::traffic)). A test fails when the plugin's messages
//! differ. `make golden` rewrites the files for review.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::project::{Project, plugins};
use crate::traffic::{Recording, Traffic};

/// A version of Pulumi.
struct Engine {
    promise: &'static str,
    /// The directory of the CLI. `module` is the module that pins it.
    cli: &'static str,
    module: &'static str,
    /// Whether a newer CLI, if the machine has one, may replace the pinned one.
    or_newer: bool,
    golden: &'static str,
}

#[test]
fn recent() {
    life(&Engine {
        promise: "all commands on the example succeed with a recent Pulumi, and the plugin sends the recorded messages",
        cli: "build/bin",
        module: "tools/pulumi",
        or_newer: true,
        golden: "recent",
    });
}

#[test]
fn oldest() {
    life(&Engine {
        promise: "all commands on the example succeed with the oldest supported Pulumi, and the plugin sends the recorded \
                  messages",
        cli: "build/bin-oldest",
        module: "tools/pulumi-oldest",
        or_newer: false,
        golden: "oldest",
    });
}

/// A part of every secret in the example. Nothing else contains this word.
const SECRET: &str = "secret-7f3a";

/// The configuration that the example needs besides the VPC.
const CONFIG: [&str; 7] = [
    "--plaintext=adminArn=arn:aws:iam::123456789012:role/admin",
    "--plaintext=ordersUrl=https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod/orders",
    "--plaintext=billingDomainName=billing.example.com",
    "--plaintext=billingOAuthUrl=https://auth.example.com/oauth2/token",
    "--plaintext=billingClientId=workflows",
    "--secret=ordersApiKey=secret-7f3a",
    "--secret=billingClientSecret=secret-7f3a",
];

/// The commands in order. [`narrow`] makes the change between them.
const STEPS: [(&str, &[&str]); 6] = [
    ("preview", &["preview"]),
    ("up", &["up", "--yes", "--skip-preview"]),
    ("again", &["up", "--yes", "--skip-preview", "--expect-no-changes"]),
    (
        "refresh",
        &["refresh", "--yes", "--skip-preview", "--expect-no-changes"],
    ),
    ("update", &["up", "--yes", "--skip-preview"]),
    ("destroy", &["destroy", "--yes", "--skip-preview"]),
];

fn life(engine: &Engine) {
    let project = Project::with_cli(&root().join(engine.cli), "resources: {}").proving(engine.promise);
    let exact = is_the_pinned(engine, &project);
    assert!(
        exact || engine.or_newer,
        "{} does not hold the Pulumi of {}: run `make test`, which builds it",
        engine.cli,
        engine.module
    );
    let example = fs::read_to_string(root().join("examples/yaml/Pulumi.yaml")).unwrap();
    let example = example.replace("name: private-orders", "name: e2e");
    let plugins = format!(
        "\nplugins:\n  providers: [{{ name: private-step-functions, path: '{}' }}]\n",
        plugins().display()
    );
    fs::write(project.directory().join("Pulumi.yaml"), example + &plugins).unwrap();
    project
        .pulumi(&[&["config", "set-all"], &CONFIG[..]].concat())
        .succeeds();

    let mut recording = Recording::hiding(SECRET);
    let mut said = Vec::new();
    for (step, command) in STEPS {
        if step == "update" {
            narrow(&project);
        }
        let log = project.directory().join(format!("{step}.log"));
        project.recording(&log, command).succeeds();
        said.push((step, recording.traffic(&fs::read_to_string(&log).unwrap())));
    }
    compare(engine, &said, exact);
    project.finish();
}

/// Changes the endpoint policy and narrows the security group's rule, as the demo does.
fn narrow(project: &Project) {
    let changes = [
        "--plaintext=adminArn=arn:aws:iam::123456789012:role/deployment",
        "--plaintext=callerCidrBlocks[0]=172.31.0.0/16",
    ];
    project
        .pulumi(&[&["config", "set-all", "--path"], &changes[..]].concat())
        .succeeds();
}

fn compare(engine: &Engine, said: &[(&str, Traffic)], exact: bool) {
    let directory = root().join("tests/fixtures/engines").join(engine.golden);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        assert!(exact, "only the pinned engine writes them: take other ones from PATH");
        fs::create_dir_all(&directory).unwrap();
        for (step, traffic) in said {
            fs::write(directory.join(format!("{step}.json")), traffic.to_lines()).unwrap();
        }
    }
    for (step, traffic) in said {
        let file = directory.join(format!("{step}.json"));
        let golden = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let difference = Traffic::from_lines(&golden).difference(traffic);
        assert!(
            difference.is_empty(),
            "{step}: the plugin does not say what {} tells; if that is meant, `make golden` writes it anew\n{difference}",
            file.display()
        );
    }
}

/// Reports whether the CLI has the version that the module pins.
fn is_the_pinned(engine: &Engine, project: &Project) -> bool {
    let module = fs::read_to_string(root().join(engine.module).join("go.mod")).unwrap();
    let pinned = module
        .lines()
        .find_map(|line| line.trim().strip_prefix("github.com/pulumi/pulumi/pkg/v3 "))
        .and_then(|rest| rest.split(' ').next());
    project.pulumi(&["version"]).succeeds().stdout.trim() == pinned.unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}
