//! Programs that several modules use.

/// Returns a program with each of the five resources once, standalone, with these options on all of them: YAML inside
/// braces.
pub(crate) fn each(options: &str) -> String {
    EACH.replace("OPTIONS", options)
}

const EACH: &str = "
resources:
  group:
    type: private-step-functions:SecurityGroup
    properties:
      vpcId: ${vpcId}
      ingress: [{ protocol: tcp, fromPort: 443, toPort: 443, vpc: true, description: callers }]
    options: { OPTIONS }
  endpoint:
    type: private-step-functions:InterfaceEndpoint
    properties:
      vpcId: ${vpcId}
      service: execute-api
      subnetIds: ${subnetIds}
      securityGroupIds: ['${group.id}']
      privateDnsEnabled: false
    options: { OPTIONS }
  gateway:
    type: private-step-functions:ResourceGateway
    properties: { vpcId: '${vpcId}', subnetIds: '${subnetIds}', securityGroupIds: ['${group.id}'] }
    options: { OPTIONS }
  configuration:
    type: private-step-functions:ResourceConfiguration
    properties: { resourceGatewayId: '${gateway.id}', ports: ['443'], target: { vpcEndpointId: '${endpoint.id}' } }
    options: { OPTIONS }
  connection:
    type: private-step-functions:Connection
    properties:
      resourceConfigurationArn: ${configuration.arn}
      auth: { apiKey: { name: x-api-key, value: one } }
    options: { OPTIONS }
";

/// The objects that [`each`] creates.
pub(crate) const EACH_MADE: &[(&str, usize)] = &[
    ("connection", 1),
    ("resource-configuration", 1),
    ("resource-gateway", 1),
    ("security-group", 1),
    ("vpc-endpoint", 1),
];

/// Returns a program with both halves of the component, with these options: YAML inside braces.
pub(crate) fn component(options: &str) -> String {
    COMPONENT.replace("OPTIONS", options)
}

const COMPONENT: &str = "
resources:
  private:
    type: private-step-functions:PrivateStepFunctions
    properties:
      vpcId: ${vpcId}
      subnetIds: ${subnetIds}
      endpoints: { syncStates: false }
      privateApis:
        orders: { domainName: orders.example.com, auth: { apiKey: { name: x-api-key, value: one } } }
      tags: { stage: one }
    options: { OPTIONS }
outputs:
  states: ${private.statesEndpoint}
  gateway: ${private.resourceGatewayId}
  orders: ${private.connections.orders.arn}
";

/// The objects that [`component`] creates.
pub(crate) const COMPONENT_MADE: &[(&str, usize)] = &[
    ("connection", 1),
    ("resource-configuration", 1),
    ("resource-gateway", 1),
    ("security-group", 2),
    ("vpc-endpoint", 1),
];
