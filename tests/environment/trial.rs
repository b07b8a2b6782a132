//! Runs the plugin in an environment that the test defines.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use pulumi_provider::property::wire::{self, Capabilities};
use pulumi_provider::property::{Map, Value};
use pulumi_provider::proto::resource_provider_client::ResourceProviderClient;
use pulumi_provider::proto::{CheckRequest, ConfigureRequest, ReadRequest};
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use tokio::time::Instant;

const BINARY: &str = env!("CARGO_BIN_EXE_pulumi-resource-private-step-functions");

/// One run of the plugin, which reads one security group.
pub(crate) struct Trial {
    directory: TempDir,
    variables: BTreeMap<String, String>,
    config: Json,
}

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The error message of the read. It always fails, because the group does not exist.
    pub(crate) message: String,
    /// The plugin's log at the most verbose level.
    pub(crate) log: String,
    pub(crate) took: Duration,
}

impl Outcome {
    /// Asserts that AWS answered the read: there is no such group.
    pub(crate) fn arrived(&self) -> &Self {
        assert!(self.message.contains("sg-0123456789abcdef0"), "{}", self.message);
        assert!(!self.message.contains("DescribeSecurityGroups: "), "{}", self.message);
        self
    }

    pub(crate) fn says(&self, texts: &[&str]) -> &Self {
        for text in texts {
            assert!(self.message.contains(text), "{text:?} is not in {}", self.message);
        }
        self
    }

    pub(crate) fn never_says(&self, texts: &[&str]) -> &Self {
        for text in texts {
            assert!(!self.message.contains(text), "{}", self.message);
            assert!(!self.log.contains(text), "{}", self.log);
        }
        self
    }
}

impl Trial {
    /// Returns a trial whose environment has only a home directory, the Region, and a disabled metadata service.
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let home = directory.path().to_str().unwrap().to_owned();
        let variables = [
            ("HOME", home.as_str()),
            ("PATH", "/usr/bin:/bin"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_REGION", "eu-west-1"),
        ];
        Self {
            variables: variables
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            directory,
            config: json!({ "maxRetries": 0 }),
        }
    }

    /// Returns a trial with access keys in the environment.
    pub(crate) fn with_keys() -> Self {
        Self::new()
            .variable("AWS_ACCESS_KEY_ID", "AKIAVARIABLE")
            .variable("AWS_SECRET_ACCESS_KEY", "variable-secret")
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.variables.remove(name);
        self
    }

    /// Writes a file below the home directory.
    pub(crate) fn file(self, name: &str, text: &str) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Writes `~/.aws/config`.
    pub(crate) fn profiles(self, text: &str) -> Self {
        self.file(".aws/config", text)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Adds to the provider's configuration.
    pub(crate) fn config(mut self, more: Json) -> Self {
        self.config
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        self
    }

    /// Starts the plugin and reads the group.
    pub(crate) fn run(&self) -> Outcome {
        let began = Instant::now();
        let mut process = Command::new(BINARY)
            .args(["--logtostderr", "-v=9"])
            .env_clear()
            .envs(&self.variables)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(self.path("log")).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let message = runtime.block_on(self.read(line.trim()));
        process.kill().unwrap();
        process.wait().unwrap();
        Outcome {
            message,
            log: fs::read_to_string(self.path("log")).unwrap(),
            took: began.elapsed(),
        }
    }

    async fn read(&self, port: &str) -> String {
        let address = format!("http://127.0.0.1:{port}");
        let client = ResourceProviderClient::connect(address).await.unwrap();
        let mut client = client.max_decoding_message_size(usize::MAX);
        let Value::Object(config) = Value::from(self.config.clone()) else {
            panic!("not an object");
        };
        let config = wire::encode(config, Capabilities::CUSTOM).unwrap();
        let check = CheckRequest {
            urn: "urn:pulumi:dev::shop::pulumi:providers:private-step-functions::own".to_owned(),
            news: Some(config.clone()),
            ..CheckRequest::default()
        };
        let failures = client.check_config(check).await.unwrap().into_inner().failures;
        if let Some(failure) = failures.first() {
            return format!("{}: {}", failure.property, failure.reason);
        }
        let configure = ConfigureRequest {
            args: Some(config),
            accept_secrets: true,
            ..ConfigureRequest::default()
        };
        client.configure(configure).await.unwrap();
        let read = ReadRequest {
            id: "sg-0123456789abcdef0".to_owned(),
            urn: "urn:pulumi:dev::shop::private-step-functions:index:SecurityGroup::group".to_owned(),
            properties: Some(wire::encode(Map::new(), Capabilities::CUSTOM).unwrap()),
            ..ReadRequest::default()
        };
        match client.read(read).await {
            Ok(found) => panic!("{found:?}"),
            Err(status) => status.message().to_owned(),
        }
    }
}
