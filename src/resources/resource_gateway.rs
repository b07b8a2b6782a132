//! A VPC Lattice resource gateway: network interfaces in a VPC through which resource configurations reach their targets.
//! <https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-gateway.html>
//!
//! AWS behavior that this resource handles:
//! * After a creation, the status changes back and forth: only the second ACTIVE in a row counts.
//! * VPC Lattice gives no reason why a gateway failed; [`diagnosis`] looks for likely causes. A gateway that is CREATE_FAILED
//!   never recovers, so the diff replaces it.
//! * The answer of UpdateResourceGateway is incomplete, and the next reads are stale: an update waits until GetResourceGateway
//!   shows what was sent.
//! * A gateway cannot be deleted while a resource configuration refers to it. After the deletion, its network interfaces keep
//!   subnets and security groups in use for a while: [`delete`] waits.

mod answer;
mod create;
mod delete;
mod diagnosis;
mod orphans;
mod preview_checks;
mod ready;
mod update;

use std::sync::Mutex;
use std::time::Duration;

use aws_sdk_vpclattice::operation::get_resource_gateway::GetResourceGatewayOutput;
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

pub use self::answer::shown;
pub use self::ready::find;
use super::lattice::{self, Expect};
use crate::aws::orphans::beside;
use crate::aws::tags::Tags;
use crate::aws::{Aws, identity};
use crate::resources::Made;

/// The resource type `private-step-functions:index:ResourceGateway`.
#[derive(Debug)]
pub struct ResourceGateway;

/// The inputs of a [`ResourceGateway`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inputs {
    /// The VPC.
    pub vpc_id: String,
    /// The subnets; VPC Lattice makes one network interface in each.
    pub subnet_ids: Vec<String>,
    /// The security groups of the network interfaces; absent means the VPC's default group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_group_ids: Option<Vec<String>>,
    /// The name; unique in account and Region.
    pub name: String,
    /// IPV4, IPV6 or DUALSTACK; absent means IPV4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
    /// The number of IPv4 addresses of each network interface, 1 to 62; absent means 16.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv4_addresses_per_eni: Option<i32>,
    /// PUBLIC or IN_VPC; absent means PUBLIC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns_resolution: Option<String>,
    /// The resource's own tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Tags>,
}

/// The computed outputs of a [`ResourceGateway`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// The ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The status; ACTIVE if the gateway is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The security groups, also if the user set none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_group_ids: Option<Vec<String>>,
    /// The IP address type, also if the user set none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
    /// The number of IPv4 addresses of each network interface, also if the user set none; absent for IPV6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv4_addresses_per_eni: Option<i32>,
    /// The DNS resolution, also if the user set none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns_resolution: Option<String>,
    /// All tags, with the provider's default tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags_all: Option<Tags>,
}

type Live = GetResourceGatewayOutput;

impl Inputs {
    /// Returns the security groups; `None` if AWS chooses them.
    fn given_groups(&self) -> Option<&[String]> {
        self.security_group_ids.as_deref().filter(|groups| !groups.is_empty())
    }
}

impl Resource for ResourceGateway {
    type Clients = Aws;
    type Inputs = Inputs;
    type State = State;
    type Live = Live;

    const TOKEN: &'static str = "private-step-functions:index:ResourceGateway";
    const NOUN: &'static str = "resource gateway";
    const IDENTITY: Identity = Identity::Id;

    fn limit(operation: OperationKind, _: Option<&Inputs>) -> Duration {
        Duration::from_secs(match operation {
            // A delete also waits until no resource configuration refers to the gateway.
            OperationKind::Create | OperationKind::Update | OperationKind::Delete => 30 * 60,
            OperationKind::Read => 10 * 60,
        })
    }

    fn rules(draft: &Draft<'_>, failures: &mut Failures) {
        if draft.text("ipAddressType") == Some("IPV6") && draft.is_given("ipv4AddressesPerEni") {
            failures.at(
                "ipv4AddressesPerEni",
                "an IPV6 gateway has no IPv4 addresses: leave it out, or choose `ipAddressType` IPV4 or DUALSTACK",
            );
        }
        if draft.text("ipAddressType") == Some("IPV6") && draft.text("dnsResolution") == Some("IN_VPC") {
            failures.at(
                "dnsResolution",
                "an IPV6 gateway cannot look names up in the VPC: leave it out, or choose `ipAddressType` DUALSTACK",
            );
        }
    }

    fn provider_rules(draft: &Draft<'_>, aws: &Aws, failures: &mut Failures) {
        aws.tagging().check(draft, failures);
    }

    fn diff(changes: &mut Changes<'_>, aws: &Aws) -> Result<(), Error> {
        aws.tagging().diff(changes);
        lattice::diff_failed_status(changes);
        Ok(())
    }

    fn preview(draft: &Draft<'_>, old: Option<&Map>, aws: &Aws) -> Map {
        let mut known = Map::new();
        aws.tagging().preview(&mut known, draft.map());
        // An update does not change what AWS chose.
        for name in ["securityGroupIds", "ipv4AddressesPerEni"] {
            if let Some(value) = old.and_then(|old| old.get(name)).filter(|_| !draft.is_given(name)) {
                known.insert(name.to_owned(), value.clone());
            }
        }
        known
    }

    async fn preview_checks(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, findings: &mut Findings) {
        preview_checks::run(cx, draft, findings).await;
    }

    async fn create(cx: &Cx<Aws>, inputs: Inputs) -> Result<Created<State>, Failed<State>> {
        let attempted = || format!("creating resource gateway \"{}\"", inputs.name);
        let made = create::create(cx, &inputs).await;
        let Made { id, state } = made.map_err(|error| error.context(attempted()))?;
        // If the create fails from here on, the engine records the last status: Diff must know of CREATE_FAILED.
        let seen = Mutex::new(state.clone());
        let finish = async {
            let ready = ready::ready(cx, &id, Expect::New, &seen, cx.deadline());
            let tags = cx.clients().tagging().effective(inputs.tags.as_ref());
            Ok(answer::state(&ready.await?, &inputs, tags))
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
        identity::is_id(id, "rgw-", "a resource gateway")
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
