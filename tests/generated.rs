//! Asserts that the committed code in `crates/pulumi-provider/src/proto/` is the compiled form of the files in `proto/`.
//!
//! `UPDATE_GOLDEN=1 cargo test --test generated` rewrites it.

// Clippy exempts test functions from this lint, but not their helpers.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[test]
fn the_committed_code_is_what_the_proto_files_compile_to() {
    let committed = root().join("crates/pulumi-provider/src/proto");
    let fresh = tempfile::tempdir().unwrap();
    generate(fresh.path());
    let fresh = sources(fresh.path());

    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        for name in sources(&committed).keys() {
            std::fs::remove_file(committed.join(name)).unwrap();
        }
        for (name, text) in &fresh {
            std::fs::write(committed.join(name), text).unwrap();
        }
    }

    let committed = sources(&committed);
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&committed), names(&fresh), "{REWRITE}");
    for (name, text) in &fresh {
        assert!(
            committed[name] == *text,
            "crates/pulumi-provider/src/proto/{name} is out of date; {REWRITE}"
        );
    }
}

const REWRITE: &str = "rewrite with: UPDATE_GOLDEN=1 cargo test --test generated";

fn generate(out: &Path) {
    let include = root().join("proto");
    let files = protox::compile(proto_files(&include), [&include]).unwrap();
    tonic_prost_build::configure()
        // Ordered maps make our messages, and so the engine's gRPC log, comparable between runs.
        .btree_map(".")
        .out_dir(out)
        .emit_rerun_if_changed(false)
        .compile_fds(files)
        .unwrap();
}

fn proto_files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![dir.to_owned()];
    while let Some(dir) = pending.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "proto") {
                found.push(path);
            }
        }
    }
    found.sort();
    assert_eq!(found.len(), 10, "the files of the protocol: {found:?}");
    found
}

/// Returns the Rust files of a directory by name. Skips packages without code of their own (Google's well-known types).
fn sources(dir: &Path) -> BTreeMap<String, String> {
    std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            (
                path.file_name().unwrap().to_str().unwrap().to_owned(),
                std::fs::read_to_string(&path).unwrap(),
            )
        })
        .filter(|(_, text)| text.contains("pub "))
        .collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
