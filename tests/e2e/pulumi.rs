//! Runs the Pulumi CLI and checks its output.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// No command here takes a minute. One that takes this long hangs.
const LIMIT: Duration = Duration::from_secs(180);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A running command.
#[derive(Debug)]
pub(crate) struct Running {
    command: String,
    process: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Running {
    /// Starts `pulumi` in this directory with exactly these environment variables.
    pub(crate) fn pulumi(arguments: &[&str], directory: &Path, variables: &[(String, String)]) -> Self {
        // Use files, not pipes: a pipe stays open as long as any plugin of a killed CLI lives.
        let (stdout, stderr) = (directory.join(".stdout"), directory.join(".stderr"));
        let spawned = Command::new("pulumi")
            .args(arguments)
            .args(["--non-interactive", "--color", "never"])
            .current_dir(directory)
            .env_clear()
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(File::create(&stdout).unwrap())
            .stderr(File::create(&stderr).unwrap())
            .spawn();
        let process = match spawned {
            Ok(process) => process,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                panic!("there is no `pulumi` in build/bin or on PATH: run `make test`, which installs it")
            }
            Err(error) => panic!("starting pulumi: {error}"),
        };
        Self {
            command: format!("pulumi {}", arguments.join(" ")),
            process,
            stdout,
            stderr,
        }
    }

    /// Sends SIGINT to the CLI, as Ctrl-C does. The plugins are in their own process groups and do not receive it.
    pub(crate) fn interrupt(&self) {
        let sent = Command::new("kill")
            .args(["-INT", &self.process.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Kills the CLI immediately, as when the machine goes down.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Sleeps until the next poll.
    pub(crate) fn look_again_later(&self) {
        #[expect(clippy::disallowed_methods, reason = "waits for a process, on no runtime")]
        std::thread::sleep(LOOK_EVERY);
    }

    /// Waits for the command to end.
    pub(crate) fn finish(mut self) -> Run {
        let mut status = None;
        for _ in 0..LIMIT.as_millis() / LOOK_EVERY.as_millis() {
            status = self.process.try_wait().unwrap();
            if status.is_some() {
                break;
            }
            self.look_again_later();
        }
        if status.is_none() {
            self.process.kill().unwrap();
            self.process.wait().unwrap();
        }
        let read = |path: &Path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        let (stdout, stderr) = (read(&self.stdout), read(&self.stderr));
        let run = Run {
            command: self.command,
            succeeded: status.is_some_and(|s| s.success()),
            stdout,
            stderr,
        };
        assert!(status.is_some(), "not finished after {LIMIT:?}: {}", run.transcript());
        run
    }
}

/// A finished command.
#[derive(Debug)]
pub(crate) struct Run {
    command: String,
    succeeded: bool,
    /// Everything that the command printed on stdout.
    pub(crate) stdout: String,
    /// Everything that the command printed on stderr.
    pub(crate) stderr: String,
}

impl Run {
    /// Asserts that the command succeeded.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        assert!(self.succeeded, "should have succeeded: {}", self.transcript());
        self
    }

    /// Asserts that the command failed with a regular exit status rather than by a crash.
    #[track_caller]
    pub(crate) fn fails(self) -> Self {
        let run = self.ends_badly();
        let text = run.text();
        assert!(
            !text.contains("panic") && !text.contains("goroutine"),
            "{}",
            run.transcript()
        );
        run
    }

    /// Asserts that the command failed in any way.
    #[track_caller]
    pub(crate) fn ends_badly(self) -> Self {
        assert!(!self.succeeded, "should have failed: {}", self.transcript());
        self
    }

    /// Asserts that the command printed this text.
    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        assert!(self.text().contains(text), "should say {text:?}: {}", self.transcript());
        self
    }

    /// Asserts that the command did not print this text.
    #[track_caller]
    pub(crate) fn never_says(&self, text: &str) -> &Self {
        assert!(
            !self.text().contains(text),
            "should not say {text:?}: {}",
            self.transcript()
        );
        self
    }

    /// Returns everything that the command printed.
    pub(crate) fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    fn transcript(&self) -> String {
        format!(
            "{}\n--- stdout\n{}\n--- stderr\n{}",
            self.command, self.stdout, self.stderr
        )
    }
}
