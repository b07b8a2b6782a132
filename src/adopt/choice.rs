//! Chooses, for each part of a component, the object that takes its place, and the inputs that leave it as it is.

use std::collections::{BTreeMap, BTreeSet};

use pulumi_provider::property::{Map, Value};

use super::apis::{self, Apis};
use super::found::{Found, Object};
use super::groups::{self, Group};
use super::{LeftOut, Secret, tags};
use crate::component::existing::Role;

/// What all endpoints of a component share.
const SHARED: [&str; 4] = ["subnetIds", "securityGroupIds", "ipAddressType", "dnsRecordIpType"];

/// A component, and the objects that take the places of its children.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice {
    /// The inputs of the program.
    pub(super) inputs: Map,
    pub(super) taken: BTreeMap<Role, Object>,
    pub(super) left_out: Vec<LeftOut>,
    pub(super) secrets: Vec<Secret>,
    /// The keys of tags that only some of the objects have, or with other values.
    pub(super) ignored_tags: BTreeSet<String>,
    /// What the user has to complete.
    pub(super) notes: Vec<String>,
}

/// Chooses for a component of this name; `ways` are those of the endpoints' and of the gateway's group.
pub(super) fn choose(found: &Found, name: &str, ways: (Group, Group)) -> Choice {
    let mut choice = Choice {
        left_out: found.left_out.clone(),
        ..Choice::default()
    };
    let gateway = gateway(found, &mut choice);
    let mut endpoints = endpoints(found, &mut choice);
    let before = choice.clone();
    let mut apis = Apis::default();
    if let Some(gateway) = gateway {
        apis = apis::choose(
            found,
            name,
            gateway,
            endpoints.get(&Role::ExecuteApi).copied(),
            &mut choice,
        );
        let makes_gateway = apis.uses_gateway && apis.others.is_empty();
        if makes_gateway
            && ways.0 == Group::Given
            && let Some(own) = endpoints.remove(&Role::ExecuteApi)
        {
            choice = before;
            let why = "a component with a gateway would add a security group to it, because the component is given the other groups. \
                       Entries of `privateApis` refer to it as `vpcEndpointId`";
            choice.left_out.push(LeftOut::new(&own.id, why));
            apis = apis::choose(found, name, gateway, None, &mut choice);
        }
    }
    let given_gateway = gateway.filter(|_| !apis.others.is_empty());
    if let Some(gateway) = given_gateway {
        let others = apis.others.iter().cloned().collect::<Vec<_>>().join(", ");
        let mut why = format!(
            "{others} on it cannot be in the component, and a gateway cannot be deleted before its configurations"
        );
        if apis.uses_gateway {
            why.push_str(". The program refers to it as `resourceGateway.id`");
            let id = Map::from([("id".to_owned(), gateway.id.as_str().into())]);
            choice.inputs.insert("resourceGateway".to_owned(), Value::Object(id));
        }
        choice.left_out.push(LeftOut::new(&gateway.id, why));
    }
    let gateway = gateway.filter(|_| given_gateway.is_none());
    choice.inputs.insert("vpcId".to_owned(), found.vpc.as_str().into());
    // The component needs subnets even if nothing of it is in them.
    let any = gateway.or(given_gateway);
    let first = endpoints.values().next().copied().or(any);
    if let Some(first) = first {
        let subnets = list(first.texts("subnetIds"));
        choice.inputs.insert("subnetIds".to_owned(), subnets);
    }
    set_endpoints(found, &endpoints, gateway, ways.0, &mut choice);
    if let Some(gateway) = gateway {
        set_gateway(found, gateway, first, ways.1, &mut choice);
    }
    if !apis.entries.is_empty() {
        choice
            .inputs
            .insert("privateApis".to_owned(), Value::Object(apis.entries));
    }
    tags::share(&mut choice);
    choice.left_out.sort();
    choice.left_out.dedup();
    choice
}

/// Chooses the gateway with the most connections.
fn gateway<'a>(found: &'a Found, choice: &mut Choice) -> Option<&'a Object> {
    let uses = |gateway: &Object| {
        let behind = |arn: &str| {
            let configuration = found.configurations.iter().find(|one| one.arn() == arn);
            configuration.is_some_and(|one| one.text("resourceGatewayId") == gateway.id)
        };
        let connections = found.connections.iter();
        connections.filter(|one| behind(&one.configuration_arn)).count()
    };
    let mut ranked: Vec<_> = found.gateways.iter().map(|gateway| (uses(gateway), gateway)).collect();
    ranked.sort_by(|(one, first), (other, second)| other.cmp(one).then_with(|| first.id.cmp(&second.id)));
    let chosen = ranked
        .first()
        .filter(|(uses, _)| *uses > 0)
        .map(|(_, gateway)| *gateway);
    for (uses, gateway) in ranked {
        let why = match (uses, chosen) {
            (_, Some(chosen)) if chosen.id == gateway.id => continue,
            (0, _) => "no connection goes through it".to_owned(),
            (_, chosen) => {
                let chosen = chosen.map(|chosen| chosen.id.as_str()).unwrap_or_default();
                format!("a component has one gateway, and at least as many connections go through {chosen}")
            }
        };
        choice.left_out.push(LeftOut::new(&gateway.id, why));
    }
    chosen
}

/// Chooses the endpoints: one for each service, of either the ordinary or the FIPS services, which agree in what they share.
fn endpoints<'a>(found: &'a Found, choice: &mut Choice) -> BTreeMap<Role, &'a Object> {
    let has = |service: &str| usize::from(found.endpoints.iter().any(|one| one.text("service") == service));
    let fips = has("states-fips") + has("sync-states-fips") > has("states") + has("sync-states");
    let ending = if fips { "-fips" } else { "" };
    let wanted = [
        (Role::States, format!("states{ending}")),
        (Role::SyncStates, format!("sync-states{ending}")),
        (Role::ExecuteApi, "execute-api".to_owned()),
    ];
    let mut taken: BTreeMap<Role, &Object> = BTreeMap::new();
    for (role, service) in &wanted {
        let mut candidates: Vec<_> = found
            .endpoints
            .iter()
            .filter(|one| one.text("service") == service)
            .collect();
        let is_private = *role != Role::ExecuteApi;
        if !is_private {
            for hidden in candidates.extract_if(.., |one| one.is_on("privateDnsEnabled")) {
                let why = "it has private DNS names, and the component makes execute-api endpoints without them: they hide the \
                           Region's public APIs";
                choice.left_out.push(LeftOut::new(&hidden.id, why));
            }
        }
        let users = |one: &Object| {
            let target = |configuration: &&Object| target(configuration, "vpcEndpointId") == Some(one.id.as_str());
            found.configurations.iter().filter(target).count()
        };
        candidates.sort_by_key(|one| {
            (
                !one.is_on("privateDnsEnabled"),
                std::cmp::Reverse(users(one)),
                one.id.clone(),
            )
        });
        let Some((best, others)) = candidates.split_first() else {
            continue;
        };
        for other in others {
            let reason = match (best.is_on("privateDnsEnabled"), other.is_on("privateDnsEnabled")) {
                (true, false) => "has the private DNS names",
                _ if users(best) > users(other) => "has more resource configurations",
                _ => "has the first id",
            };
            let why = format!("it is another endpoint for {service}, and {} {reason}", best.id);
            choice.left_out.push(LeftOut::new(&other.id, why));
        }
        let model = taken.values().next().copied();
        let differs = model.and_then(|model| Some((model, difference(model, best, is_private)?)));
        match differs {
            None => _ = taken.insert(role.clone(), best),
            Some((model, property)) => {
                let why = format!(
                    "its `{property}` differs from that of {}, and the endpoints of a component share it",
                    model.id
                );
                choice.left_out.push(LeftOut::new(&best.id, why));
            }
        }
    }
    let left = found.endpoints.iter().filter(|one| {
        let service = one.text("service");
        !wanted.iter().any(|(_, wanted)| wanted == service)
    });
    for other in left {
        let why = format!(
            "it is for {}, and a component has endpoints either of the ordinary or of the FIPS services",
            other.text("service")
        );
        choice.left_out.push(LeftOut::new(&other.id, why));
    }
    taken
}

fn difference(model: &Object, other: &Object, is_private: bool) -> Option<&'static str> {
    let same = |name: &str| {
        let value = |object: &Object| object.prior.inputs.get(name).map(|value| value.bare().clone());
        model.texts(name) == other.texts(name) && (value(model) == value(other) || !model.texts(name).is_empty())
    };
    let names = is_private.then_some("privateDnsEnabled");
    SHARED.into_iter().chain(names).find(|name| !same(name))
}

/// Returns a property of a configuration's target.
pub(super) fn target<'a>(configuration: &'a Object, name: &str) -> Option<&'a str> {
    let target = configuration.prior.inputs.get("target").and_then(Value::as_object)?;
    target.get(name).and_then(Value::as_str)
}

fn set_endpoints(
    found: &Found,
    endpoints: &BTreeMap<Role, &Object>,
    gateway: Option<&Object>,
    way: Group,
    choice: &mut Choice,
) {
    let mut options = Map::new();
    for (role, switch) in [(Role::States, "states"), (Role::SyncStates, "syncStates")] {
        if !endpoints.contains_key(&role) {
            options.insert(switch.to_owned(), false.into());
        }
    }
    if endpoints.contains_key(&Role::ExecuteApi) {
        options.insert("executeApi".to_owned(), true.into());
    }
    if let Some(first) = endpoints.values().next() {
        if endpoints.values().any(|one| one.text("service").ends_with("-fips")) {
            options.insert("fips".to_owned(), true.into());
        }
        let private = endpoints.iter().find(|(role, _)| **role != Role::ExecuteApi);
        if private.is_some_and(|(_, one)| !one.is_on("privateDnsEnabled")) {
            options.insert("privateDnsEnabled".to_owned(), false.into());
        }
        let kind = first.text("ipAddressType");
        if !matches!(kind, "" | "ipv4") {
            options.insert("ipAddressType".to_owned(), kind.into());
            options.insert("dnsRecordIpType".to_owned(), first.text("dnsRecordIpType").into());
        }
        let own = groups::only(found, first).filter(|_| way != Group::Given);
        match own {
            Some(group) => {
                if way == Group::Spelled {
                    let gateway_groups = gateway.map(|gateway| gateway.texts("securityGroupIds"));
                    groups::sources(group, &gateway_groups.unwrap_or_default(), &mut options);
                }
                choice.taken.insert(Role::EndpointGroup, group.clone());
            }
            None => give_groups("endpoints", first, way, &mut options, choice),
        }
    }
    set_policies(endpoints, &mut options, &mut choice.inputs);
    for (role, endpoint) in endpoints {
        choice.taken.insert(role.clone(), (*endpoint).clone());
    }
    if !options.is_empty() {
        choice.inputs.insert("endpoints".to_owned(), Value::Object(options));
    }
}

fn set_policies(endpoints: &BTreeMap<Role, &Object>, options: &mut Map, inputs: &mut Map) {
    let policy = |role: &Role| {
        endpoints
            .get(role)
            .and_then(|one| one.prior.inputs.get("policy"))
            .cloned()
    };
    let (states, sync_states) = (policy(&Role::States), policy(&Role::SyncStates));
    let both = endpoints.contains_key(&Role::States) && endpoints.contains_key(&Role::SyncStates);
    let mut set = |name: &str, policy: Option<Value>| {
        if let Some(policy) = policy {
            options.insert(name.to_owned(), policy);
        }
    };
    set("executeApiPolicy", policy(&Role::ExecuteApi));
    match (both, states == sync_states, states) {
        (true, true, Some(policy)) => _ = inputs.insert("policy".to_owned(), policy),
        (_, _, states) => {
            set("statesPolicy", states);
            set(
                "syncStatesPolicy",
                sync_states.filter(|_| !(both && inputs.contains_key("policy"))),
            );
        }
    }
}

fn set_gateway(found: &Found, gateway: &Object, first: Option<&Object>, way: Group, choice: &mut Choice) {
    let mut options = Map::new();
    if first.is_some_and(|first| first.texts("subnetIds") != gateway.texts("subnetIds")) {
        options.insert("subnetIds".to_owned(), list(gateway.texts("subnetIds")));
    }
    for name in ["ipAddressType", "ipv4AddressesPerEni", "dnsResolution"] {
        if let Some(value) = gateway.prior.inputs.get(name).filter(|value| !value.is_null()) {
            options.insert(name.to_owned(), value.clone());
        }
    }
    match groups::only(found, gateway).filter(|_| way != Group::Given) {
        Some(group) => {
            if way == Group::Spelled {
                groups::targets(group, &mut options);
            }
            choice.taken.insert(Role::GatewayGroup, group.clone());
        }
        None => give_groups("resourceGateway", gateway, way, &mut options, choice),
    }
    choice.taken.insert(Role::Gateway, gateway.clone());
    if !options.is_empty() {
        choice
            .inputs
            .insert("resourceGateway".to_owned(), Value::Object(options));
    }
}

/// Names the groups of an endpoint or a gateway in the program, which leaves them alone.
fn give_groups(input: &str, user: &Object, way: Group, options: &mut Map, choice: &mut Choice) {
    let groups = user.texts("securityGroupIds");
    if way != Group::Given {
        for group in &groups {
            let why = format!(
                "it is one of {}. The program refers to it as `{input}.securityGroupIds`",
                groups.iter().cloned().collect::<Vec<_>>().join(", ")
            );
            choice.left_out.push(LeftOut::new(group, why));
        }
    }
    options.insert("securityGroupIds".to_owned(), list(groups));
}

pub(super) fn list(texts: BTreeSet<String>) -> Value {
    Value::Array(texts.into_iter().map(Value::from).collect())
}

#[cfg(test)]
mod tests;
