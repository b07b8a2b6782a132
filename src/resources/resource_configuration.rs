//! A VPC Lattice resource configuration: one private host behind a resource gateway. EventBridge connections reach the host
//! through it.
//! <https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html>
//!
//! AWS behavior that this resource handles:
//! * After a creation, the status may change back and forth, as that of a gateway does: only the second ACTIVE in a row counts.
//! * For an endpoint of API Gateway, the target is its *regional* DNS name, which exists only after the endpoint is available.
//! * Reads after an update are stale: an update waits until GetResourceConfiguration shows what was sent.
//! * A configuration cannot be deleted while EventBridge's association with it exists. Only EventBridge can remove the
//!   association, and does so minutes after the connection is gone. Only a tag of the association names the connection:
//!   [`delete`] waits and tells the user which connection it is.

mod answer;
mod create;
mod delete;
mod endpoint;
mod holders;
mod obstacles;
mod orphans;
mod ports;
mod preview_checks;
mod ready;
mod target;
mod update;

use std::sync::Mutex;
use std::time::Duration;

use aws_sdk_vpclattice::operation::get_resource_configuration::GetResourceConfigurationOutput;
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
pub use target::{Target, inputs as target};

pub use self::answer::shown;
pub use self::ready::find;
use super::lattice::{self, Expect};
use crate::aws::orphans::beside;
use crate::aws::tags::Tags;
use crate::aws::{Aws, identity};
use crate::resources::Made;

/// The resource type `private-step-functions:index:ResourceConfiguration`.
#[derive(Debug)]
pub struct ResourceConfiguration;

/// The inputs of a [`ResourceConfiguration`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inputs {
    /// The resource gateway that leads to the target.
    pub resource_gateway_id: String,
    /// The name; unique in account and Region.
    pub name: String,
    /// TCP ports and port ranges.
    pub ports: Vec<String>,
    /// The target.
    pub target: Target,
    /// Whether the configuration may be associated with a service network that is shared with other accounts; absent means AWS's
    /// default, true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_association_to_shareable_service_network: Option<bool>,
    /// The resource's own tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Tags>,
}

/// The computed outputs of a [`ResourceConfiguration`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// The ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The status; ACTIVE if the configuration is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The host name; absent for an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain_name: Option<String>,
    /// The IP address type of the host name, also if the user set none; absent for an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
    /// Whether the configuration may be associated with a shared service network, also if the user did not set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_association_to_shareable_service_network: Option<bool>,
    /// All tags, with the provider's default tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags_all: Option<Tags>,
}

type Live = GetResourceConfigurationOutput;

impl Resource for ResourceConfiguration {
    type Clients = Aws;
    type Inputs = Inputs;
    type State = State;
    type Live = Live;

    const TOKEN: &'static str = "private-step-functions:index:ResourceConfiguration";
    const NOUN: &'static str = "resource configuration";
    const IDENTITY: Identity = Identity::Id;

    fn limit(operation: OperationKind, _: Option<&Inputs>) -> Duration {
        Duration::from_secs(match operation {
            OperationKind::Create | OperationKind::Read | OperationKind::Update => 10 * 60,
            // A delete also waits until EventBridge removes its associations.
            OperationKind::Delete => 30 * 60,
        })
    }

    fn provider_rules(draft: &Draft<'_>, aws: &Aws, failures: &mut Failures) {
        aws.tagging().check(draft, failures);
    }

    fn diff(changes: &mut Changes<'_>, aws: &Aws) -> Result<(), Error> {
        aws.tagging().diff(changes);
        target::diff(changes);
        lattice::diff_failed_status(changes);
        Ok(())
    }

    fn preview(draft: &Draft<'_>, old: Option<&Map>, aws: &Aws) -> Map {
        let mut known = Map::new();
        aws.tagging().preview(&mut known, draft.map());
        let unchanged = old.filter(|old| {
            old.get("target")
                .is_some_and(|target| draft.map().get("target") == Some(target))
        });
        let Some(old) = unchanged else {
            known.extend(
                draft
                    .object("target")
                    .map(|target| target::preview(&target))
                    .unwrap_or_default(),
            );
            return known;
        };
        for name in ["domainName", "ipAddressType"] {
            known.extend(old.get(name).map(|value| (name.to_owned(), value.clone())));
        }
        known
    }

    async fn preview_checks(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, findings: &mut Findings) {
        preview_checks::run(cx, draft, findings).await;
    }

    async fn create(cx: &Cx<Aws>, inputs: Inputs) -> Result<Created<State>, Failed<State>> {
        let attempted = || format!("creating resource configuration \"{}\"", inputs.name);
        let made = create::create(cx, &inputs).await;
        let Made { id, state } = made.map_err(|error| error.context(attempted()))?;
        // If the create fails from here on, the engine records the last status: Diff must know of CREATE_FAILED.
        let seen = Mutex::new(state.clone());
        let finish = async {
            let ready = ready::ready(cx, &id, Expect::New, &seen, cx.deadline());
            let tags = cx.clients().tagging().effective(inputs.tags.as_ref());
            Ok(answer::state(&ready.await?, tags))
        };
        let finish = beside(cx, orphans::WORDS, orphans::find(cx, &inputs.name), finish);
        cx.created(id.clone(), state, finish)
            .await
            .map_err(|failed| failed.last_seen(&seen).context(attempted()))
    }

    fn full_name(state: &State) -> Option<&str> {
        state.arn.as_deref()
    }

    fn check_id(id: &str) -> Result<(), Error> {
        identity::is_id(id, "rcfg-", "a resource configuration")
    }

    async fn find(cx: &Cx<Aws>, id: &str) -> Result<Option<Live>, Error> {
        find(cx.clients(), id).await
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
