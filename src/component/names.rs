//! The names of components' children: no two resources of one program may have the same.
//!
//! A URN tells the types of a child's parents but not their names, so a child's name begins with its component's. That alone does
//! not keep two components apart: `a` with an API `b-c` and `a-b` with an API `c` both make a connection `a-b-c`. No other
//! separator would do, for a name must also serve as a physical name under `verbatim` autonaming, and VPC Lattice takes only
//! letters, digits and hyphens. So the second one is refused, in words that name both; the engine's own say only the URN.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::error::{Error, Kind};
use crate::urn::Urn;

/// The names that the components of one process have given to their children.
#[derive(Debug, Default)]
pub struct Names {
    owners: Mutex<HashMap<Place, String>>,
}

/// What makes a child's URN: the deployment, the component's URN without its name, and the child's type and name.
type Place = [String; 4];

impl Names {
    /// Takes a name for a child of this component, in the deployment that this monitor belongs to.
    ///
    /// # Errors
    /// Another component has it.
    pub fn take(&self, monitor: &str, component: &str, token: &str, name: &str) -> Result<(), Error> {
        let Ok(urn) = component.parse::<Urn>() else {
            // The engine will say what it thinks of its own URN.
            return Ok(());
        };
        let types = component.strip_suffix(urn.name()).unwrap_or(component);
        let place = [monitor, types, token, name].map(str::to_owned);
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        let owner = owners.entry(place).or_insert_with(|| urn.name().to_owned());
        if owner == urn.name() {
            return Ok(());
        }
        let kind = token.rsplit(':').next().unwrap_or(token);
        Err(Error::new(
            Kind::Invalid,
            format!(
                "the components `{owner}` and `{}` would both make a {kind} `{name}`",
                urn.name()
            ),
        )
        .advise("Rename one of them, or its entry in `privateApis`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urn(types: &str, name: &str) -> String {
        format!("urn:pulumi:dev::shop::{types}pkg:index:Thing::{name}")
    }

    #[test]
    fn a_name_belongs_to_one_component() {
        let names = Names::default();
        let take = |component: &str, token: &str| names.take("monitor", component, token, "a-b-c");
        take(&urn("", "a"), "pkg:index:Connection").unwrap();
        take(&urn("", "a"), "pkg:index:Connection").unwrap();
        take(&urn("", "a"), "pkg:index:Configuration").unwrap();
        insta::assert_snapshot!(
            take(&urn("", "a-b"), "pkg:index:Connection").unwrap_err(),
            @"the components `a` and `a-b` would both make a Connection `a-b-c`. Rename one of them, or its entry in `privateApis`"
        );
        // Below other types the URN differs; another deployment in the same process is another program.
        take(&urn("pkg:index:Outer$", "a-b"), "pkg:index:Connection").unwrap();
        names
            .take("other", &urn("", "a-b"), "pkg:index:Connection", "a-b-c")
            .unwrap();
    }
}
