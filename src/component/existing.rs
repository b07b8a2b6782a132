//! The children that the component registers if all their objects exist already, computed without an engine. The command `adopt`
//! compares them with the objects that it finds.

use std::collections::BTreeMap;

use pulumi_provider::component::ConstructError;
use pulumi_provider::component::registrar::Child;
use pulumi_provider::component::tracked::Flow;
use pulumi_provider::error::{Error, ErrorKind};
use pulumi_provider::property::{Map, Value};
use pulumi_provider::schema::ResourceSchema;

use crate::component::inbound::{self, Endpoint};
use crate::component::outbound;
use crate::component::plan::{ApiTarget, Plan, given};

/// The place of an object in the component.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The security group of the endpoints.
    EndpointGroup,
    /// The security group that lets the gateway reach the `execute-api` endpoint beside the user's groups.
    ExecuteApiGroup,
    /// The `states` endpoint.
    States,
    /// The `sync-states` endpoint.
    SyncStates,
    /// The `execute-api` endpoint.
    ExecuteApi,
    /// The security group of the gateway.
    GatewayGroup,
    /// The resource gateway.
    Gateway,
    /// The resource configuration of the component's own `execute-api` endpoint.
    OwnConfiguration,
    /// The resource configuration of an entry in `privateApis`.
    Configuration(String),
    /// The connection of an entry in `privateApis`.
    Connection(String),
}

/// The names of an object by which other children refer to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// The id.
    pub id: String,
    /// The ARN.
    pub arn: String,
}

/// The component and its children, as they are registered.
#[derive(Debug)]
pub struct Registered {
    /// The inputs of the component, with its defaults.
    pub inputs: Map,
    /// The children.
    pub children: BTreeMap<Role, Child>,
}

/// Returns what the component registers with these inputs, if its objects have these names. A name that is not given is unknown.
///
/// # Errors
/// The inputs are wrong: all mistakes, with their paths.
pub fn registered(
    schema: &ResourceSchema,
    component: &str,
    mut inputs: Map,
    names: &BTreeMap<Role, Named>,
) -> Result<Registered, Error> {
    let plan = super::validate(schema, &mut inputs, false).map_err(|error| match error {
        ConstructError::Inputs(failures) => {
            let told = failures
                .iter()
                .map(|failure| format!("{} {}", failure.path, failure.reason));
            Error::new(ErrorKind::Invalid, told.collect::<Vec<_>>().join("; "))
        }
        other => Error::bug(other.to_string()),
    })?;
    let of = |role: Role| names.get(&role).cloned();
    let id = |role: Role| of(role).map_or_else(Flow::default, |named| Flow::known(named.id));
    let arn = |role: Role| of(role).map_or_else(Flow::default, |named| Flow::known(named.arn));
    let mut children = BTreeMap::new();
    inbound_children(component, &plan, &id, &mut children);
    if plan.makes_gateway_group() {
        children.insert(Role::GatewayGroup, outbound::gateway_group(component, &plan));
    }
    if plan.makes_gateway() {
        let groups = given(&plan.gateway, "securityGroupIds")
            .unwrap_or_else(|| Value::Array(vec![id(Role::GatewayGroup).into_value()]));
        children.insert(Role::Gateway, outbound::gateway(component, &plan, groups));
    }
    let gateway = || given(&plan.gateway, "id").map_or_else(|| id(Role::Gateway), |id| Flow::of(&id));
    if plan.uses_own_endpoint() {
        let child = outbound::own_configuration(component, &plan, gateway(), id(Role::ExecuteApi));
        children.insert(Role::OwnConfiguration, child);
    }
    for api in &plan.apis {
        let configuration = match api.target {
            ApiTarget::OwnEndpoint => arn(Role::OwnConfiguration),
            ApiTarget::ResourceConfiguration => {
                given(&api.properties, "resourceConfigurationArn").map_or_else(Flow::default, |arn| Flow::of(&arn))
            }
            _ => arn(Role::Configuration(api.name.clone())),
        };
        if let Some(child) = outbound::own_target(component, &plan, api, gateway()) {
            children.insert(Role::Configuration(api.name.clone()), child);
        }
        let child = outbound::connection(component, &plan, api, configuration);
        children.insert(Role::Connection(api.name.clone()), child);
    }
    Ok(Registered { inputs, children })
}

fn inbound_children(component: &str, plan: &Plan, id: &impl Fn(Role) -> Flow, children: &mut BTreeMap<Role, Child>) {
    let gateway_groups = || {
        given(&plan.gateway, "securityGroupIds")
            .map_or_else(|| Flow::all([id(Role::GatewayGroup)]), |groups| Flow::of(&groups))
    };
    let admits_gateway = plan.execute_api && plan.makes_gateway();
    if plan.makes_endpoint_group() {
        let groups = admits_gateway.then(gateway_groups);
        let child = inbound::endpoint_group(component, plan, groups);
        children.insert(Role::EndpointGroup, child);
    }
    if inbound::needs_execute_api_group(plan) {
        let child = inbound::execute_api_group(component, plan, gateway_groups());
        children.insert(Role::ExecuteApiGroup, child);
    }
    for (role, endpoint, made) in [
        (Role::States, Endpoint::States, plan.states),
        (Role::SyncStates, Endpoint::SyncStates, plan.sync_states),
        (Role::ExecuteApi, Endpoint::ExecuteApi, plan.execute_api),
    ] {
        if made {
            let own = plan.makes_endpoint_group().then(|| id(Role::EndpointGroup));
            let is_extra = endpoint == Endpoint::ExecuteApi && inbound::needs_execute_api_group(plan);
            let extra = is_extra.then(|| id(Role::ExecuteApiGroup));
            let groups = inbound::endpoint_groups(plan, own, extra);
            children.insert(role, inbound::endpoint(component, plan, endpoint, groups));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::component::TOKEN;

    fn children(inputs: serde_json::Value) -> Vec<(String, &'static str)> {
        let schema = crate::package::schema("0.0.0").unwrap();
        let Value::Object(inputs) = Value::from(inputs) else {
            panic!("not an object")
        };
        let registered = registered(schema.resource(TOKEN).unwrap(), "main", inputs, &BTreeMap::new()).unwrap();
        let name = |child: &Child| (child.name.clone(), child.token.rsplit(':').next().unwrap());
        registered.children.values().map(name).collect()
    }

    #[test]
    fn each_child_has_the_name_that_the_component_gives_it() {
        let inputs = json!({
            "vpcId": "vpc-1",
            "subnetIds": ["subnet-1"],
            "endpoints": {"executeApi": true},
            "privateApis": {"own": {}, "billing": {"domainName": "billing.example.com"}},
        });
        let named = |name: &str, kind| (name.to_owned(), kind);
        assert_eq!(
            children(inputs),
            [
                named("main-endpoints", "SecurityGroup"),
                named("main-states", "InterfaceEndpoint"),
                named("main-sync-states", "InterfaceEndpoint"),
                named("main-execute-api", "InterfaceEndpoint"),
                named("main-gateway", "SecurityGroup"),
                named("main", "ResourceGateway"),
                named("main-execute-api", "ResourceConfiguration"),
                named("main-billing", "ResourceConfiguration"),
                named("main-billing", "Connection"),
                named("main-own", "Connection"),
            ]
        );
    }

    #[test]
    fn the_users_groups_need_one_more_for_the_gateway() {
        let inputs = json!({
            "vpcId": "vpc-1",
            "subnetIds": ["subnet-1"],
            "endpoints": {"states": false, "syncStates": false, "executeApi": true, "securityGroupIds": ["sg-1"]},
            "privateApis": {"own": {}},
        });
        let names: Vec<_> = children(inputs).into_iter().map(|(name, _)| name).collect();
        assert_eq!(
            names,
            [
                "main-execute-api",
                "main-execute-api",
                "main-gateway",
                "main",
                "main-execute-api",
                "main-own"
            ]
        );
    }
}
