//! How the two query languages write values that are known only when the state machine runs.
//!
//! JSONata: a whole text is an expression, `{% … %}`
//! (<https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html>). JSONPath: the name of a field ends in `.$`, and
//! its value is a path or an intrinsic function
//! (<https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html>).

use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::resource::draft::Failures;
use serde_json::{Map, Value};

/// A query language of Step Functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Jsonata,
    JsonPath,
}

/// A text of the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Text<'a> {
    /// It stands for itself.
    Fixed(&'a str),
    /// An expression; of JSONata, without `{%` and `%}`.
    Expression(&'a str),
}

impl Language {
    /// Reads a text that may be an expression as a whole: not one inside an object, whose names say so in JSONPath.
    pub(super) fn text(self, text: &str) -> Text<'_> {
        let inner = text.strip_prefix("{%").and_then(|rest| rest.strip_suffix("%}"));
        match (self, inner) {
            (Self::Jsonata, Some(inner)) => Text::Expression(inner.trim()),
            (Self::JsonPath, _) if is_path(text) => Text::Expression(text),
            _ => Text::Fixed(text),
        }
    }

    /// Returns what is wrong with the spelling of a text that may be an expression.
    pub(super) fn misspelt(self, text: &str) -> Option<&'static str> {
        let (begins, ends) = (text.starts_with("{%"), text.ends_with("%}"));
        match self {
            Self::JsonPath if begins || ends => Some(
                "is an expression of JSONata, but `queryLanguage` is `JSONPath`: write a path that begins with `$`, or an intrinsic function such as `States.Format`",
            ),
            Self::Jsonata if is_path(text) => {
                Some("is an expression of JSONPath, but `queryLanguage` is `JSONata`: write `{% … %}`")
            }
            Self::Jsonata if begins != ends || (!begins && text.contains("{%")) => Some(
                "is text and expression in one, which Step Functions takes as it is: begin with `{%`, end with `%}`, and join texts with `&` inside",
            ),
            _ => None,
        }
    }

    /// Puts a text into an object under a name, with the spelling of an expression if it is one.
    pub(super) fn put(self, object: &mut Map<String, Value>, name: &str, text: &Text<'_>) {
        let (name, text) = match (self, text) {
            (_, Text::Fixed(text)) => (name.to_owned(), (*text).to_owned()),
            (Self::Jsonata, Text::Expression(inner)) => (name.to_owned(), format!("{{% {inner} %}}")),
            (Self::JsonPath, Text::Expression(path)) => (format!("{name}.$"), (*path).to_owned()),
        };
        object.insert(name, text.into());
    }

    /// Returns the name of an object's field without the mark of JSONPath.
    pub(super) fn plain(self, name: &str) -> &str {
        match self {
            Self::Jsonata => name,
            Self::JsonPath => name.strip_suffix(".$").unwrap_or(name),
        }
    }

    /// Reports whether the value of a field is known only when the state machine runs.
    pub(super) fn is_dynamic(self, name: &str, value: &Value) -> bool {
        match self {
            Self::Jsonata => value
                .as_str()
                .is_some_and(|text| matches!(self.text(text), Text::Expression(_))),
            Self::JsonPath => name.ends_with(".$"),
        }
    }

    /// Checks how the fields of an object, at any depth, are written.
    pub(super) fn check(self, at: &PropertyPath, value: &Value, failures: &mut Failures) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let at = at.key(name);
                    match (self, name.strip_suffix(".$")) {
                        (Self::Jsonata, Some(_)) => failures.add(
                            at.clone(),
                            "is written for JSONPath (`.$`), but `queryLanguage` is `JSONata`: leave out `.$`, and write `{% … %}` as the value",
                        ),
                        (Self::JsonPath, Some(_)) if !value.as_str().is_some_and(is_path) => failures.add(
                            at.clone(),
                            "must be a path that begins with `$`, or an intrinsic function such as `States.Format`, because its name ends in `.$`",
                        ),
                        _ => {}
                    }
                    self.check(&at, value, failures);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.check(&at.index(index), item, failures);
                }
            }
            Value::String(text) if self == Self::JsonPath && text.starts_with("{%") => {
                failures.add(at.clone(), self.misspelt(text).unwrap_or_default());
            }
            _ => {}
        }
    }
}

/// Reports whether a text is a path or an intrinsic function of JSONPath. A price such as `$5` is neither.
pub(super) fn is_path(text: &str) -> bool {
    let path = text.strip_prefix("$$").or_else(|| text.strip_prefix('$'));
    let path = path.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    let function = text
        .strip_prefix("States.")
        .is_some_and(|rest| rest.contains('(') && rest.ends_with(')'));
    path || function
}

/// Returns the text with which the value of an expression begins, and whether that is all of it. Empty if the expression does not
/// begin with a text.
pub(super) fn start(language: Language, expression: &str) -> (&str, bool) {
    let literal = |text| literal(text, &['\'', '"']);
    match language {
        Language::Jsonata => match literal(expression) {
            Some((text, "")) => (text, true),
            // Another operator than `&` does not go on with the text.
            Some((text, rest)) if rest.starts_with('&') => (text, false),
            _ => ("", false),
        },
        Language::JsonPath => {
            let template = expression.strip_prefix("States.Format(").map(str::trim_start);
            match template.and_then(literal) {
                Some((text, ")")) if !text.contains("{}") => (text, true),
                Some((text, _)) => (text.split("{}").next().unwrap_or_default(), false),
                None => ("", false),
            }
        }
    }
}

/// Reads a quoted text at the beginning; returns it with what follows. A text with escapes ends at the first one.
fn literal<'a>(text: &'a str, quotes: &[char]) -> Option<(&'a str, &'a str)> {
    let quote = text.chars().next().filter(|first| quotes.contains(first))?;
    let inside = &text[1..];
    let end = inside.find([quote, '\\'])?;
    let rest = if inside[end..].starts_with('\\') {
        "&"
    } else {
        inside[end + 1..].trim_start()
    };
    Some((&inside[..end], rest))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn expressions_are_told_from_texts() {
        use Language::{JsonPath, Jsonata};
        for (language, text, inner) in [
            (Jsonata, "{% $states.input.id %}", Some("$states.input.id")),
            (Jsonata, "{%$x%}", Some("$x")),
            (Jsonata, "$.id", None),
            (Jsonata, "plain", None),
            (JsonPath, "$.id", Some("$.id")),
            (JsonPath, "$", Some("$")),
            (JsonPath, "$$.Execution.Id", Some("$$.Execution.Id")),
            (JsonPath, "States.Format('a{}', $.b)", Some("States.Format('a{}', $.b)")),
            (JsonPath, "States.Format", None),
            (JsonPath, "$5", None),
        ] {
            let expected = inner.map_or(Text::Fixed(text), Text::Expression);
            assert_eq!(language.text(text), expected, "{text}");
        }
    }

    #[test]
    fn the_spelling_of_the_other_language_is_refused() {
        use Language::{JsonPath, Jsonata};
        for text in ["{% $x", "$x %}", "Bearer {% $x %}", "$.id", "States.UUID()"] {
            assert!(Jsonata.misspelt(text).is_some(), "{text}");
        }
        assert!(JsonPath.misspelt("{% $x %}").is_some());
        for (language, text) in [
            (Jsonata, "{% $x %}"),
            (Jsonata, "100 %"),
            (JsonPath, "$.id"),
            (JsonPath, "x"),
        ] {
            assert_eq!(language.misspelt(text), None, "{text}");
        }
        let found = |language: Language, value: Value| {
            let mut failures = Failures::default();
            language.check(&PropertyPath::root().key("body"), &value, &mut failures);
            failures
                .iter()
                .map(|failure| failure.path.to_string())
                .collect::<Vec<_>>()
        };
        let body = json!({"a": [{"id.$": "$.id"}], "b": "{% $x %}", "c.$": "id"});
        assert_eq!(found(Jsonata, body.clone()), [r#"body.a[0]["id.$"]"#, r#"body["c.$"]"#]);
        assert_eq!(found(JsonPath, body), ["body.b", r#"body["c.$"]"#]);
    }

    #[test]
    fn the_start_of_an_expression_is_its_first_text() {
        for (language, expression, expected) in [
            (
                Language::Jsonata,
                "'https://a.example/' & $id",
                ("https://a.example/", false),
            ),
            (
                Language::Jsonata,
                r#""https://a.example/x""#,
                ("https://a.example/x", true),
            ),
            (Language::Jsonata, "$url", ("", false)),
            (Language::Jsonata, "'a' = $x ? 'b' : 'c'", ("", false)),
            (Language::Jsonata, r"'https://a\u002f' & $id", ("https://a", false)),
            (
                Language::JsonPath,
                "States.Format('https://a.example/{}/x', $.id)",
                ("https://a.example/", false),
            ),
            (
                Language::JsonPath,
                "States.Format('https://a.example/x')",
                ("https://a.example/x", true),
            ),
            (Language::JsonPath, "$.url", ("", false)),
        ] {
            assert_eq!(start(language, expression), expected, "{expression}");
        }
    }
}
