//! URNs and type tokens: how the Pulumi engine names resources.

use std::fmt;
use std::str::FromStr;

/// A Uniform Resource Name, `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>`
/// (<https://www.pulumi.com/docs/iac/concepts/resources/names/#urns>).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Urn(String);

/// A text that is not a URN.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a Pulumi URN (urn:pulumi:stack::project::type::name)")]
pub struct InvalidUrn(String);

impl Urn {
    /// Returns the whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the stack that the resource belongs to.
    #[must_use]
    pub fn stack(&self) -> &str {
        self.part(0).strip_prefix("urn:pulumi:").unwrap_or_default()
    }

    /// Returns the project that the resource belongs to.
    #[must_use]
    pub fn project(&self) -> &str {
        self.part(1)
    }

    /// Returns the resource's own type token, without those of its parents.
    #[must_use]
    pub fn type_token(&self) -> &str {
        let types = self.part(2);
        types.rsplit('$').next().unwrap_or(types)
    }

    /// Returns the logical name that the program gave.
    #[must_use]
    pub fn name(&self) -> &str {
        self.part(3)
    }

    /// Returns the URN of a child with this type and name.
    #[must_use]
    pub fn child(&self, type_token: &str, name: &str) -> String {
        let [stack, project, types] = [0, 1, 2].map(|index| self.part(index));
        format!("{stack}::{project}::{types}${type_token}::{name}")
    }

    /// Reports whether no resource of the program has this URN. The engine invents such a URN to ask with a Read whether an
    /// object exists (`existsURNPrefix` in `pkg/resource/deploy/source_eval.go` of pulumi/pulumi, since 3.269).
    #[must_use]
    pub fn is_made_up(&self) -> bool {
        self.name().starts_with("__exists__")
    }

    // A name may itself contain `::`, so only the first three separators count.
    fn part(&self, index: usize) -> &str {
        self.0.splitn(4, "::").nth(index).unwrap_or_default()
    }
}

impl FromStr for Urn {
    type Err = InvalidUrn;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.splitn(4, "::").collect();
        let whole =
            parts.len() == 4 && parts[0].starts_with("urn:pulumi:") && !parts[2].is_empty() && !parts[3].is_empty();
        if whole {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidUrn(text.to_owned()))
        }
    }
}

impl fmt::Display for Urn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nested_urn_is_split_into_its_parts() {
        let urn: Urn = "urn:pulumi:dev::shop::pkg:index:Bundle$pkg:index:Gateway::orders::eu"
            .parse()
            .unwrap();
        assert_eq!((urn.stack(), urn.project()), ("dev", "shop"));
        assert_eq!((urn.type_token(), urn.name()), ("pkg:index:Gateway", "orders::eu"));
    }

    #[test]
    fn a_child_has_the_types_of_its_parents() {
        let urn: Urn = "urn:pulumi:dev::shop::pkg:index:Bundle::orders::eu".parse().unwrap();
        assert_eq!(
            urn.child("pkg:index:Gateway", "orders"),
            "urn:pulumi:dev::shop::pkg:index:Bundle$pkg:index:Gateway::orders"
        );
    }

    #[test]
    fn invalid_urns_are_refused() {
        for text in ["", "urn:pulumi:dev::shop::type", "dev::shop::type::name"] {
            assert!(text.parse::<Urn>().is_err(), "{text}");
        }
    }
}
