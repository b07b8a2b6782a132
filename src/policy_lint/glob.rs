//! Texts with `*` and `?`: whether they match one text, and whether they match any text of a form.
//!
//! Both take time in proportion to the product of the two lengths.

/// Reports whether a pattern, in which `*` stands for any text and `?` for any character, matches a text.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    // After a mismatch, only the last `*` has to take one character more: the earlier ones may keep what they have.
    let (mut rest, mut text) = (pattern.chars(), text.chars());
    let mut retry = None;
    loop {
        let at = text.clone();
        match (rest.next(), text.next()) {
            (Some('*'), _) => {
                retry = Some((rest.clone(), at.clone()));
                text = at;
            }
            (Some('?'), Some(_)) => {}
            (Some(wanted), Some(character)) if wanted == character => {}
            (None, None) => return true,
            _ => {
                let Some((after_star, from)) = &mut retry else {
                    return false;
                };
                if from.next().is_none() {
                    return false;
                }
                rest = after_star.clone();
                text = from.clone();
            }
        }
    }
}

/// Reports whether some text matches both patterns, in which `${…}` stands for any text too.
pub(crate) fn overlaps(a: &str, b: &str) -> bool {
    Form::of_pattern(a).meets(&Form::of_pattern(b))
}

/// Reports whether a text contains a wildcard.
pub(super) fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Some characters.
#[derive(Clone, Copy, Debug)]
pub(super) enum Class {
    Exactly(char),
    Digit,
    /// Any but a colon.
    Part,
    Any,
}

impl Class {
    /// Reports whether a character belongs to both.
    fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Self::Exactly(a), Self::Exactly(b)) => a == b,
            (Self::Exactly(character), Self::Digit) | (Self::Digit, Self::Exactly(character)) => {
                character.is_ascii_digit()
            }
            (Self::Exactly(character), Self::Part) | (Self::Part, Self::Exactly(character)) => character != ':',
            _ => true,
        }
    }
}

/// A part of a form.
#[derive(Clone, Copy, Debug)]
pub(super) enum Token {
    /// One character.
    One(Class),
    /// Any number of characters.
    Many(Class),
}

/// A set of texts: those that consist of these tokens, one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Form(Vec<Token>);

impl Form {
    /// Returns the form of a `Resource`: `*` and `?` as in [`matches()`], and `${…}` for any text. `${*}`, `${?}` and `${$}` stand
    /// for these characters
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars>).
    pub(super) fn of_pattern(pattern: &str) -> Self {
        let mut form = Self::default();
        let mut rest = pattern;
        while let Some(character) = rest.chars().next() {
            if let Some((variable, after)) = rest.strip_prefix("${").and_then(|rest| rest.split_once('}')) {
                let mut name = variable.chars();
                match (name.next(), name.next()) {
                    (Some(special @ ('*' | '?' | '$')), None) => form.0.push(Token::One(Class::Exactly(special))),
                    _ => form.0.push(Token::Many(Class::Any)),
                }
                rest = after;
                continue;
            }
            form.0.push(match character {
                '*' => Token::Many(Class::Any),
                '?' => Token::One(Class::Any),
                character => Token::One(Class::Exactly(character)),
            });
            rest = &rest[character.len_utf8()..];
        }
        form
    }

    /// Appends a text as it is.
    pub(super) fn text(mut self, text: &str) -> Self {
        self.0
            .extend(text.chars().map(|character| Token::One(Class::Exactly(character))));
        self
    }

    /// Appends this many characters of a class.
    pub(super) fn exactly(mut self, count: usize, class: Class) -> Self {
        self.0.extend(std::iter::repeat_n(Token::One(class), count));
        self
    }

    /// Appends at least this many characters of a class.
    pub(super) fn at_least(self, count: usize, class: Class) -> Self {
        let mut form = self.exactly(count, class);
        form.0.push(Token::Many(class));
        form
    }

    /// Returns the form in lower case.
    pub(super) fn lower(&self) -> Self {
        let lower = |class| match class {
            Class::Exactly(character) => Class::Exactly(character.to_ascii_lowercase()),
            class => class,
        };
        let tokens = self.0.iter().map(|token| match *token {
            Token::One(class) => Token::One(lower(class)),
            Token::Many(class) => Token::Many(lower(class)),
        });
        Self(tokens.collect())
    }

    /// Reports whether a text belongs to both forms.
    pub(super) fn meets(&self, other: &Self) -> bool {
        let width = other.0.len() + 1;
        // `reached[j]`: some text leads through the tokens before this one and the first `j` of the other form.
        let mut reached = vec![false; width];
        reached[0] = true;
        for token in self.0.iter().copied().map(Some).chain([None]) {
            let mut next = vec![false; width];
            for at in 0..width {
                if !reached[at] {
                    continue;
                }
                if let Some(Token::Many(_)) = token {
                    next[at] = true;
                }
                let Some(their) = other.0.get(at) else { continue };
                if let Token::Many(_) = their {
                    reached[at + 1] = true;
                }
                let Some(ours) = token else { continue };
                let ((Token::One(our), Token::One(class) | Token::Many(class))
                | (Token::Many(our), Token::One(class) | Token::Many(class))) = (ours, *their);
                if !our.meets(class) {
                    continue;
                }
                match (ours, their) {
                    (Token::One(_), Token::One(_)) => next[at + 1] = true,
                    (Token::One(_), Token::Many(_)) => next[at] = true,
                    (Token::Many(_), Token::One(_)) => reached[at + 1] = true,
                    (Token::Many(_), Token::Many(_)) => {}
                }
            }
            if token.is_none() {
                return reached[width - 1];
            }
            reached = next;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stars_and_question_marks_match() {
        for (pattern, text) in [
            ("", ""),
            ("*", ""),
            ("**", "*"),
            ("a*c", "abbc"),
            ("*b*b", "abab"),
            ("a?c", "aüc"),
            ("*ab", "aab"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("", "a"),
            ("a", ""),
            ("a?c", "ac"),
            ("a*b", "abc"),
            ("?", ""),
            ("*a*a", "ba"),
        ] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn forms_meet_if_they_share_a_text() {
        let account = Form::default().text("a:").exactly(3, Class::Digit).text(":");
        let named = account.at_least(1, Class::Part);
        for pattern in ["a:123:x", "*", "a:*", "a:1*:?", "a:${x}:y", "?:???:${*}", "a*x"] {
            assert!(Form::of_pattern(pattern).meets(&named), "{pattern}");
        }
        for pattern in [
            "",
            "a:123:",
            "a:12:x",
            "a:12x:y",
            "b:*",
            "a:123:x:y",
            "a:1*:",
            "${$}:*",
            "A:123:x",
        ] {
            assert!(!Form::of_pattern(pattern).meets(&named), "{pattern}");
        }
        assert!(Form::of_pattern("A:123:X").lower().meets(&named));
    }

    proptest! {
        #[test]
        fn a_pattern_meets_exactly_the_texts_that_it_matches(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
            let form = Form::default().text(&text);
            prop_assert_eq!(Form::of_pattern(&pattern).meets(&form), matches(&pattern, &text));
            prop_assert_eq!(form.meets(&Form::of_pattern(&pattern)), matches(&pattern, &text));
        }

        #[test]
        fn a_pattern_matches_what_a_regular_expression_matches(pattern in "[ab*?]{0,10}", text in "[abü]{0,10}") {
            let expression = pattern.replace('*', ".*").replace('?', ".");
            let expected = regex::Regex::new(&format!("^{expression}$")).unwrap().is_match(&text);
            prop_assert_eq!(matches(&pattern, &text), expected);
        }
    }
}
