//! An interface VPC endpoint: a service of AWS, reachable from a VPC without internet.
//!
//! <https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html>. Quirks: states come in lower case,
//! other than the SDK's enum has them; private DNS is on unless it is refused; a second change while one is under way is
//! refused; DeleteVpcEndpoints succeeds with failures inside; the network interfaces outlive the endpoint and hold its
//! groups and subnets; a private DNS name belongs to one endpoint of a VPC.

mod answer;
mod check;
mod create;
mod delete;
mod dns_names;
mod private_dns;
mod ready;
mod service;
mod update;

use std::sync::Mutex;
use std::time::Duration;

use aws_sdk_ec2::types::VpcEndpoint as Live;
use pulumi_provider::error::{Error, Failed};
use pulumi_provider::lock::lock;
use pulumi_provider::property::path::PropertyPath;
use pulumi_provider::property::{Map, Value};
use pulumi_provider::resource::changes::{Change, ChangeKind, Changes};
use pulumi_provider::resource::context::{Created, Cx};
use pulumi_provider::resource::draft::{Draft, Failures};
use pulumi_provider::resource::limits::Doing;
use pulumi_provider::resource::{Deleted, Found, Identity, Resource, Update};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::aws::orphans::{self, OrphanKind};
use crate::aws::tags::{self, Tags, TagsUpdate};
use crate::aws::wait::poller::Watch;
use crate::aws::{Aws, identity};

/// How long something just made may stay unknown to other calls.
const SETTLING: Duration = Duration::from_secs(60);

/// `private-step-functions:index:InterfaceEndpoint`.
#[derive(Debug)]
pub struct InterfaceEndpoint;

/// What the user asks for.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inputs {
    /// The VPC.
    pub vpc_id: String,
    /// `states`, `sync-states`, `execute-api`, or a full service name.
    pub service: String,
    /// Subnets, at most one in each Availability Zone.
    pub subnet_ids: Vec<String>,
    /// Security groups of the network interfaces; absent means the VPC's default group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_group_ids: Option<Vec<String>>,
    /// The endpoint policy, as a document or its text; absent means full access.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<serde_json::Value>,
    /// Whether the service's ordinary DNS name resolves to the endpoint inside the VPC.
    pub private_dns_enabled: bool,
    /// `ipv4`, `ipv6` or `dualstack`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
    /// `ipv4`, `ipv6`, `dualstack` or `service-defined`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_record_ip_type: Option<String>,
    /// The endpoint's own tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Tags>,
}

/// What EC2 computes.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct State {
    /// The endpoint's ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// Its state, in EC2's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The full service name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// The DNS name that answers with the addresses of all zones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regional_dns_name: Option<String>,
    /// The DNS names of single zones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zonal_dns_names: Option<Vec<String>>,
    /// The service's ordinary name, while private DNS is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_dns_name: Option<String>,
    /// The hosted zone of the regional name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosted_zone_id: Option<String>,
    /// What to give to an SDK as endpoint URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The network interfaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_interface_ids: Option<Vec<String>>,
    /// The security groups, also where the user left them to EC2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_group_ids: Option<Vec<String>>,
    /// The kind of addresses, also where the user left it to EC2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
    /// The kind of DNS records, also where the user left it to EC2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns_record_ip_type: Option<String>,
    /// All tags, the provider's defaults included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags_all: Option<Tags>,
}

impl Resource for InterfaceEndpoint {
    type Clients = Aws;
    type Inputs = Inputs;
    type State = State;
    type Live = Live;

    const TOKEN: &'static str = "private-step-functions:index:InterfaceEndpoint";
    const NOUN: &'static str = "endpoint";
    const IDENTITY: Identity = Identity::Id;

    fn limit(doing: Doing, _: Option<&Inputs>) -> Duration {
        Duration::from_secs(match doing {
            Doing::Create | Doing::Update | Doing::Delete => 15 * 60,
            Doing::Read => 10 * 60,
        })
    }

    fn rules(draft: &Draft<'_>, failures: &mut Failures) {
        check::rules(draft, failures);
    }

    fn provider_rules(draft: &Draft<'_>, aws: &Aws, failures: &mut Failures) {
        aws.tagging().check(draft, failures);
    }

    fn same(path: &PropertyPath, old: &Value, new: &Value) -> bool {
        path.to_string() == "service"
            && matches!((old.as_str(), new.as_str()), (Some(old), Some(new)) if service::same(old, new))
    }

    fn diff(changes: &mut Changes<'_>, aws: &Aws) -> Result<(), Error> {
        aws.tagging().diff(changes);
        let state = changes.old_state.get("state").and_then(Value::as_str);
        if let Some(state) = state.filter(|state| ready::is_dead(state)) {
            let replace = Change {
                kind: ChangeKind::Update,
                replace: true,
                input: false,
            };
            changes.record("state", replace);
            changes.because("state", format!("it is {state}, and no endpoint leaves that state"));
        }
        // Two endpoints cannot own one private DNS name; in all other cases the new one is made first. Said also of a change in
        // place, since the user's `replaceOnChanges` makes a replacement of it, of which nothing is known here.
        let has_private_dns = |inputs: &Map| inputs.get("privateDnsEnabled").and_then(Value::as_bool) == Some(true);
        if !changes.touches("vpcId")
            && !changes.touches("service")
            && has_private_dns(changes.old_inputs)
            && has_private_dns(changes.inputs)
        {
            changes.delete_first = true;
        }
        Ok(())
    }

    fn preview(draft: &Draft<'_>, old: Option<&Map>, aws: &Aws) -> Map {
        let mut outputs = Map::new();
        aws.tagging().preview(&mut outputs, draft.map());
        if let (Some(region), Some(service)) = (aws.configured_region(), draft.text("service")) {
            outputs.insert("serviceName".to_owned(), service::full_name(region, service).into());
        }
        outputs.extend(answer::preview(draft, old));
        outputs
    }

    async fn create(cx: &Cx<Aws>, inputs: Inputs) -> Result<Created<State>, Failed<State>> {
        let doing = format!("creating the {} endpoint in {}", inputs.service, inputs.vpc_id);
        let made = create::once(cx, &inputs).await.map_err(|error| error.context(&doing))?;
        let last_seen = Mutex::new(made.live);
        let partial = last_state(cx, &last_seen, &inputs).await.unwrap_or_default();
        let finish = async {
            let live = ready::created(cx, &made.id, cx.deadline(), &last_seen).await?;
            answer::state(cx, &live, &inputs).await
        };
        let finish = orphans::beside(cx, OrphanKind::InterfaceEndpoint, finish);
        let created = cx.created(&made.id, partial, finish).await;
        match created.map_err(|failed| failed.context(doing)) {
            // Recorded as it was last seen: the next Diff has to know of a failed state.
            Err(Failed::Partial { id, state, error }) => {
                let state = last_state(cx, &last_seen, &inputs).await.map_or(state, Box::new);
                Err(Failed::Partial { id, state, error })
            }
            done => done,
        }
    }

    fn full_name(state: &State) -> Option<&str> {
        state.arn.as_deref()
    }

    fn check_id(id: &str) -> Result<(), Error> {
        identity::is_id(id, "vpce-", "a VPC endpoint")
    }

    /// The endpoint, unless it is gone or about to go.
    async fn find(cx: &Cx<Aws>, id: &str) -> Result<Option<Live>, Error> {
        let live = Watch::<Live>::new(cx.clients(), id).current().await?;
        Ok(live.filter(|live| !ready::is_going(live)))
    }

    async fn read(
        cx: &Cx<Aws>,
        live: Live,
        prior: Option<Found<Inputs, State>>,
    ) -> Result<Found<Inputs, State>, Error> {
        let prior = prior.map(|prior| prior.inputs);
        answer::found(cx, live, prior.as_ref()).await
    }

    async fn update(
        cx: &Cx<Aws>,
        id: &str,
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
        let target = update::Target::new(cx, recorded, wanted, bases).await?;
        let live = update::converge(cx, id, live, &target, cx.deadline()).await?;
        let state = State {
            tags_all: recorded.state.tags_all.clone(),
            ..answer::state(cx, &live, wanted).await?
        };
        lock(seen).clone_from(&state);
        tags::update_ec2(cx.clients(), id, &tags::from_ec2(live.tags()), &tags).await?;
        Ok(State {
            tags_all: Some(tags.wanted),
            ..state
        })
    }

    async fn delete(cx: &Cx<Aws>, id: &str, old: Found<Inputs, State>) -> Result<Deleted, Error> {
        let deleted = delete::delete(cx, id, cx.deadline()).await?;
        let interfaces = old.state.network_interface_ids.unwrap_or_default();
        delete::interfaces_gone(cx, &interfaces, cx.deadline()).await?;
        Ok(deleted)
    }
}

/// The outputs of a create as far as they were seen. That they cannot be worked out must not lose the id.
async fn last_state(cx: &Cx<Aws>, seen: &Mutex<Option<Live>>, inputs: &Inputs) -> Option<State> {
    let live = lock(seen).clone()?;
    answer::state(cx, &live, inputs).await.ok()
}

/// Whether an error says that something the request refers to is not known (yet).
fn is_unknown_reference(error: &Error) -> bool {
    error.is_not_found() && !error.code().starts_with("InvalidVpcEndpoint")
}

/// Lets errors about unknown references pass as "not yet" for a while after now.
fn not_yet_known() -> impl Fn(&Error) -> bool {
    let until = Instant::now() + SETTLING / 2;
    move |error| is_unknown_reference(error) && Instant::now() < until
}
