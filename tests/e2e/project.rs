//! The environment of one end-to-end test: every test creates its own.

use std::path::{Path, PathBuf};
use std::{env, fs};

use aws_emulator::faults::{Fault, FaultKind};
use regex::Regex;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::emulator::{Emulator, REGION};
use crate::pulumi::{Run, Running};

/// How much faster than its default timings the emulator runs, unless a test sets another speed.
pub(crate) const SPEED: f64 = 20.0;

/// The provider's polling interval: shorter than for the real AWS, because the emulator is faster.
pub(crate) const POLLING: &str = r#"{ "initialIntervalSeconds": 0.1, "growthFactor": 1.2, "maxIntervalSeconds": 0.5 }"#;

/// The start of every program; the program itself begins at `resources:`. It names the plugins by path, so that the CLI
/// uses no plugin installed on the machine. The plugins that exist only for tests are examples.
const HEADER: &str = "
name: e2e
runtime: yaml
plugins:
  providers:
    - { name: private-step-functions, path: 'PLUGINS' }
    - { name: testnet, path: 'PLUGINS/examples' }
    - { name: textfile, path: 'PLUGINS/examples' }
config:
  vpcId: { type: string }
  subnetIds: { type: array, items: { type: string } }
";

/// The KMS keys of each emulated account: those that the programs give to connections.
const KEYS: [(&str, &str); 5] = [
    ("1234abcd-12ab-34cd-56ef-1234567890ab", "alias/orders"),
    ("2234abcd-12ab-34cd-56ef-1234567890ab", "alias/one"),
    ("3234abcd-12ab-34cd-56ef-1234567890ab", "alias/two"),
    ("4234abcd-12ab-34cd-56ef-1234567890ab", "alias/three"),
    ("unknown-one", "alias/unknown-one"),
];

/// An emulated account, and a Pulumi project with a stack `test` that uses it.
#[derive(Debug)]
pub(crate) struct Project {
    /// The emulated AWS.
    pub(crate) emulator: Emulator,
    directory: TempDir,
    variables: Vec<(String, String)>,
    promise: String,
}

impl Project {
    /// Returns a project with this program: YAML from `resources:` on, which can use `${vpcId}` and `${subnetIds}`.
    pub(crate) fn new(program: &str) -> Self {
        Self::at_speed(SPEED, program)
    }

    /// Does the same with another speed of the emulator.
    pub(crate) fn at_speed(speed: f64, program: &str) -> Self {
        Self::make(speed, REGION, program, None)
    }

    /// Returns a project in another Region.
    pub(crate) fn in_region(region: &str, program: &str) -> Self {
        Self::make(SPEED, region, program, None)
    }

    /// Returns a project that looks for the CLI in this directory first.
    pub(crate) fn with_cli(directory: &Path, program: &str) -> Self {
        Self::make(SPEED, REGION, program, Some(directory))
    }

    fn make(speed: f64, region: &str, program: &str, cli: Option<&Path>) -> Self {
        let emulator = Emulator::start(&plugins().join("aws-emulator"), speed, region);
        let directory = TempDir::with_prefix("private-step-functions-e2e-").unwrap();
        for name in ["project", "state", "home", "plugins"] {
            fs::create_dir(directory.path().join(name)).unwrap();
        }
        let variables = variables(directory.path(), &emulator, cli);
        let project = Self {
            emulator,
            directory,
            variables,
            promise: String::new(),
        };
        project.program(program);
        project.configure();
        // Not earlier: the first call to a Region gives its VPC and subnets their ids.
        for (id, alias) in KEYS {
            let tags = json!({ "EventBridgeApiDestinations": "true" });
            let seed = json!({ "kind": "kms-key", "region": region, "KeyId": id, "aliases": [alias], "tags": tags });
            project.emulator.seed(&seed);
        }
        project.pulumi(&["stack", "init", "test"]).succeeds();
        project
    }

    /// Sets the promise that the test proves. It is printed if the test fails.
    pub(crate) fn proving(mut self, promise: &str) -> Self {
        promise.clone_into(&mut self.promise);
        self
    }

    /// Adds to the stack's configuration: indented YAML. Writes the file for the reason given at [`Self::configure`].
    pub(crate) fn add_config(&self, more: &str) {
        let file = self.directory().join("Pulumi.test.yaml");
        let config = fs::read_to_string(&file).unwrap();
        // The CLI writes the encryption salt after the `config` section.
        fs::write(file, config.replacen("config:\n", &format!("config:\n{more}"), 1)).unwrap();
    }

    /// Sets or removes an environment variable for all commands.
    pub(crate) fn variable(&mut self, name: &str, value: Option<&str>) {
        self.variables.retain(|(known, _)| known != name);
        let value = value.map(|value| (name.to_owned(), value.to_owned()));
        self.variables.extend(value);
    }

    /// Replaces the program.
    pub(crate) fn program(&self, program: &str) {
        let header = HEADER.replace("PLUGINS", plugins().to_str().unwrap());
        fs::write(self.directory().join("Pulumi.yaml"), header + program).unwrap();
    }

    /// Runs any command.
    pub(crate) fn pulumi(&self, arguments: &[&str]) -> Run {
        self.start(arguments).finish()
    }

    /// Runs any command, and records the engine's gRPC messages in a file.
    pub(crate) fn recording(&self, log: &Path, arguments: &[&str]) -> Run {
        let mut variables = self.variables.clone();
        variables.push(("PULUMI_DEBUG_GRPC".to_owned(), log.to_str().unwrap().to_owned()));
        Running::pulumi(arguments, &self.directory(), &variables).finish()
    }

    /// Starts any command.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        Running::pulumi(arguments, &self.directory(), &self.variables)
    }

    /// `pulumi preview --diff`
    pub(crate) fn preview(&self) -> Run {
        self.pulumi(&["preview", "--diff"])
    }

    /// `pulumi up`
    pub(crate) fn up(&self) -> Run {
        self.pulumi(&["up", "--yes", "--skip-preview"])
    }

    /// Starts `pulumi up`, and returns when it has made the first call of this operation, which AWS carries out but does not
    /// answer: however slow the machine is, what the test does next happens during that call.
    pub(crate) fn up_until(&self, operation: &str) -> Running {
        self.emulator.inject(&Fault::new(operation, 1, FaultKind::NoAnswer));
        let running = self.start(&["up", "--yes", "--skip-preview"]);
        while !self.emulator.journal().iter().any(|call| call.operation == operation) {
            running.look_again_later();
        }
        running
    }

    /// `pulumi up` that must change nothing.
    pub(crate) fn up_unchanged(&self) -> Run {
        self.pulumi(&["up", "--yes", "--skip-preview", "--expect-no-changes", "--diff"])
    }

    /// `pulumi refresh` that must find no difference.
    pub(crate) fn refresh_unchanged(&self) -> Run {
        self.pulumi(&["refresh", "--yes", "--skip-preview", "--expect-no-changes", "--diff"])
    }

    /// `pulumi destroy`
    pub(crate) fn destroy(&self) -> Run {
        self.pulumi(&["destroy", "--yes", "--skip-preview"])
    }

    /// Returns the stack's outputs, with secrets in plain text.
    pub(crate) fn outputs(&self) -> Value {
        let run = self.pulumi(&["stack", "output", "--json", "--show-secrets"]).succeeds();
        serde_json::from_str(&run.stdout).unwrap()
    }

    /// Returns the stack's resources from its state file.
    pub(crate) fn stored(&self) -> Vec<Value> {
        let file = self.directory.path().join("state/.pulumi/stacks/e2e/test.json");
        let state: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let resources = state["checkpoint"]["latest"]["resources"].as_array();
        resources.cloned().unwrap_or_default()
    }

    /// Returns the stack's state from `pulumi stack export`.
    pub(crate) fn state(&self) -> Value {
        serde_json::from_str(&self.pulumi(&["stack", "export"]).succeeds().stdout).unwrap()
    }

    /// Replaces the stack's state.
    pub(crate) fn import_state(&self, state: &Value) {
        let file = self.directory().join("state.json");
        fs::write(&file, state.to_string()).unwrap();
        self.pulumi(&["stack", "import", "--file", file.to_str().unwrap()])
            .succeeds();
    }

    /// Empties the state. The objects in AWS remain.
    pub(crate) fn forget(&self) {
        let manifest = json!({ "time": "2026-01-01T00:00:00Z", "magic": "", "version": "" });
        self.import_state(&json!({ "version": 3, "deployment": { "manifest": manifest } }));
    }

    /// Returns what `pulumi up` would do to resources of this package: name, step, and the properties that differ.
    pub(crate) fn plan(&self) -> Vec<(String, String, Vec<String>)> {
        let run = self.pulumi(&["preview", "--json"]).succeeds();
        let plan: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(
            findings(&plan),
            Vec::<String>::new(),
            "a false alarm, unless the test makes it come true"
        );
        let ours = |step: &&Value| {
            let urn = step["urn"].as_str().unwrap();
            urn.contains("private-step-functions:index:") && step["op"] != "same"
        };
        let steps = plan["steps"].as_array().unwrap().iter().filter(ours);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut steps: Vec<_> = steps
            .map(|step| {
                let paths = step["detailedDiff"].as_object().into_iter().flatten();
                let name = step["urn"].as_str().unwrap().rsplit("::").next().unwrap();
                let paths = paths.map(|(path, _)| path.clone()).collect();
                (name.to_owned(), text(&step["op"]), paths)
            })
            .collect();
        steps.sort_unstable();
        steps
    }

    /// Runs `pulumi preview`, which reads from AWS and changes nothing.
    pub(crate) fn preview_that_reads(&self) -> Run {
        let before = self.emulator.journal().len();
        let run = self.preview();
        let calls = self.emulator.journal().into_iter().skip(before);
        let calls: Vec<_> = calls.map(|call| call.operation).collect();
        let is_read = |operation: &String| {
            ["Describe", "List", "Get", "AssumeRole"]
                .iter()
                .any(|start| operation.starts_with(start))
        };
        assert!(calls.iter().all(is_read), "preview changed something: {calls:?}");
        run
    }

    /// Runs a command and returns the number of AWS calls made meanwhile.
    pub(crate) fn counting_calls(&self, run: impl FnOnce(&Self) -> Run) -> (Run, usize) {
        let before = self.emulator.journal().len();
        let run = run(self);
        (run, self.emulator.journal().len() - before)
    }

    /// Destroys the stack. Asserts that neither AWS nor the state contains anything afterwards.
    #[track_caller]
    pub(crate) fn finish(self) {
        self.destroy().succeeds();
        let left = self.emulator.made();
        assert!(left.is_empty(), "left behind in AWS: {left:#?}");
        let left = self.stored();
        assert!(left.is_empty(), "left behind in the state: {left:#?}");
    }

    /// Returns every file on disk: state, project, home. Tests search them for secrets.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut directories = vec![self.directory.path().to_owned()];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(directory).unwrap() {
                let entry = entry.unwrap();
                if entry.file_type().unwrap().is_dir() {
                    &mut directories
                } else {
                    &mut files
                }
                .push(entry.path());
            }
        }
        files
    }

    /// Returns the environment variables of all commands.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        self.variables.clone()
    }

    /// Returns the directory of the program.
    pub(crate) fn directory(&self) -> PathBuf {
        self.directory.path().join("project")
    }

    /// Writes the stack's configuration file, because each `pulumi config set` takes as long as a small test.
    fn configure(&self) {
        let (vpc, subnets) = self.emulator.default_vpc();
        let config = format!(
            "config:\n  e2e:vpcId: {vpc}\n  e2e:subnetIds: [{}, {}]\n  private-step-functions:polling: {POLLING}\n",
            subnets[0], subnets[1]
        );
        fs::write(self.directory().join("Pulumi.test.yaml"), config).unwrap();
    }
}

impl Drop for Project {
    #[expect(clippy::print_stdout, reason = "shown only with a failure")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            if !self.promise.is_empty() {
                println!("The promise that does not hold: {}", self.promise);
            }
            let calls = self.emulator.journal();
            let last = &calls[calls.len().saturating_sub(40)..];
            let lines = last
                .iter()
                .map(|c| format!("{:8.3} {}:{} {}", c.time, c.service, c.operation, c.outcome));
            println!("Last AWS calls:\n{}", lines.collect::<Vec<_>>().join("\n"));
        }
    }
}

/// Returns the directory where cargo puts the plugin and the emulator. The examples are in a directory below it.
pub(crate) fn plugins() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_pulumi-resource-private-step-functions"))
        .parent()
        .unwrap()
}

/// Returns exactly the environment variables of the CLI and its plugins: nothing of the developer's own Pulumi or AWS
/// setup.
fn variables(directory: &Path, emulator: &Emulator, cli: Option<&Path>) -> Vec<(String, String)> {
    let mut path: Vec<PathBuf> = cli.map(Path::to_owned).into_iter().collect();
    path.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("build/bin"));
    path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let path = env::join_paths(path).unwrap().into_string().unwrap();
    let at = |name: &str| directory.join(name).to_str().unwrap().to_owned();
    [
        ("PATH", path),
        ("HOME", at("home")),
        ("PULUMI_HOME", at("home")),
        ("PULUMI_BACKEND_URL", format!("file://{}", at("state"))),
        ("PULUMI_CONFIG_PASSPHRASE", "correct horse battery staple".to_owned()),
        ("PULUMI_SKIP_UPDATE_CHECK", "true".to_owned()),
        ("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true".to_owned()),
        ("AWS_ENDPOINT_URL", emulator.url.clone()),
        ("AWS_REGION", emulator.region.clone()),
        ("AWS_ACCESS_KEY_ID", "AKIATESTTESTTESTTEST".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "of-the-emulator".to_owned()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

/// Returns what the checks of a preview have found: messages that begin with the resource's type and name.
pub(crate) fn findings(plan: &Value) -> Vec<String> {
    let form = Regex::new(r#"^(warning|error): \w+ "[^"]+": "#).unwrap();
    let messages = plan["diagnostics"].as_array().into_iter().flatten();
    let messages = messages.map(|one| one["message"].as_str().unwrap().to_owned());
    messages.filter(|message| form.is_match(message)).collect()
}
