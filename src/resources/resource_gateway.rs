//! A VPC Lattice resource gateway: network interfaces in a VPC through which resource configurations reach their targets.
//! <https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-gateway.html>
//!
//! Quirks that this file deals with:
//! * The status flaps after creation: only the second ACTIVE in a row counts.
//! * A failed gateway has no reason; [`diagnosis`] looks for the likely ones. It never recovers, so the diff replaces it.
//! * The answer of an update is incomplete and the next reads are stale: only Get counts, once it shows what was asked for.
//! * It cannot be deleted while a configuration refers to it, and when it is gone its network interfaces still hold subnets
//!   and security groups for a while.

mod answer;
mod create;
mod delete;
mod diagnosis;
mod ready;
mod update;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use aws_sdk_vpclattice::operation::get_resource_gateway::GetResourceGatewayOutput;
use pulumi_provider::error::{Error, Failed};
use pulumi_provider::property::Map;
use pulumi_provider::resource::changes::Changes;
use pulumi_provider::resource::context::{Created, Cx};
use pulumi_provider::resource::draft::{Draft, Failures};
use pulumi_provider::resource::limits::Doing;
use pulumi_provider::resource::{Deleted, Found, Identity, Resource, Update};
use serde::{Deserialize, Serialize};

use super::lattice::{self, Expect};
use crate::aws::orphans::{self, OrphanKind};
use crate::aws::{Aws, identity};

/// The resource gateway.
#[derive(Debug)]
pub struct ResourceGateway;

/// The inputs of a [`ResourceGateway`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inputs {
    /// The VPC it leads into.
    pub vpc_id: String,
    /// One network interface is made in each.
    pub subnet_ids: Vec<String>,
    /// What it may connect to; absent: the VPC's default group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_group_ids: Option<Vec<String>>,
    /// Unique in account and Region.
    pub name: String,
    /// IPV4, IPV6 or DUALSTACK; absent: IPV4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
    /// 1 to 62; absent: 16.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv4_addresses_per_eni: Option<i32>,
    /// PUBLIC or IN_VPC; absent: PUBLIC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns_resolution: Option<String>,
    /// Its own tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}

/// The computed outputs of a [`ResourceGateway`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// The ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// ACTIVE when it works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The groups it has, given or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_group_ids: Option<Vec<String>>,
    /// The kind of addresses it has, given or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
    /// The addresses of each network interface, given or not; none for IPV6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv4_addresses_per_eni: Option<i32>,
    /// Where names are looked up, given or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns_resolution: Option<String>,
    /// All tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags_all: Option<BTreeMap<String, String>>,
}

type Live = GetResourceGatewayOutput;

impl Inputs {
    /// The groups, unless that is left to AWS.
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

    fn limit(doing: Doing, _: Option<&Inputs>) -> Duration {
        Duration::from_secs(match doing {
            // A delete waits for the configurations as well.
            Doing::Create | Doing::Update | Doing::Delete => 30 * 60,
            Doing::Read => 10 * 60,
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

    fn provider_rules(draft: &Draft<'_>, clients: &Aws, failures: &mut Failures) {
        clients.tagging().check(draft, failures);
    }

    fn diff(changes: &mut Changes<'_>, clients: &Aws) -> Result<(), Error> {
        clients.tagging().diff(changes);
        lattice::diff_failed_status(changes);
        Ok(())
    }

    fn preview(draft: &Draft<'_>, old: Option<&Map>, clients: &Aws) -> Map {
        let mut known = Map::new();
        clients.tagging().preview(&mut known, draft.map());
        // What is left to AWS stays as it is.
        for name in ["securityGroupIds", "ipv4AddressesPerEni"] {
            if let Some(value) = old.and_then(|old| old.get(name)).filter(|_| !draft.is_given(name)) {
                known.insert(name.to_owned(), value.clone());
            }
        }
        known
    }

    async fn create(cx: &Cx<Aws>, inputs: Inputs) -> Result<Created<State>, Failed<State>> {
        let attempted = || format!("creating resource gateway \"{}\"", inputs.name);
        let tags = cx.clients().tagging().effective(inputs.tags.as_ref());
        let (id, first) = match cx.resumed() {
            Some(id) => (id, create::started(&inputs, &tags)),
            None => {
                let sent = create::send(cx, &inputs, &tags).await;
                sent.map_err(|error| error.context(attempted()))?
            }
        };
        // What the engine records if this fails half-way: the last status that was seen, for CREATE_FAILED replaces.
        let seen = Mutex::new(first.clone());
        let finish = async {
            let ready = ready::ready(cx, &id, Expect::New, &seen, cx.deadline());
            Ok(answer::state(&ready.await?, &inputs, tags))
        };
        let finish = orphans::beside(cx, OrphanKind::ResourceGateway(&inputs.name), finish);
        cx.created(id.clone(), first, finish)
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
        ready::find(cx, id).await
    }

    async fn read(
        cx: &Cx<Aws>,
        live: Live,
        prior: Option<Found<Inputs, State>>,
    ) -> Result<Found<Inputs, State>, Error> {
        answer::refuse_managed(&live)?;
        let prior = prior.as_ref().map(|prior| &prior.inputs);
        let tagging = cx.clients().tagging();
        let tags = tagging.visible(&lattice::tags::of(cx, live.arn().unwrap_or_default()).await?);
        let own = tagging.own(&tags, prior.and_then(|prior| prior.tags.as_ref()));
        let inputs = answer::inputs(&live, prior, own);
        let state = answer::state(&live, &inputs, tags);
        Ok(Found { inputs, state })
    }

    async fn update(
        cx: &Cx<Aws>,
        id: &str,
        live: Live,
        update: Update<Inputs, State>,
        seen: &Mutex<State>,
    ) -> Result<State, Error> {
        update::converge(cx, id, live, &update, seen).await
    }

    async fn delete(cx: &Cx<Aws>, id: &str, _old: Found<Inputs, State>) -> Result<Deleted, Error> {
        match delete::delete(cx, id).await? {
            true => Ok(Deleted::Done),
            false => Ok(Deleted::WasAbsent),
        }
    }
}
