//! Checks the module boundaries that the crate split does not enforce. `pulumi-provider` does not depend on AWS, and the
//! product crate does not depend on the protocol.

#![allow(
    clippy::unwrap_used,
    reason = "clippy's exception for tests leaves out their helpers"
)]

mod support {
    pub(crate) mod sources;
}

use regex::Regex;
use support::sources::{Source, below};

/// Modules, each with a regular expression that their code must not match.
const RULES: &[(&str, &str)] = &[
    // Property values, the schema and URNs: every other module builds on them.
    (
        "crates/pulumi-provider/src/(property|schema|urn|lock)",
        r"crate::(error|resource|lifecycle|engine|component|provider|server|plugin)\b|\b(tonic|tokio|tracing)::",
    ),
    // The interface that a resource implements.
    (
        "crates/pulumi-provider/src/(resource|error)",
        r"crate::(lifecycle|engine|component|provider|server|plugin|proto)\b|\b(tonic|prost|prost_types)::",
    ),
    // The code shared by all resources.
    (
        "crates/pulumi-provider/src/lifecycle",
        r"crate::(engine|component|provider|server|plugin|proto)\b|\b(tonic|prost|prost_types)::",
    ),
    // The code that talks to the engine.
    (
        "crates/pulumi-provider/src/(engine|component)",
        r"crate::(lifecycle|provider|server|plugin)\b",
    ),
    (
        "crates/pulumi-provider/src/function",
        r"crate::(lifecycle|engine|component|provider|server|plugin|proto)\b|\b(tonic|prost|prost_types)::",
    ),
    ("crates/pulumi-provider/src/provider", r"crate::(server|plugin)\b"),
    // The product crate: AWS below the resources, the component beside them.
    ("src/aws", r"crate::(resources|component|package)\b"),
    ("src/resources", r"crate::(component|package)\b"),
    ("src/component", r"crate::(aws|resources|package)\b"),
    (
        "src/(checks|diagnosis)",
        r"crate::(resources|component|functions|package)\b",
    ),
    ("src/lookups", r"crate::(component|functions|package)\b"),
    // The commands are above all of it.
    (
        "src/(aws|resources|component|checks|diagnosis|functions|lookups|package)",
        r"crate::(adopt|commands)\b",
    ),
    ("src/functions", r"crate::(resources|component|package)\b"),
    (
        "src/(arn|client_settings|execution_role_policy|formats|iam_policy|no_credentials|partition|policy_lint)",
        r"crate::(aws|resources|component|package)\b",
    ),
    // A resource's operations work on structs. Property trees occur only in the hooks of the `Resource` trait.
    (
        r"src/resources/.*/(create|update|delete|ready|orphans)\.rs",
        r"pulumi_provider::(property|lifecycle)\b",
    ),
];

#[test]
fn no_module_uses_a_higher_layer() {
    let sources: Vec<_> = below("src").into_iter().chain(below("crates")).collect();
    for (modules, forbidden) in RULES {
        let modules = Regex::new(&format!(r"^{modules}(\.rs$|/|$)")).unwrap();
        let forbidden = Regex::new(forbidden).unwrap();
        let ours: Vec<_> = sources.iter().filter(|source| modules.is_match(&source.path)).collect();
        assert!(!ours.is_empty(), "no file is one of {modules}");
        for source in ours {
            let found = code(source)
                .lines()
                .find(|line| forbidden.is_match(line))
                .map(str::to_owned);
            assert_eq!(found, None, "{}", source.path);
        }
    }
}

/// Modules that several resources share.
const SHARED: [&str; 2] = ["lattice", "taken_name"];

#[test]
fn no_resource_module_uses_another() {
    for source in below("src/resources") {
        // From a file of a resource, as many steps outwards are as good as `crate::resources::`.
        let outwards = "super::".repeat(source.path.matches('/').count() - 1);
        let used = Regex::new(&format!(r"(?:crate::resources::|(?:^|[^:\w]){outwards})([a-z]\w*)")).unwrap();
        let own = source.path["src/resources/".len()..]
            .split(['/', '.'])
            .next()
            .unwrap()
            .to_owned();
        for found in used.captures_iter(&code(&source)) {
            assert!(
                found[1] == own || SHARED.contains(&&found[1]),
                "{}: {}",
                source.path,
                &found[0]
            );
        }
    }
}

/// Returns a file's code without comments and tests.
fn code(source: &Source) -> String {
    if source.path.contains("/tests") || source.path.contains("/samples") {
        return String::new();
    }
    let before_tests = source.text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let lines = before_tests.lines().filter(|line| !line.trim_start().starts_with("//"));
    let text: String = lines.map(|line| format!("{line}\n")).collect();
    // `use crate::{a, b};` stands for `use crate::a;` and `use crate::b;`.
    let groups = Regex::new(r"((?:\w+::)+)\{([^{}]*)\}").unwrap();
    let flat = |found: &regex::Captures<'_>| {
        let names = found[2].split(',').map(str::trim);
        names.map(|name| format!("{}{name};", &found[1])).collect::<String>()
    };
    groups.replace_all(&text, flat).into_owned()
}
