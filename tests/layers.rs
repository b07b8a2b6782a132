//! Who may know what. The Pulumi half of the crate knows no AWS, the AWS half no protocol, and a resource no other resource;
//! this reads the sources and says where one of them does.

#![allow(
    clippy::unwrap_used,
    reason = "clippy's exception for tests leaves out their helpers"
)]

use std::collections::BTreeSet;

mod support {
    pub(crate) mod sources;
}

use support::sources::{Source, below};

/// The modules of the crate that a layer may use, and the foreign crates that it must not.
struct Layer {
    /// The files: a module is `src/<module>.rs` with everything below `src/<module>/`.
    modules: &'static [&'static str],
    /// Modules of the crate that these may use besides each other.
    may_use: &'static [&'static str],
    /// Beginnings of foreign crates' names that must not occur.
    must_not_know: &'static [&'static str],
}

const PROTOCOL: &[&str] = &["tonic", "prost"];
const AWS: &[&str] = &["aws_"];
const PROTOCOL_AND_AWS: &[&str] = &["tonic", "prost", "hyper", "tower", "aws_"];

const LAYERS: &[Layer] = &[
    // The values and what is said about them: pure, and the ground for all others.
    Layer {
        modules: &["property", "schema", "urn", "partition", "lock", "samples"],
        may_use: &[],
        must_not_know: &["tonic", "hyper", "tower", "tokio", "aws_"],
    },
    // The contract of a resource and what is the same for all of them.
    Layer {
        modules: &["lifecycle", "resource", "cx", "error", "operation"],
        may_use: &["property", "schema", "urn", "lock"],
        must_not_know: PROTOCOL_AND_AWS,
    },
    // The words for values of AWS in the schema.
    Layer {
        modules: &["formats", "iam_policy"],
        may_use: &["lifecycle", "property", "schema"],
        must_not_know: PROTOCOL_AND_AWS,
    },
    // The AWS half. What is shared with the Pulumi half are the contract and its words, not the protocol.
    Layer {
        modules: &["aws"],
        may_use: &[
            "cx",
            "error",
            "operation",
            "partition",
            "resource",
            "lifecycle::changes",
            "lifecycle::draft",
            "lifecycle::redaction",
            "lifecycle::three_way",
            "property::Map",
            "property::Value",
            "property::path",
            "urn",
        ],
        must_not_know: PROTOCOL,
    },
    Layer {
        modules: &["resources"],
        may_use: &[
            "aws",
            "cx",
            "error",
            "lock",
            "partition",
            "iam_policy",
            "resource",
            // What an update makes of an input.
            "lifecycle::three_way",
            // The hooks of the contract: rules, same, diff, preview. `erased` is for the list of all resources.
            "lifecycle::changes",
            "lifecycle::draft",
            "lifecycle::erased",
            "property::Map",
            "property::Value",
            "property::path",
        ],
        must_not_know: PROTOCOL,
    },
    // The protocol half: any package, no particular resource, no AWS.
    Layer {
        modules: &[
            "proto",
            "status",
            "engine",
            "server",
            "provider",
            "component",
            "plugin",
            "cli",
        ],
        may_use: &[
            "cx",
            "error",
            "lifecycle",
            "lock",
            "operation",
            "partition",
            "property",
            "resource",
            "schema",
            "urn",
        ],
        must_not_know: AWS,
    },
    // The one place where the halves meet.
    Layer {
        modules: &["package"],
        may_use: &[
            "formats",
            "iam_policy",
            "aws",
            "component",
            "error",
            "lifecycle",
            "plugin",
            "property",
            "provider",
            "resources",
            "schema",
        ],
        must_not_know: PROTOCOL,
    },
];

/// The module of the crate that a file belongs to.
fn module(source: &Source) -> &str {
    let path = source.path.strip_prefix("src/").unwrap();
    path.split(['/', '.']).next().unwrap()
}

/// The code of a file without comments, and without its tests: those may use what they like.
fn code(source: &Source) -> String {
    let mut code = String::new();
    let mut lines = source.text.lines();
    while let Some(line) = lines.next() {
        if line == "#[cfg(test)]" {
            // One declaration, or a block down to its closing brace in the first column.
            let declared = lines.next().is_some_and(|line| line.ends_with(';'));
            if !declared {
                lines.by_ref().find(|line| *line == "}");
            }
        } else if !line.trim_start().starts_with("//") {
            code.push_str(line.split(" // ").next().unwrap_or(line));
            code.push('\n');
        }
    }
    code
}

fn is_test(source: &Source) -> bool {
    ["/tests.rs", "/samples.rs", "/testing.rs"]
        .iter()
        .any(|end| source.path.ends_with(end))
        || source.path.contains("/tests/")
}

/// Every path that starts at one of `roots`, with the groups of `use` declarations written out.
fn paths(code: &str, is_root: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = code;
    let mut before = ' ';
    while let Some(start) = rest.find(is_name) {
        before = rest[..start].chars().next_back().unwrap_or(before);
        let word = &rest[start..];
        let name = &word[..word.find(|c| !is_name(c)).unwrap_or(word.len())];
        let after = &word[name.len()..];
        // `.name` is a field or method, `::name` the inside of a path that began earlier.
        if after.starts_with("::") && !matches!(before, ':' | '.') && is_root(name) {
            spell(name, &after[2..], &mut found);
        }
        before = name.chars().next_back().unwrap_or(before);
        rest = after;
    }
    found
}

/// Writes out what follows `prefix::`.
fn spell(prefix: &str, text: &str, found: &mut BTreeSet<String>) {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let text = text.trim_start();
    if let Some(group) = text.strip_prefix('{') {
        for member in members(group) {
            spell(prefix, member, found);
        }
        return;
    }
    let name = &text[..text.find(|c| !is_name(c)).unwrap_or(text.len())];
    let path = format!("{prefix}::{name}");
    match text[name.len()..].strip_prefix("::") {
        // Three steps are enough to tell what is used.
        Some(after) if path.matches("::").count() < 3 => spell(&path, after, found),
        _ if name.is_empty() || name == "self" => {
            found.insert(prefix.to_owned());
        }
        _ => {
            found.insert(path);
        }
    }
}

/// The members of a group up to its closing brace.
fn members(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (index, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => {
                found.push(group[start..index].trim());
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(group[start..index].trim());
                start = index + 1;
            }
            _ => {}
        }
    }
    found.retain(|member| !member.is_empty());
    found
}

fn begins(path: &str, with: &str) -> bool {
    path == with || path.strip_prefix(with).is_some_and(|rest| rest.starts_with("::"))
}

/// What a layer uses and should not, as `file: path`.
fn offences(layer: &Layer, sources: &[Source]) -> Vec<String> {
    let own = sources
        .iter()
        .filter(|source| layer.modules.contains(&module(source)) && !is_test(source));
    own.flat_map(|source| {
        let code = code(source);
        let foreign = paths(&code, |name| {
            layer.must_not_know.iter().any(|crates| name.starts_with(crates))
        });
        let inner = paths(&code, |name| name == "crate").into_iter().filter(|path| {
            let path = path.strip_prefix("crate::").unwrap_or("");
            let allowed = layer.modules.iter().chain(layer.may_use);
            !allowed.into_iter().any(|module| begins(path, module))
        });
        let used: Vec<_> = foreign.into_iter().chain(inner).collect();
        used.into_iter()
            .filter(|path| !is_exception(&source.path, path))
            .map(|path| format!("{}: {path}", source.path))
    })
    .collect()
}

/// The encoding of properties is one of protobuf structs.
fn is_exception(file: &str, path: &str) -> bool {
    file.starts_with("src/property/wire") && begins(path, "prost_types")
}

#[test]
fn nobody_knows_more_than_he_needs() {
    let sources = below("src");
    let offences: Vec<_> = LAYERS.iter().flat_map(|layer| offences(layer, &sources)).collect();
    assert!(offences.is_empty(), "used against the layers:\n{}", offences.join("\n"));
}

#[test]
fn every_module_has_a_layer() {
    let sources = below("src");
    let modules: BTreeSet<_> = sources.iter().map(module).collect();
    let placed: BTreeSet<_> = LAYERS.iter().flat_map(|layer| layer.modules).copied().collect();
    let unplaced: Vec<_> = modules
        .difference(&placed)
        .filter(|module| !["lib", "main"].contains(module))
        .collect();
    assert!(unplaced.is_empty(), "in no layer: {unplaced:?}");
    let gone: Vec<_> = placed.difference(&modules).collect();
    assert!(gone.is_empty(), "in a layer, but not in the crate: {gone:?}");
}

/// What the resources share.
const COMMON_TO_RESOURCES: &[&str] = &["attempt", "lattice_tags", "tag_ec2"];

#[test]
fn no_resource_knows_another() {
    let offences: Vec<_> = below("src/resources")
        .into_iter()
        .filter(|source| !is_test(source))
        .flat_map(|source| {
            let own = source.path.strip_prefix("src/resources/").unwrap();
            let own = own.split(['/', '.']).next().unwrap().to_owned();
            // From a file of a resource, as many steps outwards are as good as `crate::resources::`.
            let outwards = "super::".repeat(source.path.matches('/').count() - 1);
            let used = paths(&code(&source), |name| ["crate", "super"].contains(&name));
            let used = used.into_iter().filter_map(|path| {
                let inside = path.strip_prefix("crate::resources::");
                let used = inside
                    .or_else(|| path.strip_prefix(&outwards))?
                    .split("::")
                    .next()?
                    .to_owned();
                let known = used == own || COMMON_TO_RESOURCES.contains(&&*used);
                (!known).then_some(path)
            });
            used.map(|path| format!("{}: {path}", source.path)).collect::<Vec<_>>()
        })
        .collect();
    assert!(offences.is_empty(), "{offences:?}");
}

/// A file of a resource deals in structs. Trees of properties occur in the hooks of the contract and in what those call.
#[test]
fn operations_of_resources_see_no_property_trees() {
    let operations = ["create", "read", "update", "delete", "converge", "find", "wait"];
    let offences: Vec<_> = below("src/resources")
        .into_iter()
        .filter(|source| {
            operations
                .iter()
                .any(|name| source.path.ends_with(&format!("/{name}.rs")))
        })
        .flat_map(|source| {
            let used = paths(&code(&source), |name| name == "crate").into_iter();
            let trees = used.filter(|path| begins(path, "crate::property") || begins(path, "crate::lifecycle"));
            let trees = trees.filter(|path| !begins(path, "crate::lifecycle::three_way"));
            trees.map(|path| format!("{}: {path}", source.path)).collect::<Vec<_>>()
        })
        .collect();
    assert!(offences.is_empty(), "{offences:?}");
}

#[test]
fn the_reader_finds_what_is_used() {
    let code = "use crate::{aws::Aws, property::{Map, path::{self, PropertyPath}}};\n\
                fn f(x: crate::schema::Type) -> tonic::Status { x.crate_name; tonic::transport::server::Tcp::new() }";
    let found: Vec<_> = paths(code, |name| ["crate", "tonic"].contains(&name))
        .into_iter()
        .collect();
    assert_eq!(
        found,
        [
            "crate::aws::Aws",
            "crate::property::Map",
            "crate::property::path",
            "crate::property::path::PropertyPath",
            "crate::schema::Type",
            "tonic::Status",
            "tonic::transport::server::Tcp",
        ]
    );
}

#[test]
fn offences_are_found() {
    let guilty = Source {
        path: "src/lifecycle/x.rs".to_owned(),
        text: [
            "//! aws_sdk_ec2::Client",
            "#[cfg(test)]",
            "mod samples;",
            "use crate::aws::Aws;",
            "let x = prost::Message::new(); // crate::server::X",
            "use crate::property::Map;",
            "#[cfg(test)]",
            "mod tests {",
            "    use tonic::Status;",
            "}",
            "use crate::server;",
        ]
        .join("\n"),
    };
    assert_eq!(
        offences(&LAYERS[1], &[guilty]),
        ["prost::Message::new", "crate::aws::Aws", "crate::server"].map(|path| format!("src/lifecycle/x.rs: {path}"))
    );
}
