//! The inbound half: the endpoints through which callers in the VPC reach Step Functions and private APIs.

use pulumi_provider::component::registrar::Child;
use pulumi_provider::component::tracked::Flow;
use pulumi_provider::property::{Map, Value};

use crate::component::plan::{Plan, given, is_given};
use crate::component::{INTERFACE_ENDPOINT, SECURITY_GROUP, security, with};
use crate::policy_lint::{CommonPolicy, Service};

/// One of the endpoints that the component can make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Endpoint {
    /// All Step Functions calls except synchronous executions.
    States,
    /// Synchronous executions.
    SyncStates,
    /// Private API Gateway APIs.
    ExecuteApi,
}

impl Endpoint {
    /// Returns the short name of the service, which also ends the endpoint's logical name. An endpoint of a FIPS service is
    /// therefore another resource: with `fips` switched on, it is created before the ordinary endpoint is deleted.
    pub(super) const fn service(self, plan: &Plan) -> &'static str {
        match (self, plan.fips) {
            (Self::States, false) => "states",
            (Self::States, true) => "states-fips",
            (Self::SyncStates, false) => "sync-states",
            (Self::SyncStates, true) => "sync-states-fips",
            (Self::ExecuteApi, _) => "execute-api",
        }
    }

    fn policy(self, plan: &Plan) -> Option<Value> {
        let own = match self {
            Self::States => "statesPolicy",
            Self::SyncStates => "syncStatesPolicy",
            Self::ExecuteApi => return given(&plan.endpoints, "executeApiPolicy"),
        };
        given(&plan.endpoints, own).or_else(|| given(&plan.inputs, "policy"))
    }
}

/// Returns the endpoints that get the same `policy`.
pub(super) fn common_policy(plan: &Plan) -> CommonPolicy {
    let candidates = [
        (plan.states, "statesPolicy", Service::States),
        (plan.sync_states, "syncStatesPolicy", Service::SyncStates),
    ];
    let with_it = candidates
        .into_iter()
        .filter(|(made, own, _)| *made && !is_given(&plan.endpoints, own));
    CommonPolicy(with_it.map(|(_, _, service)| service).collect())
}

/// Describes the security group of the endpoints.
pub(super) fn endpoint_group(component: &str, plan: &Plan, gateway_groups: Option<Flow>) -> Child {
    let mut inputs = group(
        plan,
        "Callers of the Step Functions endpoints",
        security::endpoint_ingress(plan, gateway_groups),
    );
    with(&mut inputs, "name", plan.name_of("endpointSecurityGroup"));
    Child {
        token: SECURITY_GROUP,
        name: format!("{component}-endpoints"),
        inputs,
        delete_before_replace: None,
    }
}

/// Describes the security group that lets the gateway connect to the component's own `execute-api` endpoint, in addition to the
/// user's groups.
pub(super) fn execute_api_group(component: &str, plan: &Plan, gateway_groups: Flow) -> Child {
    let inputs = group(
        plan,
        "Step Functions resource gateway to the execute-api endpoint",
        security::gateway_ingress(gateway_groups),
    );
    Child {
        token: SECURITY_GROUP,
        name: format!("{component}-execute-api"),
        inputs,
        delete_before_replace: None,
    }
}

/// Describes an endpoint with these security groups.
pub(super) fn endpoint(component: &str, plan: &Plan, endpoint: Endpoint, groups: Value) -> Child {
    let mut inputs = Map::from([
        ("service".to_owned(), endpoint.service(plan).into()),
        ("securityGroupIds".to_owned(), groups),
    ]);
    with(&mut inputs, "vpcId", given(&plan.inputs, "vpcId"));
    with(
        &mut inputs,
        "subnetIds",
        given(&plan.endpoints, "subnetIds").or_else(|| given(&plan.inputs, "subnetIds")),
    );
    with(&mut inputs, "policy", endpoint.policy(plan));
    with(&mut inputs, "ipAddressType", given(&plan.endpoints, "ipAddressType"));
    with(
        &mut inputs,
        "dnsRecordIpType",
        given(&plan.endpoints, "dnsRecordIpType"),
    );
    with(&mut inputs, "tags", given(&plan.inputs, "tags"));
    let private_dns = match endpoint {
        // Private DNS would hide the Region's public APIs from the VPC.
        Endpoint::ExecuteApi => Value::Bool(false),
        _ => given(&plan.endpoints, "privateDnsEnabled").unwrap_or(Value::Bool(true)),
    };
    // Two endpoints cannot have the same private DNS name, so the old one is deleted first. Diff alone cannot say so: the
    // engine does not call Diff for forced replacements.
    let exclusive = private_dns.as_bool() != Some(false);
    inputs.insert("privateDnsEnabled".to_owned(), private_dns);
    Child {
        token: INTERFACE_ENDPOINT,
        name: format!("{component}-{}", endpoint.service(plan)),
        inputs,
        delete_before_replace: exclusive.then_some(true),
    }
}

/// Returns the security groups of an endpoint: the user's, or the one that the component makes, and if needed the one for the
/// gateway.
pub(super) fn endpoint_groups(plan: &Plan, made: Option<Flow>, for_gateway: Option<Flow>) -> Value {
    let mut groups = match given(&plan.endpoints, "securityGroupIds") {
        Some(given) if for_gateway.is_none() => return given,
        Some(given) => given,
        None => Value::Array(Vec::new()),
    };
    let added: Vec<Value> = made.into_iter().chain(for_gateway).map(Flow::into_value).collect();
    if let Value::Array(list) = &mut groups {
        list.extend(added);
        return groups;
    }
    // The list is wrapped (for example secret) or unknown as a whole.
    let all = Flow::all([Flow::of(&groups), Flow::of(&Value::Array(added))]);
    all.map(|lists| {
        let lists = lists.as_array().unwrap_or_default().iter().filter_map(Value::as_array);
        Value::Array(lists.flatten().cloned().collect())
    })
    .into_value()
}

/// Reports whether the component's `execute-api` endpoint needs an extra security group for the gateway.
pub(super) fn needs_execute_api_group(plan: &Plan) -> bool {
    plan.execute_api && plan.makes_gateway() && is_given(&plan.endpoints, "securityGroupIds")
}

/// Returns the inputs of a security group. The description does not name the component: AWS cannot change a description, so
/// renaming a component (with an alias) would replace its groups.
fn group(plan: &Plan, description: &str, ingress: Value) -> Map {
    let mut inputs = Map::from([
        ("description".to_owned(), description.into()),
        ("ingress".to_owned(), ingress),
    ]);
    with(&mut inputs, "vpcId", given(&plan.inputs, "vpcId"));
    with(&mut inputs, "tags", given(&plan.inputs, "tags"));
    inputs
}

#[cfg(test)]
mod tests {
    use pulumi_provider::property::secret_paths;

    use super::*;

    fn plan(groups: Value) -> Plan {
        let endpoints = Value::Object(Map::from([("securityGroupIds".to_owned(), groups)]));
        Plan::read(Map::from([("endpoints".to_owned(), endpoints)]))
    }

    #[test]
    fn an_endpoint_has_the_users_groups_and_one_for_the_gateway() {
        let extra = || Some(Flow::known("sg-extra"));
        let own = || Value::Array(vec!["sg-1".into()]);
        assert_eq!(endpoint_groups(&plan(own()), None, None), own());
        let both = Value::Array(vec!["sg-1".into(), "sg-extra".into()]);
        assert_eq!(endpoint_groups(&plan(own()), None, extra()), both);
        let made = endpoint_groups(&Plan::default(), Some(Flow::known("sg-made")), None);
        assert_eq!(made, Value::Array(vec!["sg-made".into()]));

        // A list that is secret or unknown as a whole.
        let secret = endpoint_groups(&plan(own().into_secret()), None, extra());
        assert!(secret_paths::contains_secret(&secret));
        assert_eq!(secret.bare(), &both);
        assert!(endpoint_groups(&plan(Value::Unknown), None, extra()).is_unknown());
    }

    #[test]
    fn the_policy_of_an_endpoint_overrides_the_common_policy() {
        let endpoints = Value::Object(Map::from([("statesPolicy".to_owned(), "own".into())]));
        let plan = Plan::read(Map::from([
            ("policy".to_owned(), "all".into()),
            ("endpoints".to_owned(), endpoints),
        ]));
        assert_eq!(Endpoint::States.policy(&plan), Some("own".into()));
        assert_eq!(Endpoint::SyncStates.policy(&plan), Some("all".into()));
        assert_eq!(Endpoint::ExecuteApi.policy(&plan), None);
    }
}
