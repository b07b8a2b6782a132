//! The way in for what exists: finds in a VPC what a component could be, and writes how to import it.
//!
//! ```text
//! found (AWS) ─> choice (inputs, an object for each child) ─> differences ─> import file, program, list of what is left out
//! ```
//!
//! The differences are those that Diff would find after the import. A choice that would change a security group is made again
//! without the group.

mod apis;
mod choice;
mod differences;
mod found;
mod groups;
mod import_file;
mod placeholders;
mod program;
mod report;
mod tags;
mod transform;

use std::collections::BTreeSet;
use std::sync::Arc;

use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::property::Map;
use pulumi_provider::schema::Schema;

use self::choice::Choice;
use self::differences::Differences;
use self::found::Reader;
use self::groups::Group;
use crate::aws::Aws;
use crate::component::TOKEN;
use crate::component::existing::{self, Registered, Role};

pub use self::placeholders::{Filled, component, fill};
pub use self::transform::Language;

/// An object that was found and is not managed by the component, or something that could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// The id of the object.
    pub what: String,
    /// The reason.
    pub why: String,
}

impl LeftOut {
    fn new(what: &str, why: impl Into<String>) -> Self {
        Self {
            what: what.to_owned(),
            why: why.into(),
        }
    }
}

/// A secret that AWS does not show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// The variable of the program, which is also the key in the stack's configuration.
    pub variable: String,
    /// The path in the component's inputs.
    pub path: String,
    /// The connection that has the secret.
    pub connection: String,
}

/// A component for what a VPC has.
#[derive(Debug)]
pub struct Adoption {
    /// The name of the component.
    pub name: String,
    vpc: String,
    region: String,
    choice: Choice,
    registered: Registered,
    differences: Differences,
}

impl Adoption {
    /// Returns what is left out, with the reasons.
    #[must_use]
    pub fn left_out(&self) -> &[LeftOut] {
        &self.choice.left_out
    }

    /// Returns the secrets to set.
    #[must_use]
    pub fn secrets(&self) -> &[Secret] {
        &self.choice.secrets
    }

    /// Returns the child in this place: its type, its logical name, and the id of its object.
    fn children(&self) -> impl Iterator<Item = (&Role, &'static str, &str, &str)> {
        let taken = self.choice.taken.iter();
        taken.filter_map(|(role, object)| {
            let child = self.registered.children.get(role)?;
            Some((role, child.token, child.name.as_str(), object.id.as_str()))
        })
    }

    /// Returns the inputs of the program's component.
    fn inputs(&self) -> &Map {
        &self.choice.inputs
    }

    fn ignored_tags(&self) -> &BTreeSet<String> {
        &self.choice.ignored_tags
    }
}

/// Finds what a component of this name could be in a VPC. It only reads.
///
/// # Errors
/// The VPC does not exist or has nothing for a component, or AWS cannot be read.
pub async fn survey(aws: Arc<Aws>, schema: Arc<Schema>, vpc: &str, name: &str) -> Result<Adoption, Error> {
    let mut found = Reader::new(Arc::clone(&aws), Arc::clone(&schema)).look(vpc).await?;
    let component = schema
        .resource(TOKEN)
        .ok_or_else(|| Error::bug("the schema has no component"))?;
    let mut ways = (Group::Default, Group::Default);
    loop {
        let choice = choice::choose(&found, name, ways);
        if choice.taken.is_empty() {
            let nothing = format!("{vpc} in {} has nothing that a component could adopt", found.region);
            let error = Error::new(ErrorKind::NotFound, nothing).advise("Check the VPC, the Region and the account");
            let left_out = choice
                .left_out
                .iter()
                .map(|left| format!("{}: {}", left.what, left.why));
            return Err(match left_out.collect::<Vec<_>>().join("; ") {
                none if none.is_empty() => error,
                left_out => error.besides(format!("Left out: {left_out}")),
            });
        }
        let names = choice.taken.iter().map(|(role, object)| {
            let named = existing::Named {
                id: object.id.clone(),
                arn: object.arn().to_owned(),
            };
            (role.clone(), named)
        });
        let registered = existing::registered(component, name, choice.inputs.clone(), &names.collect())
            .map_err(|error| error.context("the inputs for the objects that were found"))?;
        let differences = differences::find(&aws, &schema, &choice, &registered)?;
        let before = ways;
        for (role, way, input) in [
            (Role::EndpointGroup, &mut ways.0, "endpoints.securityGroupIds"),
            (Role::GatewayGroup, &mut ways.1, "resourceGateway.securityGroupIds"),
        ] {
            let Some((group, changed)) = choice.taken.get(&role).zip(differences.of(&role)) else {
                continue;
            };
            *way = way.next();
            if *way == Group::Given {
                let tops: BTreeSet<_> = changed
                    .iter()
                    .filter_map(|path| path.split(['.', '[']).next())
                    .collect();
                let changed = tops.into_iter().collect::<Vec<_>>().join(", ");
                let why = format!("the component would change its {changed}. The program refers to it as `{input}`");
                found.left_out.push(LeftOut::new(&group.id, why));
            }
        }
        if ways == before {
            return Ok(Adoption {
                name: name.to_owned(),
                vpc: vpc.to_owned(),
                region: found.region,
                choice,
                registered,
                differences,
            });
        }
    }
}
