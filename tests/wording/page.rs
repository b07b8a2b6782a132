//! A page of messages, with checks that apply to every message.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

use regex::Regex;

use crate::subjects::SECRET;

/// A collection of messages, each with the circumstances in which it occurs.
#[derive(Default)]
pub(crate) struct Page(String);

impl Page {
    /// Adds one message. Panics if it breaks a rule of [`fault`].
    #[track_caller]
    pub(crate) fn add(&mut self, circumstances: &str, message: &str) {
        let text = steady(message);
        if let Some(fault) = fault(&text) {
            panic!("{circumstances}: {fault}: {text}");
        }
        writeln!(self.0, "# {circumstances}\n{text}\n").unwrap();
    }
}

impl std::fmt::Display for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.trim_end())
    }
}

/// Replaces the parts that differ from run to run with stable names.
fn steady(message: &str) -> String {
    static RANDOM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\\b([a-z]+)-0[0-9a-f]{16}\\b").unwrap()
    });
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    let named = RANDOM.replace_all(message, |found: &regex::Captures<'_>| {
        let Some(kind) = found.get(1).map(|kind| kind.as_str()) else {
            return "<uuid>".to_owned();
        };
        let number = known.values().filter(|name| name.starts_with(kind)).count() + 1;
        let name = known.entry(found[0].to_owned());
        name.or_insert_with(|| format!("{kind}-{number}")).clone()
    });
    named.into_owned()
}

/// Returns the first rule that the message breaks.
fn fault(text: &str) -> Option<&'static str> {
    static TWICE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i): ([a-z][a-z ]+): ").unwrap());
    let debug = ["Some(", "None)", " { ", "Error(", "\\\"", "Kind::"];
    let words: Vec<_> = text.split(' ').collect();
    let repeats = TWICE
        .captures_iter(text)
        .any(|found| text.matches(&format!(": {}: ", &found[1])).count() > 1);
    let id = text.find("(request id ");
    match () {
        () if text.contains(SECRET) => Some("it tells a secret"),
        () if debug.iter().any(|form| text.contains(form)) => Some("it has a debug form"),
        () if words.windows(2).any(|pair| pair[0] == pair[1] && pair[0].len() > 1) || repeats => {
            Some("it repeats itself")
        }
        () if text.ends_with('.') || text.contains("..") || text.contains(". (") => Some("its full stops are wrong"),
        () if id.is_some_and(|at| !text[at..].ends_with("<uuid>)") || text.matches("request id").count() > 1) => {
            Some("AWS's request id is not once at its end")
        }
        () => None,
    }
}
