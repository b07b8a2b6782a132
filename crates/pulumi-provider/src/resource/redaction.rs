//! Removes from every message the texts that the user or the schema has marked secret.
//!
//! An error, a status or a warning is written where the plain value is needed: by a resource, or by the service, which
//! repeats the value that it refuses. So the secrets are removed at the end, in one place, which knows all of them.

use std::collections::BTreeSet;

use crate::error::Error;
use crate::property::{Map, Value};

/// The text that replaces a secret, the same that the CLI prints.
const PLACEHOLDER: &str = "[secret]";
/// The minimum length, in characters, of a secret that is removed even inside another word. A shorter one is removed only
/// where it is a word of its own.
const DISTINCT: usize = 6;

/// The secret texts of one operation.
#[derive(Clone, Default)]
pub struct Redaction {
    /// Sorted by length, longest first: a shorter one may be a part of a longer one.
    texts: Vec<String>,
}

impl Redaction {
    /// Collects the secrets of these properties: recorded inputs and outputs, new inputs.
    #[must_use]
    pub fn of<'a>(properties: impl IntoIterator<Item = &'a Map>) -> Self {
        let texts: BTreeSet<String> = properties.into_iter().flat_map(texts).collect();
        let mut texts: Vec<String> = texts.into_iter().filter(|text| !text.trim().is_empty()).collect();
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        Self { texts }
    }

    /// Returns the message without secrets.
    #[must_use]
    pub fn text(&self, message: &str) -> String {
        let mut message = message.to_owned();
        for secret in &self.texts {
            if holds(&message, secret) {
                message = replaced(&message, secret);
            }
        }
        message
    }

    /// Returns the error without secrets in any of its texts.
    #[must_use]
    pub fn error(&self, error: Error) -> Error {
        if self.texts.is_empty() {
            return error;
        }
        error.map_texts(|text| self.text(text))
    }
}

/// Returns the texts inside secrets. An output that repeats one of them under another name (`tagsAll` repeats `tags`) is
/// secret too.
#[must_use]
pub fn texts(map: &Map) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    map.values().for_each(|value| collect(value, false, &mut found));
    // Marking every empty text as secret would hide half of the state and protect nothing.
    found.remove("");
    found
}

fn collect(value: &Value, secret: bool, found: &mut BTreeSet<String>) {
    match value {
        Value::Secret(inner) => collect(inner, true, found),
        Value::Output(output) => {
            if let Some(inner) = &output.value {
                collect(inner, secret || output.secret, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, secret, found)),
        Value::Object(map) => map.values().for_each(|item| collect(item, secret, found)),
        Value::String(text) if secret => {
            found.insert(text.clone());
        }
        _ => {}
    }
}

/// Marks as secret every text that contains one of `secrets`: a full name contains a name.
pub fn mark_texts(secrets: &BTreeSet<String>, map: &mut Map) {
    if !secrets.is_empty() {
        map.values_mut().for_each(|value| mark_text(secrets, value));
    }
}

fn mark_text(secrets: &BTreeSet<String>, value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| mark_text(secrets, item)),
        Value::Object(map) => mark_texts(secrets, map),
        Value::String(text) if secrets.iter().any(|secret| holds(text, secret)) => {
            *value = Value::from(std::mem::take(text)).into_secret();
        }
        _ => {}
    }
}

/// Reports whether a text contains a secret: anywhere if the secret is long enough to be distinct from other words, otherwise
/// only as a word of its own.
#[must_use]
pub fn holds(text: &str, secret: &str) -> bool {
    occurrences(text, secret).next().is_some()
}

fn replaced(text: &str, secret: &str) -> String {
    let mut all = String::with_capacity(text.len());
    let mut rest = 0;
    for at in occurrences(text, secret) {
        if at >= rest {
            all.push_str(&text[rest..at]);
            all.push_str(PLACEHOLDER);
            rest = at + secret.len();
        }
    }
    all.push_str(&text[rest..]);
    all
}

fn occurrences<'a>(text: &'a str, secret: &'a str) -> impl Iterator<Item = usize> + 'a {
    let stands_alone = |at: usize| {
        let before = text[..at].chars().next_back();
        let after = text[at + secret.len()..].chars().next();
        ![before, after].into_iter().flatten().any(char::is_alphanumeric)
    };
    let found = text.match_indices(secret).map(|(at, _)| at);
    found.filter(move |at| secret.chars().count() >= DISTINCT || stands_alone(*at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::error::ErrorKind;
    use crate::property::Output;
    use crate::samples::inputs::map;

    fn redaction(properties: serde_json::Value) -> Redaction {
        Redaction::of([&map(properties)])
    }

    #[test]
    fn secrets_are_redacted_in_every_part_of_an_error() {
        let hide = redaction(json!({"name": "!secret!orders-prod", "list": ["!secret!subnet-1"], "open": "open-name"}));
        let error = Error::new(ErrorKind::Invalid, "subnet-1 is not in open-name")
            .context("creating \"orders-prod\"")
            .advise("Look at arn:aws:x:orders-prod/1");
        assert_eq!(
            hide.error(error).to_string(),
            "creating \"[secret]\": [secret] is not in open-name. Look at arn:aws:x:[secret]/1"
        );
    }

    #[test]
    fn a_short_secret_is_redacted_only_as_a_whole_word() {
        let hide = redaction(json!({"name": "!secret!prod", "one": "!secret!e", "blank": "!secret! "}));
        assert_eq!(
            hide.text("the products of \"prod\" and prod-1"),
            "the products of \"[secret]\" and [secret]-1"
        );
    }

    #[test]
    fn the_longer_of_two_overlapping_secrets_is_redacted_whole() {
        let hide = redaction(json!({"a": "!secret!orders", "b": "!secret!orders-prod"}));
        assert_eq!(hide.text("orders-prod, orders"), "[secret], [secret]");
    }

    proptest! {
        #[test]
        fn every_long_secret_is_redacted(secret in "[a-z0-9-]{6,20}", before in ".{0,20}", after in ".{0,20}") {
            let said = redaction(json!({"x": format!("!secret!{secret}")})).text(&format!("{before}{secret}{after}"));
            prop_assert!(!said.contains(&secret) || PLACEHOLDER.contains(&secret), "{}", said);
        }
    }

    #[test]
    fn outputs_that_repeat_a_secret_are_marked_secret() {
        let inputs = map(json!({"tags": {"a": "!secret!x", "b": "open", "c": "!secret!"}, "list": ["!secret!y"]}));
        let whole = Value::from(map(json!({"deep": ["z"], "number": 1}))).into_secret();
        let output = Value::Output(Box::new(Output {
            value: Some("w".into()),
            secret: true,
            ..Output::default()
        }));
        let inputs = inputs
            .into_iter()
            .chain([("whole".to_owned(), whole), ("output".to_owned(), output)])
            .collect();
        let found = texts(&inputs);
        assert_eq!(
            found.iter().map(String::as_str).collect::<Vec<_>>(),
            ["w", "x", "y", "z"]
        );
        let mut outputs =
            map(json!({"tagsAll": {"a": "x", "b": "open", "c": "", "d": "xx"}, "list": ["!secret!y", "z"]}));
        mark_texts(&found, &mut outputs);
        let expected =
            json!({"tagsAll": {"a": "!secret!x", "b": "open", "c": "", "d": "xx"}, "list": ["!secret!y", "!secret!z"]});
        assert_eq!(outputs, map(expected));
    }
}
