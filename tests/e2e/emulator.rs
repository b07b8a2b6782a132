//! The emulator as a process, with a minimal HTTP client for it.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use aws_emulator::faults::Fault;
use aws_emulator::journal::Entry;
use aws_emulator::operation::ResourceRow;
use serde_json::{Value, json};

/// The default Region of the tests.
pub(crate) const REGION: &str = "eu-west-1";

/// A running emulator process. Dropping the value kills it.
#[derive(Debug)]
pub(crate) struct Emulator {
    process: Child,
    /// `http://127.0.0.1:port`
    pub(crate) url: String,
    /// The Region of the calls.
    pub(crate) region: String,
}

impl Emulator {
    /// Starts an emulator. `speed` multiplies the pace of its default timings; calls go to this Region.
    pub(crate) fn start(program: &Path, speed: f64, region: &str) -> Self {
        let mut process = Command::new(program)
            .args(["--port", "0", "--speed", &speed.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}: run `make test`, which builds it", program.display()));
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut url)
            .unwrap();
        Self {
            process,
            url: url.trim().to_owned(),
            region: region.to_owned(),
        }
    }

    /// Returns every AWS call so far.
    pub(crate) fn journal(&self) -> Vec<Entry> {
        let mut answer: Value = serde_json::from_str(&self.send("GET", "/_emulator/journal", &[], "")).unwrap();
        serde_json::from_value(answer["calls"].take()).unwrap()
    }

    /// Returns every object created since the start.
    pub(crate) fn made(&self) -> Vec<ResourceRow> {
        self.resources("?beyond-start")
    }

    /// Returns the number of objects of each kind created since the start.
    pub(crate) fn count(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for row in self.made() {
            *counts.entry(row.kind).or_default() += 1;
        }
        counts
    }

    /// Waits until the objects created since the start meet the condition. AWS needs time for changes and for showing them.
    #[track_caller]
    pub(crate) fn wait_for(&self, what: &str, done: impl Fn(&[ResourceRow]) -> bool) {
        for _ in 0..500 {
            if done(&self.made()) {
                return;
            }
            pause();
        }
        panic!("{what} did not come about: {:#?}", self.made());
    }

    /// Injects a fault into a call.
    pub(crate) fn inject(&self, fault: &Fault) {
        self.send("POST", "/_emulator/faults", &[], &serde_json::to_string(fault).unwrap());
    }

    /// Replaces the actions that are denied.
    pub(crate) fn deny(&self, actions: &[&str]) {
        self.send(
            "POST",
            "/_emulator/permissions",
            &[],
            &json!({ "deny": actions }).to_string(),
        );
    }

    /// Makes a situation that no AWS call makes.
    pub(crate) fn seed(&self, seed: &Value) {
        self.send("POST", "/_emulator/seed", &[], &seed.to_string());
    }

    /// Removes all faults.
    pub(crate) fn heal(&self) {
        self.send("DELETE", "/_emulator/faults", &[], "");
    }

    /// Returns the default VPC and its subnets.
    pub(crate) fn default_vpc(&self) -> (String, Vec<String>) {
        // The emulator creates a Region on the first call to it.
        self.ec2("DescribeVpcs", "");
        let rows = self.resources("");
        let ids = |kind: &str| {
            rows.iter()
                .filter(|r| r.kind == kind && r.starting_state)
                .map(|r| r.id.clone())
                .collect::<Vec<_>>()
        };
        (ids("vpc").remove(0), ids("subnet"))
    }

    /// Returns the default security group of the default VPC.
    pub(crate) fn default_group(&self) -> String {
        let (vpc, _) = self.default_vpc();
        let rows = self.resources("");
        let own = |row: &&ResourceRow| {
            row.kind == "security-group" && row.detail["vpc"] == vpc && row.detail["name"] == "default"
        };
        rows.iter().find(own).unwrap().id.clone()
    }

    /// Makes an EC2 call outside Pulumi. Returns the XML.
    pub(crate) fn ec2(&self, operation: &str, parameters: &str) -> String {
        let body = format!("Action={operation}&Version=2016-11-15{parameters}");
        let headers = [
            self.scope("ec2"),
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ];
        self.send("POST", "/", &headers, &body)
    }

    /// Makes a VPC Lattice call outside Pulumi. Returns the JSON, or null without a body.
    pub(crate) fn lattice(&self, method: &str, path: &str, body: &Value) -> Value {
        let headers = [
            self.scope("vpc-lattice"),
            ("content-type", "application/json".to_owned()),
        ];
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let answer = self.send(method, path, &headers, &body);
        serde_json::from_str(&answer).unwrap_or_default()
    }

    /// Makes an EventBridge call outside Pulumi.
    pub(crate) fn events(&self, operation: &str, body: &Value) -> Value {
        let headers = [
            self.scope("events"),
            ("content-type", "application/x-amz-json-1.1".to_owned()),
            ("x-amz-target", format!("AWSEvents.{operation}")),
        ];
        let answer = self.send("POST", "/", &headers, &body.to_string());
        serde_json::from_str(&answer).unwrap_or_default()
    }

    fn resources(&self, query: &str) -> Vec<ResourceRow> {
        let answer = self.send("GET", &format!("/_emulator/resources{query}"), &[], "");
        let mut answer: Value = serde_json::from_str(&answer).unwrap();
        serde_json::from_value(answer["resources"].take()).unwrap()
    }

    /// Returns the header that tells the emulator the service and the Region. The emulator does not check signatures.
    fn scope(&self, service: &str) -> (&'static str, String) {
        let credential = format!("Credential=AKIATEST/20260101/{}/{service}/aws4_request", self.region);
        (
            "authorization",
            format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"),
        )
    }

    /// Sends a request and repeats it while AWS throttles it.
    fn send(&self, method: &str, path: &str, headers: &[(&str, String)], body: &str) -> String {
        for _ in 0..500 {
            let answer = self.exchange(method, path, headers, body);
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            let status = head.split(' ').nth(1).unwrap_or_default();
            if status.starts_with('2') {
                return body.to_owned();
            }
            assert!(status == "503", "{method} {path}: {answer}");
            pause();
        }
        panic!("{method} {path}: throttled for good")
    }

    /// Sends one HTTP/1.0 request. The response ends when the server closes the connection.
    fn exchange(&self, method: &str, path: &str, headers: &[(&str, String)], body: &str) -> String {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        let mut request = format!(
            "{method} {path} HTTP/1.0\r\nhost: localhost\r\ncontent-length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        stream.write_all(format!("{request}\r\n{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // The process may have ended already; then the calls have no effect.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Waits a moment for AWS to make progress.
pub(crate) fn pause() {
    #[expect(clippy::disallowed_methods, reason = "waits for a process, on no runtime")]
    std::thread::sleep(Duration::from_millis(20));
}
