//! Creates a security group.
//!
//! CreateSecurityGroup takes no client token: after a lost answer, the group is looked up by its name and ownership tags. If the
//! provider's `ownershipTags` is false, nothing shows who made a group with that name, and the error names it.

use aws_sdk_ec2::types::{Filter, ResourceType, SecurityGroup};
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::context::Cx;
use tokio::time::Instant;

use super::{Inputs, State};
use crate::aws::Aws;
use crate::aws::error::classify;
use crate::aws::tags::{self, Tags, URN_TAG};
use crate::aws::wait::{EC2_UNKNOWN_FOR, Look, Wait, retry, until};
use crate::resources::{Made, taken_name};

/// A group that exists.
#[derive(Debug)]
struct Group {
    id: String,
    arn: Option<String>,
}

/// Creates the group, unless an earlier attempt of this create already did.
pub(super) async fn create(cx: &Cx<Aws>, inputs: &Inputs) -> Result<Made<State>, Error> {
    let group = match cx.resumed() {
        Some(id) => Group { id, arn: None },
        None => make(cx, inputs).await?,
    };
    let state = State {
        arn: group.arn,
        tags_all: Some(cx.clients().tagging().effective(inputs.tags.as_ref())),
        ..State::default()
    };
    Ok(Made { id: group.id, state })
}

async fn make(cx: &Cx<Aws>, inputs: &Inputs) -> Result<Group, Error> {
    let token = cx.client_token("CreateSecurityGroup");
    let tagging = cx.clients().tagging();
    let tags = tagging.for_create(cx.urn(), inputs.tags.as_ref(), &token);
    let call = || send(cx, inputs, &tags);
    let wait = Wait {
        what: "the VPC to be known to EC2",
        deadline: cx.deadline(),
    };
    let patience = Instant::now() + EC2_UNKNOWN_FOR / 2;
    let not_yet_known = |error: &Error| error.is_not_found() && Instant::now() < patience;
    match retry(cx, wait, call, not_yet_known).await {
        Err(error) if error.kind() == ErrorKind::Conflict => taken(cx, inputs, &token, error).await,
        Err(error) if matches!(error.kind(), ErrorKind::MaybeSent | ErrorKind::Unavailable) => {
            lost(cx, inputs, &token, error).await
        }
        done => done,
    }
}

async fn send(cx: &Cx<Aws>, inputs: &Inputs, tags: &Tags) -> Result<Group, Error> {
    let call = cx.clients().ec2().await?.create_security_group();
    let call = call
        .vpc_id(&inputs.vpc_id)
        .group_name(&inputs.name)
        .description(&inputs.description)
        .tag_specifications(tags::specification(ResourceType::SecurityGroup, tags));
    let made = call
        .send()
        .await
        .map_err(|error| classify("CreateSecurityGroup", error))?;
    let id = made
        .group_id
        .ok_or_else(|| Error::new(ErrorKind::MaybeSent, "CreateSecurityGroup: EC2 named no id"))?;
    Ok(Group {
        id,
        arn: made.security_group_arn,
    })
}

/// Handles a name that is taken. Returns the group if its tags show that an earlier attempt of this create made it, and otherwise
/// the error with advice. Waits for a while, because EC2 may not show a new group yet.
async fn taken(cx: &Cx<Aws>, inputs: &Inputs, token: &str, error: Error) -> Result<Group, Error> {
    let wait = Wait {
        what: "EC2 to show the security group of that name",
        deadline: Instant::now() + EC2_UNKNOWN_FOR / 4,
    };
    let look = || find(cx, inputs);
    let found = until(cx, wait, &look, |seen| match seen {
        Ok(Some(found)) => Look::Ready(found),
        Ok(None) => Look::Pending("it is not there".to_owned()),
        Err(error) => Look::Failed(error),
    });
    let (made, tags) = match found.await {
        Ok(found) => found,
        Err(look) if look.kind() == ErrorKind::TimedOut => return Err(error),
        // The user needs the error about the name, not the one of the lookup.
        Err(look) => {
            return Err(error.advise(format!(
                "Choose another `name`; the provider could not look up which group has this name ({})",
                look.message()
            )));
        }
    };
    if tags::is_from(&tags, token) {
        return Ok(made);
    }
    let Group { id, .. } = made;
    if tags
        .get(URN_TAG)
        .is_some_and(|urn| *urn == tags::urn_value(cx.urn().as_str()))
    {
        return Err(error.advise(taken_name::own(cx, &id)));
    }
    Err(error.advise(taken_name::of_another(cx, &id)))
}

/// Looks for the group after a lost answer, for as long as EC2 may not show a new group.
async fn lost(cx: &Cx<Aws>, inputs: &Inputs, token: &str, error: Error) -> Result<Group, Error> {
    let wait = Wait {
        what: "EC2 to say whether the security group was made",
        deadline: Instant::now() + EC2_UNKNOWN_FOR / 4,
    };
    let look = || find(cx, inputs);
    let marks = cx.clients().tagging().marks_what_is_made();
    let judge = |seen: Result<Option<(Group, Tags)>, Error>| match seen {
        Ok(Some((made, tags))) if !marks || tags::is_from(&tags, token) => Look::Ready(made),
        Ok(_) => Look::Pending("it is not there".to_owned()),
        Err(error) => Look::Failed(error),
    };
    match until(cx, wait, &look, judge).await {
        Ok(made) if marks => Ok(made),
        // The group may also have existed before this create.
        Ok(Group { id, .. }) => Err(error.advise(format!(
            "{id} has the name \"{}\", but the provider cannot tell whether this create made it, because its `ownershipTags` is \
             false. If it did not exist before, import it with `pulumi import {} {} {id}` or delete it; otherwise choose another `name`",
            inputs.name,
            cx.urn().type_token(),
            cx.urn().name()
        ))),
        // Return the error of the create, not that of the lookup, such as a cancellation: the group may exist.
        Err(_) => Err(error.advise(format!(
            "The provider looked for a group \"{}\" and found none: repeat the command",
            inputs.name
        ))),
    }
}

/// Looks up the group with this name in the VPC. EC2 allows no second group whose name differs only in case, but its filter by
/// name is case-sensitive: so the names are compared here.
async fn find(cx: &Cx<Aws>, inputs: &Inputs) -> Result<Option<(Group, Tags)>, Error> {
    let filter = |name: &str, value: &str| Filter::builder().name(name).values(value).build();
    let call = cx.clients().ec2().await?.describe_security_groups();
    let pages = call
        .filters(filter("vpc-id", &inputs.vpc_id))
        .into_paginator()
        .items()
        .send();
    let groups: Result<Vec<_>, _> = pages.collect().await;
    let groups = groups.map_err(|error| classify("DescribeSecurityGroups", error))?;
    let has_name = |group: &SecurityGroup| {
        let name = group.group_name().unwrap_or_default();
        name.eq_ignore_ascii_case(&inputs.name)
    };
    Ok(groups.into_iter().find(has_name).and_then(|group| {
        let tags = tags::from_ec2(group.tags());
        let id = group.group_id?;
        Some((
            Group {
                id,
                arn: group.security_group_arn,
            },
            tags,
        ))
    }))
}
