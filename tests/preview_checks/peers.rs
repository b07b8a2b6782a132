//! What other tools say in the situations of the table, and from which sources that is known (`peers.json`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use regex::Regex;
use serde::Deserialize;

/// What an entry says of tools that are silent.
const NOTHING: &str = "nothing";

/// The data. Whoever adds a check looks at the other tools and adds an entry.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Peers {
    /// In the order of their numbers on the page.
    sources: Vec<Source>,
    /// The sources that the page names in its own text, under "Other tools". A new source before them changes their numbers there.
    text: Vec<String>,
    /// By code.
    checks: BTreeMap<String, Said>,
    policy: Vec<Lints>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    id: String,
    text: String,
    url: String,
}

/// What the others say of one check.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    /// Before the update; `nothing` if none of them says anything.
    before: String,
    /// During the update, where it is less than AWS's error, or other.
    #[serde(default)]
    after: Option<String>,
    sources: Vec<String>,
}

/// Codes of the policy lint about one element. One by one they would be a table that nobody reads.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lints {
    about: String,
    findings: String,
    codes: Vec<String>,
    before: String,
    sources: Vec<String>,
}

impl Peers {
    pub(crate) fn read() -> Self {
        serde_json::from_str(include_str!("peers.json")).unwrap()
    }

    /// Returns the cell of a check: what the others say before the update, and the numbers of the sources. Most cells say
    /// `nothing`. Their sources are in a table of their own, because the numbers would hide the other cells.
    pub(crate) fn before(&self, code: &str) -> String {
        let said = self
            .checks
            .get(code)
            .unwrap_or_else(|| panic!("peers.json has no entry for {code}"));
        if said.before == NOTHING {
            return said.before.clone();
        }
        format!("{} {}", said.before, self.numbers(&said.sources))
    }

    /// Writes the sections of the page that come from this data alone.
    pub(crate) fn write(&self, page: &str, codes: &[&str]) -> String {
        let page = replace(page, "policy", &self.policy_table());
        let page = replace(&page, "after", &self.after_table(codes));
        let page = replace(&page, "nothing", &self.nothing_table(codes));
        replace(&page, "sources", &self.source_list())
    }

    fn policy_table(&self) -> String {
        let mut table = String::from("| about | findings | others before the update |\n|---|---|---|\n");
        for lints in &self.policy {
            let numbers = self.numbers(&lints.sources);
            writeln!(
                table,
                "| {} | {} | {} {numbers} |",
                lints.about, lints.findings, lints.before
            )
            .unwrap();
        }
        table
    }

    /// In the order of the table of checks.
    fn after_table(&self, codes: &[&str]) -> String {
        let mut table = String::from("| code | what the others say then |\n|---|---|\n");
        for code in codes {
            let said = &self.checks[*code];
            if let Some(after) = &said.after {
                writeln!(table, "| `{code}` | {after} {} |", self.numbers(&said.sources)).unwrap();
            }
        }
        table
    }

    /// Says by which sources it is known that nothing is said: one row for the checks that have the same ones.
    fn nothing_table(&self, codes: &[&str]) -> String {
        let mut rows: Vec<(&[String], Vec<String>)> = Vec::new();
        for code in codes {
            let said = &self.checks[*code];
            if said.before == NOTHING {
                let of_row = |(sources, _): &(&[String], _)| *sources == said.sources;
                let at = rows.iter().position(of_row).unwrap_or_else(|| {
                    rows.push((&said.sources, Vec::new()));
                    rows.len() - 1
                });
                rows[at].1.push(format!("`{code}`"));
            }
        }
        let mut table = String::from("| nothing is said of | as far as these show |\n|---|---|\n");
        for (sources, codes) in rows {
            writeln!(table, "| {} | {} |", codes.join(", "), self.numbers(sources)).unwrap();
        }
        table
    }

    fn source_list(&self) -> String {
        let mut list = String::new();
        for (at, source) in self.sources.iter().enumerate() {
            writeln!(list, "{}. [{}]({})", at + 1, source.text, source.url).unwrap();
        }
        list
    }

    fn numbers(&self, ids: &[String]) -> String {
        let number = |id: &String| {
            let at = self.sources.iter().position(|source| source.id == *id);
            (at.unwrap_or_else(|| panic!("peers.json has no source {id}")) + 1).to_string()
        };
        format!("[{}]", ids.iter().map(number).collect::<Vec<_>>().join(", "))
    }
}

/// Replaces what is between the marks of a section.
fn replace(page: &str, section: &str, body: &str) -> String {
    let mark = format!("<!-- {section}: made of tests/preview_checks/peers.json -->\n");
    let (start, rest) = page.split_once(&mark).unwrap();
    let (_, end) = rest.split_once("<!-- end -->").unwrap();
    format!("{start}{mark}{body}<!-- end -->{end}")
}

#[test]
fn each_check_has_an_entry_and_each_entry_a_check() {
    let codes: BTreeSet<_> = crate::table::codes().into_iter().collect();
    let entries: BTreeSet<_> = Peers::read().checks.into_keys().collect();
    assert_eq!(entries, codes.into_iter().map(str::to_owned).collect());
}

#[test]
fn each_lint_is_in_one_row() {
    let literal = Regex::new(r#"Level::\w+,\s*"([a-z-]+)""#).unwrap();
    let mut codes = BTreeSet::new();
    // Not the tests of the lint, which are a directory beside these.
    for directory in ["src/policy_lint", "src/policy_lint/resources"] {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let text = fs::read_to_string(path).unwrap();
                codes.extend(literal.captures_iter(&text).map(|found| found[1].to_owned()));
            }
        }
    }
    let mut entries: Vec<_> = Peers::read().policy.into_iter().flat_map(|lints| lints.codes).collect();
    entries.sort();
    assert_eq!(entries, codes.into_iter().collect::<Vec<_>>());
}

#[test]
fn each_statement_has_a_source_and_each_source_a_statement() {
    let peers = Peers::read();
    let mut used: BTreeSet<_> = peers.text.iter().collect();
    let checks = peers.checks.iter().map(|(code, said)| (code, &said.sources));
    let lints = peers.policy.iter().map(|lints| (&lints.about, &lints.sources));
    for (what, sources) in checks.chain(lints) {
        assert!(!sources.is_empty(), "{what} has no source");
        used.extend(sources);
    }
    let sources: BTreeSet<_> = peers.sources.iter().map(|source| &source.id).collect();
    assert_eq!(sources.len(), peers.sources.len(), "two sources have the same id");
    assert_eq!(used, sources);
    for source in &peers.sources {
        assert!(source.url.starts_with("https://"), "{} has no address", source.id);
    }
    let page = fs::read_to_string(crate::table::PAGE).unwrap();
    let (_, section) = page.split_once("\n## Other tools\n").unwrap();
    let (section, _) = section.split_once("<!-- after: ").unwrap();
    let number = Regex::new(r"\[(\d+)\]").unwrap();
    let said: BTreeSet<_> = number
        .find_iter(section)
        .map(|found| found.as_str().to_owned())
        .collect();
    let meant = peers.text.iter().map(|id| peers.numbers(std::slice::from_ref(id)));
    assert_eq!(said, meant.collect(), "the numbers in the page's own text");
}
