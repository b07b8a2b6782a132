//! Keeps the names of components' children unique: no two resources of one program may have the same URN.
//!
//! A URN contains the types of a child's parents but not their names, so a child's name begins with the name of its
//! component. That alone does not keep two components apart: `a` with an API `b-c` and `a-b` with an API `c` both make a
//! connection `a-b-c`. No other separator would help: a name must also serve as a physical name under `verbatim` autonaming,
//! and some services accept only letters, digits and hyphens. So the second child is refused with a message that names both
//! components; the engine's own message has only the URN.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::error::{Error, ErrorKind};
use crate::lock::lock;
use crate::urn::Urn;

/// How many deployments are kept. A process that engines attach to serves one deployment after the other, and only a few at
/// once.
const DEPLOYMENTS: usize = 64;

/// The names that the components of one process have given to their children.
#[derive(Debug, Default)]
pub struct Names {
    /// The deployments by the address of their monitor, in the order of last use; the latest is the last.
    deployments: Mutex<Vec<(String, Owners)>>,
}

/// The name of the component that owns each child.
type Owners = HashMap<ChildKey, String>;
/// The parts of a child's URN: the component's URN without its name, and the child's type and name.
type ChildKey = [String; 3];

impl Names {
    /// Reserves a name for a child of this component, in the deployment of this monitor. `named_by` is
    /// [`Component::names_children`](super::Component::names_children).
    ///
    /// # Errors
    /// Another component already has a child of this type and name.
    pub fn take(
        &self,
        monitor: &str,
        component: &str,
        token: &str,
        name: &str,
        named_by: Option<&str>,
    ) -> Result<(), Error> {
        let Ok(urn) = component.parse::<Urn>() else {
            // A URN of the engine that cannot be parsed is not checked here: the engine itself reports it.
            return Ok(());
        };
        let types = component.strip_suffix(urn.name()).unwrap_or(component);
        let child = [types, token, name].map(str::to_owned);
        let mut deployments = lock(&self.deployments);
        let known = deployments.iter().position(|(address, _)| address == monitor);
        let mut deployment = match known {
            Some(index) => deployments.remove(index),
            None => (monitor.to_owned(), Owners::new()),
        };
        let taken = take_in(&mut deployment.1, child, &urn, named_by);
        deployments.push(deployment);
        let surplus = deployments.len().saturating_sub(DEPLOYMENTS);
        deployments.drain(..surplus);
        taken
    }
}

fn take_in(owners: &mut Owners, child: ChildKey, urn: &Urn, named_by: Option<&str>) -> Result<(), Error> {
    let [_, token, name] = child.clone();
    let owner = owners.entry(child).or_insert_with(|| urn.name().to_owned());
    if owner == urn.name() {
        return Ok(());
    }
    let kind = token.rsplit(':').next().unwrap_or(&token);
    Err(Error::new(
        ErrorKind::Invalid,
        format!(
            "the components `{owner}` and `{}` would both make a {kind} `{name}`",
            urn.name()
        ),
    )
    .advise(match named_by {
        Some(input) => format!("Rename one of them, or {input}"),
        None => "Rename one of them".to_owned(),
    }))
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
        let take = |component: &str, token: &str| {
            names.take("monitor", component, token, "a-b-c", Some("its entry in `apis`"))
        };
        take(&urn("", "a"), "pkg:index:Connection").unwrap();
        take(&urn("", "a"), "pkg:index:Connection").unwrap();
        take(&urn("", "a"), "pkg:index:Configuration").unwrap();
        insta::assert_snapshot!(
            take(&urn("", "a-b"), "pkg:index:Connection").unwrap_err(),
            @"the components `a` and `a-b` would both make a Connection `a-b-c`. Rename one of them, or its entry in `apis`"
        );
        // With other parent types the URN differs. Another deployment in the same process is another program.
        take(&urn("pkg:index:Outer$", "a-b"), "pkg:index:Connection").unwrap();
        names
            .take("other", &urn("", "a-b"), "pkg:index:Connection", "a-b-c", None)
            .unwrap();
    }

    #[test]
    fn only_the_most_recently_used_deployments_are_kept() {
        let names = Names::default();
        for number in 0..3 * DEPLOYMENTS {
            let monitor = format!("monitor-{number}");
            names
                .take(&monitor, &urn("", "a"), "pkg:index:Connection", "a-b-c", None)
                .unwrap();
            names
                .take("lasting", &urn("", "a"), "pkg:index:Connection", "a-b-c", None)
                .unwrap();
        }
        assert_eq!(lock(&names.deployments).len(), DEPLOYMENTS);
        assert!(
            names
                .take("lasting", &urn("", "a-b"), "pkg:index:Connection", "a-b-c", None)
                .is_err()
        );
    }
}
