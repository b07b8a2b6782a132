//! The URL of a task: given as a whole, or as a path below the one URL of the API's entry.

use super::Arguments;
use super::language::{self, Language, Text};
use crate::functions::urls;

/// The URL of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Target {
    /// The URL, or the expression for it.
    text: String,
    is_expression: bool,
    /// The text with which the URL begins, whatever the machine's input.
    pub(super) start: String,
    /// Whether that is all of it.
    pub(super) is_whole: bool,
}

impl Target {
    pub(super) fn of(arguments: &Arguments) -> Self {
        let language = arguments.language();
        let bases = arguments.api.as_ref().map(|api| api.urls.as_slice());
        match (&arguments.url, &arguments.path) {
            (Some(url), _) => Self::below("", language.text(url), language),
            (None, Some(path)) => Self::below(
                bases.and_then(urls::base).unwrap_or_default(),
                language.text(path),
                language,
            ),
            (None, None) => Self::default(),
        }
    }

    fn below(base: &str, text: Text<'_>, language: Language) -> Self {
        match text {
            Text::Fixed(path) => Self {
                text: format!("{base}{path}"),
                is_expression: false,
                start: format!("{base}{path}"),
                is_whole: true,
            },
            Text::Expression(expression) => {
                let (start, is_whole) = language::start(language, expression);
                let joined = match language {
                    _ if base.is_empty() => expression.to_owned(),
                    Language::Jsonata => format!("'{base}' & ({expression})"),
                    Language::JsonPath => format!("States.Format('{base}{{}}', {expression})"),
                };
                Self {
                    text: joined,
                    is_expression: true,
                    start: format!("{base}{start}"),
                    is_whole,
                }
            }
        }
    }

    pub(super) fn text(&self) -> Text<'_> {
        if self.is_expression {
            Text::Expression(&self.text)
        } else {
            Text::Fixed(&self.text)
        }
    }

    /// Returns the pattern of URLs for the policy of the role. `None` if the host is known only at run time.
    pub(super) fn pattern(&self) -> Option<String> {
        let pattern = if self.is_whole {
            self.start.clone()
        } else {
            format!("{}*", self.start)
        };
        urls::pattern_problem(&pattern).is_none().then_some(pattern)
    }
}
