//! Reads the Rust sources of this repository for tests that check them.

use std::fs;
use std::path::Path;

/// One Rust file.
#[derive(Debug)]
pub(crate) struct Source {
    /// Relative to the root of the repository, with `/` on every system.
    pub(crate) path: String,
    /// The whole content.
    pub(crate) text: String,
}

/// Returns all Rust files below a directory of the repository, sorted by path.
pub(crate) fn below(directory: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    walk(root, &root.join(directory), &mut found);
    found.sort_by(|a: &Source, b| a.path.cmp(&b.path));
    found
}

fn walk(root: &Path, directory: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let steps: Vec<_> = path
                .strip_prefix(root)
                .unwrap()
                .iter()
                .map(|step| step.to_str().unwrap())
                .collect();
            found.push(Source {
                path: steps.join("/"),
                text: fs::read_to_string(&path).unwrap(),
            });
        }
    }
}
