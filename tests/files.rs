//! Checks of every source file: it is short, and it begins with a comment that states its purpose.

#![allow(
    clippy::unwrap_used,
    reason = "clippy's exception for tests leaves out their helpers"
)]

use std::path::Path;

mod support {
    pub(crate) mod sources;
}

use support::sources::{Source, below};

/// A longer file holds more than one idea.
const MOST_LINES: usize = 600;

fn written_by_hand() -> Vec<Source> {
    let mut sources = below("src");
    sources.extend(below("crates"));
    sources.extend(below("tests"));
    sources.retain(|source| !is_generated(source));
    sources
}

/// Reports whether the file is the generated Rust code of the protocol (tests/generated.rs).
fn is_generated(source: &Source) -> bool {
    source.path.starts_with("crates/pulumi-provider/src/proto/")
}

#[test]
fn no_file_exceeds_the_line_limit() {
    let sources = written_by_hand();
    assert!(sources.len() > 100, "only {} files were found", sources.len());
    let long: Vec<_> = sources
        .iter()
        .map(|source| (source.text.lines().count(), &source.path))
        .filter(|(lines, _)| *lines > MOST_LINES)
        .collect();
    assert!(long.is_empty(), "longer than {MOST_LINES} lines: {long:?}");
}

#[test]
fn no_module_file_is_named_mod_rs() {
    let old_form: Vec<_> = written_by_hand()
        .into_iter()
        .filter(|source| Path::new(&source.path).ends_with("mod.rs"))
        .map(|source| source.path)
        .collect();
    assert!(old_form.is_empty(), "foo.rs and foo/, not foo/mod.rs: {old_form:?}");
}

#[test]
fn every_module_starts_with_a_doc_comment() {
    let modules = below("src").into_iter().chain(below("crates"));
    let silent: Vec<_> = modules
        .filter(|source| !is_generated(source) && !source.path.ends_with("/tests.rs"))
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| source.path)
        .collect();
    assert!(silent.is_empty(), "without a first line `//! …`: {silent:?}");
}
