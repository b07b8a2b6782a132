//! The outbound half: the resources through which state machines reach private APIs.

use pulumi_provider::component::registrar::Child;
use pulumi_provider::component::tracked::Flow;
use pulumi_provider::property::{Map, Value};

use crate::component::plan::{Api, ApiTarget, Plan, given};
use crate::component::{CONNECTION, RESOURCE_CONFIGURATION, RESOURCE_GATEWAY, SECURITY_GROUP, security, with};
use crate::no_credentials;

/// Describes the security group of the gateway: egress to the APIs, and no ingress unless the user sets it.
pub(super) fn gateway_group(component: &str, plan: &Plan) -> Child {
    let mut inputs = Map::from([
        // As for the endpoints' groups, the description does not name the component.
        (
            "description".to_owned(),
            "Step Functions resource gateway to private APIs".into(),
        ),
        ("egress".to_owned(), security::gateway::egress(plan)),
    ]);
    with(&mut inputs, "ingress", security::gateway::ingress(plan));
    with(&mut inputs, "vpcId", given(&plan.inputs, "vpcId"));
    with(&mut inputs, "name", plan.name_of("gatewaySecurityGroup"));
    with(&mut inputs, "tags", given(&plan.inputs, "tags"));
    Child {
        token: SECURITY_GROUP,
        name: format!("{component}-gateway"),
        inputs,
        delete_before_replace: None,
    }
}

/// Describes the resource gateway with these security groups.
pub(super) fn gateway(component: &str, plan: &Plan, groups: Value) -> Child {
    let mut inputs = Map::from([("securityGroupIds".to_owned(), groups)]);
    with(&mut inputs, "vpcId", given(&plan.inputs, "vpcId"));
    with(
        &mut inputs,
        "subnetIds",
        given(&plan.gateway, "subnetIds").or_else(|| given(&plan.inputs, "subnetIds")),
    );
    for name in ["ipAddressType", "ipv4AddressesPerEni", "dnsResolution"] {
        with(&mut inputs, name, given(&plan.gateway, name));
    }
    with(&mut inputs, "name", plan.name_of("resourceGateway"));
    with(&mut inputs, "tags", given(&plan.inputs, "tags"));
    Child {
        token: RESOURCE_GATEWAY,
        name: component.to_owned(),
        inputs,
        delete_before_replace: None,
    }
}

/// Describes the one resource configuration that all APIs behind the component's own `execute-api` endpoint share.
pub(super) fn own_configuration(component: &str, plan: &Plan, gateway: Flow, endpoint: Flow) -> Child {
    let target = Map::from([("vpcEndpointId".to_owned(), endpoint.into_value())]);
    let ports = Value::Array(vec!["443".into()]);
    let name = plan.name_of("executeApiResourceConfiguration");
    configuration(format!("{component}-execute-api"), plan, gateway, target, ports, name)
}

/// Describes the resource configuration of an API with its own target; `None` if it has no such target.
pub(super) fn own_target(component: &str, plan: &Plan, api: &Api, gateway: Flow) -> Option<Child> {
    let property = match api.target {
        ApiTarget::OwnEndpoint | ApiTarget::ResourceConfiguration => return None,
        other => other.property()?,
    };
    let target = Map::from([(property.to_owned(), given(&api.properties, property)?)]);
    let ports = given(&api.properties, "ports").unwrap_or_else(|| Value::Array(vec!["443".into()]));
    let name = plan.name_in("resourceConfigurations", &api.name);
    Some(configuration(
        format!("{component}-{}", api.name),
        plan,
        gateway,
        target,
        ports,
        name,
    ))
}

fn configuration(logical: String, plan: &Plan, gateway: Flow, target: Map, ports: Value, name: Option<Value>) -> Child {
    let mut inputs = Map::from([
        ("resourceGatewayId".to_owned(), gateway.into_value()),
        ("target".to_owned(), Value::Object(target)),
        ("ports".to_owned(), ports),
    ]);
    with(&mut inputs, "name", name);
    with(&mut inputs, "tags", given(&plan.inputs, "tags"));
    Child {
        token: RESOURCE_CONFIGURATION,
        name: logical,
        inputs,
        delete_before_replace: None,
    }
}

/// Describes the connection that state machines use for an API.
pub(super) fn connection(component: &str, plan: &Plan, api: &Api, configuration_arn: Flow) -> Child {
    let mut inputs = Map::from([("resourceConfigurationArn".to_owned(), configuration_arn.into_value())]);
    inputs.insert(
        "auth".to_owned(),
        given(&api.properties, "auth").unwrap_or_else(no_credentials),
    );
    for name in ["description", "invocationParameters", "kmsKeyId"] {
        with(&mut inputs, name, given(&api.properties, name));
    }
    with(&mut inputs, "name", plan.name_in("connections", &api.name));
    Child {
        token: CONNECTION,
        name: format!("{component}-{}", api.name),
        inputs,
        delete_before_replace: None,
    }
}

fn no_credentials() -> Value {
    let (name, value) = (no_credentials::HEADER, no_credentials::VALUE);
    let header = Map::from([
        ("name".to_owned(), name.into()),
        ("value".to_owned(), Value::from(value).into_secret()),
    ]);
    Value::Object(Map::from([("apiKey".to_owned(), Value::Object(header))]))
}
