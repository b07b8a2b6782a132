//! Limits of property values, and checks against them.
//!
//! A problem is worded to complete the sentence "must …". It never repeats the value, which may be secret.

use std::sync::OnceLock;

use regex::Regex;

use super::bind::invalid;
use super::{Format, SchemaError, Type, Vocabulary, spec};

/// Limits of a value, beyond its type. Empty for most properties.
#[derive(Debug, Clone, Default)]
pub struct Constraints {
    /// Fewest characters of a text.
    pub min_length: Option<usize>,
    /// Most characters of a text; for a document such as a policy, of its JSON.
    pub max_length: Option<usize>,
    /// Which texts are accepted.
    pub pattern: Option<Pattern>,
    /// What the text must be, such as a CIDR block.
    pub format: Option<&'static Format>,
    /// Smallest number.
    pub minimum: Option<f64>,
    /// Largest number.
    pub maximum: Option<f64>,
    /// Fewest elements of a list or map.
    pub min_items: Option<usize>,
    /// Most elements of a list or map.
    pub max_items: Option<usize>,
    /// Limits of the keys of a map.
    pub keys: Option<Box<Self>>,
}

impl Constraints {
    /// Makes the constraints of a type from the rules in the schema. Refuses rules that do not apply to the type.
    pub(super) fn bind(
        at: &str,
        rules: &spec::Rules,
        kind: &Type,
        vocabulary: &Vocabulary,
    ) -> Result<Self, SchemaError> {
        let texts = rules.min_length.is_some() || rules.max_length.is_some();
        let forms = rules.pattern.is_some() || rules.not_pattern.is_some() || rules.format.is_some();
        let numbers = rules.minimum.is_some() || rules.maximum.is_some();
        let sizes = rules.min_items.is_some() || rules.max_items.is_some();
        let misplaced = match kind {
            Type::String => numbers || sizes || rules.keys.is_some() || rules.items.is_some() || rules.values.is_some(),
            Type::Any => forms || numbers || sizes || rules.keys.is_some(),
            Type::Integer | Type::Number => texts || forms || sizes || rules.keys.is_some(),
            Type::Array(_) => texts || forms || numbers || rules.keys.is_some() || rules.values.is_some(),
            Type::Map(_) => texts || forms || numbers || rules.items.is_some(),
            Type::Boolean | Type::Enum(_) | Type::Object(_) | Type::Union(_) => texts || forms || numbers || sizes,
        };
        if misplaced {
            return Err(invalid(
                at,
                "a rule in language.rust says nothing about values of this type",
            ));
        }
        if (rules.pattern.is_some() || rules.not_pattern.is_some()) != rules.expected.is_some() {
            return Err(invalid(
                at,
                "a pattern needs `expected`, the words for a user, and the words need a pattern",
            ));
        }
        let pattern = rules.expected.as_ref().map(|expected| Pattern {
            accepts: rules.pattern.as_deref().map(Expression::new),
            refuses: rules.not_pattern.as_deref().map(Expression::new),
            expected: expected.clone(),
        });
        let format = rules.format.as_deref();
        let format = format.map(|name| vocabulary.format(at, name)).transpose()?;
        let keys = rules
            .keys
            .as_deref()
            .map(|keys| Self::bind(at, keys, &Type::String, vocabulary))
            .transpose()?;
        Ok(Self {
            min_length: rules.min_length,
            max_length: rules.max_length,
            pattern,
            format,
            minimum: rules.minimum,
            maximum: rules.maximum,
            min_items: rules.min_items,
            max_items: rules.max_items,
            keys: keys.map(Box::new),
        })
    }

    /// Returns what is wrong with a text, or `None` if it keeps all limits. Lengths count characters.
    pub fn text_problem(&self, text: &str) -> Option<String> {
        let length = text.chars().count();
        if let Some(problem) = size_problem(length, self.min_length, self.max_length, "character") {
            return Some(problem);
        }
        if let Some(pattern) = &self.pattern
            && !pattern.accepts(text)
        {
            return Some(format!("be {}", pattern.expected));
        }
        self.format
            .filter(|format| !(format.accepts)(text))
            .map(|format| format!("be {}", format.expected))
    }

    /// Returns what is wrong with a number, or `None` if it keeps all limits.
    pub fn number_problem(&self, number: f64) -> Option<String> {
        match (self.minimum, self.maximum) {
            (Some(minimum), Some(maximum)) if !(minimum..=maximum).contains(&number) => {
                Some(format!("be from {minimum} to {maximum}"))
            }
            (Some(minimum), None) if number < minimum => Some(format!("be at least {minimum}")),
            (None, Some(maximum)) if number > maximum => Some(format!("be at most {maximum}")),
            _ => None,
        }
    }

    /// Returns what is wrong with the number of elements of a list or map, or `None`.
    pub fn count_problem(&self, count: usize) -> Option<String> {
        size_problem(count, self.min_items, self.max_items, "element")
    }
}

fn size_problem(size: usize, least: Option<usize>, most: Option<usize>, unit: &str) -> Option<String> {
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    if let Some(least) = least.filter(|&least| size < least) {
        return Some(format!("have at least {least} {unit}{}", plural(least)));
    }
    let most = most.filter(|&most| size > most)?;
    Some(format!("have at most {most} {unit}{}", plural(most)))
}

/// Which texts are accepted: those that match one regular expression and do not match the other. There are two because the
/// `regex` crate has no look-ahead, which services use for forbidden prefixes.
#[derive(Debug, Clone)]
pub struct Pattern {
    accepts: Option<Expression>,
    refuses: Option<Expression>,
    /// What is expected, worded to complete "must be …".
    pub expected: String,
}

impl Pattern {
    /// Reports whether the text is accepted.
    pub fn accepts(&self, text: &str) -> bool {
        self.accepts.as_ref().is_none_or(|expression| expression.is_match(text))
            && !self
                .refuses
                .as_ref()
                .is_some_and(|expression| expression.is_match(text))
    }
}

/// A regular expression that is compiled on first use. A schema has dozens, most runs need only a few, and compiling all of
/// them would delay the plugin's start.
#[derive(Debug, Clone)]
struct Expression {
    source: String,
    compiled: OnceLock<Regex>,
}

impl Expression {
    fn new(source: &str) -> Self {
        Self {
            source: source.to_owned(),
            compiled: OnceLock::new(),
        }
    }

    fn is_match(&self, text: &str) -> bool {
        let compile = || Regex::new(&self.source).expect("a test compiles every pattern of the embedded schema");
        self.compiled.get_or_init(compile).is_match(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(json: &str) -> spec::Rules {
        serde_json::from_str(json).unwrap()
    }

    fn constraints(json: &str, kind: &Type) -> Constraints {
        Constraints::bind("here", &rules(json), kind, &Vocabulary::BUILT_IN).unwrap()
    }

    #[test]
    fn texts_are_measured_in_characters_then_matched() {
        let name = r#"{"minLength":3,"maxLength":5,"pattern":"^[a-zü]+$","notPattern":"^rgw","expected":"lower case"}"#;
        let name = constraints(name, &Type::String);
        assert_eq!(name.text_problem("üüü"), None);
        assert_eq!(name.text_problem("ab").unwrap(), "have at least 3 characters");
        assert_eq!(name.text_problem("abcdef").unwrap(), "have at most 5 characters");
        assert_eq!(name.text_problem("Abc").unwrap(), "be lower case");
        assert_eq!(name.text_problem("rgwa").unwrap(), "be lower case");
    }

    #[test]
    fn numbers_and_counts_must_be_in_their_ranges() {
        let addresses = constraints(r#"{"minimum":1,"maximum":62}"#, &Type::Integer);
        assert_eq!(addresses.number_problem(62.0), None);
        assert_eq!(addresses.number_problem(63.0).unwrap(), "be from 1 to 62");
        let item = super::super::Item {
            kind: Type::String,
            plain: false,
            constraints: Constraints::default(),
            same: super::super::Same::Exact,
        };
        let groups = constraints(r#"{"minItems":1,"maxItems":5}"#, &Type::Array(Box::new(item)));
        assert_eq!(groups.count_problem(5), None);
        assert_eq!(groups.count_problem(0).unwrap(), "have at least 1 element");
        assert_eq!(groups.count_problem(6).unwrap(), "have at most 5 elements");
    }

    #[test]
    fn rules_that_do_not_apply_to_the_type_are_refused() {
        for (json, kind) in [
            (r#"{"minimum":1}"#, Type::String),
            (r#"{"maxLength":1}"#, Type::Integer),
            (r#"{"format":"cidr"}"#, Type::Boolean),
            (r#"{"pattern":"a"}"#, Type::String),
            (r#"{"expected":"a"}"#, Type::String),
        ] {
            let bound = Constraints::bind("here", &rules(json), &kind, &Vocabulary::BUILT_IN);
            assert!(bound.is_err(), "{json}");
        }
    }
}
