//! Physical names for resources that the program does not name.
//!
//! `<logical name>-<7 hexadecimal digits>`, cut and mapped to what the service accepts, from the engine's random seed. The
//! seed is fresh for every registration, so a name once chosen is kept from the old inputs. The engine's autonaming modes
//! (<https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming-configuration>) are honoured.

use sha2::{Digest, Sha256};

use crate::schema::Autoname;

/// What the user configured about automatic names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Autonaming {
    /// Use this name; it may be adapted to the service's rules.
    Propose(String),
    /// Use exactly this name or fail.
    Enforce(String),
    /// The program must name every resource.
    Disable,
}

/// How many random digits a name gets: 28 bits, as Pulumi's own providers use.
const RANDOM_DIGITS: usize = 7;

/// Chooses a name for the resource that the program calls `logical`.
///
/// # Errors
/// A reason for a check failure at the name property.
pub fn choose(rules: &Autoname, logical: &str, seed: &[u8], configured: Option<&Autonaming>) -> Result<String, String> {
    match configured {
        None => Ok(with_suffix(rules, logical, seed)),
        Some(Autonaming::Propose(proposed)) => Ok(fit(rules, proposed, rules.max_length)),
        Some(Autonaming::Enforce(exact)) if fit(rules, exact, rules.max_length) == *exact => Ok(exact.clone()),
        Some(Autonaming::Enforce(exact)) => Err(format!(
            "the configured autonaming pattern gives `{exact}`, which AWS does not accept here: set `{}` in the program or change `pulumi:autonaming`",
            rules.property
        )),
        Some(Autonaming::Disable) => Err(format!(
            "automatic names are disabled (`pulumi:autonaming`), so `{}` must be set; on a PrivateStepFunctions component, set it in `names`",
            rules.property
        )),
    }
}

fn with_suffix(rules: &Autoname, logical: &str, seed: &[u8]) -> String {
    // The logical name goes into the digest: in an update plan, resources that share a seed must not share a name.
    let mut digest = Sha256::new();
    digest.update(seed);
    digest.update(logical.as_bytes());
    let hex: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let suffix = &hex[..RANDOM_DIGITS];
    let room = rules.max_length.saturating_sub(RANDOM_DIGITS + 1);
    format!("{}-{suffix}", fit(rules, logical, room))
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
    use super::*;
    use crate::schema::{SCHEMA_JSON, Schema};

    fn lattice() -> &'static Autoname {
        use std::sync::LazyLock;
        static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::parse(SCHEMA_JSON, "0.0.0").unwrap());
        SCHEMA
            .resource("private-step-functions:index:ResourceGateway")
            .unwrap()
            .autoname
            .as_ref()
            .unwrap()
    }

    #[test]
    fn fits_the_service() {
        for (logical, prefix) in [
            ("Orders_API", "orders-api-"),
            ("rgw-rgw-orders", "orders-"),
            ("--", "xxx-"),
            (&"long".repeat(20), "longlonglonglonglonglonglonglong-"),
        ] {
            let name = choose(lattice(), logical, b"seed", None).unwrap();
            assert!(name.starts_with(prefix), "{logical} gave {name}");
            assert!((3..=40).contains(&name.len()), "{name}");
            assert!(!name.contains("--"), "{name}");
        }
    }

    #[test]
    fn depends_on_the_seed_and_the_logical_name() {
        let name = |logical, seed: &[u8]| choose(lattice(), logical, seed, None).unwrap();
        assert_eq!(name("a", b"1"), name("a", b"1"));
        assert_ne!(name("a", b"1"), name("a", b"2"));
        assert_ne!(name("aaa", b"1")[4..], name("bbb", b"1")[4..]);
    }

    #[test]
    fn the_engines_modes() {
        let choose = |mode| choose(lattice(), "orders", b"seed", Some(&mode));
        assert_eq!(choose(Autonaming::Propose("Dev_orders".into())).unwrap(), "dev-orders");
        assert_eq!(choose(Autonaming::Enforce("dev-orders".into())).unwrap(), "dev-orders");
        assert!(
            choose(Autonaming::Enforce("Dev_orders".into()))
                .unwrap_err()
                .contains("Dev_orders")
        );
        assert!(choose(Autonaming::Disable).unwrap_err().contains("must be set"));
    }
}
