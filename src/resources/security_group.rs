//! A security group with all its rules. <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html>
//!
//! AWS behavior that this resource handles:
//! * CreateSecurityGroup takes no client token: after a lost answer, [`create`] looks the group up by name and tags.
//! * A new group allows all outbound traffic, also over IPv6 if the VPC has it.
//! * Other calls may not know a new group for some seconds.
//! * A group cannot be deleted while a network interface or a rule of another group refers to it: [`delete`] waits.

mod answer;
mod blockers;
mod create;
mod delete;
mod orphans;
mod preview_checks;
mod ready;
mod rules;
mod update;
mod wanted;

use std::sync::Mutex;
use std::time::Duration;

use aws_sdk_ec2::types::SecurityGroup as Live;
use pulumi_provider::error::{Error, Failed};
use pulumi_provider::property::Map;
use pulumi_provider::resource::changes::Changes;
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::context::{Created, Cx};
use pulumi_provider::resource::draft::{Draft, Failures};
use pulumi_provider::resource::findings::Findings;
use pulumi_provider::resource::limits::OperationKind;
use pulumi_provider::resource::{Deleted, Found, Identity, Resource, Update};
use serde::{Deserialize, Serialize};

pub use self::rules::Rule;
use crate::aws::orphans::beside;
use crate::aws::tags::Tags;
use crate::aws::wait::poller::Polled;
use crate::aws::{Aws, identity};
use crate::resources::Made;

/// The resource type `private-step-functions:index:SecurityGroup`.
#[derive(Debug)]
pub struct SecurityGroup;

/// The inputs of a [`SecurityGroup`].
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inputs {
    /// The VPC.
    pub vpc_id: String,
    /// The name; unique in the VPC.
    pub name: String,
    /// What the group is for; cannot be changed.
    pub description: String,
    /// The rules for inbound traffic; absent means none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ingress: Option<Vec<Rule>>,
    /// The rules for outbound traffic; absent means none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub egress: Option<Vec<Rule>>,
    /// The resource's own tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Tags>,
}

/// The computed outputs of a [`SecurityGroup`].
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// The ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The CIDR blocks of the VPC, if a rule has `vpc: true` and after an import. Diff uses them to compare a rule for the whole
    /// VPC with rules for single blocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_cidr_blocks: Option<Vec<String>>,
    /// All tags, with the provider's default tags.
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

    fn limit(operation: OperationKind, _: Option<&Inputs>) -> Duration {
        Duration::from_secs(match operation {
            OperationKind::Create | OperationKind::Read | OperationKind::Update => 10 * 60,
            // The network interfaces of deleted endpoints and gateways disappear late.
            OperationKind::Delete => 15 * 60,
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

    async fn preview_checks(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, findings: &mut Findings) {
        preview_checks::run(cx, draft, findings).await;
    }

    async fn create(cx: &Cx<Aws>, inputs: Inputs) -> Result<Created<State>, Failed<State>> {
        let attempted = || format!("creating security group \"{}\"", inputs.name);
        let made = create::create(cx, &inputs).await;
        let Made { id, state } = made.map_err(|error| error.context(attempted()))?;
        let finish = async {
            let live = ready::ready(cx, &id).await?;
            update::created(cx, live, &inputs).await
        };
        let finish = beside(cx, orphans::WORDS, orphans::find(cx), finish);
        let created = cx.created(id.clone(), state, finish).await;
        created.map_err(|failed| failed.context(attempted()))
    }

    fn full_name(state: &State) -> Option<&str> {
        state.arn.as_deref()
    }

    fn check_id(id: &str) -> Result<(), Error> {
        identity::is_id(id, "sg-", "a security group")
    }

    async fn find(cx: &Cx<Aws>, id: &str) -> Result<Option<Live>, Error> {
        Polled::new(cx.clients(), id).current().await
    }

    async fn read(
        cx: &Cx<Aws>,
        live: Live,
        prior: Option<Found<Inputs, State>>,
    ) -> Result<Found<Inputs, State>, Error> {
        answer::found(cx, live, prior.as_ref()).await
    }

    async fn update(
        cx: &Cx<Aws>,
        id: &str,
        live: Live,
        update: Update<Inputs, State>,
        seen: &Mutex<State>,
    ) -> Result<State, Error> {
        update::update(cx, id, live, &update, seen).await
    }

    async fn delete(cx: &Cx<Aws>, id: &str, old: Found<Inputs, State>) -> Result<Deleted, Error> {
        delete::delete(cx, id, &old).await
    }
}
