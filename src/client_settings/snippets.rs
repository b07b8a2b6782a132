//! The settings of the clients as program text, for each SDK. [docs/clients.md](../../../docs/clients.md) shows them, and the tests of
//! that page run or compile those of Python, JavaScript and Go.
//!
//! How each SDK turns the prefix off:
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-host-prefix.html>. Most do not read the environment variable.

mod cli;
mod dotnet;
mod go;
mod java;
mod javascript;
mod php;
mod python;
mod ruby;
mod rust;

use serde::{Deserialize, Serialize};

use super::Client;

/// An AWS SDK, or the AWS CLI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sdk {
    /// boto3.
    Python,
    /// The SDK for JavaScript, version 3.
    JavaScript,
    /// The SDK for Go, version 2.
    Go,
    /// The SDK for Java, version 2.
    Java,
    /// The SDK for .NET.
    Dotnet,
    /// The SDK for PHP, version 3.
    Php,
    /// The SDK for Ruby, version 3.
    Ruby,
    /// The SDK for Rust.
    Rust,
    /// The AWS CLI.
    Cli,
}

impl Sdk {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Python,
        Self::JavaScript,
        Self::Go,
        Self::Java,
        Self::Dotnet,
        Self::Php,
        Self::Ruby,
        Self::Rust,
        Self::Cli,
    ];
}

/// Program text for one SDK.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Snippet {
    /// The SDK.
    pub sdk: Sdk,
    /// The text, with a line feed at its end.
    pub code: String,
}

/// The clients to write.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clients<'a> {
    pub(super) region: &'a str,
    pub(super) states: Option<&'a Client>,
    pub(super) sync_states: Option<&'a Client>,
}

/// What each client is for.
const STATES: &str = "StartExecution and all other operations.";
const SYNC: &str =
    "StartSyncExecution and TestState: up to 5 minutes, and a repeated request starts another execution.";

impl Clients<'_> {
    pub(super) fn snippet(&self, sdk: Sdk) -> Snippet {
        let blocks = match sdk {
            Sdk::Python => self.python(),
            Sdk::JavaScript => self.javascript(),
            Sdk::Go => self.go(),
            Sdk::Java => self.java(),
            Sdk::Dotnet => self.dotnet(),
            Sdk::Php => self.php(),
            Sdk::Ruby => self.ruby(),
            Sdk::Rust => self.rust(),
            Sdk::Cli => self.cli(),
        };
        let blocks: Vec<_> = blocks
            .iter()
            .map(|block| block.trim_matches('\n'))
            .filter(|block| !block.is_empty())
            .collect();
        Snippet {
            sdk,
            code: blocks.join("\n\n") + "\n",
        }
    }

    /// Writes each client that there is.
    fn each(&self, write: impl Fn(&'static str, &Client) -> String) -> [String; 2] {
        let of = |purpose, client: Option<&Client>| client.map(|client| write(purpose, client)).unwrap_or_default();
        [of(STATES, self.states), of(SYNC, self.sync_states)]
    }

    fn any(&self, is: impl Fn(&Client) -> bool) -> bool {
        self.states.is_some_and(&is) || self.sync_states.is_some_and(&is)
    }
}

/// Returns lines with spaces before and an ending after each.
fn indented(spaces: usize, lines: &[String], ending: &str) -> String {
    lines
        .iter()
        .map(|line| format!("{:spaces$}{line}{ending}\n", ""))
        .collect()
}
