//! Rules for the physical names that Check generates when the user sets none.

use super::bind::invalid;
use super::{ObjectSchema, SchemaError, spec};

/// How a resource is named automatically: which property holds the name, and what the service accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Autoname {
    /// The input that holds the physical name.
    pub property: String,
    /// Fewest characters the service accepts.
    pub min_length: usize,
    /// Most characters the service accepts.
    pub max_length: usize,
    /// Where else the name can be set, worded as the end of a message.
    pub hint: Option<String>,
    allowed: Vec<(char, char)>,
    forbidden_prefix: Option<String>,
}

impl Autoname {
    pub(super) fn bind(at: &str, written: &spec::Autoname, inputs: &ObjectSchema) -> Result<Self, SchemaError> {
        if inputs.property(&written.property).is_none() {
            return Err(invalid(at, "the automatic name belongs to no input"));
        }
        if written.min_length > written.max_length {
            return Err(invalid(at, "the automatic name has no possible length"));
        }
        Ok(Self {
            property: written.property.clone(),
            min_length: written.min_length,
            max_length: written.max_length,
            hint: written.hint.clone(),
            allowed: ranges(&written.allowed),
            forbidden_prefix: written.forbidden_prefix.clone(),
        })
    }

    /// Converts a name to what the service accepts. Characters that the service refuses become lower case or hyphens, runs of
    /// hyphens become one, and hyphens at both ends and the forbidden prefix are removed. The result may be empty.
    ///
    /// The caller shortens the result to make room for the random suffix. [`Self::trim`] then removes a hyphen at the cut.
    pub fn sanitize(&self, name: &str) -> String {
        let mut clean = String::with_capacity(name.len());
        for character in name.chars() {
            let fitting = [character, character.to_ascii_lowercase(), '-']
                .into_iter()
                .find(|&c| self.allows(c));
            match fitting {
                Some('-') if clean.ends_with('-') => {}
                Some(fitting) => clean.push(fitting),
                None => {}
            }
        }
        let mut clean = self.trim(&clean).to_owned();
        if let Some(prefix) = &self.forbidden_prefix {
            while let Some(rest) = clean.strip_prefix(prefix.as_str()) {
                clean = rest.trim_start_matches('-').to_owned();
            }
        }
        clean
    }

    /// Returns the piece of a name without hyphens at its ends.
    pub fn trim<'a>(&self, piece: &'a str) -> &'a str {
        piece.trim_matches('-')
    }

    fn allows(&self, character: char) -> bool {
        self.allowed
            .iter()
            .any(|&(first, last)| (first..=last).contains(&character))
    }
}

/// Parses a character class such as `a-z0-9._-`: ranges, single characters, and a literal hyphen at the end.
fn ranges(class: &str) -> Vec<(char, char)> {
    let characters: Vec<char> = class.chars().collect();
    let mut ranges = Vec::new();
    let mut rest = characters.as_slice();
    while let Some((&first, tail)) = rest.split_first() {
        if let ['-', last, after @ ..] = tail {
            ranges.push((first, *last));
            rest = after;
        } else {
            ranges.push((first, first));
            rest = tail;
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lattice() -> Autoname {
        Autoname {
            property: "name".to_owned(),
            hint: None,
            min_length: 3,
            max_length: 40,
            allowed: ranges("a-z0-9-"),
            forbidden_prefix: Some("rgw-".to_owned()),
        }
    }

    #[test]
    fn logical_names_are_sanitized_for_the_service() {
        for (name, expected) in [
            ("orders", "orders"),
            ("Orders_API v2", "orders-api-v2"),
            ("--a--b--", "a-b"),
            ("rgw-main", "main"),
            ("rgw-rgw-main", "main"),
            ("Größe", "gr-e"),
            ("___", ""),
        ] {
            assert_eq!(lattice().sanitize(name), expected, "{name}");
        }
    }

    #[test]
    fn classes_are_ranges_and_single_characters() {
        assert_eq!(ranges("a-z._-"), [('a', 'z'), ('.', '.'), ('_', '_'), ('-', '-')]);
    }
}
