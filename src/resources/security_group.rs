//! A security group with all its rules.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html>. Quirks: CreateSecurityGroup takes no client
//! token; AWS lets everything out of a new group, by IPv6 too where the VPC has it; the group is unknown to other calls for
//! some seconds; it cannot be deleted while a network interface or a rule of another group refers to it.

mod blockers;
mod converge;
mod create;
mod rules;
mod wanted;

use std::sync::Mutex;
use std::time::Duration;

use aws_sdk_ec2::types::{SecurityGroup as Live, Vpc};
use pulumi_provider::error::{Error, Failed, Kind};
use pulumi_provider::lock::lock;
use pulumi_provider::property::Map;
use pulumi_provider::resource::changes::Changes;
use pulumi_provider::resource::context::{Created, Cx};
use pulumi_provider::resource::draft::{Draft, Failures};
use pulumi_provider::resource::limits::Doing;
use pulumi_provider::resource::{Deleted, Found, Identity, Resource, Update};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

pub use self::rules::Rule;
use self::rules::{Blocks, Rules};
use self::wanted::Wanted;
use super::attempt::delete_again;
use crate::aws::error::classify;
use crate::aws::leftovers::{self, Kind as Leftover};
use crate::aws::poller::Watch;
use crate::aws::tags::{self, Tags, TagsUpdate};
use crate::aws::wait::{Wait, retry};
use crate::aws::{Aws, identity};
use crate::partition::Partition;

/// How long something just made may stay unknown to other calls.
const SETTLING: Duration = Duration::from_secs(60);

/// `private-step-functions:index:SecurityGroup`.
#[derive(Debug)]
pub struct SecurityGroup;

/// What the user asks for.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inputs {
    /// The VPC.
    pub vpc_id: String,
    /// Unique in the VPC.
    pub name: String,
    /// What the group is for; cannot be changed.
    pub description: String,
    /// What may come in; absent means nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ingress: Option<Vec<Rule>>,
    /// What may go out; absent means nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub egress: Option<Vec<Rule>>,
    /// The group's own tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Tags>,
}

/// What EC2 computes.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// The group's ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The CIDR blocks of the VPC, where a rule stands for them and after an import: Diff tells by them whether rules for
    /// single blocks and one for the whole VPC are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_cidr_blocks: Option<Vec<String>>,
    /// All tags, the provider's defaults included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags_all: Option<Tags>,
}

impl Resource for SecurityGroup {
    type Clients = Aws;
    type Inputs = Inputs;
    type State = State;
    type Live = Live;

    const TOKEN: &'static str = "private-step-functions:index:SecurityGroup";
    const NOUN: &'static str = "security group";
    const IDENTITY: Identity = Identity::Id;

    fn limit(doing: Doing, _: Option<&Inputs>) -> Duration {
        Duration::from_secs(match doing {
            Doing::Create | Doing::Read | Doing::Update => 10 * 60,
            // Interfaces that use it go away late.
            Doing::Delete => 15 * 60,
        })
    }

    fn rules(draft: &Draft<'_>, failures: &mut Failures) {
        for property in ["ingress", "egress"] {
            rules::check(property, draft, failures);
        }
    }

    fn provider_rules(draft: &Draft<'_>, aws: &Aws, failures: &mut Failures) {
        aws.tagging().check(draft, failures);
    }

    fn diff(changes: &mut Changes<'_>, aws: &Aws) -> Result<(), Error> {
        aws.tagging().diff(changes);
        rules::diff(changes);
        Ok(())
    }

    fn preview(draft: &Draft<'_>, _old: Option<&Map>, aws: &Aws) -> Map {
        let mut outputs = Map::new();
        aws.tagging().preview(&mut outputs, draft.map());
        outputs
    }

    async fn create(cx: &Cx<Aws>, inputs: Inputs) -> Result<Created<State>, Failed<State>> {
        let doing = format!("creating security group \"{}\"", inputs.name);
        let made = create::once(cx, &inputs).await.map_err(|error| error.context(&doing))?;
        let partial = State {
            arn: made.arn,
            tags_all: Some(cx.clients().tagging().effective(inputs.tags.as_ref())),
            ..State::default()
        };
        let finish = async {
            let deadline = cx.deadline();
            let live = appear(cx, &made.id).await?;
            let tags = TagsUpdate::created(cx, &inputs);
            let wanted = Wanted::created(cx, &live, &inputs).await?;
            finish(cx, live, &wanted, &tags, deadline).await
        };
        let finish = leftovers::beside(cx, Leftover::SecurityGroup, finish);
        let created = cx.created(&made.id, partial, finish).await;
        created.map_err(|failed| failed.context(doing))
    }

    fn arn(state: &State) -> Option<&str> {
        state.arn.as_deref()
    }

    fn check_id(id: &str) -> Result<(), Error> {
        identity::is_id(id, "sg-", "a security group")
    }

    async fn find(cx: &Cx<Aws>, id: &str) -> Result<Option<Live>, Error> {
        Watch::new(cx.clients(), id).current().await
    }

    async fn read(
        cx: &Cx<Aws>,
        live: Live,
        prior: Option<Found<Inputs, State>>,
    ) -> Result<Found<Inputs, State>, Error> {
        found(cx, live, prior.as_ref()).await
    }

    async fn update(
        cx: &Cx<Aws>,
        _id: &str,
        live: Live,
        update: Update<Inputs, State>,
        seen: &Mutex<State>,
    ) -> Result<State, Error> {
        let Update {
            recorded,
            wanted,
            bases,
            ..
        } = &update;
        let tags = TagsUpdate::new(cx, &update);
        let wanted = Wanted::updated(cx, &live, recorded, wanted, bases).await?;
        lock(seen).vpc_cidr_blocks = wanted.blocks.as_ref().map(Blocks::texts);
        finish(cx, live, &wanted, &tags, cx.deadline()).await
    }

    async fn delete(cx: &Cx<Aws>, id: &str, _old: Found<Inputs, State>) -> Result<Deleted, Error> {
        match delete(cx, id).await {
            Err(error) if error.is_not_found() => Ok(Deleted::WasAbsent),
            done => done.map(|()| Deleted::Done),
        }
    }
}

/// Brings rules and tags to what they should be.
async fn finish(
    cx: &Cx<Aws>,
    live: Live,
    wanted: &Wanted,
    tags: &TagsUpdate<'_>,
    deadline: Instant,
) -> Result<State, Error> {
    converge::rules(cx, &live, wanted, deadline).await?;
    let id = live.group_id().unwrap_or_default();
    super::tag_ec2(cx.clients(), id, &tags::from_ec2(live.tags()), tags).await?;
    Ok(State {
        arn: Some(arn(cx, &live).await?),
        vpc_cidr_blocks: wanted.blocks.as_ref().map(Blocks::texts),
        tags_all: Some(tags.wanted.clone()),
    })
}

/// The group as soon as Describe knows it.
async fn appear(cx: &Cx<Aws>, id: &str) -> Result<Live, Error> {
    let wait = Wait {
        what: "the new security group to be known to EC2",
        deadline: Instant::now() + SETTLING,
    };
    let look = || async {
        let missing = || Error::new(Kind::NotFound, format!("{id} is not there yet"));
        SecurityGroup::find(cx, id).await?.ok_or_else(missing)
    };
    retry(cx, wait, look, Error::is_not_found).await
}

/// Whether a rule stands for all of the VPC, so that its CIDR blocks must be known.
fn has_whole_vpc(inputs: &Inputs) -> bool {
    let rules = [inputs.ingress.as_deref(), inputs.egress.as_deref()];
    rules.into_iter().flatten().flatten().any(Rule::is_whole_vpc)
}

async fn blocks(cx: &Cx<Aws>, vpc_id: &str) -> Result<Blocks, Error> {
    let vpc: Option<Vpc> = Watch::new(cx.clients(), vpc_id).current().await?;
    vpc.as_ref()
        .map(Blocks::of)
        .ok_or_else(|| Error::new(Kind::NotFound, format!("the VPC {vpc_id} does not exist")))
}

async fn found(cx: &Cx<Aws>, live: Live, prior: Option<&Found<Inputs, State>>) -> Result<Found<Inputs, State>, Error> {
    let vpc_id = live.vpc_id().unwrap_or_default().to_owned();
    // What the program of an import says is not told: it may stand for the whole VPC.
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

/// Older EC2 endpoints give no ARN.
async fn arn(cx: &Cx<Aws>, live: &Live) -> Result<String, Error> {
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

/// Repeats the call while something still refers to the group; after a minute the user is told what.
async fn delete(cx: &Cx<Aws>, id: &str) -> Result<(), Error> {
    let deadline = cx.deadline();
    let call = || async {
        let call = cx.clients().ec2().await?.delete_security_group().group_id(id);
        call.send()
            .await
            .map(drop)
            .map_err(|error| classify("DeleteSecurityGroup", error))
    };
    // Not one that EC2 throttled to the end.
    let is_stuck = |error: &Error| {
        error.kind() == Kind::TimedOut && matches!(error.code(), "DependencyViolation" | "InvalidGroup.InUse")
    };

    let patience = Wait {
        what: "everything that uses the group to be gone",
        deadline: deadline.min(Instant::now() + blockers::NAMED_AFTER),
    };
    match retry(cx, patience, call, delete_again).await {
        Err(error) if error.kind() == Kind::TimedOut && Instant::now() < deadline => {}
        Err(error) if is_stuck(&error) => return Err(blockers::explain(cx, id, error).await),
        done => return done,
    }
    let holders = blockers::find(cx, id).await.unwrap_or_default().to_string();
    let what = format!("what still uses the group to be gone ({holders})");
    match retry(cx, Wait { what: &what, deadline }, call, delete_again).await {
        Err(error) if is_stuck(&error) => Err(blockers::explain(cx, id, error).await),
        done => done,
    }
}
