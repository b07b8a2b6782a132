//! An interface VPC endpoint: gives a VPC access to an AWS service without the internet.
//! <https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html>
//!
//! AWS behavior that this resource handles:
//! * EC2 sends states in lower case, unlike the SDK's enum.
//! * Private DNS is on unless the request turns it off.
//! * EC2 refuses a change while another one is in progress.
//! * The answer of DeleteVpcEndpoints may be a success that contains failures.
//! * The network interfaces outlive the endpoint, and keep its security groups and subnets in use: [`delete`] waits.
//! * Only one endpoint of a VPC can own a private DNS name: [`private_dns`] waits.
//! * DescribeVpcEndpoints does not show fixed addresses: [`addresses`] reads the network interfaces.

mod addresses;
mod answer;
mod check;
mod create;
mod delete;
mod dns_names;
mod orphans;
mod preview_checks;
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
use pulumi_provider::resource::check_cx::CheckCx;
use pulumi_provider::resource::context::{Created, Cx};
use pulumi_provider::resource::draft::{Draft, Failures};
use pulumi_provider::resource::findings::Findings;
use pulumi_provider::resource::limits::OperationKind;
use pulumi_provider::resource::{Deleted, Found, Identity, Resource, Update};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::aws::endpoint_state::{self, is_dead, is_going};
use crate::aws::orphans::beside;
use crate::aws::tags::Tags;
use crate::aws::wait::EC2_UNKNOWN_FOR;
use crate::aws::wait::poller::Polled;
use crate::aws::{Aws, identity};
use crate::resources::Made;

pub use self::addresses::SubnetConfiguration;
pub use self::answer::shown;
pub use self::service::{full_name, short_name};

/// The resource type `private-step-functions:index:InterfaceEndpoint`.
#[derive(Debug)]
pub struct InterfaceEndpoint;

/// The inputs of an [`InterfaceEndpoint`].
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inputs {
    /// The VPC.
    pub vpc_id: String,
    /// `states`, `sync-states`, `execute-api`, or a full service name.
    pub service: String,
    /// The subnets, at most one in each Availability Zone.
    pub subnet_ids: Vec<String>,
    /// The fixed addresses of the network interfaces; in other subnets AWS chooses them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnet_configurations: Option<Vec<SubnetConfiguration>>,
    /// The security groups of the network interfaces; absent means the VPC's default group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_group_ids: Option<Vec<String>>,
    /// The endpoint policy, as a document or its text; absent means full access.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<serde_json::Value>,
    /// Whether the service's default DNS name resolves to the endpoint inside the VPC.
    pub private_dns_enabled: bool,
    /// `ipv4`, `ipv6` or `dualstack`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
    /// `ipv4`, `ipv6`, `dualstack` or `service-defined`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_record_ip_type: Option<String>,
    /// The resource's own tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Tags>,
}

/// The computed outputs of an [`InterfaceEndpoint`].
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct State {
    /// The ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The state, as EC2 writes it; `available` if the endpoint is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The full service name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// The DNS name for the addresses in all Availability Zones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regional_dns_name: Option<String>,
    /// The DNS names for the addresses in single Availability Zones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zonal_dns_names: Option<Vec<String>>,
    /// The service's default DNS name, while private DNS is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_dns_name: Option<String>,
    /// The hosted zone of the regional DNS name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosted_zone_id: Option<String>,
    /// The endpoint URL for an SDK.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The network interfaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_interface_ids: Option<Vec<String>>,
    /// The addresses in the subnets of the input, or in all subnets after an import; absent if they were not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_configurations: Option<Vec<SubnetConfiguration>>,
    /// The security groups, also if the user set none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_group_ids: Option<Vec<String>>,
    /// The IP address type, also if the user set none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
    /// The IP type of the DNS records, also if the user set none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns_record_ip_type: Option<String>,
    /// All tags, with the provider's default tags.
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

    fn limit(operation: OperationKind, _: Option<&Inputs>) -> Duration {
        Duration::from_secs(match operation {
            OperationKind::Create | OperationKind::Update | OperationKind::Delete => 15 * 60,
            OperationKind::Read => 10 * 60,
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
        if let Some(state) = state.filter(|state| is_dead(state)) {
            let replace = Change {
                kind: ChangeKind::Update,
                replace: true,
                input: false,
            };
            changes.record("state", replace);
            changes.because("state", format!("it is {state}, and no endpoint leaves that state"));
        }
        // Two endpoints cannot own one private DNS name: then the old one is deleted first. Otherwise the new one is created
        // first. This is set for an update in place too, because the user's `replaceOnChanges` can make it a replacement, which
        // is not known here.
        let has_private_dns = |inputs: &Map| inputs.get("privateDnsEnabled").and_then(Value::as_bool) == Some(true);
        if !changes.touches("vpcId")
            && !changes.touches("service")
            && has_private_dns(changes.old_inputs)
            && has_private_dns(changes.inputs)
        {
            changes.delete_first = true;
        }
        if addresses::collide(changes.old_inputs, changes.inputs) {
            changes.delete_first = true;
        }
        Ok(())
    }

    fn preview(draft: &Draft<'_>, old: Option<&Map>, aws: &Aws) -> Map {
        let mut outputs = Map::new();
        aws.tagging().preview(&mut outputs, draft.map());
        if let (Some(region), Some(service)) = (aws.configured_region(), draft.text("service")) {
            outputs.insert("serviceName".to_owned(), full_name(region, service).into());
        }
        outputs.extend(answer::preview(draft, old));
        outputs
    }

    async fn lint(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, findings: &mut Findings) {
        preview_checks::lint(cx, draft, findings).await;
    }

    async fn preview_checks(cx: &CheckCx<'_, Aws>, draft: &Draft<'_>, findings: &mut Findings) {
        preview_checks::run(cx, draft, findings).await;
    }

    async fn create(cx: &Cx<Aws>, inputs: Inputs) -> Result<Created<State>, Failed<State>> {
        let attempted = || format!("creating the {} endpoint in {}", inputs.service, inputs.vpc_id);
        let made = create::create(cx, &inputs).await;
        let Made { id, state } = made.map_err(|error| error.context(attempted()))?;
        let last_seen = Mutex::new(None);
        let finish = async {
            let live = ready::created(cx, &id, cx.deadline(), &last_seen).await?;
            answer::state(cx, &live, &inputs, None).await
        };
        let finish = beside(cx, orphans::WORDS, orphans::find(cx), finish);
        let created = cx.created(id.clone(), state, finish).await;
        match created.map_err(|failed| failed.context(attempted())) {
            // If the create failed, the engine records the last state: Diff must know of a failed one.
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

    /// Looks up the endpoint with this id. Returns `None` if it does not exist or is being deleted.
    async fn find(cx: &Cx<Aws>, id: &str) -> Result<Option<Live>, Error> {
        let live = Polled::<Live>::new(cx.clients(), id).current().await?;
        Ok(live.filter(|live| !is_going(&endpoint_state::of(live))))
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

/// Returns the outputs from the last read of a create. Best effort: an error here must not lose the id.
async fn last_state(cx: &Cx<Aws>, seen: &Mutex<Option<Live>>, inputs: &Inputs) -> Option<State> {
    let live = lock(seen).clone()?;
    answer::state(cx, &live, inputs, None).await.ok()
}

/// Reports whether the error says that EC2 does not know an object that the request refers to.
fn is_unknown_reference(error: &Error) -> bool {
    error.is_not_found() && !error.code().starts_with("InvalidVpcEndpoint")
}

/// Returns a condition for retries: EC2 does not know an object that the request refers to, and half of [`EC2_UNKNOWN_FOR`] is
/// not over.
fn not_yet_known() -> impl Fn(&Error) -> bool {
    let until = Instant::now() + EC2_UNKNOWN_FOR / 2;
    move |error| is_unknown_reference(error) && Instant::now() < until
}
