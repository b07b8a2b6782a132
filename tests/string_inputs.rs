//! Asserts that the table in docs/texts.md lists each string input of each resource exactly once, and nothing else.
#![allow(clippy::unwrap_used)] // a test may panic

use std::collections::BTreeSet;

use private_step_functions::package;
use pulumi_provider::schema::{ObjectSchema, Type};

const PAGE: &str = include_str!("../docs/texts.md");

#[test]
fn each_string_input_of_each_resource_has_a_row() {
    let schema = package::schema("0.0.0").unwrap();
    let mut texts = BTreeSet::new();
    for resource in schema.resources().filter(|resource| !resource.is_component) {
        let name = resource.token.rsplit(':').next().unwrap();
        collect(&format!("{name}."), &resource.inputs, &mut texts);
    }
    assert!(texts.len() > 40, "{texts:?}");
    let mut told = BTreeSet::new();
    for row in rows() {
        let [paths, stored, _, done, _] = row.as_slice() else {
            panic!("a row has five columns: {row:?}");
        };
        assert!(!stored.is_empty() && !done.is_empty(), "{paths}");
        for path in paths.split('`').skip(1).step_by(2) {
            assert!(told.insert(path.to_owned()), "{path} has two rows");
        }
    }
    let missing: Vec<_> = texts.difference(&told).collect();
    let unknown: Vec<_> = told.difference(&texts).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "no row: {missing:?}; no text: {unknown:?}"
    );
}

fn rows() -> impl Iterator<Item = Vec<String>> {
    let cells = |line: &str| {
        line.trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    PAGE.lines().filter(|line| line.starts_with("| `")).map(cells)
}

fn collect(at: &str, schema: &ObjectSchema, texts: &mut BTreeSet<String>) {
    for (name, property) in &schema.properties {
        inside(&format!("{at}{name}"), &property.kind, texts);
    }
}

fn inside(at: &str, kind: &Type, texts: &mut BTreeSet<String>) {
    match kind {
        Type::String | Type::Enum(_) => {
            texts.insert(at.to_owned());
        }
        Type::Array(item) => inside(&format!("{at}[]"), &item.kind, texts),
        Type::Map(item) => inside(&format!("{at}.*"), &item.kind, texts),
        Type::Object(object) => collect(&format!("{at}."), object, texts),
        _ => {}
    }
}
