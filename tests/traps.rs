//! Asserts that the rows of `docs/aws-behavior.md`, the patches in `tests/traps` and the tests that they name belong
//! together. Each patch removes the handling of one trap, and its tests must then fail. `make traps` checks that they fail.

#![allow(
    clippy::unwrap_used,
    reason = "clippy's exception for tests leaves out their helpers"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

#[path = "support/sources.rs"]
mod sources;

use sources::below;

const DOCUMENT: &str = "docs/aws-behavior.md";
const PATCHES: &str = "tests/traps";
/// The paths that a patch may change.
const PRODUCT: [&str; 3] = ["src/", "crates/pulumi-provider/src/", "schema.json"];
/// A larger patch would change more than the handling of one trap.
const MOST_CHANGED_LINES: usize = 30;

/// One file of [`PATCHES`].
#[derive(Debug, Default)]
struct Patch {
    /// For example `Test: --test resources_ec2 security_group::a_test`.
    tests: BTreeSet<String>,
    hunks: Vec<Hunk>,
    changed_lines: usize,
}

/// The lines that a patch expects in a file.
#[derive(Debug, Default)]
struct Hunk {
    file: String,
    old: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn patches() -> BTreeMap<String, Patch> {
    let files = fs::read_dir(root().join(PATCHES)).unwrap();
    let patches = files.map(|entry| {
        let path = entry.unwrap().path();
        assert_eq!(path.extension().unwrap(), "patch", "{path:?}");
        let id = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (id, read(&fs::read_to_string(path).unwrap()))
    });
    patches.collect()
}

fn read(text: &str) -> Patch {
    let mut patch = Patch::default();
    let mut file = String::new();
    for line in text.lines() {
        if let Some(test) = line.strip_prefix("Test: ") {
            patch.tests.insert(test.to_owned());
        } else if let Some(name) = line.strip_prefix("+++ b/") {
            name.trim_end().clone_into(&mut file);
        } else if line.starts_with("@@") {
            let file = file.clone();
            patch.hunks.push(Hunk {
                file,
                old: String::new(),
            });
        } else if let Some(hunk) = patch.hunks.last_mut().filter(|_| !line.starts_with("--- ")) {
            if !line.starts_with('+') {
                hunk.old.push_str(line.get(1..).unwrap_or_default());
                hunk.old.push('\n');
            }
            patch.changed_lines += usize::from(line.starts_with(['+', '-']));
        }
    }
    patch
}

/// Returns the document's rows whose first cell is an id. Maps the id to the other cells.
fn rows() -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(root().join(DOCUMENT)).unwrap();
    let mut rows = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let mut cells = line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned());
        let id = cells.next().unwrap().trim_matches('`').to_owned();
        let twice = rows.insert(id.clone(), cells.collect());
        assert!(twice.is_none(), "{id} is in {DOCUMENT} twice");
    }
    rows
}

/// Returns the tests in a cell such as `` `--lib a::b`, `--lib a::c` ``.
fn tests_in(cell: &str) -> BTreeSet<String> {
    let names = cell.split('`').filter(|part| part.starts_with("--"));
    names.map(str::to_owned).collect()
}

#[test]
fn each_row_has_a_source_and_a_patch_or_a_reason() {
    let (rows, mut patches) = (rows(), patches());
    assert!(rows.len() > 100, "only {} rows were found", rows.len());
    let mut wrong = Vec::new();
    for (id, cells) in &rows {
        if !cells.iter().any(|cell| cell.contains("](https://")) {
            wrong.push(format!("{id}: no source"));
        }
        let named = tests_in(cells.last().unwrap());
        match patches.remove(id) {
            Some(patch) if cells.len() == 4 && patch.tests == named => {}
            Some(patch) => wrong.push(format!("{id}: the row names {named:?}, the patch {:?}", patch.tests)),
            // The row is in the table of traps that no patch can show.
            None if cells.len() == 3 && !cells[2].is_empty() => {}
            None => wrong.push(format!("{id}: no patch, and no reason for that")),
        }
    }
    wrong.extend(patches.keys().map(|id| format!("{id}: a patch without a row")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_patch_applies() {
    let mut wrong = Vec::new();
    for (id, patch) in patches() {
        if patch.hunks.is_empty() || patch.tests.is_empty() || patch.changed_lines > MOST_CHANGED_LINES {
            wrong.push(format!(
                "{id}: {} hunks, {} tests",
                patch.hunks.len(),
                patch.tests.len()
            ));
        }
        for hunk in patch.hunks {
            let is_product = PRODUCT.iter().any(|start| hunk.file.starts_with(start));
            let text = fs::read_to_string(root().join(&hunk.file)).unwrap_or_default();
            let found = text.matches(hunk.old.as_str()).count();
            if !is_product || found != 1 {
                wrong.push(format!("{id}: {} has the lines of a hunk {found} times", hunk.file));
            }
        }
    }
    let what_to_do = "bring the patch in line with the code, so that it still takes the handling away";
    assert!(wrong.is_empty(), "{what_to_do}:\n{}", wrong.join("\n"));
}

#[test]
fn each_named_test_exists() {
    let named: BTreeSet<String> = patches().into_values().flat_map(|patch| patch.tests).collect();
    let missing: Vec<_> = named.iter().filter(|test| !exists(test)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Reports whether a file of the test's module contains a function, or a line of a test table, with the test's name.
fn exists(test: &str) -> bool {
    let Some((target, path)) = test.rsplit_once(' ') else {
        return false;
    };
    let mut steps: Vec<&str> = path.split("::").collect();
    let name = steps.pop().unwrap_or_default();
    let holds = |text: &str| text.contains(&format!("fn {name}(")) || text.contains(&format!("    {name}: "));
    let module = steps.iter().rfind(|step| **step != "tests").copied();
    let sources = match target {
        "--lib" => Some("src"),
        "--package pulumi-provider --lib" => Some("crates/pulumi-provider/src"),
        _ => None,
    };
    match (sources, target.split_once(' ')) {
        (Some(sources), _) => below(sources).iter().any(|source| {
            let stem = Path::new(&source.path).file_stem().and_then(|stem| stem.to_str());
            let beside = |step: &str| source.path.ends_with(&format!("/{step}/tests.rs"));
            module.is_some_and(|module| stem == Some(module) || beside(module)) && holds(&source.text)
        }),
        (None, Some(("--test", target))) => below("tests").iter().any(|source| {
            let stem = Path::new(&source.path).file_stem().and_then(|stem| stem.to_str());
            stem == Some(module.unwrap_or(target)) && holds(&source.text)
        }),
        _ => false,
    }
}
