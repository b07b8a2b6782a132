//! Interface endpoints: their lifecycle and their descriptions. [`checks`] has the rules for them.

mod addresses;
mod checks;
mod modify;

use serde_json::{Value, json};
use tokio::time::Instant;

pub(super) use self::modify::modify;

use self::checks::checked;
use super::endpoint_services::EndpointService;
use super::interfaces::{FixedAddresses, NewInterface};
use super::listing::{Listing, list, required, text};
use super::{Ec2, policy, tags};
use crate::accounts::Accounts;
use crate::lagging::Lagging;
use crate::operation::{CallCx, ServiceError};
use crate::quotas::Quota;
use crate::timings::{
    ENDPOINT_CREATE, ENDPOINT_DELETE, ENDPOINT_DELETED_VISIBLE, INTERFACE_LINGER, VISIBLE_AFTER_CREATE,
};

/// One interface endpoint.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) id: String,
    pub(crate) vpc: String,
    /// The full name, such as `com.amazonaws.us-east-1.states`.
    pub(crate) service: String,
    pub(crate) state: State,
    /// Code and message of the reason for the failed state.
    last_error: Option<(String, String)>,
    failure_reason: Option<String>,
    /// The modifiable properties.
    form: Lagging<Form>,
    /// Whether a modification is in progress.
    modifying: bool,
    /// Whether the endpoint has DNS names: from the first `available` on.
    dns_ready: bool,
    /// Other calls do not find the endpoint before this time (docs/aws-behavior.md, Interface endpoint).
    visible: Instant,
    created: f64,
    hash: String,
    private_zone: String,
}

/// The states of an endpoint. Only an injected fault or a seed makes one fail, and only a seed enters the last three. AWS
/// writes them in lower case (docs/aws-behavior.md, `endpoint-state-case`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    PendingAcceptance,
    Pending,
    Available,
    Failed,
    Deleting,
    Deleted,
    Rejected,
    Expired,
    Partial,
}

impl State {
    /// All states.
    pub(crate) const ALL: [Self; 9] = [
        Self::PendingAcceptance,
        Self::Pending,
        Self::Available,
        Self::Failed,
        Self::Deleting,
        Self::Deleted,
        Self::Rejected,
        Self::Expired,
        Self::Partial,
    ];

    pub(crate) fn wire(self) -> &'static str {
        match self {
            Self::PendingAcceptance => "pendingAcceptance",
            Self::Pending => "pending",
            Self::Available => "available",
            Self::Failed => "failed",
            Self::Deleting => "deleting",
            Self::Deleted => "deleted",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Partial => "partial",
        }
    }

    /// Reports whether the endpoint is deleted. Nothing depends on it any more, although Describe still returns it.
    pub(crate) fn is_deleted(self) -> bool {
        self == Self::Deleted
    }
}

/// The modifiable properties.
#[derive(Clone, Debug, PartialEq)]
struct Form {
    subnets: Vec<String>,
    groups: Vec<String>,
    policy: String,
    private_dns: bool,
    address_type: String,
    record_type: String,
}

/// A client token, with the request that used it and its response.
#[derive(Debug)]
pub(crate) struct Token {
    params: Value,
    id: String,
    answer: Value,
}

const LISTING: Listing = Listing {
    key: "VpcEndpoints",
    ids: ("VpcEndpointIds", "VpcEndpointId"),
    not_found: |id| not_found(id),
    filters: &[
        ("vpc-endpoint-id", "VpcEndpointId"),
        ("vpc-id", "VpcId"),
        ("service-name", "ServiceName"),
        ("vpc-endpoint-state", "State"),
        ("vpc-endpoint-type", "VpcEndpointType"),
        ("ip-address-type", "IpAddressType"),
    ],
};

/// Returns the error for an endpoint that does not exist or is not visible yet.
pub(super) fn not_found(id: &str) -> ServiceError {
    ServiceError::new(
        "InvalidVpcEndpointId.NotFound",
        format!("The Vpc Endpoint Id '{id}' does not exist"),
    )
}

impl Ec2 {
    /// Returns an endpoint that is visible at this time.
    ///
    /// # Errors
    /// `InvalidVpcEndpointId.NotFound`, also for a short while after the endpoint was created.
    pub(crate) fn endpoint(&self, id: &str, now: Instant) -> Result<&Endpoint, ServiceError> {
        if !id.starts_with("vpce-") {
            let message = format!("Invalid Id: '{id}' (expecting 'vpce-...')");
            return Err(ServiceError::new("InvalidVpcEndpointId.Malformed", message));
        }
        self.endpoints
            .get(id)
            .filter(|endpoint| endpoint.visible <= now)
            .ok_or_else(|| not_found(id))
    }
}

impl Endpoint {
    /// Enters a state, with the reason for it if there is one.
    pub(super) fn enter(&mut self, state: State, last_error: Option<(String, String)>, failure_reason: Option<String>) {
        self.state = state;
        self.dns_ready |= state == State::Available;
        (self.last_error, self.failure_reason) = (last_error, failure_reason);
    }

    /// Returns the name that resolves to all zones. It is in public DNS from the first `available` on.
    fn regional_name(&self, service: &EndpointService, region: &str) -> String {
        format!("{}-{}.{}", self.id, self.hash, service.endpoint_domain(region))
    }
}

/// Handles CreateVpcEndpoint.
pub(super) fn create(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let token = text(params, "ClientToken").map(str::to_owned);
    let before = token
        .as_deref()
        .map_or(Ok(None), |token| replay(accounts, cx, token, params))?;
    if let Some(answer) = before {
        return Ok(answer);
    }
    let tags = tags::specified(params, "vpc-endpoint")?;
    let (created, now, visible) = (
        accounts.timestamp(),
        accounts.now(),
        accounts.later(VISIBLE_AFTER_CREATE),
    );
    let (region, ids) = accounts.region_and_ids(cx);
    let (ec2, quotas) = (&mut region.ec2, &region.quotas);
    let vpc = required(params, "VpcId")?.to_owned();
    let service = checks::service(ec2, params)?;
    let mut form = new_form(params);
    checked(ec2, quotas, &vpc, service, &form, None, now)?;
    let fixed = addresses::requested(ec2, "", &form, params)?;
    if form.groups.is_empty() {
        // docs/aws-behavior.md, Interface endpoint: without groups in the request, EC2 attaches the VPC's default group.
        form.groups
            .extend(ec2.default_group(&vpc).map(|group| group.id.clone()));
    }
    let alive = ec2
        .endpoints
        .values()
        .filter(|endpoint| endpoint.vpc == vpc && !endpoint.state.is_deleted());
    if alive.count() >= quotas.of(Quota::InterfaceEndpointsPerVpc) {
        let message = format!("The maximum number of VPC endpoints has been reached for VPC '{vpc}'");
        return Err(ServiceError::new("VpcEndpointLimitExceeded", message));
    }
    let endpoint = Endpoint {
        id: ids.with_prefix("vpce"),
        vpc,
        service: required(params, "ServiceName")?.to_owned(),
        // An endpoint that waits for its service's owner stays so: nobody here accepts it but a seed.
        state: match service.offer(ec2).needs_acceptance {
            true => State::PendingAcceptance,
            false => State::Pending,
        },
        last_error: None,
        failure_reason: None,
        form: Lagging::new(form.clone()),
        modifying: false,
        dns_ready: false,
        visible,
        created,
        hash: ids.lower(8),
        private_zone: format!("Z{}", ids.upper(20)),
    };
    let id = endpoint.id.clone();
    for subnet in &form.subnets {
        ec2.attach_interface(ids, interface(&id, subnet, &form, fixed.get(subnet)))
            .expect("checked: the subnet has a free address");
    }
    tags::set(ec2, &id, tags);
    let mut answer = json!({ "VpcEndpoint": render(ec2, &endpoint, now) });
    ec2.endpoints.insert(id.clone(), endpoint);
    if let Some(token) = token {
        answer["ClientToken"] = json!(token);
        let used = Token {
            params: params.clone(),
            id: id.clone(),
            answer: answer.clone(),
        };
        ec2.endpoint_tokens.insert(token, used);
    }
    let cx = cx.clone();
    accounts.after(ENDPOINT_CREATE, move |accounts| {
        let endpoint = accounts.region(&cx).ec2.endpoints.get_mut(&id);
        if let Some(endpoint) = endpoint.filter(|endpoint| endpoint.state == State::Pending) {
            endpoint.state = if cx.fails { State::Failed } else { State::Available };
            endpoint.dns_ready = !cx.fails;
            // The failed state is final; LastError has the reason (docs/aws-behavior.md, Interface endpoint).
            let reason = ["InternalError", "The network interfaces could not be created."].map(str::to_owned);
            endpoint.last_error = cx.fails.then(|| reason.into());
        }
    });
    Ok(answer)
}

/// Returns the response of an earlier create with the same token. The same token with the same parameters means the same
/// endpoint, even a deleted one; with other parameters it is an error (docs/aws-behavior.md, Interface endpoint).
fn replay(accounts: &mut Accounts, cx: &CallCx, token: &str, params: &Value) -> Result<Option<Value>, ServiceError> {
    if token.len() > 64 || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ServiceError::new(
            "InvalidClientToken",
            "The client token is not valid.",
        ));
    }
    let now = accounts.now();
    let ec2 = &accounts.region(cx).ec2;
    let Some(used) = ec2.endpoint_tokens.get(token) else {
        return Ok(None);
    };
    if used.params != *params {
        let message = "The client token was used before with different parameters.";
        return Err(ServiceError::new("IdempotentParameterMismatch", message));
    }
    let mut answer = used.answer.clone();
    match ec2.endpoints.get(&used.id) {
        Some(endpoint) => answer["VpcEndpoint"] = render(ec2, endpoint, now),
        None => answer["VpcEndpoint"]["State"] = json!(State::Deleted.wire()),
    }
    Ok(Some(answer))
}

/// Returns the requested properties with AWS's defaults: private DNS is on unless disabled (docs/aws-behavior.md,
/// `private-dns-default`).
fn new_form(params: &Value) -> Form {
    let owned = |ids: Vec<&str>| ids.into_iter().map(str::to_owned).collect();
    let address_type = text(params, "IpAddressType").unwrap_or("ipv4").to_owned();
    let record_type = text(&params["DnsOptions"], "DnsRecordIpType")
        .unwrap_or(&address_type)
        .to_owned();
    Form {
        subnets: owned(list(params, "SubnetIds")),
        groups: owned(list(params, "SecurityGroupIds")),
        policy: text(params, "PolicyDocument").unwrap_or(policy::FULL_ACCESS).to_owned(),
        private_dns: params["PrivateDnsEnabled"].as_bool().unwrap_or(true),
        record_type,
        address_type,
    }
}

/// Returns the network interface for one subnet: there is one in each (docs/aws-behavior.md, Interface endpoint).
fn interface(endpoint: &str, subnet: &str, form: &Form, fixed: Option<&FixedAddresses>) -> NewInterface {
    NewInterface {
        subnet: subnet.to_owned(),
        groups: form.groups.clone(),
        owner: endpoint.to_owned(),
        kind: "vpc_endpoint",
        description: format!("VPC Endpoint Interface {endpoint}"),
        addresses: 1,
        ipv6: form.address_type != "ipv4",
        fixed: fixed.cloned().unwrap_or_default(),
    }
}

/// Handles DescribeVpcEndpoints.
pub(super) fn describe(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let now = accounts.now();
    let ec2 = &accounts.region(cx).ec2;
    for id in list(params, "VpcEndpointIds") {
        ec2.endpoint(id, now)?;
    }
    let visible = ec2.endpoints.values().filter(|endpoint| endpoint.visible <= now);
    LISTING.answer(visible.map(|endpoint| render(ec2, endpoint, now)).collect(), params)
}

fn render(ec2: &Ec2, endpoint: &Endpoint, now: Instant) -> Value {
    let form = endpoint.form.read(now);
    let interfaces: Vec<_> = ec2
        .interfaces_of(&endpoint.id)
        .map(|interface| interface.id.clone())
        .collect();
    json!({
        "VpcEndpointId": endpoint.id,
        "VpcEndpointType": "Interface",
        "VpcId": endpoint.vpc,
        "ServiceName": endpoint.service,
        "ServiceRegion": ec2.region,
        "State": endpoint.state.wire(),
        "LastError": endpoint.last_error.as_ref().map(|(code, message)| json!({ "Code": code, "Message": message })),
        "FailureReason": endpoint.failure_reason,
        "PolicyDocument": form.policy,
        "RouteTableIds": [],
        "SubnetIds": form.subnets,
        "Groups": form.groups.iter().map(|id| ec2.group_pair(id)).collect::<Vec<_>>(),
        "IpAddressType": form.address_type,
        "DnsOptions": { "DnsRecordIpType": form.record_type },
        "PrivateDnsEnabled": form.private_dns,
        "RequesterManaged": false,
        "NetworkInterfaceIds": interfaces,
        "DnsEntries": dns_entries(ec2, endpoint, form),
        "CreationTimestamp": endpoint.created,
        "OwnerId": ec2.account,
        "Tags": tags::render(ec2, &endpoint.id, now),
    })
}

/// Returns the regional name first, then one for each zone, then the private names (docs/aws-behavior.md, Interface
/// endpoint). Returns none before the endpoint has been available, and none without subnets.
fn dns_entries(ec2: &Ec2, endpoint: &Endpoint, form: &Form) -> Vec<Value> {
    let Some(service) = EndpointService::find(&ec2.region, &endpoint.service) else {
        return Vec::new();
    };
    if !endpoint.dns_ready || form.subnets.is_empty() {
        return Vec::new();
    }
    let regional = endpoint.regional_name(service, &ec2.region);
    let (first, rest) = regional.split_once('.').unwrap_or((&regional, ""));
    let zones = form
        .subnets
        .iter()
        .filter_map(|id| ec2.subnets.get(id))
        .map(|subnet| &subnet.zone);
    let mut names = vec![regional.clone()];
    names.extend(zones.map(|zone| format!("{first}-{zone}.{rest}")));
    let public = names
        .into_iter()
        .map(|name| json!({ "DnsName": name, "HostedZoneId": "Z7HUB22UULQXV" }));
    let mut private = service.private_names(&ec2.region);
    let hosts: Vec<_> = private
        .iter()
        .filter_map(|name| name.strip_prefix("*."))
        .map(str::to_owned)
        .collect();
    private.splice(0..0, hosts);
    let private = private.into_iter().filter(|_| form.private_dns);
    public
        .chain(private.map(|name| json!({ "DnsName": name, "HostedZoneId": endpoint.private_zone })))
        .collect()
}

/// Handles DeleteVpcEndpoints. The status is always HTTP 200; the response lists the endpoints that could not be deleted
/// (docs/aws-behavior.md, Interface endpoint).
pub(super) fn delete(accounts: &mut Accounts, cx: &CallCx, params: &Value) -> Result<Value, ServiceError> {
    let now = accounts.now();
    let mut unsuccessful = Vec::new();
    for id in list(params, "VpcEndpointIds") {
        let ec2 = &mut accounts.region(cx).ec2;
        if let Err(error) = ec2.endpoint(id, now) {
            let error = json!({ "Code": error.code, "Message": error.message });
            unsuccessful.push(json!({ "ResourceId": id, "Error": error }));
            continue;
        }
        let endpoint = ec2.endpoints.get_mut(id).expect("looked up above");
        if !matches!(endpoint.state, State::Deleting | State::Deleted) {
            endpoint.state = State::Deleting;
            die(accounts, cx.clone(), id.to_owned());
        }
    }
    Ok(json!({ "Unsuccessful": unsuccessful }))
}

/// Deletes the endpoint in steps: `deleting`, then `deleted` for a short while, then gone. Its interfaces remain a little
/// longer and keep using their groups, subnets and addresses.
fn die(accounts: &mut Accounts, cx: CallCx, id: String) {
    accounts.after(ENDPOINT_DELETE, move |accounts| {
        if let Some(endpoint) = accounts.region(&cx).ec2.endpoints.get_mut(&id) {
            endpoint.state = State::Deleted;
        }
        let (cx_later, id_later) = (cx.clone(), id.clone());
        accounts.after(ENDPOINT_DELETED_VISIBLE, move |accounts| {
            let ec2 = &mut accounts.region(&cx_later).ec2;
            ec2.endpoints.remove(&id_later);
            ec2.tags.remove(&id_later);
        });
        accounts.after(INTERFACE_LINGER, move |accounts| {
            accounts.region(&cx).ec2.detach_interfaces_of(&id)
        });
    });
}
