//! The differences that a preview would find after the import, computed with the same Check and Diff.

use std::collections::BTreeMap;

use pulumi_provider::component::registrar::Child;
use pulumi_provider::error::Error;
use pulumi_provider::lifecycle::adapter::DiffRequest;
use pulumi_provider::lifecycle::check;
use pulumi_provider::property::{Map, secret_paths};
use pulumi_provider::schema::Schema;

use super::choice::Choice;
use crate::aws::Aws;
use crate::component::existing::{Registered, Role};
use crate::resources;

/// What differs, by the place of the object in the component.
#[derive(Debug, Default)]
pub(super) struct Differences(BTreeMap<Role, Vec<String>>);

impl Differences {
    /// Returns the properties of an object that would change.
    pub(super) fn of(&self, role: &Role) -> Option<&[String]> {
        self.0.get(role).map(Vec::as_slice)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Role, &[String])> {
        self.0.iter().map(|(role, changed)| (role, changed.as_slice()))
    }
}

/// Compares the objects with what the component registers.
pub(super) fn find(aws: &Aws, schema: &Schema, choice: &Choice, registered: &Registered) -> Result<Differences, Error> {
    let aws = aws.ignoring_tags(choice.ignored_tags.iter().cloned());
    let resources = resources::all();
    let mut found = BTreeMap::new();
    for (role, child) in &registered.children {
        let Some(object) = choice.taken.get(role) else {
            found.insert(role.clone(), vec!["the object itself, which is created".to_owned()]);
            continue;
        };
        let missing = || Error::bug(format!("there is no resource {}", child.token));
        let resource = resources
            .iter()
            .find(|one| one.token() == child.token)
            .ok_or_else(missing)?;
        let schema = schema.resource(child.token).ok_or_else(missing)?;
        let urn = format!("urn:pulumi:adopt::adopt::{}::{}", child.token, child.name);
        let mut old = object.prior.clone();
        old.inputs.extend(supplied(role, child, choice));
        let checked = resource.check(
            schema,
            Some(&aws),
            check::Request {
                urn: &urn.parse().map_err(|_| Error::bug(format!("{urn} is no URN")))?,
                olds: &old.inputs,
                news: child.inputs.clone(),
                seed: &[],
                autonaming: None,
            },
        );
        let request = DiffRequest {
            old: &old,
            inputs: &checked.inputs,
            ignored: &[],
            named_by_user: checked.named_by_user,
        };
        let refused = checked.failures.into_iter().map(|failure| failure.reason);
        let changed = resource.diff(schema, &aws, request)?.detailed.into_keys();
        let changed: Vec<_> = refused.chain(changed.map(|path| path.to_string())).collect();
        if !changed.is_empty() {
            found.insert(role.clone(), changed);
        }
    }
    Ok(Differences(found))
}

/// Returns the inputs of an object that AWS does not show but that are known: the credentials of a connection that needs none.
pub(super) fn supplied(role: &Role, child: &Child, choice: &Choice) -> Map {
    let Role::Connection(api) = role else {
        return Map::new();
    };
    let path = format!("privateApis.{api}.auth.");
    let has_own = choice.secrets.iter().any(|secret| secret.path.starts_with(&path));
    let auth = child
        .inputs
        .get("auth")
        .filter(|auth| !has_own && secret_paths::contains_secret(auth));
    auth.map(|auth| ("auth".to_owned(), auth.clone())).into_iter().collect()
}
