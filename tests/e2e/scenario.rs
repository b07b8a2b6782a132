//! A test case as data: a program, and commands with their expected results.

use std::collections::BTreeSet;

use aws_emulator::faults::Fault;
use aws_emulator::operation::ResourceRow;
use serde_json::Value;

use crate::project::{Project, SPEED};

/// One case. Each ends with a destroy, after which only the objects of [`leaves`](Self::leaves) may remain.
pub(crate) struct Scenario {
    /// What the user can rely on.
    pub(crate) promise: &'static str,
    /// YAML from `resources:` on.
    pub(crate) program: String,
    /// Additional stack configuration: indented YAML.
    pub(crate) config: &'static str,
    /// The speed of the emulator.
    pub(crate) speed: f64,
    /// The steps, in order.
    pub(crate) steps: Vec<Step>,
    /// The objects that the destroy leaves in AWS, where that is the promise: see [`made`].
    pub(crate) leaves: &'static [(&'static str, usize)],
}

impl Scenario {
    /// An empty case, for the fields that a row does not set.
    pub(crate) const EMPTY: Self = Self {
        promise: "",
        program: String::new(),
        config: "",
        speed: SPEED,
        steps: Vec::new(),
        leaves: &[],
    };

    pub(crate) fn run(self) {
        let mut project = Project::at_speed(self.speed, &self.program).proving(self.promise);
        project.add_config(self.config);
        let mut program = self.program;
        for step in self.steps {
            match step {
                Step::Edit(before, after) => {
                    assert!(program.contains(before), "{before:?} is not in the program");
                    program = program.replace(before, after);
                    project.program(&program);
                }
                Step::Set(name, value) => project.variable(name, Some(value)),
                Step::Fault(fault) => project.emulator.inject(&fault),
                Step::Run(command) => command.run(&project),
                Step::Look(look) => look(&project),
            }
        }
        if self.leaves.is_empty() {
            project.finish();
        } else {
            project.destroy().succeeds();
            let left = resources(&project);
            assert!(left.is_empty(), "left behind in the state: {left:#?}");
            assert_eq!(made(&project), counts(self.leaves));
        }
    }
}

/// Turns each row into a test, so that rows run in parallel and a failure shows the row's name.
macro_rules! scenarios {
    ($($name:ident: $scenario:expr;)+) => {
        $(#[test] fn $name() { $scenario.run(); })+
    };
}
pub(crate) use scenarios;

/// One step of a case.
pub(crate) enum Step {
    /// Replaces a text of the program, at every occurrence.
    Edit(&'static str, &'static str),
    /// Sets an environment variable for all later commands.
    Set(&'static str, &'static str),
    /// Injects a fault into later AWS calls.
    Fault(Fault),
    /// Runs a command.
    Run(Command),
    /// Runs any other check or action.
    Look(fn(&Project)),
}

/// `pulumi up`
pub(crate) fn up() -> Command {
    run("up --yes --skip-preview")
}

/// `pulumi up` that must change nothing.
pub(crate) fn up_unchanged() -> Command {
    run("up --yes --skip-preview --expect-no-changes --diff").keeps()
}

/// A command that must succeed, unless [`Command::fails`] is called. A word `@name` means the first URN in the state with
/// this ending.
pub(crate) fn run(arguments: &'static str) -> Command {
    Command {
        arguments,
        fails: false,
        bug: None,
        says: Vec::new(),
        never_says: Vec::new(),
        keeps: false,
        makes: None,
        calls: None,
        only: None,
    }
}

/// A Pulumi command and its expected results.
pub(crate) struct Command {
    arguments: &'static str,
    fails: bool,
    bug: Option<&'static str>,
    says: Vec<&'static str>,
    never_says: Vec<&'static str>,
    keeps: bool,
    makes: Option<&'static [(&'static str, usize)]>,
    calls: Option<&'static [&'static str]>,
    only: Option<&'static [&'static str]>,
}

impl Command {
    /// The command must fail.
    pub(crate) fn fails(mut self) -> Self {
        self.fails = true;
        self
    }

    /// The command must fail. The engine may report a bug of its own with this text.
    pub(crate) fn fails_also_by(mut self, bug: &'static str) -> Self {
        self.bug = Some(bug);
        self.fails()
    }

    /// The output must contain each of these texts.
    pub(crate) fn says(mut self, texts: &[&'static str]) -> Self {
        self.says.extend(texts);
        self
    }

    /// The output must contain none of these texts.
    pub(crate) fn never_says(mut self, texts: &[&'static str]) -> Self {
        self.never_says.extend(texts);
        self
    }

    /// The command must neither create nor delete an object in AWS.
    pub(crate) fn keeps(mut self) -> Self {
        self.keeps = true;
        self
    }

    /// The objects that must exist in AWS afterwards, by kind.
    pub(crate) fn makes(mut self, counts: &'static [(&'static str, usize)]) -> Self {
        self.makes = Some(counts);
        self
    }

    /// These AWS calls must succeed in this order. Other calls may come between them.
    pub(crate) fn calls(mut self, operations: &'static [&'static str]) -> Self {
        self.calls = Some(operations);
        self
    }

    /// Each of these modifying AWS calls must be made, and no other modifying call.
    pub(crate) fn changes_only(mut self, operations: &'static [&'static str]) -> Self {
        self.only = Some(operations);
        self
    }

    fn run(self, project: &Project) {
        let (objects, calls) = (ids(&project.emulator.made()), project.emulator.journal().len());
        let arguments: Vec<String> = self.arguments.split(' ').map(|word| resolved(word, project)).collect();
        let run = project.pulumi(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        let run = match self.bug {
            Some(bug) if run.text().contains(bug) => run.ends_badly(),
            _ if self.fails => run.fails(),
            _ => run.succeeds(),
        };
        for text in self.says {
            run.says(text);
        }
        for text in self.never_says {
            run.never_says(text);
        }
        let journal = &project.emulator.journal()[calls..];
        if self.keeps {
            let after = ids(&project.emulator.made());
            assert_eq!(after, objects, "objects came or went with `pulumi {}`", self.arguments);
        }
        if let Some(makes) = self.makes {
            assert_eq!(made(project), counts(makes), "after `pulumi {}`", self.arguments);
        }
        if let Some(calls) = self.calls {
            let mut done = journal.iter().filter(|call| call.outcome == "ok");
            for expected in calls {
                let found = done.any(|call| call.operation == *expected);
                assert!(found, "{calls:?} did not succeed in this order: {expected} is missing");
            }
        }
        if let Some(only) = self.only {
            let reads = ["Describe", "Get", "List"];
            let called = journal.iter().map(|call| call.operation.as_str());
            let changing = called.filter(|name| !reads.iter().any(|read| name.starts_with(read)));
            assert_eq!(changing.collect::<BTreeSet<_>>(), only.iter().copied().collect());
        }
    }
}

impl From<Command> for Step {
    fn from(command: Command) -> Self {
        Self::Run(command)
    }
}

/// Makes a list of steps from commands and other steps.
macro_rules! steps {
    ($($step:expr),+ $(,)?) => { vec![$(crate::scenario::Step::from($step)),+] };
}
pub(crate) use steps;

fn resolved(word: &str, project: &Project) -> String {
    let Some(name) = word.strip_prefix('@') else {
        return word.to_owned();
    };
    let end = format!(":{name}");
    let resources = resources(project);
    let mut urns = resources.iter().map(|resource| resource["urn"].as_str().unwrap());
    let found = urns.find(|urn| urn.ends_with(&end));
    found
        .unwrap_or_else(|| panic!("no URN ends with {end:?}: {resources:#?}"))
        .to_owned()
}

/// Returns the resources in the state, in its order, without the stack and providers.
pub(crate) fn resources(project: &Project) -> Vec<Value> {
    let mut resources = project.stored();
    resources.retain(|resource| !resource["type"].as_str().unwrap().starts_with("pulumi:"));
    resources
}

/// Returns the number of existing objects by kind, without parts of other objects and those that AWS creates along with
/// them.
pub(crate) fn made(project: &Project) -> Vec<(String, usize)> {
    project
        .emulator
        .count()
        .into_iter()
        .filter(|(kind, _)| is_own(kind))
        .collect()
}

pub(crate) fn counts(expected: &[(&str, usize)]) -> Vec<(String, usize)> {
    expected
        .iter()
        .map(|(kind, count)| ((*kind).to_owned(), *count))
        .collect()
}

fn ids(rows: &[ResourceRow]) -> BTreeSet<String> {
    rows.iter()
        .filter(|row| is_own(&row.kind))
        .map(|row| row.id.clone())
        .collect()
}

fn is_own(kind: &str) -> bool {
    !["network-interface", "security-group-rule"].contains(&kind) && !kind.contains("association")
}
