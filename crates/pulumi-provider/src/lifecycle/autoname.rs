//! Generates physical names for resources that the program does not name.
//!
//! A name is `<logical name>-<7 hexadecimal digits>`, cut to the length and mapped to the characters that the service accepts.
//! The digits come from the engine's random seed. The seed is new for every registration, so Check keeps the name in the old
//! inputs. The engine's autonaming modes (<https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming-configuration>)
//! are honored.

use sha2::{Digest, Sha256};

use crate::schema::{Autoname, Constraints};

/// The autonaming that the user configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Autonaming {
    /// Use this name; it may be adapted to the service's rules.
    Propose(String),
    /// Use exactly this name or fail.
    Enforce(String),
    /// The program must name every resource.
    Disable,
}

/// The number of random digits in a name: 28 bits, as in Pulumi's own providers.
const RANDOM_DIGITS: usize = 7;

/// Chooses a name for the resource with the logical name `logical`. `limits` are the constraints of the name property. A name
/// that the user configures only has to keep those; generated names follow the stricter `rules`.
///
/// # Errors
/// A reason for a check failure at the name property.
pub fn choose(
    rules: &Autoname,
    limits: &Constraints,
    logical: &str,
    seed: &[u8],
    configured: Option<&Autonaming>,
) -> Result<String, String> {
    match configured {
        None => Ok(with_suffix(rules, logical, seed)),
        Some(Autonaming::Propose(exact) | Autonaming::Enforce(exact)) if limits.text_problem(exact).is_none() => {
            Ok(exact.clone())
        }
        Some(Autonaming::Propose(proposed)) => Ok(fit(rules, proposed, rules.max_length)),
        Some(Autonaming::Enforce(exact)) => Err(format!(
            "the configured autonaming pattern gives `{exact}`, which the service does not accept here: set `{}` in the program or change `pulumi:autonaming`",
            rules.property
        )),
        Some(Autonaming::Disable) => {
            let hint = rules.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
            Err(format!(
                "automatic names are disabled (`pulumi:autonaming`), so `{}` must be set{hint}",
                rules.property
            ))
        }
    }
}

fn with_suffix(rules: &Autoname, logical: &str, seed: &[u8]) -> String {
    // The digest includes the logical name: in an update plan, resources that share a seed must not share a name.
    let mut digest = Sha256::new();
    digest.update(seed);
    digest.update(logical.as_bytes());
    let hex: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let suffix = &hex[..RANDOM_DIGITS];
    let room = rules.max_length.saturating_sub(RANDOM_DIGITS + 1);
    // Sanitize the whole name again: it may begin with a forbidden prefix such as `rgw-` only now that the hyphen is added.
    rules.sanitize(&format!("{}-{suffix}", fit(rules, logical, room)))
}

/// Maps a name to the characters and the length that the service accepts.
fn fit(rules: &Autoname, name: &str, max_length: usize) -> String {
    let clean: String = rules.sanitize(name).chars().take(max_length).collect();
    let mut fitted = rules.trim(&clean).to_owned();
    while fitted.is_empty() || fitted.len() < rules.min_length {
        fitted.push('x');
    }
    fitted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples::toy::thing;

    fn name(logical: &str, seed: &[u8], mode: Option<Autonaming>) -> Result<String, String> {
        let schema = thing();
        let rules = schema.autoname.as_ref().unwrap();
        let limits = &schema.inputs.property(&rules.property).unwrap().constraints;
        choose(rules, limits, logical, seed, mode.as_ref())
    }

    #[test]
    fn a_generated_name_keeps_the_valid_part_of_the_logical_name() {
        for (logical, prefix) in [
            ("Orders_API", "orders-api-"),
            ("tg-tg-orders", "orders-"),
            ("--", "xxx-"),
            // With the hyphen, the name would begin with the forbidden prefix.
            ("tg", ""),
            (&"long".repeat(20), "longlonglong-"),
        ] {
            let name = name(logical, b"seed", None).unwrap();
            assert!(name.starts_with(prefix), "{logical} gave {name}");
            assert!((3..=20).contains(&name.len()), "{name}");
            assert!(!name.contains("--") && !name.starts_with("tg-"), "{name}");
        }
    }

    #[test]
    fn a_generated_name_depends_on_the_seed_and_the_logical_name() {
        let name = |logical, seed: &[u8]| name(logical, seed, None).unwrap();
        assert_eq!(name("a", b"1"), name("a", b"1"));
        assert_ne!(name("a", b"1"), name("a", b"2"));
        assert_ne!(name("aaa", b"1")[4..], name("bbb", b"1")[4..]);
    }

    #[test]
    fn the_autonaming_modes_of_the_engine_are_honored() {
        let choose = |mode| name("orders", b"seed", Some(mode));
        let propose = |text: &str| choose(Autonaming::Propose(text.to_owned()));
        let enforce = |text: &str| choose(Autonaming::Enforce(text.to_owned()));
        assert_eq!(propose("Dev_orders").unwrap(), "dev-orders");
        assert_eq!(enforce("dev-orders").unwrap(), "dev-orders");
        // A configured name that the service accepts is kept, although generated names follow stricter rules.
        assert_eq!(enforce("a--b").unwrap(), "a--b");
        assert_eq!(propose("a--b").unwrap(), "a--b");
        insta::assert_snapshot!(
            enforce("Dev_orders").unwrap_err(),
            @"the configured autonaming pattern gives `Dev_orders`, which the service does not accept here: set `name` in the program or change `pulumi:autonaming`"
        );
        insta::assert_snapshot!(
            choose(Autonaming::Disable).unwrap_err(),
            @"automatic names are disabled (`pulumi:autonaming`), so `name` must be set; or be called so"
        );
    }

    proptest! {
        #[test]
        fn every_generated_name_satisfies_the_constraints_of_the_schema(
            logical in prop_oneof![".{1,60}", "(tg)?[-_A]?é?(tg)?", "[A-Za-z0-9._-]{1,300}"],
            seed: [u8; 16],
            proposed: bool,
        ) {
            let mode = proposed.then(|| Autonaming::Propose(logical.clone()));
            let name = name(&logical, &seed, mode).unwrap();
            let problem = thing().inputs.property("name").unwrap().constraints.text_problem(&name);
            prop_assert_eq!(problem, None, "{}", name);
        }
    }
}
