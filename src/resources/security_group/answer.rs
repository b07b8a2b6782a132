//! Converts a security group, as EC2 describes it, to inputs and computed outputs.

use aws_sdk_ec2::types::Vpc;
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::resource::Found;
use pulumi_provider::resource::context::Cx;

use super::rules::{self, Blocks, Rule, Rules};
use super::{Inputs, Live, State};
use crate::aws::Aws;
use crate::aws::tags;
use crate::aws::wait::poller::Polled;
use crate::partition::Partition;

/// Reports whether a rule has `vpc: true`, which needs the CIDR blocks of the VPC.
pub(super) fn has_whole_vpc(inputs: &Inputs) -> bool {
    let rules = [inputs.ingress.as_deref(), inputs.egress.as_deref()];
    rules.into_iter().flatten().flatten().any(Rule::is_whole_vpc)
}

pub(super) async fn blocks(cx: &Cx<Aws>, vpc_id: &str) -> Result<Blocks, Error> {
    let vpc: Option<Vpc> = Polled::new(cx.clients(), vpc_id).current().await?;
    vpc.as_ref()
        .map(Blocks::of)
        .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("the VPC {vpc_id} does not exist")))
}

pub(super) async fn found(
    cx: &Cx<Aws>,
    live: Live,
    prior: Option<&Found<Inputs, State>>,
) -> Result<Found<Inputs, State>, Error> {
    let vpc_id = live.vpc_id().unwrap_or_default().to_owned();
    // In an import, the inputs of the program are not known: a rule may have `vpc: true`.
    let may_be_compared =
        |prior: &Found<Inputs, State>| has_whole_vpc(&prior.inputs) || prior.state.vpc_cidr_blocks.is_some();
    let blocks = if prior.is_none_or(may_be_compared) {
        Some(blocks(cx, &vpc_id).await?)
    } else {
        None
    };
    let known = blocks.clone().unwrap_or_default();
    let prior = prior.map(|prior| &prior.inputs);
    let prior_ingress = prior.and_then(|prior| prior.ingress.as_deref());
    let prior_egress = prior.and_then(|prior| prior.egress.as_deref());
    let owner = live.owner_id().unwrap_or_default();
    let spelled = |live: &Rules, prior: Option<&[Rule]>| rules::spelled(live, prior, owner, &known);
    let tagging = cx.clients().tagging();
    let visible = tagging.visible(&tags::from_ec2(live.tags()));
    let prior_tags = prior.and_then(|prior| prior.tags.as_ref());
    Ok(Found {
        inputs: Inputs {
            ingress: spelled(&rules::live(live.ip_permissions(), owner), prior_ingress)?,
            egress: spelled(&rules::live(live.ip_permissions_egress(), owner), prior_egress)?,
            name: live.group_name().unwrap_or_default().to_owned(),
            description: live.description().unwrap_or_default().to_owned(),
            tags: tagging.own(&visible, prior_tags),
            vpc_id,
        },
        state: State {
            arn: Some(arn(cx, &live).await?),
            vpc_cidr_blocks: blocks.as_ref().map(Blocks::texts),
            tags_all: Some(visible),
        },
    })
}

/// Returns the ARN. Older EC2 endpoints give none: then it is built from Region, owner and id.
pub(super) async fn arn(cx: &Cx<Aws>, live: &Live) -> Result<String, Error> {
    if let Some(arn) = live.security_group_arn() {
        return Ok(arn.to_owned());
    }
    let (owner, id) = (live.owner_id().unwrap_or_default(), live.group_id().unwrap_or_default());
    let region = cx.clients().region().await?;
    Ok(format!(
        "arn:{}:ec2:{region}:{owner}:security-group/{id}",
        Partition::of_region(region).id
    ))
}
