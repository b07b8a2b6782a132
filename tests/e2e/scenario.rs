//! A case as data: a program, and commands with what each of them must come to.

use std::collections::BTreeSet;

use aws_emulator::faults::Fault;
use aws_emulator::operation::ResourceRow;
use serde_json::Value;

use crate::world::{SPEED, World};

/// One case. Every one ends with a destroy after which nothing may be left but what [`leaves`](Self::leaves) says.
pub(crate) struct Scenario {
    /// What a user may rely on.
    pub(crate) promise: &'static str,
    /// YAML from `resources:` on.
    pub(crate) program: String,
    /// More of the stack's configuration: indented YAML.
    pub(crate) config: &'static str,
    /// The pace of the emulator.
    pub(crate) speed: f64,
    /// What happens, one after the other.
    pub(crate) steps: Vec<Step>,
    /// What stays in AWS after the destroy, where that is the promise: see [`made`].
    pub(crate) leaves: &'static [(&'static str, usize)],
}

impl Scenario {
    /// A case in which nothing happens, for the fields that a row does not set.
    pub(crate) const EMPTY: Self = Self {
        promise: "",
        program: String::new(),
        config: "",
        speed: SPEED,
        steps: Vec::new(),
        leaves: &[],
    };

    pub(crate) fn run(self) {
        let mut world = World::at_speed(self.speed, &self.program).proving(self.promise);
        world.add_config(self.config);
        let mut program = self.program;
        for step in self.steps {
            match step {
                Step::Edit(before, after) => {
                    assert!(program.contains(before), "{before:?} is not in the program");
                    program = program.replace(before, after);
                    world.program(&program);
                }
                Step::Set(name, value) => world.variable(name, Some(value)),
                Step::Fault(fault) => world.emulator.inject(&fault),
                Step::Run(command) => command.run(&world),
                Step::Look(look) => look(&world),
            }
        }
        if self.leaves.is_empty() {
            world.finish();
        } else {
            world.destroy().succeeds();
            let left = resources(&world);
            assert!(left.is_empty(), "left behind in the state: {left:#?}");
            assert_eq!(made(&world), counts(self.leaves));
        }
    }
}

/// Rows become tests, so that they run side by side and fail by name.
macro_rules! scenarios {
    ($($name:ident: $scenario:expr;)+) => {
        $(#[test] fn $name() { $scenario.run(); })+
    };
}
pub(crate) use scenarios;

/// One thing that happens.
pub(crate) enum Step {
    /// A text of the program, wherever it stands, and what comes in its place.
    Edit(&'static str, &'static str),
    /// An environment variable of every command from now on.
    Set(&'static str, &'static str),
    /// Calls of AWS that go wrong from now on.
    Fault(Fault),
    /// A command.
    Run(Command),
    /// Anything else.
    Look(fn(&World)),
}

/// `pulumi up`
pub(crate) fn up() -> Command {
    run("up --yes --skip-preview")
}

/// `pulumi up` where nothing may change.
pub(crate) fn up_unchanged() -> Command {
    run("up --yes --skip-preview --expect-no-changes --diff").keeps()
}

/// A command that succeeds: see [`Command::fails`]. A word `@name` stands for the first URN in the state that ends so.
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

/// A command of Pulumi's, and what it must come to.
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
    /// It must fail.
    pub(crate) fn fails(mut self) -> Self {
        self.fails = true;
        self
    }

    /// It must fail, and the engine may report a bug of its own with this text.
    pub(crate) fn fails_also_by(mut self, bug: &'static str) -> Self {
        self.bug = Some(bug);
        self.fails()
    }

    /// It must print each of these.
    pub(crate) fn says(mut self, texts: &[&'static str]) -> Self {
        self.says.extend(texts);
        self
    }

    /// It must print none of these.
    pub(crate) fn never_says(mut self, texts: &[&'static str]) -> Self {
        self.never_says.extend(texts);
        self
    }

    /// It must neither make nor delete an object in AWS.
    pub(crate) fn keeps(mut self) -> Self {
        self.keeps = true;
        self
    }

    /// What exists in AWS afterwards, by kind.
    pub(crate) fn makes(mut self, counts: &'static [(&'static str, usize)]) -> Self {
        self.makes = Some(counts);
        self
    }

    /// These AWS calls must succeed in this order; others may come between.
    pub(crate) fn calls(mut self, operations: &'static [&'static str]) -> Self {
        self.calls = Some(operations);
        self
    }

    /// Of the calls that change something in AWS only these may be made, and each of them must.
    pub(crate) fn changes_only(mut self, operations: &'static [&'static str]) -> Self {
        self.only = Some(operations);
        self
    }

    fn run(self, world: &World) {
        let (objects, calls) = (ids(&world.emulator.made()), world.emulator.journal().len());
        let arguments: Vec<String> = self.arguments.split(' ').map(|word| resolved(word, world)).collect();
        let run = world.pulumi(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
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
        let journal = &world.emulator.journal()[calls..];
        if self.keeps {
            let after = ids(&world.emulator.made());
            assert_eq!(after, objects, "objects came or went with `pulumi {}`", self.arguments);
        }
        if let Some(makes) = self.makes {
            assert_eq!(made(world), counts(makes), "after `pulumi {}`", self.arguments);
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

/// Steps from commands and other steps alike.
macro_rules! steps {
    ($($step:expr),+ $(,)?) => { vec![$(crate::scenario::Step::from($step)),+] };
}
pub(crate) use steps;

fn resolved(word: &str, world: &World) -> String {
    let Some(name) = word.strip_prefix('@') else {
        return word.to_owned();
    };
    let end = format!(":{name}");
    let resources = resources(world);
    let mut urns = resources.iter().map(|resource| resource["urn"].as_str().unwrap());
    let found = urns.find(|urn| urn.ends_with(&end));
    found
        .unwrap_or_else(|| panic!("no URN ends with {end:?}: {resources:#?}"))
        .to_owned()
}

/// What the state holds, in its order, without stack and providers.
pub(crate) fn resources(world: &World) -> Vec<Value> {
    let mut resources = world.stored();
    resources.retain(|resource| !resource["type"].as_str().unwrap().starts_with("pulumi:"));
    resources
}

/// What exists by kind, apart from what is part of it or made by AWS along with it.
pub(crate) fn made(world: &World) -> Vec<(String, usize)> {
    world
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
